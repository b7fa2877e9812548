//! What the address answers to other requests than reports, and where a report can't be noted.

use harness::gateway::{Fate, FortySixElks, Sinch};
use reqwest::Method;

use crate::stage::{DELIVERED, ON_ITS_WAY, Stage};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_are_posted_and_nothing_else() {
    let stage = Stage::with(FortySixElks).await;
    let mut waiting = stage.waiting().await;
    let report = stage.report(waiting.sms, Fate::Delivered);
    let (host, path) = report.url.strip_prefix("https://").and_then(|rest| rest.split_once('/')).expect("an address");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::HEAD] {
        let mut request = client.request(method.clone(), format!("http://{}/{path}", stage.world.public));
        for (name, value) in &report.headers {
            request = request.header(*name, value);
        }
        let answer = request.header("host", host).body(report.body.clone()).send().await.expect("an answer");
        assert_eq!(answer.status(), 405, "{method}");
    }
    assert_eq!(stage.stored(waiting.sms).await.report, None);
    stage.post(&report, 200).await;
    assert_eq!(waiting.look().await, DELIVERED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_signatures_none_counts() {
    let stage = Stage::with(Sinch).await;
    let mut waiting = stage.waiting().await;
    let report = stage.report(waiting.sms, Fate::Delivered);
    let mut twice = report.clone();
    let signature = report.headers.iter().find(|(name, _)| *name == "x-sinch-webhook-signature").expect("a signature");
    twice.headers.push(signature.clone());
    stage.post(&twice, 401).await;
    assert_eq!(waiting.look().await, ON_ITS_WAY);
    stage.post(&report, 200).await;
    assert_eq!(waiting.look().await, DELIVERED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_can_not_be_noted_is_asked_for_again() {
    let stage = Stage::with(FortySixElks).await;
    let mut waiting = stage.waiting().await;
    let report = stage.report(waiting.sms, Fate::Delivered);
    stage.world.sqlite("alter table messages rename to elsewhere");
    stage.post(&report, 503).await;
    stage.world.sqlite("alter table elsewhere rename to messages");
    assert_eq!(waiting.look().await, ON_ITS_WAY);
    stage.post(&report, 200).await;
    assert_eq!(waiting.look().await, DELIVERED);
}
