//! Where the code to a number is that was just typed, for the person who typed it after a sign-in.

use portvakt_domain::{
    flow::{Flow, FlowState},
    message::Delivery,
};
use portvakt_storage::messages;

use crate::{FlowError, Platform, Tenant};

/// Where the current code's SMS is. `None` where the tenant asks for no reports, where nothing is sent, and always for a
/// number that is registered already: whoever does not hold that phone must not learn whether it rang.
///
/// # Errors
/// The database.
pub async fn run(platform: &Platform, tenant: &Tenant, flow: &Flow) -> Result<Option<Delivery>, FlowError> {
    let asked = flow.state == FlowState::AwaitingNewCode && !tenant.reports.paths().is_empty();
    let Some(id) = flow.code_message.filter(|_| asked) else { return Ok(None) };
    let message = messages::find(&platform.store, tenant.id, id).await?;
    Ok(message.and_then(|message| message.delivery()))
}
