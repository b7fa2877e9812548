//! The person stops. Nothing was changed, and nothing more happens in this flow.

use portvakt_domain::{audit::AuditKind, flow::FlowKind, token::FlowToken};
use portvakt_storage::flows;

use crate::{
    FlowError, Platform, Tenant, Visitor,
    event::{EventExt as _, event},
    open,
};

/// Cancels. Cancelling what is over already is no fault.
///
/// # Errors
/// The database.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    kind: FlowKind,
    token: &FlowToken,
) -> Result<(), FlowError> {
    let hash = open::token_hash(platform, tenant, kind, token).await?;
    let cancelled = event(platform, AuditKind::FlowCancelled).network(visitor.network);
    flows::cancel(&platform.store, tenant.id, kind, hash, platform.now(), cancelled).await?;
    Ok(())
}
