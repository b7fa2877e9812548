//! Settings in force that this release can't read, since a newer one wrote them or a hand damaged them: one tenant's trouble,
//! told plainly, and the way back stays open. And earlier versions that today's checks refuse.

use std::collections::BTreeMap;

use harness::{
    Browser,
    process::{Finished, Installation, PATIENCE, Serving, change, eventually, preset_table},
    services::Services,
    site::Site,
};
use portvakt::system::{SystemClock, SystemRandom};
use portvakt_domain::{
    audit::{AuditKind, NewEvent},
    id::{EventId, TenantId},
    tenant::HostPurpose,
    time::Clock as _,
};
use portvakt_storage::{
    Store, operator,
    settings::{self, NewSettings},
};
use serde_json::{Value, json};

const SECRETS: [(&str, &str); 3] = [("directory", "a"), ("sms", "b"), ("mail", "c")];
const ROLLBACK: &str = "portvakt tenant rollback orebro VERSION";

fn tenant_file(installation: &Installation, slug: &str) -> toml::Table {
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    installation.write(&format!("{slug}-ca.pem"), &ca);
    preset_table(installation, slug, &BTreeMap::from(SECRETS))
}

async fn tenant(store: &Store) -> (TenantId, i64) {
    let row = operator::find_tenant(store, "orebro".to_owned()).await.expect("a database").expect("a tenant");
    (row.id, row.version.expect("a version in force"))
}

/// Puts a document in force past every check, as another release would. Its version.
async fn force(store: &Store, document: String) -> i64 {
    let ((id, _), at) = (tenant(store).await, SystemClock.now());
    let event = NewEvent {
        id: EventId::new(at, &SystemRandom),
        at,
        kind: AuditKind::SettingsApplied,
        account: None,
        flow: None,
        network: None,
        actor: None,
        details: BTreeMap::new(),
    };
    let new = NewSettings { author: "newer".to_owned(), at, document, secrets: Vec::new(), event };
    let version = settings::stage(store, id, new).await.expect("staged");
    let hosts = [("pwreset.orebro.se", HostPurpose::Reset), ("pwreg.orebro.se", HostPurpose::Register)];
    let hosts = hosts.map(|(host, purpose)| (host.to_owned(), purpose)).to_vec();
    operator::activate(store, id, version, hosts).await.expect("in force");
    version
}

/// The document of a version.
async fn document(store: &Store, version: i64) -> Value {
    let stored = settings::at_version(store, tenant(store).await.0, version).await.expect("a database");
    serde_json::from_str(&stored.expect("a version").document).expect("JSON")
}

async fn run(installation: &Installation, arguments: &[&str]) -> Finished {
    let all: Vec<&str> = ["tenant"].iter().chain(arguments).copied().collect();
    installation.run(&all).await
}

async fn told(installation: &Installation, arguments: &[&str]) -> String {
    run(installation, arguments).await.succeeded().stdout
}

async fn refused(installation: &Installation, arguments: &[&str]) -> String {
    let refused = run(installation, arguments).await;
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{arguments:?}: {}", refused.output());
    refused.stderr
}

async fn what_can_not_be_read_is_told_and_rolled_back(installation: Installation) {
    let mut orebro = tenant_file(&installation, "orebro");
    installation.apply(&orebro).await.succeeded();
    change(&mut orebro, "reset", "code_minutes", 8);
    installation.apply(&orebro).await.succeeded();
    let store = installation.store().await;
    // A newer release's, which differs from version 2 in nothing that this one knows; and what a hand left.
    let mut newer = document(&store, 2).await;
    newer["tomorrow"] = Value::Null;
    let mut expected = 3;
    for (damaged, why) in
        [(newer.to_string(), "unknown field `tomorrow`"), ("{ half".to_owned(), "key must be a string")]
    {
        let version = force(&store, damaged).await;
        assert_eq!(version, expected);

        // 1. Every command that looks says so, and how to go back.
        let shown = told(&installation, &["show", "orebro"]).await;
        for part in [format!("version {version}"), format!("can't be read by this release: {why}"), ROLLBACK.to_owned()]
        {
            assert!(shown.contains(&part), "{part}: {shown}");
        }
        assert!(shown.contains("SMS this hour      0 of –"), "{shown}");
        let shown: Value =
            serde_json::from_str(&told(&installation, &["show", "orebro", "--json"]).await).expect("JSON");
        assert!(shown["unreadable"].as_str().is_some_and(|told| told.starts_with(why)), "{shown}");
        assert_eq!((&shown["settings"], &shown["version"]), (&Value::Null, &version.into()));
        let history = told(&installation, &["history", "orebro"]).await;
        let line = history.lines().nth(1).expect("a line");
        assert!(line.starts_with(&format!("* {version:>7}")), "{history}");
        assert!(line.ends_with("(can't be read by this release)"), "{history}");
        assert_eq!(history.matches("can't be read").count() as i64, (version - 1) / 2, "{history}");
        let reports = told(&installation, &["reports", "orebro"]).await;
        assert!(reports.contains(why) && reports.contains(ROLLBACK) && reports.contains("unreported"), "{reports}");
        for arguments in [&["check", "orebro"][..], &["delegate", "orebro"]] {
            let refused = refused(&installation, arguments).await;
            assert!(refused.contains(why) && refused.contains(ROLLBACK), "{arguments:?}: {refused}");
        }
        let diff = told(&installation, &["diff", "orebro", "1", "2"]).await;
        assert!(diff.contains("reset.code_minutes: 10 → 8\n"), "{diff}");

        let checked = installation.run(&["config", "check"]).await;
        assert_eq!(checked.code, 1, "{}", checked.output());
        for part in ["of orebro is in force and can't be read", why, ROLLBACK, "portvakt tenant apply FILE"] {
            assert!(checked.stderr.contains(part), "{part}: {}", checked.stderr);
        }

        // 2. To itself there is no way back; to one that can be read there is.
        let refused = refused(&installation, &["rollback", "orebro", &version.to_string()]).await;
        let reason = format!("version {version} of orebro is not applied:\nit can't be read by this release: {why}");
        assert!(refused.contains(&reason), "{refused}");
        let dry = told(&installation, &["rollback", "orebro", "2", "--dry-run"]).await;
        let begins = format!("orebro: version {version} is in force and can't be read by this release: {why}");
        assert!(dry.starts_with(&begins), "{dry}");
        let rolled = told(&installation, &["rollback", "orebro", "2"]).await;
        let ends = format!("orebro: version {} is in force\n", version + 1);
        assert!(rolled.starts_with(&dry) && rolled.contains(&ends), "{rolled}");
        assert_eq!(document(&store, version + 1).await, document(&store, 2).await);
        let shown: Value =
            serde_json::from_str(&told(&installation, &["show", "orebro", "--json"]).await).expect("JSON");
        assert_eq!((&shown["unreadable"], &shown["version"]), (&Value::Null, &(version + 1).into()));
        assert_eq!(shown["sms_budget"][0]["allowed"], 1000);
        expected = version + 2;
    }
    installation.run(&["config", "check"]).await.succeeded();
    let stays = told(&installation, &["rollback", "orebro", "2"]).await;
    assert_eq!(stays, format!("orebro: nothing differs\norebro: version {} stays in force\n", expected - 1));
    let refused = refused(&installation, &["diff", "orebro", "4", "5"]).await;
    assert!(refused.contains("versions 4 and 5 of orebro can't be compared"), "{refused}");

    // 3. A file is another way out.
    force(&store, "[]".to_owned()).await;
    let applied = installation.apply(&orebro).await.succeeded().stdout;
    assert!(applied.contains(&format!("orebro: version {} is in force\n", expected + 1)), "{applied}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_not_be_read_is_told_and_rolled_back_on_sqlite() {
    what_can_not_be_read_is_told_and_rolled_back(Installation::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_not_be_read_is_told_and_rolled_back_on_postgres() {
    let installation = Installation::postgres().await;
    installation.run(&["migrate"]).await.succeeded();
    what_can_not_be_read_is_told_and_rolled_back(installation).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_serves_a_tenant_goes_on_and_the_others_are_served() {
    let site = Site::on_sqlite().await;
    let old = site.installation.serve().await;
    let status = async |replica: &Serving, host: &str| Browser::new(replica.public).get(host, "/").await.status;
    let mut newer = document(&site.store, 1).await;
    newer["tomorrow"] = json!({});
    force(&site.store, newer.to_string()).await;
    let noticed = async || old.process.stderr().contains("tenant not usable").then_some(());
    eventually("the log says so", PATIENCE, noticed).await;
    assert_eq!(status(&old, "pwreset.orebro.se").await, 200, "it has what it had");
    let new = site.installation.serve().await;
    assert_eq!(status(&new, "pwreset.orebro.se").await, 421, "it never had any");
    for replica in [&old, &new] {
        assert_eq!(status(replica, "pwreset.mjolby.se").await, 200);
    }
    told(&site.installation, &["rollback", "orebro", "1"]).await;
    let served = async || (status(&new, "pwreset.orebro.se").await == 200).then_some(());
    eventually("served again", PATIENCE, served).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_todays_checks_refuse_is_refused_with_what_to_do() {
    let installation = Installation::sqlite();
    let orebro = tenant_file(&installation, "orebro");
    installation.apply(&orebro).await.succeeded();
    let store = installation.store().await;
    let good = document(&store, 1).await;
    // What an earlier release let pass: a text that people could not read, a lifetime, a colour, an account's lack.
    let changed = |pointer: &str, value: Value| {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let mut document = good.clone();
        document.pointer_mut(parent).expect("a section")[key] = value;
        document.to_string()
    };
    let cases = [
        (changed("/texts/sv/code-time", "Skynda".into()), "texts.sv.code-time: { $minutes } is missing"),
        (changed("/texts/en/button-nxt", "Go".into()), "there is no such text; did you mean button-next?"),
        (changed("/reset/code_minutes", 60.into()), "reset.code_minutes: "),
        (changed("/branding/light/accent", "#ffffff".into()), "branding.light.accent: "),
    ];
    for (document, _) in &cases {
        force(&store, document.clone()).await;
    }
    let last = force(&store, good.to_string()).await;
    for (version, (_, why)) in (2..).zip(&cases) {
        for more in [&[][..], &["--dry-run"]] {
            let version = i64::from(version).to_string();
            let arguments: Vec<&str> = ["rollback", "orebro", &version].iter().chain(more).copied().collect();
            let refused = refused(&installation, &arguments).await;
            let begins = format!("version {version} of orebro is not applied:\n");
            assert!(refused.contains(&begins) && refused.contains(why), "{why} in {refused}");
        }
    }
    assert_eq!(tenant(&store).await.1, last, "nothing was written");
    told(&installation, &["rollback", "orebro", "1"]).await;
}
