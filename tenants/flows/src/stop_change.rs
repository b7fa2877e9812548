//! Somebody who has the old phone stops a delayed change. Who signed in gets a code at once; who did not types a name, and
//! the answer is the same for everybody.

use portvakt_domain::{
    flow::{FlowKind, FlowState, NumberTask},
    login::Login,
    message::MessageKind,
    token::{FlowToken, StartToken},
};

use crate::{
    FlowError, Platform, Tenant, Visitor,
    begin_by_name::{self, Purpose},
    delay_change,
    number_task::{self, Offered, Task},
};

pub use crate::begin_by_name::Started;

const STOP: Purpose = Purpose {
    kind: FlowKind::Register,
    state: FlowState::AwaitingStopCode,
    code: MessageKind::StopChangeCode,
    recorded: "stop_change",
};

/// Begins to stop a change by name. Nothing is looked up.
///
/// # Errors
/// The database.
pub async fn by_name(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    start: &StartToken,
    login: &Login,
) -> Result<Started, FlowError> {
    begin_by_name::run(platform, tenant, visitor, start, login, &STOP).await
}

/// Begins to stop the change that waits for the account signed in to. The code goes to the first number, unless another
/// is asked for.
///
/// # Errors
/// The database.
pub async fn signed_in(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    token: &FlowToken,
) -> Result<Offered, FlowError> {
    let Some(standing) = number_task::standing(platform, tenant, token).await? else { return Ok(Offered::Gone) };
    let waits = delay_change::waits_until(platform, tenant, standing.account).await?.is_some();
    let Some(first) = standing.numbers.first().filter(|_| waits) else { return Ok(Offered::Gone) };
    let stop = Task { task: NumberTask::Stop, target: None, proof: Some(first.row), number: None, holder: None };
    number_task::begin(platform, tenant, visitor, token, &standing.flow, stop).await
}
