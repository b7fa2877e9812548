//! When a password ends, as its directory computes it.

use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;

use crate::{calendar, time::Instant};

/// When a password ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// It does not: the account or its rules say so, or there is no such rule.
    Never,
    /// It has to be changed at the next sign-in, so that there is no day to speak of.
    MustChange,
    /// At this moment, past or to come.
    At(Instant),
    /// The service account may not read what would tell.
    Unknown,
}

impl Expiry {
    /// The moment, where there is one.
    pub fn at(self) -> Option<Instant> {
        match self {
            Expiry::At(at) => Some(at),
            Expiry::Never | Expiry::MustChange | Expiry::Unknown => None,
        }
    }

    /// The earlier of the directory's own end and the age that the tenant gives the passwords of shared accounts, counted
    /// from when it was last set.
    pub fn within(self, age: TimeDelta, set_at: Option<Instant>) -> Expiry {
        let own = set_at.and_then(|set_at| set_at.checked_add_signed(age));
        match (self, own) {
            (Expiry::At(at), Some(own)) => Expiry::At(at.min(own)),
            (Expiry::Never | Expiry::Unknown, Some(own)) => Expiry::At(own),
            (expiry, _) => expiry,
        }
    }
}

/// Whole calendar days from `today` to the local day on which a password ends: 0 on the day itself, below 0 after it.
pub fn days_left(ends: NaiveDate, today: NaiveDate) -> i64 {
    (ends - today).num_days()
}

/// The local day on which a password ends.
pub fn last_day(ends_at: Instant, zone: Tz) -> NaiveDate {
    calendar::local_day(ends_at, zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Stockholm;

    fn at(text: &str) -> Instant {
        text.parse().expect("a moment")
    }

    #[test]
    fn days_are_those_between_two_dates_and_not_those_between_two_moments() {
        let left =
            |ends: &str, now: &str| days_left(last_day(at(ends), Stockholm), calendar::local_day(at(now), Stockholm));
        assert_eq!(left("2026-11-24T00:30:00Z", "2026-11-23T22:30:00Z"), 1, "two hours, and a midnight between");
        assert_eq!(left("2026-11-23T22:30:00Z", "2026-11-23T06:00:00Z"), 0);
        assert_eq!(left("2026-11-23T03:00:00Z", "2026-11-23T06:00:00Z"), 0, "this morning already");
        assert_eq!(left("2026-11-22T22:59:00Z", "2026-11-23T06:00:00Z"), -1);
        // The night in between is an hour shorter, or longer.
        assert_eq!(left("2027-03-29T05:00:00Z", "2027-03-27T06:00:00Z"), 2);
        assert_eq!(left("2027-11-01T06:00:00Z", "2027-10-30T05:00:00Z"), 2);
    }

    #[test]
    fn a_shared_account_ends_at_the_earlier_of_both() {
        let (set, age) = (Some(at("2026-10-01T08:00:00Z")), TimeDelta::days(90));
        let own = Expiry::At(at("2026-12-30T08:00:00Z"));
        assert_eq!(Expiry::Never.within(age, set), own);
        assert_eq!(Expiry::Unknown.within(age, set), own);
        assert_eq!(Expiry::At(at("2027-05-01T08:00:00Z")).within(age, set), own);
        let sooner = Expiry::At(at("2026-11-01T08:00:00Z"));
        assert_eq!(sooner.within(age, set), sooner);
        assert_eq!(Expiry::MustChange.within(age, set), Expiry::MustChange);
        assert_eq!(Expiry::Never.within(age, None), Expiry::Never, "never set, so there is nothing to count from");
    }
}
