//! Limits while keys are exchanged: two replicas with different active keys count together, and nothing begins anew before
//! the older key is taken out.

use std::{net::SocketAddr, sync::Arc};

use chrono::TimeDelta;
use harness::{Browser, Database, State, World, journey, replica::Replica};
use portvakt_domain::{
    keys::KeyRing,
    language::Language,
    limit::{Hit, STARTS_PER_NETWORK},
    time::Clock as _,
};
use portvakt_flows::Visitor;
use portvakt_storage::{limits, networks};

use crate::{network, start};

/// Wrong passwords that are passed on to the directories of the tests, which lock at five.
const PASSED_ON: i64 = 3;

/// The world's key, which is called `test`, and others: one that is sorted before it and one after it.
fn ring(world: &World, active: &str, names: &[&str]) -> Arc<KeyRing> {
    let key = |name: &&str| {
        let bytes = if *name == "test" { world.master.clone() } else { vec![name.as_bytes()[0]; 32] };
        ((*name).to_owned(), bytes)
    };
    Arc::new(KeyRing::new(active, names.iter().map(key)).expect("a ring"))
}

/// A first form from a network, as a replica counts it.
fn start_from(world: &World, replica: &Replica, address: &str) -> Hit {
    let (platform, tenant) = (&replica.shared.platform, world.served("orebro"));
    let visitor = Visitor::new(platform, &tenant, address.parse().expect("an address"), Language::default());
    Hit { limit: STARTS_PER_NETWORK, subject: visitor.network }
}

/// What a replica's limits know of a network: starts in this window, and whether somebody got through from it.
async fn known(world: &World, replica: &Replica, address: &str) -> (i64, bool) {
    let (store, id, now) = (&replica.shared.platform.store, world.tenant("orebro").id, world.clock.now());
    let hit = start_from(world, replica, address);
    let standing = networks::standing(store, id, hit.subject, vec![hit], now).await.expect("an answer");
    (standing.counts[0], standing.proven)
}

/// Wrong passwords at pwreg, in turn at the servers given.
async fn wrong_passwords(world: &World, servers: &[SocketAddr], name: &str, tries: usize) {
    let host = &world.tenant("orebro").register;
    for n in 0..tries {
        let mut browser = Browser::on_network(servers[n % servers.len()], &network(n));
        let start = browser.get(host, "/").await.hidden("start");
        let fields = [("start", start.as_str()), ("username", name), ("password", "Fel-losenord-1")];
        assert_eq!(browser.post_once(host, "/", &fields).await.status, 422, "try {n}");
    }
}

async fn replicas_count_together(next: &str) {
    let world = &World::practice(Database::Postgres).await;
    let old = &Replica::with_keys(world, ring(world, "test", &["test", next])).await;
    let new = &Replica::with_keys(world, ring(world, next, &["test", next])).await;
    let servers = [world.public, old.public, new.public];

    // The guard of sign-ins: an account locks for who has twice the tries.
    let person = world.person("orebro", State::Normal).await;
    wrong_passwords(world, &servers, &person.username, 12).await;
    let practice = world.tenant("orebro").directory.practice();
    let account = practice.domain().account(&person.username).expect("an account");
    assert_eq!((account.bad_password_count(), account.is_locked()), (PASSED_ON, false), "{next}");
    let before = practice.operations().binds;
    wrong_passwords(world, &servers, "finnsinte77", 12).await;
    assert_eq!(practice.operations().binds - before, 3, "as many for a name that nobody has");

    // A network's limit, and the double click that meets two replicas.
    let address = &network(900);
    for n in 0..63 {
        let mut browser = Browser::on_network(servers[n % servers.len()], address);
        let status = start(world, &mut browser, "orebro", "finnsinte78").await.status;
        assert_eq!(status, if n < 60 { 303 } else { 429 }, "{next}: start {n}");
    }
    let host = &world.tenant("orebro").reset;
    let token = Browser::on_network(new.public, &network(901)).get(host, "/").await.hidden("start");
    for server in servers {
        let mut click = Browser::on_network(server, &network(901));
        // The world's own ring lacks the newer key: what that one issued is no form of its own.
        let expected = if server == world.public { 422 } else { 303 };
        let page = click.post_once(host, "/", &[("start", &token), ("username", "finnsinte79")]).await;
        assert_eq!(page.status, expected, "{}", page.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_with_different_active_keys_count_together() {
    replicas_count_together("zz-later").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_names_of_keys_do_not_matter() {
    replicas_count_together("aa-later").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_begin_anew_only_when_the_older_key_is_taken_out() {
    let world = &World::practice(Database::Sqlite).await;
    let served = world.person("orebro", State::Normal).await;
    let (home, person) = ("198.51.100.4", world.person("orebro", State::Normal).await);
    let mut own = Browser::on_network(world.public, home);
    journey::reset(world, &mut own, "orebro", &served, "Vinterbad88Sten").await;
    wrong_passwords(world, &[world.public], &person.username, 2).await;
    let bad = || world.tenant("orebro").directory.practice().domain().account(&person.username).expect("one");
    assert_eq!(bad().bad_password_count(), 2);

    // The ring gains a key, and that becomes active.
    let gained = Replica::with_keys(world, ring(world, "test", &["aa", "test"])).await;
    assert_eq!(known(world, &gained, home).await, (1, true));
    let changed = Replica::with_keys(world, ring(world, "aa", &["aa", "test"])).await;
    assert_eq!(known(world, &changed, home).await, (1, true), "starts and who got through are known");
    wrong_passwords(world, &[changed.public], &person.username, 4).await;
    assert_eq!(bad().bad_password_count(), PASSED_ON, "one was left");

    // The older key is taken out at one replica: all go along to the next one, and to the same.
    world.clock.advance(TimeDelta::hours(1));
    let lost = Replica::with_keys(world, ring(world, "aa", &["aa"])).await;
    assert_eq!(known(world, &lost, home).await, (0, false), "once");
    // What it seals is another matter, so it is asked for its count past the pages.
    let (store, id, now) = (&lost.shared.platform.store, world.tenant("orebro").id, world.clock.now());
    limits::count(store, id, vec![start_from(world, &lost, home)], now).await.expect("counted");
    for replica in [&gained, &changed] {
        let platform = &replica.shared.platform;
        platform.subjects.agree(&platform.store).await.expect("asked");
        assert_eq!(known(world, replica, home).await, (1, false), "counted together");
    }
    let again = Replica::with_keys(world, ring(world, "test", &["aa", "test"])).await;
    assert_eq!(known(world, &again, home).await, (1, false), "and nobody goes back");
}
