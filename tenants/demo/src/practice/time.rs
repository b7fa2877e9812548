//! Time as Active Directory writes it: FILETIME ticks, intervals and generalized time.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use portvakt_domain::{calendar, tenant::TimeZone};

/// Where the directory takes the time from; a test hands in one that it can move.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The machine's own clock.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that hands out the machine's clock")]
pub fn system_clock() -> Clock {
    Arc::new(Utc::now)
}

/// 100-nanosecond ticks between 1601-01-01 and 1970-01-01.
const EPOCH_TICKS: i64 = 116_444_736_000_000_000;
/// What AD writes for "never": in `accountExpires`, expiry times and endless intervals.
pub(crate) const NEVER: i64 = i64::MAX;

/// A point in time as FILETIME ticks.
pub(crate) fn ticks(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros().saturating_mul(10).saturating_add(EPOCH_TICKS)
}

/// The point in time of FILETIME ticks, where it can be told.
pub(crate) fn from_ticks(ticks: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(ticks.checked_sub(EPOCH_TICKS)? / 10)
}

/// When a password was set, in ticks, that ends with its age (a negative interval) as the Swedish day ends, so many days
/// from now. Now where there is no such age.
pub(crate) fn set_to_last(now: i64, age: Option<i64>, days: u32) -> i64 {
    let zone = TimeZone::STOCKHOLM.tz();
    let last = || {
        let today = calendar::local_day(from_ticks(now)?, zone);
        let next = today.checked_add_days(Days::new(u64::from(days) + 1))?;
        Some(calendar::moment(next, NaiveTime::MIN, zone) - TimeDelta::seconds(1))
    };
    match (age.filter(|age| *age < 0 && *age != i64::MIN), last()) {
        (Some(age), Some(last)) => ticks(last).saturating_add(age),
        _ => now,
    }
}

/// The length of a time span in ticks.
pub(crate) fn span_ticks(span: TimeDelta) -> i64 {
    span.num_microseconds().map_or(i64::MAX, |micros| micros.saturating_mul(10))
}

/// An interval as the policy attributes store it: negative ticks; `None` (without end) is the smallest number.
pub(crate) fn interval(span: Option<TimeDelta>) -> i64 {
    span.map_or(i64::MIN, |span| -span_ticks(span))
}

/// Generalized time, as in `whenCreated` and `currentTime`.
pub(crate) fn generalized(at: DateTime<Utc>) -> String {
    at.format("%Y%m%d%H%M%S.0Z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_go_there_and_back() {
        let unix = DateTime::from_timestamp(0, 0).expect("epoch");
        assert_eq!(ticks(unix), EPOCH_TICKS);
        assert_eq!(from_ticks(EPOCH_TICKS), Some(unix));
        assert_eq!(from_ticks(i64::MIN), None);
        assert_eq!(interval(Some(TimeDelta::days(90))), -77_760_000_000_000);
        assert_eq!(interval(None), i64::MIN);
        assert_eq!(generalized(unix), "19700101000000.0Z");
    }
}
