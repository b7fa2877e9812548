//! A tenant is deleted: suspended at once, gone for good by the first sweep after a grace period, restorable until then.

use chrono::TimeDelta;
use portvakt_domain::{
    audit::AuditKind,
    id::TenantId,
    random::Random,
    time::{Clock, Instant},
};
use portvakt_storage::{
    StorageError, Store, audit,
    operator::{self, NewDeletion, TenantRow},
};

use crate::suspend_tenant::{self, event};

/// Asks for a tenant's deletion, and returns from when it is carried out; `None` where it was asked for before.
///
/// # Errors
/// The database.
pub async fn ask(
    store: &Store,
    clock: &dyn Clock,
    random: &dyn Random,
    tenant: TenantId,
    grace: TimeDelta,
    author: &str,
) -> Result<Option<Instant>, StorageError> {
    let at = clock.now();
    let due_at = at + grace;
    let deletion = NewDeletion { tenant, author: author.to_owned(), at, due_at };
    if !operator::ask_deletion(store, deletion).await? {
        return Ok(None);
    }
    audit::record(store, tenant, vec![event(clock, random, AuditKind::TenantDeletionAsked, author)]).await?;
    Ok(Some(due_at))
}

/// Takes a deletion back. The tenant is served again, unless it was suspended before. `false`: it is not to be deleted.
///
/// # Errors
/// The database.
pub async fn restore(
    store: &Store,
    clock: &dyn Clock,
    random: &dyn Random,
    tenant: &TenantRow,
    author: &str,
) -> Result<bool, StorageError> {
    if !operator::withdraw_deletion(store, tenant.id).await? {
        return Ok(false);
    }
    audit::record(store, tenant.id, vec![event(clock, random, AuditKind::TenantRestored, author)]).await?;
    if tenant.suspended_at == tenant.delete_asked_at {
        suspend_tenant::resume(store, clock, random, tenant.id, author).await?;
    }
    Ok(true)
}
