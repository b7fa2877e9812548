//! What stands before and after every write to a directory: facts read anew, an intent recorded, an outcome recorded.

use chrono::TimeDelta;
use portvakt_domain::{
    account::{Account, Choice},
    audit::AuditKind,
    directory::DirectoryError,
    flow::{Flow, FlowKind, FlowState},
    message::MessageKind,
    rejection::{self, Circumstances, RejectionReason},
    tenant::{DirectoryKind, DirectorySettings, HistoryRule},
    token::FlowToken,
};
use portvakt_storage::flows::{self, SettleWrite};

use crate::{
    FlowError, Measure, Platform, Tenant, Visitor,
    event::{EventExt as _, flow_event},
    notices::{self, About},
    number_attribute, open,
    registered::Registered,
};

/// The longest that a write and the question what became of it can take, deadlines included.
const WRITE_LASTS_AT_MOST: TimeDelta = TimeDelta::seconds(90);

/// What came of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is done.
    Done,
    /// Surely nothing was changed, for a reason that can be told. The flow goes on.
    Rejected(Rejected),
    /// The account may not be served (any more), or the service account has no right to it. Nothing was changed.
    NotAllowed,
    /// Change: the account is locked out. Nothing was changed, and the flow is over.
    Locked,
    /// Change: the current password was wrong too often. Nothing was changed, and the flow is over.
    Exhausted,
    /// Change: this network has given too many wrong passwords lately. Nothing was sent.
    Limited,
    /// It was sent and not answered: nobody knows.
    Unknown,
    /// Another click is doing it at this moment, or did and nobody knows how it ended.
    InProgress,
    /// The flow is over or elsewhere.
    Gone,
}

/// A write that came to nothing and may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejected {
    /// Why.
    pub reason: RejectionReason,
    /// How long the present password has to be kept still, where that is the reason and known.
    pub wait: Option<TimeDelta>,
}

impl Written {
    /// For a reason that says all.
    pub(crate) fn rejected(reason: RejectionReason) -> Self {
        Written::Rejected(Rejected { reason, wait: None })
    }
}

/// A flow whose person has proved what it asks for, with the account as it is right now.
pub(crate) struct Proved {
    pub(crate) flow: Flow,
    pub(crate) account: Account,
    /// The registered numbers; a change may do without.
    pub(crate) numbers: Vec<Registered>,
}

impl Proved {
    /// Whether the number that took the code is still one of the account's. A flow of the release before does not know
    /// which it was.
    pub(crate) fn by_a_number(&self) -> bool {
        self.numbers.iter().any(|number| self.flow.code_number.is_none_or(|row| row == number.row))
    }
}

/// Reads everything anew for a reset: state, scope, protection, number.
pub(crate) async fn proved(
    platform: &Platform,
    tenant: &Tenant,
    token: &FlowToken,
    choice: Option<Choice>,
) -> Result<Result<Proved, Written>, FlowError> {
    let proved = match standing(platform, tenant, token, FlowState::Verified).await? {
        Ok(proved) => proved,
        Err(refused) => return Ok(Err(refused)),
    };
    let offered = proved.account.choices(tenant.settings.reset.keep_and_unlock);
    let allowed = choice.map_or(!offered.is_empty(), |choice| offered.contains(&choice));
    Ok(if allowed && proved.by_a_number() { Ok(proved) } else { Err(Written::NotAllowed) })
}

/// The flow where it stands in `from`, with its account and number as they are now. What they allow is the caller's to say.
pub(crate) async fn standing(
    platform: &Platform,
    tenant: &Tenant,
    token: &FlowToken,
    from: FlowState,
) -> Result<Result<Proved, Written>, FlowError> {
    let Some(flow) = open::run(platform, tenant, FlowKind::Reset, token).await? else { return Ok(Err(Written::Gone)) };
    match flow.state {
        state if state == from => {}
        FlowState::Writing => {
            // Longer than any write takes: whoever was writing is gone, and nobody knows how far it came.
            let lost = platform.now() - flow.touched_at > WRITE_LASTS_AT_MOST;
            return Ok(Err(if lost { Written::Unknown } else { Written::InProgress }));
        }
        FlowState::OutcomeUnknown => return Ok(Err(Written::Unknown)),
        FlowState::Exhausted => return Ok(Err(Written::Exhausted)),
        _ => return Ok(Err(Written::Gone)),
    }
    let key = flow.account.ok_or(FlowError::Corrupt("flows.account"))?;
    let account = match tenant.directory.read(key).await {
        Ok(Some(account)) => account,
        Ok(None) | Err(DirectoryError::NotFound) => return Ok(Err(Written::NotAllowed)),
        Err(DirectoryError::Unavailable(_)) => return Ok(Err(Written::rejected(RejectionReason::Unavailable))),
        Err(error) => return Err(error.into()),
    };
    let numbers = number_attribute::numbers(platform, tenant, Some(&account)).await?;
    Ok(Ok(Proved { flow, account, numbers }))
}

/// Names of one kind of write, in the audit trail and in messages.
pub(crate) struct WriteKind {
    pub(crate) choice: Choice,
    pub(crate) intended: AuditKind,
    pub(crate) outcome: AuditKind,
    /// Where the flow stands before, and again after a write that came to nothing.
    pub(crate) from: FlowState,
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
    let hash = open::token_hash(platform, tenant, FlowKind::Reset, token).await?;
    let mut intent = flow_event(platform, &proved.flow, visitor, kind.intended).holder(proved.flow.code_number);
    for (name, value) in kind.details(tenant, &proved.flow) {
        intent = intent.detail(name, value);
    }
    let now = platform.now();
    let claimed = flows::claim_write(&platform.store, tenant.id, hash, kind.from, kind.choice, now, intent).await?;
    Ok(claimed.is_some())
}

/// By what the directory is made to look at earlier passwords.
fn history(settings: &DirectorySettings) -> &'static str {
    match (settings.kind, settings.history) {
        (DirectoryKind::OpenLdap, _) => "ppolicy",
        (DirectoryKind::ActiveDirectory, HistoryRule::PolicyHints) => "policy_hints",
        (DirectoryKind::ActiveDirectory, HistoryRule::None) => "none: the directory does not look at earlier passwords",
    }
}

impl WriteKind {
    /// What the trail tells of an intent: how far earlier passwords count, and how the person proved who they are.
    fn details(&self, tenant: &Tenant, flow: &Flow) -> Vec<(&'static str, &'static str)> {
        match self.intended {
            AuditKind::ChangeIntended => {
                let with_code = flow.codes_sent > 0;
                let method = if with_code { "known_password and sms_code" } else { "known_password" };
                vec![("method", method), ("history", "change: the directory looks at earlier passwords")]
            }
            AuditKind::PasswordIntended => {
                vec![("history", history(&tenant.settings.directory))]
            }
            _ => Vec::new(),
        }
    }
}

/// What a write came to: for the person, the flow, the trail, and the statistics.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) written: Written,
    pub(crate) next: FlowState,
    pub(crate) label: &'static str,
    /// Why a new password was not taken.
    pub(crate) reason: Option<RejectionReason>,
}

impl Outcome {
    /// What a directory's answer to a password comes to.
    pub(crate) fn of_password(
        kind: &WriteKind,
        result: &Result<(), DirectoryError>,
        known: &Circumstances<'_>,
    ) -> Self {
        let outcome = Self::of(kind, result);
        let Some(reason) = result.as_ref().err().and_then(|error| rejection::reason(error, known)) else {
            return outcome;
        };
        let written = match outcome.written {
            Written::Rejected(_) => {
                let wait = known.wait().filter(|_| reason == RejectionReason::TooYoung);
                Written::Rejected(Rejected { reason, wait })
            }
            written => written,
        };
        Self { written, reason: Some(reason), ..outcome }
    }

    /// What a directory's answer comes to.
    pub(crate) fn of(kind: &WriteKind, result: &Result<(), DirectoryError>) -> Self {
        let unavailable = Written::rejected(RejectionReason::Unavailable);
        let (written, next, label) = match result {
            Ok(()) => (Written::Done, kind.done, "done"),
            Err(DirectoryError::Rejected(_)) => (Written::rejected(RejectionReason::Unnamed), kind.from, "rejected"),
            Err(DirectoryError::Unavailable(_)) => (unavailable, kind.from, "unavailable"),
            Err(DirectoryError::Misconfigured(_)) => (unavailable, kind.from, "misconfigured"),
            Err(DirectoryError::NoRight(_)) => (Written::NotAllowed, kind.from, "no_right"),
            Err(DirectoryError::NotFound) => (Written::NotAllowed, kind.from, "not_found"),
            Err(DirectoryError::OutcomeUnknown(_)) => (Written::Unknown, FlowState::OutcomeUnknown, "unknown"),
        };
        Self { written, next, label, reason: None }
    }
}

/// Logs what went wrong, at the one place where writes end.
pub(crate) fn log(tenant: &Tenant, proved: &Proved, outcome: &Outcome, error: &DirectoryError) {
    let label = outcome.label;
    tracing::warn!(tenant.id = %tenant.id, flow.id = %proved.flow.id, outcome = label, %error, "directory write");
}

/// Records the outcome and asks for the notices of it.
pub(crate) async fn settle(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    proved: &Proved,
    kind: &WriteKind,
    outcome: Outcome,
) -> Result<Written, FlowError> {
    let Outcome { written, next, label, reason } = outcome;
    platform.meter.count(tenant.id, Measure::Write(label));
    let mut told = flow_event(platform, &proved.flow, visitor, kind.outcome).detail("outcome", label);
    told = told.holder(proved.flow.code_number);
    if let Some(reason) = reason {
        platform.meter.count(tenant.id, Measure::Rejection(reason));
        told = told.detail("reason", reason.as_str());
    }
    let everybody = proved.numbers.iter().map(|number| &number.number);
    let notices = match written {
        Written::Done => notices::to_all(platform, tenant, &About::flow(kind.notice, &proved.flow), everybody)?,
        _ => Vec::new(),
    };
    let settled = SettleWrite {
        flow: proved.flow.id,
        next_state: next,
        wrong_password: reason == Some(RejectionReason::WrongPassword),
        now: platform.now(),
        event: told,
        notices,
        rejection: reason,
    };
    let stands = match flows::settle_write(&platform.store, tenant.id, settled).await {
        Ok(stands) => stands,
        Err(error) => {
            // The directory has answered and we can't keep what it said. The flow stays "writing": its outcome is unknown.
            tracing::error!(tenant.id = %tenant.id, flow.id = %proved.flow.id, outcome = label, %error, "outcome not recorded");
            return if written == Written::Done { Ok(Written::Unknown) } else { Err(error.into()) };
        }
    };
    (platform.wake)();
    Ok(match (written, stands) {
        (Written::Rejected(_), Some(FlowState::Exhausted)) => Written::Exhausted,
        (written, _) => written,
    })
}
