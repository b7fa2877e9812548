//! What one tenant or one of its houses issued is nothing at another.

use harness::{Browser, Database, Page, State, World, journey, world::code_in};
use reqwest::Method;

/// Every page of a house, and every form.
const RESET: ([&str; 4], [&str; 7]) = (
    ["/code", "/choose", "/password", "/done"],
    ["/code", "/code/again", "/code/another", "/choose", "/password", "/stay", "/cancel"],
);
const REGISTER: ([&str; 7], [&str; 12]) = (
    ["/confirm", "/number", "/add", "/remove", "/lost", "/code", "/done"],
    [
        "/confirm",
        "/number",
        "/add",
        "/remove",
        "/lost",
        "/stop/now",
        "/keep",
        "/code",
        "/code/again",
        "/code/another",
        "/stay",
        "/cancel",
    ],
);

/// What a browser with this cookie meets at a house where the cookie means nothing.
async fn is_nothing(world: &World, token: &str, host: &str, code: &str) {
    let (pages, forms): (&[&str], &[&str]) =
        if host.starts_with("pwreset") { (&RESET.0, &RESET.1) } else { (&REGISTER.0, &REGISTER.1) };
    for path in pages {
        let mut browser = world.browser();
        browser.set_cookie(host, token);
        let page = browser.get(host, path).await;
        assert_eq!(page.status, 410, "GET {host}{path}: {}", page.text());
    }
    let fields = [("code", code), ("choice", "new"), ("password", "Vinterbad88Sten"), ("number", "+46701740698")];
    let again = [("password_again", "Vinterbad88Sten")];
    for path in forms {
        let mut browser = world.browser();
        browser.set_cookie(host, token);
        let page = browser.post(host, path, &[&fields[..], &again[..]].concat()).await;
        // Cancelling what is not there is no fault, and says nothing.
        let expected = if *path == "/cancel" { 200 } else { 410 };
        assert_eq!(page.status, expected, "POST {host}{path}: {}", page.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_one_house_is_nothing_at_the_others() {
    let world = World::practice(Database::Sqlite).await;
    let hosts: Vec<String> =
        world.tenants.values().flat_map(|tenant| [tenant.reset.clone(), tenant.register.clone()]).collect();

    // 1. A reset of Örebro that awaits its code.
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    let page = journey::ask_for_code(&world, &mut browser, "orebro", &person.username).await;
    let code = world.code_at(person.number.as_ref().expect("a number")).await;
    let token = browser.cookie(&page.host).expect("a token").to_owned();
    for host in hosts.iter().filter(|host| **host != page.host) {
        is_nothing(&world, &token, host, &code).await;
    }
    // It is as good as before at its own.
    let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    let page = if page.path == "/choose" { page } else { browser.get(&page.host, "/password").await };
    assert_eq!(page.status, 200, "{}", page.text());
    let proved = browser.cookie(&page.host).expect("a token").to_owned();
    for host in hosts.iter().filter(|host| **host != page.host) {
        is_nothing(&world, &proved, host, &code).await;
    }
    assert_eq!(browser.get(&page.host, "/password").await.status, 200);
    assert_eq!(world.tenant("orebro").directory.bind(&person, &person.password).await, Ok(()), "nothing was written");

    // 2. A registration of Mjölby that stands before the number.
    let person = world.person("mjolby", State::Unregistered).await;
    let mut browser = world.browser();
    let page = journey::sign_in(&world, &mut browser, "mjolby", &person.username, &person.password).await;
    assert_eq!(page.path, "/number", "{}", page.text());
    let token = browser.cookie(&page.host).expect("a token").to_owned();
    for host in hosts.iter().filter(|host| **host != page.host) {
        is_nothing(&world, &token, host, "123456").await;
    }
    assert_eq!(browser.get(&page.host, "/number").await.status, 200);
    assert!(world.arrived().await.is_empty(), "no code went to any number");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_form_of_one_house_begins_nothing_at_another() {
    let world = World::practice(Database::Sqlite).await;
    let hosts: Vec<String> =
        world.tenants.values().flat_map(|tenant| [tenant.reset.clone(), tenant.register.clone()]).collect();
    for from in &hosts {
        let start = world.browser().get(from, "/").await.hidden("start");
        for to in hosts.iter().filter(|to| *to != from) {
            let mut browser = world.browser();
            let fields = [("start", start.as_str()), ("username", "lovstlin32"), ("password", "Kastanj41Skugga")];
            let page = browser.post(to, "/", &fields).await;
            assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/"), "{from} at {to}: {}", page.text());
            assert!(browser.cookie(to).is_none(), "{from} at {to}");
        }
    }
    assert!(world.arrived().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_of_one_tenants_flow_is_wrong_in_anothers() {
    let world = World::practice(Database::Sqlite).await;
    let mut begun: Vec<(Browser, Page, String)> = Vec::new();
    for slug in ["orebro", "mjolby"] {
        // Two flows each: another flow of the same tenant is no better.
        for _ in 0..2 {
            let person = world.person(slug, State::Normal).await;
            let mut browser = world.browser();
            let page = journey::ask_for_code(&world, &mut browser, slug, &person.username).await;
            begun.push((browser, page, world.code_at(person.number.as_ref().expect("a number")).await));
        }
    }
    let codes: Vec<String> = begun.iter().map(|(.., code)| code.clone()).collect();
    for (n, (browser, page, own)) in begun.iter_mut().enumerate() {
        for foreign in [&codes[(n + 1) % 4], &codes[(n + 2) % 4]] {
            if foreign != own {
                let wrong = browser.submit_to(page, "/code", &[("code", foreign)]).await;
                assert_eq!(wrong.status, 422, "{}", wrong.text());
            }
        }
        let right = browser.submit_to(page, "/code", &[("code", own)]).await;
        assert_eq!(right.status, 200, "{}", right.text());
        assert_ne!(right.path, "/code");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_page_cannot_post_and_nothing_is_written() {
    let world = World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Normal).await;
    let host = world.tenant("orebro").reset.clone();
    let mut browser = world.browser();
    let page = journey::ask_for_code(&world, &mut browser, "orebro", &person.username).await;
    let sms = world.arrived().await;
    let code = code_in(&sms[0].text);
    let before = super::reading::snapshot(&world);
    let start = world.browser().get(&host, "/").await.hidden("start");
    let body = format!("start={start}&username={}&code={code}&choice=new", person.username);
    let foreign = [
        ("origin", "https://example.org"),
        ("origin", "https://pwreg.orebro.se"),
        ("origin", "https://pwreset.mjolby.se"),
        ("origin", "http://pwreset.orebro.se"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let token = browser.cookie(&host).expect("a token").to_owned();
    for (name, value) in foreign {
        for path in ["/", "/code", "/code/again", "/code/another", "/choose", "/password", "/cancel"] {
            let request = client
                .request(Method::POST, format!("http://{}{path}", world.public))
                .header("host", &host)
                .header("cookie", format!("__Host-portvakt={token}"))
                .header("content-type", "application/x-www-form-urlencoded")
                .header(name, value)
                .body(body.clone());
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), 403, "{name}: {value} at {path}");
            assert!(answer.headers().get("set-cookie").is_none());
            assert!(answer.text().await.expect("a page").contains("<h1>"), "a page of its own");
        }
    }
    assert_eq!(super::reading::snapshot(&world), before, "nothing was written");
    let right = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    assert_eq!(right.status, 200, "{}", right.text());
}
