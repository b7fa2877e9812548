//! How often limits, budgets and breakers acted, by tenant and hour. Nobody is named.

use portvakt_domain::{audit::NewEvent, time::Instant};

storage_functions! { of trips:
    /// Counts so many, and records their event where there is one. A wrong code and a code that is held back do this
    /// themselves; whoever answers a request by a limit does it, now and then: the row is one for all of a tenant's.
    write fn record(name: String, times: i64, now: Instant, event: Option<NewEvent>) -> ();

    /// What acted in the last 24 hours, by name, and how often. The hour that began before them is left out.
    read fn last_day(now: Instant) -> Vec<(String, i64)>;
}
