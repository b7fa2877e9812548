//! After the right code: whose account it is, and what may be chosen.

use portvakt_domain::{
    account::Choice,
    flow::{Flow, FlowKind},
    time::Instant,
    token::FlowToken,
};
use portvakt_storage::flows;

use crate::{
    FlowError, Platform, Tenant, open, set_password,
    write::{self, Proved, Written},
};

/// What the person may choose.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The flow as it stands.
    pub flow: Flow,
    /// The account's short name.
    pub username: String,
    /// At least one choice, in the order shown.
    pub choices: &'static [Choice],
    /// From when the directory takes a new password, where that is not yet. Offered is then what can be done, if
    /// anything can.
    pub changeable_from: Option<Instant>,
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
    let proved = match write::proved(platform, tenant, token, None).await? {
        Ok(proved) => proved,
        Err(refused) => return Ok(Err(refused)),
    };
    let changeable_from = changeable_from(platform, tenant, &proved).await?;
    let mut choices = proved.account.choices(tenant.settings.reset.keep_and_unlock);
    if changeable_from.is_some() && choices.contains(&Choice::KeepAndUnlock) {
        choices = &[Choice::KeepAndUnlock];
    }
    Ok(Ok(Offer { flow: proved.flow, choices, username: proved.account.username, changeable_from }))
}

/// A directory that doesn't answer keeps nobody from unlocking; the next step asks again.
async fn changeable_from(platform: &Platform, tenant: &Tenant, proved: &Proved) -> Result<Option<Instant>, FlowError> {
    if !tenant.settings.directory.counts_history() {
        return Ok(None);
    }
    let directory = set_password::effective_policy(tenant, proved).await?.ok();
    Ok(directory.and_then(|directory| set_password::changeable_from(platform, tenant, proved, &directory)))
}

/// Records the choice of a new password; unlocking needs no further page and is done at once by
/// [`crate::unlock_account`].
///
/// # Errors
/// The database.
pub async fn new_password(platform: &Platform, tenant: &Tenant, token: &FlowToken) -> Result<bool, FlowError> {
    let hash = open::token_hash(platform, tenant, FlowKind::Reset, token).await?;
    Ok(flows::choose(&platform.store, tenant.id, hash, Choice::NewPassword, platform.now()).await?)
}
