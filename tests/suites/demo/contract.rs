//! Hosts, the two JSON documents, and how a demo begins, lives beside another, and ends.

use std::{collections::BTreeMap, net::TcpListener, time::Duration};

use harness::{
    Browser,
    process::{PATIENCE, Process, eventually, portvakt},
    world::find_code,
};
use serde_json::Value;

use super::stage::{Demo, keys, text};

const HOSTS: [(&str, &str); 4] =
    [("pwreset", "orebro"), ("pwreg", "orebro"), ("pwreset", "mjolby"), ("pwreg", "mjolby")];

#[tokio::test]
async fn accounts_are_listed_as_they_are_seeded() {
    let demo = Demo::start().await;
    let all = demo.accounts_json().await;
    assert_eq!(keys(&all), ["accounts"]);
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut numbers = Vec::new();
    for account in all["accounts"].as_array().expect("accounts") {
        let (tenant, state, username) = (text(account, "tenant"), text(account, "state"), text(account, "username"));
        *counts.entry((tenant, state)).or_default() += 1;
        let mut expected = vec![
            "expires_at",
            "mail",
            "netbios_login",
            "number",
            "password",
            "state",
            "tenant",
            "unit",
            "upn",
            "username",
        ];
        if state == "functional" {
            expected.push("numbers");
        }
        let mut found = keys(account);
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{account}");
        let domain = format!("{tenant}.localhost");
        assert_eq!(text(account, "upn"), format!("{username}@{domain}"));
        assert!(text(account, "mail").ends_with(&format!("@{domain}")));
        assert_eq!(text(account, "netbios_login"), format!("{}\\{username}", tenant.to_uppercase()));
        assert!(text(account, "password").len() >= 8);
        match account["number"].as_str() {
            None => assert!(account["number"].is_null() && state == "unregistered", "{account}"),
            Some(number) => {
                assert!(number.starts_with("+467") && number.len() == 12 && state != "unregistered", "{account}");
                numbers.push(number.to_owned());
            }
        }
        if state == "functional" {
            // Exactly what is registered: one number in this release.
            let held = account["numbers"].as_array().expect("numbers");
            let [only] = held.as_slice() else { panic!("one number: {account}") };
            assert_eq!(keys(only), ["holder", "number"]);
            assert_eq!(only["number"], account["number"]);
            assert!(!text(only, "holder").is_empty());
        }
    }
    for tenant in ["orebro", "mjolby"] {
        assert!(counts[&(tenant, "normal")] >= 6, "{counts:?}");
        for state in ["unregistered", "locked", "expired", "must_change", "disabled", "protected", "functional"] {
            assert!(counts[&(tenant, state)] >= 1, "{state} in {counts:?}");
        }
    }
    assert_eq!(counts.len(), 16, "and no other state or tenant: {counts:?}");
    let all_numbers = numbers.len();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), all_numbers, "everybody has a number of their own");

    // A reset changes the directory, and not the list.
    let person = demo.accounts("orebro", "normal").await.remove(0);
    let mut browser = Browser::new(demo.address);
    let (page, code, _) = demo.asks(&mut browser, "orebro", &person).await;
    let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    let new = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
    assert!(browser.submit_to(&page, "/password", &new).await.h1().starts_with("Klart"));
    assert_eq!(demo.accounts_json().await, all);
    // Another demo has the same; what ended did so a while before it began.
    let seeded = |mut all: Value| {
        for account in all["accounts"].as_array_mut().expect("accounts") {
            if account["state"] == "expired" {
                account["expires_at"] = Value::Null;
            }
        }
        all
    };
    assert_eq!(seeded(Demo::start().await.accounts_json().await), seeded(all));
}

#[tokio::test]
async fn the_outbox_lists_what_arrived_newest_last() {
    let demo = Demo::start().await;
    assert_eq!(demo.outbox().await, Vec::<Value>::new());
    for tenant in ["orebro", "mjolby"] {
        let person = demo.accounts(tenant, "normal").await.remove(1);
        let mut browser = Browser::new(demo.address);
        let (page, code, _) = demo.asks(&mut browser, tenant, &person).await;
        let mut page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        if page.path == "/choose" {
            page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
        }
        let new = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
        assert!(browser.submit_to(&page, "/password", &new).await.h1().starts_with("Klart"));
    }
    eventually("two codes, four notices", PATIENCE, async || (demo.outbox().await.len() == 6).then_some(())).await;
    let all = demo.outbox().await;
    let mut last = 0;
    for message in &all {
        assert_eq!(keys(message).len(), 7, "{message}");
        let id = message["id"].as_u64().expect("a number");
        assert!(id > last, "ids rise");
        last = id;
        let at = chrono::DateTime::parse_from_rfc3339(text(message, "at")).expect("a time");
        assert_eq!(at.offset().local_minus_utc(), 0);
        assert!(["orebro", "mjolby"].contains(&text(message, "tenant")));
        match text(message, "channel") {
            "sms" => assert!(message["subject"].is_null() && text(message, "to").starts_with("+467")),
            "mail" => assert!(!text(message, "subject").is_empty() && text(message, "to").contains('@')),
            other => panic!("{other}"),
        }
    }
    // Only messages with a code have six digits in a row, in any of their texts.
    let with_code: Vec<&Value> = all
        .iter()
        .filter(|m| {
            find_code(text(m, "text")).is_some() || m["subject"].as_str().is_some_and(|s| find_code(s).is_some())
        })
        .collect();
    assert_eq!(with_code.len(), 2, "{all:#?}");
    for message in with_code {
        let code = find_code(text(message, "text")).expect("a code");
        let (_, line) = text(message, "text").rsplit_once('\n').expect("a last line");
        assert_eq!(line, format!("@pwreset.{}.localhost #{code}", text(message, "tenant")), "{message}");
    }
    let (_, page) = demo.try_get("localhost", "/demo/outbox").await.expect("an answer");
    assert!(page.contains("+46") && page.contains("http-equiv=\"refresh\""), "live: {page}");
}

#[tokio::test]
async fn the_demos_pages_are_on_its_own_host_alone() {
    let demo = Demo::start().await;
    for path in ["/demo/accounts.json", "/demo/outbox", "/demo/outbox.json"] {
        for (service, tenant) in HOSTS {
            let host = format!("{service}.{tenant}.localhost");
            assert_eq!(demo.try_get(&host, path).await.expect("an answer").0, 404, "{host}{path}");
        }
        for host in ["localhost", "127.0.0.1"] {
            assert_eq!(demo.try_get(host, path).await.expect("an answer").0, 200, "{host}{path}");
        }
        assert_eq!(demo.try_get("elsewhere.localhost", path).await.expect("an answer").0, 421, "{path}");
    }
    let (status, start) = demo.try_get("localhost", "/").await.expect("an answer");
    assert_eq!(status, 200);
    for (service, tenant) in HOSTS {
        assert!(start.contains(&format!("http://{}/", demo.host(service, tenant))), "{service}.{tenant}: {start}");
    }
    assert!(start.contains("100 gånger"), "the limits' factor: {start}");
    let (_, english) = demo.try_get("localhost", "/?lang=en").await.expect("an answer");
    assert!(english.contains("100 times"), "{english}");
    for path in ["/code", "/metrics", "/readyz", "/demo"] {
        assert_eq!(demo.try_get("localhost", path).await.expect("an answer").0, 404, "{path}");
    }
}

#[tokio::test]
async fn both_documents_are_there_only_when_every_host_serves() {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let address = format!("127.0.0.1:{port}");
    let mut demo = Demo {
        process: Process::start(&mut portvakt(&["demo", "--listen", &address])),
        address: address.parse().expect("an address"),
    };
    for path in ["/demo/outbox.json", "/demo/accounts.json"] {
        eventually(path, PATIENCE, async || {
            // The first answer of all is 200 already.
            demo.try_get("localhost", path).await.map(|(status, _)| assert_eq!(status, 200, "{path}"))
        })
        .await;
        for (service, tenant) in HOSTS {
            let answer = demo.try_get(&format!("{service}.{tenant}.localhost"), "/").await.expect("an answer");
            assert_eq!(answer.0, 200, "{service}.{tenant}");
        }
    }
    assert!(demo.process.terminate(Duration::from_secs(5)).await.success());
}

#[tokio::test]
async fn two_demos_run_side_by_side_and_each_ends_on_sigterm() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = tokio::join!(Demo::start(), Demo::in_folder(folder.path()));
    let mut demos = [first, second];
    let person = demos[0].accounts("orebro", "normal").await.remove(0);
    demos[0].asks(&mut Browser::new(demos[0].address), "orebro", &person).await;
    assert_eq!(demos[1].outbox().await.len(), 0);
    // A connection that is kept open and idle holds nothing up.
    let _idle = tokio::net::TcpStream::connect(demos[0].address).await.expect("a connection");
    for demo in &mut demos {
        let ended = demo.process.terminate(Duration::from_secs(5)).await;
        assert_eq!(ended.code(), Some(0), "{}", demo.process.stderr());
    }
    // The next one in the same folder begins anew.
    let again = Demo::in_folder(folder.path()).await;
    assert_eq!(again.outbox().await.len(), 0);
    again.asks(&mut Browser::new(again.address), "orebro", &person).await;
}

#[tokio::test]
async fn the_data_folder_holds_no_message_number_or_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::in_folder(folder.path()).await;
    let person = demo.accounts("mjolby", "locked").await.remove(0);
    let mut browser = Browser::new(demo.address);
    let (page, code, _) = demo.asks(&mut browser, "mjolby", &person).await;
    let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    let page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
    let new = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
    assert!(browser.submit_to(&page, "/password", &new).await.h1().starts_with("Klart"));
    eventually("the notices", PATIENCE, async || (demo.outbox().await.len() == 3).then_some(())).await;

    let number = text(&person, "number");
    let mut secrets = vec![code, "Vinterbad88Sten".to_owned(), number.to_owned(), number[3..].to_owned()];
    for key in ["username", "mail", "password"] {
        secrets.push(text(&person, key).to_owned());
    }
    for message in demo.outbox().await {
        secrets.extend(text(&message, "text").lines().filter(|line| line.len() > 20).map(str::to_owned));
    }
    let mut files = 0;
    for entry in std::fs::read_dir(folder.path()).expect("the folder") {
        let bytes = std::fs::read(entry.expect("a file").path()).expect("its bytes");
        files += 1;
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} is in the data folder");
        }
    }
    assert!(files >= 2, "the database and its log");
}
