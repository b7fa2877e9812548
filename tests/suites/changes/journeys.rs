//! The way itself: name and current password, the code where one is asked for, the new password, done.

use harness::{Browser, Page, Person, State, World, journey};

const NEW: &str = "Tallkotte41Vindfang";

/// Normal and shared accounts, in both tenants.
pub async fn who_knows_the_password_changes_it(world: &World) {
    for slug in ["orebro", "mjolby"] {
        for state in [State::Normal, State::Functional] {
            changes(world, slug, state).await;
        }
        let methods = world.told(slug, "change.intended", "method").await;
        let expected = if slug == "orebro" { "known_password and sms_code" } else { "known_password" };
        assert_eq!(methods, [expected; 2], "{slug}");
        assert_eq!(world.told(slug, "change.outcome", "outcome").await, ["done"; 2], "{slug}");
        assert!(world.told(slug, "password.intended", "history").await.is_empty(), "{slug}: no reset");
    }
}

/// The directory lets neither sign in; a change over the service connection does not ask it to.
pub async fn an_expired_one_and_one_that_must_be_changed_are_changed(world: &World) {
    for slug in ["orebro", "mjolby"] {
        for (state, data) in [(State::Expired, "532"), (State::MustChange, "773")] {
            let person = changes(world, slug, state).await;
            let old = world.tenant(slug).directory.signs_in(&person, &person.password).await;
            assert_eq!(old, Err("52e".to_owned()), "{slug}, {state:?}: no {data} any more");
        }
    }
}

/// One whole change; who made it.
async fn changes(world: &World, slug: &str, state: State) -> Person {
    let (person, directory) = (world.person(slug, state).await, &world.tenant(slug).directory);
    let host = &world.tenant(slug).reset;
    let mut browser = world.browser();
    let start = browser.get(host, "/").await;
    assert!(start.html.contains("href=\"/change\""), "{slug}: the first page leads here");

    let page = journey::give_current(world, &mut browser, slug, &person.username, &person.password).await;
    let mut tokens = vec![browser.cookie(host).expect("a token").to_owned()];
    let page = if slug == "orebro" {
        assert_eq!(page.path, "/code", "{}", page.text());
        assert!(!page.html.contains("***"), "nothing is said of the number: {}", page.text());
        early(&mut browser, host, "/code").await;
        let code = world.code_at(person.number.as_ref().expect("a number")).await;
        let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        tokens.push(browser.cookie(host).expect("a token").to_owned());
        page
    } else {
        assert!(world.arrived().await.is_empty(), "no code is asked for");
        page
    };
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), if slug == "orebro" { 2 } else { 1 }, "the token is replaced by the code");

    assert_eq!(page.path, "/change/password", "{slug}, {state:?}: {}", page.text());
    assert!(page.text().contains(&format!("Byter lösenordet för {}", person.username)), "{}", page.text());
    assert!(page.text().contains("senaste lösenord"), "history counts, also on Samba: {}", page.text());
    early(&mut browser, host, "/change/password").await;
    let done = journey::submit_change(&mut browser, &page, &person.password, NEW).await;
    assert_eq!(done.h1(), "Klart: Lösenordet är bytt", "{slug}, {state:?}: {}", done.text());
    assert_eq!(directory.signs_in(&person, NEW).await, Ok(()), "{slug}, {state:?}");
    assert_eq!(directory.signs_in(&person, &person.password).await, Err("52e".to_owned()), "{slug}, {state:?}");

    let notices = world.arrived().await;
    let mut to: Vec<&str> = notices.iter().map(|notice| notice.to.as_str()).collect();
    to.sort_unstable();
    let mut expected = [person.number.as_deref().expect("a number"), &person.mail];
    expected.sort_unstable();
    assert_eq!(to, expected, "{slug}, {state:?}: a notice by SMS and one by mail");
    assert!(notices.iter().all(|notice| notice.text.contains("har bytts")), "{notices:?}");
    let again = browser.get(host, "/done").await;
    assert_eq!(again.h1(), done.h1(), "the last page may be loaded again");
    person
}

/// Pages of the other way, and of steps that are not reached, lead nowhere.
async fn early(browser: &mut Browser, host: &str, stands: &str) {
    for path in ["/choose", "/password"] {
        assert_eq!(browser.get(host, path).await.status, 410, "{path} at {stands}");
    }
    for (path, fields) in
        [("/choose", vec![("choice", "keep")]), ("/password", vec![("password", NEW), ("password_again", NEW)])]
    {
        assert_eq!(browser.post(host, path, &fields).await.status, 410, "{path} at {stands}");
    }
    if stands == "/code" {
        let fields = [("current_password", "x"), ("password", NEW), ("password_again", NEW)];
        assert_eq!(browser.post(host, "/change/password", &fields).await.status, 410);
    }
    assert_eq!(browser.get(host, "/done").await.path, stands);
}

/// Örebro asks for a code, so it says what is missing; in Mjölby nothing is.
pub async fn without_a_number_it_depends_on_the_tenant(world: &World) {
    let person = world.person("orebro", State::Unregistered).await;
    let mut browser = world.browser();
    let page = journey::give_current(world, &mut browser, "orebro", &person.username, &person.password).await;
    assert_eq!((page.status.as_u16(), page.path.as_str()), (403, "/change"), "{}", page.text());
    assert_eq!(page.h1(), "Det behövs ett registrerat mobilnummer");
    assert!(page.text().contains(&world.tenant("orebro").register), "where to register one: {}", page.text());
    assert_eq!(browser.cookie(&world.tenant("orebro").reset), None, "nothing was begun");
    assert!(world.arrived().await.is_empty());
    assert_eq!(world.told("orebro", "sign_in.accepted", "outcome").await, ["no_number"]);

    let person = world.person("mjolby", State::Unregistered).await;
    let mut browser = world.browser();
    let page = journey::to_change(world, &mut browser, "mjolby", &person).await;
    let done = journey::submit_change(&mut browser, &page, &person.password, NEW).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    let notices = world.arrived().await;
    assert_eq!(
        notices.iter().map(|n| (n.channel, n.to.as_str())).collect::<Vec<_>>(),
        [("mail", person.mail.as_str())]
    );
}

/// A reset's code in a change, and a change's in a reset.
pub async fn a_code_of_one_purpose_is_nothing_for_the_other(world: &World) {
    let slug = "orebro";
    let person = world.person(slug, State::Normal).await;
    let number = person.number.as_ref().expect("a number");
    let (mut reset, mut change) = (world.browser(), world.browser());
    let reset_page = journey::ask_for_code(world, &mut reset, slug, &person.username).await;
    let for_reset = world.code_at(number).await;
    let change_page = journey::give_current(world, &mut change, slug, &person.username, &person.password).await;
    let sms = world.arrived().await.pop().expect("a code");
    assert!(sms.text.contains("för att byta lösenord"), "the SMS names its purpose: {}", sms.text);
    let for_change = harness::world::code_in(&sms.text);

    let refused =
        |page: Page| assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/code"), "{}", page.text());
    refused(reset.submit_to(&reset_page, "/code", &[("code", &for_change)]).await);
    refused(change.submit_to(&change_page, "/code", &[("code", &for_reset)]).await);
    let page = change.submit_to(&change_page, "/code", &[("code", &for_change)]).await;
    assert_eq!(page.path, "/change/password", "{}", page.text());
    let page = reset.submit_to(&reset_page, "/code", &[("code", &for_reset)]).await;
    assert_eq!(page.path, "/password", "{}", page.text());
}
