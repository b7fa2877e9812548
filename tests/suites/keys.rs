//! Keys are exchanged while people are served: nothing is lost, nothing is doubled, and the older key can go.

#[path = "keys/beside.rs"]
mod beside;
#[path = "keys/rejected.rs"]
mod rejected;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::TimeDelta;
use harness::{Browser, Database, Page, Person, State, World, journey, replica::Replica, world::find_code};
use portvakt::system::SystemRandom;
use portvakt_domain::{
    audit::{AuditKind, NewEvent},
    id::{AccountKey, EventId, JobId, TenantId},
    job::Job,
    keys::{KeyRing, KeyUse},
    login::DirectoryName,
    time::{Clock, Instant},
};
use portvakt_flows::{
    key_usage::{self, Usage},
    registered,
    rotate_keys::{Rotated, Rotation},
    suspend_tenant, verify_audit,
};
use portvakt_storage::{
    jobs,
    number_attributes::{self, Withdraw},
    operator::{self, NewDeletion},
};

/// The world's key and another, of which one is active.
fn ring(world: &World, active: &str, names: &[&str]) -> Arc<KeyRing> {
    let key = |name: &&str| {
        let bytes = if *name == "test" { world.master.clone() } else { vec![name.len() as u8; 32] };
        ((*name).to_owned(), bytes)
    };
    Arc::new(KeyRing::new(active, names.iter().map(key)).expect("a ring"))
}

/// The same browser at another app: its cookies for a host, and the page that it is on.
fn moved(world: &World, browser: &Browser, slug: &str, to: &Replica) -> Browser {
    let host = &world.tenant(slug).reset;
    let mut same = Browser::new(to.public);
    same.set_cookie(host, browser.cookie(host).expect("a cookie"));
    same
}

async fn work(world: &World, replica: &Replica) {
    world.clock.advance(TimeDelta::seconds(3));
    replica.worker.run_due().await.expect("jobs");
}

/// The newest code at a number, sent by a replica.
async fn code(world: &World, replica: &Replica, number: &str) -> String {
    work(world, replica).await;
    let all = world.outbox.messages();
    let codes = all.iter().rev().filter(|sms| sms.to == number).filter_map(|sms| find_code(&sms.text));
    codes.into_iter().next().unwrap_or_else(|| panic!("no code to {number}"))
}

async fn account(world: &World, slug: &str, person: &Person) -> AccountKey {
    let name = DirectoryName { text: &person.username, account_name_only: true };
    world.served(slug).directory.find(name).await.expect("a directory").expect("an account").key
}

async fn numbers(replica: &Replica, tenant: TenantId, account: AccountKey) -> Vec<(String, Option<String>)> {
    let platform = &replica.shared.platform;
    let tenant = replica.shared.registry.tenant(tenant).expect("served");
    let all = registered::numbers(platform, &tenant, account).await.expect("they open");
    all.into_iter().map(|n| (n.number.e164().to_owned(), n.holder.map(|holder| holder.reveal().to_owned()))).collect()
}

async fn ask_for_rotation(replica: &Replica, world: &World) {
    let now = world.clock.now();
    for tenant in world.tenants.values() {
        let id = JobId::new(now, &SystemRandom);
        jobs::enqueue(&replica.shared.platform.store, tenant.id, Job::RotateKeys, now, id).await.expect("asked");
    }
}

async fn new_password(browser: &mut Browser, page: Page, new: &str) -> Page {
    let page = match page.path.as_str() {
        "/choose" => browser.submit_to(&page, "/choose", &[("choice", "new")]).await,
        _ => page,
    };
    assert_eq!(page.path, "/password", "{}", page.text());
    browser.submit_to(&page, "/password", &[("password", new), ("password_again", new)]).await
}

async fn served_all_the_while(database: Database) {
    let world = World::practice(database).await;
    let slug = "mjolby";
    let tenant = world.tenant(slug).id;
    let person = world.person(slug, State::Normal).await;
    let (number, host) = (person.number.clone().expect("a number"), world.tenant(slug).reset.clone());
    let shared = world.person(slug, State::Functional).await;
    let before = {
        let old = Replica::of(&world).await;
        let mut before = BTreeMap::new();
        for one in [&person, &shared] {
            let key = account(&world, slug, one).await;
            before.insert(key, numbers(&old, tenant, key).await);
        }
        before
    };
    assert!(before.values().all(|numbers| !numbers.is_empty()));

    // 1. Begun with the older key: a code is sent, and a form is open.
    let mut browser = world.browser();
    let page = journey::ask_for_code(&world, &mut browser, slug, &person.username).await;
    let sent = world.code_at(&number).await;
    let mut open = world.browser();
    let form = open.get(&host, "/").await;

    // 2. Finished with the newer one.
    let both = Replica::with_keys(&world, ring(&world, "next", &["test", "next"])).await;
    let mut browser = moved(&world, &browser, slug, &both);
    let page = browser.submit_to(&page, "/code", &[("code", &sent)]).await;
    let done = new_password(&mut browser, page, "Vinterbad88Sten").await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    let mut late = Browser::new(both.public);
    let page = late.submit(&form, &[("username", &person.username)]).await;
    assert_eq!(page.path, "/code", "{}", page.text());
    let asked = code(&world, &both, &number).await;

    // 3. Sealed anew while that flow waits for its code, at a tenant that is served and one that is suspended.
    let store = &both.shared.platform.store;
    suspend_tenant::suspend(store, &world.clock, &SystemRandom, world.tenant("orebro").id, "test").await.expect("done");
    ask_for_rotation(&both, &world).await;
    work(&world, &both).await;
    for tenant in world.tenants.values() {
        let usage = Usage::of(store, tenant.id, "next").await.expect("counted");
        let older: i64 = usage.values.iter().filter(|((_, key), _)| key == "test").map(|(_, values)| values).sum();
        assert_eq!(older, usage.passing.get("test").copied().unwrap_or(0), "{usage:?}");
    }
    let page = late.submit_to(&page, "/code", &[("code", &asked)]).await;
    let done = new_password(&mut late, page, "Sommarregn52Bro").await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());

    // 4. Flows go by themselves; then nothing needs the older key.
    let missing = key_usage::missing(store, &ring(&world, "next", &["next"])).await.expect("looked at");
    assert_eq!(missing.keys.keys().collect::<Vec<_>>(), ["test"], "a flow of today needs it");
    world.clock.advance(TimeDelta::days(2));
    let now = world.clock.now();
    jobs::enqueue(store, tenant, Job::Sweep, now, JobId::new(now, &SystemRandom)).await.expect("asked");
    work(&world, &both).await;
    work(&world, &both).await;
    let missing = key_usage::missing(store, &ring(&world, "next", &["next"])).await.expect("looked at");
    assert!(missing.keys.is_empty(), "{missing:?}");

    // 5. Without it everything is as it was, and a reset goes through.
    let only = Replica::with_keys(&world, ring(&world, "next", &["next"])).await;
    for (account, before) in &before {
        assert_eq!(&numbers(&only, tenant, *account).await, before);
    }
    for tenant in world.tenants.values() {
        let (store, keys) = (&only.shared.platform.store, ring(&world, "next", &["next"]));
        let verified = verify_audit::run(store, &keys, tenant.id, None, world.clock.now()).await.expect("a database");
        assert!(verified.is_ok(), "{}: {verified:?}", tenant.slug);
    }
    let mut browser = Browser::new(only.public);
    let start = browser.get(&host, "/").await;
    let page = browser.submit(&start, &[("username", &person.username)]).await;
    let sent = code(&world, &only, &number).await;
    let page = browser.submit_to(&page, "/code", &[("code", &sent)]).await;
    let done = new_password(&mut browser, page, "Hostlov63Kanot").await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_served_all_the_while_on_sqlite() {
    served_all_the_while(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_served_all_the_while_on_postgres() {
    served_all_the_while(Database::Postgres).await;
}

async fn a_number_is_known_across_keys(database: Database) {
    let world = World::practice(database).await;
    let slug = "mjolby";
    let person = world.person(slug, State::Normal).await;
    let number = person.number.clone().expect("a number");
    // Its row is under the older key, and what is typed is hashed with the newer one.
    let both = Replica::with_keys(&world, ring(&world, "next", &["test", "next"])).await;
    let mut browser = Browser::new(both.public);
    let start = browser.get(&world.tenant(slug).reset, "/").await;
    let page = browser.submit(&start, &[("username", &person.username)]).await;
    assert_eq!(page.path, "/code", "{}", page.text());
    let first = code(&world, &both, &number).await;
    world.clock.advance(TimeDelta::minutes(3));
    let again = browser.submit_to(&page, "/code/another", &[("number", &number)]).await;
    assert_eq!(again.status, 200, "{}", again.text());
    let second = code(&world, &both, &number).await;
    assert_ne!(first, second, "the number that was typed is the one that is registered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_typed_is_known_across_keys() {
    a_number_is_known_across_keys(Database::Sqlite).await;
}

async fn killed_and_doubled(database: Database) {
    let world = World::practice(database).await;
    for _ in 0..3 {
        world.person("orebro", State::Normal).await;
    }
    let tenant = world.tenant("orebro").id;
    let both = Replica::with_keys(&world, ring(&world, "next", &["test", "next"])).await;
    let (platform, keys) = (both.shared.platform.clone(), ring(&world, "next", &["test", "next"]));
    let under_older = async || {
        let usage = Usage::of(&platform.store, tenant, "next").await.expect("counted");
        usage.values.into_iter().filter(|((_, key), _)| key == "test").map(|(_, values)| values).sum::<i64>()
    };
    let all = under_older().await;

    // 1. Killed behind its first step, whatever that was.
    let (killed, ring) = (platform.clone(), keys.clone());
    let clock = world.clock.clone();
    let task = tokio::spawn(async move {
        let (store, random) = (&killed.store, &SystemRandom);
        let rotation = Rotation { store, keys: &ring, clock: &clock, random, author: "killed" };
        rotation.run(tenant, Duration::MAX, &|_| panic!("killed")).await.map(|_| ())
    });
    assert!(task.await.is_err_and(|error| error.is_panic()));
    let left = under_older().await;
    assert!(0 < left && left < all, "{left} of {all}");

    // 2. Two go on at once.
    let random = &SystemRandom;
    let rotation = |author| Rotation { store: &platform.store, keys: &keys, clock: &world.clock, random, author };
    let (one, other) = (rotation("one"), rotation("other"));
    let told = |_: Rotated| {};
    let (one, other) = tokio::join!(one.run(tenant, Duration::MAX, &told), other.run(tenant, Duration::MAX, &told));
    // One of them may have met the other at the trail's end; a job is tried again then.
    assert!(one.is_ok() || other.is_ok(), "{one:?} {other:?}");
    let again = rotation("again").run(tenant, Duration::MAX, &told).await.expect("nothing in the way");
    assert_eq!((again.rejected, under_older().await), (0, 0));

    // 3. It is told once that it began and once that it ended, by the keys' names alone.
    world.clock.advance(TimeDelta::seconds(10));
    both.worker.run_due().await.expect("jobs");
    let chain = portvakt_storage::audit::read_chain(&platform.store, tenant, 1, 10_000).await.expect("a chain");
    for kind in ["keys.rotation_begun", "keys.rotation_ended"] {
        let events = chain.iter().filter_map(|(_, event)| event.as_ref()).filter(|event| event.kind == kind);
        let details: Vec<_> = events.map(|event| event.details.clone()).collect();
        let expected = [("from", "test"), ("to", "next")].map(|(name, key)| (name.to_owned(), key.to_owned()));
        assert_eq!(details, [BTreeMap::from(expected)], "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_that_is_killed_goes_on_and_two_at_once_do_no_harm_on_sqlite() {
    killed_and_doubled(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_that_is_killed_goes_on_and_two_at_once_do_no_harm_on_postgres() {
    killed_and_doubled(Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_whose_time_is_up_says_so_and_the_next_one_goes_on() {
    let world = World::practice(Database::Sqlite).await;
    world.person("orebro", State::Normal).await;
    let (tenant, keys) = (world.tenant("orebro").id, ring(&world, "next", &["test", "next"]));
    let (store, random) = (&world.shared.platform.store, &SystemRandom);
    let rotation = Rotation { store, keys: &keys, clock: &world.clock, random, author: "portvakt serve" };
    let under_older = async || Usage::of(store, tenant, "next").await.expect("counted").under_others("next");
    let before = under_older().await;
    let done = rotation.run(tenant, Duration::ZERO, &|_| {}).await.expect("no trouble");
    assert_eq!((done.values, done.unfinished, under_older().await), (0, true, before));
    assert_eq!(world.told("orebro", "keys.rotation_ended", "to").await, Vec::<String>::new());
    let done = rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("no trouble");
    assert!(done.values > 0 && !done.unfinished, "{done:?}");
    assert_eq!(under_older().await, 0);
}
