//! Settings that change while replicas run, and the end of a replica.

use std::time::Duration;

use harness::{
    Browser, Page,
    gateway::Mode,
    process::{PATIENCE, Serving, change, eventually},
    site::Site,
    world::code_in,
};
use portvakt_demo::accounts::{SampleAccount, SampleState};

use super::pair::{Pair, reset_host};

/// Replicas look for changes every two seconds.
const SEEN_WITHIN: Duration = Duration::from_secs(5);

async fn page_at(replica: &Serving, host: &str) -> Page {
    Browser::new(replica.public).get(host, "/").await
}

/// A logo as it is stored.
const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2" viewBox="0 0 3 2"><path fill="#ffffff" d="M0 0h3v2z"/></svg>"##;

/// A file that a page names, from the replica that the page came from.
async fn asset(replica: &Serving, page: &Page, beginning: &str) -> Page {
    let at = page.html.find(beginning).unwrap_or_else(|| panic!("no {beginning} on {}", page.html));
    let path = page.html[at..].split('"').next().expect("a path");
    let file = Browser::new(replica.public).get(&page.host, path).await;
    assert_eq!(file.status, 200, "{path}");
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn applied_settings_are_seen_by_both_replicas_within_seconds() {
    let pair = Pair::start().await;
    let both = [&pair.first, &pair.second];
    let mut tenant = pair.site.tenant_file("mjolby");
    change(&mut tenant, "hosts", "reset", "losenord.mjolby.se");
    change(&mut tenant, "texts", "username_example", "annlin77");
    // Texts of its own, and a look.
    let table = |text: &str| text.parse::<toml::Table>().expect("a table");
    change(&mut tenant, "texts", "sv", table("start-heading = \"Kom in i värmen\""));
    change(&mut tenant, "branding", "light", table("accent = \"#0f5f4c\""));
    pair.site.installation.write("mjolby-logo.svg", LOGO);
    let before = page_at(&pair.first, "pwreset.mjolby.se").await;
    assert!(before.html.contains("<img") && before.h1() != "Kom in i värmen", "{}", before.html);
    let applied = pair.site.installation.apply(&tenant).await.succeeded();
    assert!(applied.stdout.contains("version 2 is in force"), "{}", applied.stdout);
    for replica in both {
        eventually("the new host and text", SEEN_WITHIN, async || {
            let page = page_at(replica, "losenord.mjolby.se").await;
            (page.status == 200 && page.text().contains("annlin77")).then_some(())
        })
        .await;
        let page = page_at(replica, "losenord.mjolby.se").await;
        assert_eq!(page.h1(), "Kom in i värmen");
        assert_eq!(asset(replica, &page, "/assets/logo.").await.html, LOGO);
        assert!(asset(replica, &page, "/assets/brand.").await.html.contains("--action: #0f5f4c"));
        let old = page_at(replica, "pwreset.mjolby.se").await;
        assert_eq!(old.status, 421, "{}", old.text());
    }
    // And the SMS names the new host.
    let person = Site::people("mjolby").remove(0);
    let mut browser = Browser::new(pair.first.public);
    let start = browser.get("losenord.mjolby.se", "/").await;
    let page = browser.submit(&start, &[("username", &person.username)]).await;
    let sms = pair.sms_to(person.number.as_ref().expect("a number"), 0).await;
    assert!(sms.message.ends_with(&format!("@losenord.mjolby.se #{}", code_in(&sms.message))), "{}", sms.message);
    let page = browser.submit_to(&page, "/code", &[("code", &code_in(&sms.message))]).await;
    assert_eq!(page.path, "/choose", "{}", page.text());

    // Rolled back, all is as it was, again without a restart.
    let rolled = pair.site.installation.run(&["tenant", "rollback", "mjolby", "1"]).await.succeeded();
    assert!(rolled.stdout.contains("version 3 is in force"), "{}", rolled.stdout);
    for replica in both {
        eventually("the old host and text", SEEN_WITHIN, async || {
            let page = page_at(replica, "pwreset.mjolby.se").await;
            (page.status == 200 && !page.text().contains("annlin77")).then_some(())
        })
        .await;
        let page = page_at(replica, "pwreset.mjolby.se").await;
        for name in ["/assets/logo.", "/assets/brand."] {
            assert_eq!(asset(replica, &page, name).await.html, asset(replica, &before, name).await.html, "{name}");
        }
        assert_eq!(page.h1(), before.h1());
        assert_eq!(page_at(replica, "losenord.mjolby.se").await.status, 421);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspension_is_seen_by_both_replicas_within_seconds() {
    let pair = Pair::start().await;
    for (command, status) in [("suspend", 503), ("resume", 200)] {
        pair.site.installation.run(&["tenant", command, "mjolby"]).await.succeeded();
        for replica in [&pair.first, &pair.second] {
            for host in ["pwreset.mjolby.se", "pwreg.mjolby.se"] {
                eventually(&format!("{command} at {host}"), SEEN_WITHIN, async || {
                    (page_at(replica, host).await.status == status).then_some(())
                })
                .await;
            }
            assert_eq!(page_at(replica, "pwreset.orebro.se").await.status, 200, "the other tenant is served");
        }
    }
    mjolby_works(&pair, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_tenants_broken_settings_are_that_tenants_trouble_alone() {
    let mut pair = Pair::start().await;

    // 1. Örebro's service account gets a wrong password: its people wait, Mjölby's do not.
    let mut orebro = pair.site.tenant_file("orebro");
    pair.site.installation.write("orebro-directory-password", "Fel-Losen-99\n");
    change(&mut orebro, "texts", "username_example", "provlin11");
    pair.site.installation.apply(&orebro).await.succeeded();
    for replica in [&pair.first, &pair.second] {
        eventually("Örebro's new settings", SEEN_WITHIN, async || {
            page_at(replica, "pwreset.orebro.se").await.text().contains("provlin11").then_some(())
        })
        .await;
    }
    let register = &mut Browser::new(pair.second.public);
    let start = register.get("pwreg.orebro.se", "/").await;
    let name = Site::people("orebro").remove(0).username;
    let page = register.submit(&start, &[("username", &name), ("password", "Fel-Losen-99")]).await;
    assert_eq!(page.status, 503, "{}", page.text());
    let page = pair.ask(&mut Browser::new(pair.first.public), "orebro", &name).await;
    assert_eq!(page.status, 200, "the answer is the same as ever");
    mjolby_works(&pair, 0).await;

    // 2. Its secret can't be opened at all: a running replica keeps what it had, a new one serves the others.
    let database = pair.site.installation.superuser().await;
    database
        .batch_execute(
            "insert into tenant_settings select tenant_id, version + 1, author, created_at, document
               from tenant_settings s where version = 2;
             insert into tenant_secrets select tenant_id, name, 3, sealed || '\\x00'::bytea
               from tenant_secrets where version = 2;
             update tenants set version = 3 where slug = 'orebro'",
        )
        .await
        .expect("broken");
    let told = |replica: &Serving| replica.process.stderr().contains("tenant not usable");
    eventually("the log says so", PATIENCE, async || told(&pair.first).then_some(())).await;
    assert_eq!(page_at(&pair.first, "pwreset.orebro.se").await.status, 200);
    pair.second = pair.site.installation.serve().await;
    assert!(told(&pair.second));
    assert_eq!(page_at(&pair.second, "pwreset.orebro.se").await.status, 421);
    mjolby_works(&pair, 1).await;

    // 3. Both count it, once in the log, and work of Örebro is left to the one that can do it.
    for replica in [&pair.first, &pair.second] {
        let metrics = Browser::new(replica.internal).get("localhost", "/metrics").await.text();
        assert!(metrics.contains("portvakt_tenants_unusable 1"), "{metrics}");
        assert_eq!(replica.process.stderr().matches("tenant not usable").count(), 1);
    }
    let person = Site::people("orebro").remove(1);
    pair.ask(&mut Browser::new(pair.first.public), "orebro", &person.username).await;
    // Its directory refuses the first replica; the second, which has none for it, does not try at all.
    let count = async |which: &str| -> i64 {
        let sql = format!("select count(*) from jobs where kind = 'send_code' and {which}");
        database.query_one(&sql, &[]).await.expect("a count").get(0)
    };
    eventually("the code was tried", PATIENCE, async || {
        (count("last_error is not null and attempts > 1").await > 0).then_some(())
    })
    .await;
    assert_eq!(count("last_error like '%not served here%'").await, 0);
}

/// Somebody of Mjölby gets a code by way of each replica.
async fn mjolby_works(pair: &Pair, earlier: usize) {
    for (n, replica) in [&pair.first, &pair.second].into_iter().enumerate() {
        let person = Site::people("mjolby").remove(n);
        let mut browser = Browser::new(replica.public);
        let start = browser.get(reset_host("mjolby"), "/").await;
        browser.submit(&start, &[("username", &person.username)]).await;
        pair.sms_to(person.number.as_ref().expect("a number"), earlier).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_ends_on_sigterm_and_the_other_goes_on() {
    let mut pair = Pair::start().await;
    let ended = pair.first.process.terminate(Duration::from_secs(5)).await;
    assert_eq!(ended.code(), Some(0), "{}", pair.first.process.stderr());
    let person = Site::people("orebro").remove(0);
    pair.ask(&mut Browser::new(pair.second.public), "orebro", &person.username).await;
    pair.sms_to(person.number.as_ref().expect("a number"), 0).await;
    let ended = pair.second.process.terminate(Duration::from_secs(5)).await;
    assert_eq!(ended.code(), Some(0), "{}", pair.second.process.stderr());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_ends_waits_for_the_message_it_is_sending() {
    let mut pair = Pair::start().await;
    pair.second.process.terminate(PATIENCE).await;
    let person = Site::people("orebro").remove(0);
    pair.site.gateway.next(1, Mode::Slow(Duration::from_secs(2)));
    pair.ask(&mut Browser::new(pair.first.public), "orebro", &person.username).await;
    pair.site.gateway.wait_for(1, PATIENCE).await;
    let ended = pair.first.process.terminate(PATIENCE).await;
    assert_eq!(ended.code(), Some(0), "{}", pair.first.process.stderr());
    assert_eq!(pair.code_states().await, ["sent"], "heard of before the end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_lapsed_is_removed_by_whoever_runs() {
    let site = Site::on_postgres().await;
    let database = site.installation.superuser().await;
    let counter =
        "insert into limit_counters select id, 'starts_per_network', '\\x00', 0, 7, now() + $1::text::interval
                   from tenants where slug = 'mjolby'";
    for (lasts, from) in [("-2 days", "0"), ("2 days", "1")] {
        database.execute(&counter.replace(", 0, 7", &format!(", {from}, 7")), &[&lasts]).await.expect("inserted");
    }
    let _replica = site.installation.serve().await;
    eventually("the lapsed counter is gone", PATIENCE, async || {
        let sql = "select array_agg(window_start) from limit_counters where name = 'starts_per_network'";
        let left: Option<Vec<i64>> = database.query_one(sql, &[]).await.expect("rows").get(0);
        (left == Some(vec![1])).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_are_compared_with_the_directory_by_whoever_runs() {
    let site = Site::on_postgres().await;
    let mut tenant = site.tenant_file("mjolby");
    change(&mut tenant, "directory", "number_attribute", "mobile");
    site.installation.apply(&tenant).await.succeeded();
    let _replica = site.installation.serve().await;
    let written = |slug: &str, person: &SampleAccount| {
        site.directories[slug].domain().account(&person.username).expect("an account").values("mobile")
    };
    let personal = |person: &SampleAccount| person.state == SampleState::Normal;
    let people: Vec<_> = Site::people("mjolby").into_iter().filter(personal).collect();
    for person in &people {
        let number = person.number.clone().expect("a number").into_bytes();
        eventually("the number is in the directory", PATIENCE, async || {
            (written("mjolby", person) == [number.clone()]).then_some(())
        })
        .await;
    }
    assert!(people.len() > 3, "{}", people.len());
    assert!(written("orebro", &Site::people("orebro")[0]).is_empty(), "only where the tenant names an attribute");
}
