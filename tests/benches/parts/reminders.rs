//! What a day's reminders cost: reading a big directory beside `ldapsearch`, very many tenants in one morning, and one
//! slow directory among some.

mod slow_way;

use std::{
    collections::BTreeMap,
    iter,
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
    time::{Clock as _, Instant as Moment},
};
use portvakt_storage::{Store, jobs, operator, reminders};
use tokio::process::Command;
use uuid::Uuid;

use self::slow_way::SlowWay;
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
/// Tenants that run without and with a slow one, at most.
const FEW: usize = 20;
/// Pairs of their runs without and with it.
const SLOW_PAIRS: usize = 3;
/// The slow one.
const SLOW: &str = "langsam";
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

/// By slug.
type Tenants = BTreeMap<String, TenantId>;

/// All of it.
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

/// Every tenant's run asked for at the same moment; then a few of them once more, without and with a slow directory.
async fn many_tenants(stage: &Stage, size: &Size, table: &mut Table) {
    let each = EACH.min(size.staff).to_string();
    let (_practice, url, ca_pem) = practice(&each).await;
    let mut installation = Installation::postgres().await;
    installation.set("worker", "reminders", false);
    installation.run(&["migrate"]).await.succeeded();
    let store = installation.store().await;
    let maker = Maker { stage, installation: &installation, store: &store, ca_pem: &ca_pem };
    let tenants = maker.many(size.tenants, &url).await;
    let way = SlowWay::to(&url).await;
    let slow = maker.slow(&way).await;
    let served = installation.serve().await;

    let before = usage::memory(served.process.id()).0;
    let begun = Instant::now();
    let asked = ask(&store, tenants.values().copied()).await;
    let runs = runs(&store, &tenants, asked).await;
    let whole = begun.elapsed().as_secs_f64();
    let most = usage::memory(served.process.id()).1;
    table.tell(format!("{} tenants of {each} accounts: all done after", tenants.len()), whole, "s");
    tell(&runs, whole, table);
    table.figure("memory that they added, at most", most - before, "MB", Goal::AtMost(60.0));

    let few: Tenants = tenants.into_iter().take(FEW).collect();
    beside_a_slow_one(&store, &few, slow, table).await;
}

/// What the tenants' runs came to, which took so many seconds in all.
fn tell(runs: &[Run], whole: f64, table: &mut Table) {
    let (waited, took) = (waits(runs), durations(runs));
    let accounts: i64 = runs.iter().map(|run| run.accounts).sum();
    #[expect(clippy::cast_precision_loss, reason = "a few million")]
    table.tell("accounts read a second", accounts as f64 / whole, "");
    table.tell("a tenant's wait from being asked to the end, median", median(&waited), "s");
    table.tell("the longest such wait", longest(&waited), "s");
    table.tell("a tenant's run from its beginning, median", median(&took), "s");
    let ratio = longest(&took) / median(&took);
    table.figure("the slowest run from its beginning, to the median", ratio, "", Goal::AtMost(3.0));
}

/// A practice directory with so many accounts, its address, and the authority of its certificate.
async fn practice(accounts: &str) -> (Process, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let ca_file = folder.path().join("ca.pem");
    let arguments = ["practice-directory", "--listen", "127.0.0.1:0", "--accounts", accounts, "--ca-file"];
    let mut practice = Process::start(portvakt(&arguments).arg(&ca_file));
    practice.line("service account").await;
    let told = practice.stdout();
    let url = told.lines().find_map(|line| line.strip_prefix("url")).expect("its address").trim().to_owned();
    let ca_pem = std::fs::read_to_string(&ca_file).expect("an authority");
    (practice, url, ca_pem)
}

/// Where tenants are made.
struct Maker<'a> {
    stage: &'a Stage,
    installation: &'a Installation,
    store: &'a Store,
    ca_pem: &'a str,
}

impl Maker<'_> {
    /// So many tenants on one directory.
    async fn many(&self, count: usize, url: &str) -> Tenants {
        let mut tenants = Tenants::new();
        for n in 1..=count {
            let slug = format!("kommun{n:03}");
            let id = self.apply(&slug, &self.file(&slug, url)).await;
            tenants.insert(slug, id);
            if n % 50 == 0 {
                println!("   {n} of {count} tenants");
            }
        }
        tenants
    }

    /// One more, with the same directory at the end of a slow way.
    async fn slow(&self, way: &SlowWay) -> TenantId {
        let mut tenant = self.file(SLOW, &way.url);
        // Its directory is slow, not silent.
        change(&mut tenant, "directory", "deadline_seconds", 20);
        // It is read as all are, and nobody is due: a mail would ask for each account in it once more, for hours.
        change(&mut tenant, "reminders", "days", vec![366]);
        self.apply(SLOW, &tenant).await
    }

    fn file(&self, slug: &str, url: &str) -> toml::Table {
        let sample = sample("orebro").expect("a sample tenant");
        let place = DirectoryPlace {
            url,
            ca_pem: self.ca_pem,
            base: &sample.base_dn,
            netbios: "OREBRO",
            account: &sample.service_upn,
            password: sample.service_password,
            staff: &sample.staff_dn,
            functional: &sample.functional_dn,
        };
        let mut tenant = reminding(self.stage.tenant(self.installation, "orebro", &place, "policy_hints"), slug);
        tenant.insert("slug".to_owned(), slug.into());
        for (purpose, host) in [("reset", "pwreset"), ("register", "pwreg")] {
            change(&mut tenant, "hosts", purpose, format!("{host}.{slug}.se"));
        }
        tenant
    }

    async fn apply(&self, slug: &str, tenant: &toml::Table) -> TenantId {
        self.installation.apply(tenant).await.succeeded();
        operator::find_tenant(self.store, slug.to_owned()).await.expect("a database").expect("applied").id
    }
}

/// A few tenants' runs, in turn without and with one more whose directory is slow.
async fn beside_a_slow_one(store: &Store, few: &Tenants, slow: TenantId, table: &mut Table) {
    let (mut ratios, mut without, mut with, mut slows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..SLOW_PAIRS {
        let alone = pass(store, few).await;
        let (beside, its_own) = pass_beside(store, few, slow).await;
        ratios.push(beside / alone);
        without.push(alone);
        with.push(beside);
        slows.push(its_own);
    }
    let count = few.len();
    table.tell(format!("{count} tenants: all done after, median of {SLOW_PAIRS}"), median(&without), "s");
    table.tell("the same with a slow directory's tenant asked first", median(&with), "s");
    table.tell("that tenant's own run, median", median(&slows), "s");
    let what = format!("{count} tenants' runs with a slow directory among them, to without");
    table.figure(what, median(&ratios), "", Goal::AtMost(1.25));
}

/// Seconds until all of them have run.
async fn pass(store: &Store, tenants: &Tenants) -> f64 {
    at_rest(store).await;
    let asked = ask(store, tenants.values().copied()).await;
    longest(&waits(&runs(store, tenants, asked).await))
}

/// The same where one with a slow directory is asked first and does not count; and the seconds that its own run took.
/// That has ended then, too.
async fn pass_beside(store: &Store, tenants: &Tenants, slow: TenantId) -> (f64, f64) {
    at_rest(store).await;
    let asked = ask(store, iter::once(slow).chain(tenants.values().copied())).await;
    let others = runs(store, tenants, asked).await;
    let slow = run_of(store, SLOW, slow, asked).await;
    let (all, took) = (longest(&waits(&others)), longest(&durations(&others)));
    assert!(slow.took > took || slow.waited > all, "a run of {} s is not slow beside {took} s", slow.took);
    (all, slow.took)
}

/// Waits until nothing is due or under way: the mails of the runs before, above all.
async fn at_rest(store: &Store) {
    eventually("nothing is to be done", PATIENCE, async || {
        let first = operator::list_waiting_jobs(store, None, 1).await.expect("jobs").into_iter().next();
        first.is_none_or(|job| job.due_at > SystemClock.now()).then_some(())
    })
    .await;
}

/// Asks for a run of each, to be begun in this order; when that was.
async fn ask(store: &Store, tenants: impl IntoIterator<Item = TenantId>) -> Moment {
    let asked = SystemClock.now();
    for tenant in tenants {
        let (job, id) = (Job::Remind { by_hand: true }, JobId(Uuid::new_v4()));
        let is_new = jobs::enqueue(store, tenant, job, SystemClock.now(), id).await.expect("a database");
        assert!(is_new, "a run of {tenant} is waited for already");
    }
    asked
}

/// A run that ended.
struct Run {
    accounts: i64,
    /// Seconds from its beginning to its end.
    took: f64,
    /// Seconds from being asked for to its end.
    waited: f64,
}

/// The run of each tenant that was asked for then, once all have ended.
async fn runs(store: &Store, tenants: &Tenants, asked: Moment) -> Vec<Run> {
    let mut runs = Vec::new();
    for (slug, tenant) in tenants {
        runs.push(run_of(store, slug, *tenant, asked).await);
    }
    runs
}

/// The same of one.
async fn run_of(store: &Store, slug: &str, tenant: TenantId, asked: Moment) -> Run {
    let run = eventually(slug, PATIENCE, async || {
        let newest = reminders::runs(store, tenant, 1).await.expect("runs").into_iter().next();
        newest.filter(|run| run.started_at >= asked && run.state != RunState::Running)
    })
    .await;
    assert_eq!(run.state, RunState::Done, "{slug}: {:?}", run.problem);
    let ended = run.finished_at.expect("an end");
    let (took, waited) = (seconds(run.started_at, ended), seconds(asked, ended));
    Run { accounts: run.figures.accounts, took, waited }
}

#[expect(clippy::cast_precision_loss, reason = "minutes")]
fn seconds(from: Moment, to: Moment) -> f64 {
    (to - from).num_milliseconds() as f64 / 1_000.0
}

fn waits(runs: &[Run]) -> Vec<f64> {
    runs.iter().map(|run| run.waited).collect()
}

fn durations(runs: &[Run]) -> Vec<f64> {
    runs.iter().map(|run| run.took).collect()
}

fn longest(seconds: &[f64]) -> f64 {
    seconds.iter().copied().fold(0.0, f64::max)
}
