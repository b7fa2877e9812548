//! `/stay`: what a page asks for on behalf of somebody who is still there.

use chrono::TimeDelta;
use harness::{Browser, Page, State, World, journey};
use serde_json::{Value, json};

/// The seconds that a page says the flow has: idle, whole.
fn seconds(page: &Page) -> (i64, i64) {
    let of = |name: &str| {
        let value = page.html.split(&format!("data-{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("data-{name} in {}", page.html))
    };
    let dialog = page.html.find("<dialog").expect("a dialog");
    assert!(page.html[dialog..].contains("data-stay=\"/stay\""), "{}", page.html);
    (of("idle"), of("whole"))
}

async fn stay(browser: &mut Browser, host: &str) -> (u16, Value) {
    let answer = browser.post_once(host, "/stay", &[]).await;
    let seconds = serde_json::from_str(&answer.html).unwrap_or(Value::Null);
    (answer.status.as_u16(), seconds)
}

pub async fn who_stays_has_the_idle_time_anew_and_never_the_whole(world: &World) {
    // Whoever is behind the name: the answers are the same.
    for state in [State::Normal, State::Unknown] {
        let person = world.person("orebro", state).await;
        let (host, mut browser) = (world.tenant("orebro").reset.clone(), world.browser());
        let page = journey::ask_for_code(world, &mut browser, "orebro", &person.username).await;
        assert_eq!(seconds(&page), (900, 1800));
        world.clock.advance(TimeDelta::minutes(14));
        assert_eq!(seconds(&browser.get(&host, "/code").await), (60, 960), "looking extends nothing");
        assert_eq!(stay(&mut browser, &host).await, (200, json!({ "idle": 900, "whole": 960 })));
        assert_eq!(seconds(&browser.get(&host, "/code").await), (900, 960));
        world.clock.advance(TimeDelta::minutes(14));
        assert_eq!(stay(&mut browser, &host).await, (200, json!({ "idle": 900, "whole": 120 })));
        world.clock.advance(TimeDelta::minutes(2));
        assert_eq!(stay(&mut browser, &host).await.0, 410, "the whole time is over");
        assert_eq!(browser.get(&host, "/code").await.status, 410);

        let mut idle = world.browser();
        journey::ask_for_code(world, &mut idle, "orebro", &person.username).await;
        world.clock.advance(TimeDelta::minutes(15));
        assert_eq!(stay(&mut idle, &host).await.0, 410, "too late");
        world.clock.advance(TimeDelta::hours(2));
        let _ = world.arrived().await;
    }
}

pub async fn staying_takes_a_live_flow_and_a_form_of_ours(world: &World) {
    let person = world.person("mjolby", State::Normal).await;
    let tenant = world.tenant("mjolby");
    for host in [&tenant.reset, &tenant.register] {
        assert_eq!(stay(&mut world.browser(), host).await.0, 410, "there is no flow");
        assert_eq!(world.browser().get(host, "/stay").await.status, 405, "looking changes nothing");
    }
    let mut browser = world.browser();
    let page = journey::sign_in(world, &mut browser, "mjolby", &person.username, &person.password).await;
    assert_eq!(seconds(&page), (900, 1800));
    assert_eq!(stay(&mut browser, &tenant.register).await.0, 200);
    // A flow of one house is none at the other.
    let token = browser.cookie(&tenant.register).expect("a token").to_owned();
    let mut elsewhere = world.browser();
    elsewhere.set_cookie(&tenant.reset, &token);
    assert_eq!(stay(&mut elsewhere, &tenant.reset).await.0, 410);
    // What is over stays over.
    let done = browser.submit_to(&page, "/keep", &[]).await;
    assert_eq!(done.path, "/done");
    assert!(!done.html.contains("<dialog"), "the last page waits for nobody");
    assert_eq!(stay(&mut browser, &tenant.register).await.0, 410);
}
