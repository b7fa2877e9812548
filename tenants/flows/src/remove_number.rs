//! A number is to be removed: a code goes to a number already there, that one or another.

use portvakt_domain::{flow::NumberTask, token::FlowToken};

use crate::{
    FlowError, Platform, Tenant, Visitor,
    number_task::{self, Offered, Task},
};

/// Takes the choice: the row of the number to be removed, and of the one that gets the code (empty: the first).
///
/// # Errors
/// The database.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    token: &FlowToken,
    which: &str,
    to: &str,
) -> Result<Offered, FlowError> {
    let Some(standing) = number_task::standing(platform, tenant, token).await? else { return Ok(Offered::Gone) };
    if standing.numbers.is_empty() {
        return Ok(Offered::Gone);
    }
    let (Some(target), Some(proof)) = (standing.chosen(which), standing.chosen_or_first(to)) else {
        return Ok(Offered::NoChoice);
    };
    let remove =
        Task { task: NumberTask::Remove, target: Some(target.row), proof: Some(proof.row), number: None, holder: None };
    number_task::begin(platform, tenant, visitor, token, &standing.flow, remove).await
}
