//! Reminders in the demo: passwords that end within days, and today's reminders at the press of a button.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use harness::{
    Browser,
    process::{PATIENCE, eventually, portvakt, run},
};
use portvakt::system::SystemClock;
use portvakt_domain::{calendar, tenant::TimeZone, time::Clock as _};
use serde_json::Value;

use crate::stage::Demo;

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The mails with a table.
async fn tables(demo: &Demo) -> Vec<Value> {
    let all = demo.outbox().await;
    all.into_iter().filter(|message| message["subject"] == "Utgående lösenord").collect()
}

#[tokio::test]
async fn some_passwords_end_within_days_in_units_of_both_tenants() {
    let demo = Demo::start().await;
    let zone = TimeZone::STOCKHOLM.tz();
    let today = calendar::local_day(SystemClock.now(), zone);
    let all = demo.accounts_json().await;
    for tenant in ["orebro", "mjolby"] {
        let theirs = all["accounts"].as_array().expect("accounts").iter().filter(|account| account["tenant"] == tenant);
        let (mut left, mut units) = (BTreeSet::new(), BTreeSet::new());
        for account in theirs {
            units.insert(text(account, "unit").to_owned());
            let ends: Option<DateTime<Utc>> = account["expires_at"].as_str().map(|at| at.parse().expect("RFC 3339"));
            let state = text(account, "state");
            assert!(ends.is_some() || state == "must_change", "{account}");
            let days = ends.map(|at| (calendar::local_day(at, zone) - today).num_days());
            assert_eq!(days.is_some_and(|days| days < 0), state == "expired", "{account}");
            left.extend(days);
        }
        let wanted = BTreeSet::from([30, 15, 7, 5, 3, 1, 0]);
        assert!(wanted.is_subset(&left), "{tenant}: {left:?}");
        assert!(units.len() >= 3 && !units.contains(""), "{tenant}: {units:?}");
    }
}

#[tokio::test]
async fn the_start_page_sends_todays_reminders_once() {
    let demo = Demo::start().await;
    let host = format!("localhost:{}", demo.address.port());
    let mut browser = Browser::new(demo.address);
    let start = browser.get(&host, "/").await;
    assert!(start.text().contains("Skicka dagens påminnelser"), "{}", start.text());
    assert_eq!(tables(&demo).await, Vec::<Value>::new(), "nothing comes by itself");
    let shown = browser.post(&host, "/demo/expiry/orebro", &[]).await;
    assert_eq!((shown.status.as_u16(), shown.path.as_str()), (200, "/demo/outbox"), "{}", shown.text());
    let sent = tables(&demo).await;
    assert!(sent.len() >= 3 && sent.iter().all(|mail| mail["tenant"] == "orebro"), "{sent:?}");
    let days = sent
        .iter()
        .flat_map(|mail| text(mail, "text").lines())
        .filter_map(|line| line.split_whitespace().next_back()?.parse::<i64>().ok());
    let days: BTreeSet<i64> = days.collect();
    assert!(BTreeSet::from([30, 15, 7, 5, 3, 1, 0]).is_subset(&days), "{days:?}");
    browser.post(&host, "/demo/expiry/orebro", &[]).await;
    assert_eq!(tables(&demo).await.len(), sent.len(), "who was told is not told again");
}

#[tokio::test]
async fn the_commands_work_on_a_demo() {
    let demo = Demo::start().await;
    let address = format!("http://localhost:{}/", demo.address.port());
    let json = async |arguments: &[&str]| -> Value {
        let done = run(portvakt(&[arguments, &["--json", "--demo", &address]].concat())).await.succeeded();
        serde_json::from_str(&done.stdout).expect("JSON")
    };
    let preview = json(&["expiry", "preview", "mjolby"]).await;
    assert_eq!(text(&preview, "tenant"), "mjolby");
    let mails = preview["outgoing"].as_array().expect("a list").iter().filter(|one| one["channel"] == "mail").count();
    assert!(mails >= 3, "{preview}");
    let ran = json(&["expiry", "run", "mjolby"]).await;
    assert_eq!(text(&ran, "state"), "done", "{ran}");
    // What is asked for for whom the platform does not serve is left out when it is sent.
    assert!(ran["mails"].as_u64().is_some_and(|asked| asked >= mails as u64), "{ran}");
    eventually("they stand in the outbox", PATIENCE, async || (!tables(&demo).await.is_empty()).then_some(())).await;
    let unknown = run(portvakt(&["expiry", "preview", "borta", "--demo", &address])).await;
    assert!(unknown.code != 0 && unknown.output().contains("has no tenant"), "{}", unknown.output());
}
