//! pwreg beyond the straight way: what can be wrong with a number, the second password, keeping, leaving.

use harness::{Database, Person, State, World, journey};

/// Somebody at the page for the number.
async fn at_the_number(world: &World, slug: &str, state: State) -> (harness::Browser, harness::Page, Person) {
    let person = world.person(slug, state).await;
    let mut browser = world.browser();
    let page = journey::sign_in(world, &mut browser, slug, &person.username, &person.password).await;
    assert_eq!(page.path, "/number", "{}", page.text());
    (browser, page, person)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_number_that_cannot_be_registered_gets_its_own_sentence() {
    let world = World::practice(Database::Sqlite).await;
    let cases = [
        ("", "Skriv ditt mobilnummer."),
        ("019-21 10 00", "Numret kan inte ta emot sms. Skriv ett mobilnummer."),
        ("0900-123 45 67", "Numret kan inte ta emot sms. Skriv ett mobilnummer."),
        ("+47 406 12 345", "Vi kan bara skicka sms till nummer från Sverige."),
        ("070-174 06 0", "Numret ser inte ut som ett mobilnummer."),
        ("inget nummer", "Numret ser inte ut som ett mobilnummer."),
    ];
    for slug in ["orebro", "mjolby"] {
        let (mut browser, mut page, person) = at_the_number(&world, slug, State::Unregistered).await;
        assert!(page.text().contains("Inget nummer är registrerat."), "{}", page.text());
        for (typed, expected) in cases {
            page = browser.submit_to(&page, "/number", &[("number", typed)]).await;
            assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/number"), "{slug}, {typed:?}");
            assert!(page.text().contains(expected), "{slug}, {typed:?}: {}", page.text());
        }
        assert!(world.arrived().await.is_empty(), "{slug}: no code for what can't be registered");
        // Every way of writing it; the flow was kept all the time.
        let number = world.fresh_number();
        let typed = format!("070-{} {} {}", &number[5..8], &number[8..10], &number[10..]);
        let page = browser.submit_to(&page, "/number", &[("number", &typed)]).await;
        let code = world.code_at(&number).await;
        let done = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        assert_eq!(done.h1(), "Klart: Ditt mobilnummer är registrerat", "{}", done.text());
        world.arrived().await;

        // The number that is there already is not registered once more.
        let mut browser = world.browser();
        let page = journey::sign_in(&world, &mut browser, slug, &person.username, &person.password).await;
        let page = browser.submit_to(&page, "/number", &[("number", &typed)]).await;
        assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/number"), "{slug}");
        assert!(page.text().contains("Det numret är redan registrerat."), "{}", page.text());
        assert!(world.arrived().await.is_empty(), "{slug}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_of_a_country_that_the_tenant_lists_is_accepted() {
    let world = World::practice_with(Database::Sqlite, |settings| {
        if settings.slug.as_str() == "orebro" {
            settings.registration.countries.push("NO".to_owned().try_into().expect("a country"));
        }
    })
    .await;
    let (mut browser, page, _) = at_the_number(&world, "orebro", State::Unregistered).await;
    let page = browser.submit_to(&page, "/number", &[("number", "+45 20 12 34 56")]).await;
    assert!(page.text().contains("nummer från Sverige och Norge"), "{}", page.text());
    let page = browser.submit_to(&page, "/number", &[("number", "0047 22 12 34 56")]).await;
    assert!(page.text().contains("Numret kan inte ta emot sms."), "{}", page.text());
    let page = browser.submit_to(&page, "/number", &[("number", "0047 406 12 345")]).await;
    let code = world.code_at("+4740612345").await;
    let done = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    // The other tenant's list is its own.
    let (mut browser, page, _) = at_the_number(&world, "mjolby", State::Unregistered).await;
    let page = browser.submit_to(&page, "/number", &[("number", "0047 406 12 345")]).await;
    assert!(page.text().contains("nummer från Sverige."), "{}", page.text());
}

/// Örebro asks twice. Five wrong answers end the flow; the directory is not locked by them.
pub async fn a_second_password_wrong_too_often_ends_the_flow(world: &World) {
    let slug = "orebro";
    let (directory, host) = (&world.tenant(slug).directory, &world.tenant(slug).register);
    let person = world.person(slug, State::Normal).await;
    let mut browser = world.browser();
    let start = browser.get(host, "/").await;
    let fields = [("username", person.username.as_str()), ("password", person.password.as_str())];
    let mut page = browser.submit(&start, &fields).await;
    assert_eq!(page.path, "/confirm", "{}", page.text());
    assert!(page.text().contains(&person.username), "whose account it is: {}", page.text());
    let masked = person.number.as_ref().map(|number| number[number.len() - 2..].to_owned()).expect("a number");
    assert!(!page.text().contains(&format!(" {masked} ")), "no number before the second password");

    page = browser.submit_to(&page, "/confirm", &[("password", "")]).await;
    assert!(page.text().contains("Skriv ditt nuvarande lösenord."), "{}", page.text());
    for _ in 0..4 {
        page = browser.submit_to(&page, "/confirm", &[("password", "Fel-losenord-1")]).await;
        assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/confirm"), "{}", page.text());
        assert!(page.text().contains("Lösenordet stämmer inte. Försök igen."), "{}", page.text());
    }
    page = browser.submit_to(&page, "/confirm", &[("password", "Fel-losenord-1")]).await;
    assert_eq!(page.status, 429, "{}", page.text());
    assert_eq!(page.h1(), "Det blev för många försök");
    let over = browser.post(host, "/confirm", &[("password", &person.password)]).await;
    assert_ne!(over.status, 200, "the right one comes too late: {}", over.text());
    let over = browser.get(host, "/number").await;
    assert_eq!(over.status, 429, "{}", over.text());
    assert!(!directory.is_locked(&person).await, "the account is not locked");
    assert_eq!(directory.signs_in(&person, &person.password).await, Ok(()));
    let trail = world.trail(slug).await;
    assert_eq!(trail.iter().filter(|event| event.kind == "sign_in.refused").count(), 5);
    assert_eq!(trail.iter().filter(|event| event.kind == "flow.exhausted").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_this_not_you_signs_out() {
    let world = World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Normal).await;
    let host = &world.tenant("orebro").register;
    let fields = [("username", person.username.as_str()), ("password", person.password.as_str())];
    // From the page that asks, and from the one with the number.
    for goes_on in [false, true] {
        let mut browser = world.browser();
        let start = browser.get(host, "/").await;
        let mut page = browser.submit(&start, &fields).await;
        assert!(page.text().contains("Är det inte du? Logga ut"), "{}", page.text());
        if goes_on {
            page = browser.submit_to(&page, "/confirm", &[("password", &person.password)]).await;
        }
        let token = browser.cookie(host).expect("a cookie").to_owned();
        let left = browser.submit_to(&page, "/cancel", &[]).await;
        assert_eq!((left.status.as_u16(), left.path.as_str()), (200, "/cancelled"), "{}", left.text());
        assert_eq!(browser.cookie(host), None, "the cookie is gone");
        // Whoever kept the token has nothing.
        browser.set_cookie(host, &token);
        for path in ["/confirm", "/number"] {
            let page = browser.get(host, path).await;
            assert!(!page.text().contains(&person.username) && page.path != "/number", "{}", page.text());
        }
    }
    let kinds: Vec<String> = world.trail("orebro").await.into_iter().map(|event| event.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "flow.cancelled").count(), 2, "{kinds:?}");
}

/// "Kontrollera att ditt mobilnummer stämmer": the button, and "Nästa" with an empty field.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_right_is_kept() {
    let world = World::practice(Database::Sqlite).await;
    for (slug, by_button) in [("orebro", true), ("mjolby", false)] {
        let (mut browser, page, person) = at_the_number(&world, slug, State::Normal).await;
        let done = match by_button {
            true => browser.submit_to(&page, "/keep", &[]).await,
            false => browser.submit_to(&page, "/number", &[("number", " ")]).await,
        };
        assert_eq!(done.h1(), "Klart: Ditt mobilnummer stämmer", "{}", done.text());
        assert!(world.arrived().await.is_empty(), "nothing was changed, nobody is told");
        let reset = journey::reset(&world, &mut world.browser(), slug, &person, "Tallkotte41Vindfang").await;
        assert!(reset.h1().starts_with("Klart"), "{}", reset.text());
        world.arrived().await;
        let events = world.trail(slug).await;
        assert!(!events.iter().any(|event| event.kind.starts_with("number.")), "{slug}");
    }
}

/// A wait of no hours offers no delayed change, anywhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_may_offer_no_delayed_change() {
    let world = World::practice_with(Database::Sqlite, |settings| {
        if settings.slug.as_str() == "orebro" {
            settings.registration.delayed_change_hours = 0;
        }
    })
    .await;
    for (slug, offered) in [("orebro", false), ("mjolby", true)] {
        let (mut browser, page, _) = at_the_number(&world, slug, State::Normal).await;
        assert_eq!(page.html.contains("href=\"/lost"), offered, "{slug}: {}", page.text());
        let lost = browser.get(&page.host, "/lost").await;
        assert_eq!(lost.path, if offered { "/lost" } else { "/number" }, "{slug}");
        let new = world.fresh_number();
        let posted = browser.post(&page.host, "/lost", &[("number", &new)]).await;
        assert_eq!(posted.status, if offered { 200 } else { 410 }, "{slug}: {}", posted.text());
        assert_eq!(world.arrived().await.len(), usize::from(offered), "{slug}");
        // The page for the code to the old number leads there as well.
        let (mut browser, page, _) = at_the_number(&world, slug, State::Normal).await;
        let page = browser.submit_to(&page, "/number", &[("number", &world.fresh_number())]).await;
        assert_eq!(page.html.contains("href=\"/lost"), offered, "{slug}: {}", page.text());
        world.arrived().await;
    }
}

/// Each form about numbers says what is wrong, and keeps what was typed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_forms_about_numbers_say_what_is_wrong() {
    let world = World::practice(Database::Sqlite).await;
    let (mut browser, page, person) = at_the_number(&world, "orebro", State::Functional).await;
    let mine = person.number.clone().expect("a number");
    for (path, fields, expected) in [
        ("/add", [("number", mine.as_str()), ("holder", "Eva")], "Det numret är redan registrerat."),
        ("/add", [("number", "08-123 45 67"), ("holder", "Eva")], "Numret kan inte ta emot sms."),
        ("/add", [("number", "070-174 06 97"), ("holder", "")], "Skriv namnet på den som har mobilen."),
        ("/add", [("number", "070-174 06 97"), ("holder", &"å".repeat(61))], "högst 60 tecken"),
        ("/lost", [("number", mine.as_str()), ("which", "")], "Det numret är redan registrerat."),
        ("/lost", [("number", ""), ("which", "")], "Skriv ditt mobilnummer."),
        ("/lost", [("number", "070-174 06 97"), ("which", "another")], "Välj ett av numren."),
        ("/remove", [("which", "another"), ("to", "")], "Välj ett av numren."),
    ] {
        let answer = browser.post(&page.host, path, &fields).await;
        assert_eq!((answer.status.as_u16(), answer.path.as_str()), (422, path), "{fields:?}: {}", answer.text());
        assert!(answer.text().contains(expected), "{path} {fields:?}: {}", answer.text());
        assert!(
            fields[0].1.is_empty() || path == "/remove" || answer.html.contains(fields[0].1),
            "what was typed stays"
        );
    }
    assert!(world.arrived().await.is_empty(), "no code for what can't be done");
}
