//! Sign-in at registration, by form, with name and current password. Safe for the directory: see
//! [`portvakt_domain::sign_in`].

use portvakt_domain::{
    account::Account,
    audit::AuditKind,
    directory::{Authentication, Refusal},
    flow::{FlowKind, FlowState},
    id::FlowId,
    keys::{KeyUse, KeyedHash},
    limit,
    login::{DirectoryName, Login},
    password::Password,
    sign_in::{allowance, allowance_for_nobody},
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
    open,
};

/// What the person is told.
#[derive(Debug)]
pub enum SignedIn {
    /// Right: go on with this token.
    Accepted {
        /// The token.
        token: FlowToken,
        /// Where the flow stands: the password again, or the number.
        state: FlowState,
    },
    /// Wrong name or password, or an account that may not; it always looks the same.
    Refused,
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
    start: &StartToken,
    login: &Login,
    password: &Password,
) -> Result<SignedIn, FlowError> {
    // 1. The network's limits, by what was typed and from where: answered visibly.
    let now = platform.now();
    let failures = visitor.hit(platform, limit::FAILURES_PER_NETWORK);
    let failed = limits::current(&platform.store, tenant.id, vec![failures], now).await?;
    if failed.first().is_some_and(|count| *count >= failures.limit.ceiling) {
        platform.meter.count(tenant.id, Measure::Limit(limit::FAILURES_PER_NETWORK.name));
        return Ok(SignedIn::Limited);
    }

    // 2. Who that is. A foreign domain's name is looked up like any other, and found nowhere.
    let name = login
        .within(&tenant.settings.directory.netbios)
        .unwrap_or(DirectoryName { text: login.reveal(), account_name_only: false });
    let account = tenant.directory.find(name).await?;

    // 3. The password, as far as it may be passed on.
    if !present(platform, tenant, account.as_ref(), login, password).await? {
        let refused = event(platform, AuditKind::SignInRefused)
            .network(visitor.network)
            .account(account.as_ref().map(|account| account.key));
        audit::record(&platform.store, tenant.id, vec![refused]).await?;
        limits::count(&platform.store, tenant.id, vec![failures], now).await?;
        platform.meter.count(tenant.id, Measure::SignIn("refused"));
        return Ok(SignedIn::Refused);
    }
    let Some(account) = account else { return Ok(SignedIn::Refused) };
    platform.meter.count(tenant.id, Measure::SignIn("accepted"));
    begin(platform, tenant, visitor, start, login, &account).await
}

/// Presents a password to the directory when the guard lets it through. A name that nobody has and an account that may
/// not sign in take the same path: counter, round trip, answer.
pub(crate) async fn present(
    platform: &Platform,
    tenant: &Tenant,
    account: Option<&Account>,
    login: &Login,
    password: &Password,
) -> Result<bool, FlowError> {
    let now = platform.now();
    let eligible = account.filter(|account| account.may_sign_in());
    let (subject, allowed) = match account {
        Some(account) => {
            let policy = tenant.directory.effective_policy(account).await?;
            // For who may not sign in the directory is asked for nobody, which locks nobody: as many tries as nobody has.
            let allowed = eligible.map_or_else(|| allowance_for_nobody(&policy), |it| allowance(it, &policy, now));
            (guard(platform, tenant, b"account", account.key.0.as_bytes()), allowed)
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
    let accepted = matches!(answer, Ok(Authentication::Accepted));
    sign_in::settle(&platform.store, tenant.id, subject, !accepted, platform.now()).await?;
    answer?;
    Ok(accepted)
}

fn guard(platform: &Platform, tenant: &Tenant, kind: &[u8], subject: &[u8]) -> KeyedHash {
    platform.keys.hash(tenant.id, KeyUse::Limit, &[b"sign-in", kind, subject])
}

/// The flow of a person who signed in.
async fn begin(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    start: &StartToken,
    login: &Login,
    account: &Account,
) -> Result<SignedIn, FlowError> {
    let (now, kind) = (platform.now(), FlowKind::Register);
    let state =
        if tenant.settings.registration.password_again { FlowState::SignedIn } else { FlowState::EnteringNumber };
    let token = start.flow_token(&platform.keys, tenant.id, kind);
    let id = FlowId::new(now, platform.random.as_ref());
    let flow = NewFlow {
        id,
        kind,
        state,
        token_hash: token.hash(&platform.keys, tenant.id, kind),
        start_hash: start.hash(&platform.keys, tenant.id, kind),
        login: open::seal(platform, tenant, open::login_place(id), login.reveal())?,
        login_hash: platform.keys.hash(tenant.id, KeyUse::Limit, &[b"account", account.key.0.as_bytes()]),
        account: Some(account.key),
        network: visitor.network,
        trusted_network: visitor.trusted,
        language: visitor.language,
        at: now,
    };
    let signed_in = event(platform, AuditKind::SignedIn).flow(id).account(Some(account.key)).network(visitor.network);
    let hits = vec![visitor.hit(platform, limit::STARTS_PER_NETWORK)];
    Ok(match flows::begin(&platform.store, tenant.id, flow, hits, None, signed_in).await? {
        Begun::Started => SignedIn::Accepted { token, state },
        // The second half of a double click, with the right password again: the same flow.
        Begun::Repeated { same_login: true, state: stands, .. } if stands == state => {
            SignedIn::Accepted { token, state }
        }
        Begun::Repeated { .. } => SignedIn::StartAgain,
        Begun::Limited { .. } => {
            platform.meter.count(tenant.id, Measure::Limit(limit::STARTS_PER_NETWORK.name));
            SignedIn::Limited
        }
    })
}
