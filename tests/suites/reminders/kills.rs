//! Processes are killed while they remind. Counted at a real SMTP server: everybody is told in every run, and no mail is
//! taken twice but where the server's answer may have been lost; those are known as the same by their Message-ID.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::TimeDelta;
use harness::{
    mailserver::ReceivedMail,
    process::{Serving, change, eventually},
    site::Site,
};
use portvakt::system::SystemClock;
use portvakt_demo::accounts::SampleAccount;
use portvakt_domain::{id::JobId, job::Job, time::Clock as _};
use portvakt_storage::jobs;
use uuid::Uuid;

use crate::{
    served::reminding,
    stage::{rows, spoken_of},
};

const SLUGS: [&str; 2] = ["orebro", "mjolby"];
/// Kills fall this many milliseconds after a run was asked for, at most.
const LATEST: u128 = 2_500;
const SETTLED_WITHIN: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_any_moment_loses_no_reminder_and_sends_none_twice() {
    let long = std::env::var("PORTVAKT_TEST_LONG").is_ok_and(|value| value == "1");
    let kills = if long { 100 } else { 5 };
    let site = Site::on_postgres().await;
    for slug in SLUGS {
        let mut tenant = reminding(&site, slug);
        // A hundred runs within an hour take more SMS than any morning's.
        change(&mut tenant, "limits", "sms_per_hour", 1_000_000);
        change(&mut tenant, "limits", "sms_per_day", 1_000_000);
        site.installation.apply(&tenant).await.succeeded();
    }
    let (first, second) = tokio::join!(site.installation.serve(), site.installation.serve());
    let mut replicas = [first, second];
    for kill in 0..kills {
        // A password of the day: each kill has a period of its own, so everybody is due again.
        let set_at = SystemClock.now() - TimeDelta::days(83) + TimeDelta::seconds(kill);
        for slug in SLUGS {
            for account in spoken_of(slug) {
                let found = site.directories[slug].domain().account(&account.username).expect("an account");
                found.overwrite_time("pwdLastSet", set_at).expect("a time");
            }
            let (tenant, id) = (site.tenants[slug], JobId(Uuid::new_v4()));
            jobs::enqueue(&site.store, tenant, Job::Remind { by_hand: true }, SystemClock.now(), id)
                .await
                .expect("asked for");
        }
        let lot = Uuid::new_v4().as_u128();
        tokio::time::sleep(Duration::from_millis(u64::try_from(lot % LATEST).expect("small"))).await;
        let victim = usize::try_from((lot >> 64) % 2).expect("0 or 1");
        replicas[victim].process.kill();
        replicas[victim] = site.installation.serve().await;
        end_leases(&site, &replicas).await;
        idle(&site).await;
    }
    count(&site, usize::try_from(kills).expect("few")).await;
}

/// A lease lasts two minutes; the tests do not wait for those of the dead.
async fn end_leases(site: &Site, replicas: &[Serving; 2]) {
    let database = site.installation.superuser().await;
    let alive = replicas.each_ref().map(|replica| format!("{}-%", replica.process.id()));
    let sql = "update jobs set leased_until = now() where leased_by not like $1 and leased_by not like $2";
    database.execute(sql, &[&alive[0], &alive[1]]).await.expect("updated");
}

/// Waits until nothing is to be planned or sent any more.
async fn idle(site: &Site) {
    let database = site.installation.superuser().await;
    eventually("every reminder is settled", SETTLED_WITHIN, async || {
        let sql = "select (select count(*) from jobs where dead_at is null and kind in ('remind', 'send_reminder'))
                   + (select count(*) from reminder_mails where settled_at is null)";
        let left: i64 = database.query_one(sql, &[]).await.expect("a count").get(0);
        (left == 0).then_some(())
    })
    .await;
}

fn message_id(mail: &ReceivedMail) -> String {
    mail.header("Message-ID").expect("an id").trim_matches(['<', '>', ' ']).to_owned()
}

async fn count(site: &Site, runs: usize) {
    let database = site.installation.superuser().await;
    let sql = "select id::text, state, unknown_sends, part, attempts from reminder_mails where channel = 'mail'";
    let records = database.query(sql, &[]).await.expect("rows");
    let mut taken: BTreeMap<String, Vec<ReceivedMail>> = BTreeMap::new();
    for mail in site.mail.mails() {
        let id = message_id(&mail);
        taken.entry(id.split('@').next().expect("an id").to_owned()).or_default().push(mail);
    }

    // 1. What is recorded is what the server took.
    let mut again = 0;
    for record in &records {
        let (id, state, unknown): (String, String, i32) = (record.get(0), record.get(1), record.get(2));
        let times = taken.get(&id).map_or(0, Vec::len);
        // Whom the platform does not serve is left out of a mail, and a mail to them alone is not sent.
        if state == "empty" {
            assert_eq!(times, 0, "{id}");
            continue;
        }
        let (part, attempts): (String, i32) = (record.get(3), record.get(4));
        assert_eq!(state, "sent", "{id} to {part}, taken {times} times, tried {attempts} times");
        assert!(times >= 1, "{id} is recorded as sent, and the server never had it");
        let most = 1 + usize::try_from(unknown).expect("a count");
        assert!(times <= most, "{id} was taken {times} times, and {unknown} answers were lost");
        again += times - 1;
    }
    let known: BTreeSet<String> = records.iter().map(|record| record.get(0)).collect();
    assert!(taken.keys().all(|id| known.contains(id)), "every mail is recorded");

    // 2. In every run each of those who are to hear of an account heard of it in one mail, and nobody else did.
    let backdated: Vec<SampleAccount> = SLUGS.into_iter().flat_map(spoken_of).collect();
    let by_name: BTreeMap<&str, &SampleAccount> =
        backdated.iter().map(|account| (account.username.as_str(), account)).collect();
    let by_mail: BTreeMap<&str, &SampleAccount> =
        backdated.iter().map(|account| (account.mail.as_str(), account)).collect();
    let mut told: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    for (id, mails) in &taken {
        let mail = &mails[0];
        let (to, text) = (&mail.recipients[0], mail.text.as_deref().expect("a text"));
        if !text.contains("Dagar kvar") {
            // To those of other days it goes once, in the first run.
            if let Some(account) = by_mail.get(to.as_str()) {
                assert!(text.contains(&account.username), "{to}: {text}");
                told.entry((account.username.clone(), to.clone())).or_default().insert(id);
            }
            continue;
        }
        for (account, _, left) in rows(text) {
            if by_name.contains_key(account.as_str()) {
                assert_eq!(left, 7, "{account}");
                told.entry((account, to.clone())).or_default().insert(id);
            }
        }
    }
    let expected: BTreeSet<(String, String)> = backdated.iter().flat_map(to_hear).collect();
    assert_eq!(told.keys().cloned().collect::<BTreeSet<_>>(), expected);
    for ((account, to), mails) in &told {
        assert_eq!(mails.len(), runs, "{account} to {to}: told in that many of {runs} runs");
    }
    println!(
        "{runs} kills: {} mails, {} recipients of accounts a run, {again} taken again under the same Message-ID",
        records.len(),
        expected.len()
    );
}

/// By mail of whose password hears whom: the unit's recipients as [`reminding`] names them, and the account's own mailbox.
fn to_hear(account: &SampleAccount) -> Vec<(String, String)> {
    let units: &[&str] = match &*account.unit {
        "Hemvård" => &["chef.hemvard", "slow.stab"],
        "Teknik" => &["slow.teknik"],
        _ => &["servicedesk"],
    };
    let mut all: Vec<String> = units.iter().map(|name| format!("{name}@{}.test", account.tenant)).collect();
    all.push(account.mail.clone());
    all.into_iter().map(|to| (account.username.clone(), to)).collect()
}
