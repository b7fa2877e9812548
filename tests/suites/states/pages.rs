//! Every page of the journeys, once in Swedish and once in English.

use harness::{Browser, Database, Page, State, World, journey};

/// Pages with their headings, in the order of a walk over all of them.
const HEADINGS: [(&str, &str); 29] = [
    ("Logga in för att registrera ditt mobilnummer", "Sign in to register your mobile number"),
    ("Logga in för att registrera ditt mobilnummer", "Sign in to register your mobile number"),
    ("Ange ditt lösenord en gång till", "Enter your password once more"),
    ("Lösenordsregistrering: Verifiering via mobiltelefon", "Password registration: Mobile phone"),
    ("Lösenordsregistrering: Verifiering via mobiltelefon", "Password registration: Mobile phone"),
    ("Klart: Ditt mobilnummer är registrerat", "Done: Your mobile number is registered"),
    ("Lösenordsregistrering: Verifiering via mobiltelefon", "Password registration: Mobile phone"),
    ("Klart: Ditt mobilnummer stämmer", "Done: Your mobile number is correct"),
    ("Lås upp ditt konto eller välj ett nytt lösenord", "Unlock your account or choose a new password"),
    ("Verifiera din identitet: Verifiering via mobiltelefon", "Verify your identity: Mobile phone"),
    ("Verifiera din identitet: Verifiering via mobiltelefon", "Verify your identity: Mobile phone"),
    ("Ange ett nytt lösenord", "Enter a new password"),
    ("Ange ett nytt lösenord", "Enter a new password"),
    ("Klart: Lösenordet har återställts", "Done: The password has been reset"),
    ("Välj vad du vill göra", "Choose what you want to do"),
    ("Välj vad du vill göra", "Choose what you want to do"),
    ("Klart: Ditt konto är upplåst", "Done: Your account is unlocked"),
    ("Du har avbrutit", "You have cancelled"),
    ("Du behöver börja om", "You need to start over"),
    ("Sidan finns inte", "Page not found"),
    ("Den här sidan går inte att öppna direkt", "This page cannot be opened directly"),
    ("Vi når inte kommunens system just nu", "We cannot reach the municipality's system right now"),
    ("Det blev för många försök", "There were too many attempts"),
    ("Byt lösenord", "Change your password"),
    ("Byt lösenord", "Change your password"),
    ("Verifiera din identitet: Verifiering via mobiltelefon", "Verify your identity: Mobile phone"),
    ("Ange ett nytt lösenord", "Enter a new password"),
    ("Ange ett nytt lösenord", "Enter a new password"),
    ("Klart: Lösenordet är bytt", "Done: The password has been changed"),
];

/// Words that stand on pages of one language only.
const TELLING: [(&str, &str); 2] =
    [("Hjälp och kontakt", "Help and contact"), ("Hoppa till innehållet", "Skip to content")];

async fn walk(world: &World, english: bool) -> Vec<Page> {
    let new_browser = || -> Browser { if english { world.browser().in_english() } else { world.browser() } };
    let mut pages = Vec::new();

    // Örebro: register, look again and keep, reset.
    let (slug, tenant) = ("orebro", world.tenant("orebro"));
    let person = world.person(slug, State::Unregistered).await;
    let fields = [("username", person.username.as_str()), ("password", person.password.as_str())];
    let mut browser = new_browser();
    pages.push(browser.get(&tenant.register, "/").await);
    pages.push(browser.submit(&pages[0], &[("username", "x"), ("password", "")]).await);
    let start = browser.get(&tenant.register, "/").await;
    pages.push(browser.submit(&start, &fields).await);
    pages.push(browser.submit_to(&pages[2], "/confirm", &[("password", &person.password)]).await);
    let number = world.fresh_number();
    pages.push(browser.submit_to(&pages[3], "/number", &[("number", &number)]).await);
    let code = world.code_at(&number).await;
    pages.push(browser.submit_to(&pages[4], "/code", &[("code", &code)]).await);
    world.arrived().await;
    let page = journey::sign_in(world, &mut browser, slug, &person.username, &person.password).await;
    pages.push(page.clone());
    pages.push(browser.submit_to(&page, "/keep", &[]).await);

    let mut browser = new_browser();
    pages.push(browser.get(&tenant.reset, "/").await);
    let page = browser.submit(&pages[8], &[("username", &person.username)]).await;
    pages.push(page.clone());
    let sms = world.arrived().await.pop().expect("a message");
    let words = if english { "security code" } else { "säkerhetskod" };
    assert!(sms.text.contains(words), "the SMS is in the reader's language: {}", sms.text);
    let code = harness::world::code_in(&sms.text);
    pages.push(browser.submit_to(&page, "/code", &[("code", "")]).await);
    let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    pages.push(page.clone());
    pages.push(browser.submit_to(&page, "/password", &[("password", "kort"), ("password_again", "kort")]).await);
    let new = "Tallkotte41Vindfang";
    pages.push(browser.submit_to(&page, "/password", &[("password", new), ("password_again", new)]).await);
    world.arrived().await;

    // Mjölby: a choice, an unlock; then the pages that only say something.
    let tenant = world.tenant("mjolby");
    let person = world.person("mjolby", State::Locked).await;
    let mut browser = new_browser();
    let page = journey::prove(world, &mut browser, "mjolby", &person).await;
    pages.push(page.clone());
    pages.push(browser.submit_to(&page, "/choose", &[]).await);
    pages.push(browser.submit_to(&page, "/choose", &[("choice", "keep")]).await);
    world.arrived().await;
    let mut browser = new_browser();
    let page = journey::ask_for_code(world, &mut browser, "mjolby", "finnsinte77").await;
    pages.push(browser.submit_to(&page, "/cancel", &[]).await);
    pages.push(browser.get(&tenant.reset, "/choose").await);
    pages.push(browser.get(&tenant.reset, "/finns-inte").await);
    pages.push(browser.get(&tenant.reset, "/cancel").await);
    tenant.directory.practice().refuse_connections().await;
    let start = browser.get(&tenant.register, "/").await;
    pages.push(browser.submit(&start, &[("username", "finnsinte77"), ("password", "x")]).await);
    tenant.directory.practice().accept_connections().await;
    let mut page = journey::ask_for_code(world, &mut browser, "mjolby", "finnsinte77").await;
    for n in 0..5 {
        let typed = if n == 3 { browser.get(&tenant.reset, "/code").await } else { page.clone() };
        page = browser.submit_to(&typed, "/code", &[("code", "000000")]).await;
        if n == 2 {
            world.clock.advance(chrono::TimeDelta::minutes(4));
            page = browser.submit_to(&page, "/code/again", &[]).await;
            world.run_jobs().await;
        }
    }
    pages.push(page);
    pages.extend(walk_through_a_change(world, &mut new_browser()).await);
    pages
}

/// Örebro: somebody who knows the password, from the first page to the last.
async fn walk_through_a_change(world: &World, browser: &mut Browser) -> Vec<Page> {
    let person = world.person("orebro", State::MustChange).await;
    let start = browser.get(&world.tenant("orebro").reset, "/change").await;
    let refused = browser.submit(&start, &[("username", &person.username), ("password", "Fel-losenord-1")]).await;
    let code_page = browser.submit(&refused, &[("username", &person.username), ("password", &person.password)]).await;
    let code = world.code_at(person.number.as_ref().expect("a number")).await;
    let form = browser.submit_to(&code_page, "/code", &[("code", &code)]).await;
    let empty = journey::submit_change(browser, &form, "", "").await;
    let done = journey::submit_change(browser, &empty, &person.password, "Tallkotte41Vindfang").await;
    world.arrived().await;
    vec![start, refused, code_page, form, empty, done]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_speaks_swedish_and_english() {
    let world = World::practice(Database::Sqlite).await;
    for english in [false, true] {
        let pages = walk(&world, english).await;
        assert_eq!(pages.len(), HEADINGS.len());
        for (page, headings) in pages.iter().zip(HEADINGS) {
            let pick = |pair: (&'static str, &'static str)| if english { (pair.1, pair.0) } else { pair };
            let (wanted, _) = pick(headings);
            assert_eq!(page.h1(), wanted, "{}", page.path);
            let tag = if english { "<html lang=\"en\">" } else { "<html lang=\"sv\">" };
            assert!(page.html.contains(tag), "{}", page.path);
            for pair in TELLING {
                let (own, other) = pick(pair);
                assert!(page.text().contains(own) && !page.text().contains(other), "{}: {}", page.path, page.text());
            }
        }
    }
}

/// The pages about several numbers, in the order of [`walk_numbers`].
const NUMBER_HEADINGS: [(&str, &str); 9] = [
    ("Lägg till ett nummer", "Add a number"),
    ("Lösenordsregistrering: Verifiering via mobiltelefon", "Password registration: Mobile phone"),
    ("Ta bort ett nummer", "Remove a number"),
    ("Byt nummer utan den gamla mobilen", "Change the number without the old phone"),
    ("Klart: Bytet av mobilnummer är begärt", "Done: The change of mobile number is requested"),
    ("Stoppa ett byte av mobilnummer", "Stop a change of mobile number"),
    ("Stoppa ett byte av mobilnummer", "Stop a change of mobile number"),
    ("Klart: Bytet är stoppat", "Done: The change is stopped"),
    ("Klart: Numret är borttaget", "Done: The number is removed"),
];

async fn walk_numbers(world: &World, english: bool) -> Vec<Page> {
    let new_browser = || -> Browser { if english { world.browser().in_english() } else { world.browser() } };
    let (slug, host) = ("mjolby", &world.tenant("mjolby").register);
    let person = world.person(slug, State::Normal).await;
    let (old, new) = (person.number.clone().expect("a number"), world.fresh_number());
    let mut pages = Vec::new();
    let mut browser = new_browser();
    journey::sign_in(world, &mut browser, slug, &person.username, &person.password).await;
    pages.push(browser.get(host, "/add").await);
    pages.push(browser.submit_to(&pages[0], "/add", &[("number", &new)]).await);
    world.arrived().await;
    pages.push(browser.get(host, "/remove").await);
    pages.push(browser.get(host, "/lost").await);
    let page = browser.submit_to(&pages[3], "/lost", &[("number", &new)]).await;
    let code = world.code_at(&new).await;
    pages.push(browser.submit_to(&page, "/code", &[("code", &code)]).await);
    let notices = world.arrived().await;
    let words = if english { "Stop it at" } else { "Stoppa det på" };
    assert!(notices.iter().all(|notice| notice.text.contains(words)), "in the reader's language: {notices:?}");
    let mut browser = new_browser();
    pages.push(browser.get(host, "/stop").await);
    pages.push(browser.submit(&pages[5], &[("username", &person.username)]).await);
    let code = world.code_at(&old).await;
    pages.push(browser.submit_to(&pages[6], "/code", &[("code", &code)]).await);
    world.arrived().await;
    let mut browser = new_browser();
    journey::sign_in(world, &mut browser, slug, &person.username, &person.password).await;
    let page = browser.get(host, "/remove").await;
    let page = browser.submit_to(&page, "/remove", &[]).await;
    let code = world.code_at(&old).await;
    pages.push(browser.submit_to(&page, "/code", &[("code", &code)]).await);
    world.arrived().await;
    pages
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_about_numbers_speaks_swedish_and_english() {
    let world = World::practice(Database::Sqlite).await;
    for english in [false, true] {
        let pages = walk_numbers(&world, english).await;
        assert_eq!(pages.len(), NUMBER_HEADINGS.len());
        for (page, headings) in pages.iter().zip(NUMBER_HEADINGS) {
            assert_eq!(page.h1(), if english { headings.1 } else { headings.0 }, "{}", page.path);
            for pair in TELLING {
                let (own, other) = if english { (pair.1, pair.0) } else { pair };
                assert!(page.text().contains(own) && !page.text().contains(other), "{}: {}", page.path, page.text());
            }
        }
    }
}
