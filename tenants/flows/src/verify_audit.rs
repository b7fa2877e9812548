//! A tenant's audit chain is walked from its first link to its head.

use chrono::TimeDelta;
use portvakt_domain::{
    audit::{ChainError, Head},
    audit_checkpoint::{Walk, Walked},
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
    let head = match walk(store, keys, tenant, known).await? {
        Ok(walked) => walked.head,
        Err(error) => return Ok(Err(error)),
    };
    if let Some(known) = known.filter(|known| known.seq > head.seq) {
        return Ok(Err(ChainError::Truncated { found: head.seq, known: known.seq }));
    }
    let late = audit::unsealed_older_than(store, tenant, now - SEALED_WITHIN).await?;
    Ok(Ok(Verified { head, late }))
}

/// Walks the chain to its end, past its last checkpoint.
///
/// # Errors
/// The database. What is wrong with the chain is the inner error.
pub(crate) async fn walk(
    store: &Store,
    keys: &KeyRing,
    tenant: TenantId,
    known: Option<Head>,
) -> Result<Result<Walked, ChainError>, StorageError> {
    let checkpoint = audit::last_checkpoint(store, tenant).await?;
    let mut walk = match Walk::new(keys, tenant, checkpoint) {
        Ok(walk) => walk,
        Err(error) => return Ok(Err(error)),
    };
    loop {
        let links = audit::read_chain(store, tenant, walk.head().seq + 1, PAGE).await?;
        if links.is_empty() {
            return Ok(walk.finish());
        }
        for (link, event) in &links {
            if let Err(error) = walk.advance(link, event.as_ref()) {
                return Ok(Err(error));
            }
            let head = walk.head();
            if known.is_some_and(|known| known.seq == head.seq && known.seal != head.seal) {
                return Ok(Err(ChainError::Replaced(head.seq)));
            }
        }
    }
}
