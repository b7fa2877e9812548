//! Client networks that somebody got through from: a flow came to its end there lately.

use portvakt_domain::{keys::KeyedHash, limit::Hit, time::Instant};

/// What is known of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether a flow came to its end from there within [`portvakt_domain::breaker::PROVEN_DAYS`].
    pub proven: bool,
    /// Where the counters stand that were asked for, in their order.
    pub counts: Vec<i64>,
}

storage_functions! { of networks:
    /// Whether somebody got through from a network, and where counters stand, without counting.
    read fn standing(network: KeyedHash, hits: Vec<Hit>, now: Instant) -> Standing;
}
