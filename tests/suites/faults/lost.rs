//! Connections that end: a question is asked once more on a fresh one, a write never.

use chrono::TimeDelta;
use harness::{Database, State, World, journey};
use portvakt_demo::practice::{Fault, Operation};

use super::{NEW, says_unknown, send_in, to_the_form};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_cut_is_made_anew() {
    let world = World::practice(Database::Sqlite).await;
    for slug in ["orebro", "mjolby"] {
        let (host, directory) = (&world.tenant(slug).reset, &world.tenant(slug).directory);
        let server = directory.practice();
        let person = world.person(slug, State::Normal).await;
        let mut browser = world.browser();
        to_the_form(&world, &mut browser, slug, &person).await;

        // While it rests, before a page, before a sign-in, before a write.
        server.drop_connections().await;
        let page = browser.get(host, "/password").await;
        assert_eq!(page.status, 200, "{}", page.text());
        server.drop_connections().await;
        let page = journey::sign_in(&world, &mut world.browser(), slug, &person.username, &person.password).await;
        assert_eq!(page.path, "/number", "{}", page.text());
        // In the middle of a question.
        server.fail_once(Operation::Search, Fault::Closed);
        let page = browser.get(host, "/password").await;
        assert_eq!(page.status, 200, "{}", page.text());
        server.drop_connections().await;
        let modifies = server.operations().modifies;
        assert_eq!(send_in(&mut browser, host).await.status, 303);
        assert_eq!(server.operations().modifies, modifies + 1);
        assert_eq!(directory.signs_in(&person, NEW).await, Ok(()));
        world.arrived().await;
        assert_eq!(world.told(slug, "password.outcome", "outcome").await, ["done"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_controller_that_cuts_every_question_off_is_not_reached_and_the_flow_waits() {
    let world = World::practice(Database::Sqlite).await;
    let (host, directory) = (&world.tenant("orebro").reset, &world.tenant("orebro").directory);
    let server = directory.practice();
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    to_the_form(&world, &mut browser, "orebro", &person).await;
    server.fail(Operation::Search, Fault::Closed);
    let before = server.operations().searches;
    let page = send_in(&mut browser, host).await;
    assert_eq!(page.status, 503, "{}", page.text());
    assert_eq!(page.h1(), "Vi når inte kommunens system just nu");
    let asked = server.operations().searches - before;
    assert!((1..=4).contains(&asked), "two for the write's facts, two for the page: {asked}");
    server.refuse_connections().await;
    assert_eq!(send_in(&mut browser, host).await.status, 503);
    // It comes back, and the flow is where it was.
    server.heal();
    server.accept_connections().await;
    assert_eq!(send_in(&mut browser, host).await.status, 303);
    assert_eq!(directory.signs_in(&person, NEW).await, Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_process_was_lost_is_in_progress_and_then_unknown() {
    let world = World::practice(Database::Sqlite).await;
    let (host, directory) = (&world.tenant("orebro").reset, &world.tenant("orebro").directory);
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    to_the_form(&world, &mut browser, "orebro", &person).await;
    // As a process leaves it that claimed the write and was killed.
    world.sqlite("update flows set state = 'writing' where state = 'verified'");
    let modifies = directory.practice().operations().modifies;
    let page = send_in(&mut browser, host).await;
    assert_ne!(page.h1(), "Vi vet inte om det gick", "another process may be at it: {}", page.text());
    // Who says in another tab that they are still there is not told that it is over, and does not make the wait longer.
    world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(browser.post_once(host, "/stay", &[]).await.status, 200);
    world.clock.advance(TimeDelta::seconds(31));
    says_unknown(&send_in(&mut browser, host).await);
    says_unknown(&browser.get(host, "/done").await);
    assert_eq!(directory.practice().operations().modifies, modifies, "nobody writes a second time");
}
