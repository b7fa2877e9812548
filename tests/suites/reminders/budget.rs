//! Reminders by SMS take no more than half of the tenant's budget: codes keep the other half, and what the day has no room
//! for goes on a later one, in the morning.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Timelike as _};
use harness::State;
use portvakt_domain::{
    tenant::{PersonalWay, TimeZone},
    time::Clock as _,
};
use portvakt_storage::operator;

use crate::sent::{calm_morning, end_in, personal, send};

const SLUG: &str = "orebro";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_budget_has_no_room_for_waits_for_another_morning() {
    let world = calm_morning().await;
    let mut numbers = BTreeSet::new();
    for _ in 0..5 {
        let person = world.person(SLUG, State::Normal).await;
        end_in(&world, SLUG, &person.username, 15);
        numbers.insert(person.number.expect("a number"));
    }
    world
        .reconfigure(SLUG, |settings| {
            settings.limits.sms_per_hour = 1_000;
            settings.limits.sms_per_day = 4;
        })
        .await;
    send(&world, SLUG, |reminders| reminders.to_person = vec![PersonalWay::Sms]).await;

    // Two on each of two mornings, and the last one on the third; at no hour in between.
    let mut reached = Vec::new();
    let mut hours = BTreeSet::new();
    for _ in 0..72 {
        let arrived = personal(&world.arrived().await);
        if !arrived.is_empty() {
            assert!(arrived.len() <= 2, "{arrived:?}");
            hours.insert(world.clock.now().with_timezone(&TimeZone::STOCKHOLM.tz()).hour());
        }
        reached.extend(arrived.into_iter().map(|(_, to, _)| to));
        world.clock.advance(TimeDelta::hours(1));
    }
    assert_eq!(reached.len(), 5, "each once: {reached:?}");
    assert_eq!(reached.into_iter().collect::<BTreeSet<_>>(), numbers);
    assert!(hours.iter().all(|hour| (7..=9).contains(hour)), "people are not woken: {hours:?}");
    let dead = operator::list_dead_jobs(&world.shared.platform.store, None).await.expect("a list");
    assert!(dead.is_empty(), "to wait is no failure: {dead:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_hour_has_no_room_for_goes_in_the_next() {
    let world = calm_morning().await;
    for _ in 0..3 {
        let person = world.person(SLUG, State::Normal).await;
        end_in(&world, SLUG, &person.username, 15);
    }
    world.reconfigure(SLUG, |settings| settings.limits.sms_per_hour = 4).await;
    send(&world, SLUG, |reminders| reminders.to_person = vec![PersonalWay::Sms]).await;
    assert_eq!(personal(&world.arrived().await).len(), 2);
    world.clock.advance(TimeDelta::minutes(20));
    assert_eq!(personal(&world.arrived().await).len(), 0, "the same hour");
    world.clock.advance(TimeDelta::minutes(50));
    assert_eq!(personal(&world.arrived().await).len(), 1, "it needed no attempt of its own");
}
