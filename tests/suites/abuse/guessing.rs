//! Guessing a little at many names: while there is much of it, a network that nobody got through from has three wrong codes
//! a day, and no more codes after them.

use chrono::TimeDelta;
use harness::{Browser, Database, State, World, journey};
use portvakt_domain::time::Clock as _;

use crate::{network, start};

const PROVEN: &str = "198.51.100.4";

/// Starts with a name that nobody has and tries so many codes; the status of each request.
async fn guesses(world: &World, slug: &str, address: &str, name: &str, tries: usize) -> Vec<u16> {
    let mut browser = Browser::on_network(world.public, address);
    let mut seen = vec![start(world, &mut browser, slug, name).await.status.as_u16()];
    for _ in 0..tries {
        let host = &world.tenant(slug).reset;
        seen.push(browser.post_once(host, "/code", &[("code", "271828")]).await.status.as_u16());
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_hundred_wrong_codes_a_new_network_has_three() {
    let world = &World::practice(Database::Sqlite).await;
    let served = world.person("orebro", State::Normal).await;
    let mut own = Browser::on_network(world.public, PROVEN);
    journey::reset(world, &mut own, "orebro", &served, "Vinterbad88Sten").await;
    world.run_jobs().await;

    for n in 0..33 {
        assert_eq!(guesses(world, "orebro", &network(n / 8), &format!("finnsinte{n}"), 3).await, [303, 422, 422, 422]);
    }
    // 99, and one more: from then on a few.
    let new = network(50);
    assert_eq!(guesses(world, "orebro", &new, "finnsinte90", 1).await, [303, 422]);
    assert_eq!(guesses(world, "orebro", &new, "finnsinte91", 3).await, [303, 422, 422, 429]);
    assert_eq!(guesses(world, "orebro", &new, "finnsinte92", 0).await, [429], "and no more codes");
    let person = world.person("orebro", State::Normal).await;
    assert_eq!(guesses(world, "orebro", &new, &person.username, 0).await, [429], "whoever is meant");
    assert_eq!(guesses(world, "orebro", &network(0), "finnsinte93", 0).await, [429], "those who guessed before");

    // Nobody else is concerned: where somebody got through from, another tenant, and who comes from elsewhere.
    for n in 0..2 {
        let seen = guesses(world, "orebro", PROVEN, &format!("finnsinte{n}"), 3).await;
        assert_eq!(seen, [303, 422, 422, 422], "a network that is known");
    }
    assert_eq!(guesses(world, "mjolby", &new, "finnsinte77", 3).await, [303, 422, 422, 422]);
    let page = journey::prove(world, &mut world.browser(), "orebro", &person).await;
    assert!(["/password", "/choose"].contains(&page.path.as_str()), "{}", page.text());

    let hits = world.told("orebro", "limit.hit", "limit").await;
    let count = |name: &str| hits.iter().filter(|hit| *hit == name).count();
    assert_eq!((count("wrong_codes_per_tenant"), count("wrong_codes_per_new_network")), (1, 2), "{hits:?}");
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(guesses(world, "orebro", &new, "finnsinte94", 3).await, [303, 422, 422, 422], "a day later");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_codes_of_all_tenants_count_together() {
    let world = &World::practice(Database::Sqlite).await;
    let now = world.clock.now().timestamp();
    let window = now - now.rem_euclid(3_600);
    world.sqlite(&format!("insert into deployment_counters values ('wrong_codes_per_deployment', {window}, 496)"));
    assert_eq!(guesses(world, "orebro", &network(0), "finnsinte1", 3).await, [303, 422, 422, 422]);
    assert_eq!(guesses(world, "mjolby", &network(1), "finnsinte1", 3).await, [303, 422, 422, 422]);
    let counted = world.sqlite("select count from deployment_counters");
    assert_eq!(counted, [["502"]], "both tenants'");
    for (slug, n) in [("orebro", 0), ("mjolby", 1)] {
        assert_eq!(guesses(world, slug, &network(n), "finnsinte2", 0).await, [429], "{slug}");
    }
    assert_eq!(guesses(world, "orebro", &network(2), "finnsinte2", 3).await, [303, 422, 422, 422], "three of its own");
    assert_eq!(guesses(world, "orebro", &network(2), "finnsinte3", 0).await, [429]);
    let mut hits = world.told("mjolby", "limit.hit", "limit").await;
    hits.sort();
    assert_eq!(hits, ["wrong_codes_per_deployment", "wrong_codes_per_new_network"]);
    // The hour is over, and with it the alarm.
    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(guesses(world, "mjolby", &network(1), "finnsinte2", 1).await, [303, 422]);
}
