//! A change whose answer is lost is never made twice, and two clicks make one.

use futures_util::future::join_all;
use harness::{Database, State, World, journey};
use portvakt_demo::practice::{Fault, Operation};

const NEW: &str = "Tallkotte41Vindfang";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_is_told_as_such_and_nothing_is_repeated() {
    let world = World::practice_with(Database::Sqlite, super::offered).await;
    let slug = "mjolby";
    let directory = &world.tenant(slug).directory;
    let server = directory.practice();
    for (fault, heading, holds) in [
        // It was not made, and nobody can tell: the new password does not open the account.
        (Fault::Closed, "Vi vet inte om det gick", false),
        // It was made: one bind with the new password proves it.
        (Fault::AppliedClosed, "Klart: Lösenordet är bytt", true),
    ] {
        world.clock.advance(chrono::TimeDelta::seconds(1));
        let person = world.person(slug, State::Expired).await;
        let mut browser = world.browser();
        let page = journey::to_change(&world, &mut browser, slug, &person).await;
        let before = server.operations().modifies;
        server.fail_once(Operation::Modify, fault);
        let told = journey::submit_change(&mut browser, &page, &person.password, NEW).await;
        assert_eq!(told.h1(), heading, "{fault:?}: {}", told.text());
        assert_eq!(server.operations().modifies, before + 1, "{fault:?}: once");
        let again = journey::submit_change(&mut browser, &page, &person.password, NEW).await;
        assert_ne!(again.status, 422, "{fault:?}: {}", again.text());
        assert_eq!(server.operations().modifies, before + 1, "{fault:?}: never again");
        assert_eq!(directory.signs_in(&person, NEW).await.is_ok(), holds, "{fault:?}");
    }
    assert_eq!(world.told(slug, "change.outcome", "outcome").await, ["unknown", "done"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_clicks_make_one_change() {
    let world = World::practice_with(Database::Postgres, super::offered).await;
    let slug = "mjolby";
    let person = world.person(slug, State::MustChange).await;
    let mut browser = world.browser();
    let page = journey::to_change(&world, &mut browser, slug, &person).await;
    let server = world.tenant(slug).directory.practice();
    let before = server.operations().modifies;
    let clicks = (0..6).map(|_| {
        let (mut browser, page, current) = (browser.clone(), page.clone(), person.password.clone());
        async move { journey::submit_change(&mut browser, &page, &current, NEW).await.status.as_u16() }
    });
    let statuses = join_all(clicks).await;
    assert!(statuses.contains(&200), "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 409, 410].contains(status)), "{statuses:?}");
    assert_eq!(server.operations().modifies, before + 1);
    assert_eq!(world.told(slug, "change.outcome", "outcome").await, ["done"]);
    assert_eq!(world.arrived().await.len(), 2, "one pair of notices");
}
