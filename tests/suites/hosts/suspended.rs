//! A suspended tenant: its hosts say that they are paused, its jobs wait, its rows are kept and looked after.

use chrono::TimeDelta;
use harness::{Database, State, World, journey};
use portvakt::system::SystemRandom;
use portvakt_domain::{id::JobId, job::Job, time::Clock as _};
use portvakt_flows::{delete_tenant, suspend_tenant};
use portvakt_storage::{jobs, operator};

use super::wire::send;

const SLUG: &str = "mjolby";

async fn suspend(world: &World) {
    let (store, tenant) = (&world.shared.platform.store, world.tenant(SLUG).id);
    let done = suspend_tenant::suspend(store, &world.clock, &SystemRandom, tenant, "anna").await;
    assert!(done.expect("a database"), "it was served");
    world.shared.registry.refresh().await.expect("refreshed");
}

async fn resume(world: &World) {
    let (store, tenant) = (&world.shared.platform.store, world.tenant(SLUG).id);
    let done = suspend_tenant::resume(store, &world.clock, &SystemRandom, tenant, "anna").await;
    assert!(done.expect("a database"), "it was suspended");
    world.shared.registry.refresh().await.expect("refreshed");
}

/// What a replica asks for every hour.
async fn ask_sweep(world: &World) {
    let (store, now) = (&world.shared.platform.store, world.clock.now());
    let id = JobId::new(now, &SystemRandom);
    jobs::enqueue(store, world.tenant(SLUG).id, Job::Sweep, now, id).await.expect("asked for");
}

/// Every path at both hosts has the one answer, which names nobody.
async fn is_paused(world: &World) {
    let tenant = world.tenant(SLUG);
    for host in [&tenant.reset, &tenant.register] {
        for line in ["GET /", "GET /code", "GET /assets/portvakt.css", "POST /", "PUT /nothing"] {
            let answer = send(world.public, line, &[&format!("Host: {host}"), "Content-Length: 0"]).await;
            assert_eq!(answer.status, 503, "{line} at {host}: {}", answer.body);
            assert_eq!(answer.header("retry-after"), ["3600"], "{}", answer.head);
            assert_eq!(answer.header("cache-control"), ["no-store"], "{}", answer.head);
            assert!(answer.header("set-cookie").is_empty(), "{}", answer.head);
            for told in ["<h1>Tjänsten är pausad</h1>", "inget har ändrats", "<h2>The service is paused</h2>"] {
                assert!(answer.body.contains(told), "{told}: {}", answer.body);
            }
            let text = answer.body.to_lowercase();
            assert!(!text.contains("mjölby") && !text.contains(SLUG), "{}", answer.body);
        }
    }
}

async fn nobody_is_served_and_nothing_is_sent(database: Database) {
    let world = World::practice(database).await;
    let person = world.person(SLUG, State::Normal).await;
    let (mut browser, number) = (world.browser(), person.number.clone().expect("a number"));
    let page = journey::ask_for_code(&world, &mut browser, SLUG, &person.username).await;

    // 1. The code that was asked for waits; the other municipality notices nothing.
    suspend(&world).await;
    is_paused(&world).await;
    assert_eq!(world.arrived().await.len(), 0, "its jobs wait");
    let other = world.person("orebro", State::Normal).await;
    let done = journey::reset(&world, &mut world.browser(), "orebro", &other, "Vinterbad88Sten").await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    let lost = browser.get(&page.host, "/code").await;
    assert_eq!(lost.status, 503, "also who is half-way");

    // 2. Its trail is sealed all the same.
    let events = world.trail(SLUG).await;
    let suspended = events.iter().find(|event| event.kind == "tenant.suspended").expect("the event");
    assert_eq!(suspended.actor.as_deref(), Some("anna"));

    // 3. Served again: what waited is sent, and who was half-way goes on.
    resume(&world).await;
    let code = world.code_at(&number).await;
    let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    assert_eq!((page.status.as_u16(), page.path.as_str()), (200, "/choose"), "{}", page.text());
    assert_eq!(world.trail(SLUG).await.iter().filter(|event| event.kind == "tenant.resumed").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_tenant_serves_nobody_on_sqlite() {
    nobody_is_served_and_nothing_is_sent(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_tenant_serves_nobody_on_postgres() {
    nobody_is_served_and_nothing_is_sent(Database::Postgres).await;
}

/// Nobody can stop a delayed change while `/stop` answers nobody, so the time does not count; retention goes on.
async fn waits_stand_still_and_rows_go(database: Database) {
    let world = World::practice(database).await;
    let person = world.person(SLUG, State::Normal).await;
    let new = world.fresh_number();
    journey::lose_phone(&world, &mut world.browser(), SLUG, &person, &new).await;
    assert_eq!(world.arrived().await.len(), 2, "the old number and the mailbox are told");
    world.clock.advance(TimeDelta::hours(1));
    suspend(&world).await;

    world.clock.advance(TimeDelta::hours(72));
    ask_sweep(&world).await;
    assert_eq!(world.arrived().await.len(), 0, "the change was due long ago");
    let swept: Vec<_> = world.trail(SLUG).await.into_iter().filter(|event| event.kind == "rows.swept").collect();
    assert_eq!(swept.len(), 1);
    assert_ne!(swept[0].details["flows"], "0", "{swept:?}");

    resume(&world).await;
    assert_eq!(world.arrived().await.len(), 0);
    let page = journey::sign_in(&world, &mut world.browser(), SLUG, &person.username, &person.password).await;
    let due = portvakt_texts::moment(world.clock.now() + TimeDelta::hours(47));
    assert!(page.text().contains(&format!("Det görs {due}.")), "{due}: {}", page.text());
    world.clock.advance(TimeDelta::hours(47) - TimeDelta::seconds(1));
    assert_eq!(world.arrived().await.len(), 0, "the old number may stop it for as long as it was told");
    world.clock.advance(TimeDelta::seconds(1));
    let told = world.arrived().await;
    assert!(told.iter().any(|notice| notice.to == new), "{told:?}");
    assert_eq!(world.told(SLUG, "number.changed", "way").await, ["delayed"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waits_stand_still_while_suspended_on_sqlite() {
    waits_stand_still_and_rows_go(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waits_stand_still_while_suspended_on_postgres() {
    waits_stand_still_and_rows_go(Database::Postgres).await;
}

/// The sweep deletes a tenant for good when the grace period is over; until then it can be restored.
async fn a_deleted_tenant_is_gone(database: Database) {
    let world = World::practice(database).await;
    let person = world.person(SLUG, State::Normal).await;
    let (store, tenant) = (&world.shared.platform.store, world.tenant(SLUG).id);
    let grace = TimeDelta::days(30);
    let ask = async || {
        let due = delete_tenant::ask(store, &world.clock, &SystemRandom, tenant, grace, "anna").await;
        assert_eq!(due.expect("a database"), Some(world.clock.now() + grace));
        world.shared.registry.refresh().await.expect("refreshed");
    };
    let row = async || operator::find_tenant(store, SLUG.to_owned()).await.expect("a database");

    // 1. Asked for and taken back: all is as it was.
    ask().await;
    is_paused(&world).await;
    world.clock.advance(grace - TimeDelta::minutes(1));
    ask_sweep(&world).await;
    world.run_jobs().await;
    let restored =
        delete_tenant::restore(store, &world.clock, &SystemRandom, &row().await.expect("there"), "anna").await;
    assert!(restored.expect("a database"));
    world.shared.registry.refresh().await.expect("refreshed");
    let done = journey::reset(&world, &mut world.browser(), SLUG, &person, "Vinterbad88Sten").await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    let kinds: Vec<String> = world.trail(SLUG).await.into_iter().map(|event| event.kind).collect();
    for kind in ["tenant.deletion_asked", "tenant.restored", "tenant.resumed"] {
        assert_eq!(kinds.iter().filter(|found| *found == kind).count(), 1, "{kind}");
    }

    // 2. Asked for again, and nobody takes it back.
    ask().await;
    world.clock.advance(grace);
    ask_sweep(&world).await;
    world.run_jobs().await;
    world.shared.registry.refresh().await.expect("refreshed");
    assert_eq!(row().await, None);
    let answer = send(world.public, "GET /", &[&format!("Host: {}", world.tenant(SLUG).reset)]).await;
    assert_eq!(answer.status, 421, "nobody has this host: {}", answer.body);
    let known = operator::list_deleted(store).await.expect("a database");
    assert_eq!(known.iter().map(|row| row.slug.as_str()).collect::<Vec<_>>(), [SLUG]);
    let other = world.person("orebro", State::Normal).await;
    let done = journey::reset(&world, &mut world.browser(), "orebro", &other, "Vinterbad88Sten").await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_tenant_is_gone_on_sqlite() {
    a_deleted_tenant_is_gone(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_tenant_is_gone_on_postgres() {
    a_deleted_tenant_is_gone(Database::Postgres).await;
}
