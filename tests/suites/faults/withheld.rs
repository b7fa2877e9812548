//! The same with Samba, over a wire that withholds its answers: what is written is written, and nobody hears of it.

use harness::{Database, State, World, services::Services, wire::Wire};

use super::{NEW, says_unknown, send_in, to_the_form};

const SLUG: &str = "orebro";

async fn over_a_wire() -> (World, Wire) {
    let samba = &Services::get().orebro;
    let wire = Wire::to(samba.ip.parse().expect("an address"), 636).await;
    let url = wire.url();
    let world = World::samba_with(Database::Postgres, |settings| {
        if settings.slug.as_str() == SLUG {
            settings.directory.controllers = vec![url.parse().expect("an address")];
            settings.directory.deadline_seconds = 3;
        }
    })
    .await;
    (world, wire)
}

/// Sends a new password in and stops the write on its way; returns when answers are withheld as `hold` says.
async fn write(world: &World, wire: &Wire, hold: fn(&Wire)) -> (harness::Browser, harness::Person, harness::Page) {
    let host = world.tenant(SLUG).reset.clone();
    // What a reset asks of the directory, counted once.
    let person = world.person(SLUG, State::Normal).await;
    let mut browser = world.browser();
    to_the_form(world, &mut browser, SLUG, &person).await;
    let before = wire.requests();
    assert_eq!(send_in(&mut browser, &host).await.status, 303);
    let asked = wire.requests() - before;
    world.arrived().await;
    world.clock.advance(chrono::TimeDelta::seconds(1));

    let person = world.person(SLUG, State::Normal).await;
    let mut browser = world.browser();
    to_the_form(world, &mut browser, SLUG, &person).await;
    let stopped = wire.stop_at(asked);
    let sending = tokio::spawn(async move {
        let page = send_in(&mut browser, &host).await;
        (browser, page)
    });
    let write = stopped.await.expect("the write comes by");
    hold(wire);
    drop(write);
    let (browser, page) = sending.await.expect("an answer");
    (browser, person, page)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_every_answer_is_withheld_is_unknown_and_never_repeated() {
    let (world, wire) = over_a_wire().await;
    let (mut browser, person, page) = write(&world, &wire, Wire::hold_answers).await;
    says_unknown(&page);
    let (host, directory) = (&world.tenant(SLUG).reset, &world.tenant(SLUG).directory);
    assert_eq!(directory.signs_in(&person, NEW).await, Ok(()), "it was written all the same");

    wire.free();
    let (requests, set_at) = (wire.requests(), directory.values(&person.dn, "pwdLastSet").await);
    says_unknown(&browser.get(host, "/done").await);
    says_unknown(&send_in(&mut browser, host).await);
    assert_eq!(wire.requests(), requests, "the directory is not even asked");
    assert_eq!(directory.values(&person.dn, "pwdLastSet").await, set_at);
    assert!(world.arrived().await.is_empty());
    assert_eq!(world.told(SLUG, "password.outcome", "outcome").await, ["done", "unknown"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_answer_is_withheld_is_proved_by_the_new_password() {
    let (world, wire) = over_a_wire().await;
    let (mut browser, person, page) = write(&world, &wire, Wire::hold_answers_on_old_connections).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let (host, directory) = (&world.tenant(SLUG).reset, &world.tenant(SLUG).directory);
    let done = browser.get(host, "/done").await;
    assert_eq!(done.h1(), "Klart: Lösenordet har återställts");
    assert_eq!(directory.signs_in(&person, NEW).await, Ok(()));
    assert_eq!(world.arrived().await.len(), 2, "a notice by SMS and one by mail");
    assert_eq!(world.told(SLUG, "password.outcome", "outcome").await, ["done", "done"]);
}
