//! Parts of the year that a tenant names: whose password ends in one hears of it before it begins, on the day that the
//! tenant says, once, and the mail says why; the usual marks are told of as ever.

use chrono::{NaiveDate, TimeDelta};
use portvakt_demo::outbox::Delivered;
use portvakt_domain::tenant::{MonthDay, Period};

use crate::{
    sent::{Told, calm_morning, end_in, is_table, send, told},
    stage::{recipients, rows, to_morning, today},
};

const SLUG: &str = "orebro";
const MARKS: [i64; 7] = [30, 15, 7, 5, 3, 1, 0];
/// The period's first and last day, and the day on which people hear of it, by how far they are from the first run.
const BEGINS: i64 = 20;
const ENDS: i64 = 50;
const DAYS_BEFORE: u32 = 14;
const HEARD_OF: i64 = 6;
/// What a mail says where it tells of something early.
const EARLY: &str = "går ut under en ledighet";

/// Who, of which department, and when the password ends, by how far that is from the first run.
const PEOPLE: [(&str, &str, i64); 7] = [
    ("lovstlin32", "Hemvård", 45),
    // An account that a unit shares, by the tenant's age.
    ("hemvardsgruppen", "Hemvård", 40),
    // On the first day and on the last one.
    ("gorahl07", "Förskola", BEGINS),
    ("asaode21", "Förskola", ENDS),
    // The day before it, and the day after.
    ("mohnor11", "Kultur och fritid", BEGINS - 1),
    ("kerhag05", "Ekonomi", ENDS + 1),
    // A usual mark, a week before, falls on the very day on which people hear of the period.
    ("jorlof18", "Teknik", HEARD_OF + 7),
];

fn month_day(day: NaiveDate) -> MonthDay {
    day.format("%m-%d").to_string().parse().expect("a day of the year")
}

fn period(from: NaiveDate, until: NaiveDate, days_before: u32) -> Period {
    Period { from: month_day(from), until: month_day(until), days_before }
}

fn ends_in_it(ends: i64) -> bool {
    (BEGINS..=ENDS).contains(&ends)
}

/// What is to be told so many days after the first run; the first run tells what fell due before anybody looked.
fn expected(day: i64) -> Told {
    let mut all = Told::new();
    for (username, department, ends) in PEOPLE {
        let left = ends - day;
        let usual = if day == 0 { left <= MARKS[0] } else { MARKS.contains(&left) };
        if usual || (day == HEARD_OF && ends_in_it(ends)) {
            all.extend(recipients(SLUG, department).into_iter().map(|to| (to, username.to_owned(), left)));
        }
    }
    all.sort();
    all
}

/// Whether each table says that it tells of something early, by its recipient.
fn says_why(messages: &[Delivered]) -> Vec<(String, bool)> {
    let tables = messages.iter().filter(|message| is_table(message));
    tables.map(|mail| (mail.to.clone(), mail.text.contains(EARLY))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_ends_in_a_period_hears_of_it_once_before_it_begins_and_of_the_usual_marks_as_ever() {
    let world = calm_morning().await;
    for (username, _, ends) in PEOPLE {
        end_in(&world, SLUG, username, ends);
    }
    let (from, until) = (today(&world) + TimeDelta::days(BEGINS), today(&world) + TimeDelta::days(ENDS));
    send(&world, SLUG, |reminders| reminders.periods = vec![period(from, until, DAYS_BEFORE)]).await;
    let mut early = 0;
    for day in 0..=BEGINS + 2 {
        let arrived = world.arrived().await;
        assert_eq!(told(&arrived), expected(day), "day {day}");
        for mail in arrived.iter().filter(|message| is_table(message)) {
            let about = rows(&mail.text).into_iter().map(|(username, ..)| username);
            let ends = |username: String| PEOPLE.iter().find(|one| one.0 == username).expect("somebody").2;
            let is_early = day == HEARD_OF && about.map(ends).any(ends_in_it);
            assert_eq!(mail.text.contains(EARLY), is_early, "day {day}, to {}", mail.to);
            early += i32::from(is_early);
        }
        to_morning(&world);
    }
    assert_eq!(early, 3, "two of Hemvård, and the fall-back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_period_that_is_named_late_is_told_of_at_once_and_one_that_is_moved_is_a_new_one() {
    let world = calm_morning().await;
    end_in(&world, SLUG, "lovstlin32", 45);
    let (from, until) = (today(&world) + TimeDelta::days(BEGINS), today(&world) + TimeDelta::days(ENDS));
    send(&world, SLUG, |_| {}).await;
    assert_eq!(world.arrived().await.len(), 0, "no mark is near");

    // People were to hear of it ten days ago.
    send(&world, SLUG, |reminders| reminders.periods = vec![period(from, until, 30)]).await;
    let moved = from + TimeDelta::days(1);
    for (left, hears) in [(44, true), (43, false), (42, true), (41, false)] {
        to_morning(&world);
        if left == 42 {
            send(&world, SLUG, |reminders| reminders.periods = vec![period(moved, until, 30)]).await;
        }
        let arrived = world.arrived().await;
        let to = if hears { recipients(SLUG, "Hemvård") } else { Vec::new() };
        let lines: Told = to.iter().map(|to| (to.clone(), "lovstlin32".to_owned(), left)).collect();
        assert_eq!(told(&arrived), lines, "{left} days left");
        let mut said = says_why(&arrived);
        said.sort();
        assert_eq!(said, to.into_iter().map(|to| (to, true)).collect::<Vec<_>>(), "{left} days left");
    }
}
