//! Several workers, restarts and new tenants: each day's look is taken once.

use chrono::TimeDelta;
use futures_util::future::join_all;
use harness::{Database, State, World, replica::Replica};
use portvakt_domain::{
    reconciliation::{Occasion, ReconciliationState},
    time::Clock as _,
};
use portvakt_flows::reconcile;

use crate::stage::{SLUG, looks, night, nights, registered};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_take_a_days_look_once() {
    let world = World::practice(Database::Postgres).await;
    let replica = Replica::of(&world).await;
    let mut leavers = Vec::new();
    for state in [State::Disabled, State::AccountExpired, State::Disabled] {
        leavers.push(registered(&world, SLUG, state).await);
    }
    nights(&world, 30).await;
    world.clock.advance(TimeDelta::days(1));
    let workers = (0..4).map(|n| if n % 2 == 0 { world.worker.clone() } else { replica.worker.clone() });
    for done in join_all(workers.map(|worker| tokio::spawn(async move { worker.run_due().await }))).await {
        done.expect("no panic").expect("jobs");
    }
    let all = looks(&world, SLUG).await;
    assert_eq!((all.len(), all[0].figures.removed), (31, 3));
    // A restart on the same day has nothing to do.
    world.clock.advance(TimeDelta::hours(3));
    Replica::of(&world).await.worker.run_due().await.expect("jobs");
    assert_eq!(looks(&world, SLUG).await.len(), 31);
    let outcomes = world.told(SLUG, "numbers.reconciled", "outcome").await;
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "removed").count(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looks_at_the_same_time_remove_once() {
    let world = World::practice(Database::Postgres).await;
    let leaver = registered(&world, SLUG, State::Disabled).await;
    nights(&world, 30).await;
    world.clock.advance(TimeDelta::days(1));
    let (platform, tenant) = (&world.shared.platform, world.served(SLUG));
    for look in join_all((0..6).map(|_| reconcile::run(platform, &tenant, Occasion::Schedule))).await {
        look.expect("a look");
    }
    let all = looks(&world, SLUG).await;
    assert_eq!((all.len(), all[0].state, all[0].figures.removed), (31, ReconciliationState::Done, 1));
    assert_eq!(leaver.numbers(&world).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenants_time_is_at_night_and_a_new_one_waits_for_it() {
    let world = World::practice(Database::Sqlite).await;
    registered(&world, SLUG, State::Disabled).await;
    assert_eq!(looks(&world, SLUG).await, [], "made in the day");
    night(&world).await;
    let tenant = world.served(SLUG);
    assert_eq!(looks(&world, SLUG).await.len(), 1);
    let starts_at = reconcile::starts_at(tenant.settings.reminders.time_zone, tenant.id, world.clock.now());
    let hour = chrono::Timelike::hour(&portvakt_domain::time::swedish(starts_at));
    assert!((2..5).contains(&hour), "{starts_at}");
    // The next night, just before its time and at it.
    let tomorrow = world.clock.now() + TimeDelta::days(1);
    let starts_at = reconcile::starts_at(tenant.settings.reminders.time_zone, tenant.id, tomorrow);
    world.clock.advance(starts_at - TimeDelta::seconds(1) - world.clock.now());
    world.run_jobs().await;
    assert_eq!(looks(&world, SLUG).await.len(), 1);
    world.clock.advance(TimeDelta::seconds(1));
    world.run_jobs().await;
    assert_eq!(looks(&world, SLUG).await.len(), 2);
}
