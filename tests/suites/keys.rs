//! Keys are exchanged while people are served: nothing is lost, nothing is doubled, and the older key can go.

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_that_were_swapped_are_noticed_and_left() {
    let world = World::practice(Database::Sqlite).await;
    let tenant = world.tenant("mjolby").id;
    for _ in 0..3 {
        world.person("mjolby", State::Normal).await;
    }
    swap(&world);
    let both = ring(&world, "next", &["test", "next"]);
    let replica = Replica::with_keys(&world, both.clone()).await;
    let store = &replica.shared.platform.store;
    let rotation =
        Rotation { store, keys: &both, clock: &world.clock, random: &SystemRandom, author: "portvakt keys rotate" };
    let done = rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("the others are sealed anew");
    assert_eq!(done.rejected, 1);
    let usage = Usage::of(store, tenant, "next").await.expect("counted");
    assert_eq!(usage.values.get(&("numbers.number".to_owned(), "test".to_owned())), Some(&1), "{usage:?}");
    world.clock.advance(TimeDelta::seconds(10));
    replica.worker.run_due().await.expect("jobs");
    let chain = portvakt_storage::audit::read_chain(store, tenant, 1, 10_000).await.expect("a chain");
    let kinds: Vec<&str> =
        chain.iter().filter_map(|(_, event)| event.as_ref()).map(|event| event.kind.as_str()).collect();
    assert!(kinds.contains(&"seal.rejected") && !kinds.contains(&"keys.rotation_ended"), "{kinds:?}");
    assert!(done.rejected_anew);
}

/// Puts the number of the last row of each tenant in the place of the first one's.
fn swap(world: &World) {
    world.sqlite(
        "update numbers set number = (select o.number from numbers o where o.tenant_id = numbers.tenant_id
           and o.id = (select max(id) from numbers m where m.tenant_id = numbers.tenant_id))
         where (tenant_id, id) in (select tenant_id, min(id) from numbers group by tenant_id)",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_that_never_open_are_told_once() {
    let world = World::practice(Database::Sqlite).await;
    let (slug, tenant) = ("mjolby", world.tenant("mjolby").id);
    for _ in 0..4 {
        world.person(slug, State::Normal).await;
    }
    swap(&world);
    let replica = Replica::with_keys(&world, ring(&world, "next", &["test", "next"])).await;
    let store = &replica.shared.platform.store;
    let told = async || {
        ask_for_rotation(&replica, &world).await;
        work(&world, &replica).await;
        work(&world, &replica).await;
        let dead = operator::list_dead_jobs(store).await.expect("jobs");
        let dead = dead.iter().filter(|job| job.kind == "rotate_keys" && job.tenant == tenant).count();
        let chain = portvakt_storage::audit::read_chain(store, tenant, 1, 10_000).await.expect("a chain");
        let events = chain.into_iter().filter_map(|(_, event)| event).filter(|event| event.kind == "seal.rejected");
        (dead, events.map(|event| event.details["values"].clone()).collect::<Vec<_>>())
    };
    let once = (1, vec!["1".to_owned()]);
    assert_eq!(told().await, once, "laid aside for people to look at");
    assert_eq!((told().await, told().await), (once.clone(), once), "the same one");
    world.sqlite(
        "update numbers set number = zeroblob(1) where id = (select max(id) from numbers n
           where n.tenant_id = numbers.tenant_id)",
    );
    let twice = (2, vec!["1".to_owned(), "2".to_owned()]);
    assert_eq!((told().await, told().await), (twice.clone(), twice), "another one");
    // The operator sees it each time.
    let both = ring(&world, "next", &["test", "next"]);
    let rotation = Rotation { store, keys: &both, clock: &world.clock, random: &SystemRandom, author: "an operator" };
    let done = rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("the others are sealed anew");
    assert_eq!((done.rejected, done.rejected_anew), (2, false));
    let usage = Usage::of(store, tenant, "next").await.expect("counted");
    assert_eq!(usage.damaged, BTreeMap::from([("numbers.number".to_owned(), 1)]));
    assert!(usage.under_others("next") >= 2, "{usage:?}");
}

/// Values that are under a key and do not go by themselves.
async fn lasting(replica: &Replica, tenant: TenantId, key: &str) -> i64 {
    let usage = Usage::of(&replica.shared.platform.store, tenant, "next").await.expect("counted");
    usage.by_key().get(key).copied().unwrap_or(0) - usage.passing.get(key).copied().unwrap_or(0)
}

async fn not_turned_back(database: Database) {
    let world = World::practice(database).await;
    let tenant = world.tenant("orebro").id;
    world.person("orebro", State::Normal).await;
    let old = Replica::with_keys(&world, ring(&world, "test", &["test", "next"])).await;
    let new = Replica::with_keys(&world, ring(&world, "next", &["test", "next"])).await;
    let behind = Replica::with_keys(&world, ring(&world, "test", &["test"])).await;
    // What happened before is in the trail, under the key of that day.
    work(&world, &old).await;
    ask_for_rotation(&new, &world).await;
    work(&world, &new).await;
    assert_eq!(lasting(&new, tenant, "test").await, 0);
    let all = lasting(&new, tenant, "next").await;
    assert!(all > 0);

    // 1. A replica with the older key active, and one that has not even got the newer, leave it so.
    for replica in [&old, &behind] {
        ask_for_rotation(&new, &world).await;
        work(&world, replica).await;
        assert!(lasting(&new, tenant, "next").await >= all);
    }
    let dead = operator::list_dead_jobs(&new.shared.platform.store).await.expect("jobs");
    assert!(dead.is_empty(), "{dead:?}");

    // 2. The operator goes back, and then the newer key's replicas follow.
    let platform = &old.shared.platform;
    let back = ring(&world, "test", &["test", "next"]);
    let random = &SystemRandom;
    let rotation = Rotation { store: &platform.store, keys: &back, clock: &world.clock, random, author: "an operator" };
    world.clock.advance(TimeDelta::seconds(3));
    rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("turned back");
    assert_eq!(lasting(&new, tenant, "next").await, 0);
    for (replica, left) in [(&new, 0), (&old, 0)] {
        ask_for_rotation(&new, &world).await;
        work(&world, replica).await;
        let under_next = Usage::of(&platform.store, tenant, "test").await.expect("counted");
        let numbers = under_next.values.get(&("numbers.number".to_owned(), "next".to_owned()));
        assert_eq!(numbers.copied().unwrap_or(0), left);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_of_two_keys_do_not_turn_values_back_and_forth_on_sqlite() {
    not_turned_back(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_of_two_keys_do_not_turn_values_back_and_forth_on_postgres() {
    not_turned_back(Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hashes_of_directories_numbers_are_counted_until_they_are_dealt_with() {
    let world = World::practice(Database::Sqlite).await;
    let (slug, tenant) = ("mjolby", world.tenant("mjolby").id);
    let (person, other) = (world.person(slug, State::Normal).await, world.person(slug, State::Normal).await);
    let store = &world.shared.platform.store;
    let (known, unknown) = (account(&world, slug, &person).await, account(&world, slug, &other).await);
    let (number, elsewhere) = (person.number.expect("a number"), world.fresh_number());
    for (account, number) in [(known, &number), (unknown, &elsewhere)] {
        let hash = world.keys.hash(tenant, KeyUse::Number, &[number.as_bytes()]);
        let (now, id) = (world.clock.now(), EventId::new(world.clock.now(), &SystemRandom));
        let kind = AuditKind::NumberChangeCancelled;
        let (flow, network, actor, details) = (None, None, None, BTreeMap::new());
        let event = NewEvent { id, at: now, kind, account: None, flow, network, actor, details };
        let agreed = Withdraw { account, agreed: Some(Some(hash)), now, notices: Vec::new(), event };
        number_attributes::withdraw(store, tenant, agreed).await.expect("noted");
    }
    let unnamed = async |key: &str| Usage::of(store, tenant, key).await.expect("counted").unnamed_hashes;
    assert_eq!((unnamed("test").await, unnamed("next").await), (0, 2), "with one key there is nothing to ask");

    world.clock.advance(TimeDelta::hours(1));
    let both = ring(&world, "next", &["test", "next"]);
    let rotation = Rotation { store, keys: &both, clock: &world.clock, random: &SystemRandom, author: "an operator" };
    let rotate = async || rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("sealed anew");
    rotate().await;
    let kept = number_attributes::find(store, tenant, known).await.expect("a record").number_hash;
    assert_eq!(kept, Some(both.hash(tenant, KeyUse::Number, &[number.as_bytes()])), "the account's own is hashed anew");
    assert_eq!(unnamed("next").await, 1, "the other one is not known here");
    let ended = async || world.told(slug, "keys.rotation_ended", "to").await;
    rotate().await;
    assert_eq!(ended().await, Vec::<String>::new());

    number_attributes::compared(store, tenant, unknown, world.clock.now()).await.expect("noted");
    assert_eq!(unnamed("next").await, 0, "it was looked at since");
    rotate().await;
    rotate().await;
    assert_eq!(unnamed("test").await, 2, "a key that was active before says nothing of what came after it");
}

/// A clock that deletes a tenant when it is looked at.
struct Deleting<'a> {
    world: &'a World,
    tenant: TenantId,
}

impl Clock for Deleting<'_> {
    fn now(&self) -> Instant {
        delete(self.world, self.tenant);
        self.world.clock.now()
    }
}

#[expect(clippy::disallowed_methods, reason = "the rotation's own thread waits: it goes on when the tenant is gone")]
fn delete(world: &World, tenant: TenantId) {
    let (store, now) = (&world.shared.platform.store, world.clock.now());
    let deletion = NewDeletion { tenant, author: "an operator".to_owned(), at: now, due_at: now };
    tokio::task::block_in_place(|| {
        tokio::runtime::Handle::current().block_on(async {
            if operator::ask_deletion(store, deletion).await.expect("an answer") {
                assert!(operator::delete_due(store, tenant, now).await.expect("deleted"));
            }
        });
    });
}

async fn deleted_meanwhile(database: Database) {
    let world = World::practice(database).await;
    for slug in ["orebro", "mjolby"] {
        for _ in 0..3 {
            world.person(slug, State::Normal).await;
        }
    }
    world.clock.advance(TimeDelta::seconds(10));
    world.run_jobs().await;
    let store = &world.shared.platform.store;
    let keys = ring(&world, "next", &["test", "next"]);
    let random = &SystemRandom;

    // 1. Before the rotation is noted.
    let tenant = world.tenant("orebro").id;
    let clock = &Deleting { world: &world, tenant };
    let rotation = Rotation { store, keys: &keys, clock, random, author: "an operator" };
    let done = rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("nothing is left to do");
    assert_eq!(done, Rotated::default());

    // 2. Behind the first step.
    let tenant = world.tenant("mjolby").id;
    let rotation = Rotation { store, keys: &keys, clock: &world.clock, random, author: "an operator" };
    let done = rotation.run(tenant, Duration::MAX, &|_| delete(&world, tenant)).await.expect("nothing is left to do");
    assert_eq!((done.rejected, done.unfinished), (0, false));
    assert!(operator::list_tenants(store).await.expect("a list").is_empty());
    assert_eq!(rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("no tenant"), Rotated::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_that_is_deleted_meanwhile_ends_its_rotation_on_sqlite() {
    deleted_meanwhile(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_that_is_deleted_meanwhile_ends_its_rotation_on_postgres() {
    deleted_meanwhile(Database::Postgres).await;
}
