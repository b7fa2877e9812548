//! Writes that get no answer: applied or not, the connection open or closed, the question afterwards answered or not.
//! One write each time, whatever is clicked.

use harness::{Browser, Database, Person, State, World};
use portvakt_demo::practice::{Fault, Operation};

use super::{NEW, says_unknown, send_in, to_the_form};

const SLUG: &str = "mjolby";

/// A world whose directory is not waited for long.
async fn impatient() -> World {
    World::practice_with(Database::Sqlite, |settings| settings.directory.deadline_seconds = 2).await
}

/// After a write of which nobody knows: the page stays, nothing is written again, one event tells it, nobody is told.
async fn stays_unknown(world: &World, browser: &mut Browser, kind: &str, modifies: u64) {
    let (host, server) = (&world.tenant(SLUG).reset, world.tenant(SLUG).directory.practice());
    server.heal();
    for path in ["/done", "/choose", "/password"] {
        says_unknown(&browser.get(host, path).await);
    }
    says_unknown(&send_in(browser, host).await);
    says_unknown(&browser.post(host, "/choose", &[("choice", "keep")]).await);
    assert_eq!(server.operations().modifies, modifies, "a write is never repeated");
    assert!(world.arrived().await.is_empty(), "nobody is told of what is not known");
    assert_eq!(world.told(SLUG, &format!("{kind}.intended"), "-").await.len(), 1, "one intent");
    assert_eq!(world.told(SLUG, &format!("{kind}.outcome"), "outcome").await, ["unknown"]);
}

struct Case {
    fault: Fault,
    /// What becomes of the bind that asks whether the write has happened.
    question: Option<Fault>,
    done: bool,
    applied: bool,
}

async fn password(case: Case) {
    let world = impatient().await;
    let (host, directory) = (&world.tenant(SLUG).reset, &world.tenant(SLUG).directory);
    let server = directory.practice();
    let person = world.person(SLUG, State::Normal).await;
    let mut browser = world.browser();
    to_the_form(&world, &mut browser, SLUG, &person).await;
    let modifies = server.operations().modifies;
    server.fail_once(Operation::Modify, case.fault);
    if let Some(fault) = case.question {
        server.fail(Operation::Bind, fault);
    }
    let page = send_in(&mut browser, host).await;
    assert_eq!(server.operations().modifies, modifies + 1, "written once");
    let opens = if case.applied { NEW } else { &person.password };
    server.heal();
    assert_eq!(directory.signs_in(&person, opens).await, Ok(()));

    if case.done {
        assert_eq!(page.status, 303, "{}", page.text());
        let done = browser.get(host, "/done").await;
        assert_eq!(done.h1(), "Klart: Lösenordet har återställts");
        assert_eq!(world.told(SLUG, "password.outcome", "outcome").await, ["done"]);
        assert_eq!(world.outbox.messages().len(), 3, "a code and two notices");
        assert_eq!(server.operations().modifies, modifies + 1);
    } else {
        says_unknown(&page);
        stays_unknown(&world, &mut browser, "password", modifies + 1).await;
    }
}

/// Expands cases of writing a password.
macro_rules! passwords {
    ($($name:ident: $fault:expr, then $question:expr => done $done:expr, applied $applied:expr;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                password(Case { fault: $fault, question: $question, done: $done, applied: $applied }).await;
            }
        )+
    };
}

passwords! {
    applied_and_the_new_password_opens: Fault::AppliedUnanswered, then None => done true, applied true;
    applied_cut_off_and_the_new_password_opens: Fault::AppliedClosed, then None => done true, applied true;
    applied_and_the_question_is_swallowed: Fault::AppliedUnanswered, then Some(Fault::Ignored) => done false, applied true;
    applied_and_the_question_is_cut_off: Fault::AppliedClosed, then Some(Fault::Closed) => done false, applied true;
    swallowed_and_the_new_password_does_not_open: Fault::Ignored, then None => done false, applied false;
    swallowed_and_the_question_too: Fault::Ignored, then Some(Fault::Ignored) => done false, applied false;
    cut_off_and_the_new_password_does_not_open: Fault::Closed, then None => done false, applied false;
}

async fn at_the_choice(world: &World) -> (Browser, Person) {
    let person = world.person(SLUG, State::Locked).await;
    let mut browser = world.browser();
    let page = harness::journey::prove(world, &mut browser, SLUG, &person).await;
    assert_eq!(page.path, "/choose");
    (browser, person)
}

async fn unlock(fault: Fault, applied: bool) {
    let world = impatient().await;
    let (host, directory) = (&world.tenant(SLUG).reset, &world.tenant(SLUG).directory);
    let server = directory.practice();
    let (mut browser, person) = at_the_choice(&world).await;
    let modifies = server.operations().modifies;
    server.fail_once(Operation::Modify, fault);
    let page = browser.post(host, "/choose", &[("choice", "keep")]).await;
    says_unknown(&page);
    assert_eq!(server.operations().modifies, modifies + 1, "written once");
    assert_eq!(directory.is_locked(&person).await, !applied);
    stays_unknown(&world, &mut browser, "unlock", modifies + 1).await;
    assert_eq!(directory.is_locked(&person).await, !applied);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unlock_that_is_applied_and_not_answered_is_unknown() {
    unlock(Fault::AppliedUnanswered, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unlock_that_is_swallowed_is_unknown() {
    unlock(Fault::Ignored, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unlock_that_is_applied_and_cut_off_is_unknown() {
    unlock(Fault::AppliedClosed, true).await;
}

/// An answer, even "not now", is knowledge: nothing was changed, and the same flow can try again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_controller_that_says_not_now_keeps_the_flow() {
    let world = impatient().await;
    let (host, directory) = (&world.tenant(SLUG).reset, &world.tenant(SLUG).directory);
    let server = directory.practice();
    let (mut browser, person) = at_the_choice(&world).await;
    let (mut other, normal) = (world.browser(), world.person(SLUG, State::Normal).await);
    to_the_form(&world, &mut other, SLUG, &normal).await;
    for fault in [Fault::Busy, Fault::Unavailable] {
        server.fail(Operation::Modify, fault);
        let page = browser.post(host, "/choose", &[("choice", "keep")]).await;
        assert_eq!((page.status.as_u16(), page.path.as_str()), (503, "/choose"), "{}", page.text());
        assert!(page.text().contains("Kontot är inte upplåst."), "{}", page.text());
        assert!(directory.is_locked(&person).await);
        let page = send_in(&mut other, host).await;
        assert_eq!((page.status.as_u16(), page.path.as_str()), (503, "/password"), "{}", page.text());
        assert!(page.text().contains("Ditt lösenord är inte ändrat."), "{}", page.text());
    }
    assert!(world.arrived().await.is_empty());
    server.heal();
    let done = browser.post(host, "/choose", &[("choice", "keep")]).await;
    assert_eq!(done.h1(), "Klart: Ditt konto är upplåst", "{}", done.text());
    assert!(!directory.is_locked(&person).await);
    assert_eq!(send_in(&mut other, host).await.status, 303);
    assert_eq!(directory.signs_in(&normal, NEW).await, Ok(()));
    let mut outcomes = world.told(SLUG, "unlock.outcome", "outcome").await;
    outcomes.sort();
    assert_eq!(outcomes, ["done", "unavailable", "unavailable"]);
}
