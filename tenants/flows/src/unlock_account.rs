//! Keep the password and unlock.

use portvakt_domain::{account::Choice, audit::AuditKind, flow::FlowState, message::MessageKind, token::FlowToken};

use crate::{
    FlowError, Platform, Tenant, Visitor,
    write::{self, Outcome, WriteKind},
};

pub use crate::write::{Rejected, Written};

const UNLOCK: WriteKind = WriteKind {
    choice: Choice::KeepAndUnlock,
    intended: AuditKind::UnlockIntended,
    outcome: AuditKind::UnlockOutcome,
    from: FlowState::Verified,
    done: FlowState::Unlocked,
    notice: MessageKind::Unlocked,
};

/// Unlocks the account.
///
/// # Errors
/// The database, or a directory that is set up wrongly, before anything was written.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    token: &FlowToken,
) -> Result<Written, FlowError> {
    // 1. State, scope, protection and number, read anew.
    let proved = match write::proved(platform, tenant, token, Some(UNLOCK.choice)).await? {
        Ok(proved) => proved,
        Err(refused) => return Ok(refused),
    };
    // 2. The intent; from here on another click finds the flow taken.
    if !write::claim(platform, tenant, visitor, token, &proved, &UNLOCK).await? {
        return Ok(Written::InProgress);
    }
    // 3. The write, once, and its outcome.
    let result = tenant.directory.unlock(&proved.account).await;
    let outcome = Outcome::of(&UNLOCK, &result);
    if let Err(error) = &result {
        write::log(tenant, &proved, &outcome, error);
    }
    write::settle(platform, tenant, visitor, &proved, &UNLOCK, outcome).await
}
