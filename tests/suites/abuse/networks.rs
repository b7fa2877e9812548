//! Limits on a client's network: they answer visibly, by what was typed and from where, and never by whom it means.

use chrono::TimeDelta;
use harness::{Browser, Database, Page, State, World, replica::Replica};
use portvakt_domain::time::Clock as _;
use portvakt_storage::trips;
use reqwest::StatusCode;

use crate::{another, codes, metric, network, start};

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

/// Statements that one more first form of a network takes.
async fn statements_of_a_start(world: &World, address: &str) -> (u64, Page) {
    let (host, mut browser) = (&world.tenant("orebro").reset, Browser::on_network(world.public, address));
    let token = browser.get(host, "/").await.hidden("start");
    let before = world.shared.platform.store.statements();
    let page = browser.post_once(host, "/", &[("start", &token), ("username", "finnsinte78")]).await;
    (world.shared.platform.store.statements() - before, page)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_measured_exactly_and_written_down_now_and_then() {
    const REFUSED: usize = 130;
    let world = &World::practice(Database::Sqlite).await;
    world.sqlite("create table writes (n integer)");
    for when in ["insert", "update"] {
        world.sqlite(&format!(
            "create trigger {when}s after {when} on limit_trips begin insert into writes values (1); end"
        ));
    }
    let mut refused = 0;
    for _ in 0..STARTS + REFUSED {
        let mut browser = Browser::on_network(world.public, &network(0));
        refused += usize::from(start(world, &mut browser, "orebro", "finnsinte78").await.status == 429);
    }
    assert_eq!(refused, REFUSED);
    let id = world.tenant("orebro").id;
    let name = format!("portvakt_limit_hits_total{{limit=\"starts_per_network\",tenant=\"{id}\"}}");
    assert_eq!(metric(world, &name).await, REFUSED as u64);
    let shown = trips::last_day(&world.shared.platform.store, id, world.clock.now()).await.expect("trips");
    assert_eq!(shown, [("starts_per_network".to_owned(), 110)], "ten, and twice fifty");
    assert_eq!(world.sqlite("select count(*) from writes"), [["12"]]);
    assert_eq!(world.told("orebro", "limit.hit", "limit").await, ["starts_per_network"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_first_forms_does_not_cost_what_guessing_does() {
    let world = &World::practice(Database::Sqlite).await;
    let host = &world.tenant("orebro").reset;
    let (flooding, guessing) = (network(0), network(1));
    let mut guesser = Browser::on_network(world.public, &guessing);
    start(world, &mut guesser, "orebro", "finnsinte77").await;
    for _ in 0..3 {
        guesser.post_once(host, "/code", &[("code", "271828")]).await;
    }
    for (address, left) in [(&flooding, STARTS), (&guessing, STARTS - 1)] {
        for _ in 0..left {
            start(world, &mut Browser::on_network(world.public, address), "orebro", "finnsinte78").await;
        }
    }
    // One more each, for what is told once.
    let _ = (statements_of_a_start(world, &flooding).await, statements_of_a_start(world, &guessing).await);
    let (flood, page) = statements_of_a_start(world, &flooding).await;
    let (guess, same) = statements_of_a_start(world, &guessing).await;
    assert_eq!((page.status, same.status), (StatusCode::TOO_MANY_REQUESTS, StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(page.html, same.html, "nobody guesses enough for a network to be held");
    assert!(flood < guess, "{flood} and {guess} statements");
}
