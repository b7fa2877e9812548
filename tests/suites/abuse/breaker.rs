//! The breaker: codes that nobody uses hold networks that nobody got through from to one code a day and account.

use chrono::TimeDelta;
use harness::{Browser, Database, State, World, journey, replica::Replica};

use crate::{codes, metric, network, start};

/// Networks of strangers, who ask for four people's codes three times each.
const STRANGERS: usize = 17;
/// Where somebody got through from.
const PROVEN: &str = "198.51.100.4";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unused_codes_open_it_on_all_replicas_and_it_closes_by_itself() {
    let world = &World::practice(Database::Postgres).await;
    world.clock.to_midday();
    let replica = &Replica::of(world).await;
    let served = world.person("orebro", State::Normal).await;
    let mut own = Browser::on_network(world.public, PROVEN);
    let done = journey::reset(world, &mut own, "orebro", &served, "Vinterbad88Sten").await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());

    let mut people = Vec::new();
    for _ in 0..4 {
        people.push(world.person("orebro", State::Normal).await);
    }
    let mut sent = 0;
    for _ in 0..3 {
        for n in 0..STRANGERS {
            for person in &people {
                let mut stranger = Browser::on_network(world.public, &network(n));
                start(world, &mut stranger, "orebro", &person.username).await;
            }
        }
        sent += codes(world).await.len();
    }
    assert_eq!(sent, 200, "with the one that was used 201: the rest came after the breaker opened");
    let change = |state| {
        let id = world.tenant("orebro").id;
        format!("portvakt_breaker_changes_total{{state=\"{state}\",tenant=\"{id}\"}}")
    };
    assert_eq!(metric(world, &change("opened")).await, 1);
    let held = format!("portvakt_limit_hits_total{{limit=\"breaker\",tenant=\"{}\"}}", world.tenant("orebro").id);
    assert_eq!(metric(world, &held).await, 4);

    // A network that nobody got through from has one a day and account, whichever replica is asked; others go on.
    let person = world.person("orebro", State::Normal).await;
    let asks = async |server, address: &str| {
        start(world, &mut Browser::on_network(server, address), "orebro", &person.username).await;
        replica.worker.run_due().await.expect("jobs");
        codes(world).await.len()
    };
    let new = network(STRANGERS);
    assert_eq!((asks(world.public, &new).await, asks(replica.public, &new).await), (1, 0));
    assert_eq!((asks(replica.public, PROVEN).await, asks(world.public, PROVEN).await), (1, 1));
    let elsewhere = network(STRANGERS + 1);
    assert_eq!((asks(replica.public, &elsewhere).await, asks(world.public, &elsewhere).await), (1, 0));
    start(world, &mut Browser::on_network(world.public, &network(0)), "mjolby", "finnsinte77").await;
    let other = world.person("mjolby", State::Normal).await;
    for _ in 0..2 {
        start(world, &mut Browser::on_network(world.public, &network(0)), "mjolby", &other.username).await;
        assert_eq!(codes(world).await.len(), 1, "the other tenant's is closed");
    }

    // An hour later it is closed again.
    world.clock.advance(TimeDelta::minutes(61));
    assert_eq!((asks(world.public, &new).await, asks(replica.public, &new).await), (1, 1));
    assert_eq!(world.told("orebro", "breaker.opened", "sent").await, ["201"]);
    assert_eq!(world.told("orebro", "breaker.closed", "used").await.len(), 1);
    let hits = world.told("orebro", "limit.hit", "limit").await;
    assert_eq!(hits, ["breaker"], "told of once an hour, not for each code");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_closes_where_nobody_asks_any_more() {
    let world = &World::practice(Database::Sqlite).await;
    world.clock.to_midday();
    let tenant = world.tenant("orebro").id.to_string().replace('-', "");
    let now = portvakt_domain::time::Clock::now(&world.clock).timestamp();
    world.sqlite(&format!("insert into code_counts values (x'{tenant}', {now}, 300, 90)"));
    start(world, &mut world.browser(), "orebro", "finnsinte77").await;
    codes(world).await;
    assert!(world.told("orebro", "breaker.opened", "used").await.is_empty(), "thirty of a hundred are used");
    world.sqlite("update code_counts set used = 89 where used = 90");
    start(world, &mut world.browser(), "orebro", "finnsinte77").await;
    codes(world).await;
    assert_eq!(world.told("orebro", "breaker.opened", "used").await, ["89"]);
    world.clock.advance(TimeDelta::hours(2));
    let (platform, id) = (&world.shared.platform, world.tenant("orebro").id);
    portvakt_flows::sweep::run(platform, id, None).await.expect("swept");
    assert_eq!(world.told("orebro", "breaker.closed", "used").await, ["0"]);
}
