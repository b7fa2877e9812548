//! One more number: the private phone beside the one from work, or another holder of a functional account. A code goes to
//! a number already there first, and then to the new one.

use portvakt_domain::{flow::NumberTask, holder::Holder, number::most_numbers, token::FlowToken};

use crate::{
    FlowError, Platform, Tenant, Visitor, confirm_password,
    number_task::{self, Offered, Task},
};

/// What was typed.
#[derive(Clone, Copy)]
pub struct Typed<'a> {
    /// The number.
    pub number: &'a str,
    /// Who holds it; looked at where the account is functional.
    pub holder: &'a str,
    /// The row of the number that gets the first code; empty: the first.
    pub to: &'a str,
}

/// Takes one more number.
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
    let Some(owner) = confirm_password::owner(tenant, &standing.flow).await? else { return Ok(Offered::Gone) };
    if standing.numbers.is_empty() {
        return Ok(Offered::Gone);
    }
    if standing.numbers.len() >= most_numbers(owner.functional) {
        return Ok(Offered::Full);
    }
    let number = match standing.new_number(tenant, typed.number) {
        Ok(number) => number,
        Err(problem) => return Ok(problem),
    };
    let holder = match Holder::parse(typed.holder) {
        _ if !owner.functional => None,
        Ok(holder) => Some(holder),
        Err(problem) => return Ok(Offered::NoHolder(problem)),
    };
    let Some(proof) = standing.chosen_or_first(typed.to) else { return Ok(Offered::NoChoice) };
    let add = Task {
        task: NumberTask::Add,
        target: None,
        proof: Some(proof.row),
        number: Some(&number),
        holder: holder.as_ref(),
    };
    number_task::begin(platform, tenant, visitor, token, &standing.flow, add).await
}
