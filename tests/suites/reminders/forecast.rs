//! What is said of coming days, and what they bring: the same messages about the same people, and as many of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use harness::{State, World};
use portvakt_demo::outbox::Delivered;
use portvakt_domain::{
    calendar,
    number::MobileNumber,
    tenant::{PersonalWay, SendingDays},
};
use portvakt_flows::preview_reminders::{self, ForecastDay, Preview};

use crate::{
    sent::{calm_morning, end_in, is_table, send},
    stage::{rows, spoken_of, to_morning, today},
};

const SLUG: &str = "orebro";
const DAYS: i64 = 10;

/// How, to whom, about whom, and how many days are left where it is a line of a table.
type Line = (&'static str, String, String, Option<i64>);

/// A working morning, before the first run, with passwords that end one after the other from the next day on.
async fn morning(rule: SendingDays, to_person: Vec<PersonalWay>) -> World {
    let world = calm_morning().await;
    while !calendar::is_working_day(today(&world)) {
        to_morning(&world);
    }
    for (left, one) in (1..).zip(spoken_of(SLUG)) {
        end_in(&world, SLUG, &one.username, left);
    }
    send(&world, SLUG, |reminders| {
        reminders.sending_days = rule;
        reminders.to_person = to_person;
    })
    .await;
    world
}

/// What a preview says would go out.
fn foretold(preview: &Preview) -> Vec<Line> {
    let mut all = Vec::new();
    for one in &preview.outgoing {
        let in_table = one.why != ["own"] && one.why != ["shared"];
        let line =
            |account: &str, left: i64| (one.channel, one.to.clone(), account.to_owned(), in_table.then_some(left));
        all.extend(one.rows.iter().map(|row| line(&row.account, row.days_left)));
    }
    all.sort();
    all
}

/// What went out, with numbers as a preview shows them.
fn happened(messages: &[Delivered]) -> Vec<Line> {
    let mut all = Vec::new();
    for message in messages {
        let to = match message.channel {
            "sms" => MobileNumber::from_e164(&message.to).expect("a number").masked(),
            _ => message.to.clone(),
        };
        let lines: Vec<(String, Option<i64>)> = match is_table(message) {
            true => rows(&message.text).into_iter().map(|(account, _, left)| (account, Some(left))).collect(),
            false => vec![(account_in(&message.text), None)],
        };
        all.extend(lines.into_iter().map(|(account, left)| (message.channel, to.clone(), account, left)));
    }
    all.sort();
    all
}

/// The account that a message to one person speaks of.
fn account_in(text: &str) -> String {
    let (before, _) = text.split_once(" hos ").expect("an account of a municipality");
    before.rsplit(' ').next().expect("an account").to_owned()
}

async fn coming_days_bring_what_their_previews_say(rule: SendingDays) {
    let world = morning(rule, vec![PersonalWay::Mail, PersonalWay::Sms]).await;
    // Some have numbers, and some are never served.
    world.person(SLUG, State::Normal).await;
    world.person(SLUG, State::Locked).await;
    let place = &world.tenant(SLUG).directory;
    let shared = place.person(State::Functional, "").await;
    let (first, second) = (world.fresh_number(), world.fresh_number());
    let held = [(first.as_str(), Some("Maj-Britt Ödman")), (second.as_str(), Some("Fatima Haddad"))];
    world.store_numbers(SLUG, &shared, &held).await;
    for state in [State::Protected, State::Denied] {
        end_in(&world, SLUG, &place.person(state, "").await.username, 8);
    }
    assert!(!world.arrived().await.is_empty(), "the first run tells what fell due before anybody looked");

    let (tenant, from) = (world.served(SLUG), today(&world));
    let mut expected = BTreeMap::new();
    for ahead in 1..=DAYS {
        let day = from + TimeDelta::days(ahead);
        let preview = preview_reminders::run(&world.shared.platform, &tenant, Some(day)).await.expect("a preview");
        assert_eq!((preview.date, preview.send), (day, true));
        assert_eq!(preview.sending_day, rule == SendingDays::EveryDay || calendar::is_working_day(day));
        expected.insert(day, foretold(&preview));
    }
    assert_eq!(world.arrived().await.len(), 0, "previews send nothing");
    let ways: BTreeSet<(&str, bool)> = expected.values().flatten().map(|line| (line.0, line.3.is_some())).collect();
    assert_eq!(ways, BTreeSet::from([("mail", false), ("mail", true), ("sms", false)]));
    for (day, expected) in expected {
        to_morning(&world);
        assert_eq!(today(&world), day);
        assert_eq!(happened(&world.arrived().await), expected, "{day}");
    }
}

/// One day as the forecast counts it.
fn counted(world: &World, messages: &[Delivered]) -> ForecastDay {
    let count = |of: usize| i64::try_from(of).expect("a count");
    let accounts: BTreeSet<String> = happened(messages).into_iter().map(|(_, _, account, _)| account).collect();
    let tables = messages.iter().filter(|message| is_table(message)).count();
    ForecastDay {
        date: today(world),
        accounts: count(accounts.len()),
        tables: count(tables),
        personal: count(messages.len() - tables),
    }
}

async fn the_forecast_counts_what_is_sent(rule: SendingDays) {
    let world = morning(rule, vec![PersonalWay::Mail]).await;
    assert!(!world.arrived().await.is_empty(), "the first run tells what fell due before anybody looked");
    let (tenant, from) = (world.served(SLUG), today(&world));
    let preview = preview_reminders::run(&world.shared.platform, &tenant, None).await.expect("a preview");
    assert!(preview.outgoing.is_empty(), "of today everything is told");
    let coming = |day: &ForecastDay| day.date > from && day.date <= from + TimeDelta::days(DAYS);
    let expected: Vec<ForecastDay> = preview.forecast.into_iter().filter(coming).collect();
    let mut found = Vec::new();
    for _ in 0..DAYS {
        to_morning(&world);
        let arrived = world.arrived().await;
        if !arrived.is_empty() {
            found.push(counted(&world, &arrived));
        }
    }
    assert!(found.len() > 1, "{found:?}");
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_coming_day_brings_what_its_preview_says() {
    coming_days_bring_what_their_previews_say(SendingDays::EveryDay).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_coming_working_day_brings_what_its_preview_says() {
    coming_days_bring_what_their_previews_say(SendingDays::WorkingDays).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_forecast_counts_what_is_sent_day_by_day() {
    the_forecast_counts_what_is_sent(SendingDays::EveryDay).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_forecast_counts_what_is_sent_on_working_days() {
    the_forecast_counts_what_is_sent(SendingDays::WorkingDays).await;
}
