//! The journeys of the municipalities' guides, over HTTP, for both tenants, on each directory and database.

use chrono::TimeDelta;
use harness::{Database, State, World, journey};

#[path = "journeys/attribute.rs"]
mod attribute;
#[path = "journeys/delayed.rs"]
mod delayed;
#[path = "journeys/holders.rs"]
mod holders;
#[path = "journeys/several.rs"]
mod several;

/// Expands every journey for one kind of world.
macro_rules! journeys_on {
    ($name:ident, $world:expr) => {
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_first_number_is_registered_and_used() {
                super::a_first_number_is_registered_and_used(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_new_password_lets_in_and_the_old_one_does_not() {
                super::a_new_password_lets_in_and_the_old_one_does_not(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn an_unlock_keeps_the_password() {
                super::an_unlock_keeps_the_password(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_number_is_changed_with_codes_to_the_old_and_the_new() {
                super::a_number_is_changed_with_codes_to_the_old_and_the_new(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_second_number_is_added_used_and_removed() {
                super::several::a_second_number_is_added_used_and_removed(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn the_other_number_proves_the_right_to_change_one() {
                super::several::the_other_number_proves_the_right_to_change_one(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn three_holders_register_and_all_are_told() {
                super::holders::three_holders_register_and_all_are_told(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn five_may_hold_a_number_and_no_sixth() {
                super::holders::five_may_hold_a_number_and_no_sixth(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_group_makes_an_account_a_shared_one() {
                super::holders::a_group_makes_an_account_a_shared_one(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_delayed_change_is_carried_out_by_the_clock() {
                super::delayed::a_delayed_change_is_carried_out_by_the_clock(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn the_old_number_stops_a_delayed_change() {
                super::delayed::the_old_number_stops_a_delayed_change(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn another_change_overtakes_a_delayed_one() {
                super::delayed::another_change_overtakes_a_delayed_one(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_delayed_change_of_an_account_that_is_not_served_is_refused() {
                super::delayed::a_delayed_change_of_an_account_that_is_not_served_is_refused(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_delayed_change_survives_the_worker() {
                super::delayed::a_delayed_change_survives_the_worker(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_holder_without_the_phone_is_delayed_too() {
                super::delayed::a_holder_without_the_phone_is_delayed_too(&$world.await).await;
            }
        }
    };
}

journeys_on!(practice_sqlite, World::practice(Database::Sqlite));
journeys_on!(practice_postgres, World::practice(Database::Postgres));
journeys_on!(samba_postgres, World::samba(Database::Postgres));
journeys_on!(openldap_sqlite, World::openldap(Database::Sqlite));

/// Expands the journeys of numbers in the directory for one kind of world.
macro_rules! numbers_in_the_directory_on {
    ($name:ident, $world:expr) => {
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_number_that_stands_there_is_used() {
                super::attribute::a_number_that_stands_there_is_used(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_number_that_is_registered_is_written_there() {
                super::attribute::a_number_that_is_registered_is_written_there(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_number_changed_behind_our_back_waits() {
                super::attribute::a_number_changed_behind_our_back_waits(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_change_seen_in_a_reset_waits_too() {
                super::attribute::a_change_seen_in_a_reset_waits_too(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn the_old_number_stops_what_others_wrote() {
                super::attribute::the_old_number_stops_what_others_wrote(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn what_is_no_number_is_unregistered() {
                super::attribute::what_is_no_number_is_unregistered(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn functional_accounts_keep_their_numbers_in_portvakt() {
                super::attribute::functional_accounts_keep_their_numbers_in_portvakt(&$world.await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn numbers_from_before_are_written_there() {
                super::attribute::numbers_from_before_are_written_there(&$world.await).await;
            }
        }
    };
}

numbers_in_the_directory_on!(
    attribute_practice_sqlite,
    World::practice_with(Database::Sqlite, super::attribute::in_the_directory)
);
numbers_in_the_directory_on!(
    attribute_samba_postgres,
    World::samba_with(Database::Postgres, super::attribute::in_the_directory)
);
numbers_in_the_directory_on!(
    attribute_openldap_sqlite,
    World::openldap_with(Database::Sqlite, super::attribute::in_the_directory)
);

/// Seeds 000 and 001: registration, then a reset with the number just registered.
async fn a_first_number_is_registered_and_used(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Unregistered).await;
        let number = world.fresh_number();
        let done = journey::register(world, &mut world.browser(), slug, &person, &number).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        assert!(done.text().contains(&world.tenant(slug).reset), "the way to pwreset: {}", done.text());
        let notices = world.arrived().await;
        let to: Vec<(&str, &str)> = notices.iter().map(|n| (n.channel, n.to.as_str())).collect();
        assert!(to.contains(&("sms", number.as_str())) && to.contains(&("mail", person.mail.as_str())), "{to:?}");

        let person = harness::Person { number: Some(number), ..person };
        let done = journey::reset(world, &mut world.browser(), slug, &person, "Vinterbad88Sten").await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        assert_eq!(world.tenant(slug).directory.bind(&person, "Vinterbad88Sten").await, Ok(()));
    }
}

/// Seeds 000, 002, 003, 004: every spelling of the name leads to the same person's phone.
async fn a_new_password_lets_in_and_the_old_one_does_not(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Normal).await;
        let spellings = [&person.username, &person.netbios_login, &person.upn, &person.mail];
        for (n, typed) in spellings.into_iter().enumerate() {
            let mut browser = world.browser();
            let page = journey::ask_for_code(world, &mut browser, slug, typed).await;
            let code = world.code_at(person.number.as_ref().expect("a number")).await;
            let mut page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
            if slug == "mjolby" {
                assert_eq!(page.path, "/choose", "Mjölby offers both");
                assert!(page.text().contains("Behåll ditt nuvarande lösenord"), "{}", page.text());
                page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
            }
            assert_eq!(page.path, "/password", "{}", page.text());
            assert!(page.text().contains(&person.username), "whose password it is: {}", page.text());
            let new = format!("Tallkotte{n}Vind");
            let done = browser.submit_to(&page, "/password", &[("password", &new), ("password_again", &new)]).await;
            assert!(done.h1().starts_with("Klart"), "{}", done.text());
            let next = if slug == "mjolby" { "ansluten till nätverket" } else { "Testa att det fungerar" };
            assert!(done.text().contains(next), "what happens now: {}", done.text());

            let directory = &world.tenant(slug).directory;
            assert_eq!(directory.bind(&person, &new).await, Ok(()));
            assert_eq!(directory.bind(&person, &person.password).await, Err("52e".to_owned()));
            let notices = world.arrived().await;
            assert_eq!(notices.len(), 2, "a notice by SMS and one by mail: {notices:?}");
        }
    }
}

/// Seed 004, step 5.
async fn an_unlock_keeps_the_password(world: &World) {
    let slug = "mjolby";
    let person = world.person(slug, State::Locked).await;
    let directory = &world.tenant(slug).directory;
    assert!(directory.is_locked(&person).await);
    let mut browser = world.browser();
    let page = journey::prove(world, &mut browser, slug, &person).await;
    let done = browser.submit_to(&page, "/choose", &[("choice", "keep")]).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    assert!(!directory.is_locked(&person).await);
    assert_eq!(directory.bind(&person, &person.password).await, Ok(()));

    // Örebro's guide knows a new password only, and that unlocks as well.
    let person = world.person("orebro", State::Locked).await;
    let done = journey::reset(world, &mut world.browser(), "orebro", &person, "Vinterbad88Sten").await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    assert_eq!(world.tenant("orebro").directory.bind(&person, "Vinterbad88Sten").await, Ok(()));
}

/// Seed 000: "kontrollera att ditt mobilnummer stämmer, eller uppdatera det".
async fn a_number_is_changed_with_codes_to_the_old_and_the_new(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Functional).await;
        let (old, new) = (person.number.clone().expect("a number"), world.fresh_number());
        let mut browser = world.browser();
        let page = journey::sign_in(world, &mut browser, slug, &person.username, &person.password).await;
        assert_eq!(page.path, "/number", "{}", page.text());
        let last_two = &old[old.len() - 2..];
        assert!(
            page.text().contains(&format!("*** *** {} {last_two}", &old[old.len() - 4..old.len() - 2])),
            "{}",
            page.text()
        );

        // A reset that somebody began by the name is still there after the change, and its code is none any more.
        let mut other = world.browser();
        let waiting = journey::ask_for_code(world, &mut other, slug, &person.username).await;
        let unused = world.code_at(&old).await;

        let page = browser.submit_to(&page, "/number", &[("number", &new)]).await;
        let code = world.code_at(&old).await;
        let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        assert_eq!(page.path, "/code", "{}", page.text());
        let code = world.code_at(&new).await;
        let done = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());

        let notices = world.arrived().await;
        assert!(notices.iter().any(|n| n.to == old), "the old number is told: {notices:?}");
        assert!(notices.iter().any(|n| n.to == person.mail), "the mailbox is told: {notices:?}");
        let refused = other.submit_to(&waiting, "/code", &[("code", &unused)]).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        // The next one goes to the number as it is now, and is as good as any.
        world.clock.advance(TimeDelta::seconds(60));
        let again = other.submit_to(&refused, "/code/again", &[]).await;
        let proved = other.submit_to(&again, "/code", &[("code", &world.code_at(&new).await)]).await;
        assert_eq!((proved.status.as_u16(), proved.path.starts_with("/code")), (200, false), "{}", proved.text());

        let person = harness::Person { number: Some(new), ..person };
        let done = journey::reset(world, &mut world.browser(), slug, &person, "Vinterbad88Sten").await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
    }
}
