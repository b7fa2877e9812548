//! A real controller that is frozen: before anything, during a sign-in, between the intent and the answer of a write.

use chrono::TimeDelta;
use harness::{Database, State, World, journey, services::Services, wire::Wire};

use super::{NEW, says_unknown, send_in, to_the_form};

const SLUG: &str = "orebro";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_is_answered_alike_and_the_code_comes_when_the_controller_thaws() {
    let controller = Services::get().orebro.throwaway("start").await;
    let world =
        World::throwaway_with(Database::Sqlite, controller, |settings| settings.directory.deadline_seconds = 2).await;
    let tenant = world.tenant(SLUG);
    let person = world.person(SLUG, State::Normal).await;
    let number = person.number.clone().expect("a number");
    let awake = journey::ask_for_code(&world, &mut world.browser(), SLUG, &person.username).await;
    world.code_at(&number).await;

    let frozen = tenant.directory.samba().expect("a Samba").freeze();
    let mut browser = world.browser();
    let page = journey::ask_for_code(&world, &mut browser, SLUG, &person.username).await;
    assert_eq!(page.html, awake.html);
    let nobody = journey::ask_for_code(&world, &mut world.browser(), SLUG, "finnsinte77").await;
    assert_eq!(nobody.html, awake.html);
    assert!(world.arrived().await.is_empty());
    let signed_in = journey::sign_in(&world, &mut world.browser(), SLUG, &person.username, &person.password).await;
    assert_eq!(signed_in.status, 503, "{}", signed_in.text());
    assert_eq!(signed_in.h1(), "Vi når inte kommunens system just nu");

    frozen.thaw();
    world.clock.advance(TimeDelta::seconds(5));
    let code = world.code_at(&number).await;
    let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    assert_eq!(page.path, "/password", "{}", page.text());
    let page = journey::sign_in(&world, &mut world.browser(), SLUG, &person.username, &person.password).await;
    assert_eq!(page.path, "/number", "{}", page.text());
    world.trail(SLUG).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frozen_in_the_middle_of_a_write_is_unknown_and_never_repeated() {
    let controller = Services::get().orebro.throwaway("write").await;
    let wire = Wire::to(controller.ip.parse().expect("an address"), 636).await;
    let url = wire.url();
    let world = World::throwaway_with(Database::Sqlite, controller, |settings| {
        if settings.slug.as_str() == SLUG {
            settings.directory.controllers = vec![url.parse().expect("an address")];
            settings.directory.deadline_seconds = 3;
            settings.reset.keep_and_unlock = true;
        }
    })
    .await;
    let (host, directory) = (world.tenant(SLUG).reset.clone(), &world.tenant(SLUG).directory);

    for unlocks in [false, true] {
        let kind = if unlocks { "unlock" } else { "password" };
        let mut asked = None;
        // The first time counts what is asked of the directory; the second is stopped at the last of it, the write.
        for state in [State::Locked, State::Locked] {
            let person = world.person(SLUG, state).await;
            let mut browser = world.browser();
            let page = journey::prove(&world, &mut browser, SLUG, &person).await;
            assert_eq!(page.path, "/choose");
            if !unlocks {
                browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
            }
            let post = |mut browser: harness::Browser, host: String| async move {
                let page = match unlocks {
                    true => browser.post_once(&host, "/choose", &[("choice", "keep")]).await,
                    false => send_in(&mut browser, &host).await,
                };
                (browser, page)
            };
            let before = wire.requests();
            let Some(count) = asked else {
                let (_, page) = post(browser, host.clone()).await;
                assert_eq!(page.status, 303, "{}", page.text());
                asked = Some(wire.requests() - before);
                world.arrived().await;
                world.clock.advance(TimeDelta::seconds(1));
                continue;
            };
            let stopped = wire.stop_at(count);
            let sending = tokio::spawn(post(browser, host.clone()));
            let write = stopped.await.expect("the write comes by");
            let frozen = directory.samba().expect("a Samba").freeze();
            drop(write);
            let (mut browser, page) = sending.await.expect("an answer");
            says_unknown(&page);
            frozen.thaw();

            // Whatever became of it: it is not done again, and the page does not guess.
            directory.administrator().await;
            let requests = wire.requests();
            says_unknown(&browser.get(&host, "/done").await);
            let (_, page) = post(browser, host.clone()).await;
            says_unknown(&page);
            assert_eq!(wire.requests(), requests, "the directory is not even asked");
            assert!(world.arrived().await.is_empty());
            let outcomes = world.told(SLUG, &format!("{kind}.outcome"), "outcome").await;
            assert_eq!(outcomes, ["done", "unknown"], "{kind}");
            assert_eq!(world.told(SLUG, &format!("{kind}.intended"), "-").await.len(), 2, "{kind}");
        }
    }

    // The controller is back, and so is everybody else.
    let person = world.person(SLUG, State::Normal).await;
    let mut browser = world.browser();
    to_the_form(&world, &mut browser, SLUG, &person).await;
    assert_eq!(send_in(&mut browser, &host).await.status, 303);
    assert_eq!(directory.signs_in(&person, NEW).await, Ok(()));
}
