//! A tenant whose mail server is away: tried again, seen at once, laid aside in the end, sent when somebody asks; and none
//! of it is another tenant's trouble.

use std::time::Duration;

use harness::{
    process::{PATIENCE, change, eventually},
    site::Site,
};
use serde_json::Value;

use crate::served::{json, reminding, text};

async fn jobs(site: &Site, slug: &str, state: &str) -> Vec<Value> {
    let listed = json(&site.installation, &["jobs", "list", "--tenant", slug, "--json"]).await;
    let is_it = |job: &Value| job["kind"] == "send_reminder" && job["state"] == state;
    listed.as_array().expect("a list").iter().filter(|job| is_it(job)).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_server_that_is_away_delays_its_own_tenant_alone_and_is_seen() {
    let site = Site::on_postgres().await;
    let mut orebro = reminding(&site, "orebro");
    let port = orebro["mail"]["port"].clone();
    // Nobody listens there.
    change(&mut orebro, "mail", "port", 1);
    site.installation.apply(&orebro).await.succeeded();
    site.installation.apply(&reminding(&site, "mjolby")).await.succeeded();
    let _serving = site.installation.serve().await;

    // 1. One tenant waits, the other's mails go out.
    for slug in ["orebro", "mjolby"] {
        let run = json(&site.installation, &["expiry", "run", slug, "--json"]).await;
        assert_eq!(text(&run["state"]), "done", "{run}");
    }
    let database = site.installation.superuser().await;
    let count = async |slug: &str, which: &str| {
        let sql =
            format!("select count(*) from reminder_mails where channel = 'mail' and tenant_id::text = $1 and {which}");
        database.query_one(&sql, &[&site.tenants[slug].0.to_string()]).await.expect("a count").get::<_, i64>(0)
    };
    eventually("all others are told", PATIENCE, async || {
        (count("mjolby", "settled_at is null").await == 0).then_some(())
    })
    .await;
    assert_eq!(count("mjolby", "state not in ('sent', 'empty')").await, 0);
    let mails = site.mail.mails();
    assert!(mails.iter().any(|mail| mail.recipients[0].ends_with("mjolby.test")));
    assert!(!mails.iter().any(|mail| mail.recipients[0].ends_with("orebro.test")));
    eventually("each was tried", PATIENCE, async || {
        (count("orebro", "settled_at is null and reason is null").await == 0).then_some(())
    })
    .await;
    let held = usize::try_from(count("orebro", "settled_at is null").await).expect("a count");
    let history = json(&site.installation, &["expiry", "history", "orebro", "--json"]).await;
    let refused = history[0]["refused"].as_array().expect("a list");
    assert!(held > 0 && refused.len() == held, "{history}");
    assert!(refused.iter().all(|one| !text(&one["reason"]).is_empty()), "{refused:?}");

    // 2. After the last of its tries, which reach over half a day, each is laid aside.
    let last = "update jobs set attempts = 29, run_at = now()
                where kind = 'send_reminder' and leased_by is null and dead_at is null";
    eventually("all are laid aside", PATIENCE, async || {
        database.execute(last, &[]).await.expect("updated");
        (jobs(&site, "orebro", "laid_aside").await.len() == held).then_some(())
    })
    .await;
    assert!(jobs(&site, "mjolby", "laid_aside").await.is_empty());

    // 3. It is back, and somebody asks.
    change(&mut orebro, "mail", "port", port);
    site.installation.apply(&orebro).await.succeeded();
    tokio::time::sleep(Duration::from_secs(6)).await;
    let retried = site.installation.run(&["jobs", "retry", "--tenant", "orebro", "--author", "Åsa"]).await.succeeded();
    assert!(retried.stdout.contains(&format!("{held} of {held}")), "{}", retried.output());
    eventually("all are told", PATIENCE, async || (count("orebro", "settled_at is null").await == 0).then_some(()))
        .await;
    assert_eq!(usize::try_from(count("orebro", "state = 'sent'").await).expect("a count"), held);
    assert!(site.mail.mails().iter().any(|mail| mail.recipients[0].ends_with("orebro.test")));
}
