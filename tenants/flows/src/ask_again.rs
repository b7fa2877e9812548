//! "Send a new code": a new code for the same flow, after a wait, a few times at most.

use chrono::TimeDelta;
use portvakt_domain::{
    audit::AuditKind,
    code::{self, CODES_PER_FLOW},
    flow::{Flow, FlowKind, FlowState},
    id::MessageId,
    message::{Channel, MessageKind, NewMessage},
    time::Instant,
    token::FlowToken,
};
use portvakt_storage::flows;

use crate::{FlowError, Platform, Tenant, Visitor, event::flow_event, open};

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

/// Asks for a new code.
///
/// # Errors
/// The database.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    kind: FlowKind,
    token: &FlowToken,
) -> Result<AskedAgain, FlowError> {
    // 1. The flow stands where codes are awaited, and the wait is over.
    let now = platform.now();
    let Some(flow) = open::run(platform, tenant, kind, token).await? else { return Ok(AskedAgain::Gone) };
    let message_kind = match flow.state {
        FlowState::AwaitingCode => MessageKind::ResetCode,
        FlowState::AwaitingChangeCode => MessageKind::ChangeCode,
        FlowState::AwaitingOldCode => MessageKind::OldNumberCode,
        FlowState::AwaitingNewCode => MessageKind::NewNumberCode,
        _ => return Ok(AskedAgain::Gone),
    };
    match wait(&flow, now) {
        None => return Ok(AskedAgain::NoMore),
        Some(left) if left > TimeDelta::zero() => {
            return Ok(AskedAgain::Wait { seconds: (left.num_milliseconds() + 999) / 1000 });
        }
        Some(_) => {}
    }

    // 2. The message and its job, if nobody asked meanwhile.
    let message = NewMessage {
        id: MessageId::new(now, platform.random.as_ref()),
        kind: message_kind,
        channel: Channel::Sms,
        flow: flow.id,
        account: None,
        recipient: None,
        language: flow.language,
        requested_at: now,
    };
    let hash = token.hash(&platform.keys, tenant.id, kind);
    let asked_event = flow_event(platform, &flow, visitor, AuditKind::CodeAskedAgain);
    let asked =
        flows::ask_again(&platform.store, tenant.id, hash, kind, now, flow.codes_sent, message, asked_event).await?;
    (platform.wake)();
    // Another click was faster: its code is on the way, and this click's page is the same.
    let _ = asked;
    Ok(AskedAgain::Asked)
}
