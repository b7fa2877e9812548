//! A tenant's SMS budget: exhausted, it alarms, and then serves only networks without failures.

use chrono::TimeDelta;
use harness::{Browser, Database, State, World, journey};
use portvakt_domain::time::Clock as _;
use portvakt_storage::trips;

use crate::{another, codes, metric, network, start};

async fn world(per_hour: i64, per_day: i64) -> World {
    let world = World::practice_with(Database::Sqlite, move |settings| {
        settings.limits.sms_per_hour = per_hour;
        settings.limits.sms_per_day = per_day;
    })
    .await;
    world.clock.to_midday();
    world
}

/// How often the alarm was raised for a tenant.
async fn alarms(world: &World, slug: &str) -> u64 {
    metric(world, &format!("portvakt_sms_budget_exhausted_total{{tenant=\"{}\"}}", world.tenant(slug).id)).await
}

/// Asks for a code of somebody new, and tells whether it was sent.
async fn sends(world: &World, slug: &str, address: &str) -> bool {
    let person = world.person(slug, State::Normal).await;
    let mut browser = Browser::on_network(world.public, address);
    start(world, &mut browser, slug, &person.username).await;
    codes(world).await.len() == 1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exhausted_budget_alarms_and_serves_networks_without_failures() {
    let world = &world(3, 6).await;
    // A network from which a wrong code came, within the budget.
    let person = world.person("orebro", State::Normal).await;
    let mut guesser = Browser::on_network(world.public, &network(0));
    start(world, &mut guesser, "orebro", &person.username).await;
    let code = codes(world).await.pop().expect("a code");
    guesser.post(&world.tenant("orebro").reset, "/code", &[("code", &another(&code))]).await;
    assert!(sends(world, "orebro", &network(0)).await && sends(world, "orebro", &network(1)).await);
    assert_eq!(alarms(world, "orebro").await, 0);

    assert!(!sends(world, "orebro", &network(0)).await, "a network with a failure");
    assert_eq!(alarms(world, "orebro").await, 1);
    assert!(sends(world, "orebro", &network(2)).await, "a network without");
    assert_eq!(alarms(world, "orebro").await, 2);
    assert!(sends(world, "mjolby", &network(0)).await, "the other tenant has a budget of its own");
    assert_eq!(alarms(world, "mjolby").await, 0);

    // The next hour has a budget of its own (and the failure is forgotten); the day's goes on.
    world.clock.advance(TimeDelta::hours(1));
    assert!(sends(world, "orebro", &network(0)).await);
    assert_eq!(alarms(world, "orebro").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_sent_costs_no_budget() {
    let world = &world(4, 1_000).await;
    let person = world.person("orebro", State::Normal).await;
    for n in 0..30 {
        // Three are sent, the account's limit holds the others back; half of the names mean nobody.
        let mut stranger = Browser::on_network(world.public, &network(0));
        let name = if n % 2 == 0 { person.username.as_str() } else { "finnsinte78" };
        start(world, &mut stranger, "orebro", name).await;
    }
    assert_eq!((codes(world).await.len(), alarms(world, "orebro").await), (3, 0));
    assert!(sends(world, "orebro", &network(1)).await);
    assert_eq!(alarms(world, "orebro").await, 0, "four sent, four allowed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_is_raised_at_eighty_percent_once_and_when_all_is_used() {
    let world = &world(5, 1_000).await;
    let raised = async |percent: i64| {
        let id = world.tenant("orebro").id;
        let labels = format!("{{percent=\"{percent}\",span=\"hour\",tenant=\"{id}\"}}");
        metric(world, &format!("portvakt_sms_budget_alarms_total{labels}")).await
    };
    for sent in 1..=7 {
        assert!(sends(world, "orebro", &network(sent)).await, "{sent}: a network without failures");
        let expected = (u64::from(sent >= 4), u64::from(sent >= 5));
        assert_eq!((raised(80).await, raised(100).await), expected, "after {sent}");
    }
    // The clock stood still: what happened at one moment has no order.
    let sorted = async |detail: &str| {
        let mut told = world.told("orebro", "sms_budget.alarm", detail).await;
        told.sort();
        told
    };
    assert_eq!(
        (sorted("percent").await, sorted("used").await),
        (vec!["100".into(), "80".into()], vec!["4".into(), "5".into()])
    );
    assert!(world.told("mjolby", "sms_budget.alarm", "percent").await.is_empty());
    let (store, id) = (&world.shared.platform.store, world.tenant("orebro").id);
    let acted = trips::last_day(store, id, world.clock.now()).await.expect("trips");
    let once = |percent| (format!("sms_budget_hour_{percent}_percent"), 1);
    assert_eq!(acted, [once(100), once(80)], "as an administrator is shown it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exhausted_budget_serves_the_towns_own_networks_and_those_that_are_known() {
    let world = &World::practice_with(Database::Sqlite, |settings| {
        settings.limits.sms_per_hour = 4;
        settings.limits.trusted_networks = vec!["203.0.113.0/24".parse().expect("a network")];
    })
    .await;
    world.clock.to_midday();
    let served = world.person("orebro", State::Normal).await;
    let known = "198.51.100.4";
    let mut own = Browser::on_network(world.public, known);
    let done = journey::reset(world, &mut own, "orebro", &served, "Vinterbad88Sten").await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    world.arrived().await;
    // A wrong code from each: somebody in the town hall mistyped one.
    let (own, neighbour) = ("203.0.113.8", "203.0.112.8");
    for address in [own, neighbour, known] {
        let person = world.person("orebro", State::Normal).await;
        let mut browser = Browser::on_network(world.public, address);
        start(world, &mut browser, "orebro", &person.username).await;
        let code = codes(world).await.pop().expect("a code within the budget");
        browser.post(&world.tenant("orebro").reset, "/code", &[("code", &another(&code))]).await;
    }
    assert!(sends(world, "orebro", own).await, "the tenant's own");
    assert!(sends(world, "orebro", "203.0.113.200").await, "all of it");
    assert!(sends(world, "orebro", known).await, "somebody got through from there");
    assert!(!sends(world, "orebro", neighbour).await, "beside the tenant's own");
    assert_eq!(alarms(world, "orebro").await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_days_budget_is_not_the_hours() {
    let world = &world(1_000, 3).await;
    let mut guesser = Browser::on_network(world.public, &network(0));
    for _ in 0..2 {
        assert!(sends(world, "orebro", &network(1)).await);
        world.clock.advance(TimeDelta::hours(1));
    }
    assert!(sends(world, "orebro", &network(1)).await, "the third of the day");
    start(world, &mut guesser, "orebro", "finnsinte78").await;
    codes(world).await;
    guesser.post(&world.tenant("orebro").reset, "/code", &[("code", "271828")]).await;
    assert!(
        !sends(world, "orebro", &network(0)).await,
        "the day's is used, and a network with a failure is not served"
    );
    assert_eq!(world.told("orebro", "sms_budget.alarm", "span").await, ["day"], "its 80 and 100 percent are one SMS");
}
