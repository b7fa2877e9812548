//! Active Directory's times: 100 ns since 1601-01-01 UTC (FILETIME), and intervals as negative counts of 100 ns.

use chrono::DateTime;
use portvakt_domain::time::Instant;

const TICKS_PER_SECOND: i64 = 10_000_000;
const TICKS_PER_MICROSECOND: i64 = 10;
/// 1601-01-01 to 1970-01-01.
const EPOCH_SECONDS: i64 = 11_644_473_600;

/// The instant of a FILETIME. `None` for the two spellings of "never", 0 and `0x7FFF_FFFF_FFFF_FFFF`, and for what is no
/// time at all.
pub(crate) fn instant(filetime: i64) -> Option<Instant> {
    if filetime <= 0 || filetime == i64::MAX {
        return None;
    }
    let micros = filetime / TICKS_PER_MICROSECOND - EPOCH_SECONDS * 1_000_000;
    DateTime::from_timestamp_micros(micros)
}

/// Whole seconds of an interval such as `minPwdAge`; 0 for none. `i64::MIN` ("for ever") stays very long.
pub(crate) fn interval_seconds(interval: i64) -> i64 {
    match interval {
        0.. => 0,
        negative => i64::try_from(negative.unsigned_abs()).unwrap_or(i64::MAX) / TICKS_PER_SECOND,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_never_are_no_instant() {
        assert_eq!(instant(0), None);
        assert_eq!(instant(i64::MAX), None);
        assert_eq!(instant(-1), None);
    }

    #[test]
    fn known_instants() {
        let text = |filetime| instant(filetime).map(|at| at.to_rfc3339());
        assert_eq!(text(116_444_736_000_000_000).as_deref(), Some("1970-01-01T00:00:00+00:00"));
        assert_eq!(text(133_801_632_001_234_567).as_deref(), Some("2025-01-01T00:00:00.123456+00:00"));
        assert_eq!(text(1).as_deref(), Some("1601-01-01T00:00:00+00:00"));
        assert!(instant(i64::MAX - 1).is_some(), "the year 30828 is a time");
    }

    #[test]
    fn intervals_are_negative() {
        assert_eq!(interval_seconds(-864_000_000_000), 86_400);
        assert_eq!(interval_seconds(0), 0);
        assert_eq!(interval_seconds(864_000_000_000), 0);
        assert_eq!(interval_seconds(i64::MIN), i64::MAX / 10_000_000);
    }
}
