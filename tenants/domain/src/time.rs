//! Time as an argument: who needs "now" is given a clock.

use chrono::{DateTime, Datelike as _, Days, FixedOffset, NaiveDate, NaiveDateTime, TimeZone as _, Utc, Weekday};

/// The instants this platform stores and compares: UTC, microseconds at most (what both databases keep).
pub type Instant = DateTime<Utc>;

/// The same moment as Swedish clocks show it: an hour ahead of UTC, two in summer time, which begins and ends at 01:00 UTC on
/// the last Sundays of March and October (Directive 2000/84/EC).
pub fn swedish(at: Instant) -> NaiveDateTime {
    let change = |month| last_sunday(at.year(), month).and_then(|day| day.and_hms_opt(1, 0, 0));
    let summer = match (change(3), change(10)) {
        (Some(begins), Some(ends)) => (begins..ends).contains(&at.naive_utc()),
        _ => false,
    };
    let hours = if summer { 2 } else { 1 };
    match FixedOffset::east_opt(hours * 3600) {
        Some(offset) => offset.from_utc_datetime(&at.naive_utc()).naive_local(),
        None => at.naive_utc(),
    }
}

/// The last Sunday of a month of 31 days.
fn last_sunday(year: i32, month: u32) -> Option<NaiveDate> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    last.checked_sub_days(Days::new(u64::from(last.weekday().days_since(Weekday::Sun))))
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
