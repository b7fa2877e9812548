//! pwreset, from the first page to every end that a stranger can reach.

use chrono::TimeDelta;
use harness::{Browser, Database, Person, State, World, world::find_code};
use portvakt_domain::{
    language::Language,
    limit::{FAILURES_PER_NETWORK, Hit, Limit, STARTS_PER_NETWORK},
    time::Clock as _,
};
use portvakt_flows::Visitor;
use portvakt_storage::limits;
use reqwest::Method;

use crate::answers::{Seen, Stranger};

/// Runs of one state before a difference in statements counts as one.
const RUNS: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_state_is_answered_alike_on_sqlite() {
    every_state_is_answered_alike(&World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_state_is_answered_alike_on_postgres() {
    every_state_is_answered_alike(&World::practice(Database::Postgres).await).await;
}

async fn every_state_is_answered_alike(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let mut all: Vec<(State, Person, bool, Seen)> = Vec::new();
        for state in State::ALL {
            let person = world.person(slug, state).await;
            let seen = walk(world, slug, &person, false).await;
            all.push((state, person, false, seen));
        }
        // Some have registered the other number that everybody asks for.
        let others = [(State::Normal, None), (State::Functional, Some("Fatima Haddad"))];
        for (state, holder) in others {
            let person = world.person(slug, state).await;
            let first = person.number.clone().expect("a number");
            world.store_numbers(slug, &person, &[(&first, holder), (ANOTHER.1, holder)]).await;
            let seen = walk(world, slug, &person, true).await;
            all.push((state, person, true, seen));
        }
        let mut reference = all[0].3.clone();
        for (state, _, _, seen) in &all {
            if let Some(difference) = seen.difference(&reference) {
                panic!("{slug}, {state:?} against {:?}: {difference}", all[0].0);
            }
            reference.least(seen);
        }
        for (state, person, another, seen) in &mut all {
            for _ in 1..RUNS {
                if seen.statements == reference.statements {
                    break;
                }
                seen.least(&walk(world, slug, person, *another).await);
            }
            let steps = seen.answers.iter().zip(seen.statements.iter().zip(&reference.statements));
            let differing: Vec<_> = steps.filter(|(_, (a, b))| a != b).map(|(it, n)| (&it.step, n)).collect();
            assert!(differing.is_empty(), "{slug}, {state:?}: statements {differing:?}");
        }
        assert!(reference.statements.iter().sum::<u64>() > 100, "statements are counted: {:?}", reference.statements);
    }
}

/// The other number that everybody asks for: as it is typed, and as it is stored.
const ANOTHER: (&str, &str) = ("070-174 06 99", "+46701740699");

/// Everything that a stranger can do with a name; `another`: the other number is one of the account's.
async fn walk(world: &World, slug: &'static str, person: &Person, another: bool) -> Seen {
    let mut stranger = Stranger::new(world, slug, person, world.browser());
    let served = person.state.may().1;

    // The first page, twice, and by HEAD.
    stranger.get("first page", "/").await;
    let first = stranger.get("first page again", "/").await;
    stranger.ask("first page by HEAD", Method::HEAD, "/", None).await;

    // The name; the same form again, as a double click sends it; the code page before anything was done.
    let (typed, start) = (stranger.typed(), first.hidden("start"));
    let name = [("start", start.as_str()), ("username", typed.as_str())];
    let begun = stranger.post("start", "/", &name).await;
    assert_eq!((begun.status.as_u16(), &begun.headers["location"]), (303, &"/code".parse().expect("a path")));
    stranger.post("start, clicked twice", "/", &name).await;
    stranger.get("code page", "/code").await;
    stranger.ask("code page by HEAD", Method::HEAD, "/code", None).await;
    stranger.post("again, too early", "/code/again", &[]).await;

    // The job has run: a message was sent, or was not.
    let wrong = wrong_code(world, served).await;
    stranger.get("code page after the job", "/code").await;
    stranger.post("no code", "/code", &[("code", "")]).await;
    for n in 1..=4 {
        // The third ends the code; the fourth is not even tried.
        stranger.post(&format!("wrong code {n}"), "/code", &[("code", &wrong)]).await;
    }

    // A new code after the wait, and two more tries: five end the flow.
    world.clock.advance(TimeDelta::seconds(60));
    stranger.get("code page after the wait", "/code").await;
    stranger.post("again", "/code/again", &[]).await;
    stranger.post("again, twice", "/code/again", &[]).await;
    let wrong = wrong_code(world, served).await;
    for n in 5..=7 {
        stranger.post(&format!("wrong code {n}"), "/code", &[("code", &wrong)]).await;
    }
    stranger.get("code page of a flow that is over", "/code").await;
    stranger.post("again in a flow that is over", "/code/again", &[]).await;

    // The same name a second time; the code expires; the person cancels.
    begin(&mut stranger, "second start").await;
    let wrong = wrong_code(world, served).await;
    world.clock.advance(TimeDelta::minutes(10));
    stranger.get("code page after the code's time", "/code").await;
    stranger.post("expired code", "/code", &[("code", &wrong)]).await;
    stranger.post("cancel", "/cancel", &[]).await;
    stranger.get("cancelled", "/cancelled").await;
    stranger.get("code page without a flow", "/code").await;
    stranger.post("code without a flow", "/code", &[("code", &wrong)]).await;

    // The code to another number: too early, impossible numbers, a number that few have, and a wrong code after it.
    // The account's own limit on SMS is not what this is about.
    world.clock.advance(TimeDelta::minutes(16));
    begin(&mut stranger, "start with another number").await;
    let _ = world.arrived().await;
    for typed in ["", "08-123 45 67", "<b>070</b>", ANOTHER.0] {
        stranger.post(&format!("another number, too early: {typed}"), "/code/another", &[("number", typed)]).await;
    }
    world.clock.advance(TimeDelta::seconds(60));
    stranger.post("another number", "/code/another", &[("number", ANOTHER.0)]).await;
    stranger.post("another number, twice", "/code/another", &[("number", ANOTHER.0)]).await;
    let wrong = wrong_code(world, another).await;
    stranger.post("wrong code to another number", "/code", &[("code", &wrong)]).await;
    stranger.get("code page after another number", "/code").await;
    world.clock.advance(TimeDelta::minutes(16));

    // A third time, left alone until it ends; steps that are not reached yet.
    begin(&mut stranger, "third start").await;
    for path in ["/choose", "/password", "/done"] {
        stranger.get(&format!("{path} out of turn"), path).await;
    }
    world.clock.advance(TimeDelta::minutes(15));
    stranger.get("code page after the flow's time", "/code").await;
    stranger.post("code after the flow's time", "/code", &[("code", &wrong)]).await;
    let _ = world.arrived().await;

    // The network's limits: on wrong codes, and on starts.
    let address = "192.0.2.77";
    let mut limited = Stranger::new(world, slug, person, Browser::on_network(world.public, address));
    begin(&mut limited, "start on a tired network").await;
    fill(world, slug, address, FAILURES_PER_NETWORK).await;
    let page = limited.post("code on a tired network", "/code", &[("code", &wrong)]).await;
    assert_eq!(page.status, 429);
    fill(world, slug, address, STARTS_PER_NETWORK).await;
    let first = limited.get("first page on a tired network", "/").await;
    let start = first.hidden("start");
    let page = limited.post("one start too many", "/", &[("start", &start), ("username", &typed)]).await;
    assert_eq!(page.status, 429);
    let _ = world.arrived().await;
    world.clock.advance(TimeDelta::hours(2));

    stranger.seen.answers.extend(limited.seen.answers);
    stranger.seen.statements.extend(limited.seen.statements);
    stranger.seen
}

/// A flow from the first page on.
async fn begin(stranger: &mut Stranger<'_>, step: &str) {
    let first = stranger.get(&format!("first page before the {step}"), "/").await;
    let (start, typed) = (first.hidden("start"), stranger.typed());
    let begun = stranger.post(step, "/", &[("start", &start), ("username", &typed)]).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
}

/// Runs the jobs, sees that a code went out exactly where it should, and makes up a wrong one.
async fn wrong_code(world: &World, served: bool) -> String {
    let codes: Vec<String> = world.arrived().await.iter().filter_map(|message| find_code(&message.text)).collect();
    assert_eq!(codes.len(), usize::from(served), "codes that went out");
    match codes.first() {
        Some(code) => format!("{:06}", (code.parse::<u32>().expect("digits") + 1) % 1_000_000),
        None => "271828".to_owned(),
    }
}

/// Uses up a network's limit.
async fn fill(world: &World, slug: &str, address: &str, limit: Limit) {
    let (platform, tenant) = (&world.shared.platform, world.served(slug));
    let address = address.parse().expect("an address");
    let subject = Visitor::new(platform, &tenant, address, Language::default()).network;
    let hits = (0..limit.ceiling).map(|_| Hit { limit, subject }).collect();
    limits::count(&platform.store, tenant.id, hits, world.clock.now()).await.expect("counted");
}
