//! Client networks that somebody got through from: a flow came to its end there lately.

use portvakt_domain::{keys::KeyedHash, time::Instant};

storage_functions! { of networks:
    /// Whether a flow came to its end from this network within [`portvakt_domain::breaker::PROVEN_DAYS`].
    read fn is_proven(network: KeyedHash, now: Instant) -> bool;
}
