//! A flow is begun by a name that somebody typed, and a code asked for. Nothing is looked up; the answer is the same for
//! everybody.

use portvakt_domain::{
    audit::AuditKind,
    flow::{FlowKind, FlowState},
    id::{FlowId, MessageId},
    limit,
    login::Login,
    message::{Channel, MessageKind, NewMessage},
    time::Instant,
    token::{FlowToken, StartToken},
};
use portvakt_storage::flows::{self, Begun, NewFlow};

use crate::{
    FlowError, Platform, Tenant, Visitor,
    event::{EventExt as _, event},
    guesses, open, trips,
};

/// What the person is told.
#[derive(Debug)]
pub enum Started {
    /// Go on to the code page with this token.
    Begun(FlowToken),
    /// This network has begun too much lately.
    Limited,
    /// This network is held since codes are being guessed.
    Held {
        /// Until then at most.
        until: Instant,
    },
    /// The form was used before, for something else or to its end: it has to be filled in anew.
    StartAgain,
}

/// What the flow is for.
pub(crate) struct Purpose {
    pub(crate) kind: FlowKind,
    /// The state in which its code is awaited.
    pub(crate) state: FlowState,
    pub(crate) code: MessageKind,
    /// What the trail calls it.
    pub(crate) recorded: &'static str,
}

/// Begins it.
///
/// # Errors
/// The database.
pub(crate) async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    start: &StartToken,
    login: &Login,
    purpose: &Purpose,
) -> Result<Started, FlowError> {
    let (now, random) = (platform.now(), platform.random.as_ref());
    let Purpose { kind, state, code, recorded } = *purpose;
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
        state,
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
        kind: code,
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
    let begun_event = event(platform, AuditKind::FlowBegun).flow(id).network(visitor.network).detail("flow", recorded);
    let begun = flows::begin(&platform.store, tenant.id, flow, hits, Some(message), begun_event).await?;
    if matches!(begun, Begun::Started) {
        crate::trace::of(id);
    }

    // 3. What is said does not depend on whom the name means.
    Ok(match begun {
        Begun::Started => {
            (platform.wake)();
            Started::Begun(token)
        }
        // The second half of a double click: the same flow, the same token, no second SMS.
        Begun::Repeated { same_login: true, state: reached, .. } if reached == state => Started::Begun(token),
        Begun::Repeated { .. } => Started::StartAgain,
        Begun::Limited { .. } => {
            trips::tell(platform, tenant, limit::STARTS_PER_NETWORK.name).await?;
            Started::Limited
        }
    })
}
