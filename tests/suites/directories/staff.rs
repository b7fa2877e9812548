//! Everybody at once, in every kind of directory: when passwords end, who is in which unit, and that nobody is lost in a
//! crowd of more than a page.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use chrono::{DateTime, TimeDelta, Utc};
use harness::{Person, World, people::TestDirectory, wire::Wire};
use portvakt_domain::{
    directory::{Directory, DirectoryError},
    expiry::Expiry,
    staff::{StaffAccount, StaffQuestion},
    tenant::DirectorySettings,
    time::Clock as _,
};

use crate::{table::Kind, world};

const SLUG: &str = "mjolby";
/// What the domains and the default policy give a password.
const AGE: TimeDelta = TimeDelta::days(90);

fn question(rule: &str, units: &[&str]) -> StaffQuestion {
    StaffQuestion {
        units_by: Some(rule.parse().expect("a rule")),
        units: units.iter().map(|unit| (*unit).to_owned()).collect(),
        lenient: false,
    }
}

async fn survey(directory: &dyn Directory, question: StaffQuestion) -> Result<Vec<StaffAccount>, DirectoryError> {
    let mut all = Vec::new();
    directory.survey(question, &mut |page| all.extend(page)).await?;
    Ok(all)
}

/// One account in the words of the table.
fn told(account: &StaffAccount, now: DateTime<Utc>) -> String {
    let expiry = match account.expiry {
        Expiry::At(at) => format!("{} days", (at - now).num_hours().div_euclid(24)),
        other => format!("{other:?}"),
    };
    let also = [
        (account.disabled, "disabled"),
        (account.account_expired, "ended"),
        (account.functional, "functional"),
        (account.password_set_at.is_none(), "not set"),
    ];
    let also = also.into_iter().filter(|(holds, _)| *holds).map(|(_, word)| word.to_owned());
    [expiry].into_iter().chain(also).collect::<Vec<_>>().join(", ")
}

/// People of a test, by what the table calls them.
struct Hired<'a> {
    place: &'a TestDirectory,
    unit: String,
    people: BTreeMap<&'static str, Person>,
}

impl<'a> Hired<'a> {
    async fn in_a_unit(place: &'a TestDirectory) -> Self {
        Self { unit: place.new_unit(&place.staff_unit()).await, place, people: BTreeMap::new() }
    }

    async fn one(&mut self, called: &'static str) -> Person {
        let unit = self.unit.clone();
        self.one_in(called, &unit).await
    }

    async fn one_in(&mut self, called: &'static str, unit: &str) -> Person {
        let person = self.place.hire(unit).await;
        self.people.insert(called, person.clone());
        person
    }

    /// What is told of each of them; a suite beside this one has people of its own.
    fn of<T>(&self, all: &[StaffAccount], tell: impl Fn(&StaffAccount) -> T) -> BTreeMap<&'static str, Vec<T>> {
        let found =
            |person: &Person| all.iter().filter(|account| account.username == person.username).map(&tell).collect();
        self.people.iter().map(|(called, person)| (*called, found(person))).collect()
    }
}

async fn passwords_end_as_the_directory_says(kind: Kind) {
    let world = world(kind).await;
    let (place, now) = (&world.tenant(SLUG).directory, world.clock.now());
    let mut hired = Hired::in_a_unit(place).await;
    let mut expected = BTreeMap::new();
    let days = [
        ("30 days left", 30),
        ("15 days left", 15),
        ("7 days left", 7),
        ("5 days left", 5),
        ("3 days left", 3),
        ("1 day left", 1),
        ("0 days left", 0),
        ("ended yesterday", -1),
    ];
    // At noon, so to speak: whole days are left whatever the time.
    let set_at = |left: i64| now - AGE + TimeDelta::days(left) + TimeDelta::hours(12);
    for (called, left) in days {
        let person = hired.one(called).await;
        place.set_back(&person, set_at(left)).await;
        expected.insert(called, format!("{left} days"));
    }
    let finer = hired.one("under a policy of 60 days").await;
    place.hold_by_own_policy(&finer, TimeDelta::days(60)).await;
    place.set_back(&finer, now - TimeDelta::days(50) + TimeDelta::hours(12)).await;
    expected.insert("under a policy of 60 days", "10 days".to_owned());
    let kept = hired.one("never ends").await;
    place.keep_for_ever(&kept).await;
    expected.insert("never ends", "Never".to_owned());
    let disabled = hired.one("disabled").await;
    place.set_back(&disabled, set_at(5)).await;
    place.disable(&disabled).await;
    expected.insert("disabled", "5 days, disabled".to_owned());
    let must = hired.one("must change").await;
    place.ask_for_a_change(&must).await;
    expected.insert("must change", "MustChange, not set".to_owned());
    let ended = hired.one("the account has ended").await;
    place.set_back(&ended, set_at(7)).await;
    place.end_account(&ended, now - TimeDelta::days(1)).await;
    expected.insert("the account has ended", "7 days, ended".to_owned());
    let ends = hired.one("the account ends tomorrow").await;
    place.set_back(&ends, set_at(7)).await;
    place.end_account(&ends, now + TimeDelta::days(1)).await;
    expected.insert("the account ends tomorrow", "7 days".to_owned());
    let shared = hired.one_in("shared", &place.functional_unit()).await;
    place.set_back(&shared, set_at(15)).await;
    expected.insert("shared", "15 days, functional".to_owned());
    hired.one_in("outside the units", &place.other_unit()).await;

    let all = survey(&*world.served(SLUG).directory, StaffQuestion::default()).await.expect("a whole survey");
    let mut seen = hired.of(&all, |account| told(account, now));
    assert_eq!(seen.remove("outside the units"), Some(Vec::new()));
    let expected: BTreeMap<_, _> = expected.into_iter().map(|(called, told)| (called, vec![told])).collect();
    assert_eq!(seen, expected, "{kind:?}");

    let thirty = all.iter().find(|account| account.username == hired.people["30 days left"].username).expect("found");
    let names = [&*thirty.first_name, &*thirty.last_name, &*thirty.display_name];
    assert_eq!(names, ["Åsa", "Öberg", "Åsa Öberg"]);
    assert_eq!(thirty.mail.as_deref(), Some(hired.people["30 days left"].mail.as_str()));
    assert_eq!(thirty.password_set_at, Some(set_at(30)));
    let read = world.served(SLUG).directory.read(thirty.key).await.expect("an answer").expect("the account");
    assert_eq!(read.username, thirty.username, "keys are the same everywhere");
}

async fn units_are_told(kind: Kind) {
    let world = world(kind).await;
    let (place, directory) = (&world.tenant(SLUG).directory, world.served(SLUG).directory.clone());
    let mut hired = Hired::in_a_unit(place).await;
    let outer = hired.unit.clone();
    let (inner, beside) = (place.new_unit(&outer).await, place.new_unit(&place.staff_unit()).await);
    let chief = hired.one("the chief").await;
    let inside = hired.one_in("in the inner unit", &inner).await;
    let other = hired.one_in("in another unit", &beside).await;
    let (nested, group) = place.nested_groups().await;
    let (_, second) = place.nested_groups().await;
    place.join(&inside, &nested).await;
    place.join(&other, &second).await;
    place.join(&other, &group).await;
    for person in [&inside, &other] {
        place.replace(&person.dn, "manager", &[&chief.dn]).await;
    }
    place.replace(&inside.dn, "title", &["Vårdbolaget AB"]).await;

    let seen = async |question: StaffQuestion| {
        let all = survey(&*directory, question).await.expect("a whole survey");
        let units = hired.of(&all, |account| account.unit.clone().unwrap_or_default().to_lowercase());
        ["the chief", "in the inner unit", "in another unit"].map(|called| units[called].join(" and "))
    };
    let none = String::new();
    let (inner_told, outer_told) = (inner.to_lowercase(), outer.to_uppercase().to_lowercase());
    let by_attribute = seen(question("title", &[])).await;
    assert_eq!(by_attribute, [none.clone(), "vårdbolaget ab".to_owned(), none.clone()], "{kind:?}");
    let by_unit = seen(question("organisational_unit", &[&inner, &outer.to_uppercase()])).await;
    assert_eq!(by_unit, [outer_told, inner_told, none.clone()], "{kind:?}");
    let by_group = seen(question("group", &[&group, &second])).await;
    assert_eq!(by_group, [none.clone(), group.to_lowercase(), group.to_lowercase()], "{kind:?}");
    let by_group = seen(question("group", &[&second, &group])).await;
    assert_eq!(by_group, [none.clone(), group.to_lowercase(), second.to_lowercase()], "{kind:?}");
    let by_manager = seen(question("manager", &[])).await;
    assert_eq!(by_manager, [none, chief.dn.to_lowercase(), chief.dn.to_lowercase()], "{kind:?}");

    let person = directory.person(&chief.dn).await.expect("an answer").expect("the chief");
    assert_eq!((&person.username, person.mail.as_deref()), (&chief.username, Some(&*chief.mail)));
    assert!(!person.disabled && person.display_name == "Åsa Öberg");
    place.disable(&chief).await;
    assert!(directory.person(&chief.dn).await.expect("an answer").expect("the chief").disabled);
    let gone = chief.dn.replace(&chief.username, "ingen");
    assert!(directory.person(&gone).await.expect("an answer").is_none());

    // Functional by a group, also through another one.
    let settings = DirectorySettings { functional_groups: vec![group], ..settings(&world) };
    let all = survey(&*world.connect(SLUG, &settings).await, StaffQuestion::default()).await.expect("a whole survey");
    let functional = hired.of(&all, |account| account.functional);
    let functional = ["the chief", "in the inner unit", "in another unit"].map(|called| functional[called].clone());
    assert_eq!(functional, [vec![false], vec![true], vec![true]], "{kind:?}");
}

async fn wrong_questions_are_refused(kind: Kind) {
    let world = world(kind).await;
    let (place, directory) = (&world.tenant(SLUG).directory, world.served(SLUG).directory.clone());
    let refused = async |question: StaffQuestion| match survey(&*directory, question).await {
        Err(DirectoryError::Misconfigured(what)) => what,
        other => panic!("{kind:?}: {:?}", other.map(|all| all.len())),
    };
    let foreign = if kind == Kind::OpenLdap { "company" } else { "extensionAttribute1" };
    let expected = format!("reminders.units_by: {foreign} is not an attribute of this directory");
    assert_eq!(refused(question(foreign, &[])).await, expected);
    let (_, group) = place.nested_groups().await;
    let gone = format!("CN=Borta,{}", place.staff_unit());
    let expected = "reminders.units[1].value: it is not in the directory";
    assert_eq!(refused(question("group", &[&group, &gone])).await, expected);
    for rule in ["group", "organisational_unit"] {
        let expected = "reminders.units[1].value: not a distinguished name";
        assert_eq!(refused(question(rule, &[&group, "Vården"])).await, expected);
    }
}

fn settings(world: &World) -> DirectorySettings {
    world.served(SLUG).settings.directory.clone()
}

/// More than a page in one unit, and one more around it, behind a line that can be cut.
async fn nobody_is_lost_in_a_crowd(kind: Kind) {
    const CROWD: usize = 1_100;
    let world = world(kind).await;
    let place = &world.tenant(SLUG).directory;
    let unit = place.new_unit(&place.staff_unit()).await;
    let inner = place.new_unit(&unit).await;
    place.crowd(&inner, CROWD).await;
    place.crowd(&unit, 1).await;
    let controller = &settings(&world).controllers[0];
    let (ip, port): (IpAddr, u16) = (controller.host().parse().expect("an address"), controller.port());
    let wire = Wire::to(ip, port).await;
    let url = wire.url().parse().expect("an address");
    let settings = DirectorySettings { controllers: vec![url], units: vec![inner, unit.clone()], ..settings(&world) };

    let settings = DirectorySettings { deadline_seconds: 20, ..settings };
    let before = wire.requests();
    let all = survey(&*world.connect(SLUG, &settings).await, StaffQuestion::default()).await.expect("a whole survey");
    let questions = wire.requests() - before;
    let keys: BTreeSet<_> = all.iter().map(|account| account.key.0).collect();
    assert_eq!((all.len(), keys.len()), (CROWD + 1, CROWD + 1), "{kind:?}: everybody, and nobody twice");

    // The second page is asked for, and never comes.
    let faults: [(&str, fn(&Wire)); 2] = [("the connection is lost", Wire::cut), ("it is late", Wire::hold_answers)];
    let settings = DirectorySettings { deadline_seconds: 3, ..settings };
    for (case, fault) in faults {
        let directory = world.connect(SLUG, &settings).await;
        let caught = wire.stop_at(questions);
        let asking = tokio::spawn(async move {
            let mut given = 0;
            let ended = directory.survey(StaffQuestion::default(), &mut |page| given += page.len()).await;
            (given, ended)
        });
        let caught = caught.await.expect("it is on its way");
        fault(&wire);
        drop(caught);
        let (given, ended) = asking.await.expect("somebody who asked");
        assert!(matches!(ended, Err(DirectoryError::Unavailable(_))), "{kind:?}, {case}: {ended:?}");
        assert_eq!(given, 1_000, "{kind:?}, {case}");
        wire.mend();
        wire.free();
    }
    if kind != Kind::Practice {
        place.dismiss(&unit).await;
    }
}

macro_rules! in_every_directory {
    ($($name:ident: $practice:ident, $samba:ident, $openldap:ident;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $practice() {
            $name(Kind::Practice).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $samba() {
            $name(Kind::Samba).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $openldap() {
            $name(Kind::OpenLdap).await;
        }
    )*};
}

in_every_directory! {
    passwords_end_as_the_directory_says:
        passwords_end_as_the_practice_directory_says, passwords_end_as_samba_says, passwords_end_as_openldap_says;
    units_are_told: units_are_told_by_the_practice_directory, units_are_told_by_samba, units_are_told_by_openldap;
    wrong_questions_are_refused:
        wrong_questions_are_refused_in_the_practice_directory, wrong_questions_are_refused_in_samba,
        wrong_questions_are_refused_in_openldap;
    nobody_is_lost_in_a_crowd:
        nobody_is_lost_in_a_crowd_of_the_practice_directory, nobody_is_lost_in_a_crowd_of_samba,
        nobody_is_lost_in_a_crowd_of_openldap;
}
