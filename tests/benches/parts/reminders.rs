//! What a day's reminders cost: reading a big directory beside `ldapsearch`, and very many tenants in one morning.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use harness::{
    process::{Installation, Process, change, eventually, portvakt},
    services::{Services, Throwaway},
    site::DirectoryPlace,
};
use portvakt::system::SystemClock;
use portvakt_demo::accounts::sample;
use portvakt_domain::{
    id::{JobId, TenantId},
    job::Job,
    reminder_run::RunState,
    time::Clock as _,
};
use portvakt_storage::{Store, jobs, operator, reminders};
use tokio::process::Command;
use uuid::Uuid;

use crate::{
    auc::median,
    parts::Size,
    stage::Stage,
    table::{Goal, Table},
    usage,
};

/// Pairs of a run and `ldapsearch`.
const PAIRS: usize = 5;
/// Accounts of each of the many tenants.
const EACH: usize = 5_000;
/// Longer than any morning.
const PATIENCE: Duration = Duration::from_secs(3_600);
/// What a survey reads of everybody.
const ATTRIBUTES: [&str; 11] = [
    "objectGUID",
    "sAMAccountName",
    "givenName",
    "sn",
    "displayName",
    "mail",
    "userAccountControl",
    "accountExpires",
    "pwdLastSet",
    "msDS-UserPasswordExpiryTimeComputed",
    "department",
];

/// Both.
pub async fn run(stage: &mut Stage, size: &Size, table: &mut Table) {
    beside_ldapsearch(stage, size, table).await;
    many_tenants(stage, size, table).await;
}

/// A tenant's file with reminders by department.
fn reminding(mut tenant: toml::Table, slug: &str) -> toml::Table {
    let text = format!(
        "send = true\nat = \"22:00\"\nfallback = [\"servicedesk@{slug}.test\"]\nunits_by = \"department\"\n\
         [[units]]\nvalue = \"Enhet 1\"\nrecipients = [\"chef@{slug}.test\"]\n"
    );
    tenant.insert("reminders".to_owned(), text.parse::<toml::Table>().expect("a section").into());
    tenant
}

/// Runs over a big directory, each after a bare search for the same.
async fn beside_ldapsearch(stage: &Stage, size: &Size, table: &mut Table) {
    let samba = Services::get().mjolby.throwaway("crowd").await;
    let unit = format!("OU=Skara,{}", samba.staff_ou);
    samba.crowd(&unit, size.staff).await;

    let mut installation = Installation::postgres().await;
    // The schedule leaves the day to who asks by hand.
    installation.set("worker", "reminders", false);
    installation.run(&["migrate"]).await.succeeded();
    let place = DirectoryPlace {
        url: &samba.url,
        ca_pem: &std::fs::read_to_string(&samba.ca_file).expect("an authority"),
        base: &samba.base,
        netbios: &samba.netbios,
        account: &samba.service_upn,
        password: &samba.service_password,
        staff: &samba.staff_ou,
        functional: &samba.functional_ou(),
    };
    let mut tenant = reminding(stage.tenant(&installation, "mjolby", &place, "none"), "mjolby");
    change(&mut tenant, "directory", "deadline_seconds", 20);
    installation.apply(&tenant).await.succeeded();
    let served = installation.serve().await;
    let (mut ratios, mut ours, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    let before = usage::memory(served.process.id()).0;
    for _ in 0..PAIRS {
        let searched = ldapsearch(&samba, size.staff).await;
        let ran = run_once(&installation, size.staff).await;
        ratios.push(ran / searched);
        ours.push(ran);
        bare.push(searched);
    }
    let most = usage::memory(served.process.id()).1;
    table.tell(format!("{} accounts in Samba: a run, median of {PAIRS}", size.staff), median(&ours), "s");
    table.tell("ldapsearch -E pr=1000/noprompt for the same", median(&bare), "s");
    table.figure("a run to ldapsearch, median of the pairs", median(&ratios), "", Goal::AtMost(1.15));
    table.figure("memory that runs added, at most", most - before, "MB", Goal::AtMost(20.0));
}

/// Seconds that the bare search takes.
async fn ldapsearch(samba: &Throwaway, at_least: usize) -> f64 {
    let begun = Instant::now();
    let output = Command::new("ldapsearch")
        .env("LDAPTLS_CACERT", &samba.ca_file)
        .args(["-x", "-LLL", "-o", "ldif-wrap=no", "-H", &samba.url, "-D", &samba.service_upn])
        .args(["-w", &samba.service_password, "-b", &samba.staff_ou, "-E", "pr=1000/noprompt"])
        .arg("(&(objectCategory=person)(objectClass=user))")
        .args(ATTRIBUTES)
        .output()
        .await
        .expect("ldapsearch runs");
    let seconds = begun.elapsed().as_secs_f64();
    let found = String::from_utf8_lossy(&output.stdout).matches("\ndn: ").count() + 1;
    assert!(
        output.status.success() && found >= at_least,
        "{found} found: {:?}",
        String::from_utf8_lossy(&output.stderr)
    );
    seconds
}

/// Seconds that a run takes, as its record says.
async fn run_once(installation: &Installation, at_least: usize) -> f64 {
    let done = installation.run(&["expiry", "run", "mjolby", "--json"]).await.succeeded();
    let run: serde_json::Value = serde_json::from_str(&done.stdout).expect("JSON");
    let accounts = run["accounts"].as_u64().and_then(|accounts| usize::try_from(accounts).ok()).unwrap_or_default();
    assert!(accounts >= at_least, "{run}");
    run["seconds"].as_f64().expect("seconds")
}

/// Every tenant's run asked for at the same moment.
async fn many_tenants(stage: &Stage, size: &Size, table: &mut Table) {
    let folder = tempfile::tempdir().expect("a folder");
    let ca_file = folder.path().join("ca.pem");
    let each = EACH.min(size.staff).to_string();
    let arguments = ["practice-directory", "--listen", "127.0.0.1:0", "--accounts", &each, "--ca-file"];
    let mut practice = Process::start(portvakt(&arguments).arg(&ca_file));
    practice.line("service account").await;
    let told = practice.stdout();
    let url = told.lines().find_map(|line| line.strip_prefix("url")).expect("its address").trim().to_owned();

    let mut installation = Installation::postgres().await;
    installation.set("worker", "reminders", false);
    installation.run(&["migrate"]).await.succeeded();
    let store = installation.store().await;
    let ca_pem = std::fs::read_to_string(&ca_file).expect("an authority");
    let tenants = made(stage, size, &installation, &store, (&url, &ca_pem)).await;
    let served = installation.serve().await;
    let before = usage::memory(served.process.id()).0;
    let asked = SystemClock.now();
    let begun = Instant::now();
    for tenant in tenants.values() {
        let id = JobId(Uuid::new_v4());
        jobs::enqueue(&store, *tenant, Job::Remind { by_hand: true }, asked, id).await.expect("asked for");
    }
    let ended = ends(&store, &tenants).await;
    let whole = begun.elapsed().as_secs_f64();
    let seconds: Vec<f64> = ended.iter().map(|(_, seconds)| *seconds).collect();
    let accounts: i64 = ended.iter().map(|(accounts, _)| accounts).sum();
    let most = usage::memory(served.process.id()).1;
    table.tell(format!("{} tenants of {each} accounts: all done after", tenants.len()), whole, "s");
    #[expect(clippy::cast_precision_loss, reason = "a few million")]
    table.tell("accounts read a second", accounts as f64 / whole, "");
    table.tell("one tenant's run, median", median(&seconds), "s");
    let slowest = seconds.iter().copied().fold(0.0, f64::max);
    table.figure("the slowest run to the median: nobody starves", slowest / median(&seconds), "", Goal::AtMost(3.0));
    table.figure("memory that they added, at most", most - before, "MB", Goal::AtMost(60.0));
}

/// So many tenants on one directory.
async fn made(
    stage: &Stage,
    size: &Size,
    installation: &Installation,
    store: &Store,
    (url, ca_pem): (&str, &str),
) -> BTreeMap<String, TenantId> {
    let sample = sample("orebro").expect("a sample tenant");
    let place = DirectoryPlace {
        url,
        ca_pem,
        base: &sample.base_dn,
        netbios: "OREBRO",
        account: &sample.service_upn,
        password: sample.service_password,
        staff: &sample.staff_dn,
        functional: &sample.functional_dn,
    };
    let mut tenants = BTreeMap::new();
    for n in 1..=size.tenants {
        let slug = format!("kommun{n:03}");
        let mut tenant = reminding(stage.tenant(installation, "orebro", &place, "policy_hints"), &slug);
        tenant.insert("slug".to_owned(), slug.clone().into());
        for (purpose, host) in [("reset", "pwreset"), ("register", "pwreg")] {
            change(&mut tenant, "hosts", purpose, format!("{host}.{slug}.se"));
        }
        installation.apply(&tenant).await.succeeded();
        let found = operator::find_tenant(store, slug.clone()).await.expect("a database").expect("applied");
        tenants.insert(slug, found.id);
        if n % 50 == 0 {
            println!("   {n} of {} tenants", size.tenants);
        }
    }
    tenants
}

/// Accounts and seconds of every tenant's run, once all have ended.
async fn ends(store: &Store, tenants: &BTreeMap<String, TenantId>) -> Vec<(i64, f64)> {
    let mut ended = Vec::new();
    for (slug, tenant) in tenants {
        let run = eventually(slug, PATIENCE, async || {
            let newest = reminders::runs(store, *tenant, 1).await.expect("runs").into_iter().next();
            newest.filter(|run| run.state != RunState::Running)
        })
        .await;
        assert_eq!(run.state, RunState::Done, "{slug}: {:?}", run.problem);
        let took = run.finished_at.expect("it ended") - run.started_at;
        #[expect(clippy::cast_precision_loss, reason = "minutes")]
        ended.push((run.figures.accounts, took.num_milliseconds() as f64 / 1_000.0));
    }
    ended
}
