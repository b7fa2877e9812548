//! A tenant that sends on working days alone, through a summer with Midsummer and a national day: what falls on a day off
//! is sent the working day before, or the next one.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days, NaiveDate, NaiveTime, Weekday};
use harness::{Database, World};
use portvakt_demo::accounts::{SampleAccount, SampleState};
use portvakt_domain::{
    calendar,
    tenant::{DayOff, SendingDays, TimeZone},
    time::Clock as _,
};

use crate::stage::{OVER, lines, sending, spoken_of, to_morning, today};

const SLUG: &str = "orebro";
const DAYS: u64 = 90;
const MARKS: [u64; 7] = [30, 15, 7, 5, 3, 1, 0];

/// How many days were left, by account and day.
type Told = BTreeMap<(String, NaiveDate), i64>;

/// The days of a Swedish June, July and August on which nobody works: by law, and the eve of Midsummer by agreement.
fn is_day_off(day: NaiveDate) -> bool {
    let national = (day.month(), day.day()) == (6, 6);
    let midsummer_eve = day.month() == 6 && (19..=25).contains(&day.day()) && day.weekday() == Weekday::Fri;
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || national || midsummer_eve
}

/// The sending day for what falls on a day.
fn served_on(falls: NaiveDate, rule: DayOff) -> NaiveDate {
    let mut day = falls;
    while is_day_off(day) {
        day = match rule {
            DayOff::Before => day - Days::new(1),
            DayOff::After => day + Days::new(1),
        };
    }
    day
}

/// Those whose passwords the directory lets end.
fn people() -> Vec<SampleAccount> {
    spoken_of(SLUG).into_iter().filter(|account| account.state != SampleState::Functional).collect()
}

async fn through_the_summer(rule: DayOff) {
    let world = World::practice_with(Database::Sqlite, |settings| {
        sending(settings);
        settings.reminders.sending_days = SendingDays::WorkingDays;
        settings.reminders.days_off = rule;
        settings.reminders.functional_age_days = 0;
        settings.reminders.send = settings.slug.to_string() == SLUG;
    })
    .await;
    let now = today(&world);
    let first = NaiveDate::from_ymd_opt(now.year() + 1, 6, 1).expect("a day");
    let at = |day: NaiveDate, hour| {
        let time = NaiveTime::from_hms_opt(hour, 0, 0).expect("a time");
        calendar::moment(day, time, TimeZone::STOCKHOLM.tz())
    };
    world.clock.advance(at(first - Days::new(40), 12) - world.clock.now());

    // Everybody's password ends on a day of its own, at noon, in the middle of the window.
    let domain = world.tenant(SLUG).directory.practice().domain();
    let mut ends = BTreeMap::new();
    for (n, account) in people().into_iter().enumerate() {
        let day = first + Days::new(2 + n as u64 * 3);
        let found = domain.account(&account.username).expect("an account");
        found.overwrite_time("pwdLastSet", at(day, 12) - chrono::TimeDelta::days(90)).expect("a time");
        ends.insert(account.username, day);
    }
    assert!(ends.len() > 10, "{} people", ends.len());

    // Before the window there is one run, for what was due before anybody looked.
    to_morning(&world);
    let _ = world.arrived().await;
    let begun = today(&world);

    let mut told: Told = BTreeMap::new();
    for _ in 0..DAYS {
        to_morning(&world);
        let day = today(&world);
        let arrived = lines(&world.arrived().await);
        assert!(arrived.is_empty() || !is_day_off(day), "{day}");
        for (to, account, last, left) in arrived {
            assert_eq!(
                (Some(&last), left),
                (ends.get(&account), (last - day).num_days().max(OVER)),
                "{account} on {day}"
            );
            if !to.starts_with("stab.") {
                assert_eq!(told.insert((account, day), left), None, "twice on {day}");
            }
        }
    }
    let mut expected = Told::new();
    for (account, last) in &ends {
        for mark in MARKS {
            let falls = *last - Days::new(mark);
            let day = served_on(falls, rule);
            // What is sent after the end is not forgotten: it says that the password has ended.
            if day > begun && falls > begun && day <= today(&world) {
                expected.insert((account.clone(), day), (*last - day).num_days().max(OVER));
            }
        }
    }
    let differ = |one: &Told, other: &Told| -> Vec<_> {
        one.iter().filter(|(key, left)| other.get(key) != Some(left)).map(|(key, _)| key.clone()).collect()
    };
    assert_eq!(differ(&expected, &told), [], "missing, {rule:?}");
    assert_eq!(differ(&told, &expected), [], "not expected, {rule:?}");
    let on_days_off = expected.keys().filter(|(account, day)| {
        MARKS.iter().any(|mark| {
            served_on(ends[account] - Days::new(*mark), rule) == *day && is_day_off(ends[account] - Days::new(*mark))
        })
    });
    assert!(on_days_off.count() > 10, "enough of them fall on days off");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_falls_on_a_day_off_is_sent_before_it() {
    through_the_summer(DayOff::Before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_falls_on_a_day_off_is_sent_after_it() {
    through_the_summer(DayOff::After).await;
}
