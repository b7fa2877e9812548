//! `portvakt tenant statistics`: a table of one tenant's refused passwords, of the days that were asked for.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use harness::{
    process::{Installation, preset_table},
    services::Services,
};
use portvakt::system::SystemClock;
use portvakt_domain::{
    rejection::RejectionReason::{Earlier, TooShort, WrongPassword},
    time::Clock as _,
};
use portvakt_storage::{operator, rejections};

const SECRETS: [(&str, &str); 3] = [("directory", "a"), ("sms", "b"), ("mail", "c")];

async fn installed(installation: &Installation, slug: &str) {
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    installation.write(&format!("{slug}-ca.pem"), &ca);
    let tenant = preset_table(installation, slug, &BTreeMap::from(SECRETS));
    installation.apply(&tenant).await.succeeded();
}

/// The figures of each line of the table, by reason.
fn table(stdout: &str) -> Vec<(String, i64)> {
    let lines = stdout.lines().skip(1).map(|line| {
        let (reason, count) = line.trim().rsplit_once(' ').expect("a reason and a count");
        (reason.trim().to_owned(), count.parse().expect("a count"))
    });
    lines.collect()
}

async fn reasons_are_counted(installation: Installation) {
    for slug in ["orebro", "mjolby"] {
        installed(&installation, slug).await;
    }
    let store = installation.store().await;
    let tenant = async |slug: &str| {
        operator::find_tenant(&store, slug.to_owned()).await.expect("a database").expect("a tenant").id
    };
    let (orebro, mjolby) = (tenant("orebro").await, tenant("mjolby").await);
    let now = SystemClock.now();
    for (tenant, reasons, at) in [
        (orebro, vec![TooShort, Earlier], now),
        (orebro, vec![Earlier], now - TimeDelta::days(1)),
        (orebro, vec![WrongPassword], now - TimeDelta::days(40)),
        (mjolby, vec![TooShort], now),
    ] {
        rejections::count(&store, tenant, reasons, at).await.expect("counted");
    }

    let run = async |arguments: &[&str]| {
        let all: Vec<&str> = ["tenant", "statistics"].iter().chain(arguments).copied().collect();
        installation.run(&all).await
    };
    let told = run(&["orebro"]).await.succeeded().stdout;
    assert!(told.starts_with("orebro: new passwords that were not taken, "), "{told}");
    let row = |reason: &str, count| (reason.to_owned(), count);
    assert_eq!(table(&told), [row("earlier", 2), row("too_short", 1), row("in all", 3)], "{told}");
    let told = run(&["orebro", "--days", "396"]).await.succeeded().stdout;
    let all = [row("earlier", 2), row("too_short", 1), row("wrong_password", 1), row("in all", 4)];
    assert_eq!(table(&told), all, "{told}");
    let told = run(&["mjolby", "--days", "1"]).await.succeeded().stdout;
    assert_eq!(table(&told), [row("too_short", 1), row("in all", 1)], "{told}");

    let nobody = run(&["motala"]).await;
    assert_eq!((nobody.code, nobody.stdout.as_str()), (1, ""));
    assert!(nobody.stderr.contains("there is no tenant \"motala\""), "{}", nobody.stderr);
    for days in ["0", "397", "many"] {
        assert_eq!(run(&["orebro", "--days", days]).await.code, 2, "{days}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reasons_are_counted_on_sqlite() {
    reasons_are_counted(Installation::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reasons_are_counted_on_postgres() {
    let installation = Installation::postgres().await;
    installation.run(&["migrate"]).await.succeeded();
    reasons_are_counted(installation).await;
}
