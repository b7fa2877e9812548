//! A unit's mail in every kind of directory: everybody whose day it is and nobody else, and nobody again the day after; also
//! when clocks change and on holidays.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc};
use harness::{Database, Person, World};
use portvakt_domain::{
    calendar,
    tenant::{TimeZone, UnitSettings},
    time::Clock as _,
};

use crate::stage::{lines, sending, to_morning, today};

const SLUG: &str = "mjolby";
/// What the domains and the default policy give a password.
const AGE: TimeDelta = TimeDelta::days(90);

/// A unit of its own in a directory that other suites use too, and its people by the days they have left.
struct Unit<'a> {
    world: &'a World,
    dn: String,
    recipients: Vec<String>,
}

impl<'a> Unit<'a> {
    async fn new(world: &'a World) -> Self {
        let place = &world.tenant(SLUG).directory;
        let dn = place.new_unit(&place.staff_unit()).await;
        let recipients = vec!["enhetschef@mjolby.test".to_owned(), "bemanning@mjolby.test".to_owned()];
        let unit = UnitSettings { value: dn.clone(), name: Some("Hemvård Väst".to_owned()), recipients };
        let recipients = unit.recipients.clone();
        world
            .reconfigure(SLUG, |settings| {
                sending(settings);
                settings.reminders.units_by = Some("organisational_unit".parse().expect("a rule"));
                settings.reminders.units = vec![unit];
            })
            .await;
        Self { world, dn, recipients }
    }

    /// When a password has to be set to end at noon on the day that is so many days after this morning.
    fn set_at(&self, left: i64) -> DateTime<Utc> {
        let noon = NaiveTime::from_hms_opt(12, 0, 0).expect("a time");
        calendar::moment(today(self.world) + TimeDelta::days(left), noon, TimeZone::STOCKHOLM.tz()) - AGE
    }

    async fn hire(&self, left: i64) -> Person {
        let place = &self.world.tenant(SLUG).directory;
        let person = place.hire(&self.dn).await;
        place.set_back(&person, self.set_at(left)).await;
        person
    }

    /// The table that came to each recipient: account, last day, days left, in the order of the mail.
    async fn told(&self) -> Vec<Vec<(String, NaiveDate, i64)>> {
        let all = lines(&self.world.arrived().await);
        let told = |recipient: &String| {
            let theirs = all.iter().filter(|line| line.0 == *recipient);
            theirs.map(|line| (line.1.clone(), line.2, line.3)).collect()
        };
        self.recipients.iter().map(told).collect()
    }
}

async fn the_table_is_as_expected(world: World) {
    to_morning(&world);
    let unit = Unit::new(&world).await;
    let place = &world.tenant(SLUG).directory;
    let mut expected = Vec::new();
    for left in [0, 1, 3, 5, 7, 15, 30] {
        let person = unit.hire(left).await;
        expected.push((person.username, today(&world) + TimeDelta::days(left), left));
    }
    let finer = place.hire(&unit.dn).await;
    place.hold_by_own_policy(&finer, TimeDelta::days(60)).await;
    place.set_back(&finer, unit.set_at(15) + AGE - TimeDelta::days(60)).await;
    expected.push((finer.username, today(&world) + TimeDelta::days(15), 15));

    // Nobody has heard of any mark yet: who has few days left stands there with these, once.
    let late = unit.hire(13).await;
    expected.push((late.username, today(&world) + TimeDelta::days(13), 13));

    unit.hire(-1).await;
    unit.hire(31).await;
    let (kept, disabled, must, ended) =
        (unit.hire(5).await, unit.hire(5).await, unit.hire(5).await, unit.hire(5).await);
    place.keep_for_ever(&kept).await;
    place.disable(&disabled).await;
    place.ask_for_a_change(&must).await;
    place.end_account(&ended, world.clock.now() - TimeDelta::days(1)).await;

    let mut told = unit.told().await;
    assert_eq!(told[0], told[1], "both recipients get the same");
    let left: Vec<i64> = told[0].iter().map(|(_, _, left)| *left).collect();
    assert!(left.is_sorted(), "who has the fewest days left stands first: {left:?}");
    expected.sort();
    told[0].sort();
    assert_eq!(told[0], expected);

    assert_eq!(unit.told().await, [vec![], vec![]], "the same morning");
    to_morning(&world);
    let next = |left: i64, told: &[(String, NaiveDate, i64)]| {
        let found = told.iter().find(|line| line.2 == left + 1).expect("a line");
        (found.0.clone(), found.1, left)
    };
    // One day further, two of them come to a mark, and the one with 31 days left to the first.
    let told_next = unit.told().await;
    assert_eq!(told_next[0].len(), 2, "{told_next:?}");
    assert_eq!(told_next[0][0], next(0, &expected));
    assert_eq!((told_next[0][1].1, told_next[0][1].2), (today(&world) + TimeDelta::days(30), 30));
}

/// Days of the coming year on which clocks change and, where the long numbers are asked for, holidays on weekdays; with a
/// day between them.
fn chosen_days(from: NaiveDate) -> Vec<NaiveDate> {
    let is_long = std::env::var_os("PORTVAKT_TEST_LONG").is_some();
    let midnight = |day| calendar::moment(day, NaiveTime::MIN, TimeZone::STOCKHOLM.tz());
    let changes = |day| midnight(calendar::next(day)) - midnight(day) != TimeDelta::hours(24);
    let is_holiday = |day: NaiveDate| !calendar::is_working_day(day) && day.weekday().number_from_monday() < 6;
    let mut chosen: Vec<NaiveDate> = Vec::new();
    for day in from.iter_days().skip(2).take(365) {
        let is_apart = chosen.last().is_none_or(|last| day - *last > TimeDelta::days(1));
        if is_apart && (changes(day) || (is_long && is_holiday(day))) {
            chosen.push(day);
        }
    }
    chosen
}

/// The directory's clock stays where it is; its people's passwords are set back anew for each day.
async fn marks_are_met_on_chosen_days(world: World) {
    to_morning(&world);
    let unit = Unit::new(&world).await;
    let place = &world.tenant(SLUG).directory;
    let lefts = [-1, 0, 2, 7, 8, 15, 29, 30, 31];
    let mut people = Vec::new();
    for _ in lefts {
        people.push(place.hire(&unit.dn).await);
    }
    let days = chosen_days(today(&world));
    assert!(days.len() >= 2, "clocks change twice a year: {days:?}");
    for day in days {
        // The day before they hear of what fell due earlier; on the day itself of its own marks.
        let ten_past_seven = NaiveTime::from_hms_opt(7, 10, 0).expect("a time");
        let eve = calendar::moment(calendar::previous(day), ten_past_seven, TimeZone::STOCKHOLM.tz());
        world.clock.advance(eve - world.clock.now());
        for (person, left) in people.iter().zip(lefts) {
            place.set_back(person, unit.set_at(left + 1)).await;
        }
        unit.told().await;
        to_morning(&world);
        assert_eq!(today(&world), day);
        let line = |(person, left): (&Person, i64)| (person.username.clone(), day + TimeDelta::days(left), left);
        let at_a_mark = people.iter().zip(lefts).filter(|(_, left)| [0, 7, 15, 30].contains(left));
        let expected: Vec<_> = at_a_mark.map(line).collect();
        assert_eq!(unit.told().await, [expected.clone(), expected], "{day}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marks_are_met_on_chosen_days_in_the_practice_directory() {
    marks_are_met_on_chosen_days(World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marks_are_met_on_chosen_days_in_samba() {
    marks_are_met_on_chosen_days(World::samba(Database::Postgres).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_is_as_expected_in_the_practice_directory() {
    the_table_is_as_expected(World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_is_as_expected_in_samba() {
    the_table_is_as_expected(World::samba(Database::Postgres).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_is_as_expected_in_openldap() {
    the_table_is_as_expected(World::openldap(Database::Sqlite).await).await;
}
