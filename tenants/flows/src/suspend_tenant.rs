//! A tenant is not served for a while, and then again. Its rows stay; nothing is sent or written for it meanwhile.

use std::collections::BTreeMap;

use portvakt_domain::{
    audit::{AuditKind, NewEvent},
    id::{EventId, TenantId},
    random::Random,
    time::Clock,
};
use portvakt_storage::{StorageError, Store, audit, number_changes, operator};

/// Suspends a tenant. Replicas see it within seconds. `false`: it is suspended already.
///
/// # Errors
/// The database.
pub async fn suspend(
    store: &Store,
    clock: &dyn Clock,
    random: &dyn Random,
    tenant: TenantId,
    author: &str,
) -> Result<bool, StorageError> {
    if !operator::suspend(store, tenant, clock.now()).await? {
        return Ok(false);
    }
    audit::record(store, tenant, vec![event(clock, random, AuditKind::TenantSuspended, author)]).await?;
    Ok(true)
}

/// Serves a suspended tenant again. Delayed changes of numbers wait longer by as much as the suspension lasted: nobody
/// could stop them meanwhile. `false`: it is not suspended, or is to be deleted.
///
/// # Errors
/// The database.
pub async fn resume(
    store: &Store,
    clock: &dyn Clock,
    random: &dyn Random,
    tenant: TenantId,
    author: &str,
) -> Result<bool, StorageError> {
    let rows = operator::list_tenants(store).await?;
    let row = rows.into_iter().find(|row| row.id == tenant && row.delete_due_at.is_none());
    let since = row.and_then(|row| row.suspended_at);
    let Some(since) = since else { return Ok(false) };
    // Before anything runs again. Should the second step fail, they wait longer than they have to, never shorter.
    let now = clock.now();
    number_changes::postpone(store, tenant, now - since).await?;
    if !operator::resume(store, tenant, now).await? {
        return Ok(false);
    }
    audit::record(store, tenant, vec![event(clock, random, AuditKind::TenantResumed, author)]).await?;
    Ok(true)
}

/// What an operator did to a tenant.
pub(crate) fn event(clock: &dyn Clock, random: &dyn Random, kind: AuditKind, author: &str) -> NewEvent {
    let at = clock.now();
    NewEvent {
        id: EventId::new(at, random),
        at,
        kind,
        account: None,
        flow: None,
        network: None,
        actor: Some(author.to_owned()),
        details: BTreeMap::new(),
    }
}
