//! Somebody who has the old phone stops a delayed change. Who signed in gets a code at once; who did not types a name, and
//! the answer is the same for everybody.

use portvakt_domain::{
    audit::AuditKind,
    flow::{FlowKind, FlowState, NumberTask},
    id::{FlowId, MessageId},
    limit,
    login::Login,
    message::{Channel, MessageKind, NewMessage},
    token::{FlowToken, StartToken},
};
use portvakt_storage::flows::{self, Begun, NewFlow};

use crate::{
    FlowError, Platform, Tenant, Visitor, delay_change,
    event::{EventExt as _, event},
    guesses,
    number_task::{self, Offered, Task},
    open, trips,
};

pub use crate::start_reset::Started;

/// Begins to stop a change by name. Nothing is looked up.
///
/// # Errors
/// The database.
pub async fn by_name(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    start: &StartToken,
    login: &Login,
) -> Result<Started, FlowError> {
    let (now, random, kind) = (platform.now(), platform.random.as_ref(), FlowKind::Register);
    let token = start.flow_token(&platform.keys, tenant.id, kind);

    // 1. A network that guesses codes gets no more of them.
    if let Some(until) = guesses::held_until_at_start(platform, tenant, visitor).await? {
        return Ok(Started::Held { until });
    }

    // 2. The flow, its first message and the job that sends it: one transaction.
    let id = FlowId::new(now, random);
    let folded = login.folded(&tenant.settings.directory.netbios);
    let flow = NewFlow {
        id,
        kind,
        state: FlowState::AwaitingStopCode,
        token_hash: token.hash(&platform.keys, tenant.id, kind),
        start_hash: start.hash(&platform.keys, tenant.id, kind),
        login: open::seal(platform, tenant, open::login_place(id), login.reveal())?,
        login_hash: platform.subjects.hash(tenant.id, &[b"login", folded.as_bytes()]),
        account: None,
        network: visitor.network,
        trusted_network: visitor.trusted,
        language: visitor.language,
        at: now,
    };
    let message = NewMessage {
        id: MessageId::new(now, random),
        kind: MessageKind::StopChangeCode,
        channel: Channel::Sms,
        flow: id,
        account: None,
        recipient: None,
        number_hash: None,
        about_at: None,
        language: visitor.language,
        requested_at: now,
    };
    let hits = vec![visitor.hit(platform, limit::STARTS_PER_NETWORK)];
    let begun_event =
        event(platform, AuditKind::FlowBegun).flow(id).network(visitor.network).detail("flow", "stop_change");
    let begun = flows::begin(&platform.store, tenant.id, flow, hits, Some(message), begun_event).await?;
    if matches!(begun, Begun::Started) {
        crate::trace::of(id);
    }

    // 2. What is said does not depend on whom the name means.
    Ok(match begun {
        Begun::Started => {
            (platform.wake)();
            Started::Begun(token)
        }
        Begun::Repeated { same_login: true, state: FlowState::AwaitingStopCode, .. } => Started::Begun(token),
        Begun::Repeated { .. } => Started::StartAgain,
        Begun::Limited { .. } => {
            trips::tell(platform, tenant, limit::STARTS_PER_NETWORK.name).await?;
            Started::Limited
        }
    })
}

/// Begins to stop the change that waits for the account signed in to. The code goes to the first number, unless another
/// is asked for.
///
/// # Errors
/// The database.
pub async fn signed_in(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    token: &FlowToken,
) -> Result<Offered, FlowError> {
    let Some(standing) = number_task::standing(platform, tenant, token).await? else { return Ok(Offered::Gone) };
    let waits = delay_change::waits_until(platform, tenant, standing.account).await?.is_some();
    let Some(first) = standing.numbers.first().filter(|_| waits) else { return Ok(Offered::Gone) };
    let stop = Task { task: NumberTask::Stop, target: None, proof: Some(first.row), number: None, holder: None };
    number_task::begin(platform, tenant, visitor, token, &standing.flow, stop).await
}
