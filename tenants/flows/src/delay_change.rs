//! "I no longer have that phone": a new number is entered, and a code to it proves that it is theirs. Then the change
//! waits, for as long as the tenant wants.

use portvakt_domain::{flow::NumberTask, id::AccountKey, number_change, time::Instant, token::FlowToken};
use portvakt_storage::number_changes;

use crate::{
    FlowError, Platform, Tenant, Visitor,
    number_task::{self, Offered, Task},
};

/// When the change that waits for an account is carried out; `None`: none waits.
///
/// # Errors
/// The database.
pub async fn waits_until(
    platform: &Platform,
    tenant: &Tenant,
    account: AccountKey,
) -> Result<Option<Instant>, FlowError> {
    let waiting = number_changes::waiting(&platform.store, tenant.id, account).await?;
    Ok(waiting.map(|change| change.due_at))
}

/// Takes the new number, and the row of the one that it is to replace.
///
/// # Errors
/// The database.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    token: &FlowToken,
    typed: &str,
    which: &str,
) -> Result<Offered, FlowError> {
    let Some(standing) = number_task::standing(platform, tenant, token).await? else { return Ok(Offered::Gone) };
    let offered = number_change::wait(tenant.settings.registration.delayed_change_hours).is_some();
    let waits = waits_until(platform, tenant, standing.account).await?.is_some();
    if !offered || waits || standing.numbers.is_empty() {
        return Ok(Offered::Gone);
    }
    let Some(lost) = standing.chosen(which) else { return Ok(Offered::NoChoice) };
    let number = match standing.new_number(tenant, typed) {
        Ok(number) => number,
        Err(problem) => return Ok(problem),
    };
    let delay =
        Task { task: NumberTask::Delay, target: Some(lost.row), proof: None, number: Some(&number), holder: None };
    number_task::begin(platform, tenant, visitor, token, &standing.flow, delay).await
}
