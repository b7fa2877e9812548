//! When a day's reminders begin: at the tenant's time of day by the tenant's clocks, whatever they do, and not all at once.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use portvakt_domain::{
    id::TenantId,
    tenant::{ReminderSettings, SendingDays},
    time::Instant,
};
use portvakt_flows::remind::starts_at;
use uuid::Uuid;

fn moment(text: &str) -> Instant {
    text.parse().expect("a moment")
}

/// A tenant that is first in the spread.
const FIRST: TenantId = TenantId(Uuid::nil());

#[test]
fn it_begins_at_the_tenants_time_of_day_in_winter_in_summer_and_when_clocks_change() {
    let usual = ReminderSettings::default();
    let in_helsinki: ReminderSettings =
        toml::from_str("at = \"02:30\"\ntime_zone = \"Europe/Helsinki\"").expect("a section");
    let at_half_past_two: ReminderSettings = toml::from_str("at = \"02:30\"").expect("a section");
    for (settings, now, expected) in [
        (&usual, "2026-11-23T12:00:00Z", "2026-11-23T06:00:00Z"),
        (&usual, "2027-06-10T12:00:00Z", "2027-06-10T05:00:00Z"),
        // The mornings on which clocks changed in the night.
        (&usual, "2027-03-28T12:00:00Z", "2027-03-28T05:00:00Z"),
        (&usual, "2027-10-31T12:00:00Z", "2027-10-31T06:00:00Z"),
        // It is still the day before in London, and already the next one in Sweden.
        (&usual, "2026-11-23T23:30:00Z", "2026-11-24T06:00:00Z"),
        (&in_helsinki, "2026-11-23T12:00:00Z", "2026-11-23T00:30:00Z"),
        // Half past two comes twice in October, and the first one counts; in March it does not come: half past three is it.
        (&at_half_past_two, "2027-10-31T12:00:00Z", "2027-10-31T00:30:00Z"),
        (&at_half_past_two, "2027-03-28T12:00:00Z", "2027-03-28T01:30:00Z"),
    ] {
        let settings = ReminderSettings { sending_days: SendingDays::EveryDay, ..settings.clone() };
        assert_eq!(starts_at(&settings, FIRST, moment(now)), Some(moment(expected)), "{now}");
    }
}

#[test]
fn nothing_begins_on_a_day_off() {
    let settings = ReminderSettings { sending_days: SendingDays::WorkingDays, ..ReminderSettings::default() };
    // From Maundy Thursday to the Tuesday after Easter, and around Christmas.
    for (first, last) in [("2027-03-26", "2027-03-29"), ("2026-12-24", "2026-12-27")] {
        let day = |text: &str| -> NaiveDate { text.parse().expect("a day") };
        let begins = |day: NaiveDate| starts_at(&settings, FIRST, moment(&format!("{day}T12:00:00Z"))).is_some();
        let off: Vec<NaiveDate> = day(first).iter_days().take_while(|on| *on <= day(last)).collect();
        assert!(off.iter().all(|day| !begins(*day)), "{off:?}");
        let (before, after) = (day(first) - TimeDelta::days(1), day(last) + TimeDelta::days(1));
        assert!(begins(before) && begins(after), "{before} and {after}");
    }
}

#[test]
fn tenants_begin_spread_over_ten_minutes_and_always_at_the_same_moment_of_the_day() {
    let settings = ReminderSettings::default();
    let (one, next) = (moment("2026-11-23T12:00:00Z"), moment("2026-11-24T12:00:00Z"));
    let mut seconds = BTreeSet::new();
    for n in 0..300u128 {
        // As identifiers are made: the time first, and chance behind it.
        let tenant = TenantId(Uuid::from_u128((n << 64) ^ n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let begins = |now| starts_at(&settings, tenant, now).expect("a sending day");
        assert_eq!(begins(next) - begins(one), TimeDelta::days(1));
        let late = (begins(one) - moment("2026-11-23T06:00:00Z")).num_seconds();
        assert!((0..600).contains(&late), "{late}");
        seconds.insert(late);
    }
    assert!(seconds.len() > 150, "{} different moments", seconds.len());
    assert!(seconds.first() < Some(&30) && seconds.last() > Some(&570), "{seconds:?}");
}
