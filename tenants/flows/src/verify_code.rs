//! A code is entered: one conditional update decides, so that a replay, a double click and a second replica all lose.

use portvakt_domain::{
    audit::AuditKind,
    code::{Code, TRIES_PER_CODE},
    flow::{FlowKind, FlowState},
    message::MessageKind,
    time::Instant,
    token::FlowToken,
};
use portvakt_storage::flows::{self, CodeOutcome, SubmitCode};

use crate::{
    FlowError, Measure, Platform, Tenant, Visitor,
    event::{EventExt as _, flow_event},
    guesses::{self, Admission},
    number_effect, number_task, open,
};

/// What the person is told.
#[derive(Debug)]
pub enum Verified {
    /// Right. The browser goes on with a new token; the old one is dead.
    Right {
        /// The new token.
        token: FlowToken,
        /// Where the flow stands now.
        state: FlowState,
    },
    /// Wrong; it may be tried again.
    Wrong,
    /// Wrong too often: this code is dead, a new one has to be asked for.
    CodeDead,
    /// Wrong too often: the flow is over.
    Exhausted,
    /// The code is past its time.
    Expired,
    /// This network has tried too many wrong codes lately.
    Limited,
    /// This network is held since codes are being guessed.
    Held {
        /// Until then at most.
        until: Instant,
    },
    /// The flow is over or elsewhere.
    Gone,
}

/// Checks a code.
///
/// # Errors
/// The database.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    kind: FlowKind,
    token: &FlowToken,
    code: &Code,
) -> Result<Verified, FlowError> {
    // 1. The flow, and what the right code would lead to.
    let Some(flow) = open::run(platform, tenant, kind, token).await? else { return Ok(Verified::Gone) };
    let task = number_effect::task_of(&flow);
    let (message_kind, next_state) = match flow.state {
        FlowState::AwaitingCode => (Some(MessageKind::ResetCode), FlowState::Verified),
        FlowState::AwaitingChangeCode => (Some(MessageKind::ChangeCode), FlowState::Changing),
        FlowState::AwaitingStopCode => (Some(MessageKind::StopChangeCode), FlowState::ChangeStopped),
        FlowState::AwaitingOldCode => (task.old_code(), task.after_old_code()),
        FlowState::AwaitingNewCode => (Some(MessageKind::NewNumberCode), task.after_new_code()),
        FlowState::Exhausted => return Ok(Verified::Exhausted),
        _ => return Ok(Verified::Gone),
    };
    let Some(purpose) = message_kind.and_then(MessageKind::code_purpose) else { return Ok(Verified::Gone) };
    let Ok(effect) = number_effect::prepare(platform, tenant, &flow, visitor).await? else {
        return Ok(Verified::Gone);
    };
    let next_message = (next_state == FlowState::AwaitingNewCode)
        .then(|| number_task::code_message(platform, &flow, MessageKind::NewNumberCode));

    // 2. Whether this network may try.
    let guess = match guesses::admit(platform, tenant, visitor).await? {
        Admission::Guess(guess) => guess,
        Admission::Limited => return Ok(Verified::Limited),
        Admission::Held { until } => return Ok(Verified::Held { until }),
    };

    // 3. One transaction decides and does it.
    let new_token = FlowToken::generate(platform.random.as_ref());
    let outcome = flows::submit_code(
        &platform.store,
        tenant.id,
        SubmitCode {
            flow: flow.id,
            kind,
            token_hash: open::token_hash(platform, tenant, kind, token).await?,
            state: flow.state,
            code_hash: code.hash(&open::ring_of(platform, &flow), tenant.id, flow.id, purpose),
            code_life_seconds: i64::from(tenant.settings.reset.code_minutes) * 60,
            new_token_hash: new_token.hash(&platform.keys, tenant.id, kind),
            next_state,
            now: platform.now(),
            hits_wrong: guesses::counts(platform, tenant, &flow)?,
            counted: guess.counted(),
            event_right: flow_event(platform, &flow, visitor, AuditKind::CodeRight)
                .detail("purpose", purpose.as_str())
                .holder(flow.code_number),
            event_wrong: flow_event(platform, &flow, visitor, AuditKind::CodeWrong).detail("purpose", purpose.as_str()),
            next_message,
            effect,
        },
    )
    .await?;
    (platform.wake)();
    if matches!(outcome, CodeOutcome::Wrong { .. } | CodeOutcome::Exhausted)
        && let Err(error) = guess.was_wrong(platform, tenant).await
    {
        // It counts for the flow, its name, its network and its tenant; the deployment's count is off by one.
        tracing::error!(%error, "a wrong code was not counted for the whole deployment");
    }

    let (told, label) = match outcome {
        CodeOutcome::Right => (Verified::Right { token: new_token, state: next_state }, "right"),
        // The third wrong one: say at once that a new code is needed.
        CodeOutcome::Wrong { tries, .. } if tries >= TRIES_PER_CODE => (Verified::CodeDead, "wrong"),
        CodeOutcome::Wrong { .. } => (Verified::Wrong, "wrong"),
        CodeOutcome::CodeDead => (Verified::CodeDead, "dead"),
        CodeOutcome::Exhausted => (Verified::Exhausted, "exhausted"),
        CodeOutcome::Expired => (Verified::Expired, "expired"),
        CodeOutcome::Gone => (Verified::Gone, "gone"),
    };
    platform.meter.count(tenant.id, Measure::Code(label));
    Ok(told)
}
