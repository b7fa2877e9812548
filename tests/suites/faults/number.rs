//! A number that can't be written to the directory at once: the person has it all the same, and it is written later.

use chrono::TimeDelta;
use harness::{Database, Person, State, World, journey};
use portvakt_demo::practice::{Fault, Operation};
use portvakt_domain::{id::JobId, job::Job, number_attribute::NumberAttribute, time::Clock as _};
use portvakt_storage::jobs;
use uuid::Uuid;

const SLUG: &str = "orebro";
const NO_RIGHT: u8 = 50;

async fn world() -> World {
    World::practice_with(Database::Sqlite, |settings| {
        settings.directory.number_attribute = Some(NumberAttribute::Mobile);
        settings.directory.deadline_seconds = 2;
    })
    .await
}

/// Somebody who has just registered a number, while writes fail as told.
async fn registered(world: &World, fault: Fault) -> (Person, String) {
    let person = world.person(SLUG, State::Unregistered).await;
    let number = world.fresh_number();
    world.tenant(SLUG).directory.practice().fail(Operation::Modify, fault);
    let done = journey::register(world, &mut world.browser(), SLUG, &person, &number).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    world.arrived().await;
    // The number is the person's, whatever the directory says.
    let person = Person { number: Some(number.clone()), ..person };
    journey::prove(world, &mut world.browser(), SLUG, &person).await;
    (person, number)
}

async fn written(world: &World, person: &Person) -> Vec<String> {
    world.tenant(SLUG).directory.values(&person.dn, "mobile").await
}

async fn outcomes(world: &World) -> Vec<String> {
    world.told(SLUG, "number_attribute.outcome", "outcome").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_without_an_answer_is_done_again_until_it_stands() {
    for (fault, last) in [(Fault::Ignored, "done"), (Fault::AppliedUnanswered, "there already")] {
        let world = world().await;
        let (person, number) = registered(&world, fault).await;
        assert_eq!(outcomes(&world).await[0], "unknown");
        world.tenant(SLUG).directory.practice().heal();
        world.clock.advance(TimeDelta::minutes(1));
        assert!(world.arrived().await.is_empty());
        assert_eq!(written(&world, &person).await, [number]);
        let mut outcomes = outcomes(&world).await;
        assert_eq!(outcomes.pop().as_deref(), Some(last), "{outcomes:?}");
        assert!(outcomes.iter().all(|outcome| outcome == "unknown"), "{outcomes:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_right_is_told_and_made_up_for() {
    let world = world().await;
    let refused = Fault::Refused(NO_RIGHT, "00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS)");
    let (person, number) = registered(&world, refused).await;
    assert_eq!(outcomes(&world).await, ["no_right"]);
    assert!(written(&world, &person).await.is_empty());
    world.clock.advance(TimeDelta::hours(2));
    world.arrived().await;
    assert_eq!(outcomes(&world).await, ["no_right"], "it is not tried again for nothing");

    // Somebody grants the right: the next look finds what is still to be written.
    world.tenant(SLUG).directory.practice().heal();
    world.clock.advance(TimeDelta::hours(5));
    let (store, tenant) = (&world.shared.platform.store, world.tenant(SLUG).id);
    let asked = jobs::enqueue(store, tenant, Job::CompareNumbers, world.clock.now(), JobId(Uuid::now_v7())).await;
    assert!(asked.expect("a job"));
    assert!(world.arrived().await.is_empty());
    assert_eq!(written(&world, &person).await, [number]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_that_is_away_is_looked_at_later() {
    let world = world().await;
    let person = world.person(SLUG, State::Normal).await;
    let server = world.tenant(SLUG).directory.practice();
    let (store, tenant) = (&world.shared.platform.store, world.tenant(SLUG).id);
    let asked = jobs::enqueue(store, tenant, Job::CompareNumbers, world.clock.now(), JobId(Uuid::now_v7())).await;
    assert!(asked.expect("a job"));
    server.fail(Operation::Search, Fault::Closed);
    world.run_jobs().await;
    assert!(outcomes(&world).await.is_empty());
    server.heal();
    world.clock.advance(TimeDelta::minutes(1));
    world.run_jobs().await;
    assert_eq!(written(&world, &person).await, [person.number.clone().expect("a number")]);
}
