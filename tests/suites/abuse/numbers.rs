//! What a stolen password, or a stolen look at a page, is worth against somebody's numbers: nothing at once.

use chrono::TimeDelta;
use harness::{Browser, Database, Page, Person, State, World, journey};

const SLUG: &str = "mjolby";

async fn signed_in(world: &World, person: &Person) -> (Browser, Page) {
    let mut browser = world.browser();
    let page = journey::sign_in(world, &mut browser, SLUG, &person.username, &person.password).await;
    assert_eq!(page.path, "/number", "{}", page.text());
    (browser, page)
}

/// The value of the first radio of a name.
fn first_row(page: &Page, name: &str) -> String {
    let radio = page.html.split(&format!(" name=\"{name}\" value=\"")).nth(1).expect("a radio");
    radio.split('"').next().expect("its value").to_owned()
}

/// A code that was asked for to add a number opens nothing else: neither a removal nor a change.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_for_one_task_is_nothing_for_another() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person(SLUG, State::Normal).await;
    let (old, new) = (person.number.clone().expect("a number"), world.fresh_number());
    let (mut browser, page) = signed_in(world, &person).await;
    let page = browser.get(&page.host, "/add").await;
    browser.submit_to(&page, "/add", &[("number", &new)]).await;
    let to_add = world.code_at(&old).await;
    let page = browser.get(&page.host, "/remove").await;
    let page = browser.submit_to(&page, "/remove", &[]).await;
    let refused = browser.submit_to(&page, "/code", &[("code", &to_add)]).await;
    assert_eq!(refused.status, 422, "before the new code is made: {}", refused.text());
    let to_remove = world.code_at(&old).await;
    let refused = browser.submit_to(&refused, "/code", &[("code", &to_add)]).await;
    assert!(refused.status == 422 || to_add == to_remove, "{}", refused.text());
    let done = browser.submit_to(&refused, "/code", &[("code", &to_remove)]).await;
    assert_eq!(done.h1(), "Klart: Numret är borttaget", "{}", done.text());
}

/// With the password alone nothing goes to a new number but the code of a delayed change, and nothing is changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_alone_changes_no_number() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person(SLUG, State::Normal).await;
    let stranger = world.person(SLUG, State::Normal).await;
    let (old, evil) = (person.number.clone().expect("a number"), stranger.number.clone().expect("a number"));
    let second = world.fresh_number();
    world.store_numbers(SLUG, &person, &[(&old, None), (&second, None)]).await;
    // The thief's own row, as their own page shows it.
    world.store_numbers(SLUG, &stranger, &[(&evil, None), (&world.fresh_number(), None)]).await;
    let (_, own) = signed_in(world, &stranger).await;
    let foreign = first_row(&own, "which");

    let (mut browser, page) = signed_in(world, &person).await;
    for (path, fields) in [
        ("/number", vec![("number", evil.as_str()), ("which", foreign.as_str())]),
        ("/remove", vec![("which", foreign.as_str()), ("to", foreign.as_str())]),
        ("/remove", vec![("which", ""), ("to", "")]),
        ("/lost", vec![("number", evil.as_str()), ("which", foreign.as_str())]),
    ] {
        let refused = browser.post(&page.host, path, &fields).await;
        assert_eq!(refused.status, 422, "{path} {fields:?}: {}", refused.text());
    }
    assert!(world.arrived().await.is_empty(), "no SMS for a row of somebody else's");
    // The code for a change goes to the number that is there, and is not sent to a foreign one.
    let page = browser.post(&page.host, "/number", &[("number", &world.fresh_number())]).await;
    world.code_at(&old).await;
    world.clock.advance(TimeDelta::seconds(60));
    for to in [foreign.as_str(), "", "1", "\u{0}"] {
        let page = browser.post(&page.host, "/code/another", &[("to", to), ("number", &evil)]).await;
        assert_eq!(page.status, 200, "{to:?}: {}", page.text());
        assert!(world.arrived().await.is_empty(), "{to:?}");
    }
    let (_, page) = signed_in(world, &person).await;
    assert!(page.html.matches("name=\"which\"").count() == 2, "both numbers are as they were: {}", page.text());
}

/// Whoever knows the name gets no further at `/stop` than the page for the code, whatever is posted; and the right code
/// stops the change and opens nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_by_name_is_no_sign_in() {
    let world = &World::practice(Database::Sqlite).await;
    let host = &world.tenant(SLUG).register;
    let person = world.person(SLUG, State::Normal).await;
    let (old, evil) = (person.number.clone().expect("a number"), world.fresh_number());
    journey::lose_phone(world, &mut world.browser(), SLUG, &person, &world.fresh_number()).await;
    world.arrived().await;

    let mut browser = world.browser();
    let start = browser.get(host, "/stop").await;
    let page = browser.submit(&start, &[("username", &person.username)]).await;
    let code = world.code_at(&old).await;
    let tries = async |browser: &mut Browser, expected: &[&str]| {
        for path in ["/number", "/add", "/remove", "/lost", "/confirm"] {
            let page = browser.get(host, path).await;
            assert!(expected.contains(&page.path.as_str()), "GET {path}: {}", page.path);
            assert!(!page.html.contains("***") && !page.html.contains(&person.username), "{path}: {}", page.text());
        }
        for path in ["/number", "/add", "/remove", "/lost", "/stop/now", "/keep", "/confirm"] {
            let fields = [("number", evil.as_str()), ("holder", "Eva"), ("which", ""), ("to", ""), ("password", "x")];
            let page = browser.post(host, path, &fields).await;
            assert_eq!(page.status, 410, "POST {path}: {}", page.text());
        }
        assert!(world.arrived().await.is_empty());
    };
    // The account is known to the flow by now, since the job has looked it up.
    tries(&mut browser, &["/code"]).await;
    let done = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    assert_eq!(done.h1(), "Klart: Bytet är stoppat", "{}", done.text());
    world.arrived().await;
    tries(&mut browser, &["/done"]).await;
    // At pwreset the token is nothing.
    let token = browser.cookie(host).expect("a token").to_owned();
    let mut elsewhere = world.browser();
    elsewhere.set_cookie(&world.tenant(SLUG).reset, &token);
    assert_eq!(elsewhere.get(&world.tenant(SLUG).reset, "/choose").await.status, 410);
}

/// Two tabs that ask for a delayed change at once: one is heard, and one notice a number goes out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_delayed_changes_at_once_are_one() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person(SLUG, State::Normal).await;
    let numbers = [world.fresh_number(), world.fresh_number()];
    let mut tabs = Vec::new();
    for new in &numbers {
        let (mut browser, page) = signed_in(world, &person).await;
        let page = browser.get(&page.host, "/lost").await;
        let page = browser.submit_to(&page, "/lost", &[("number", new)]).await;
        let code = world.code_at(new).await;
        tabs.push((browser, page.host, code));
    }
    let posts = tabs.into_iter().map(|(mut browser, host, code)| async move {
        let fields = [("code", code.as_str())];
        browser.post(&host, "/code", &fields).await
    });
    let answers = futures_util::future::join_all(posts).await;
    let mut statuses: Vec<u16> = answers.iter().map(|page| page.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 410], "{:?}", answers.iter().map(Page::text).collect::<Vec<_>>());
    assert_eq!(world.arrived().await.len(), 2, "one notice by SMS, one by mail");
    world.clock.advance(TimeDelta::hours(48));
    assert_eq!(world.arrived().await.iter().filter(|notice| notice.channel == "sms").count(), 2, "old and new, once");
}
