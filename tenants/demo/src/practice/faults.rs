//! Faults that a test asks for, and counters of what came in.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// A kind of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// A TCP connection, before TLS.
    Connect,
    /// A bind.
    Bind,
    /// A search.
    Search,
    /// A modify.
    Modify,
    /// An add.
    Add,
    /// A delete.
    Delete,
    /// A modify DN.
    Rename,
    /// Compare and extended requests.
    Other,
    /// A read of the rootDSE: clients keep their connections alive with it, whenever they like.
    Root,
}

/// What goes wrong. For [`Operation::Connect`] the silent faults accept and never speak TLS, the closing ones hang up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Neither applied nor answered; the connection stays open.
    Ignored,
    /// Applied, never answered; the connection stays open.
    AppliedUnanswered,
    /// Not applied; the connection is closed instead of an answer.
    Closed,
    /// Applied; the connection is closed instead of an answer.
    AppliedClosed,
    /// Applied at once, answered after so long. A search with a shorter time limit ends with timeLimitExceeded.
    Delayed(Duration),
    /// Not applied; answered with `busy` (51).
    Busy,
    /// Not applied; answered with `unavailable` (52).
    Unavailable,
    /// Not applied; answered with this result code (RFC 4511 4.1.9) and text.
    Refused(u8, &'static str),
}

impl Fault {
    pub(crate) fn applies(self) -> bool {
        matches!(self, Self::AppliedUnanswered | Self::AppliedClosed | Self::Delayed(_))
    }
}

/// How many operations of each kind came in, faulty ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Operations {
    /// TCP connections accepted.
    pub connections: u64,
    /// Binds.
    pub binds: u64,
    /// Searches, but for reads of the rootDSE.
    pub searches: u64,
    /// Modifies.
    pub modifies: u64,
    /// Adds.
    pub adds: u64,
    /// Deletes.
    pub deletes: u64,
    /// Modify DN requests.
    pub renames: u64,
    /// Compare and extended requests.
    pub others: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    active: Mutex<BTreeMap<Operation, (Fault, Option<u32>)>>,
    counts: [AtomicU64; 9],
}

impl Faults {
    /// Makes an operation fail, every time or only so many times.
    pub(crate) fn set(&self, operation: Operation, fault: Fault, times: Option<u32>) {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).insert(operation, (fault, times));
    }

    /// Ends all faults.
    pub(crate) fn clear(&self) {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Counts an operation and tells what goes wrong with it.
    pub(crate) fn take(&self, operation: Operation) -> Option<Fault> {
        if let Some(count) = self.counts.get(operation as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        let (fault, times) = active.get_mut(&operation)?;
        let fault = *fault;
        if let Some(left) = times {
            *left = left.saturating_sub(1);
            if *left == 0 {
                active.remove(&operation);
            }
        }
        Some(fault)
    }

    /// The counters now.
    pub(crate) fn counts(&self) -> Operations {
        let count =
            |operation: Operation| self.counts.get(operation as usize).map_or(0, |count| count.load(Ordering::Relaxed));
        Operations {
            connections: count(Operation::Connect),
            binds: count(Operation::Bind),
            searches: count(Operation::Search),
            modifies: count(Operation::Modify),
            adds: count(Operation::Add),
            deletes: count(Operation::Delete),
            renames: count(Operation::Rename),
            others: count(Operation::Other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_holds_as_often_as_asked() {
        let faults = Faults::default();
        faults.set(Operation::Modify, Fault::Ignored, Some(2));
        faults.set(Operation::Search, Fault::Busy, None);
        let seen: Vec<_> = (0..3).map(|_| faults.take(Operation::Modify)).collect();
        assert_eq!(seen, [Some(Fault::Ignored), Some(Fault::Ignored), None]);
        assert_eq!((0..5).filter_map(|_| faults.take(Operation::Search)).count(), 5);
        faults.clear();
        assert_eq!(faults.take(Operation::Search), None);
        assert_eq!(faults.counts(), Operations { modifies: 3, searches: 6, ..Operations::default() });
    }
}
