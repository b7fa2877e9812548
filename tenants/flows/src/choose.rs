//! After the right code: whose account it is, and what may be chosen.

use portvakt_domain::{account::Choice, flow::FlowKind, token::FlowToken};
use portvakt_storage::flows;

use crate::{
    FlowError, Platform, Tenant,
    write::{self, Written},
};

/// What the person may choose.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The account's short name.
    pub username: String,
    /// At least one choice, in the order shown.
    pub choices: &'static [Choice],
}

/// Looks up what is offered, reading the directory anew. Writes nothing.
///
/// # Errors
/// The database, or a directory that is set up wrongly.
pub async fn offer(
    platform: &Platform,
    tenant: &Tenant,
    token: &FlowToken,
) -> Result<Result<Offer, Written>, FlowError> {
    Ok(write::proved(platform, tenant, token, None).await?.map(|proved| Offer {
        choices: proved.account.choices(tenant.settings.reset.keep_and_unlock),
        username: proved.account.username,
    }))
}

/// Records the choice of a new password; unlocking needs no further page and is done at once by
/// [`crate::unlock_account`].
///
/// # Errors
/// The database.
pub async fn new_password(platform: &Platform, tenant: &Tenant, token: &FlowToken) -> Result<bool, FlowError> {
    let hash = token.hash(&platform.keys, tenant.id, FlowKind::Reset);
    Ok(flows::choose(&platform.store, tenant.id, hash, Choice::NewPassword, platform.now()).await?)
}
