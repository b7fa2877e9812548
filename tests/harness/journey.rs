//! The journeys of the guides, step by step, as a person takes them. Each step checks the page it is on.

use crate::{Browser, Page, Person, World};

/// Fetches pwreset and sends in a name; ends on the code page.
pub async fn ask_for_code(world: &World, browser: &mut Browser, slug: &str, typed: &str) -> Page {
    let host = &world.tenant(slug).reset;
    let start = browser.get(host, "/").await;
    assert_eq!(start.status, 200);
    let page = browser.submit(&start, &[("username", typed)]).await;
    assert_eq!((page.status.as_u16(), page.path.as_str()), (200, "/code"), "{}", page.text());
    page
}

/// From a name to the page after the right code.
pub async fn prove(world: &World, browser: &mut Browser, slug: &str, person: &Person) -> Page {
    let page = ask_for_code(world, browser, slug, &person.username).await;
    let code = world.code_at(person.number.as_ref().expect("a number")).await;
    browser.submit_to(&page, "/code", &[("code", &code)]).await
}

/// A whole reset; ends on the last page.
pub async fn reset(world: &World, browser: &mut Browser, slug: &str, person: &Person, new: &str) -> Page {
    let mut page = prove(world, browser, slug, person).await;
    if page.path == "/choose" {
        page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
    }
    assert_eq!(page.path, "/password", "{}", page.text());
    browser.submit_to(&page, "/password", &[("password", new), ("password_again", new)]).await
}

/// Signs in at pwreg, with the password once more where the tenant asks for it; ends on the number page.
pub async fn sign_in(world: &World, browser: &mut Browser, slug: &str, typed: &str, password: &str) -> Page {
    let host = &world.tenant(slug).register;
    let start = browser.get(host, "/").await;
    assert_eq!(start.status, 200);
    let mut page = browser.submit(&start, &[("username", typed), ("password", password)]).await;
    if page.path == "/confirm" {
        page = browser.submit_to(&page, "/confirm", &[("password", password)]).await;
    }
    page
}

/// Registers a first number; ends on the last page.
pub async fn register(world: &World, browser: &mut Browser, slug: &str, person: &Person, number: &str) -> Page {
    let page = sign_in(world, browser, slug, &person.username, &person.password).await;
    assert_eq!(page.path, "/number", "{}", page.text());
    let page = browser.submit_to(&page, "/number", &[("number", number)]).await;
    assert_eq!(page.path, "/code", "{}", page.text());
    let code = world.code_at(number).await;
    browser.submit_to(&page, "/code", &[("code", &code)]).await
}

/// Gives name and current password at pwreset; ends on the page after them.
pub async fn give_current(world: &World, browser: &mut Browser, slug: &str, typed: &str, password: &str) -> Page {
    let start = browser.get(&world.tenant(slug).reset, "/change").await;
    assert_eq!(start.status, 200, "{}", start.text());
    browser.submit(&start, &[("username", typed), ("password", password)]).await
}

/// From name and current password, and the code where one is asked for, to the form for the new password.
pub async fn to_change(world: &World, browser: &mut Browser, slug: &str, person: &Person) -> Page {
    let mut page = give_current(world, browser, slug, &person.username, &person.password).await;
    if page.path == "/code" {
        let code = world.code_at(person.number.as_ref().expect("a number")).await;
        page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    }
    assert_eq!((page.status.as_u16(), page.path.as_str()), (200, "/change/password"), "{}", page.text());
    page
}

/// Fills in the last form of a change.
pub async fn submit_change(browser: &mut Browser, page: &Page, current: &str, new: &str) -> Page {
    let fields = [("current_password", current), ("password", new), ("password_again", new)];
    browser.submit_to(page, "/change/password", &fields).await
}

/// Changes the only number, with codes to the old and the new; ends on the last page.
pub async fn change_number(world: &World, browser: &mut Browser, slug: &str, person: &Person, new: &str) -> Page {
    let page = sign_in(world, browser, slug, &person.username, &person.password).await;
    let mut page = browser.submit_to(&page, "/number", &[("number", new)]).await;
    for number in [person.number.as_deref().expect("a number"), new] {
        assert_eq!(page.path, "/code", "{}", page.text());
        let code = world.code_at(number).await;
        page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    }
    page
}

/// Asks for a delayed change of the only number, with a code to the new one; ends on the last page.
pub async fn lose_phone(world: &World, browser: &mut Browser, slug: &str, person: &Person, new: &str) -> Page {
    let page = sign_in(world, browser, slug, &person.username, &person.password).await;
    let page = browser.get(&page.host, "/lost").await;
    assert_eq!(page.path, "/lost", "{}", page.text());
    let page = browser.submit_to(&page, "/lost", &[("number", new)]).await;
    assert_eq!(page.path, "/code", "{}", page.text());
    let code = world.code_at(new).await;
    browser.submit_to(&page, "/code", &[("code", &code)]).await
}
