//! Stopping a delayed change by name: whether one waits, for whom, and whether there is somebody at all, is not told.

use chrono::TimeDelta;
use harness::{Database, Person, State, World, journey, world::find_code};

use crate::answers::{Seen, Stranger};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whether_a_change_waits_is_not_told_on_sqlite() {
    whether_a_change_waits_is_not_told(&World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whether_a_change_waits_is_not_told_on_postgres() {
    whether_a_change_waits_is_not_told(&World::practice(Database::Postgres).await).await;
}

async fn whether_a_change_waits_is_not_told(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let mut people: Vec<(String, Person, bool)> = Vec::new();
        for state in State::ALL {
            people.push((format!("{state:?}"), world.person(slug, state).await, false));
        }
        let waiting = world.person(slug, State::Normal).await;
        journey::lose_phone(world, &mut world.browser(), slug, &waiting, &world.fresh_number()).await;
        world.arrived().await;
        people.push(("a change waits".to_owned(), waiting, true));

        let mut reference: Option<Seen> = None;
        for (name, person, waits) in &people {
            // The least statements count: now and then the app reads its tenants anew at the same time.
            let mut seen = walk(world, slug, person, *waits).await;
            for _ in 0..2 {
                seen.least(&walk(world, slug, person, *waits).await);
            }
            let first = reference.get_or_insert_with(|| seen.clone());
            if let Some(difference) = seen.difference(first) {
                panic!("{slug}, {name}: {difference}");
            }
            let steps = seen.answers.iter().zip(seen.statements.iter().zip(&first.statements));
            let differing: Vec<_> = steps.filter(|(_, (a, b))| a != b).map(|(it, n)| (&it.step, n)).collect();
            assert!(differing.is_empty(), "{slug}, {name}: statements {differing:?}");
        }
    }
}

/// Everything that a stranger can do with a name.
async fn walk(world: &World, slug: &'static str, person: &Person, waits: bool) -> Seen {
    let mut stranger = Stranger::new(world, slug, person, world.browser()).at_pwreg();
    let (typed, another) = (stranger.typed(), "070-174 06 99");
    let first = stranger.get("first page", "/stop").await;
    let start = first.hidden("start");
    for step in ["start", "start, clicked twice"] {
        let begun = stranger.post(step, "/stop", &[("start", &start), ("username", &typed)]).await;
        assert_eq!(begun.status, 303, "{}", begun.text());
    }
    stranger.get("code page", "/code").await;
    stranger.post("again, too early", "/code/again", &[]).await;
    let codes: Vec<String> = world.arrived().await.iter().filter_map(|message| find_code(&message.text)).collect();
    assert_eq!(codes.len(), usize::from(waits), "a code goes out where there is something to stop");
    let wrong =
        codes.first().map_or("271828".to_owned(), |code| if code == "271828" { "271829" } else { "271828" }.to_owned());
    for n in 1..=4 {
        stranger.post(&format!("wrong code {n}"), "/code", &[("code", &wrong)]).await;
    }
    world.clock.advance(TimeDelta::seconds(60));
    stranger.post("another number", "/code/another", &[("number", another)]).await;
    assert!(world.arrived().await.is_empty(), "nobody has registered that number");
    stranger.post("wrong code after that", "/code", &[("code", &wrong)]).await;
    // What only somebody who signed in can reach.
    for path in ["/number", "/add", "/remove", "/lost", "/done"] {
        stranger.get(&format!("{path} out of turn"), path).await;
    }
    for path in ["/number", "/add", "/remove", "/lost", "/stop/now", "/keep"] {
        let fields = [("number", another), ("holder", "Anna"), ("which", ""), ("to", "")];
        let refused = stranger.post(&format!("{path} without a sign-in"), path, &fields).await;
        assert_eq!(refused.status, 410, "{path}: {}", refused.text());
    }
    stranger.post("cancel", "/cancel", &[]).await;
    // The account's own limit on SMS is another day's.
    world.clock.advance(TimeDelta::minutes(16));
    stranger.seen
}
