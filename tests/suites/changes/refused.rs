//! Who may not, what is not taken, and what changed meanwhile.

use chrono::TimeDelta;
use harness::{Database, Page, Person, State, World, journey};
use portvakt_domain::tenant::{KnownPassword, TenantSettings};

const NEW: &str = "Tallkotte41Vindfang";

/// A page without what is its own of every request: what was typed, and the form's token.
fn stripped(page: &Page, typed: &str) -> String {
    page.html.replace(&page.hidden("start"), "").replace(typed, "")
}

/// Whoever may not change a password, with the right one looks like somebody with a wrong one, to the byte.
pub async fn every_state_is_as_the_table_says(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let host = &world.tenant(slug).reset;
        let known = world.person(slug, State::Normal).await;
        let page = journey::give_current(world, &mut world.browser(), slug, &known.username, "Fel-losenord-1").await;
        assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/change"), "{}", page.text());
        let wrong = stripped(&page, &known.username);
        for state in State::ALL {
            let person = world.person(slug, state).await;
            let mut browser = world.browser();
            let page = journey::give_current(world, &mut browser, slug, &person.username, &person.password).await;
            if state.may_change() {
                assert_ne!(page.status, 422, "{slug}, {state:?}: {}", page.text());
            } else {
                assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/change"), "{slug}, {state:?}");
                assert_eq!(stripped(&page, &person.username), wrong, "{slug}, {state:?}: looks like a wrong password");
                assert_eq!(browser.cookie(host), None, "{slug}, {state:?}");
            }
        }
        let _ = world.arrived().await;
    }
}

/// A change looks at earlier passwords in every directory, whatever the settings say of resets.
pub async fn an_earlier_password_is_refused_and_the_flow_goes_on(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let (mut person, directory) = (world.person(slug, State::Normal).await, &world.tenant(slug).directory);
        let first = person.password.clone();
        let mut browser = world.browser();
        let page = journey::to_change(world, &mut browser, slug, &person).await;
        let done = journey::submit_change(&mut browser, &page, &first, NEW).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        NEW.clone_into(&mut person.password);
        let _ = world.arrived().await;

        world.clock.advance(TimeDelta::minutes(31));
        let mut browser = world.browser();
        let mut page = journey::to_change(world, &mut browser, slug, &person).await;
        let before = directory.traces(&person).await;
        // The same again is seen here; the one before by the directory alone.
        for (new, asked) in [(NEW, false), (first.as_str(), true)] {
            page = journey::submit_change(&mut browser, &page, NEW, new).await;
            assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/change/password"), "{slug}");
            let told = "Du har haft det lösenordet tidigare. Välj ett som du inte har haft.";
            assert!(page.text().contains(told), "{slug}: {}", page.text());
            let outcomes = world.told(slug, "change.outcome", "reason").await;
            assert_eq!(outcomes.last().map(String::as_str), Some(if asked { "earlier" } else { "" }), "{slug}");
        }
        assert_eq!(directory.traces(&person).await, before, "{slug}: nothing was changed");
        let done = journey::submit_change(&mut browser, &page, NEW, "Kopparkittel52Lada").await;
        assert!(done.h1().starts_with("Klart"), "{slug}: the same flow: {}", done.text());
        let _ = world.arrived().await;
    }
}

/// State, scope and lockout are read again before the write.
pub async fn what_changed_meanwhile_stops_the_write(world: &World) {
    let slug = "mjolby";
    let directory = &world.tenant(slug).directory;
    for (what, heading) in [
        ("locked", "Kontot är låst"),
        ("disabled", "Det här kontot kan inte återställas här"),
        ("moved", "Det här kontot kan inte återställas här"),
    ] {
        let mut person: Person = world.person(slug, State::Normal).await;
        let mut browser = world.browser();
        let page = journey::to_change(world, &mut browser, slug, &person).await;
        match what {
            "locked" => directory.lock(&person).await,
            "disabled" => directory.disable(&person).await,
            _ => directory.move_out(&mut person).await,
        }
        let before = directory.traces(&person).await;
        let refused = journey::submit_change(&mut browser, &page, &person.password, NEW).await;
        assert_eq!((refused.status.as_u16(), refused.h1().as_str()), (403, heading), "{what}: {}", refused.text());
        assert_eq!(directory.traces(&person).await, before, "{what}: nothing was written");
    }
    assert!(world.told(slug, "change.intended", "method").await.is_empty(), "not even an intent");
}

/// A flow under way ends when the tenant switches changes off, or asks for a code that this flow was not asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_changed_meanwhile_end_the_flow() {
    for (changed, goes_on) in
        [(KnownPassword::Off, false), (KnownPassword::WithCode, false), (KnownPassword::WithoutCode, true)]
    {
        let world = World::practice_with(Database::Sqlite, super::offered).await;
        let person = world.person("mjolby", State::Normal).await;
        let mut browser = world.browser();
        let page = journey::to_change(&world, &mut browser, "mjolby", &person).await;
        world.reconfigure("mjolby", |settings| settings.reset.known_password = changed).await;
        let told = journey::submit_change(&mut browser, &page, &person.password, NEW).await;
        assert_eq!(told.status.as_u16(), if goes_on { 200 } else { 410 }, "{changed:?}: {}", told.text());
        let signs_in = world.tenant("mjolby").directory.signs_in(&person, NEW).await;
        assert_eq!(signs_in.is_ok(), goes_on, "{changed:?}");
    }
}

/// Where the tenant does not offer it, there is no link and no page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_may_switch_it_off() {
    let off = |settings: &mut TenantSettings| {
        if settings.slug.as_str() == "orebro" {
            settings.reset.known_password = KnownPassword::Off;
        }
    };
    let world = World::practice_with(Database::Sqlite, off).await;
    let mut browser = world.browser();
    let host = &world.tenant("orebro").reset;
    let start = browser.get(host, "/").await;
    assert!(!start.html.contains("/change"), "{}", start.html);
    assert_eq!(browser.get(host, "/change").await.status, 404);
    let person = world.person("orebro", State::Normal).await;
    let server = world.tenant("orebro").directory.practice();
    let (token, before) = (start.hidden("start"), server.operations());
    let fields = [("start", token.as_str()), ("username", &person.username), ("password", &person.password)];
    let page = browser.post(host, "/change", &fields).await;
    assert_eq!((page.status.as_u16(), browser.cookie(host)), (404, None));
    assert_eq!(server.operations(), before, "the directory was not asked");
}

/// The minimum age is known as soon as the password was right: the page says at once when a new one may follow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_too_young_says_for_how_long() {
    let world = World::practice_with(Database::Sqlite, super::offered).await;
    too_young(&world, "mjolby").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_too_young_says_for_how_long_on_samba() {
    let controller = harness::services::Services::get().orebro.throwaway("young").await;
    let without = |settings: &mut TenantSettings| settings.reset.known_password = KnownPassword::WithoutCode;
    let world = World::throwaway_with(Database::Postgres, controller, without).await;
    too_young(&world, "orebro").await;
}

async fn too_young(world: &World, slug: &str) {
    let directory = &world.tenant(slug).directory;
    let (normal, must_change) = (world.person(slug, State::Normal).await, world.person(slug, State::MustChange).await);
    // The present password is set now, and has to be kept for a day from now on.
    let mut browser = world.browser();
    let page = journey::to_change(world, &mut browser, slug, &normal).await;
    let done = journey::submit_change(&mut browser, &page, &normal.password, NEW).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    directory.replace(&directory.base(), "minPwdAge", &["-864000000000"]).await;
    // A controller's clock is not the test's: well within the last hour of the day.
    world.clock.advance(TimeDelta::minutes(10));
    let person = Person { password: NEW.to_owned(), ..normal };

    world.arrived().await;
    let mut browser = world.browser();
    let page = journey::give_current(world, &mut browser, slug, &person.username, NEW).await;
    assert_eq!(page.h1(), "Du kan inte byta lösenord än", "{}", page.text());
    assert!(page.text().contains("Du kan byta det igen om 24 timmar."), "{}", page.text());
    assert!(world.arrived().await.is_empty(), "no code is spent on it");
    // Who does not know the password is not told.
    let wrong = journey::give_current(world, &mut world.browser(), slug, &person.username, "Fel-losenord-1").await;
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    assert_eq!(directory.signs_in(&person, NEW).await, Ok(()), "{slug}: it is as it was");

    // One that must be changed is never too young.
    let page = journey::to_change(world, &mut browser, slug, &must_change).await;
    assert_eq!(page.path, "/change/password", "{}", page.text());
    let done = journey::submit_change(&mut browser, &page, &must_change.password, NEW).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
}
