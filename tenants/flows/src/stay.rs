//! The person is still there: the idle time begins anew, and nothing else happens.

use portvakt_domain::{
    flow::{Flow, FlowKind, FlowState, TimeLeft},
    token::FlowToken,
};
use portvakt_storage::flows;

use crate::{FlowError, Platform, Tenant, open};

/// How long the flow has now; `None`: it is over. The whole life is never extended.
///
/// # Errors
/// The database.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    kind: FlowKind,
    token: &FlowToken,
) -> Result<Option<TimeLeft>, FlowError> {
    let now = platform.now();
    let hash = open::token_hash(platform, tenant, kind, token).await?;
    if let Some(flow) = flows::stay(&platform.store, tenant.id, kind, hash, now).await? {
        return Ok(Some(flow.time_left(now)));
    }
    // Another tab has just sent a password in: that is not over, and the time of the write is not to be touched.
    let writing = |flow: &Flow| flow.state == FlowState::Writing && flow.is_live(now);
    let flow = flows::find(&platform.store, tenant.id, kind, hash).await?.filter(writing);
    Ok(flow.map(|flow| flow.time_left(now)))
}
