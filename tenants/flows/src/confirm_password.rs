//! The current password once more, before a number is shown: on a shared computer somebody else may sit down.

use portvakt_domain::{
    audit::AuditKind,
    code::TRIES_PER_FLOW,
    flow::{Flow, FlowKind, FlowState},
    password::Password,
    sign_in::Entrance,
    token::FlowToken,
};
use portvakt_storage::flows;

use crate::{FlowError, Platform, Tenant, Visitor, event::flow_event, open, sign_in};

/// What the person is told.
#[derive(Debug)]
pub enum Confirmed {
    /// Right: go on with this token.
    Right(FlowToken),
    /// Wrong; it may be tried again.
    Wrong,
    /// Wrong too often: the flow is over.
    Exhausted,
    /// The flow is over or elsewhere.
    Gone,
}

/// Whose account was signed in to, for "this is you?".
#[derive(Debug, Clone)]
pub struct Owner {
    /// The account's short name.
    pub username: String,
    /// The name the directory shows; empty where it has none.
    pub display_name: String,
    /// Whether a unit shares the account.
    pub functional: bool,
}

/// The account of a registration flow, read anew; `None` when it is gone or no longer served.
///
/// # Errors
/// The database or the directory.
pub async fn owner(tenant: &Tenant, flow: &Flow) -> Result<Option<Owner>, FlowError> {
    let key = flow.account.ok_or(FlowError::Corrupt("flows.account"))?;
    let account = tenant.directory.read(key).await?;
    Ok(account.filter(|account| account.may_receive_code()).map(|account| Owner {
        username: account.username,
        display_name: account.display_name,
        functional: account.functional,
    }))
}

/// Checks the password.
///
/// # Errors
/// The database or the directory.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    token: &FlowToken,
    password: &Password,
) -> Result<Confirmed, FlowError> {
    let kind = FlowKind::Register;
    let Some(flow) = open::run(platform, tenant, kind, token).await? else { return Ok(Confirmed::Gone) };
    if flow.state != FlowState::SignedIn {
        return Ok(Confirmed::Gone);
    }
    let key = flow.account.ok_or(FlowError::Corrupt("flows.account"))?;
    let Some(account) = tenant.directory.read(key).await? else { return Ok(Confirmed::Gone) };
    let login = open::login(platform, tenant, &flow)?;
    let hash = open::token_hash(platform, tenant, kind, token).await?;

    if !sign_in::present(platform, tenant, Entrance::Registration, Some(&account), &login, password).await? {
        let refused = flow_event(platform, &flow, visitor, AuditKind::SignInRefused);
        let wrong = flows::fail_password(&platform.store, tenant.id, hash, platform.now(), refused).await?;
        return Ok(match wrong {
            None => Confirmed::Gone,
            Some(wrong) if wrong >= TRIES_PER_FLOW => Confirmed::Exhausted,
            Some(_) => Confirmed::Wrong,
        });
    }
    let new_token = FlowToken::generate(platform.random.as_ref());
    let new_hash = new_token.hash(&platform.keys, tenant.id, kind);
    let confirmed = flow_event(platform, &flow, visitor, AuditKind::SignedIn);
    let went_on =
        flows::confirm_password(&platform.store, tenant.id, hash, new_hash, platform.now(), confirmed).await?;
    Ok(if went_on { Confirmed::Right(new_token) } else { Confirmed::Gone })
}
