//! Counters of limits: they survive restarts and hold across replicas.

use portvakt_domain::{limit::Hit, time::Instant};

storage_functions! { of limits:
    /// Counts every hit and names the first limit that is now passed.
    write fn count(hits: Vec<Hit>, now: Instant) -> Option<&'static str>;

    /// Takes back what [`count`] counted at `now`.
    write fn give_back(hits: Vec<Hit>, now: Instant) -> ();

    /// Where the counters stand, in the order of `hits`, without counting.
    read fn current(hits: Vec<Hit>, now: Instant) -> Vec<i64>;
}
