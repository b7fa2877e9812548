//! What people see of reports: at pwreg, of the number that they typed themselves, and nowhere else.

use harness::{
    State,
    gateway::{Fate, FortySixElks, Mode, Sinch},
    journey,
};
use serde_json::json;

use crate::stage::{DELIVERED, NOT_DELIVERED, NOT_SENT, ON_ITS_WAY, Stage};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_became_of_an_sms_is_told_in_english_too() {
    let stage = Stage::with(Sinch).await;
    let person = stage.world.person("orebro", State::Unregistered).await;
    let mut browser = stage.world.browser().in_english();
    let page = journey::sign_in(&stage.world, &mut browser, "orebro", &person.username, &person.password).await;
    let page = browser.submit_to(&page, "/number", &[("number", &stage.world.fresh_number())]).await;
    let sms = stage.handed_over().await;
    for (fate, told) in [
        (Fate::Sent, "The text message is on its way."),
        (
            Fate::Failed,
            "The text message could not be delivered. Check the number. Is it wrong? Cancel and start over.",
        ),
        (Fate::Delivered, "The text message has been delivered to the phone."),
    ] {
        stage.post(&stage.report(sms, fate), 200).await;
        let page = browser.get(&page.host, "/code").await;
        assert_eq!(page.delivery(), told);
        assert!(page.html.contains("<a href=\"/code\">Look again</a>"), "{}", page.html);
    }
    // The language that was chosen is kept by the link.
    let page = browser.get(&page.host, "/code?lang=sv").await;
    assert_eq!(page.delivery(), DELIVERED);
    assert!(page.html.contains("<a href=\"/code?lang=sv\">Titta igen</a>"), "{}", page.html);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_current_sms_is_the_one_that_is_told_of() {
    let stage = Stage::with(Sinch).await;
    let mut waiting = stage.waiting().await;
    stage.post(&stage.report(waiting.sms, Fate::Failed), 200).await;
    assert_eq!(waiting.look().await, NOT_DELIVERED);
    stage.world.clock.advance(chrono::TimeDelta::seconds(60));
    let page = waiting.browser.submit_to(&waiting.page, "/code/again", &[]).await;
    assert_eq!(page.delivery(), ON_ITS_WAY, "asked for");
    let again = stage.handed_over().await;
    stage.post(&stage.report(waiting.sms, Fate::Delivered), 200).await;
    assert_eq!(waiting.look().await, ON_ITS_WAY, "the first code came late, and is worth nothing");
    stage.post(&stage.report(again, Fate::Delivered), 200).await;
    assert_eq!(waiting.look().await, DELIVERED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sms_that_the_gateway_refused_is_not_on_its_way() {
    let stage = Stage::with(FortySixElks).await;
    let mut waiting = stage.waiting().await;
    stage.world.clock.advance(chrono::TimeDelta::seconds(60));
    stage.gateway.next(1, Mode::Refuse(400, "Invalid to number".to_owned()));
    waiting.browser.submit_to(&waiting.page, "/code/again", &[]).await;
    stage.world.run_jobs().await;
    assert_eq!(waiting.look().await, NOT_SENT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sms_that_nobody_tries_to_send_any_more_is_not_on_its_way() {
    let stage = Stage::with(FortySixElks).await;
    let mut waiting = stage.waiting().await;
    stage.world.clock.advance(chrono::TimeDelta::seconds(60));
    stage.gateway.set(Mode::CloseBeforeTls);
    waiting.browser.submit_to(&waiting.page, "/code/again", &[]).await;
    stage.world.run_jobs().await;
    assert_eq!(waiting.look().await, ON_ITS_WAY, "it is tried again");
    for _ in 0..7 {
        stage.world.clock.advance(chrono::TimeDelta::minutes(1));
        stage.world.run_jobs().await;
    }
    assert_eq!(waiting.look().await, NOT_SENT);
    let told = stage.world.told("orebro", "message.settled", "outcome").await;
    assert_eq!(told.last().map(String::as_str), Some("given_up"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_that_nobody_tries_to_send_any_more_is_in_the_trail() {
    let stage = Stage::with(FortySixElks).await;
    let person = stage.world.person("orebro", State::Normal).await;
    let mut browser = stage.world.browser();
    let page = journey::sign_in(&stage.world, &mut browser, "orebro", &person.username, &person.password).await;
    let mut page = browser.submit_to(&page, "/number", &[("number", &stage.world.fresh_number())]).await;
    for _ in ["to the old number", "to the new one"] {
        stage.world.run_jobs().await;
        let code = harness::world::code_in(&stage.gateway.received().last().expect("an SMS").message);
        page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    }
    assert_eq!(page.path, "/done", "{}", page.text());
    stage.gateway.set(Mode::CloseBeforeTls);
    for _ in 0..13 {
        stage.world.run_jobs().await;
        stage.world.clock.advance(chrono::TimeDelta::hours(1));
    }
    let given_up = stage.world.trail("orebro").await.into_iter().filter(|event| {
        let is = |name: &str, value: &str| event.details.get(name).is_some_and(|found| found == value);
        event.kind == "message.settled" && is("outcome", "given_up") && is("channel", "sms")
    });
    assert_eq!(given_up.count(), 1, "to the old number");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_told_of_a_number_that_is_registered() {
    let stage = Stage::with(FortySixElks).await;
    let person = stage.world.person("orebro", State::Normal).await;
    let mut browser = stage.world.browser();
    let page = journey::sign_in(&stage.world, &mut browser, "orebro", &person.username, &person.password).await;
    let page = browser.submit_to(&page, "/number", &[("number", &stage.world.fresh_number())]).await;
    let before = browser.get(&page.host, "/code").await.html;
    let old = stage.handed_over().await;
    assert_eq!(stage.gateway.received()[old - 1].to, person.number.expect("a number"), "to the old number first");
    for fate in [Fate::Sent, Fate::Failed, Fate::Delivered] {
        stage.post(&stage.report(old, fate), 200).await;
        let page = browser.get(&page.host, "/code").await;
        assert_eq!((page.delivery(), &page.html), (String::new(), &before), "{fate:?}");
    }

    // The new one was just typed.
    let code = harness::world::code_in(&stage.gateway.received()[old - 1].message);
    let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    assert_eq!((page.path.as_str(), page.delivery().as_str()), ("/code", ON_ITS_WAY), "{}", page.text());
    let new = stage.handed_over().await;
    stage.post(&stage.report(old, Fate::Failed), 200).await;
    stage.post(&stage.report(new, Fate::Delivered), 200).await;
    assert_eq!(browser.get(&page.host, "/code").await.delivery(), DELIVERED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_address_stays_whatever_becomes_of_the_settings() {
    let stage = Stage::with(FortySixElks).await;
    let address = stage.world.report_address("orebro");
    let mut waiting = stage.waiting().await;
    let report = stage.report(waiting.sms, Fate::Delivered);

    // Other settings, no reports, and reports again.
    stage.world.reconfigure("orebro", |settings| settings.name = "Örebro".to_owned()).await;
    assert_eq!(stage.world.report_address("orebro"), address);
    stage.world.reconfigure("orebro", |settings| settings.sms.accounts[0].reports = false).await;
    stage.post(&report, 404).await;
    let page = waiting.browser.get(&waiting.page.host, "/code").await;
    assert_eq!(page.delivery(), "", "nothing is asked for, nothing is told");
    stage.world.reconfigure("orebro", |settings| settings.sms.accounts[0].reports = true).await;
    assert_eq!(stage.world.report_address("orebro"), address);
    stage.post(&report, 200).await;
    assert_eq!(waiting.look().await, DELIVERED);

    // Each tenant and each provider has one of its own.
    let paths = |slug: &str| -> Vec<String> {
        stage.world.served(slug).reports.paths().into_iter().map(|(_, path)| path.to_owned()).collect()
    };
    let elks = stage.gateway.reporting_account();
    let hello = json!({ "provider": "hellosms", "sender": "Orebro", "username": "u", "reports": true });
    stage.world.connect_gateway("orebro", &stage.gateway, json!({ "providers": [elks.clone(), hello] })).await;
    stage.world.connect_gateway("mjolby", &stage.gateway, elks).await;
    let mut all = [paths("orebro"), paths("mjolby")].concat();
    assert!(address.ends_with(&all[0]));
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 3);
}
