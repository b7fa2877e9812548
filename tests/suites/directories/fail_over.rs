//! Two controllers of one directory, each behind a line that can be cut: the platform's own flows while one goes away. It
//! is one server behind both lines, so what the first one did the second one knows.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::TimeDelta;
use harness::{Browser, Page, Person, State, World, journey, wire::Wire};
use portvakt_domain::tenant::TenantSettings;
use tokio::runtime::Handle;

use crate::table::Kind;

const SLUG: &str = "mjolby";
const NEW: &str = "Tallkotte41Vindfang";
/// People who get back in at the same time.
const PEOPLE: usize = 4;
/// How often each of them loads a page that asks the directory, all together.
const LOADS: usize = 25;

/// A world whose directory is reached over two lines.
async fn over_two_lines(kind: Kind) -> (World, Vec<Wire>) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let laid = lines.clone();
    let change = move |settings: &mut TenantSettings| {
        if settings.slug.as_str() == SLUG {
            let controller = &settings.directory.controllers[0];
            let (ip, port): (IpAddr, u16) = (controller.host().parse().expect("an address"), controller.port());
            let lay = async { [Wire::to(ip, port).await, Wire::to(ip, port).await] };
            // The settings are changed by a function that waits for nothing: the wires are laid on a thread of their own.
            let runtime = Handle::current();
            let wires = std::thread::scope(|scope| scope.spawn(|| runtime.block_on(lay)).join()).expect("two wires");
            settings.directory.controllers = wires.iter().map(|wire| wire.url().parse().expect("an address")).collect();
            laid.lock().expect("unpoisoned").extend(wires);
        }
    };
    let world = match kind {
        Kind::Practice => World::practice_with(harness::Database::Sqlite, change).await,
        Kind::Samba => World::samba_with(harness::Database::Postgres, change).await,
        Kind::OpenLdap => World::openldap_with(harness::Database::Sqlite, change).await,
    };
    let lines = std::mem::take(&mut *lines.lock().expect("unpoisoned"));
    (world, lines)
}

/// Everybody's browser stands at the form for a new password.
async fn everybody_proves(world: &World) -> Vec<(Person, Browser, Page)> {
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        let person = world.person(SLUG, State::Normal).await;
        let mut browser = world.browser();
        let page = journey::prove(world, &mut browser, SLUG, &person).await;
        let page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
        assert_eq!(page.path, "/password", "{}", page.text());
        people.push((person, browser, page));
    }
    people
}

async fn a_controller_that_goes_away_fails_nobody(kind: Kind) {
    let (world, lines) = over_two_lines(kind).await;
    let [first, second] = lines.as_slice() else { panic!("two lines") };
    let people = everybody_proves(&world).await;
    assert_eq!(second.connections(), 0, "the first one is preferred");

    // Under load, the line to the first controller is cut: every page is answered all the same.
    let host = world.tenant(SLUG).reset.clone();
    let loads = people.into_iter().map(|(person, mut browser, page)| {
        let host = host.clone();
        tokio::spawn(async move {
            for _ in 0..LOADS {
                let shown = browser.get(&host, "/password").await;
                assert_eq!(shown.status, 200, "{}", shown.text());
            }
            (person, browser, page)
        })
    });
    let loads: Vec<_> = loads.collect();
    let before = first.requests();
    while first.requests() < before + 10 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    first.cut();
    let mut people = Vec::new();
    for load in loads {
        people.push(load.await.expect("every page was answered"));
    }
    assert!(second.connections() > 0);

    // A code is sent, and passwords are set, by way of the second; each once.
    let another = world.person(SLUG, State::Normal).await;
    journey::prove(&world, &mut world.browser(), SLUG, &another).await;
    let written = modifies(&world, kind);
    for (person, mut browser, page) in people {
        let done = browser.submit_to(&page, "/password", &[("password", NEW), ("password_again", NEW)]).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        assert_eq!(world.tenant(SLUG).directory.signs_in(&person, NEW).await, Ok(()));
    }
    if let (Some(before), Some(after)) = (written, modifies(&world, kind)) {
        assert_eq!(after - before, u64::try_from(PEOPLE).expect("a few"), "each was written once");
    }

    // Mended and rested, the first one is found to be back and is preferred again.
    first.mend();
    world.clock.advance(TimeDelta::seconds(61));
    let directory = world.served(SLUG).directory.clone();
    let back = async {
        let mut before = 0;
        while second.requests() != before {
            before = second.requests();
            tokio::time::sleep(Duration::from_millis(20)).await;
            directory.domain_policy().await.expect("an answer from either");
        }
    };
    tokio::time::timeout(Duration::from_secs(30), back).await.expect("somebody looks");
    second.cut();
    let again = world.person(SLUG, State::Normal).await;
    journey::prove(&world, &mut world.browser(), SLUG, &again).await;
}

/// Writes that reached the directory, where it counts them.
fn modifies(world: &World, kind: Kind) -> Option<u64> {
    (kind == Kind::Practice).then(|| world.tenant(SLUG).directory.practice().operations().modifies)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_practice_controller_that_goes_away_fails_nobody() {
    a_controller_that_goes_away_fails_nobody(Kind::Practice).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_samba_controller_that_goes_away_fails_nobody() {
    a_controller_that_goes_away_fails_nobody(Kind::Samba).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_openldap_server_that_goes_away_fails_nobody() {
    a_controller_that_goes_away_fails_nobody(Kind::OpenLdap).await;
}

/// The first controller swallows the write: it is unknown to it, proven by the second, and sent to neither again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_without_an_answer_is_proven_at_the_other_controller() {
    let (world, lines) = over_two_lines(Kind::Practice).await;
    let [first, second] = lines.as_slice() else { panic!("two lines") };
    let mut people = everybody_proves(&world).await;
    let (person, mut browser, page) = people.pop().expect("somebody");
    // Everything that is asked before a write, so that only the write remains unanswered.
    let before = first.requests();
    let (other, mut other_browser, other_page) = people.pop().expect("somebody");
    let form = [("password", NEW), ("password_again", NEW)];
    assert!(other_browser.submit_to(&other_page, "/password", &form).await.h1().starts_with("Klart"));
    assert_eq!(world.tenant(SLUG).directory.signs_in(&other, NEW).await, Ok(()));
    let questions = first.requests() - before;

    let written = modifies(&world, Kind::Practice).expect("it counts");
    let caught = first.stop_at(questions);
    let sent = tokio::spawn(async move { browser.submit_to(&page, "/password", &form).await });
    let caught = caught.await.expect("the write is on its way");
    first.hold_answers();
    drop(caught);
    let done = sent.await.expect("an answer");
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    assert!(second.connections() > 0, "the other one was asked");
    assert_eq!(modifies(&world, Kind::Practice), Some(written + 1), "and nothing was written twice");
    assert_eq!(world.tenant(SLUG).directory.signs_in(&person, NEW).await, Ok(()));
}

/// StartTLS beside LDAPS, on the port that is not protected by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starttls_serves_as_ldaps_does() {
    let starttls = |settings: &mut TenantSettings| {
        let hosts: Vec<_> = settings.directory.controllers.iter().map(|url| url.host().to_owned()).collect();
        settings.directory.controllers =
            hosts.iter().map(|host| format!("ldap://{host}").parse().expect("an address")).collect();
        settings.directory.starttls = true;
    };
    for world in [
        World::samba_with(harness::Database::Sqlite, starttls).await,
        World::openldap_with(harness::Database::Sqlite, starttls).await,
    ] {
        let person = world.person(SLUG, State::Locked).await;
        let done = journey::reset(&world, &mut world.browser(), SLUG, &person, NEW).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        assert_eq!(world.tenant(SLUG).directory.signs_in(&person, NEW).await, Ok(()));
        let page = journey::sign_in(&world, &mut world.browser(), SLUG, &person.username, NEW).await;
        assert_eq!(page.path, "/number", "{}", page.text());
    }
}
