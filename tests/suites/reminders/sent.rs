//! Mornings on which no password is near its end but those that a test names, and what was sent then, as a whole.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use harness::{Database, World};
use portvakt_demo::{
    accounts::{SampleState, sample},
    outbox::Delivered,
    practice::Account,
};
use portvakt_domain::{
    calendar,
    reminder_run::RunFigures,
    tenant::{ReminderSettings, TimeZone},
};
use portvakt_storage::reminders;

use crate::stage::{lines, sending, to_morning, today};

/// How many days a password lives, as both sample domains say.
const AGE: i64 = 90;
/// So many days are left of everybody's password on a calm morning: nobody hears of it for weeks.
const FAR: i64 = 85;
const TABLE: &str = "Utgående lösenord";

/// A morning on which nobody is due, and nobody sends yet.
pub async fn calm_morning() -> World {
    let world = World::practice(Database::Sqlite).await;
    to_morning(&world);
    for slug in ["orebro", "mjolby"] {
        for one in sample(slug).expect("a sample tenant").accounts {
            if one.state != SampleState::MustChange {
                end_in(&world, slug, &one.username, FAR);
            }
        }
    }
    world
}

/// A tenant sends by department, but for what is changed.
pub async fn send(world: &World, slug: &str, change: impl FnOnce(&mut ReminderSettings)) {
    world
        .reconfigure(slug, |settings| {
            sending(settings);
            change(&mut settings.reminders);
        })
        .await;
}

/// An account as the practice directory has it.
pub fn account(world: &World, slug: &str, username: &str) -> Account {
    world.tenant(slug).directory.practice().domain().account(username).expect("an account")
}

/// Lets a password end at noon so many days from today; the last day.
pub fn end_in(world: &World, slug: &str, username: &str, left: i64) -> NaiveDate {
    end_by_age(world, slug, username, left, AGE)
}

/// The same for a password that lives for so many days.
pub fn end_by_age(world: &World, slug: &str, username: &str, left: i64, age: i64) -> NaiveDate {
    let last = today(world) + TimeDelta::days(left);
    let noon = NaiveTime::from_hms_opt(12, 0, 0).expect("a time");
    let set_at = calendar::moment(last, noon, TimeZone::STOCKHOLM.tz()) - TimeDelta::days(age);
    account(world, slug, username).overwrite_time("pwdLastSet", set_at).expect("a time");
    last
}

/// The lines of tables, sorted: to whom, about whom, how many days are left.
pub type Told = Vec<(String, String, i64)>;

/// What the tables among these messages say.
pub fn told(messages: &[Delivered]) -> Told {
    sorted(lines(messages).into_iter().map(|(to, account, _, left)| (to, account, left)))
}

/// The same as a test expects it.
pub fn in_tables(lines: &[(&str, &str, i64)]) -> Told {
    sorted(lines.iter().map(|(to, account, left)| ((*to).to_owned(), (*account).to_owned(), *left)))
}

/// Messages to persons, sorted: how, to whom, with which subject; an SMS has none.
pub type Personal = Vec<(&'static str, String, String)>;

/// What is no table among these messages.
pub fn personal(messages: &[Delivered]) -> Personal {
    let others = messages.iter().filter(|message| !is_table(message));
    sorted(others.map(|one| (one.channel, one.to.clone(), one.subject.clone().unwrap_or_default())))
}

/// The same as a test expects it.
pub fn to_persons(messages: &[(&'static str, &str, &str)]) -> Personal {
    sorted(messages.iter().map(|(channel, to, subject)| (*channel, (*to).to_owned(), (*subject).to_owned())))
}

fn sorted<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort();
    all
}

/// Whether a message is a table for the recipient of units.
pub fn is_table(message: &Delivered) -> bool {
    message.subject.as_deref() == Some(TABLE)
}

/// What the one message to somebody says.
pub fn text_to<'a>(messages: &'a [Delivered], to: &str) -> &'a str {
    let theirs: Vec<&Delivered> = messages.iter().filter(|message| message.to == to).collect();
    let [one] = theirs.as_slice() else { panic!("{} messages to {to}", theirs.len()) };
    &one.text
}

/// What the newest run of a tenant found.
pub async fn newest_run(world: &World, slug: &str) -> RunFigures {
    let store = &world.shared.platform.store;
    let runs = reminders::runs(store, world.tenant(slug).id, 1).await.expect("runs");
    runs.first().expect("a run").figures
}
