//! The log: a flow is followed from one replica to the other, and from the page that says sorry to the line that says why.

use std::collections::BTreeSet;

use harness::{Browser, process::PATIENCE, site::Site, world::code_in};
use serde_json::Value;

use super::pair::Pair;

/// Every line, which are all JSON.
fn lines(log: &str) -> Vec<Value> {
    log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} in {value}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_is_followed_through_requests_jobs_and_replicas() {
    let pair = Pair::start().await;
    let (tenant, person) = (pair.site.tenants["mjolby"].to_string(), Site::people("mjolby").remove(0));

    // 1. Begun at one replica, gone on with at the other.
    let mut browser = Browser::new(pair.first.public);
    let page = pair.ask(&mut browser, "mjolby", &person.username).await;
    let sms = pair.sms_to(person.number.as_ref().expect("a number"), 0).await;
    pair.idle(PATIENCE).await;
    let mut other = Browser::new(pair.second.public);
    other.set_cookie(&page.host, browser.cookie(&page.host).expect("a token"));
    let chosen = other.submit_to(&page, "/code", &[("code", &code_in(&sms.message))]).await;
    assert_eq!(chosen.path, "/choose", "{}", chosen.text());

    // 2. A fault: the sealed number does not open any more.
    let form = other.submit_to(&chosen, "/choose", &[("choice", "new")]).await;
    assert_eq!(form.path, "/password", "{}", form.text());
    let database = pair.site.installation.superuser().await;
    let spoilt = "update numbers set number = overlay(number placing 'x'::bytea from 30)";
    database.execute(spoilt, &[]).await.expect("updated");
    let new = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
    let sorry = other.submit_to(&form, "/password", &new).await;
    assert_eq!(sorry.status, 500, "{}", sorry.text());

    // 3. Every request has a name of its own, and says whose it is.
    let logs = [&pair.first, &pair.second].map(|replica| lines(&replica.process.stderr()));
    let all: Vec<&Value> = logs.iter().flatten().collect();
    let requests: Vec<&Value> = all.iter().copied().filter(|line| line["message"] == "request").collect();
    let names: BTreeSet<&str> = requests.iter().map(|line| text(&line["span"], "request.id")).collect();
    assert_eq!(names.len(), requests.len(), "a name each");
    assert!(requests.iter().all(|line| text(&line["span"], "tenant.id") == tenant), "{requests:?}");

    // 4. The flow is the same in the request that began it, the job, and the requests at the other replica.
    let flow_of = |log: usize, route: &str, status: u64| {
        let line = logs[log].iter().find(|line| line["http.route"] == route && line["http.status"] == status);
        text(&line.unwrap_or_else(|| panic!("{route} {status} in {:#?}", logs[log]))["span"], "flow.id").to_owned()
    };
    let flow = flow_of(0, "/", 303);
    assert_eq!(flow, flow_of(1, "/code", 303));
    let job = all.iter().find(|line| line["message"] == "job" && line["span"]["job.kind"] == "send_code");
    let job = job.expect("a code was sent");
    assert_eq!((text(&job["span"], "flow.id"), text(job, "job.outcome")), (flow.as_str(), "done"));
    assert_eq!((text(&job["span"], "tenant.id"), text(&job["span"], "name")), (tenant.as_str(), "job"));

    // 5. What the page gives to quote is found.
    let fault = all.iter().find(|line| line["message"] == "request failed").expect("a fault");
    let name = text(&fault["span"], "request.id");
    assert!(sorry.text().contains(name), "{name}: {}", sorry.text());
    assert_eq!((text(&fault["span"], "flow.id"), text(fault, "level")), (flow.as_str(), "ERROR"));
}
