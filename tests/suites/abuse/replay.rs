//! Sent twice, done once: double clicks, replays, tokens and forms of another flow.

use futures_util::future::join_all;
use harness::{Browser, Database, State, World, journey};

use crate::{another, codes};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_click_makes_one_flow_on_sqlite() {
    a_double_click_makes_one_flow(&World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_click_makes_one_flow_on_postgres() {
    a_double_click_makes_one_flow(&World::practice(Database::Postgres).await).await;
}

async fn a_double_click_makes_one_flow(world: &World) {
    let host = &world.tenant("orebro").reset;
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    let start = browser.get(host, "/").await.hidden("start");
    let fields = [("start", start.as_str()), ("username", person.username.as_str())];
    let mut tabs: Vec<Browser> = (0..6).map(|_| browser.clone()).collect();
    let answers = join_all(tabs.iter_mut().map(|tab| tab.post_once(host, "/", &fields))).await;
    assert!(answers.iter().all(|page| page.status == 303 && page.headers["location"] == "/code"));
    let cookies: Vec<_> = tabs.iter().map(|tab| tab.cookie(host).expect("a cookie").to_owned()).collect();
    assert!(cookies.iter().all(|cookie| *cookie == cookies[0]), "one flow");
    let code = world.code_at(person.number.as_ref().expect("a number")).await;

    // The same form with another name is no second half of anything.
    let other = world.person("orebro", State::Normal).await;
    let mut reuse = world.browser();
    let fields = [("start", start.as_str()), ("username", other.username.as_str())];
    let page = reuse.post_once(host, "/", &fields).await;
    assert_eq!((page.status.as_u16(), reuse.cookie(host)), (422, None), "{}", page.text());
    assert!(codes(world).await.is_empty());

    // Every tab can go on; the code is right once.
    let fields = [("code", code.as_str())];
    let answers = join_all(tabs.iter_mut().map(|tab| tab.post_once(host, "/code", &fields))).await;
    let right = answers.iter().filter(|page| page.status == 303 && page.headers["location"] == "/choose").count();
    assert_eq!(right, 1, "{:?}", answers.iter().map(|page| page.status).collect::<Vec<_>>());
    // And after that the first form leads nowhere.
    let fields = [("start", start.as_str()), ("username", person.username.as_str())];
    assert_eq!(world.browser().post_once(host, "/", &fields).await.status, 422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_token_is_dead_after_the_right_code() {
    let world = &World::practice(Database::Sqlite).await;
    let host = &world.tenant("orebro").reset;
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    let page = journey::ask_for_code(world, &mut browser, "orebro", &person.username).await;
    let mut thief = browser.clone();
    let code = world.code_at(person.number.as_ref().expect("a number")).await;
    let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    assert_eq!(page.path, "/password");
    assert_ne!(browser.cookie(host), thief.cookie(host));
    for path in ["/code", "/choose", "/password", "/done"] {
        assert_eq!(thief.get(host, path).await.status, 410, "{path}");
    }
    let mut refused = vec![thief.post(host, "/code", &[("code", &code)]).await];
    refused.push(thief.post(host, "/code/again", &[]).await);
    refused.push(thief.post(host, "/choose", &[("choice", "new")]).await);
    let new = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
    refused.push(thief.post(host, "/password", &new).await);
    assert!(refused.iter().all(|page| page.status == 410), "{refused:?}");
    thief.post(host, "/cancel", &[]).await;
    assert_eq!(browser.get(host, "/password").await.status, 200, "the old token cancels nothing");

    // The new one holds at this address alone: not at pwreg, not at the other tenant.
    let token = browser.cookie(host).expect("a token").to_owned();
    let (pwreg, other) = (&world.tenant("orebro").register, &world.tenant("mjolby").reset);
    for elsewhere in [pwreg, other] {
        let mut thief = world.browser();
        thief.set_cookie(elsewhere, &token);
        for path in ["/code", "/choose", "/password", "/number", "/confirm", "/done"] {
            let status = thief.get(elsewhere, path).await.status;
            assert!(status == 410 || status == 404, "{elsewhere}{path}: {status}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_form_sent_twice_is_written_once() {
    let world = &World::practice(Database::Sqlite).await;
    let host = &world.tenant("orebro").reset;
    let server = world.tenant("orebro").directory.practice();
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    let page = journey::prove(world, &mut browser, "orebro", &person).await;
    assert_eq!(page.path, "/password");
    let before = server.operations().modifies;
    let (one, two) = ("Vinterbad88Sten", "Sommarregn77Tak");
    let mut tabs = [browser.clone(), browser.clone(), browser.clone(), browser.clone()];
    let answers = join_all(tabs.iter_mut().enumerate().map(|(n, tab)| async move {
        let new = if n % 2 == 0 { one } else { two };
        tab.post_once(host, "/password", &[("password", new), ("password_again", new)]).await.status
    }))
    .await;
    assert_eq!(server.operations().modifies - before, 1, "{answers:?}");
    assert_eq!(world.arrived().await.len(), 2, "one notice by SMS, one by mail");
    // Later too.
    let page = browser.post(host, "/password", &[("password", two), ("password_again", two)]).await;
    assert!(page.path == "/done" || page.status == 410, "{} {}", page.status, page.path);
    assert_eq!(server.operations().modifies - before, 1);
    let directory = &world.tenant("orebro").directory;
    let holding = [directory.bind(&person, one).await, directory.bind(&person, two).await];
    assert_eq!(holding.iter().filter(|bound| bound.is_ok()).count(), 1);
    assert!(world.arrived().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unlock_sent_twice_is_written_once() {
    let world = &World::practice(Database::Sqlite).await;
    let host = &world.tenant("mjolby").reset;
    let server = world.tenant("mjolby").directory.practice();
    let person = world.person("mjolby", State::Locked).await;
    let mut browser = world.browser();
    journey::prove(world, &mut browser, "mjolby", &person).await;
    let before = server.operations().modifies;
    let mut tabs = [browser.clone(), browser.clone(), browser.clone()];
    join_all(tabs.iter_mut().map(|tab| tab.post_once(host, "/choose", &[("choice", "keep")]))).await;
    browser.post(host, "/choose", &[("choice", "keep")]).await;
    assert_eq!(server.operations().modifies - before, 1);
    assert_eq!(world.arrived().await.len(), 2, "one notice by SMS, one by mail");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_of_a_registration_are_single_use() {
    let world = &World::practice(Database::Sqlite).await;
    let host = &world.tenant("orebro").register;
    let person = world.person("orebro", State::Unregistered).await;
    let other = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    let start = browser.get(host, "/").await.hidden("start");
    let fields = |person: &harness::Person| {
        vec![("start", start.clone()), ("username", person.username.clone()), ("password", person.password.clone())]
    };
    let post = async |browser: &mut Browser, person: &harness::Person| {
        let fields = fields(person);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post_once(host, "/", &fields).await
    };
    let (mut first, mut second) = (browser.clone(), browser.clone());
    assert_eq!(post(&mut first, &person).await.status, 303);
    assert_eq!(post(&mut second, &person).await.status, 303);
    assert_eq!(first.cookie(host), second.cookie(host), "one flow");
    let mut third = world.browser();
    assert_eq!((post(&mut third, &other).await.status.as_u16(), third.cookie(host)), (422, None), "another name");

    // The password once more replaces the token; after that both the old token and the first form are dead.
    let page = first.post(host, "/confirm", &[("password", &person.password)]).await;
    assert_eq!(page.path, "/number", "{}", page.text());
    assert_eq!(second.get(host, "/number").await.status, 410);
    assert_eq!(second.post(host, "/confirm", &[("password", &person.password)]).await.status, 410);
    assert_eq!(post(&mut world.browser(), &person).await.status, 422);

    // The number's code is right once, and a code of the registration is nothing at pwreset.
    let number = world.fresh_number();
    let page = first.submit_to(&page, "/number", &[("number", &number)]).await;
    let code = world.code_at(&number).await;
    assert_eq!(first.submit_to(&page, "/code", &[("code", &another(&code))]).await.status, 422);
    let mut tabs = [first.clone(), first.clone(), first.clone()];
    let fields = [("code", code.as_str())];
    let answers = join_all(tabs.iter_mut().map(|tab| tab.post_once(host, "/code", &fields))).await;
    let right = answers.iter().filter(|page| page.status == 303 && page.headers.contains_key("set-cookie")).count();
    assert_eq!(right, 1);
    assert_eq!(world.arrived().await.len(), 2, "one notice by SMS, one by mail");
}
