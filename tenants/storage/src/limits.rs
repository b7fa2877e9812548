//! Counters of limits: they survive restarts and hold across replicas.

use portvakt_domain::{limit::Hit, time::Instant};

storage_functions! { of limits:
    /// Counts every hit and names the first limit that is now passed. One that is passed is recorded in the trail for the
    /// first time in its window, so that nobody can flood the trail; [`crate::trips`] are for the caller to count.
    write fn count(hits: Vec<Hit>, now: Instant) -> Option<&'static str>;

    /// As [`count`], but only where `seen` is counted for the first time in its window: what comes again counts once. What a
    /// limit answered was not seen.
    write fn count_once(seen: Hit, hits: Vec<Hit>, now: Instant) -> Option<&'static str>;

    /// Takes back what [`count`] counted at `now`.
    write fn give_back(hits: Vec<Hit>, now: Instant) -> ();

    /// Where the counters stand, in the order of `hits`, without counting.
    read fn current(hits: Vec<Hit>, now: Instant) -> Vec<i64>;
}
