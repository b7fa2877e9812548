//! A new password for who knows the current one, also where that is expired or must be changed. The current one comes
//! with the form of the new one and is kept nowhere; a wrong one counts at the directory, so it passes the same guard as
//! a sign-in.

use portvakt_domain::{
    account::{Account, Choice},
    audit::AuditKind,
    directory::{DirectoryError, EffectivePolicy, PasswordChange},
    flow::{Flow, FlowState},
    limit,
    message::MessageKind,
    password::Password,
    policy,
    rejection::{Circumstances, RejectionReason},
    sign_in::allowance,
    tenant::KnownPassword,
    time::Instant,
    token::FlowToken,
};
use portvakt_storage::{limits, sign_in as guards};

use crate::{
    FlowError, Platform, Tenant, Visitor,
    set_password::{self, Demands, PasswordSet},
    sign_in, trips,
    write::{self, Outcome, Proved, WriteKind, Written},
};

const CHANGE_PASSWORD: WriteKind = WriteKind {
    choice: Choice::NewPassword,
    intended: AuditKind::ChangeIntended,
    outcome: AuditKind::ChangeOutcome,
    from: FlowState::Changing,
    done: FlowState::PasswordChanged,
    notice: MessageKind::PasswordChanged,
};

/// The rules for the flow's account, earlier passwords always among them: a change makes every directory look. Writes
/// nothing.
///
/// # Errors
/// The database, or a directory that is set up wrongly.
pub async fn demands(
    platform: &Platform,
    tenant: &Tenant,
    token: &FlowToken,
) -> Result<Result<Demands, Written>, FlowError> {
    let proved = match proved(platform, tenant, token).await? {
        Ok(proved) => proved,
        Err(refused) => return Ok(Err(refused)),
    };
    let directory = set_password::effective_policy(tenant, &proved).await?;
    Ok(directory.map(|directory| Demands {
        rules: tenant.policy.rules(&directory),
        changeable_from: changeable_from(platform, &proved, &directory),
        choices: &[CHANGE_PASSWORD.choice],
        words: set_password::words(tenant),
        flow: proved.flow,
        username: proved.account.username,
        display_name: proved.account.display_name,
    }))
}

/// Changes the password.
///
/// # Errors
/// The database, or a directory that is set up wrongly, before anything was written.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    token: &FlowToken,
    current: &Password,
    new: &Password,
) -> Result<PasswordSet, FlowError> {
    let told = |written| Ok(PasswordSet::Written(written));
    // 1. State, scope, protection and number, read anew.
    let proved = match proved(platform, tenant, token).await? {
        Ok(proved) => proved,
        Err(refused) => return told(refused),
    };
    // 2. Every rule that can be checked here, so that the answer can name it: the directory's does not.
    let directory = match set_password::effective_policy(tenant, &proved).await? {
        Ok(directory) => directory,
        Err(refused) => return told(refused),
    };
    if changeable_from(platform, &proved, &directory).is_some() {
        return Ok(PasswordSet::TooEarly);
    }
    if let Some(broken) = set_password::broken(platform, tenant, &proved, &directory, new).await? {
        return Ok(PasswordSet::Broken(broken));
    }
    if new.same_as(current) {
        set_password::count(platform, tenant, vec![RejectionReason::Earlier]).await?;
        return told(Written::rejected(RejectionReason::Earlier));
    }
    // 3. The network's limit on wrong passwords, counted as one until it is known to be none.
    let now = platform.now();
    let failure = vec![visitor.hit(platform, limit::FAILURES_PER_NETWORK)];
    if let Some(limit) = limits::count(&platform.store, tenant.id, failure.clone(), now).await? {
        trips::tell(platform, tenant, limit).await?;
        return told(Written::Limited);
    }
    // 4. The intent; from here on another click finds the flow taken.
    let claimed = write::claim(platform, tenant, visitor, token, &proved, &CHANGE_PASSWORD).await;
    if !matches!(claimed, Ok(true)) {
        limits::give_back(&platform.store, tenant.id, failure, now).await?;
        return claimed.map(|_| PasswordSet::Written(Written::InProgress));
    }
    // 5. The write, once, and its outcome.
    let outcome = change(platform, tenant, &proved, &directory, current, new).await?;
    let is_failure = outcome.reason == Some(RejectionReason::WrongPassword);
    let written = write::settle(platform, tenant, visitor, &proved, &CHANGE_PASSWORD, outcome).await?;
    if !is_failure {
        limits::give_back(&platform.store, tenant.id, failure, now).await?;
    }
    told(written)
}

/// Reads everything anew: state, scope, protection, number, and what the tenant asks for.
async fn proved(platform: &Platform, tenant: &Tenant, token: &FlowToken) -> Result<Result<Proved, Written>, FlowError> {
    let proved = match write::standing(platform, tenant, token, CHANGE_PASSWORD.from).await? {
        Ok(proved) => proved,
        Err(refused) => return Ok(Err(refused)),
    };
    if !still_offered(tenant, &proved.flow) {
        return Ok(Err(Written::Gone));
    }
    Ok(if proved.account.locked {
        Err(Written::Locked)
    } else if proved.account.may_change_password() {
        Ok(proved)
    } else {
        Err(Written::NotAllowed)
    })
}

/// Whether the tenant's settings, which may have changed meanwhile, let this flow go on.
fn still_offered(tenant: &Tenant, flow: &Flow) -> bool {
    match tenant.settings.reset.known_password {
        KnownPassword::Off => false,
        KnownPassword::WithCode => flow.codes_sent > 0,
        KnownPassword::WithoutCode => true,
    }
}

/// In a change the minimum age counts in every directory.
fn changeable_from(platform: &Platform, proved: &Proved, directory: &EffectivePolicy) -> Option<Instant> {
    policy::changeable_from(directory, true, proved.account.password_set_at, platform.now())
}

fn circumstances<'a>(platform: &Platform, policy: &'a EffectivePolicy, account: &'a Account) -> Circumstances<'a> {
    Circumstances { policy, account, looks_back: true, now: platform.now() }
}

/// The write behind the guard of sign-ins: where too many wrong passwords were passed on already, it is not made, and
/// the answer is "wrong".
async fn change(
    platform: &Platform,
    tenant: &Tenant,
    proved: &Proved,
    directory: &EffectivePolicy,
    current: &Password,
    new: &Password,
) -> Result<Outcome, FlowError> {
    let (store, account) = (&platform.store, &proved.account);
    let guard = sign_in::guard_of(platform, tenant, account.key);
    let now = platform.now();
    if !guards::reserve(store, tenant.id, guard, allowance(account, directory, now), now).await? {
        return Ok(wrong_password("not_passed_on"));
    }
    let answer = tenant.directory.change_password(account, current, new).await;
    // A directory looks at the current password first: a rejected new one proves it. What was not answered may have been
    // counted there: it is counted here as well.
    let right = matches!(answer, Ok(PasswordChange::Changed) | Err(DirectoryError::Rejected(_)));
    if let Err(error) = guards::settle(store, tenant.id, guard, !right, platform.now()).await {
        // What the directory said must be kept all the same. The attempt stays reserved until its window has passed.
        tracing::error!(tenant.id = %tenant.id, flow.id = %proved.flow.id, %error, "the guard was not settled");
    }
    let result = match answer {
        Ok(PasswordChange::WrongPassword) => return Ok(wrong_password("wrong_password")),
        Ok(PasswordChange::Locked) => return Ok(locked()),
        Ok(PasswordChange::Changed) => Ok(()),
        Err(error) => Err(error),
    };
    let outcome = Outcome::of_password(&CHANGE_PASSWORD, &result, &circumstances(platform, directory, account));
    if let Err(error) = &result {
        write::log(tenant, proved, &outcome, error);
    }
    Ok(outcome)
}

fn wrong_password(label: &'static str) -> Outcome {
    let reason = RejectionReason::WrongPassword;
    Outcome { written: Written::rejected(reason), next: CHANGE_PASSWORD.from, label, reason: Some(reason) }
}

fn locked() -> Outcome {
    let reason = Some(RejectionReason::Locked);
    Outcome { written: Written::Locked, next: FlowState::Exhausted, label: "locked", reason }
}
