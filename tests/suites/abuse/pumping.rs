//! Numbers typed in to be sent SMS to: so many different ones a day for an account, and in a range of numbers.

use harness::{Browser, Database, Page, State, World, journey};

use crate::network;

/// Signs in on a network, and gives the browser.
async fn signed_in(world: &World, person: &harness::Person, address: &str) -> Browser {
    let mut browser = Browser::on_network(world.public, address);
    let page = journey::sign_in(world, &mut browser, "orebro", &person.username, &person.password).await;
    assert_eq!(page.path, "/number", "{}", page.text());
    browser
}

async fn types(world: &World, browser: &mut Browser, number: &str) -> Page {
    browser.post_once(&world.tenant("orebro").register, "/number", &[("number", number)]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_has_five_new_numbers_a_day_from_a_network() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Unregistered).await;
    let mut browser = signed_in(world, &person, &network(0)).await;
    let number = |n: usize| format!("070-174 06 {:02}", 10 + n);
    assert_eq!(types(world, &mut browser, "019-21 10 00").await.status, 422, "a landline was never counted");
    for n in [0, 1, 1, 0, 2, 3, 4] {
        assert_eq!(types(world, &mut browser, &number(n)).await.status, 303, "number {n}");
    }
    let limited = types(world, &mut browser, &number(5)).await;
    assert_eq!(limited.status, 429, "{}", limited.text());
    assert_eq!(types(world, &mut browser, &number(5)).await.status, 429, "still");
    assert_eq!(types(world, &mut browser, &number(4)).await.status, 303, "one of the five");
    assert!(world.arrived().await.len() <= 3, "the account's own limit");
    assert_eq!(world.told("orebro", "limit.hit", "limit").await, ["new_numbers_per_account_and_network"]);

    // Somebody with the password elsewhere used up nothing of what the person has at home; in all it is twenty.
    for (at, first) in [(1, 5), (2, 10), (3, 15)] {
        let mut browser = signed_in(world, &person, &network(at)).await;
        for n in first..first + 5 {
            assert_eq!(types(world, &mut browser, &number(n)).await.status, 303, "number {n}");
        }
    }
    let mut browser = signed_in(world, &person, &network(4)).await;
    assert_eq!(types(world, &mut browser, &number(20)).await.status, 429, "the account's twenty-first");
    let other = world.person("orebro", State::Unregistered).await;
    let mut browser = signed_in(world, &other, &network(0)).await;
    assert_eq!(types(world, &mut browser, &number(20)).await.status, 303, "another account");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_of_numbers_has_what_the_tenant_says() {
    let trusted = "203.0.113.0/24".parse().expect("a network");
    let world = &World::practice_with(Database::Sqlite, |settings| {
        settings.limits.new_numbers_per_range = 3;
        settings.limits.trusted_networks = vec![trusted];
    })
    .await;
    let people = [world.person("orebro", State::Unregistered).await, world.person("orebro", State::Normal).await];
    let mut first = signed_in(world, &people[0], &network(0)).await;
    for n in 0..3 {
        assert_eq!(types(world, &mut first, &format!("070-174 06 2{n}")).await.status, 303);
    }
    assert_eq!(types(world, &mut first, "070-174 06 23").await.status, 429, "the fourth of the range");
    assert_eq!(types(world, &mut first, "070-174 06 20").await.status, 303, "the first again");
    assert_eq!(types(world, &mut first, "070-175 06 23").await.status, 303, "another range");
    let mut second = signed_in(world, &people[1], &network(1)).await;
    assert_eq!(types(world, &mut second, "070-174 06 24").await.status, 429, "whichever account");
    let mut own = signed_in(world, &people[1], "203.0.113.8").await;
    assert_eq!(types(world, &mut own, "070-174 06 24").await.status, 303, "on the tenant's own network");
    assert_eq!(world.told("orebro", "limit.hit", "limit").await, ["new_numbers_per_range"]);
}
