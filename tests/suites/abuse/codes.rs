//! Codes: how often, how long, and in which flow they hold.

use chrono::TimeDelta;
use harness::{Browser, Database, Page, Person, State, World, journey};

use crate::{another, codes, start};

async fn enter(world: &World, browser: &mut Browser, slug: &str, code: &str) -> Page {
    browser.post(&world.tenant(slug).reset, "/code", &[("code", code)]).await
}

/// Someone with a flow whose code has arrived.
async fn waiting(world: &World, slug: &str) -> (Person, Browser, String) {
    let person = world.person(slug, State::Normal).await;
    let mut browser = world.browser();
    journey::ask_for_code(world, &mut browser, slug, &person.username).await;
    let code = world.code_at(person.number.as_ref().expect("a number")).await;
    (person, browser, code)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_wrong_tries_end_a_code_on_sqlite() {
    three_wrong_tries_end_a_code(&World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_wrong_tries_end_a_code_on_postgres() {
    three_wrong_tries_end_a_code(&World::practice(Database::Postgres).await).await;
}

async fn three_wrong_tries_end_a_code(world: &World) {
    let (person, mut browser, code) = waiting(world, "orebro").await;
    for _ in 0..3 {
        assert_eq!(enter(world, &mut browser, "orebro", &another(&code)).await.status, 422);
    }
    let dead = enter(world, &mut browser, "orebro", &code).await;
    assert_eq!((dead.status.as_u16(), dead.path.as_str()), (422, "/code"), "the right code is dead: {}", dead.text());
    world.clock.advance(TimeDelta::seconds(60));
    let again = browser.submit_to(&dead, "/code/again", &[]).await;
    assert_eq!(again.status, 200, "{}", again.text());
    let new = world.code_at(person.number.as_ref().expect("a number")).await;
    let page = enter(world, &mut browser, "orebro", &new).await;
    assert_eq!(page.path, "/password", "{}", page.text());

    // Two wrong tries leave the third for the right code.
    let (_, mut browser, code) = waiting(world, "orebro").await;
    for _ in 0..2 {
        enter(world, &mut browser, "orebro", &another(&code)).await;
    }
    assert_eq!(enter(world, &mut browser, "orebro", &code).await.path, "/password");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_wrong_tries_end_a_flow() {
    let world = &World::practice(Database::Sqlite).await;
    let (person, mut browser, code) = waiting(world, "orebro").await;
    for _ in 0..3 {
        enter(world, &mut browser, "orebro", &another(&code)).await;
    }
    world.clock.advance(TimeDelta::seconds(60));
    browser.post(&world.tenant("orebro").reset, "/code/again", &[]).await;
    let new = world.code_at(person.number.as_ref().expect("a number")).await;
    assert_eq!(enter(world, &mut browser, "orebro", &another(&new)).await.status, 422);
    let fifth = enter(world, &mut browser, "orebro", &another(&new)).await;
    assert_eq!(fifth.status, 429, "{}", fifth.text());
    let over = enter(world, &mut browser, "orebro", &new).await;
    assert_eq!(over.status, 429, "the right code opens nothing any more: {}", over.text());
    world.clock.advance(TimeDelta::seconds(120));
    browser.post(&world.tenant("orebro").reset, "/code/again", &[]).await;
    assert!(codes(world).await.is_empty(), "nothing more is sent");

    // Nobody is locked by that: the next flow starts from nothing.
    let page = journey::prove(world, &mut world.browser(), "orebro", &person).await;
    assert_eq!(page.path, "/password", "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_code_replaces_only_its_own_flows_older_one() {
    let world = &World::practice(Database::Sqlite).await;
    let (person, mut first, old) = waiting(world, "orebro").await;
    let number = person.number.clone().expect("a number");
    let mut second = world.browser();
    journey::ask_for_code(world, &mut second, "orebro", &person.username).await;
    let seconds = world.code_at(&number).await;

    // One flow's code is nothing in another one, also of the same person.
    if old != seconds {
        assert_eq!(enter(world, &mut first, "orebro", &seconds).await.status, 422);
        assert_eq!(enter(world, &mut second, "orebro", &old).await.status, 422);
    }
    world.clock.advance(TimeDelta::seconds(60));
    first.post(&world.tenant("orebro").reset, "/code/again", &[]).await;
    // Asked for is enough: the old one is dead before the new one is sent.
    assert_eq!(enter(world, &mut first, "orebro", &old).await.status, 422);
    let new = world.code_at(&number).await;
    if old != new {
        assert_eq!(enter(world, &mut first, "orebro", &old).await.status, 422);
    }
    let page = enter(world, &mut second, "orebro", &seconds).await;
    assert_eq!(page.path, "/password", "the other flow's code holds: {}", page.text());
    let page = enter(world, &mut first, "orebro", &new).await;
    assert_eq!(page.path, "/password", "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_lives_its_minutes_from_the_request_on() {
    let world = &World::practice_with(Database::Sqlite, |settings| {
        settings.reset.code_minutes = if settings.slug.as_str() == "orebro" { 10 } else { 5 };
    })
    .await;
    for (slug, minutes) in [("orebro", 10), ("mjolby", 5)] {
        let second = TimeDelta::seconds(1);
        for (late, expected) in [(second, 200), (TimeDelta::zero(), 422)] {
            // The worker stands still for most of the code's life; that does not make it longer.
            let person = world.person(slug, State::Normal).await;
            let mut browser = world.browser();
            journey::ask_for_code(world, &mut browser, slug, &person.username).await;
            world.clock.advance(TimeDelta::minutes(minutes - 1));
            let code = world.code_at(person.number.as_ref().expect("a number")).await;
            world.clock.advance(TimeDelta::minutes(1) - late);
            let page = enter(world, &mut browser, slug, &code).await;
            assert_eq!(page.status, expected, "{slug}: {}", page.text());
        }
        // Too late to be of use: nothing is sent.
        let person = world.person(slug, State::Normal).await;
        let mut browser = world.browser();
        journey::ask_for_code(world, &mut browser, slug, &person.username).await;
        world.clock.advance(TimeDelta::minutes(minutes));
        assert!(codes(world).await.is_empty(), "{slug}");
        // The page says the same figure as the SMS.
        let page = browser.get(&world.tenant(slug).reset, "/code").await;
        assert!(page.text().contains(&format!("{minutes} minuter")), "{}", page.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_code_waits_a_minute_and_then_two() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    start(world, &mut browser, "orebro", &person.username).await;
    // The wait counts from the request, also where the SMS left late.
    let mut sent = Vec::new();
    for seconds in [0, 59, 1, 119, 1, 119, 1, 119, 1] {
        world.clock.advance(TimeDelta::seconds(seconds));
        if seconds > 0 {
            browser.post(&world.tenant("orebro").reset, "/code/again", &[]).await;
        }
        sent.push(codes(world).await.len());
    }
    // The fourth is held back by the account's limit, and a fifth is not offered in one flow.
    assert_eq!(sent, [1, 0, 1, 0, 1, 0, 0, 0, 0]);
    let page = browser.get(&world.tenant("orebro").reset, "/code").await;
    assert!(page.forms().iter().all(|form| form.action.split('?').next() != Some("/code/again")), "{}", page.html);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_ends_when_it_idles_and_when_it_is_old() {
    let world = &World::practice(Database::Sqlite).await;
    let host = &world.tenant("orebro").reset;
    // Idle: reading the page does not keep it alive past a quarter of an hour after the last form.
    for (seconds, status) in [(15 * 60 - 1, 200), (15 * 60, 410)] {
        let (_, mut browser, _) = waiting(world, "orebro").await;
        world.clock.advance(TimeDelta::seconds(seconds));
        assert_eq!(browser.get(host, "/code").await.status, status, "after {seconds} s");
    }
    // Old: half an hour in all, however busy.
    for (left, status) in [(1, 200), (0, 410)] {
        let (_, mut browser, _) = waiting(world, "orebro").await;
        for _ in 0..2 {
            world.clock.advance(TimeDelta::minutes(10));
            assert_eq!(browser.post(host, "/code/again", &[]).await.status, 200);
        }
        let fresh = codes(world).await.pop().expect("a code");
        world.clock.advance(TimeDelta::minutes(10) - TimeDelta::seconds(left));
        assert_eq!(browser.get(host, "/code").await.status, status, "{left} s before the end");
        if status == 410 {
            assert_eq!(enter(world, &mut browser, "orebro", &fresh).await.status, 410);
        }
    }
}
