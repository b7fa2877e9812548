//! "Send a new code": a new code for the same flow, after a wait, a few times at most.

use chrono::TimeDelta;
use portvakt_domain::{
    audit::AuditKind,
    code::{self, CODES_PER_FLOW},
    flow::{Flow, FlowKind, FlowState},
    message::{MessageKind, NewMessage},
    number::MobileNumber,
    time::Instant,
    token::FlowToken,
};
use portvakt_storage::flows;
use uuid::Uuid;

use crate::{
    FlowError, Platform, Tenant, Visitor, event::flow_event, guesses, number_effect, number_task, open, registered,
};

/// What the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedAgain {
    /// A new code was asked for; the old one no longer counts.
    Asked,
    /// Too early.
    Wait {
        /// Seconds still to wait.
        seconds: i64,
    },
    /// This flow has had its codes.
    NoMore,
    /// This network is held since codes are being guessed.
    Held {
        /// Until then at most.
        until: Instant,
    },
    /// The flow is over or elsewhere.
    Gone,
}

/// How long the flow still has to wait for its next code; `None` when it has had its codes.
pub fn wait(flow: &Flow, now: Instant) -> Option<TimeDelta> {
    if flow.codes_sent >= CODES_PER_FLOW {
        return None;
    }
    let since = flow.code_requested_at.map_or(TimeDelta::MAX, |at| now - at);
    Some((code::wait_before_next(flow.codes_sent) - since).max(TimeDelta::zero()))
}

/// Where the code is to go instead of where it went.
#[derive(Debug, Clone, Copy)]
pub enum To<'a> {
    /// To the number that codes go to.
    TheSame,
    /// To another of the account's numbers: this one, if it is registered, and nowhere else.
    Another(&'a MobileNumber),
    /// To another number already there, by its row. Only after a sign-in.
    Row(Uuid),
}

/// Asks for a new code. Whether the account has another number is not looked up: the answer and its cost are the same.
///
/// # Errors
/// The database.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    kind: FlowKind,
    token: &FlowToken,
    to: To<'_>,
) -> Result<AskedAgain, FlowError> {
    // 1. The flow stands where codes are awaited, and the wait is over.
    let now = platform.now();
    let Some(flow) = open::run(platform, tenant, kind, token).await? else { return Ok(AskedAgain::Gone) };
    let message_kind = match flow.state {
        FlowState::AwaitingCode => Some(MessageKind::ResetCode),
        FlowState::AwaitingChangeCode => Some(MessageKind::ChangeCode),
        FlowState::AwaitingStopCode => Some(MessageKind::StopChangeCode),
        FlowState::AwaitingOldCode => number_effect::task_of(&flow).old_code(),
        FlowState::AwaitingNewCode => Some(MessageKind::NewNumberCode),
        _ => None,
    };
    let Some(message_kind) = message_kind else { return Ok(AskedAgain::Gone) };
    let (number_hash, proof) = match (to, flow.state) {
        (
            To::Another(number),
            FlowState::AwaitingCode | FlowState::AwaitingChangeCode | FlowState::AwaitingStopCode,
        ) => (Some(registered::look_up_hash(platform, tenant, number)), None),
        (To::Row(row), FlowState::AwaitingOldCode) => (None, Some(row)),
        (To::TheSame, _) => (None, None),
        _ => return Ok(AskedAgain::Gone),
    };
    match wait(&flow, now) {
        None => return Ok(AskedAgain::NoMore),
        Some(left) if left > TimeDelta::zero() => {
            return Ok(AskedAgain::Wait { seconds: (left.num_milliseconds() + 999) / 1000 });
        }
        Some(_) => {}
    }

    // 2. A network that guesses codes gets no more of them, here either.
    if flow.state.is_by_name()
        && let Some(until) = guesses::held_until(platform, tenant, visitor).await?
    {
        return Ok(AskedAgain::Held { until });
    }

    // 3. The message and its job, if nobody asked meanwhile.
    let message = number_task::code_message(platform, &flow, message_kind);
    let message = NewMessage { account: None, number_hash, ..message };
    let hash = open::token_hash(platform, tenant, kind, token).await?;
    let asked_event = flow_event(platform, &flow, visitor, AuditKind::CodeAskedAgain);
    let (store, sent) = (&platform.store, flow.codes_sent);
    let asked = flows::ask_again(store, tenant.id, hash, kind, now, sent, proof, message, asked_event).await?;
    (platform.wake)();
    // Another click was faster: its code is on the way, and this click's page is the same.
    let _ = asked;
    Ok(AskedAgain::Asked)
}
