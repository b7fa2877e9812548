//! A new password, which also unlocks the account.

use portvakt_domain::{
    account::Choice,
    audit::AuditKind,
    directory::{DirectoryError, EffectivePolicy},
    flow::{Flow, FlowState},
    message::MessageKind,
    password::Password,
    policy::{self, Rule, Subject},
    rejection::{Circumstances, RejectionReason},
    time::Instant,
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
#[derive(Debug)]
pub enum PasswordSet {
    /// These rules are broken; nothing was sent to the directory.
    Broken(Broken),
    /// The directory would refuse any password for now; nothing was sent to it.
    TooEarly,
    /// What came of the write.
    Written(Written),
}

/// What a password was refused for.
pub struct Broken {
    /// The rules that it breaks.
    pub rules: Vec<Rule>,
    /// The words that it is made of, where [`Rule::NotBanned`] is among them: parts of what the person typed.
    pub words: Vec<String>,
}

impl std::fmt::Debug for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broken").field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// What the page shows before a password is typed.
#[derive(Debug, Clone)]
pub struct Demands {
    /// The flow as it stands.
    pub flow: Flow,
    /// The account's short name.
    pub username: String,
    /// The name the directory shows.
    pub display_name: String,
    /// The tenant's words.
    pub words: Vec<String>,
    /// Every rule, the tenant's and the directory's.
    pub rules: Vec<Rule>,
    /// From when the directory takes a new password, where that is not yet.
    pub changeable_from: Option<Instant>,
    /// What there was to choose among before.
    pub choices: &'static [Choice],
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
        Rule::NotEarlier(_) | Rule::MinAge(_) => tenant.settings.directory.counts_history(),
        _ => true,
    };
    Ok(effective_policy(tenant, &proved).await?.map(|directory| Demands {
        rules: tenant.policy.rules(&directory).into_iter().filter(holds).collect(),
        changeable_from: changeable_from(platform, tenant, &proved, &directory),
        choices: proved.account.choices(tenant.settings.reset.keep_and_unlock),
        words: words(tenant),
        flow: proved.flow,
        username: proved.account.username,
        display_name: proved.account.display_name,
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
    if changeable_from(platform, tenant, &proved, &directory).is_some() {
        return Ok(PasswordSet::TooEarly);
    }
    if let Some(broken) = broken(platform, tenant, &proved, &directory, new).await? {
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
        looks_back: tenant.settings.directory.counts_history(),
        now: platform.now(),
    };
    let outcome = Outcome::of_password(&SET_PASSWORD, &result, &known);
    if let Err(error) = &result {
        write::log(tenant, &proved, &outcome, error);
    }
    write::settle(platform, tenant, visitor, &proved, &SET_PASSWORD, outcome).await.map(PasswordSet::Written)
}

/// The words that the tenant's people must not make a password of.
pub(crate) fn words(tenant: &Tenant) -> Vec<String> {
    policy::tenant_words(&tenant.settings.name, &tenant.settings.words)
}

/// What is wrong with a new password, as far as it can be checked without the directory. It is counted.
pub(crate) async fn broken(
    platform: &Platform,
    tenant: &Tenant,
    proved: &Proved,
    directory: &EffectivePolicy,
    new: &Password,
) -> Result<Option<Broken>, FlowError> {
    let words = words(tenant);
    let subject = Subject {
        username: &proved.account.username,
        display_name: &proved.account.display_name,
        tenant_words: &words,
    };
    let rules = tenant.policy.broken(new.reveal(), subject, directory);
    if rules.is_empty() {
        return Ok(None);
    }
    count(platform, tenant, rules.iter().map(RejectionReason::of_rule).collect()).await?;
    let named = rules.contains(&Rule::NotBanned);
    let guessed = named.then(|| policy::guessed_words(new.reveal(), &words)).flatten();
    Ok(Some(Broken { rules, words: guessed.unwrap_or_default() }))
}

/// From when the directory takes a new password by a reset, where that is not yet.
pub(crate) fn changeable_from(
    platform: &Platform,
    tenant: &Tenant,
    proved: &Proved,
    directory: &EffectivePolicy,
) -> Option<Instant> {
    let counts = tenant.settings.directory.counts_history();
    policy::changeable_from(directory, counts, proved.account.password_set_at, platform.now())
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
