//! A number is entered: the first one, or a new one in the place of one. A code goes to the one that is changed first,
//! and then to the new one.

use portvakt_domain::{flow::NumberTask, holder::Holder, number::NumberError, token::FlowToken};

use crate::{
    FlowError, Platform, Tenant, Visitor, confirm_password, keep_number,
    number_task::{self, Task},
};

pub use crate::number_task::Offered;

/// What was typed.
#[derive(Clone, Copy)]
pub struct Typed<'a> {
    /// The number.
    pub number: &'a str,
    /// Who holds it; looked at for the first number of a functional account.
    pub holder: &'a str,
    /// The row of the number that it replaces; empty: the first.
    pub which: &'a str,
}

/// Takes a number.
///
/// # Errors
/// The database, or the directory, which is asked whether the account is functional.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    token: &FlowToken,
    typed: Typed<'_>,
) -> Result<Offered, FlowError> {
    let Some(standing) = number_task::standing(platform, tenant, token).await? else { return Ok(Offered::Gone) };
    let number = match standing.new_number(tenant, typed.number) {
        Ok(number) => number,
        Err(Offered::Invalid(NumberError::Empty)) if !standing.numbers.is_empty() => {
            let kept = keep_number::run(platform, tenant, token).await?;
            return Ok(if kept { Offered::Kept } else { Offered::Gone });
        }
        Err(problem) => return Ok(problem),
    };
    if standing.numbers.is_empty() {
        let Some(owner) = confirm_password::owner(tenant, &standing.flow).await? else { return Ok(Offered::Gone) };
        let holder = match Holder::parse(typed.holder) {
            _ if !owner.functional => None,
            Ok(holder) => Some(holder),
            Err(problem) => return Ok(Offered::NoHolder(problem)),
        };
        let first =
            Task { task: NumberTask::First, target: None, proof: None, number: Some(&number), holder: holder.as_ref() };
        return number_task::begin(platform, tenant, visitor, token, &standing.flow, first).await;
    }
    let Some(replaced) = standing.chosen_or_first(typed.which) else { return Ok(Offered::NoChoice) };
    let change = Task {
        task: NumberTask::Change,
        target: Some(replaced.row),
        proof: Some(replaced.row),
        number: Some(&number),
        holder: None,
    };
    number_task::begin(platform, tenant, visitor, token, &standing.flow, change).await
}
