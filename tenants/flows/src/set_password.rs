//! A new password, which also unlocks the account.

use portvakt_domain::{
    account::Choice,
    audit::AuditKind,
    directory::{DirectoryError, EffectivePolicy},
    flow::FlowState,
    message::MessageKind,
    password::Password,
    policy::{Rule, Subject},
    token::FlowToken,
};

use crate::{
    FlowError, Platform, Tenant, Visitor,
    write::{self, Proved, WriteKind, Written},
};

const SET_PASSWORD: WriteKind = WriteKind {
    choice: Choice::NewPassword,
    intended: AuditKind::PasswordIntended,
    outcome: AuditKind::PasswordOutcome,
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
        Rule::NotEarlier(_) => tenant.settings.directory.counts_history(),
        _ => true,
    };
    Ok(effective_policy(tenant, &proved).await?.map(|directory| Demands {
        rules: tenant.policy.rules(&directory).into_iter().filter(holds).collect(),
        username: proved.account.username,
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
    let subject = Subject {
        username: &proved.account.username,
        display_name: &proved.account.display_name,
        tenant_words: &tenant.settings.words,
    };
    let broken = tenant.policy.broken(new.reveal(), subject, &directory);
    if !broken.is_empty() {
        return Ok(PasswordSet::Broken(broken));
    }
    // 3. The intent; from here on another click finds the flow taken.
    if !write::claim(platform, tenant, visitor, token, &proved, &SET_PASSWORD).await? {
        return Ok(PasswordSet::Written(Written::InProgress));
    }
    // 4. The write, once, and its outcome.
    let result = tenant.directory.set_password(&proved.account, new).await;
    write::settle(platform, tenant, visitor, &proved, &SET_PASSWORD, result).await.map(PasswordSet::Written)
}

async fn effective_policy(tenant: &Tenant, proved: &Proved) -> Result<Result<EffectivePolicy, Written>, FlowError> {
    match tenant.directory.effective_policy(&proved.account).await {
        Ok(policy) => Ok(Ok(policy)),
        Err(DirectoryError::Unavailable(_)) => Ok(Err(Written::Unavailable)),
        Err(error) => Err(error.into()),
    }
}
