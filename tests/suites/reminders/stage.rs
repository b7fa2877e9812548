//! Tenants with reminders, mornings, and what the mails of a morning say.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};
use harness::{Database, World};
use portvakt_demo::{
    accounts::{SampleAccount, SampleState, sample},
    outbox::Delivered,
};
use portvakt_domain::{
    calendar,
    tenant::{ReminderSettings, TenantSettings, TimeZone, UnitSettings},
    time::Clock as _,
};

/// Shared accounts' own age.
pub const SHARED_AGE: u32 = 90;

/// Whom a department's table goes to in these tests; two for the first of them, nobody for the last.
pub fn recipients(slug: &str, department: &str) -> Vec<String> {
    match department {
        "Hemvård" | "Vård och omsorg" => vec![format!("chef.vard@{slug}.test"), format!("stab.vard@{slug}.test")],
        "Teknik" | "Skola" => vec![format!("chef.teknik.och.skola@{slug}.test")],
        _ => vec![format!("helpdesk@{slug}.test")],
    }
}

/// Both tenants send, by department.
pub fn sending(settings: &mut TenantSettings) {
    let slug = settings.slug.to_string();
    let departments = ["Hemvård", "Vård och omsorg", "Teknik", "Skola"];
    let unit = |department: &str| UnitSettings {
        value: department.to_owned(),
        name: None,
        recipients: recipients(&slug, department),
    };
    settings.reminders = ReminderSettings {
        send: true,
        fallback: recipients(&slug, ""),
        units_by: Some("department".parse().expect("an attribute")),
        units: departments.map(unit).to_vec(),
        functional_age_days: SHARED_AGE,
        ..ReminderSettings::default()
    };
}

/// The day that Swedish clocks show.
pub fn today(world: &World) -> NaiveDate {
    calendar::local_day(world.clock.now(), TimeZone::STOCKHOLM.tz())
}

/// Moves time on to the next morning, when the reminders of every tenant are due.
pub fn to_morning(world: &World) {
    let next = calendar::next(today(world));
    let morning = calendar::moment(next, NaiveTime::from_hms_opt(7, 10, 0).expect("a time"), TimeZone::STOCKHOLM.tz());
    world.clock.advance(morning - world.clock.now());
}

/// A world in which both tenants send, on the first morning of all.
pub async fn first_morning(database: Database) -> World {
    let world = World::practice(database).await;
    to_morning(&world);
    for slug in ["orebro", "mjolby"] {
        world.reconfigure(slug, sending).await;
    }
    world
}

/// A line of a table: to whom it went, whom it is about, when it ends, how many days are left.
pub type Line = (String, String, NaiveDate, i64);

/// The lines of all tables among these messages.
pub fn lines(messages: &[Delivered]) -> Vec<Line> {
    let tables = messages.iter().filter(|message| message.subject.as_deref() == Some("Utgående lösenord"));
    tables
        .flat_map(|mail| rows(&mail.text).into_iter().map(|(name, ends, left)| (mail.to.clone(), name, ends, left)))
        .collect()
}

/// What a table says instead of a number when the password has ended.
const ENDED: &str = "har gått ut";
/// The days left of a password that has ended.
pub const OVER: i64 = -1;

/// The last three columns of a mail's table; [`OVER`] days are left of what has ended.
pub fn rows(text: &str) -> Vec<(String, NaiveDate, i64)> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with("Förnamn"));
    assert!(lines.next().is_some(), "a table in:\n{text}");
    let row = |line: &str| {
        let line = line.trim_end().strip_suffix(ENDED).map_or(line.to_owned(), |line| format!("{line} {OVER}"));
        let mut words = line.split_whitespace().rev();
        let left = words.next().expect("days left").parse().expect("a number");
        let ends = words.next().expect("a date").parse().expect("a date");
        (words.next().expect("an account").to_owned(), ends, left)
    };
    lines.take_while(|line| !line.is_empty()).map(row).collect()
}

/// The sample accounts whose passwords people hear of.
pub fn spoken_of(slug: &str) -> Vec<SampleAccount> {
    let accounts = sample(slug).expect("a sample tenant").accounts;
    let denied =
        accounts.iter().rev().find(|account| account.state == SampleState::Normal).expect("one").username.clone();
    let never = [SampleState::Disabled, SampleState::Protected, SampleState::MustChange, SampleState::Expired];
    accounts.into_iter().filter(|account| !never.contains(&account.state) && account.username != denied).collect()
}

/// The last day of an account's password, computed anew from what the practice directory stores.
pub fn last_day(world: &World, account: &SampleAccount) -> NaiveDate {
    let found =
        world.tenant(&account.tenant).directory.practice().domain().account(&account.username).expect("an account");
    let ends = match account.state {
        SampleState::Functional => found.time("pwdLastSet").map(|at| at + chrono::TimeDelta::days(SHARED_AGE.into())),
        _ => found.time("msDS-UserPasswordExpiryTimeComputed"),
    };
    calendar::local_day(ends.expect("an end"), TimeZone::STOCKHOLM.tz())
}

/// The lines that this morning's tables should have: everybody whose days left are among the usual marks.
pub fn expected(world: &World) -> BTreeSet<Line> {
    let day = today(world);
    let mut lines = BTreeSet::new();
    for account in ["orebro", "mjolby"].into_iter().flat_map(spoken_of) {
        let ends = last_day(world, &account);
        let left = (ends - day).num_days();
        if [30, 15, 7, 5, 3, 1, 0].contains(&left) {
            let to = recipients(&account.tenant, &account.unit);
            lines.extend(to.into_iter().map(|to| (to, account.username.clone(), ends, left)));
        }
    }
    lines
}
