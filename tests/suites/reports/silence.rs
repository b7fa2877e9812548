//! pwreset says nothing of reports: every page is the same, byte for byte, whatever was reported, and without reports.

use harness::{
    Browser, State,
    gateway::{Fate, FortySixElks, Sinch},
    journey,
};
use reqwest::{Method, header::HeaderMap};

use crate::stage::Stage;

/// A page as it came: headers and bytes.
type Bytes = (HeaderMap, String);

async fn page(browser: &mut Browser, host: &str) -> Bytes {
    let page = browser.once(Method::GET, host, "/code", None).await;
    assert_eq!(page.status, 200);
    let mut headers = page.headers;
    headers.remove("date");
    (headers, page.html)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pwreset_is_the_same_whatever_was_reported() {
    let stage = Stage::with(Sinch).await;
    let (world, reset) = (&stage.world, stage.world.tenant("orebro").reset.clone());
    let mut pages: Vec<(String, Bytes)> = Vec::new();

    // 1. Each report by itself, and none; the page before the job, after it, and after the report.
    for fate in
        [None, Some(Fate::Sent), Some(Fate::Delivered), Some(Fate::Failed), Some(Fate::Expired), Some(Fate::Odd)]
    {
        let person = world.person("orebro", State::Normal).await;
        let mut browser = world.browser();
        journey::ask_for_code(world, &mut browser, "orebro", &person.username).await;
        pages.push((format!("{fate:?}, asked for"), page(&mut browser, &reset).await));
        let sms = stage.handed_over().await;
        pages.push((format!("{fate:?}, sent"), page(&mut browser, &reset).await));
        if let Some(fate) = fate {
            stage.post(&stage.report(sms, fate), 200).await;
            assert!(stage.stored(sms).await.report.is_some(), "{fate:?} is noted");
        }
        pages.push((format!("{fate:?}, reported"), page(&mut browser, &reset).await));
    }

    // 2. Somebody who gets no SMS, and nobody.
    for state in [State::Unregistered, State::Disabled, State::Unknown] {
        let person = world.person("orebro", state).await;
        let mut browser = world.browser();
        journey::ask_for_code(world, &mut browser, "orebro", &person.username).await;
        world.run_jobs().await;
        pages.push((format!("{state:?}"), page(&mut browser, &reset).await));
    }

    // 3. Without reports.
    world.reconfigure("orebro", |settings| settings.sms.accounts[0].reports = false).await;
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    journey::ask_for_code(world, &mut browser, "orebro", &person.username).await;
    stage.handed_over().await;
    let reference = page(&mut browser, &reset).await;
    for (name, bytes) in pages {
        assert_eq!(bytes, reference, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_with_a_stolen_password_learns_nothing() {
    let stage = Stage::with(FortySixElks).await;
    let (world, reset) = (&stage.world, stage.world.tenant("orebro").reset.clone());
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    let begun = journey::give_current(world, &mut browser, "orebro", &person.username, &person.password).await;
    assert_eq!(begun.path, "/code", "{}", begun.text());
    let reference = page(&mut browser, &reset).await;
    let sms = stage.handed_over().await;
    for fate in [Fate::Sent, Fate::Expired, Fate::Delivered] {
        stage.post(&stage.report(sms, fate), 200).await;
        assert_eq!(page(&mut browser, &reset).await, reference, "{fate:?}");
    }
}
