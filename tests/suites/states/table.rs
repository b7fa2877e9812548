//! The table itself: sign-in at pwreg, code by SMS, choices, and what a choice does in the directory.

use harness::{Page, Person, State, World, journey, world::find_code};

const NEW: &str = "Tallkotte41Vindfang";

/// A page without what is its own of every request: what was typed, and the form's token.
fn stripped(page: &Page, typed: &str) -> String {
    page.html.replace(&page.hidden("start"), "").replace(typed, "")
}

/// Column "sign-in at pwreg". A refusal looks like a wrong password, to the byte.
pub async fn sign_in_is_as_the_table_says(world: &World) {
    tokio::join!(sign_in(world, "orebro"), sign_in(world, "mjolby"));
}

async fn sign_in(world: &World, slug: &str) {
    let host = &world.tenant(slug).register;
    let known = world.person(slug, State::Normal).await;
    let page = journey::sign_in(world, &mut world.browser(), slug, &known.username, "Fel-losenord-1").await;
    assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/"), "{}", page.text());
    assert!(page.text().contains("Användarnamnet eller lösenordet stämmer inte"), "{}", page.text());
    let wrong = stripped(&page, &known.username);

    for state in State::ALL {
        let person = world.person(slug, state).await;
        let mut browser = world.browser();
        let page = journey::sign_in(world, &mut browser, slug, &person.username, &person.password).await;
        if state.may().0 {
            assert_eq!((page.status.as_u16(), page.path.as_str()), (200, "/number"), "{slug}, {state:?}");
            assert!(page.text().contains(&person.username), "{slug}, {state:?}: whose number it is");
        } else {
            assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/"), "{slug}, {state:?}");
            assert_eq!(stripped(&page, &person.username), wrong, "{slug}, {state:?}: looks like a wrong password");
            assert_eq!(browser.cookie(host), None, "{slug}, {state:?}");
        }
    }
}

/// Columns "code by SMS" and "choices", and what the choices do.
pub async fn codes_and_choices_are_as_the_table_says(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let mut alike: Option<String> = None;
        for state in State::ALL {
            let person = world.person(slug, state).await;
            let mut browser = world.browser();
            let page = journey::ask_for_code(world, &mut browser, slug, &person.username).await;
            let first = alike.get_or_insert_with(|| page.html.clone());
            assert_eq!(&page.html, first, "{slug}, {state:?}: the page after the name");

            let arrived = world.arrived().await;
            if !state.may().1 {
                assert!(arrived.is_empty(), "{slug}, {state:?}: {arrived:?}");
                continue;
            }
            let [sms] = arrived.as_slice() else { panic!("{slug}, {state:?}: {arrived:?}") };
            assert_eq!((sms.channel, Some(&sms.to)), ("sms", person.number.as_ref()), "{slug}, {state:?}");
            let code = find_code(&sms.text).expect("a code");
            let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
            assert!(page.text().contains(&person.username), "{slug}, {state:?}: whose password it is");
            choices(world, &mut browser, slug, &person, page).await;
        }
    }
}

async fn choices(world: &World, browser: &mut harness::Browser, slug: &str, person: &Person, page: Page) {
    let directory = &world.tenant(slug).directory;
    let state = person.state;
    let both = slug == "mjolby" && matches!(state, State::Normal | State::Functional | State::Locked);
    let mut page = page;
    if both {
        assert_eq!(page.path, "/choose", "{slug}, {state:?}");
        for label in ["Behåll ditt nuvarande lösenord och lås upp ditt konto", "Ange ett nytt lösenord och lås upp"]
        {
            assert!(page.text().contains(label), "{slug}, {state:?}: {}", page.text());
        }
        let set_at = directory.values(&person.dn, "pwdLastSet").await;
        let done = browser.submit_to(&page, "/choose", &[("choice", "keep")]).await;
        assert_eq!(done.h1(), "Klart: Ditt konto är upplåst", "{slug}, {state:?}: {}", done.text());
        assert!(!directory.is_locked(person).await, "{slug}, {state:?}");
        assert_eq!(directory.signs_in(person, &person.password).await, Ok(()), "{slug}, {state:?}: it is kept");
        assert_eq!(directory.values(&person.dn, "pwdLastSet").await, set_at, "{slug}, {state:?}: it is kept");
        assert_eq!(world.arrived().await.len(), 2, "{slug}, {state:?}: a notice by SMS and one by mail");

        // The other choice, in a flow of its own.
        if state == State::Locked {
            directory.lock(person).await;
        }
        *browser = world.browser();
        page = journey::prove(world, browser, slug, person).await;
        page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
    } else {
        // Not offered, and not taken from who asks all the same.
        let before = directory.traces(person).await;
        let host = &world.tenant(slug).reset;
        let refused = browser.post(host, "/choose", &[("choice", "keep")]).await;
        assert_eq!(refused.status, 403, "{slug}, {state:?}: {}", refused.text());
        assert_eq!(directory.traces(person).await, before, "{slug}, {state:?}");
    }
    assert_eq!(page.path, "/password", "{slug}, {state:?}: {}", page.text());
    let done = browser.submit_to(&page, "/password", &[("password", NEW), ("password_again", NEW)]).await;
    assert_eq!(done.h1(), "Klart: Lösenordet har återställts", "{slug}, {state:?}: {}", done.text());
    assert!(!directory.is_locked(person).await, "{slug}, {state:?}: the lockout is cleared");
    assert_eq!(directory.signs_in(person, NEW).await, Ok(()), "{slug}, {state:?}: the new password opens the account");
    let old = directory.signs_in(person, &person.password).await;
    assert_eq!(old, Err("52e".to_owned()), "{slug}, {state:?}: the old password does not");
    assert_eq!(world.arrived().await.len(), 2, "{slug}, {state:?}: a notice by SMS and one by mail");
}

/// The smoke test of the combination that is not run in full.
pub async fn one_journey_each(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Unregistered).await;
        let number = world.fresh_number();
        let done = journey::register(world, &mut world.browser(), slug, &person, &number).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        world.arrived().await;
        let person = Person { number: Some(number), ..person };
        let done = journey::reset(world, &mut world.browser(), slug, &person, NEW).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        assert_eq!(world.tenant(slug).directory.signs_in(&person, NEW).await, Ok(()));
        assert_eq!(world.told(slug, "password.outcome", "outcome").await, ["done"]);
    }
}
