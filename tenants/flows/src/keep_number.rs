//! The number already there is right: nothing is changed.

use portvakt_domain::{flow::FlowKind, token::FlowToken};
use portvakt_storage::flows;

use crate::{FlowError, Platform, Tenant, open};

/// Ends a registration flow without a change. `false`: the flow is over or elsewhere.
///
/// # Errors
/// The database.
pub async fn run(platform: &Platform, tenant: &Tenant, token: &FlowToken) -> Result<bool, FlowError> {
    let hash = open::token_hash(platform, tenant, FlowKind::Register, token).await?;
    Ok(flows::keep_number(&platform.store, tenant.id, hash, platform.now()).await?)
}
