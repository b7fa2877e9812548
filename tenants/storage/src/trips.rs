//! How often limits, budgets and breakers acted, by tenant and hour. Nobody is named.

use portvakt_domain::{audit::NewEvent, time::Instant};

storage_functions! { of trips:
    /// Counts one, and records its event where there is one. Limits that [`crate::limits::count`] counts do this
    /// themselves, and so does a code that is held back.
    write fn record(name: String, now: Instant, event: Option<NewEvent>) -> ();

    /// What acted in the last 24 hours, by name, and how often. The hour that began before them is left out.
    read fn last_day(now: Instant) -> Vec<(String, i64)>;
}
