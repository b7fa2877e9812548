//! Someone wants back in: a flow is begun by name.

use portvakt_domain::{
    flow::{FlowKind, FlowState},
    login::Login,
    message::MessageKind,
    token::StartToken,
};

use crate::{
    FlowError, Platform, Tenant, Visitor,
    begin_by_name::{self, Purpose},
};

pub use crate::begin_by_name::Started;

const RESET: Purpose = Purpose {
    kind: FlowKind::Reset,
    state: FlowState::AwaitingCode,
    code: MessageKind::ResetCode,
    recorded: FlowKind::Reset.as_str(),
};

/// Begins a reset.
///
/// # Errors
/// The database.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    start: &StartToken,
    login: &Login,
) -> Result<Started, FlowError> {
    begin_by_name::run(platform, tenant, visitor, start, login, &RESET).await
}
