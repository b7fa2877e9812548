//! A number changes while a stranger stands on the code page with that name: nothing there tells, then or later.

use chrono::TimeDelta;
use harness::{Database, Person, State, World, journey, world::find_code};

use crate::answers::{Seen, Stranger};

/// Runs of one case, of which the least statements count.
const RUNS: usize = 3;

/// What happens to the name's number meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Midway {
    /// Nothing: nobody has the name.
    Nothing,
    /// Its holder puts another one in its place, with codes to both.
    Changed,
    /// A delayed change is carried out.
    CarriedOut,
}

/// Where the stranger types the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum House {
    Reset,
    /// pwreg's form against a delayed change, by name.
    Stop,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_changes_midway_is_not_noticed_on_sqlite() {
    a_number_that_changes_midway_is_not_noticed(&World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_changes_midway_is_not_noticed_on_postgres() {
    a_number_that_changes_midway_is_not_noticed(&World::practice(Database::Postgres).await).await;
}

async fn a_number_that_changes_midway_is_not_noticed(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let mut nobody = world.person(slug, State::Unknown).await;
        let mut somebody = world.person(slug, State::Normal).await;
        for house in [House::Reset, House::Stop] {
            let reference = seen(world, slug, house, &mut nobody, Midway::Nothing).await;
            for midway in [Midway::Changed, Midway::CarriedOut] {
                let seen = seen(world, slug, house, &mut somebody, midway).await;
                if let Some(difference) = seen.difference(&reference) {
                    panic!("{slug}, {house:?}, {midway:?}: {difference}");
                }
                let steps = seen.answers.iter().zip(seen.statements.iter().zip(&reference.statements));
                let differing: Vec<_> = steps.filter(|(_, (a, b))| a != b).map(|(it, n)| (&it.step, n)).collect();
                assert!(differing.is_empty(), "{slug}, {house:?}, {midway:?}: statements {differing:?}");
            }
        }
    }
}

/// What a stranger sees of one case, and the least statements of each request.
async fn seen(world: &World, slug: &'static str, house: House, person: &mut Person, midway: Midway) -> Seen {
    let mut seen = walk(world, slug, house, person, midway).await;
    for _ in 1..RUNS {
        seen.least(&walk(world, slug, house, person, midway).await);
    }
    seen
}

/// Two flows of a stranger, one gone on with and one left alone, and between their steps what happens to the number.
async fn walk(world: &World, slug: &'static str, house: House, person: &mut Person, midway: Midway) -> Seen {
    let (old, new) = (person.number.clone(), world.fresh_number());
    if midway == Midway::CarriedOut || (midway, house) == (Midway::Changed, House::Stop) {
        // There is something to stop.
        journey::lose_phone(world, &mut world.browser(), slug, person, &new).await;
        world.arrived().await;
    }
    if midway == Midway::CarriedOut {
        world.clock.advance(TimeDelta::hours(48) - TimeDelta::minutes(3));
    }
    let stranger = |n: &str| {
        let stranger = Stranger::new(world, slug, person, world.browser());
        (if house == House::Stop { stranger.at_pwreg() } else { stranger }, format!("{n}: "))
    };
    let (mut active, first) = stranger("gone on with");
    let (mut idle, second) = stranger("left alone");

    // Codes are on their way to the old number, where there is one.
    let form = begin(&mut active, &first, house).await;
    begin(&mut idle, &second, house).await;
    let sent = codes(world, old.as_deref()).await;
    assert_eq!(sent.len(), if old.is_some() { 2 } else { 0 }, "{midway:?}");
    let code = sent.first().map_or("271828", String::as_str).to_owned();
    active.post("wrong code before", "/code", &[("code", &other_than(&sent))]).await;

    world.clock.advance(TimeDelta::minutes(3));
    happen(world, slug, person, midway, &new).await;

    // The code that was sent is one more wrong one, whoever holds the old phone.
    active.get("code page after", "/code").await;
    let refused = active.post("the code that was sent", "/code", &[("code", &code)]).await;
    assert_eq!(refused.status, 422, "{house:?}, {midway:?}: {}", refused.text());
    active.post("the first form, clicked again", form.0, &form.fields(&active.typed())).await;
    active.post("stay", "/stay", &[]).await;
    active.post("third wrong code", "/code", &[("code", &code)]).await;

    // A new code goes to the number as it is now, at pwreset; at pwreg there is nothing left to stop.
    active.post("again", "/code/again", &[]).await;
    active.post("again, too early", "/code/again", &[]).await;
    let now = person.number.clone().filter(|_| house == House::Reset);
    let again = codes(world, now.as_deref()).await;
    assert_eq!(again.len(), usize::from(now.is_some()), "{house:?}, {midway:?}");
    active.get("code page with a new code", "/code").await;
    active.post("the code that was sent, at the new one", "/code", &[("code", &other_than(&again))]).await;
    world.clock.advance(TimeDelta::minutes(2));
    active.post("another number", "/code/another", &[("number", "070-174 06 99")]).await;
    assert_eq!(codes(world, None).await, Vec::<String>::new(), "nobody has registered that number");
    active.post("fifth wrong code", "/code", &[("code", &code)]).await;
    active.get("code page of a flow that is over", "/code").await;

    // What is left alone lives as long as if nothing had happened.
    world.clock.advance(TimeDelta::minutes(10) - TimeDelta::seconds(1));
    let alive = idle.get("code page in its last second", "/code").await;
    assert_eq!(alive.status, 200, "{house:?}, {midway:?}: {}", alive.text());
    world.clock.advance(TimeDelta::seconds(1));
    idle.get("code page after the flow's time", "/code").await;
    idle.post("code after the flow's time", "/code", &[("code", &code)]).await;
    idle.post("stay after the flow's time", "/stay", &[]).await;

    // The limits on SMS are another day's.
    world.clock.advance(TimeDelta::days(1));
    world.arrived().await;
    active.seen.answers.extend(idle.seen.answers);
    active.seen.statements.extend(idle.seen.statements);
    active.seen
}

/// The first form as it was sent in: its path and its token.
struct Form(&'static str, String);

impl Form {
    fn fields<'a>(&'a self, typed: &'a str) -> [(&'static str, &'a str); 2] {
        [("start", &self.1), ("username", typed)]
    }
}

/// From the first page to the code page.
async fn begin(stranger: &mut Stranger<'_>, which: &str, house: House) -> Form {
    let path = if house == House::Stop { "/stop" } else { "/" };
    let first = stranger.get(&format!("{which}first page"), path).await;
    let form = Form(path, first.hidden("start"));
    let begun = stranger.post(&format!("{which}start"), path, &form.fields(&stranger.typed())).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    stranger.get(&format!("{which}code page"), "/code").await;
    form
}

/// The person's own doing, from elsewhere, or the clock's; the person has the new number from then on.
async fn happen(world: &World, slug: &str, person: &mut Person, midway: Midway, new: &str) {
    match midway {
        Midway::Nothing => return,
        Midway::Changed => {
            // Somewhere the number that a delayed change asked for is taken already: this is another one.
            let chosen = world.fresh_number();
            let done = journey::change_number(world, &mut world.browser(), slug, person, &chosen).await;
            assert!(done.h1().starts_with("Klart"), "{}", done.text());
            person.number = Some(chosen);
        }
        Midway::CarriedOut => person.number = Some(new.to_owned()),
    }
    let notices = world.arrived().await;
    assert!(notices.iter().any(|notice| notice.to == person.mail), "the number was changed: {notices:?}");
}

/// The codes that arrived since this was last asked; all went to this number.
async fn codes(world: &World, number: Option<&str>) -> Vec<String> {
    let arrived = world.arrived().await;
    let codes: Vec<_> = arrived.iter().filter_map(|sms| Some((&sms.to, find_code(&sms.text)?))).collect();
    assert!(codes.iter().all(|(to, _)| Some(to.as_str()) == number), "{arrived:?}");
    codes.into_iter().map(|(_, code)| code).collect()
}

/// A code that is none of these.
fn other_than(codes: &[String]) -> String {
    let mut all = ["271828", "314159", "161803"].into_iter().map(str::to_owned);
    all.find(|code| !codes.contains(code)).unwrap_or_default()
}
