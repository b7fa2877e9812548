//! Days as a municipality counts them: its local date, and the days on which Sweden does not work.

use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Weekday};
use chrono_tz::Tz;

use crate::time::Instant;

/// The date that clocks in this zone show.
pub fn local_day(at: Instant, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The moment at which clocks in this zone first show this time of that day. Where they skip it, in spring, it is the first
/// moment after the gap; where they show it twice, in autumn, the earlier one.
pub fn moment(day: NaiveDate, time: NaiveTime, zone: Tz) -> Instant {
    let local = day.and_time(time);
    let found = zone.from_local_datetime(&local);
    if let Some(at) = found.earliest() {
        return at.to_utc();
    }
    // A gap: what stood on the clock just before it, carried over it.
    let before = zone.from_local_datetime(&(local - TimeDelta::hours(3))).earliest();
    before.map_or_else(|| local.and_utc(), |at| at.to_utc() + TimeDelta::hours(3))
}

/// The day before.
pub fn previous(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(1)).unwrap_or(day)
}

/// The day after.
pub fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

/// Whether most of Sweden works on this day: no Saturday, no Sunday, no public holiday (lag 1989:253), nor one of the three
/// eves that count as Sundays (semesterlagen 1977:480, 3 a §).
pub fn is_working_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_day_off(day)
}

/// Holidays and eves, but for those that are always a Saturday or a Sunday.
fn is_day_off(day: NaiveDate) -> bool {
    let fixed = matches!((day.month(), day.day()), (1, 1 | 6) | (5, 1) | (6, 6) | (12, 24 | 25 | 26 | 31));
    // The Friday between 19 and 25 June.
    let midsummer_eve = day.month() == 6 && day.weekday() == Weekday::Fri && (19..=25).contains(&day.day());
    fixed || midsummer_eve || is_movable(day)
}

/// Good Friday, Easter Monday, Ascension Day.
fn is_movable(day: NaiveDate) -> bool {
    let Ok(easter) = computus::gregorian_naive(day.year()) else { return false };
    matches!((day - easter).num_days(), -2 | 1 | 39)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Stockholm;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    /// As Swedish almanacs print them: all days off of these years that fall between Monday and Friday.
    #[test]
    fn days_off_are_those_of_the_almanac() {
        let almanac = [
            "2026-01-01",
            "2026-01-06",
            "2026-04-03",
            "2026-04-06",
            "2026-05-01",
            "2026-05-14",
            "2026-06-19",
            "2026-12-24",
            "2026-12-25",
            "2026-12-31", //
            "2027-01-01",
            "2027-01-06",
            "2027-03-26",
            "2027-03-29",
            "2027-05-06",
            "2027-06-25",
            "2027-12-24",
            "2027-12-31", //
            "2028-01-06",
            "2028-04-14",
            "2028-04-17",
            "2028-05-01",
            "2028-05-25",
            "2028-06-06",
            "2028-06-23",
            "2028-12-25",
            "2028-12-26",
        ];
        let first = day("2026-01-01");
        let off: Vec<String> = first
            .iter_days()
            .take_while(|day| day.year() < 2029)
            .filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_working_day(*day))
            .map(|day| day.to_string())
            .collect();
        assert_eq!(off, almanac);
        assert!(!is_working_day(day("2026-06-20")), "a Saturday, Midsummer Day as it happens");
        assert!(is_working_day(day("2026-11-23")));
    }

    #[test]
    fn clocks_that_change_are_followed() {
        for (date, time, utc) in [
            ("2026-11-23", "07:00:00", "2026-11-23T06:00:00Z"),
            ("2027-07-01", "07:00:00", "2027-07-01T05:00:00Z"),
            ("2027-03-27", "02:30:00", "2027-03-27T01:30:00Z"),
            // Skipped: clocks go from 02:00 to 03:00.
            ("2027-03-28", "02:30:00", "2027-03-28T01:30:00Z"),
            ("2027-03-28", "03:00:00", "2027-03-28T01:00:00Z"),
            // Shown twice: clocks go from 03:00 back to 02:00.
            ("2027-10-31", "02:30:00", "2027-10-31T00:30:00Z"),
            ("2027-10-31", "03:00:00", "2027-10-31T02:00:00Z"),
        ] {
            let at = moment(day(date), time.parse().expect("a time"), Stockholm);
            assert_eq!(at, utc.parse::<Instant>().expect("a moment"), "{date} {time}");
        }
    }

    #[test]
    fn a_day_is_the_local_one() {
        let shown = |utc: &str| local_day(utc.parse().expect("a moment"), Stockholm).to_string();
        assert_eq!(shown("2026-11-22T22:59:59Z"), "2026-11-22");
        assert_eq!(shown("2026-11-22T23:00:00Z"), "2026-11-23");
        assert_eq!(shown("2027-06-30T22:00:00Z"), "2027-07-01");
    }
}
