//! Whole journeys at the demo, with codes as they are read in the outbox; and its limits.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures_util::future::join_all;
use harness::{
    Browser, ManualClock,
    process::{PATIENCE, eventually},
    world::find_code,
};
use portvakt_demo::accounts::{SampleState, sample};
use portvakt_domain::time::Clock as _;

use super::stage::{Demo, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_there_within_a_second() {
    let demo = Demo::start().await;
    for tenant in ["orebro", "mjolby"] {
        // Another try for a machine that is busy with something else.
        let mut tries = Vec::new();
        for person in demo.accounts(tenant, "normal").await.iter().take(3) {
            tries.push(demo.asks(&mut Browser::new(demo.address), tenant, person).await.2);
            if tries.last().is_some_and(|took| *took <= Duration::from_secs(1)) {
                break;
            }
        }
        assert!(tries.iter().any(|took| *took <= Duration::from_secs(1)), "{tenant}: {tries:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_is_registered_and_then_gets_its_owner_back_in() {
    let demo = Demo::start().await;
    for (tenant, number) in [("orebro", "+46701740698"), ("mjolby", "+46701740699")] {
        let person = demo.accounts(tenant, "unregistered").await.remove(0);
        let (name, password) = (text(&person, "username"), text(&person, "password"));

        // 1. Nobody is told that there is no number yet, and no code goes anywhere.
        let mut browser = Browser::new(demo.address);
        let start = browser.get(&demo.host("pwreset", tenant), "/").await;
        assert_eq!(browser.submit(&start, &[("username", name)]).await.path, "/code");

        // 2. Register, and the old guides' way to pwreset.
        let earlier = demo.outbox().await.len();
        let start = browser.get(&demo.host("pwreg", tenant), "/").await;
        let mut page = browser.submit(&start, &[("username", name), ("password", password)]).await;
        if page.path == "/confirm" {
            assert!(page.text().contains(name), "{}", page.text());
            page = browser.submit_to(&page, "/confirm", &[("password", password)]).await;
        }
        assert_eq!(page.path, "/number", "{}", page.text());
        // As people write it: 070-174 06 98.
        let typed = format!("070-{} {} {}", &number[5..8], &number[8..10], &number[10..]);
        let page = browser.submit_to(&page, "/number", &[("number", &typed)]).await;
        let code = demo.code(number, earlier).await;
        let done = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        assert!(done.html.contains(&format!("http://{}", demo.host("pwreset", tenant))), "{}", done.html);

        // 3. Back in.
        let earlier = demo.outbox().await.len();
        let start = browser.get(&demo.host("pwreset", tenant), "/").await;
        let page = browser.submit(&start, &[("username", text(&person, "upn"))]).await;
        let code = demo.code(number, earlier).await;
        let mut page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        if tenant == "mjolby" {
            page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
        }
        let new = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
        let done = browser.submit_to(&page, "/password", &new).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        let mail = text(&person, "mail");
        eventually("the notice by mail", PATIENCE, async || {
            let sent = |m: &&serde_json::Value| m["to"] == mail && text(m, "text").contains("återställts");
            demo.outbox().await.iter().find(sent).map(|_| ())
        })
        .await;

        // 4. The directory knows the new password, and the old one no more.
        for (password, path) in [(password, "/"), ("Vinterbad88Sten", "/number")] {
            let start = browser.get(&demo.host("pwreg", tenant), "/").await;
            let mut page = browser.submit(&start, &[("username", name), ("password", password)]).await;
            if page.path == "/confirm" {
                page = browser.submit_to(&page, "/confirm", &[("password", password)]).await;
            }
            assert_eq!(page.path, path, "{}", page.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_state_meets_what_the_table_says() {
    let demo = Demo::start().await;
    for tenant in ["orebro", "mjolby"] {
        for (state, coded) in [
            ("normal", true),
            ("functional", true),
            ("locked", true),
            ("expired", true),
            ("must_change", true),
            ("unregistered", false),
            ("disabled", false),
            ("protected", false),
        ] {
            let person = demo.accounts(tenant, state).await.remove(0);
            let mut browser = Browser::new(demo.address);
            if coded {
                let (page, code, _) = demo.asks(&mut browser, tenant, &person).await;
                let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
                let both = tenant == "mjolby" && ["normal", "functional", "locked"].contains(&state);
                assert_eq!(page.path, if both { "/choose" } else { "/password" }, "{tenant} {state}");
                continue;
            }
            let start = browser.get(&demo.host("pwreset", tenant), "/").await;
            let page = browser.submit(&start, &[("username", text(&person, "username"))]).await;
            assert_eq!(page.path, "/code", "{tenant} {state}");
            // Whoever asks next gets a code: by then this one would have come.
            let other = demo.accounts(tenant, "normal").await.remove(5);
            demo.asks(&mut Browser::new(demo.address), tenant, &other).await;
            let number = person["number"].as_str().unwrap_or("none");
            assert!(!demo.outbox().await.iter().any(|sms| sms["to"] == number), "{tenant} {state}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_may_do_more_here_and_an_account_may_not() {
    let demo = Demo::start().await;
    let host = demo.host("pwreset", "orebro");
    // 60 elsewhere.
    let asked = join_all((0..75).map(|n| {
        let (mut browser, host) = (Browser::new(demo.address), host.clone());
        async move {
            let start = browser.get(&host, "/").await;
            browser.submit(&start, &[("username", &format!("finnsinte{n}"))]).await.status.as_u16()
        }
    }))
    .await;
    assert!(asked.iter().all(|status| *status == 200), "{asked:?}");

    // Three SMS in a quarter of an hour, as everywhere.
    let person = demo.accounts("orebro", "normal").await.remove(0);
    for _ in 0..3 {
        demo.asks(&mut Browser::new(demo.address), "orebro", &person).await;
    }
    let mut browser = Browser::new(demo.address);
    let start = browser.get(&host, "/").await;
    let page = browser.submit(&start, &[("username", text(&person, "username"))]).await;
    assert_eq!(page.path, "/code", "{}", page.text());
    let other = demo.accounts("orebro", "normal").await.remove(1);
    demo.asks(&mut Browser::new(demo.address), "orebro", &other).await;
    let codes = demo.outbox().await;
    let codes = codes.iter().filter(|sms| sms["to"] == person["number"] && find_code(text(sms, "text")).is_some());
    assert_eq!(codes.count(), 3);

    // "Send again" waits within a flow.
    let page = browser.submit_to(&page, "/code/again", &[]).await;
    assert!(page.html.contains("id=\"again-wait\""), "{}", page.text());
}

#[test]
fn a_lockout_does_not_end_by_itself() {
    for slug in ["orebro", "mjolby"] {
        let sample = sample(slug).expect("a sample tenant");
        let clock = ManualClock::at_present();
        let now = clock.clone();
        let domain = sample.builder.build(Arc::new(move || now.now())).expect("a domain");
        let locked = sample.accounts.iter().find(|account| account.state == SampleState::Locked).expect("one");
        for _ in 0..4 {
            assert!(domain.account(&locked.username).expect("an account").is_locked(), "{slug}");
            clock.advance(TimeDelta::days(365));
        }
    }
}
