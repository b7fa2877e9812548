//! Earlier passwords: refused by the directory where it can, promised by nobody where it can't.

use chrono::TimeDelta;
use harness::{Database, State, World, journey};
use portvakt_domain::tenant::HistoryRule;

const REJECTED: &str = "Du har haft det lösenordet tidigare. Välj ett som du inte har haft.";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_earlier_password_is_refused_and_the_flow_goes_on() {
    earlier_ones_are_refused(World::practice(Database::Sqlite).await, "policy_hints").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openldap_looks_at_earlier_passwords_by_itself() {
    earlier_ones_are_refused(World::openldap(Database::Postgres).await, "ppolicy").await;
}

async fn earlier_ones_are_refused(world: World, by: &str) {
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Normal).await;
        let (earlier, new) = ("Vinterbad88Stenmur", "Tallkotte41Vindfang");
        let done = journey::reset(&world, &mut world.browser(), slug, &person, earlier).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        world.arrived().await;
        let second = "Kopparkittel52Lada";
        world.clock.advance(TimeDelta::seconds(1));
        let done = journey::reset(&world, &mut world.browser(), slug, &person, second).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        world.arrived().await;

        let mut browser = world.browser();
        let mut page = journey::prove(&world, &mut browser, slug, &person).await;
        if page.path == "/choose" {
            page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
        }
        assert!(page.text().contains("senaste lösenord"), "the rule is listed: {}", page.text());
        // The present one, one of before, and the one it all began with.
        for password in [second, earlier, &person.password] {
            world.clock.advance(TimeDelta::seconds(1));
            page = browser.submit_to(&page, "/password", &[("password", password), ("password_again", password)]).await;
            assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/password"), "{slug}");
            assert!(page.text().contains(REJECTED), "{slug}: {}", page.text());
            assert_eq!(world.tenant(slug).directory.signs_in(&person, second).await, Ok(()), "{slug}");
        }
        assert!(world.arrived().await.is_empty(), "nothing happened that one is told of");
        world.clock.advance(TimeDelta::seconds(1));
        let done = browser.submit_to(&page, "/password", &[("password", new), ("password_again", new)]).await;
        assert!(done.h1().starts_with("Klart"), "{slug}: the same flow: {}", done.text());
        assert_eq!(world.tenant(slug).directory.signs_in(&person, new).await, Ok(()), "{slug}");
        world.arrived().await;

        let outcomes = world.told(slug, "password.outcome", "outcome").await;
        assert_eq!(outcomes, ["done", "done", "rejected", "rejected", "rejected", "done"], "{slug}");
        let history = world.told(slug, "password.intended", "history").await;
        assert_eq!(history, [by; 6], "{slug}: an intent before every write");
    }
}

/// Samba has no such control: the page promises nothing, and the trail says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_history_nothing_is_promised_and_the_trail_says_so() {
    let world = World::samba(Database::Postgres).await;
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Normal).await;
        let mut browser = world.browser();
        let mut page = journey::prove(&world, &mut browser, slug, &person).await;
        if page.path == "/choose" {
            page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
        }
        let promised = page.text();
        assert!(!promised.contains("senaste lösenord") && !promised.contains("haft tidigare"), "{slug}: {promised}");
        let new = "Tallkotte41Vindfang";
        let done = browser.submit_to(&page, "/password", &[("password", new), ("password_again", new)]).await;
        assert!(done.h1().starts_with("Klart"), "{slug}: {}", done.text());
        let history = world.told(slug, "password.intended", "history").await;
        assert_eq!(history, ["none: the directory does not look at earlier passwords"], "{slug}");
        world.arrived().await;
    }
}

/// A controller that lacks the control which the settings demand takes no resets; unlocking needs none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_controller_without_the_demanded_control_takes_no_resets() {
    let demand = |settings: &mut portvakt_domain::tenant::TenantSettings| {
        settings.directory.history = HistoryRule::PolicyHints;
    };
    let world = World::samba_with(Database::Postgres, demand).await;
    for slug in ["orebro", "mjolby"] {
        let directory = &world.tenant(slug).directory;
        let person = world.person(slug, State::Locked).await;
        let before = directory.traces(&person).await;
        let page = journey::reset(&world, &mut world.browser(), slug, &person, "Tallkotte41Vindfang").await;
        assert_eq!((page.status.as_u16(), page.path.as_str()), (503, "/password"), "{slug}");
        assert!(page.text().contains("Ditt lösenord är inte ändrat."), "{slug}: {}", page.text());
        assert_eq!(directory.traces(&person).await, before, "{slug}: nothing was written");
        assert!(world.arrived().await.is_empty(), "{slug}");
        assert_eq!(world.told(slug, "password.outcome", "outcome").await, ["misconfigured"], "{slug}");
    }
    let person = world.person("mjolby", State::Locked).await;
    let mut browser = world.browser();
    let page = journey::prove(&world, &mut browser, "mjolby", &person).await;
    let done = browser.submit_to(&page, "/choose", &[("choice", "keep")]).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    assert!(!world.tenant("mjolby").directory.is_locked(&person).await);
}
