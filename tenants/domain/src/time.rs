//! Time as an argument: who needs "now" is given a clock.

use chrono::{DateTime, Utc};

/// The instants this platform stores and compares: UTC, microseconds at most (what both databases keep).
pub type Instant = DateTime<Utc>;

/// A source of "now". The server's reads the system; tests move theirs by hand.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> Instant;
}
