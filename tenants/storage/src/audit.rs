//! The audit trail: events come with the transactions they tell of; sealing them to each other follows.

use std::{collections::BTreeSet, sync::Arc};

use portvakt_domain::{
    audit::{Event, Head, NewEvent, Seal},
    audit_checkpoint::Checkpoint,
    keys::AuditKey,
    time::Instant,
};

/// What one round of sealing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealReport {
    /// Events sealed.
    pub sealed: usize,
    /// Where the chain stands now.
    pub head: Head,
    /// Whether events are left.
    pub more: bool,
}

storage_functions! { of audit:
    /// Records events that belong to no other transaction, and asks for them to be sealed.
    write fn record(events: Vec<NewEvent>) -> ();

    /// Seals up to `batch` events in the order of their times. When two do it at once, one of them gets
    /// [`StorageError::Conflict`](crate::StorageError::Conflict), has changed nothing and may try again.
    write fn seal_pending(key: Arc<AuditKey>, batch: i64) -> SealReport;

    /// Links from `from_seq` on, with their events, in order.
    read fn read_chain(from_seq: i64, limit: i64) -> Vec<(Seal, Option<Event>)>;

    /// Events older than `at` that are not sealed yet. Looks at the whole trail.
    read fn unsealed_older_than(at: Instant) -> i64;

    /// The checkpoint that covers most.
    read fn last_checkpoint() -> Option<Checkpoint>;

    /// Adds a checkpoint. `false`: there is one at its place.
    write fn add_checkpoint(checkpoint: Checkpoint, now: Instant) -> bool;

    /// The keys that the trail needs to be verified: those of links behind the last checkpoint, and the checkpoint's own.
    /// `None`: sealed by a release that did not write which. Costs as much as there are keys, however long the trail is.
    read fn keys_in_use() -> BTreeSet<Option<String>>;

    /// The same, and how many links each sealed; the checkpoint is one. Looks at every link behind it.
    read fn count_by_key() -> Vec<(Option<String>, i64)>;

    /// Where the chain stands.
    read fn head() -> Head;
}
