//! A new password, which also unlocks the account.

use chrono::TimeDelta;
use portvakt_domain::{
    account::Choice,
    audit::AuditKind,
    directory::{DirectoryError, EffectivePolicy},
    flow::FlowState,
    message::MessageKind,
    password::Password,
    policy::{Rule, Subject},
    rejection::{Circumstances, RejectionReason},
    tenant::HistoryRule,
    token::FlowToken,
};
use portvakt_storage::rejections;

use crate::{
    FlowError, Measure, Platform, Tenant, Visitor,
    write::{self, Outcome, Proved, WriteKind, Written},
};

const SET_PASSWORD: WriteKind = WriteKind {
    choice: Choice::NewPassword,
    intended: AuditKind::PasswordIntended,
    outcome: AuditKind::PasswordOutcome,
    from: FlowState::Verified,
    done: FlowState::PasswordSet,
    notice: MessageKind::PasswordSet,
};

/// What the person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordSet {
    /// These rules are broken; nothing was sent to the directory.
    Broken(Vec<Rule>),
    /// What came of the write.
    Written(Written),
}

/// What the page shows before a password is typed.
#[derive(Debug, Clone)]
pub struct Demands {
    /// The account's short name.
    pub username: String,
    /// Every rule, the tenant's and the directory's.
    pub rules: Vec<Rule>,
    /// How long the present password has to be kept still, where that is known.
    pub wait: Option<TimeDelta>,
}

/// The rules for the flow's account. Writes nothing.
///
/// # Errors
/// The database, or a directory that is set up wrongly.
pub async fn demands(
    platform: &Platform,
    tenant: &Tenant,
    token: &FlowToken,
) -> Result<Result<Demands, Written>, FlowError> {
    let proved = match write::proved(platform, tenant, token, Some(SET_PASSWORD.choice)).await? {
        Ok(proved) => proved,
        Err(refused) => return Ok(Err(refused)),
    };
    // A reset that does not make the directory look at earlier passwords must not promise that it does.
    let holds = |rule: &Rule| match rule {
        Rule::NotEarlier(_) => tenant.settings.directory.history == HistoryRule::PolicyHints,
        _ => true,
    };
    Ok(effective_policy(tenant, &proved).await?.map(|directory| Demands {
        rules: tenant.policy.rules(&directory).into_iter().filter(holds).collect(),
        username: proved.account.username,
        wait: None,
    }))
}

/// Sets a new password.
///
/// # Errors
/// The database, or a directory that is set up wrongly, before anything was written.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    token: &FlowToken,
    new: &Password,
) -> Result<PasswordSet, FlowError> {
    // 1. State, scope, protection and number, read anew.
    let proved = match write::proved(platform, tenant, token, Some(SET_PASSWORD.choice)).await? {
        Ok(proved) => proved,
        Err(refused) => return Ok(PasswordSet::Written(refused)),
    };
    // 2. Every rule that can be checked here, so that the answer can name it: the directory's does not.
    let directory = match effective_policy(tenant, &proved).await? {
        Ok(directory) => directory,
        Err(refused) => return Ok(PasswordSet::Written(refused)),
    };
    let broken = broken_rules(platform, tenant, &proved, &directory, new).await?;
    if !broken.is_empty() {
        return Ok(PasswordSet::Broken(broken));
    }
    // 3. The intent; from here on another click finds the flow taken.
    if !write::claim(platform, tenant, visitor, token, &proved, &SET_PASSWORD).await? {
        return Ok(PasswordSet::Written(Written::InProgress));
    }
    // 4. The write, once, and its outcome.
    let result = tenant.directory.set_password(&proved.account, new).await;
    let known = Circumstances {
        policy: &directory,
        account: &proved.account,
        looks_back: tenant.settings.directory.history == HistoryRule::PolicyHints,
        now: platform.now(),
    };
    let outcome = Outcome::of_password(&SET_PASSWORD, &result, &known);
    if let Err(error) = &result {
        write::log(tenant, &proved, &outcome, error);
    }
    write::settle(platform, tenant, visitor, &proved, &SET_PASSWORD, outcome).await.map(PasswordSet::Written)
}

/// The rules that a new password breaks, of those that can be checked without the directory. They are counted.
pub(crate) async fn broken_rules(
    platform: &Platform,
    tenant: &Tenant,
    proved: &Proved,
    directory: &EffectivePolicy,
    new: &Password,
) -> Result<Vec<Rule>, FlowError> {
    let subject = Subject {
        username: &proved.account.username,
        display_name: &proved.account.display_name,
        tenant_words: &tenant.settings.words,
    };
    let broken = tenant.policy.broken(new.reveal(), subject, directory);
    count(platform, tenant, broken.iter().map(RejectionReason::of_rule).collect()).await?;
    Ok(broken)
}

/// Counts reasons that were found before the directory was asked, each once.
pub(crate) async fn count(
    platform: &Platform,
    tenant: &Tenant,
    mut reasons: Vec<RejectionReason>,
) -> Result<(), FlowError> {
    reasons.sort_unstable();
    reasons.dedup();
    if reasons.is_empty() {
        return Ok(());
    }
    for reason in &reasons {
        platform.meter.count(tenant.id, Measure::Rejection(*reason));
    }
    Ok(rejections::count(&platform.store, tenant.id, reasons, platform.now()).await?)
}

/// The directory's rules for the account, or what to say when it does not answer.
pub(crate) async fn effective_policy(
    tenant: &Tenant,
    proved: &Proved,
) -> Result<Result<EffectivePolicy, Written>, FlowError> {
    match tenant.directory.effective_policy(&proved.account).await {
        Ok(policy) => Ok(Ok(policy)),
        Err(DirectoryError::Unavailable(_)) => Ok(Err(Written::rejected(RejectionReason::Unavailable))),
        Err(error) => Err(error.into()),
    }
}
