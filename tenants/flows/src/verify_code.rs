//! A code is entered: one conditional update decides, so that a replay, a double click and a second replica all lose.

use portvakt_domain::{
    audit::AuditKind,
    code::{Code, TRIES_PER_CODE},
    flow::{Flow, FlowKind, FlowState},
    id::MessageId,
    keys::{KeyUse, KeyedHash},
    limit::{self, Hit},
    message::{Channel, MessageKind, NewMessage},
    number::MobileNumber,
    token::FlowToken,
};
use portvakt_storage::{
    flows::{self, CodeOutcome, SaveNumber, SubmitCode},
    limits, numbers,
};

use crate::{
    FlowError, Measure, Platform, Tenant, Visitor,
    event::{EventExt as _, flow_event},
    open,
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
    // 1. The flow, and whether this network may try.
    let Some(flow) = open::run(platform, tenant, kind, token).await? else { return Ok(Verified::Gone) };
    let failures = visitor.hit(platform, limit::FAILURES_PER_NETWORK);
    let now = platform.now();
    let tried = limits::current(&platform.store, tenant.id, vec![failures], now).await?;
    if tried.first().is_some_and(|count| *count >= failures.limit.ceiling) {
        platform.meter.count(tenant.id, Measure::Limit(limit::FAILURES_PER_NETWORK.name));
        return Ok(Verified::Limited);
    }

    // 2. What the right code would lead to.
    let (purpose, next_state) = match flow.state {
        FlowState::AwaitingCode => (portvakt_domain::code::CodePurpose::Reset, FlowState::Verified),
        FlowState::AwaitingChangeCode => (portvakt_domain::code::CodePurpose::Change, FlowState::Changing),
        FlowState::AwaitingOldCode => (portvakt_domain::code::CodePurpose::OldNumber, FlowState::AwaitingNewCode),
        FlowState::AwaitingNewCode => (portvakt_domain::code::CodePurpose::NewNumber, FlowState::NumberSaved),
        FlowState::Exhausted => return Ok(Verified::Exhausted),
        _ => return Ok(Verified::Gone),
    };
    let next_message = (flow.state == FlowState::AwaitingOldCode).then(|| new_number_message(platform, &flow));
    let save_number = match flow.state {
        FlowState::AwaitingNewCode => Some(saved_number(platform, tenant, &flow, visitor).await?),
        _ => None,
    };

    // 3. One transaction decides and does it.
    let new_token = FlowToken::generate(platform.random.as_ref());
    // Counted whether there is an account behind the flow or not: the number of statements must not tell.
    let owner = flow.account.map_or(flow.id.0, |account| account.0);
    let owner = platform.keys.hash(tenant.id, KeyUse::Limit, &[b"wrong-codes", owner.as_bytes()]);
    let counted = |limit, subject| Hit { limit, subject };
    let outcome = flows::submit_code(
        &platform.store,
        tenant.id,
        SubmitCode {
            flow: flow.id,
            kind,
            token_hash: token.hash(&platform.keys, tenant.id, kind),
            state: flow.state,
            code_hash: code.hash(&platform.keys, tenant.id, flow.id, purpose),
            code_life_seconds: i64::from(tenant.settings.reset.code_minutes) * 60,
            new_token_hash: new_token.hash(&platform.keys, tenant.id, kind),
            next_state,
            now,
            hits_wrong: vec![
                failures,
                counted(limit::WRONG_CODES_PER_ACCOUNT, owner),
                counted(limit::WRONG_CODES_PER_TENANT, KeyedHash([0; 32])),
            ],
            event_right: flow_event(platform, &flow, visitor, AuditKind::CodeRight).detail("purpose", purpose.as_str()),
            event_wrong: flow_event(platform, &flow, visitor, AuditKind::CodeWrong).detail("purpose", purpose.as_str()),
            next_message,
            save_number,
        },
    )
    .await?;
    (platform.wake)();

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

/// After the old number's code: a code to the number being registered.
fn new_number_message(platform: &Platform, flow: &Flow) -> NewMessage {
    let now = platform.now();
    NewMessage {
        id: MessageId::new(now, platform.random.as_ref()),
        kind: MessageKind::NewNumberCode,
        channel: Channel::Sms,
        flow: flow.id,
        account: flow.account,
        recipient: None,
        language: flow.language,
        requested_at: now,
    }
}

/// After the new number's code: the row to be saved, and the notices of it.
async fn saved_number(
    platform: &Platform,
    tenant: &Tenant,
    flow: &Flow,
    visitor: &Visitor,
) -> Result<SaveNumber, FlowError> {
    let account = flow.account.ok_or(FlowError::Corrupt("flows.account"))?;
    let number = open::pending_number(platform, tenant, flow)?.ok_or(FlowError::Corrupt("flows.pending_number"))?;
    let number_hash = flow.pending_number_hash.ok_or(FlowError::Corrupt("flows.pending_number_hash"))?;
    let stored = numbers::find(&platform.store, tenant.id, account).await?;
    let old = open::registered_number(platform, tenant, account).await?;
    let row_id = stored.map_or_else(|| open::new_row(platform.now(), platform.random.as_ref()), |stored| stored.row_id);

    let (notice, kind) = match old {
        None => (MessageKind::NumberAdded, AuditKind::NumberAdded),
        Some(_) => (MessageKind::NumberChanged, AuditKind::NumberChanged),
    };
    // The old number is told of its end; a first number is told that it is one now.
    let told = old.as_ref().unwrap_or(&number);
    Ok(SaveNumber {
        account,
        row_id,
        sealed: open::seal(platform, tenant, open::number_place(account, row_id), number.e164())?,
        number_hash,
        at: platform.now(),
        notices: notices(platform, tenant, flow, notice, Some(told))?,
        event: flow_event(platform, flow, visitor, kind),
    })
}

/// A notice by SMS and one by mail. The number is fixed now: an old one is gone from the store when its notice is sent.
/// The mail address is the directory's, looked up when it is needed.
pub(crate) fn notices(
    platform: &Platform,
    tenant: &Tenant,
    flow: &Flow,
    kind: MessageKind,
    number: Option<&MobileNumber>,
) -> Result<Vec<NewMessage>, FlowError> {
    let now = platform.now();
    let notice = |channel, id, recipient| NewMessage {
        id,
        kind,
        channel,
        flow: flow.id,
        account: flow.account,
        recipient,
        language: flow.language,
        requested_at: now,
    };
    let mut notices = vec![notice(Channel::Mail, MessageId::new(now, platform.random.as_ref()), None)];
    if let Some(number) = number {
        let id = MessageId::new(now, platform.random.as_ref());
        let recipient = open::seal(platform, tenant, open::recipient_place(id), number.e164())?;
        notices.push(notice(Channel::Sms, id, Some(recipient)));
    }
    Ok(notices)
}
