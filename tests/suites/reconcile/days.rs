//! Day after day: whoever is absent for thirty of them loses the numbers, on that day and not before it.

use harness::{Database, State, World};
use portvakt_domain::reconciliation::{Absence, Occasion, ReconciliationState};

use crate::stage::{SLUG, absent, hired, looks, newest, night, nights, registered};

async fn thirty_days(database: Database) {
    let world = World::practice_with(database, |settings| {
        if settings.slug.as_str() == "mjolby" {
            settings.registration.absent_days = 60;
        }
    })
    .await;
    let stays = registered(&world, SLUG, State::Normal).await;
    let left = registered(&world, SLUG, State::Normal).await;
    let locked = registered(&world, SLUG, State::Locked).await;
    let elsewhere = registered(&world, "mjolby", State::Disabled).await;
    left.disable(&world).await;

    // It is counted from the first night that sees it.
    night(&world).await;
    assert_eq!(absent(&world, SLUG).await, [(left.key, Absence::Disabled)]);
    nights(&world, 29).await;
    assert_eq!(left.numbers(&world).await, 1, "29 days");
    world.arrived().await;
    night(&world).await;
    assert_eq!(left.numbers(&world).await, 0, "30 days");
    assert!(world.arrived().await.is_empty(), "nobody is told");
    for still in [&stays, &locked, &elsewhere] {
        assert_eq!(still.numbers(&world).await, 1);
    }
    assert_eq!(absent(&world, SLUG).await, []);
    if database == Database::Sqlite {
        assert!(!left.is_found_by_number(&world) && stays.is_found_by_number(&world));
    }

    // Once a day, and told: of the account under its random id, and of each look.
    let looks = looks(&world, SLUG).await;
    assert_eq!(looks.len(), 31);
    assert!(looks.iter().all(|look| (look.state, look.occasion) == (ReconciliationState::Done, Occasion::Schedule)));
    assert_eq!((looks[0].figures.removed, looks[0].figures.registered, looks[1].figures.removed), (1, 3, 0));
    let told: Vec<_> = world.trail(SLUG).await.into_iter().filter(|event| event.kind == "numbers.reconciled").collect();
    let removed: Vec<_> = told.iter().filter(|event| event.subject.is_some()).collect();
    assert_eq!((told.len(), removed.len()), (32, 1));
    let detail = |name: &str| removed[0].details.get(name).map(String::as_str);
    assert_eq!(
        (detail("outcome"), detail("reason"), detail("numbers")),
        (Some("removed"), Some("disabled"), Some("1"))
    );
    assert!(told.iter().all(|event| !format!("{event:?}").contains(&left.number[4..])), "no number is told");

    // The other tenant says sixty days.
    nights(&world, 29).await;
    assert_eq!(elsewhere.numbers(&world).await, 1);
    night(&world).await;
    assert_eq!(elsewhere.numbers(&world).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_of_a_disabled_account_go_on_the_thirtieth_day_sqlite() {
    thirty_days(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_of_a_disabled_account_go_on_the_thirtieth_day_postgres() {
    thirty_days(Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_there_in_between_begins_anew() {
    let world = World::practice(Database::Sqlite).await;
    let person = registered(&world, SLUG, State::Normal).await;
    person.disable(&world).await;
    nights(&world, 21).await;
    person.enable(&world).await;
    night(&world).await;
    assert_eq!(absent(&world, SLUG).await, []);
    person.disable(&world).await;
    nights(&world, 30).await;
    assert_eq!(person.numbers(&world).await, 1, "29 days after it was first seen again");
    night(&world).await;
    assert_eq!(person.numbers(&world).await, 0);
}

/// However an account is absent, and whoever shares it.
async fn every_way(world: World) {
    let world = &world;
    // Enough of them that one who is missing is none to be doubted.
    let mut all = hired(world, SLUG, 4).await;
    let functional = registered(world, SLUG, State::Functional).await;
    world
        .store_numbers(
            SLUG,
            &functional.person,
            &[("+46701740691", Some("Åsa Öberg")), ("+46701740692", Some("Bo Ek"))],
        )
        .await;
    assert_eq!(functional.numbers(world).await, 2);
    let directory = &world.tenant(SLUG).directory;
    all[0].delete(world).await;
    directory.end_account(&all[1].person, portvakt_domain::time::Clock::now(&world.clock)).await;
    functional.disable(world).await;
    night(world).await;
    let mut expected =
        [(all[0].key, Absence::Missing), (all[1].key, Absence::Expired), (functional.key, Absence::Disabled)];
    expected.sort();
    assert_eq!(absent(world, SLUG).await, expected);
    // A leaver is disabled first and deleted later: that is one absence.
    nights(world, 15).await;
    all[1].delete(world).await;
    world.tenant(SLUG).directory.move_out(&mut all[2].person).await;
    night(world).await;
    assert_eq!(newest(world, SLUG).await.0, ReconciliationState::Stopped, "three of five are too many");
    all[3].disable(world).await;
    night(world).await;
    assert!(!absent(world, SLUG).await.iter().any(|(key, _)| *key == all[3].key), "not counted while there is doubt");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_absence_is_seen_in_the_practice_directory() {
    every_way(World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_absence_is_seen_in_samba() {
    every_way(World::samba(Database::Postgres).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_absence_is_seen_in_openldap() {
    every_way(World::openldap(Database::Postgres).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleted_moved_and_ended_accounts_lose_their_numbers_too() {
    let world = World::practice(Database::Sqlite).await;
    let ended = registered(&world, SLUG, State::AccountExpired).await;
    let deleted = registered(&world, SLUG, State::Normal).await;
    let functional = registered(&world, SLUG, State::Functional).await;
    world
        .store_numbers(
            SLUG,
            &functional.person,
            &[("+46701740691", Some("Åsa Öberg")), ("+46701740692", Some("Bo Ek"))],
        )
        .await;
    functional.disable(&world).await;
    deleted.delete(&world).await;
    let mut moved = registered(&world, "mjolby", State::Normal).await;
    world.tenant("mjolby").directory.move_out(&mut moved.person).await;
    nights(&world, 30).await;
    let all = [(&ended, 1), (&deleted, 1), (&functional, 2), (&moved, 1)];
    for (person, numbers) in all {
        assert_eq!(person.numbers(&world).await, numbers, "{}", person.person.username);
    }
    night(&world).await;
    for (person, _) in all {
        assert_eq!(person.numbers(&world).await, 0, "{}", person.person.username);
        assert!(!person.is_found_by_number(&world), "{}", person.person.username);
    }
    assert_eq!(looks(&world, SLUG).await[0].figures.removed, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leaver_who_is_disabled_and_deleted_later_is_absent_once() {
    let world = World::practice(Database::Sqlite).await;
    let leaver = registered(&world, SLUG, State::Normal).await;
    leaver.disable(&world).await;
    nights(&world, 20).await;
    leaver.delete(&world).await;
    nights(&world, 10).await;
    assert_eq!(absent(&world, SLUG).await, [(leaver.key, Absence::Missing)]);
    assert_eq!(leaver.numbers(&world).await, 1);
    night(&world).await;
    assert_eq!(leaver.numbers(&world).await, 0);
}
