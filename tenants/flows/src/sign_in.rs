//! Sign-in by form, with name and current password: to register a number, or to change the password. Safe for the
//! directory: see [`portvakt_domain::sign_in`].

use portvakt_domain::{
    account::Account,
    audit::AuditKind,
    directory::{Authentication, Refusal},
    flow::{FlowKind, FlowState},
    id::{AccountKey, FlowId, MessageId},
    keys::KeyedHash,
    limit,
    login::{DirectoryName, Login},
    message::{Channel, MessageKind, NewMessage},
    password::Password,
    policy,
    sign_in::{Entrance, allowance, allowance_for_nobody},
    tenant::KnownPassword,
    time::Instant,
    token::{FlowToken, StartToken},
};
use portvakt_storage::{
    audit,
    flows::{self, Begun, NewFlow},
    limits, sign_in,
};

use crate::{
    FlowError, Measure, Platform, Tenant, Visitor,
    event::{EventExt as _, event},
    number_attribute, open, trips,
};

/// What the person is told.
#[derive(Debug)]
pub enum SignedIn {
    /// Right: go on with this token.
    Accepted {
        /// The token.
        token: FlowToken,
        /// Where the flow stands: the password again, or the number; at a change the code, or the new password.
        state: FlowState,
    },
    /// Wrong name or password, or an account that may not; it always looks the same.
    Refused,
    /// Right, but a change needs a code here and no number is registered.
    NoNumber,
    /// Right, but the password is too young to be changed: known now, before a code is spent on it.
    TooEarly {
        /// The account's short name.
        username: String,
        /// From when it may be changed.
        from: Instant,
    },
    /// This network has tried too much lately.
    Limited,
    /// The form was used before: it has to be filled in anew.
    StartAgain,
}

/// Signs in.
///
/// # Errors
/// The database or the directory.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    entrance: Entrance,
    start: &StartToken,
    login: &Login,
    password: &Password,
) -> Result<SignedIn, FlowError> {
    // 1. The network's limits, by what was typed and from where: answered visibly. Counted as a failure until it is known
    // to be none, so that of many at once no more are let through than one after the other.
    let now = platform.now();
    let failure = vec![visitor.hit(platform, limit::FAILURES_PER_NETWORK)];
    if let Some(limit) = limits::count(&platform.store, tenant.id, failure.clone(), now).await? {
        trips::tell(platform, tenant, limit).await?;
        return Ok(SignedIn::Limited);
    }

    // 2. Who that is, and whether the password is right. A directory that does not answer is nobody's failure.
    let recognised = recognise(platform, tenant, entrance, login, password).await;
    if !matches!(recognised, Ok(Recognised::Refused(_))) {
        limits::give_back(&platform.store, tenant.id, failure, now).await?;
    }
    match recognised? {
        Recognised::Refused(account) => {
            let refused = event(platform, AuditKind::SignInRefused).network(visitor.network).account(account);
            let refused = refused.detail("purpose", purpose(entrance));
            audit::record(&platform.store, tenant.id, vec![refused]).await?;
            platform.meter.count(tenant.id, Measure::SignIn("refused"));
            Ok(SignedIn::Refused)
        }
        Recognised::Accepted(account) => {
            platform.meter.count(tenant.id, Measure::SignIn("accepted"));
            if entrance == Entrance::Change
                && let Some(from) = changeable_from(platform, tenant, &account).await?
            {
                return Ok(SignedIn::TooEarly { username: account.username, from });
            }
            begin(platform, tenant, visitor, entrance, start, login, &account).await
        }
    }
}

/// In a change the minimum age counts in every directory.
async fn changeable_from(
    platform: &Platform,
    tenant: &Tenant,
    account: &Account,
) -> Result<Option<Instant>, FlowError> {
    let directory = tenant.directory.effective_policy(account).await?;
    Ok(policy::changeable_from(&directory, true, account.password_set_at, platform.now()))
}

/// What a name and a password come to.
enum Recognised {
    /// The account they belong to.
    Accepted(Box<Account>),
    /// The account that was meant, if there is one.
    Refused(Option<AccountKey>),
}

async fn recognise(
    platform: &Platform,
    tenant: &Tenant,
    entrance: Entrance,
    login: &Login,
    password: &Password,
) -> Result<Recognised, FlowError> {
    // A foreign domain's name is looked up like any other, and found nowhere.
    let name = login
        .within(&tenant.settings.directory.netbios)
        .unwrap_or(DirectoryName { text: login.reveal(), account_name_only: false });
    let account = tenant.directory.find(name).await?;
    let right = present(platform, tenant, entrance, account.as_ref(), login, password).await?;
    Ok(match account {
        Some(account) if right => Recognised::Accepted(Box::new(account)),
        account => Recognised::Refused(account.map(|account| account.key)),
    })
}

/// Presents a password to the directory when the guard lets it through. A name that nobody has and an account that may
/// not enter take the same path: counter, round trip, answer.
pub(crate) async fn present(
    platform: &Platform,
    tenant: &Tenant,
    entrance: Entrance,
    account: Option<&Account>,
    login: &Login,
    password: &Password,
) -> Result<bool, FlowError> {
    let now = platform.now();
    let eligible = account.filter(|account| entrance.admits(account));
    let (subject, allowed) = match account {
        Some(account) => {
            let policy = tenant.directory.effective_policy(account).await?;
            // For who may not enter the directory is asked for nobody, which locks nobody: as many tries as nobody has.
            let allowed = eligible.map_or_else(|| allowance_for_nobody(&policy), |it| allowance(it, &policy, now));
            (guard_of(platform, tenant, account.key), allowed)
        }
        None => {
            let policy = tenant.directory.domain_policy().await?;
            let folded = login.folded(&tenant.settings.directory.netbios);
            (guard(platform, tenant, b"nobody", folded.as_bytes()), allowance_for_nobody(&policy))
        }
    };
    if !sign_in::reserve(&platform.store, tenant.id, subject, allowed, now).await? {
        return Ok(false);
    }
    let answer = match eligible {
        Some(account) => tenant.directory.authenticate(account, password).await,
        None => tenant
            .directory
            .authenticate_nobody(password)
            .await
            .map(|()| Authentication::Refused(Refusal::WrongPassword)),
    };
    // A bind that was not answered may have been counted by the directory: it is counted here as well.
    let accepted = answer.as_ref().is_ok_and(|answer| entrance.is_proof(*answer));
    sign_in::settle(&platform.store, tenant.id, subject, !accepted, platform.now()).await?;
    answer?;
    Ok(accepted)
}

/// What the guard knows an account by, wherever its password is given.
pub(crate) fn guard_of(platform: &Platform, tenant: &Tenant, account: AccountKey) -> KeyedHash {
    guard(platform, tenant, b"account", account.0.as_bytes())
}

fn guard(platform: &Platform, tenant: &Tenant, kind: &[u8], subject: &[u8]) -> KeyedHash {
    platform.subjects.hash(tenant.id, &[b"sign-in", kind, subject])
}

/// The flow of a person who signed in.
async fn begin(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    entrance: Entrance,
    start: &StartToken,
    login: &Login,
    account: &Account,
) -> Result<SignedIn, FlowError> {
    let now = platform.now();
    let (kind, state) = first_step(tenant, entrance);
    let id = FlowId::new(now, platform.random.as_ref());
    let signed_in = event(platform, AuditKind::SignedIn).account(Some(account.key)).network(visitor.network);
    let signed_in = signed_in.detail("purpose", purpose(entrance));
    let asks_for_code = state == FlowState::AwaitingChangeCode;
    // Looked at in any case: what others wrote in the directory is to be there when the numbers are shown.
    let numbers = number_attribute::numbers(platform, tenant, Some(account)).await?;
    if asks_for_code && numbers.is_empty() {
        // They gave the right password: waiting for an SMS that never comes would help nobody.
        audit::record(&platform.store, tenant.id, vec![signed_in.detail("outcome", "no_number")]).await?;
        return Ok(SignedIn::NoNumber);
    }
    let message = asks_for_code.then(|| change_code(platform, visitor, id, account.key));
    let token = start.flow_token(&platform.keys, tenant.id, kind);
    let flow = NewFlow {
        id,
        kind,
        state,
        token_hash: token.hash(&platform.keys, tenant.id, kind),
        start_hash: start.hash(&platform.keys, tenant.id, kind),
        login: open::seal(platform, tenant, open::login_place(id), login.reveal())?,
        login_hash: platform.subjects.hash(tenant.id, &[b"account", account.key.0.as_bytes()]),
        account: Some(account.key),
        network: visitor.network,
        trusted_network: visitor.trusted,
        language: visitor.language,
        at: now,
    };
    let hits = vec![visitor.hit(platform, limit::STARTS_PER_NETWORK)];
    let begun = flows::begin(&platform.store, tenant.id, flow, hits, message, signed_in.flow(id)).await?;
    if matches!(begun, Begun::Started) {
        crate::trace::of(id);
    }
    (platform.wake)();
    Ok(match begun {
        Begun::Started => SignedIn::Accepted { token, state },
        // The second half of a double click, with the right password again: the same flow.
        Begun::Repeated { same_login: true, state: stands, .. } if stands == state => {
            SignedIn::Accepted { token, state }
        }
        Begun::Repeated { .. } => SignedIn::StartAgain,
        Begun::Limited { .. } => {
            trips::tell(platform, tenant, limit::STARTS_PER_NETWORK.name).await?;
            SignedIn::Limited
        }
    })
}

/// What the trail says that it was for.
fn purpose(entrance: Entrance) -> &'static str {
    match entrance {
        Entrance::Registration => "registration",
        Entrance::Change => "change",
    }
}

/// Which kind of flow begins, and where.
fn first_step(tenant: &Tenant, entrance: Entrance) -> (FlowKind, FlowState) {
    match (entrance, tenant.settings.reset.known_password) {
        (Entrance::Registration, _) if tenant.settings.registration.password_again => {
            (FlowKind::Register, FlowState::SignedIn)
        }
        (Entrance::Registration, _) => (FlowKind::Register, FlowState::EnteringNumber),
        (Entrance::Change, KnownPassword::WithoutCode) => (FlowKind::Reset, FlowState::Changing),
        // Where it is not offered, nobody is asked; the stricter way if somebody were.
        (Entrance::Change, KnownPassword::WithCode | KnownPassword::Off) => {
            (FlowKind::Reset, FlowState::AwaitingChangeCode)
        }
    }
}

/// The code that a change asks for.
fn change_code(platform: &Platform, visitor: &Visitor, flow: FlowId, account: AccountKey) -> NewMessage {
    let now = platform.now();
    NewMessage {
        id: MessageId::new(now, platform.random.as_ref()),
        kind: MessageKind::ChangeCode,
        channel: Channel::Sms,
        flow,
        account: Some(account),
        recipient: None,
        number_hash: None,
        about_at: None,
        language: visitor.language,
        requested_at: now,
    }
}
