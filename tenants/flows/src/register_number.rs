//! A number is entered: a code goes to the one already there first, and then to the new one. Nothing is saved yet.

use portvakt_domain::{
    audit::AuditKind,
    flow::{FlowKind, FlowState},
    id::MessageId,
    keys::KeyUse,
    limit::{self, Hit},
    message::{Channel, MessageKind, NewMessage},
    number::{MobileNumber, NumberError},
    token::FlowToken,
};
use portvakt_storage::{
    flows::{self, OfferNumber},
    limits,
};

use crate::{
    FlowError, Measure, Platform, Tenant, Visitor,
    event::{EventExt as _, flow_event},
    keep_number, open,
};

/// What the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// A code goes to the number already there.
    CodeToOld,
    /// A code goes to the new number.
    CodeToNew,
    /// It is the number already there.
    Same,
    /// Nothing was entered, and there is a number: it stays.
    Kept,
    /// It can't be registered.
    Invalid(NumberError),
    /// Too many codes were sent to this number, or from this network, lately.
    Limited,
    /// The flow is over or elsewhere.
    Gone,
}

/// Takes a number.
///
/// # Errors
/// The database.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    token: &FlowToken,
    typed: &str,
) -> Result<Offered, FlowError> {
    // 1. The flow stands where a number may be entered, also for the second time.
    let kind = FlowKind::Register;
    let Some(flow) = open::run(platform, tenant, kind, token).await? else { return Ok(Offered::Gone) };
    let enters = [FlowState::EnteringNumber, FlowState::AwaitingOldCode, FlowState::AwaitingNewCode];
    if !enters.contains(&flow.state) {
        return Ok(Offered::Gone);
    }
    let account = flow.account.ok_or(FlowError::Corrupt("flows.account"))?;

    // 2. A number that can receive SMS, and another one than before.
    let registered = open::registered_number(platform, tenant, account).await?;
    let number = match MobileNumber::parse(typed, &tenant.settings.registration.countries) {
        Ok(number) => number,
        Err(NumberError::Empty) if registered.is_some() => {
            let kept = keep_number::run(platform, tenant, token).await?;
            return Ok(if kept { Offered::Kept } else { Offered::Gone });
        }
        Err(error) => return Ok(Offered::Invalid(error)),
    };
    if registered.as_ref() == Some(&number) {
        return Ok(Offered::Same);
    }

    // 3. Limits: by network and by number, since anybody's number can be typed here.
    let now = platform.now();
    let number_hash = platform.keys.hash(tenant.id, KeyUse::Number, &[number.e164().as_bytes()]);
    let subject = platform.keys.hash(tenant.id, KeyUse::Limit, &[b"new-number", number.e164().as_bytes()]);
    let hits =
        vec![visitor.hit(platform, limit::STARTS_PER_NETWORK), Hit { limit: limit::SMS_PER_NEW_NUMBER, subject }];
    if limits::count(&platform.store, tenant.id, hits, now).await?.is_some() {
        platform.meter.count(tenant.id, Measure::Limit(limit::SMS_PER_NEW_NUMBER.name));
        return Ok(Offered::Limited);
    }

    // 4. The number, sealed in the flow, and the first code: to the old number where there is one.
    let (next_state, message_kind, offered) = match registered {
        Some(_) => (FlowState::AwaitingOldCode, MessageKind::OldNumberCode, Offered::CodeToOld),
        None => (FlowState::AwaitingNewCode, MessageKind::NewNumberCode, Offered::CodeToNew),
    };
    let message = NewMessage {
        id: MessageId::new(now, platform.random.as_ref()),
        kind: message_kind,
        channel: Channel::Sms,
        flow: flow.id,
        account: flow.account,
        recipient: None,
        language: flow.language,
        requested_at: now,
    };
    let took = flows::offer_number(
        &platform.store,
        tenant.id,
        OfferNumber {
            token_hash: token.hash(&platform.keys, tenant.id, kind),
            now,
            pending_number: open::seal(platform, tenant, open::pending_number_place(flow.id), number.e164())?,
            pending_number_hash: number_hash,
            next_state,
            message,
            event: flow_event(platform, &flow, visitor, AuditKind::CodeAskedAgain).detail("purpose", "new_number"),
        },
    )
    .await?;
    (platform.wake)();
    Ok(if took { offered } else { Offered::Gone })
}
