//! "Step 2 of 4", as people meet it: counted on every page of every way through both houses.

use harness::{Browser, Page, Person, State, World, journey};

/// The step a page says that it is.
fn step(page: &Page) -> String {
    let line = page.html.split("<p class=\"step\">").nth(1).and_then(|rest| rest.split('<').next());
    line.unwrap_or_else(|| panic!("no step on {}: {}", page.path, page.text())).to_owned()
}

fn is_step(page: &Page, path: &str, expected: &str) {
    assert_eq!((page.path.as_str(), step(page).as_str()), (path, expected), "{}", page.text());
}

async fn with_code(world: &World, browser: &mut Browser, page: &Page, number: &str) -> Page {
    let code = world.code_at(number).await;
    browser.submit_to(page, "/code", &[("code", &code)]).await
}

fn number(person: &Person) -> &str {
    person.number.as_deref().expect("a number")
}

pub async fn every_way_counts_the_steps_that_are_met(world: &World) {
    back_in(world).await;
    to_another_password(world).await;
    to_a_first_number(world).await;
    to_other_numbers(world).await;
    to_the_end_of_a_change(world).await;
    let _ = world.arrived().await;
}

/// Mjölby offers to keep the password, Örebro does not; who must have a new one meets no choice.
async fn back_in(world: &World) {
    let mut browser = world.browser();
    let person = world.person("mjolby", State::Locked).await;
    is_step(&browser.get(&world.tenant("mjolby").reset, "/").await, "/", "Steg 1 av 4");
    let page = journey::ask_for_code(world, &mut browser, "mjolby", &person.username).await;
    is_step(&page, "/code", "Steg 2 av 4");
    let page = with_code(world, &mut browser, &page, number(&person)).await;
    is_step(&page, "/choose", "Steg 3 av 4");
    let page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
    is_step(&page, "/password", "Steg 4 av 4");
    let page = browser.submit_to(&page, "/password", &[("password", "kort"), ("password_again", "kort")]).await;
    assert_eq!(step(&page), "Steg 4 av 4", "with an error too");

    // Before the code, nothing in the count tells who has no choice.
    let person = world.person("mjolby", State::MustChange).await;
    let mut browser = world.browser();
    let page = journey::ask_for_code(world, &mut browser, "mjolby", &person.username).await;
    is_step(&page, "/code", "Steg 2 av 4");
    let page = with_code(world, &mut browser, &page, number(&person)).await;
    is_step(&page, "/password", "Steg 3 av 3");

    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    is_step(&browser.get(&world.tenant("orebro").reset, "/").await, "/", "Steg 1 av 3");
    let page = journey::ask_for_code(world, &mut browser, "orebro", &person.username).await;
    is_step(&page, "/code", "Steg 2 av 3");
    let page = with_code(world, &mut browser, &page, number(&person)).await;
    is_step(&page, "/password", "Steg 3 av 3");
}

async fn to_another_password(world: &World) {
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    is_step(&browser.get(&world.tenant("orebro").reset, "/change").await, "/change", "Steg 1 av 3");
    let page = journey::give_current(world, &mut browser, "orebro", &person.username, &person.password).await;
    is_step(&page, "/code", "Steg 2 av 3");
    let page = with_code(world, &mut browser, &page, number(&person)).await;
    is_step(&page, "/change/password", "Steg 3 av 3");
}

/// Örebro asks for the password a second time.
async fn to_a_first_number(world: &World) {
    for (slug, of) in [("orebro", 4), ("mjolby", 3)] {
        let person = world.person(slug, State::Unregistered).await;
        let mut browser = world.browser();
        let start = browser.get(&world.tenant(slug).register, "/").await;
        is_step(&start, "/", &format!("Steg 1 av {of}"));
        let fields = [("username", person.username.as_str()), ("password", person.password.as_str())];
        let mut page = browser.submit(&start, &fields).await;
        if of == 4 {
            is_step(&page, "/confirm", "Steg 2 av 4");
            page = browser.submit_to(&page, "/confirm", &[("password", &person.password)]).await;
        }
        is_step(&page, "/number", &format!("Steg {} av {of}", of - 1));
        let new = world.fresh_number();
        let page = browser.submit_to(&page, "/number", &[("number", &new)]).await;
        is_step(&page, "/code", &format!("Steg {of} av {of}"));
        let done = with_code(world, &mut browser, &page, &new).await;
        assert!(done.path == "/done" && !done.html.contains("class=\"step\""), "the last page is no step");
        let _ = world.arrived().await;
    }
}

/// At Örebro a number is the third step; then it depends on what is done to it.
async fn to_other_numbers(world: &World) {
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    let page = journey::sign_in(world, &mut browser, "orebro", &person.username, &person.password).await;
    is_step(&page, "/number", "Steg 3 av 5");
    for (path, expected) in [("/add", "Steg 4 av 6"), ("/remove", "Steg 4 av 5"), ("/lost", "Steg 4 av 5")] {
        is_step(&browser.get(&page.host, path).await, path, expected);
    }
    let new = world.fresh_number();
    let old_code = browser.submit_to(&page, "/number", &[("number", &new)]).await;
    is_step(&old_code, "/code", "Steg 4 av 5");
    let new_code = with_code(world, &mut browser, &old_code, number(&person)).await;
    is_step(&new_code, "/code", "Steg 5 av 5");

    // Thought better of: one more instead of another.
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    let page = journey::sign_in(world, &mut browser, "orebro", &person.username, &person.password).await;
    let _ = world.arrived().await;
    let form = browser.get(&page.host, "/add").await;
    let new = world.fresh_number();
    let old_code = browser.submit_to(&form, "/add", &[("number", &new)]).await;
    is_step(&old_code, "/code", "Steg 5 av 6");
    let new_code = with_code(world, &mut browser, &old_code, number(&person)).await;
    is_step(&new_code, "/code", "Steg 6 av 6");
    let _ = world.arrived().await;
}

async fn to_the_end_of_a_change(world: &World) {
    let person = world.person("mjolby", State::Normal).await;
    let mut browser = world.browser();
    let new = world.fresh_number();
    journey::lose_phone(world, &mut browser, "mjolby", &person, &new).await;
    let _ = world.arrived().await;
    let mut browser = world.browser();
    let page = journey::sign_in(world, &mut browser, "mjolby", &person.username, &person.password).await;
    let code = browser.submit_to(&page, "/stop/now", &[]).await;
    is_step(&code, "/code", "Steg 3 av 3");
    let mut stranger = world.browser();
    let start = stranger.get(&world.tenant("mjolby").register, "/stop").await;
    is_step(&start, "/stop", "Steg 1 av 2");
    is_step(&stranger.submit(&start, &[("username", &person.username)]).await, "/code", "Steg 2 av 2");
}
