//! Reminders on a served installation, as its operators have them: previewed, sent, refused, listed, tried again.

use std::time::Duration;

use chrono::Timelike as _;
use harness::{
    mailserver::ReceivedMail,
    process::{Finished, Installation, PATIENCE, Serving, eventually},
    site::Site,
};
use portvakt::system::SystemClock;
use portvakt_domain::{id::TenantId, time::Clock as _};
use serde_json::Value;

use crate::stage::{SHARED_AGE, rows};

/// A tenant's file, with reminders by department. The last department's recipient is slow to answer: a kill falls into its
/// mail easily.
pub fn reminding(site: &Site, slug: &str) -> toml::Table {
    let mut tenant = site.tenant_file(slug);
    // Where it is not yet ten in the evening, whenever this runs: the schedule leaves the day to who asks by hand.
    let time_zone = if SystemClock.now().hour() < 20 { "UTC" } else { "Asia/Tokyo" };
    let text = format!(
        r#"
        send = true
        at = "22:00"
        time_zone = "{time_zone}"
        fallback = ["servicedesk@{slug}.test"]
        reply_to = "svar@{slug}.test"
        units_by = "department"
        to_person = ["mail"]
        functional_age_days = {SHARED_AGE}

        [[units]]
        value = "Hemvård"
        recipients = ["chef.hemvard@{slug}.test", "slow.stab@{slug}.test"]

        [[units]]
        value = "Teknik"
        recipients = ["slow.teknik@{slug}.test"]
        "#
    );
    tenant.insert("reminders".to_owned(), text.parse::<toml::Table>().expect("a section").into());
    tenant
}

pub async fn json(installation: &Installation, arguments: &[&str]) -> Value {
    let done: Finished = installation.run(arguments).await;
    serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", done.output()))
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn to<'a>(mails: &'a [ReceivedMail], name: &str) -> Vec<&'a ReceivedMail> {
    mails.iter().filter(|mail| mail.recipients[0].starts_with(name)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_preview_says_is_sent_once() {
    let site = Site::on_postgres().await;
    site.installation.apply(&reminding(&site, "orebro")).await.succeeded();
    let _serving = site.installation.serve().await;

    let preview = json(&site.installation, &["expiry", "preview", "orebro", "--json"]).await;
    let outgoing = preview["outgoing"].as_array().expect("a list");
    let mails: Vec<&Value> = outgoing.iter().filter(|one| one["channel"] == "mail").collect();
    assert!(mails.len() > 5, "{preview}");
    let days = preview["forecast"].as_array().map_or(0, Vec::len);
    assert!((10..=60).contains(&days), "days on which something falls due: {days}");
    assert!(site.mail.mails().is_empty(), "a preview sends nothing");

    let run = json(&site.installation, &["expiry", "run", "orebro", "--json", "--author", "Åsa"]).await;
    assert_eq!((text(&run["state"]), text(&run["asked_by"])), ("done", "by hand"), "{run}");
    assert_eq!(run["mails"], mails.len(), "{run}");
    let taken = site.mail.wait_for(mails.len(), PATIENCE).await;
    let tenant = site.tenant_file("orebro");
    let sender = tenant["mail"]["from"].as_str().expect("a sender");
    for mail in &taken {
        let from = mail.header("From").expect("a sender");
        assert!(sender.contains('@') && from.contains(sender), "{from}, not {sender}");
        assert_eq!(mail.header("Reply-To"), Some("svar@orebro.test"));
        assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
    }
    for one in &mails {
        let accounts: Vec<&str> =
            one["rows"].as_array().expect("rows").iter().map(|row| text(&row["account"])).collect();
        let found = to(&taken, text(&one["to"]));
        let said = found
            .iter()
            .filter(|mail| mail.text.as_deref().is_some_and(|said| accounts.iter().all(|name| said.contains(name))));
        assert!(said.count() >= 1, "{one}");
    }
    let table = to(&taken, "chef.hemvard")[0];
    assert!(!rows(table.text.as_deref().expect("a text")).is_empty());
    let html = table.html.as_deref().expect("HTML");
    assert!(html.contains("<th scope=\"col\"") && html.contains("<caption"), "{html}");

    let again = json(&site.installation, &["expiry", "run", "orebro", "--json"]).await;
    assert_eq!((text(&again["state"]), &again["mails"]), ("done", &Value::from(0)), "{again}");
    let history = json(&site.installation, &["expiry", "history", "orebro", "--json"]).await;
    assert_eq!(history.as_array().map(Vec::len), Some(2));
    assert_eq!(site.mail.mails().len(), taken.len());
    let database = site.installation.superuser().await;
    let asked = "select count(*) from audit_events where kind = 'reminders.asked' and actor = 'Åsa'";
    assert_eq!(database.query_one(asked, &[]).await.expect("a count").get::<_, i64>(0), 1);

    let unknown = site.installation.run(&["expiry", "run", "mjolby"]).await;
    assert!(unknown.code != 0 && unknown.stderr.contains("reminders.send is false"), "{}", unknown.output());
    let nobody = site.installation.run(&["expiry", "preview", "borta"]).await;
    assert!(nobody.code != 0 && nobody.stderr.contains("there is no tenant"), "{}", nobody.output());
}

/// What a replica tells of a tenant's reminders.
async fn gauge(serving: &Serving, name: &str, tenant: TenantId) -> Option<i64> {
    let told = serving.internal("/metrics").await.expect("metrics").1;
    let begin = format!("portvakt_reminders_{name}{{tenant=\"{tenant}\"}} ");
    told.lines().find_map(|line| line.strip_prefix(&begin)).map(|value| value.parse().expect("a whole number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_mail_server_refuses_is_seen_and_tried_again() {
    let site = Site::on_postgres().await;
    let mut tenant = reminding(&site, "orebro");
    let section = tenant["reminders"].as_table_mut().expect("a section");
    section.insert("to_person".to_owned(), Vec::<String>::new().into());
    section.insert("fallback".to_owned(), vec!["cut.servicedesk@orebro.test"].into());
    let units = section["units"].as_array_mut().expect("units");
    units[0]["recipients"] = vec!["refuse.chef@orebro.test"].into();
    units[1]["recipients"] = vec!["later.chef@orebro.test"].into();
    site.installation.apply(&tenant).await.succeeded();
    let serving = site.installation.serve().await;
    let asked = SystemClock.now().timestamp();
    let run = json(&site.installation, &["expiry", "run", "orebro", "--json"]).await;
    assert_eq!(text(&run["state"]), "done", "the run did its part: {run}");

    // 1. Refused for good: laid aside, and seen in both lists.
    let laid_aside = eventually("it is laid aside", PATIENCE, async || {
        let jobs = json(&site.installation, &["jobs", "list", "--tenant", "orebro", "--json"]).await;
        let is_it = |job: &&Value| job["state"] == "laid_aside" && job["kind"] == "send_reminder";
        jobs.as_array().expect("a list").iter().find(is_it).cloned()
    })
    .await;
    assert!(text(&laid_aside["error"]).contains("550"), "{laid_aside}");
    assert!(!text(&laid_aside["error"]).contains('@'), "it names nobody: {laid_aside}");
    let others = json(&site.installation, &["jobs", "list", "--tenant", "mjolby", "--json"]).await;
    assert!(others.as_array().expect("a list").iter().all(|job| job["tenant"] == "mjolby"), "{others}");

    // Whoever watches sees when reminders went out last, and that some did not.
    let gauge = async |name: &str| gauge(&serving, name, site.tenants["orebro"]).await;
    assert!(gauge("last_success_timestamp_seconds").await.is_some_and(|done| done >= asked));
    eventually("the refused one is counted", PATIENCE, async || {
        gauge("refused").await.is_some_and(|refused| refused > 0).then_some(())
    })
    .await;
    assert!(gauge("unsent").await.is_some_and(|unsent| unsent > 0), "what is laid aside is not sent");

    // 2. Cut off after the mail: taken again, as the same mail, and left at that after three.
    let cut = eventually("three times", PATIENCE, async || {
        let mails = site.mail.mails();
        let cut: Vec<ReceivedMail> = to(&mails, "cut.").into_iter().cloned().collect();
        (cut.len() == 3).then_some(cut)
    })
    .await;
    assert!(cut.iter().all(|mail| mail.header("Message-ID") == cut[0].header("Message-ID")));
    let refused = eventually("it is given up", PATIENCE, async || {
        let history = json(&site.installation, &["expiry", "history", "orebro", "--json"]).await;
        let refused = history[0]["refused"].as_array().expect("a list").clone();
        refused.iter().any(|one| one["state"] == "given_up").then_some(refused)
    })
    .await;
    let one = |name: &str| {
        let found = refused.iter().find(|one| text(&one["to"]).starts_with(name));
        found.unwrap_or_else(|| panic!("{name} in {refused:?}")).clone()
    };
    assert!(text(&one("refuse.chef")["reason"]).contains("550"));
    assert!(text(&one("later.chef")["reason"]).contains("451"), "it is tried again meanwhile");
    assert_eq!(one("cut.servicedesk")["unanswered"], 3);
    let shown = site.installation.run(&["expiry", "history", "orebro"]).await;
    assert!(shown.stdout.contains("refuse.chef@orebro.test"), "{}", shown.output());

    // 3. The addresses are mended. What was laid aside, or is still tried, was for others, and says so at its next try;
    // whom nobody was told of but them, the next run tells of.
    let section = tenant["reminders"].as_table_mut().expect("a section");
    let units = section["units"].as_array_mut().expect("units");
    units[0]["recipients"] = vec!["chef@orebro.test"].into();
    units[1]["recipients"] = vec!["teknik@orebro.test"].into();
    site.installation.apply(&tenant).await.succeeded();
    tokio::time::sleep(Duration::from_secs(6)).await;
    let retried = site.installation.run(&["jobs", "retry", text(&laid_aside["id"]), "--author", "Åsa"]).await;
    assert!(retried.code == 0 && retried.stdout.contains("1 of 1"), "{}", retried.output());
    eventually("both are over", PATIENCE, async || {
        let history = json(&site.installation, &["expiry", "history", "orebro", "--json"]).await;
        let refused = history[0]["refused"].as_array().expect("a list");
        let over = refused.iter().filter(|one| text(&one["reason"]).contains("no recipient any more"));
        (over.count() == 2).then_some(())
    })
    .await;
    let run = json(&site.installation, &["expiry", "run", "orebro", "--json"]).await;
    assert_eq!((text(&run["state"]), &run["mails"]), ("done", &Value::from(1)), "{run}");
    eventually("it arrives", PATIENCE, async || (to(&site.mail.mails(), "teknik@").len() == 1).then_some(())).await;
    let unknown = site.installation.run(&["jobs", "retry", text(&laid_aside["id"])]).await;
    assert!(unknown.code != 0 && unknown.stderr.contains("no such job is laid aside"), "{}", unknown.output());
}
