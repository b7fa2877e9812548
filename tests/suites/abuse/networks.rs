//! Limits on a client's network: they answer visibly, by what was typed and from where, and never by whom it means.

use chrono::TimeDelta;
use harness::{Browser, Database, Page, State, World, replica::Replica};

use crate::{another, codes, network, start};

/// Starts of one network in ten minutes.
const STARTS: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_starts_are_answered_alike_for_everybody() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Normal).await;
    let names = [person.username.as_str(), "finnsinte78"];
    for n in 0..STARTS {
        let mut browser = Browser::on_network(world.public, &format!("192.0.2.{n}"));
        assert_eq!(start(world, &mut browser, "orebro", names[n % 2]).await.status, 303, "start {n}");
    }
    let mut limited: Vec<Page> = Vec::new();
    for name in names {
        let mut browser = Browser::on_network(world.public, "192.0.2.200");
        limited.push(start(world, &mut browser, "orebro", name).await);
    }
    assert_eq!(limited[0].status, 429);
    assert_eq!((limited[0].status, &limited[0].html), (limited[1].status, &limited[1].html));
    assert!(limited[0].h1().len() > 3 && limited[0].text().contains("10 minuter"), "{}", limited[0].text());
    let sent = codes(world).await.len();
    assert_eq!(sent, 3, "the account's own limit");

    // Nobody else is concerned: another network, the other tenant, and the same network ten minutes later.
    let mut other = Browser::on_network(world.public, "198.51.100.1");
    assert_eq!(start(world, &mut other, "orebro", names[0]).await.status, 303);
    let mut here = Browser::on_network(world.public, "192.0.2.200");
    assert_eq!(start(world, &mut here, "mjolby", "finnsinte78").await.status, 303);
    world.clock.advance(TimeDelta::minutes(10));
    assert_eq!(start(world, &mut here, "orebro", names[0]).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_networks_limit_survives_a_restart() {
    a_networks_limit_holds_in_both(&World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_networks_limit_holds_across_replicas() {
    a_networks_limit_holds_in_both(&World::practice(Database::Postgres).await).await;
}

async fn a_networks_limit_holds_in_both(world: &World) {
    let replica = Replica::of(world).await;
    let servers = [world.public, replica.public];
    for n in 0..STARTS + 10 {
        let mut browser = Browser::on_network(servers[n % 2], &network(0));
        let status = start(world, &mut browser, "orebro", "finnsinte78").await.status;
        assert_eq!(status, if n < STARTS { 303 } else { 429 }, "start {n}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_a_little_at_many_names_is_answered_too() {
    let world = &World::practice(Database::Sqlite).await;
    let host = &world.tenant("orebro").reset;
    let (mut wrong, mut status) = (0, 0);
    // Three guesses at each name, all from one network; the starts are counted over more networks of time.
    for n in 0..25 {
        let mut browser = Browser::on_network(world.public, &network(0));
        start(world, &mut browser, "orebro", &format!("finnsinte{n}")).await;
        for _ in 0..3 {
            status = browser.post_once(host, "/code", &[("code", "271828")]).await.status.as_u16();
            wrong += usize::from(status == 422);
        }
    }
    assert_eq!((wrong, status), (60, 429), "sixty wrong codes an hour");

    // From there not even the right code is tried, and elsewhere it is.
    let person = world.person("orebro", State::Normal).await;
    let mut tired = Browser::on_network(world.public, &network(0));
    start(world, &mut tired, "orebro", &person.username).await;
    let sent = codes(world).await;
    let [code] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(tired.post_once(host, "/code", &[("code", code)]).await.status, 429);
    let cookie = tired.cookie(host).expect("a flow").to_owned();
    let mut elsewhere = Browser::on_network(world.public, &network(1));
    elsewhere.set_cookie(host, &cookie);
    assert_eq!(elsewhere.post_once(host, "/code", &[("code", &another(code))]).await.status, 422);
    assert_eq!(elsewhere.post_once(host, "/code", &[("code", code)]).await.status, 303);
}
