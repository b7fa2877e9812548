//! A person with two numbers: one more, one less, and the code sent to the other one.

use chrono::TimeDelta;
use harness::{Browser, Page, Person, State, World, journey};

/// Signed in, at the page with the numbers.
pub async fn signed_in(world: &World, slug: &str, person: &Person) -> (Browser, Page) {
    let mut browser = world.browser();
    let page = journey::sign_in(world, &mut browser, slug, &person.username, &person.password).await;
    assert_eq!(page.path, "/number", "{}", page.text());
    (browser, page)
}

/// Enters the codes that arrive at these numbers, one after the other; ends on the last page.
pub async fn codes(world: &World, browser: &mut Browser, mut page: Page, numbers: &[&str]) -> Page {
    for number in numbers {
        assert!(page.path.starts_with("/code"), "{}: {}", page.path, page.text());
        let code = world.code_at(number).await;
        page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    }
    page
}

/// The rows that a page offers as radios, in their order.
pub fn rows(page: &Page, name: &str) -> Vec<String> {
    let radios =
        page.html.split("<input type=\"radio\"").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let value = |radio: &str| radio.split(" value=\"").nth(1)?.split('"').next().map(str::to_owned);
    radios.filter(|radio| radio.contains(&format!(" name=\"{name}\""))).filter_map(value).collect()
}

/// To whom something was sent by SMS since this was last asked.
pub async fn told(world: &World) -> Vec<String> {
    let sms = world.arrived().await.into_iter().filter(|message| message.channel == "sms");
    let mut to: Vec<String> = sms.map(|message| message.to).collect();
    to.sort();
    to
}

pub fn sorted(numbers: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = numbers.iter().map(|number| (*number).to_owned()).collect();
    all.sort();
    all
}

pub async fn a_second_number_is_added_used_and_removed(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Normal).await;
        let (work, own) = (person.number.clone().expect("a number"), world.fresh_number());

        // 1. Added, with a code to the one that is there and a code to itself.
        let (mut browser, page) = signed_in(world, slug, &person).await;
        let page = browser.get(&page.host, "/add").await;
        let page = browser.submit_to(&page, "/add", &[("number", &own)]).await;
        assert!(page.text().contains("Innan du kan lägga till ett nummer"), "{}", page.text());
        let done = codes(world, &mut browser, page, &[&work, &own]).await;
        assert_eq!(done.h1(), "Klart: Ditt mobilnummer är registrerat", "{}", done.text());
        assert_eq!(told(world).await, sorted(&[&work]), "the number that was there is told");
        // Two are as many as a person may have.
        let (mut browser, page) = signed_in(world, slug, &person).await;
        assert!(!page.html.contains("href=\"/add"), "{}", page.text());
        assert_eq!(browser.get(&page.host, "/add").await.path, "/number");
        let third = world.fresh_number();
        assert_eq!(browser.post(&page.host, "/add", &[("number", &third)]).await.path, "/number");
        assert!(world.arrived().await.is_empty());

        // 2. The code goes to the first. To the other one it goes when that is asked for, in full.
        let mut browser = world.browser();
        let page = journey::ask_for_code(world, &mut browser, slug, &person.username).await;
        let unused = world.code_at(&work).await;
        world.clock.advance(TimeDelta::seconds(60));
        let page = browser.submit_to(&page, "/code/another", &[("number", &own)]).await;
        assert!(page.text().contains("Om uppgifterna stämmer har vi skickat en ny kod."), "{}", page.text());
        let code = world.code_at(&own).await;
        let wrong = browser.submit_to(&page, "/code", &[("code", &unused)]).await;
        assert_eq!(wrong.status, 422, "the first code is void: {}", wrong.text());
        let page = browser.submit_to(&wrong, "/code", &[("code", &code)]).await;
        let new = "Vinterbad88Sten";
        let page =
            if page.path == "/choose" { browser.submit_to(&page, "/choose", &[("choice", "new")]).await } else { page };
        let done = browser.submit_to(&page, "/password", &[("password", new), ("password_again", new)]).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        assert_eq!(told(world).await, sorted(&[&work, &own]), "both phones are told of the reset");
        let person = Person { password: new.to_owned(), ..person };

        // 3. The first one is removed, with a code to the other.
        let (mut browser, page) = signed_in(world, slug, &person).await;
        let page = browser.get(&page.host, "/remove").await;
        let numbers = rows(&page, "which");
        assert_eq!(numbers.len(), 2, "{}", page.text());
        let nothing = browser.submit_to(&page, "/remove", &[("to", &numbers[1])]).await;
        assert_eq!(nothing.status, 422, "which one is not guessed: {}", nothing.text());
        assert!(nothing.text().contains("Välj ett av numren."), "{}", nothing.text());
        let page = browser.submit_to(&nothing, "/remove", &[("which", &numbers[0]), ("to", &numbers[1])]).await;
        let done = codes(world, &mut browser, page, &[&own]).await;
        assert_eq!(done.h1(), "Klart: Numret är borttaget", "{}", done.text());
        assert_eq!(told(world).await, sorted(&[&work, &own]), "the one that is gone, too");
        // Now the code goes to the one that is left, and to no other.
        let person = Person { number: Some(own.clone()), ..person };
        let mut browser = world.browser();
        let page = journey::ask_for_code(world, &mut browser, slug, &person.username).await;
        world.code_at(&own).await;
        world.clock.advance(TimeDelta::seconds(60));
        browser.submit_to(&page, "/code/another", &[("number", &work)]).await;
        assert!(world.arrived().await.is_empty(), "it is no longer registered");

        // 4. Without the last one the account has none.
        let (mut browser, page) = signed_in(world, slug, &person).await;
        let page = browser.get(&page.host, "/remove").await;
        assert!(page.text().contains("Du kan då inte återställa lösenordet med sms."), "{}", page.text());
        let page = browser.submit_to(&page, "/remove", &[]).await;
        let done = codes(world, &mut browser, page, &[&own]).await;
        assert!(done.text().contains("Inget nummer är registrerat."), "{}", done.text());
        assert_eq!(told(world).await, sorted(&[&own]));
        journey::ask_for_code(world, &mut world.browser(), slug, &person.username).await;
        assert!(world.arrived().await.is_empty(), "an account without a number gets no code");
        let (_, page) = signed_in(world, slug, &person).await;
        assert!(page.text().contains("Inget nummer är registrerat."), "{}", page.text());
    }
}

/// A lost phone among two: the code goes to the other one instead, after a sign-in by choice from the list.
pub async fn the_other_number_proves_the_right_to_change_one(world: &World) {
    let slug = "mjolby";
    let person = world.person(slug, State::Normal).await;
    let (lost, kept, new) = (person.number.clone().expect("a number"), world.fresh_number(), world.fresh_number());
    world.store_numbers(slug, &person, &[(&lost, None), (&kept, None)]).await;
    let (mut browser, page) = signed_in(world, slug, &person).await;
    let numbers = rows(&page, "which");
    let page = browser.submit_to(&page, "/number", &[("which", &numbers[0]), ("number", &new)]).await;
    world.code_at(&lost).await;
    // Not yet: the wait is the same as for any other code.
    assert_eq!(rows(&page, "to"), [numbers[1].clone()], "{}", page.text());
    let early = browser.submit_to(&page, "/code/another", &[("to", &numbers[1])]).await;
    assert!(world.arrived().await.is_empty(), "{}", early.text());
    world.clock.advance(TimeDelta::seconds(60));
    let page = browser.submit_to(&early, "/code/another", &[("to", &numbers[1])]).await;
    let done = codes(world, &mut browser, page, &[&kept, &new]).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    assert_eq!(told(world).await, sorted(&[&lost, &kept]));
    // The new one stands where the lost one stood: first.
    let person = Person { number: Some(new), ..person };
    journey::prove(world, &mut world.browser(), slug, &person).await;
}
