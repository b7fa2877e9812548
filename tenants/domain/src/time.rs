//! Time as an argument: who needs "now" is given a clock.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Europe::Stockholm;

/// The instants this platform stores and compares: UTC, microseconds at most (what both databases keep).
pub type Instant = DateTime<Utc>;

/// The same moment as Swedish clocks show it.
pub fn swedish(at: Instant) -> NaiveDateTime {
    at.with_timezone(&Stockholm).naive_local()
}

/// A source of "now". The server's reads the system; tests move theirs by hand.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> Instant;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swedish_clocks_change_on_the_last_sundays_of_march_and_october() {
        for (utc, shown) in [
            ("2026-11-22T13:05:00Z", "2026-11-22 14:05:00"),
            ("2026-07-01T22:30:00Z", "2026-07-02 00:30:00"),
            ("2027-03-28T00:59:59Z", "2027-03-28 01:59:59"),
            ("2027-03-28T01:00:00Z", "2027-03-28 03:00:00"),
            ("2027-10-31T00:59:59Z", "2027-10-31 02:59:59"),
            ("2027-10-31T01:00:00Z", "2027-10-31 02:00:00"),
        ] {
            let at: Instant = utc.parse().expect("a time");
            assert_eq!(swedish(at).to_string(), shown, "{utc}");
        }
    }
}
