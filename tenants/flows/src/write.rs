//! What stands before and after every write to a directory: facts read anew, an intent recorded, an outcome recorded.

use chrono::TimeDelta;
use portvakt_domain::{
    account::{Account, Choice},
    audit::AuditKind,
    directory::DirectoryError,
    flow::{Flow, FlowKind, FlowState},
    message::MessageKind,
    tenant::HistoryRule,
    token::FlowToken,
};
use portvakt_storage::flows;

use crate::{
    FlowError, Measure, Platform, Tenant, Visitor,
    event::{EventExt as _, flow_event},
    notices::{self, About},
    open,
    registered::{self, Registered},
};

/// The longest that a write and the question what became of it can take, deadlines included.
const WRITE_LASTS_AT_MOST: TimeDelta = TimeDelta::seconds(90);

/// What came of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is done.
    Done,
    /// The directory's own rules refused the password. The flow goes on.
    Rejected,
    /// The directory was not reached, or is set up wrongly: surely nothing was changed. The flow goes on.
    Unavailable,
    /// The account may not be served (any more), or the service account has no right to it. Nothing was changed.
    NotAllowed,
    /// It was sent and not answered: nobody knows.
    Unknown,
    /// Another click is doing it at this moment, or did and nobody knows how it ended.
    InProgress,
    /// The flow is over or elsewhere.
    Gone,
}

/// A flow whose person has proved possession of the number, with the account as it is right now.
pub(crate) struct Proved {
    pub(crate) flow: Flow,
    pub(crate) account: Account,
    pub(crate) numbers: Vec<Registered>,
}

/// Reads everything anew: state, scope, protection, number.
pub(crate) async fn proved(
    platform: &Platform,
    tenant: &Tenant,
    token: &FlowToken,
    choice: Option<Choice>,
) -> Result<Result<Proved, Written>, FlowError> {
    let Some(flow) = open::run(platform, tenant, FlowKind::Reset, token).await? else { return Ok(Err(Written::Gone)) };
    match flow.state {
        FlowState::Verified => {}
        FlowState::Writing => {
            // Longer than any write takes: whoever was writing is gone, and nobody knows how far it came.
            let lost = platform.now() - flow.touched_at > WRITE_LASTS_AT_MOST;
            return Ok(Err(if lost { Written::Unknown } else { Written::InProgress }));
        }
        FlowState::OutcomeUnknown => return Ok(Err(Written::Unknown)),
        _ => return Ok(Err(Written::Gone)),
    }
    let key = flow.account.ok_or(FlowError::Corrupt("flows.account"))?;
    let account = match tenant.directory.read(key).await {
        Ok(Some(account)) => account,
        Ok(None) | Err(DirectoryError::NotFound) => return Ok(Err(Written::NotAllowed)),
        Err(DirectoryError::Unavailable(_)) => return Ok(Err(Written::Unavailable)),
        Err(error) => return Err(error.into()),
    };
    let offered = account.choices(tenant.settings.reset.keep_and_unlock);
    let allowed = choice.map_or(!offered.is_empty(), |choice| offered.contains(&choice));
    let numbers = registered::numbers(platform, tenant, key).await?;
    // The number that took the code must still be one of the account's; a flow of the release before does not know it.
    let proved_by = |number: &Registered| flow.code_number.is_none_or(|row| row == number.row);
    if !allowed || !numbers.iter().any(proved_by) {
        return Ok(Err(Written::NotAllowed));
    }
    Ok(Ok(Proved { flow, account, numbers }))
}

/// Names of one kind of write, in the audit trail and in messages.
pub(crate) struct WriteKind {
    pub(crate) choice: Choice,
    pub(crate) intended: AuditKind,
    pub(crate) outcome: AuditKind,
    pub(crate) done: FlowState,
    pub(crate) notice: MessageKind,
}

/// Records the intent. `false`: another click has it.
pub(crate) async fn claim(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    token: &FlowToken,
    proved: &Proved,
    kind: &WriteKind,
) -> Result<bool, FlowError> {
    let hash = token.hash(&platform.keys, tenant.id, FlowKind::Reset);
    let mut intent = flow_event(platform, &proved.flow, visitor, kind.intended).holder(proved.flow.code_number);
    if kind.choice == Choice::NewPassword {
        let history = match tenant.settings.directory.history {
            HistoryRule::PolicyHints => "policy_hints",
            HistoryRule::None => "none: the directory does not look at earlier passwords",
        };
        intent = intent.detail("history", history);
    }
    let now = platform.now();
    let claimed =
        flows::claim_write(&platform.store, tenant.id, FlowKind::Reset, hash, kind.choice, now, intent).await?;
    Ok(claimed.is_some())
}

/// Records the outcome and asks for the notices of it.
pub(crate) async fn settle(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    proved: &Proved,
    kind: &WriteKind,
    result: Result<(), DirectoryError>,
) -> Result<Written, FlowError> {
    let (written, next, label) = match &result {
        Ok(()) => (Written::Done, kind.done, "done"),
        Err(DirectoryError::Rejected(_)) => (Written::Rejected, FlowState::Verified, "rejected"),
        Err(DirectoryError::Unavailable(_)) => (Written::Unavailable, FlowState::Verified, "unavailable"),
        Err(DirectoryError::Misconfigured(_)) => (Written::Unavailable, FlowState::Verified, "misconfigured"),
        Err(DirectoryError::NoRight(_)) => (Written::NotAllowed, FlowState::Verified, "no_right"),
        Err(DirectoryError::NotFound) => (Written::NotAllowed, FlowState::Verified, "not_found"),
        Err(DirectoryError::OutcomeUnknown(_)) => (Written::Unknown, FlowState::OutcomeUnknown, "unknown"),
    };
    if let Err(error) = &result {
        tracing::warn!(tenant.id = %tenant.id, flow.id = %proved.flow.id, outcome = label, %error, "directory write");
    }
    platform.meter.count(tenant.id, Measure::Write(label));
    let outcome = flow_event(platform, &proved.flow, visitor, kind.outcome).detail("outcome", label);
    let outcome = outcome.holder(proved.flow.code_number);
    let everybody = proved.numbers.iter().map(|number| &number.number);
    let notices = match written {
        Written::Done => notices::to_all(platform, tenant, &About::flow(kind.notice, &proved.flow), everybody)?,
        _ => Vec::new(),
    };
    let now = platform.now();
    if let Err(error) =
        flows::settle_write(&platform.store, tenant.id, proved.flow.id, next, now, outcome, notices).await
    {
        // The directory has answered and we can't keep what it said. The flow stays "writing": its outcome is unknown.
        tracing::error!(tenant.id = %tenant.id, flow.id = %proved.flow.id, outcome = label, %error, "outcome not recorded");
        return if written == Written::Done { Ok(Written::Unknown) } else { Err(error.into()) };
    }
    (platform.wake)();
    Ok(written)
}
