//! The pages about the service are looked at and nothing else: no cookie, no write, and a flow goes on after them.

use harness::{Database, State, World, journey};
use reqwest::Method;

use crate::hosts;

const PATHS: [&str; 4] = ["/help", "/accessibility", "/privacy", "/cookies"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_at_both_hosts_linked_from_every_page_and_only_looked_at() {
    let world = World::practice(Database::Sqlite).await;
    for host in ["orebro", "mjolby"].into_iter().flat_map(|slug| hosts(&world, slug)) {
        let mut browser = world.browser();
        for from in ["/", "/nothing", "/code", "/cancelled", "/privacy"] {
            let page = browser.get(&host, &format!("{from}?lang=en")).await;
            for path in PATHS {
                assert!(page.html.contains(&format!("href=\"{path}?lang=en\"")), "{host}{from}: no {path}");
            }
        }
        for path in PATHS {
            for (query, language) in [("", "sv"), ("?lang=en", "en"), ("?lang=sv", "sv")] {
                let page = browser.get(&host, &format!("{path}{query}")).await;
                assert_eq!(page.status, 200, "{host}{path}{query}");
                assert!(page.html.contains(&format!("<html lang=\"{language}\">")), "{host}{path}{query}");
                assert!(page.headers.get("set-cookie").is_none(), "{host}{path}");
                assert_eq!(page.headers["cache-control"], "no-store", "{host}{path}");
                let here = format!("href=\"{path}{query}\" aria-current=\"page\"");
                assert_eq!(page.html.matches("aria-current").count(), 1, "{host}{path}");
                assert!(page.html.contains(&here), "{host}{path}: {}", page.html);
                let switch = page.forms().pop().expect("the language switch");
                assert_eq!((switch.method.as_str(), switch.action.as_str()), ("get", path));
                assert_eq!(page.forms().len(), 1, "nothing is sent in here");
            }
            let head = browser.once(Method::HEAD, &host, path, None).await;
            assert_eq!((head.status.as_u16(), head.html.as_str()), (200, ""), "{host}{path}");
            for method in [Method::POST, Method::PUT, Method::DELETE] {
                let page = browser.once(method.clone(), &host, path, Some(String::new())).await;
                assert_eq!(page.status, 405, "{method} {host}{path}");
            }
        }
        assert!(browser.cookie(&host).is_none());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_survives_a_visit_and_is_a_link_away() {
    let world = World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Normal).await;
    let host = world.tenant("orebro").reset.clone();
    let mut browser = world.browser();
    let page = journey::ask_for_code(&world, &mut browser, "orebro", &person.username).await;
    let code = world.code_at(person.number.as_ref().expect("a number")).await;
    let back = |page: &harness::Page, to: &str| {
        let link = page.text().contains("Tillbaka till ärendet");
        let main = page.html.split("</main>").next().expect("main").to_owned();
        assert_eq!(link && main.contains(&format!("href=\"{to}\"")), !to.is_empty(), "{to:?}: {main}");
        assert!(link || to.is_empty());
    };
    let token = browser.cookie(&host).expect("a token").to_owned();
    for path in PATHS {
        let before = rows(&world);
        back(&browser.get(&host, path).await, "/code");
        assert_eq!(rows(&world), before, "{path}: looking wrote something");
        // Who has no flow, or whose flow is at the other house, is led nowhere.
        back(&world.browser().get(&host, path).await, "");
        let mut other = world.browser();
        other.set_cookie(&world.tenant("mjolby").reset, &token);
        back(&other.get(&world.tenant("mjolby").reset, path).await, "");
    }
    assert_eq!(browser.cookie(&host), Some(token.as_str()));
    let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    assert_eq!(page.path, "/password", "{}", page.text());
    back(&browser.get(&host, "/help").await, "/choose");
    let done = browser
        .submit_to(&page, "/password", &[("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")])
        .await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    world.arrived().await;

    // A flow that is over is no way back.
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    journey::ask_for_code(&world, &mut browser, "orebro", &person.username).await;
    world.clock.advance(chrono::TimeDelta::minutes(16));
    back(&browser.get(&host, "/help").await, "");
}

/// The database's bytes.
fn rows(world: &World) -> Vec<Vec<u8>> {
    let portvakt_storage::DatabaseSettings::Sqlite { path } = &world.database else { panic!("SQLite") };
    let log = path.with_file_name("portvakt.db-wal");
    [path, &log].map(|file| std::fs::read(file).expect("the database's file")).to_vec()
}
