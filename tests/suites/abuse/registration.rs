//! Limits at pwreg: on the client's network and on the number that is typed, never on whom it means.

use futures_util::{StreamExt as _, stream};
use harness::{Browser, Database, Page, State, World, journey};
use portvakt_demo::practice::{Fault, Operation};

use crate::{codes, network};

/// Wrong passwords of one network in an hour, and right ones in ten minutes.
const CEILING: usize = 60;
/// Codes to one number in a day that were asked for by typing it.
const TO_ONE_NUMBER: usize = 6;
const WRONG: &str = "Fel-losenord-1";

/// Presents a password at pwreg; the answer itself.
async fn present(world: &World, browser: &mut Browser, slug: &str, name: &str, password: &str) -> Page {
    let host = &world.tenant(slug).register;
    let start = browser.get(host, "/").await.hidden("start");
    let fields = [("start", start.as_str()), ("username", name), ("password", password)];
    browser.post_once(host, "/", &fields).await
}

/// A browser on a network of this number, at an address of its own.
fn at(world: &World, n: usize) -> Browser {
    Browser::on_network(world.public, &network(n))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_guess_at_many_names_tires_a_network_and_nobody_else() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Normal).await;
    // All at once: nothing is let through because the counter had not moved yet.
    let statuses: Vec<u16> = stream::iter(0..CEILING + 20)
        .map(|n| async move {
            present(world, &mut at(world, 0), "orebro", &format!("finnsinte{n}"), WRONG).await.status.as_u16()
        })
        .buffer_unordered(40)
        .collect()
        .await;
    let of = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((of(422), of(429)), (CEILING, 20), "{statuses:?}");

    // Neither the right password of somebody nor a wrong one of nobody is tried: the same page for both.
    let mut limited = Vec::new();
    for (name, password) in [(person.username.as_str(), person.password.as_str()), ("finnsinte99", WRONG)] {
        limited.push(present(world, &mut at(world, 0), "orebro", name, password).await);
    }
    assert_eq!((limited[0].status.as_u16(), &limited[0].html), (429, &limited[1].html));
    assert!(limited[0].h1().len() > 3, "{}", limited[0].text());
    // Elsewhere it is, and here again when the hour has passed.
    let right = (&person.username, &person.password);
    assert_eq!(present(world, &mut at(world, 1), "orebro", right.0, right.1).await.status, 303);
    world.clock.advance(chrono::TimeDelta::minutes(61));
    assert_eq!(present(world, &mut at(world, 0), "orebro", right.0, right.1).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_a_right_password_nor_a_directory_that_is_away_is_a_failure() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person("mjolby", State::Normal).await;
    let server = world.tenant("mjolby").directory.practice();
    server.fail(Operation::Search, Fault::Unavailable);
    for n in 0..CEILING + 1 {
        let status = present(world, &mut at(world, 0), "mjolby", &person.username, &person.password).await.status;
        assert_eq!(status, 503, "sign-in {n}");
    }
    server.heal();
    for n in 0..CEILING {
        let status = present(world, &mut at(world, 0), "mjolby", &person.username, &person.password).await.status;
        assert_eq!(status, 303, "sign-in {n}");
    }
    // Flows that were begun are counted too, for ten minutes.
    let page = present(world, &mut at(world, 0), "mjolby", &person.username, &person.password).await;
    assert_eq!(page.status, 429, "{}", page.text());
    assert_eq!(present(world, &mut at(world, 1), "mjolby", &person.username, &person.password).await.status, 303);
    world.clock.advance(chrono::TimeDelta::minutes(10));
    assert_eq!(present(world, &mut at(world, 0), "mjolby", &person.username, &person.password).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenants_own_network_is_let_through_further() {
    let own = "198.51.100.0/24";
    let world = &World::practice_with(Database::Sqlite, |settings| {
        settings.limits.trusted_networks = vec![own.parse().expect("a network")];
    })
    .await;
    let person = world.person("orebro", State::Normal).await;
    for (address, allowed) in [("198.51.100.7", CEILING + 5), ("192.0.2.7", CEILING)] {
        for n in 0..CEILING + 5 {
            let mut browser = Browser::on_network(world.public, address);
            let status = present(world, &mut browser, "orebro", &person.username, &person.password).await.status;
            assert_eq!(status, if n < allowed { 303 } else { 429 }, "{address}, sign-in {n}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_is_not_rung_without_end_whoever_types_it() {
    let world = &World::practice(Database::Sqlite).await;
    let victim = world.fresh_number();
    let person = world.person("mjolby", State::Unregistered).await;
    // Each time from another network.
    for n in 0..TO_ONE_NUMBER + 2 {
        let mut browser = at(world, n);
        let page = journey::sign_in(world, &mut browser, "mjolby", &person.username, &person.password).await;
        let page = browser.submit_to(&page, "/number", &[("number", &victim)]).await;
        let sent = codes(world).await.len();
        if n < TO_ONE_NUMBER {
            assert_eq!((page.path.as_str(), sent), ("/code", 1), "number {n}: {}", page.text());
        } else {
            assert_eq!((page.status.as_u16(), sent), (429, 0), "number {n}: {}", page.text());
        }
    }
    // Another number is no concern of that, nor is the next day.
    for (days, number) in [(0, world.fresh_number()), (1, victim)] {
        world.clock.advance(chrono::TimeDelta::days(days));
        // Some sample passwords end within days.
        let domain = world.tenant("mjolby").directory.practice().domain();
        domain.account(&person.username).expect("an account").set_password(&person.password);
        let mut browser = at(world, 99);
        let page = journey::sign_in(world, &mut browser, "mjolby", &person.username, &person.password).await;
        let page = browser.submit_to(&page, "/number", &[("number", &number)]).await;
        assert_eq!((page.path.as_str(), codes(world).await.len()), ("/code", 1), "{}", page.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_does_not_ring_number_after_number() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person("mjolby", State::Unregistered).await;
    let mut browser = at(world, 0);
    let page = journey::sign_in(world, &mut browser, "mjolby", &person.username, &person.password).await;
    assert_eq!(page.path, "/number", "{}", page.text());
    let mut rung = 0;
    for n in 0..CEILING {
        let number = format!("070174{:04}", 605 + n);
        let page = browser.submit_to(&page, "/number", &[("number", &number)]).await;
        if page.status == 429 {
            break;
        }
        assert_eq!(page.path, "/code", "number {n}: {}", page.text());
        rung += 1;
    }
    assert_eq!(rung, 5, "different ones, for one account from one network in a day");
}
