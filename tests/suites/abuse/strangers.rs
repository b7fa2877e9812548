//! A stranger who asks for codes in somebody's name: the person's own network is not used up, whatever the stranger does.

use chrono::TimeDelta;
use futures_util::future::join_all;
use harness::{Browser, Database, State, World, replica::Replica};

use crate::{codes, long, network, start};

/// Networks whose first code of the day is sent, the person's own included.
const NETWORKS: usize = 20;
/// Flows that one network may begin at a time.
const AT_ONCE: usize = 60;

/// Flows begun in one person's name.
fn flows() -> usize {
    if long() { 500 } else { 150 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_on_many_networks_leaves_the_person_a_code_on_sqlite() {
    a_stranger_on_many_networks_leaves_the_person_a_code(&World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_on_many_networks_leaves_the_person_a_code_on_postgres() {
    a_stranger_on_many_networks_leaves_the_person_a_code(&World::practice(Database::Postgres).await).await;
}

async fn a_stranger_on_many_networks_leaves_the_person_a_code(world: &World) {
    let person = world.person("orebro", State::Normal).await;
    let strangers = NETWORKS - 1;
    let each = flows().div_ceil(strangers);
    join_all((0..strangers).map(|n| {
        let name = &person.username;
        async move {
            for _ in 0..each {
                // A browser without the last flow's cookie: each is a flow of its own.
                let mut stranger = Browser::on_network(world.public, &network(n));
                assert_eq!(start(world, &mut stranger, "orebro", name).await.status, 303);
            }
        }
    }))
    .await;
    let sent = codes(world).await.len();
    assert_eq!(sent, 3 * strangers, "three to each network");

    let mut own = Browser::on_network(world.public, "198.51.100.4");
    assert_eq!(start(world, &mut own, "orebro", &person.username).await.status, 303);
    let sent = codes(world).await;
    let [code] = sent.as_slice() else { panic!("a code at the first try: {}", sent.len()) };
    let page = own.get(&world.tenant("orebro").reset, "/code").await;
    let page = own.submit_to(&page, "/code", &[("code", code)]).await;
    assert_eq!(page.path, "/password", "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_on_one_network_gets_three_in_a_quarter_and_six_a_day() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person("mjolby", State::Normal).await;
    let (mut begun, mut sent, mut by_quarter) = (0, 0, Vec::new());
    while begun < flows() {
        for _ in 0..AT_ONCE {
            let mut stranger = Browser::on_network(world.public, &network(0));
            assert_eq!(start(world, &mut stranger, "mjolby", &person.username).await.status, 303);
            begun += 1;
        }
        let now = codes(world).await.len();
        sent += now;
        by_quarter.push(now);
        world.clock.advance(TimeDelta::minutes(15));
    }
    assert_eq!((sent, &by_quarter[..3]), (6, &[3, 3, 0][..]), "{by_quarter:?}");

    let mut own = world.browser();
    assert_eq!(start(world, &mut own, "mjolby", &person.username).await.status, 303);
    assert_eq!(codes(world).await.len(), 1, "the person's own network");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn windows_slide() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Normal).await;
    let sends = async || {
        let mut stranger = Browser::on_network(world.public, &network(0));
        assert_eq!(start(world, &mut stranger, "orebro", &person.username).await.status, 303);
        codes(world).await.len()
    };
    // Minutes since the first one, and whether a code is sent then.
    let mut now = 0;
    for (minute, expected) in [
        (0, 1),
        (7, 1),
        (14, 1),
        (14, 0),
        // The first one is a quarter of an hour ago; the clock's own quarter means nothing.
        (15, 1),
        (21, 0),
        (22, 1),
        (29, 1),
        // Six; the first leaves the day after 24 hours.
        (45, 0),
        (1439, 0),
        (1440, 1),
        (1441, 0),
        (1447, 1),
    ] {
        world.clock.advance(TimeDelta::minutes(minute - now));
        now = minute;
        assert_eq!(sends().await, expected, "at minute {minute}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_twenty_first_network_waits_and_the_tenants_own_does_not() {
    let trusted = "203.0.113.0/24".parse().expect("a network");
    let world = &World::practice_with(Database::Sqlite, |settings| {
        settings.limits.trusted_networks = vec![trusted];
    })
    .await;
    let person = world.person("orebro", State::Normal).await;
    let sends_to = async |address: &str| {
        let mut browser = Browser::on_network(world.public, address);
        assert_eq!(start(world, &mut browser, "orebro", &person.username).await.status, 303);
        codes(world).await.len()
    };
    // The tenant's own network is none of the twenty, and gets more than a stranger's.
    for n in 0..10 {
        assert_eq!(sends_to("203.0.113.8").await, 1, "{n}");
    }
    assert_eq!(sends_to("203.0.113.9").await, 0, "ten in a quarter of an hour");
    for n in 0..NETWORKS {
        assert_eq!(sends_to(&network(n)).await, 1, "network {n}");
    }
    assert_eq!(sends_to(&network(NETWORKS)).await, 0, "the 21st");
    assert_eq!(sends_to(&network(3)).await, 1, "one that is in already");
    world.clock.advance(TimeDelta::minutes(15));
    assert_eq!(sends_to("203.0.113.77").await, 1, "the tenant's own");
    assert_eq!(sends_to(&network(NETWORKS)).await, 0, "still the 21st");
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(sends_to(&network(NETWORKS)).await, 1, "a day later");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_on_the_account_survive_a_restart() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Normal).await;
    for expected in [1, 1, 1, 0] {
        let mut stranger = Browser::on_network(world.public, &network(0));
        start(world, &mut stranger, "orebro", &person.username).await;
        assert_eq!(codes(world).await.len(), expected);
    }
    let restarted = Replica::of(world).await;
    let mut stranger = restarted.browser_at(&network(0));
    start(world, &mut stranger, "orebro", &person.username).await;
    restarted.worker.run_due().await.expect("jobs");
    assert_eq!(codes(world).await.len(), 0);
    let mut own = restarted.browser_at(&network(1));
    start(world, &mut own, "orebro", &person.username).await;
    restarted.worker.run_due().await.expect("jobs");
    assert_eq!(codes(world).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_on_the_account_hold_across_replicas() {
    let world = &World::practice(Database::Postgres).await;
    let replica = &Replica::of(world).await;
    let person = &world.person("orebro", State::Normal).await;
    // Both apps begin flows for one name from one network, and both work on the jobs at once.
    join_all((0..40).map(|n| async move {
        let server = if n % 2 == 0 { world.public } else { replica.public };
        let mut stranger = Browser::on_network(server, &network(0));
        assert_eq!(start(world, &mut stranger, "orebro", &person.username).await.status, 303);
    }))
    .await;
    let workers = (0..4).map(|n| if n % 2 == 0 { world.worker.clone() } else { replica.worker.clone() });
    let running: Vec<_> = workers.map(|worker| tokio::spawn(async move { worker.run_due().await })).collect();
    for worker in running {
        worker.await.expect("no panic").expect("jobs");
    }
    assert_eq!(codes(world).await.len(), 3);
}
