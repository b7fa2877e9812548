//! What changes between the right code and the write: everything is read again, and nothing is written.

use harness::{Database, Page, Person, State, World, journey};

const NEW: &str = "Tallkotte41Vindfang";

#[derive(Debug, Clone, Copy)]
enum Change {
    Disabled,
    Denied,
    Protected,
    MovedOut,
}

async fn happen(world: &World, slug: &str, person: &mut Person, change: Change) {
    let directory = &world.tenant(slug).directory;
    match change {
        Change::Disabled => directory.disable(person).await,
        Change::Denied => directory.join(person, &directory.denied_group()).await,
        // On Samba nothing but our own guard stands before a Domain Admin in a unit that is served.
        Change::Protected if directory.slapd().is_some() => directory.join(person, &directory.denied_group()).await,
        Change::Protected => {
            directory.join(person, &format!("CN=Domain Admins,CN=Users,{}", directory.base())).await;
        }
        Change::MovedOut => directory.move_out(person).await,
    }
}

/// Neither the page nor the directory nor the trail shows a write.
pub async fn refused(world: &World, slug: &str, person: &Person, page: &Page, before: harness::administrator::Traces) {
    assert_eq!(page.status, 403, "{}", page.text());
    assert_eq!(page.h1(), "Det här kontot kan inte återställas här");
    assert_eq!(world.tenant(slug).directory.traces(person).await, before, "nothing was written");
    assert!(world.arrived().await.is_empty(), "and nobody told of a write");
}

pub async fn what_changed_after_the_code_stops_the_write(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let directory = &world.tenant(slug).directory;
        for change in [Change::Disabled, Change::Denied, Change::Protected, Change::MovedOut] {
            let mut person = world.person(slug, State::Normal).await;
            let mut browser = world.browser();
            let mut page = journey::prove(world, &mut browser, slug, &person).await;
            if page.path == "/choose" {
                page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
            }
            assert_eq!(page.path, "/password", "{slug}, {change:?}");
            happen(world, slug, &mut person, change).await;
            let before = directory.traces(&person).await;
            let answer = browser.submit_to(&page, "/password", &[("password", NEW), ("password_again", NEW)]).await;
            refused(world, slug, &person, &answer, before.clone()).await;
            // Nor is the form shown any more.
            let again = browser.get(&world.tenant(slug).reset, "/password").await;
            refused(world, slug, &person, &again, before).await;
        }
        assert!(world.told(slug, "password.intended", "history").await.is_empty(), "{slug}: not even an intent");
    }
    // The same before an unlock.
    let slug = "mjolby";
    let directory = &world.tenant(slug).directory;
    for change in [Change::Denied, Change::Protected] {
        let mut person = world.person(slug, State::Locked).await;
        let mut browser = world.browser();
        let page = journey::prove(world, &mut browser, slug, &person).await;
        happen(world, slug, &mut person, change).await;
        let before = directory.traces(&person).await;
        let answer = browser.submit_to(&page, "/choose", &[("choice", "keep")]).await;
        refused(world, slug, &person, &answer, before).await;
        assert!(directory.is_locked(&person).await, "{change:?}");
    }
    assert!(world.told(slug, "unlock.intended", "history").await.is_empty(), "not even an intent");
}

/// The phone that proved it is no longer the account's.
pub async fn a_number_changed_after_the_code_ends_the_flow(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let directory = &world.tenant(slug).directory;
        let person = world.person(slug, State::Normal).await;
        let mut browser = world.browser();
        let mut page = journey::prove(world, &mut browser, slug, &person).await;
        if page.path == "/choose" {
            page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
        }

        let mut other = world.browser();
        let (old, new) = (person.number.clone().expect("a number"), world.fresh_number());
        let number = journey::sign_in(world, &mut other, slug, &person.username, &person.password).await;
        let mut code = other.submit_to(&number, "/number", &[("number", &new)]).await;
        for to in [&old, &new] {
            let digits = world.code_at(to).await;
            code = other.submit_to(&code, "/code", &[("code", &digits)]).await;
        }
        assert!(code.h1().starts_with("Klart"), "{}", code.text());
        world.arrived().await;

        let before = directory.traces(&person).await;
        let answer = browser.submit_to(&page, "/password", &[("password", NEW), ("password_again", NEW)]).await;
        assert_eq!(answer.status, 410, "{slug}: {}", answer.text());
        assert_eq!(directory.traces(&person).await, before, "{slug}: nothing was written");
        assert_eq!(directory.signs_in(&person, &person.password).await, Ok(()), "{slug}");
        assert!(world.told(slug, "password.intended", "history").await.is_empty(), "{slug}: not even an intent");
    }
}

/// A number that is gone altogether, as when an administrator removed it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_removed_after_the_code_stops_the_write() {
    let world = World::practice(Database::Sqlite).await;
    let directory = &world.tenant("mjolby").directory;
    for choice in ["keep", "new"] {
        let person = world.person("mjolby", State::Locked).await;
        let mut browser = world.browser();
        let page = journey::prove(&world, &mut browser, "mjolby", &person).await;
        let before = directory.traces(&person).await;
        world.sqlite("delete from numbers");
        let answer = browser.submit_to(&page, "/choose", &[("choice", choice)]).await;
        refused(&world, "mjolby", &person, &answer, before).await;
        assert!(directory.is_locked(&person).await);
    }
}
