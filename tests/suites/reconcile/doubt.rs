//! A directory that names nobody, misses too many or does not answer costs nobody their numbers, and somebody hears of it.

use chrono::TimeDelta;
use harness::{Database, State, World};
use portvakt_demo::practice::{Fault, Operation};
use portvakt_domain::reconciliation::{Occasion, ReconciliationState};
use portvakt_flows::reconcile;

use crate::stage::{Registered, SLUG, absent, gauge, hired, looks, newest, night, nights, registered};

async fn numbers(world: &World, all: &[Registered]) -> usize {
    let mut count = 0;
    for one in all {
        count += one.numbers(world).await;
    }
    count
}

async fn stopped(world: &World, why: &str) {
    assert_eq!(newest(world, SLUG).await, (ReconciliationState::Stopped, Some(why.to_owned())));
    assert_eq!(gauge(world, SLUG).await.as_deref(), Some("1"));
    let (outcome, reason) = (
        world.told(SLUG, "numbers.reconciled", "outcome").await,
        world.told(SLUG, "numbers.reconciled", "reason").await,
    );
    assert_eq!((outcome.last().map(String::as_str), reason.last().map(String::as_str)), (Some("stopped"), Some(why)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_that_names_nobody_is_not_believed() {
    let world = World::practice(Database::Sqlite).await;
    let (one, other) = (registered(&world, SLUG, State::Normal).await, registered(&world, SLUG, State::Disabled).await);
    let elsewhere = registered(&world, "mjolby", State::Disabled).await;
    night(&world).await;
    assert_eq!(gauge(&world, SLUG).await.as_deref(), Some("0"));
    let units = world.served(SLUG).settings.directory.units.clone();
    let empty = world.tenant(SLUG).directory.new_unit(&world.tenant(SLUG).directory.base()).await;
    world
        .reconfigure(SLUG, |settings| {
            settings.directory.units = vec![empty];
            settings.directory.functional_units.clear();
        })
        .await;
    for _ in 0..31 {
        night(&world).await;
    }
    stopped(&world, "nobody_named").await;
    assert_eq!(world.told(SLUG, "numbers.reconciled", "outcome").await.len(), 32, "once a day");
    assert_eq!((one.numbers(&world).await, other.numbers(&world).await), (1, 1));
    assert_eq!(elsewhere.numbers(&world).await, 0, "the other tenant's directory is none of it");
    // Not even an operator's word is enough.
    let tenant = world.served(SLUG);
    reconcile::run(&world.shared.platform, &tenant, Occasion::Accepting).await.expect("a look");
    assert_eq!((one.numbers(&world).await, absent(&world, SLUG).await.len()), (1, 1), "only who was absent before");

    // The unit was a mistake. Nobody's days were counted meanwhile but those of who was disabled before it.
    world.reconfigure(SLUG, |settings| settings.directory.units = units).await;
    night(&world).await;
    assert_eq!((one.numbers(&world).await, other.numbers(&world).await), (1, 0));
    assert_eq!(gauge(&world, SLUG).await.as_deref(), Some("0"));
    assert_eq!(absent(&world, SLUG).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_five_percent_are_not_believed_until_an_operator_says_so() {
    let world = World::practice(Database::Sqlite).await;
    let all = hired(&world, SLUG, 40).await;
    for gone in &all[..3] {
        gone.delete(&world).await;
    }
    nights(&world, 32).await;
    stopped(&world, "too_many_missing").await;
    assert_eq!((numbers(&world, &all).await, absent(&world, SLUG).await.len()), (40, 0), "no day of it counts");

    // They really are gone: their days begin.
    let (platform, tenant) = (&world.shared.platform, world.tenant(SLUG).id);
    let ask = async || {
        reconcile::ask(&platform.store, &world.clock, platform.random.as_ref(), tenant, true, "anna")
            .await
            .expect("asked")
    };
    assert!(ask().await && !ask().await, "once is enough");
    world.run_jobs().await;
    assert_eq!(newest(&world, SLUG).await, (ReconciliationState::Done, None));
    assert_eq!((numbers(&world, &all).await, absent(&world, SLUG).await.len()), (40, 3));
    let trail = world.trail(SLUG).await;
    let accepted: Vec<_> = trail.iter().filter(|event| event.actor.as_deref() == Some("anna")).collect();
    assert!(accepted.iter().all(|event| event.kind == "numbers.reconciled") && accepted.len() == 2, "{accepted:?}");
    nights(&world, 29).await;
    assert_eq!((newest(&world, SLUG).await.0, numbers(&world, &all).await), (ReconciliationState::Done, 40));
    night(&world).await;
    assert_eq!((newest(&world, SLUG).await.0, numbers(&world, &all).await), (ReconciliationState::Done, 37));

    // What was accepted does not cover others: two of 37 are too many again.
    for gone in &all[3..5] {
        gone.delete(&world).await;
    }
    night(&world).await;
    stopped(&world, "too_many_missing").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_loss_is_noticed_as_a_sudden_one_is() {
    let world = World::practice(Database::Sqlite).await;
    let all = hired(&world, SLUG, 40).await;
    for gone in &all[..2] {
        gone.delete(&world).await;
    }
    nights(&world, 15).await;
    assert_eq!((newest(&world, SLUG).await.0, absent(&world, SLUG).await.len()), (ReconciliationState::Done, 2));
    all[2].delete(&world).await;
    nights(&world, 16).await;
    stopped(&world, "too_many_missing").await;
    assert_eq!(numbers(&world, &all).await, 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_percent_are_believed() {
    let world = World::practice(Database::Sqlite).await;
    let all = hired(&world, SLUG, 40).await;
    for gone in &all[..2] {
        gone.delete(&world).await;
    }
    nights(&world, 31).await;
    assert_eq!((newest(&world, SLUG).await.0, numbers(&world, &all).await), (ReconciliationState::Done, 38));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_that_is_away_is_asked_again_and_told_of_in_the_end() {
    let world = World::practice(Database::Sqlite).await;
    let left = registered(&world, SLUG, State::Disabled).await;
    nights(&world, 30).await;
    let server = world.tenant(SLUG).directory.practice();
    server.fail(Operation::Search, Fault::Closed);
    night(&world).await;
    assert_eq!((newest(&world, SLUG).await.0, left.numbers(&world).await), (ReconciliationState::Running, 1));
    server.heal();
    world.clock.advance(TimeDelta::minutes(1));
    world.run_jobs().await;
    assert_eq!((newest(&world, SLUG).await.0, left.numbers(&world).await), (ReconciliationState::Done, 0));

    // One that stays away for hours is told of.
    server.fail(Operation::Search, Fault::Closed);
    night(&world).await;
    for _ in 0..16 {
        world.clock.advance(TimeDelta::minutes(61));
        world.run_jobs().await;
    }
    assert_eq!(newest(&world, SLUG).await.0, ReconciliationState::Failed);
    assert_eq!(gauge(&world, SLUG).await.as_deref(), Some("1"));
    assert_eq!(world.told(SLUG, "numbers.reconciled", "outcome").await.pop().as_deref(), Some("failed"));
    server.heal();
    night(&world).await;
    assert_eq!(gauge(&world, SLUG).await.as_deref(), Some("0"), "the next night");
    assert_eq!(looks(&world, SLUG).await.len(), 33);
}
