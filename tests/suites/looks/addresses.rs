//! A tenant whose addresses have a port: links on pages, in SMS and in mails, and whose forms are taken.

use harness::{Browser, Database, State, World, journey};
use reqwest::{Method, header};

const RESET: &str = "https://pwreset.orebro.se:8443";
const REGISTER: &str = "https://pwreg.orebro.se:9443";

async fn world() -> World {
    let world = World::practice(Database::Sqlite).await;
    world
        .reconfigure("orebro", |settings| {
            settings.hosts.reset_url = Some(RESET.parse().expect("an address"));
            settings.hosts.register_url = Some(REGISTER.parse().expect("an address"));
        })
        .await;
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_link_has_the_port() {
    let world = world().await;
    let start = world.browser().get("pwreset.orebro.se", "/").await;
    assert!(start.html.contains(&format!("href=\"{REGISTER}/\"")), "{}", start.html);
    assert!(start.text().contains("pwreg.orebro.se:9443"), "{}", start.text());
    let person = world.person("orebro", State::Unregistered).await;
    let done = journey::register(&world, &mut world.browser(), "orebro", &person, &world.fresh_number()).await;
    assert!(done.html.contains(&format!("href=\"{RESET}/\"")), "{}", done.html);
    let arrived = world.arrived().await;
    let mail = arrived.iter().find(|message| message.channel == "mail").expect("a mail");
    assert!(mail.text.contains(RESET), "{}", mail.text);

    // An SMS that says where a change is stopped. The line that binds a code knows no ports (WICG, origin-bound codes).
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    let page = journey::sign_in(&world, &mut browser, "orebro", &person.username, &person.password).await;
    let page = browser.get(&page.host, "/lost").await;
    let number = world.fresh_number();
    let page = browser.submit_to(&page, "/lost", &[("number", &number)]).await;
    let arrived = world.arrived().await;
    let code = arrived.iter().find(|message| message.to == number).expect("a code");
    let figures = harness::world::code_in(&code.text);
    assert!(code.text.ends_with(&format!("\n@pwreg.orebro.se #{figures}")), "{}", code.text);
    browser.submit_to(&page, "/code", &[("code", &figures)]).await;
    let arrived = world.arrived().await;
    let told = arrived.iter().filter(|message| message.text.contains("pwreg.orebro.se:9443/stop")).count();
    assert_eq!(told, 2, "by SMS and by mail: {arrived:?}");
    // The other tenant's are as they were.
    let other = world.browser().get("pwreset.mjolby.se", "/").await;
    assert!(other.html.contains("href=\"https://pwreg.mjolby.se/\""), "{}", other.html);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_are_taken_from_that_address_alone() {
    let world = world().await;
    let person = world.person("orebro", State::Normal).await;
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
    let client = client.expect("a client");
    for (origin, taken) in [
        (RESET, true),
        ("https://pwreset.orebro.se", false),
        ("https://pwreset.orebro.se:8444", false),
        ("http://pwreset.orebro.se:8443", false),
        (REGISTER, false),
    ] {
        let start = Browser::new(world.public).get("pwreset.orebro.se", "/").await.hidden("start");
        let body = format!("start={start}&username={}", person.username);
        let request = client.request(Method::POST, format!("http://{}/", world.public));
        let request = request.header(header::HOST, "pwreset.orebro.se:8443").header(header::ORIGIN, origin);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        let answer = request.header("x-forwarded-for", "198.51.100.7").send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), if taken { 303 } else { 403 }, "{origin}");
    }
}
