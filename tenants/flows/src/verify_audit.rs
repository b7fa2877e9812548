//! A tenant's audit chain is walked from its first link to its head.

use chrono::TimeDelta;
use portvakt_domain::{
    audit::{ChainError, Head},
    id::TenantId,
    keys::KeyRing,
    time::Instant,
};
use portvakt_storage::{StorageError, Store, audit};

/// Links read at once.
const PAGE: i64 = 1000;
/// Events are sealed within seconds; one that is older and unsealed says that the sealing job stands still.
const SEALED_WITHIN: TimeDelta = TimeDelta::minutes(5);

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The last link of a chain that holds.
    pub head: Head,
    /// Events that should have been sealed by now and are not.
    pub late: i64,
}

/// Walks the chain. A head that was kept elsewhere, in the log for instance, shows whether the chain was cut or written
/// anew since.
///
/// # Errors
/// The database. What is wrong with the chain is the inner error.
pub async fn run(
    store: &Store,
    keys: &KeyRing,
    tenant: TenantId,
    known: Option<Head>,
    now: Instant,
) -> Result<Result<Verified, ChainError>, StorageError> {
    let key = keys.audit_key(tenant);
    let mut head = Head::EMPTY;
    loop {
        let links = audit::read_chain(store, tenant, head.seq + 1, PAGE).await?;
        if links.is_empty() {
            break;
        }
        for (link, event) in &links {
            head = match head.advance(&key, tenant, link, event.as_ref()) {
                Ok(head) => head,
                Err(error) => return Ok(Err(error)),
            };
            if known.is_some_and(|known| known.seq == head.seq && known.seal != head.seal) {
                return Ok(Err(ChainError::Replaced(head.seq)));
            }
        }
    }
    if let Some(known) = known.filter(|known| known.seq > head.seq) {
        return Ok(Err(ChainError::Truncated { found: head.seq, known: known.seq }));
    }
    let late = audit::unsealed_older_than(store, tenant, now - SEALED_WITHIN).await?;
    Ok(Ok(Verified { head, late }))
}
