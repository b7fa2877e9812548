//! `portvakt tenant history|diff|rollback`, and the difference that `apply` tells before it writes.

use std::{collections::BTreeMap, process::Command};

use harness::{
    process::{Finished, Installation, change, preset_table},
    services::Services,
};
use portvakt_storage::{operator, settings};

const SECRETS: [(&str, &str); 3] =
    [("directory", "Hemligt-Kat-11"), ("sms", "Hemligt-Sms-22"), ("mail", "Hemligt-Mejl-33")];
const NEW_SECRET: &str = "Hemligt-Nytt-44";

fn tenant_file(installation: &Installation, slug: &str) -> toml::Table {
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    installation.write(&format!("{slug}-ca.pem"), &ca);
    preset_table(installation, slug, &BTreeMap::from(SECRETS))
}

async fn run(installation: &Installation, arguments: &[&str]) -> Finished {
    let finished = installation.run(arguments).await;
    for secret in SECRETS.map(|(_, secret)| secret).into_iter().chain([NEW_SECRET]) {
        assert!(!finished.output().contains(secret), "{arguments:?}: {}", finished.output());
    }
    finished
}

async fn told(installation: &Installation, arguments: &[&str]) -> String {
    let all: Vec<&str> = ["tenant"].iter().chain(arguments).copied().collect();
    run(installation, &all).await.succeeded().stdout
}

async fn apply(installation: &Installation, tenant: &toml::Table, more: &[&str]) -> String {
    let file = installation.write("tenant.toml", &tenant.to_string());
    let arguments: Vec<&str> = ["apply", file.to_str().expect("UTF-8")].iter().chain(more).copied().collect();
    told(installation, &arguments).await
}

/// The lines of a history: mark, version, author and what changed, newest first.
fn rows(history: &str) -> Vec<(bool, i64, String, String)> {
    let lines: Vec<&str> = history.lines().collect();
    let [head, rows @ .., end] = &lines[..] else { panic!("{history}") };
    assert!(head.contains("version") && head.contains("when") && head.contains("author"), "{head}");
    assert_eq!(*end, "* in force");
    let row = |line: &&str| {
        let mut cells = line[1..].split("  ").map(str::trim).filter(|cell| !cell.is_empty());
        let version = cells.next().expect("a version").parse().expect("a number");
        let at = cells.next().expect("a time");
        chrono::DateTime::parse_from_rfc3339(at).unwrap_or_else(|error| panic!("{at}: {error}"));
        let (author, changed) = (cells.next().expect("an author"), cells.next().expect("what changed"));
        (line.starts_with('*'), version, author.to_owned(), changed.to_owned())
    };
    rows.iter().map(row).collect()
}

fn os_user() -> String {
    let output = Command::new("id").arg("-un").output().expect("id");
    let user = String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned();
    // Whoever used sudo is the one who did it.
    std::env::var("SUDO_USER").ok().filter(|_| user == "root").unwrap_or(user)
}

async fn versions_are_told_and_rolled_back(installation: Installation) {
    // 1. Three applications, of which one changes nothing and one is a rehearsal.
    let mut tenant = tenant_file(&installation, "orebro");
    let first = apply(&installation, &tenant, &["--author", "Åsa"]).await;
    assert!(first.contains("reset.code_minutes: nothing → 10\n"), "{first}");
    assert!(first.contains("  secret sms_password: set\n"), "{first}");
    assert!(first.contains("ca_pem: nothing → a text of ") && !first.contains("BEGIN CERTIFICATE"), "{first}");
    let again = apply(&installation, &tenant, &[]).await;
    assert_eq!(again, "orebro: nothing differs\norebro: version 1 stays in force\n");

    change(&mut tenant, "reset", "code_minutes", 8);
    change(&mut tenant, "texts", "username_example", "annlin77");
    installation.write("orebro-sms-password", &format!("{NEW_SECRET}\n"));
    let changes = "orebro: 3 changes
  reset.code_minutes: 10 → 8
  texts.username_example: \"lovstlin32\" → \"annlin77\"
  secret directory_password: unchanged
  secret sms_password: changed
  secret mail_password: unchanged
";
    assert_eq!(apply(&installation, &tenant, &["--dry-run"]).await, changes);
    let file = installation.path("tenant.toml").to_str().expect("UTF-8").to_owned();
    assert_eq!(told(&installation, &["diff", "orebro", &file]).await, changes);
    assert_eq!(rows(&told(&installation, &["history", "orebro"]).await).len(), 1, "a rehearsal writes nothing");
    let second = apply(&installation, &tenant, &[]).await;
    assert!(second.starts_with(&format!("{changes}orebro: version 2 is in force\n")), "{second}");
    assert_eq!(told(&installation, &["diff", "orebro", &file]).await, "orebro: nothing differs\n");

    // 2. What the versions tell.
    for arguments in [&["diff", "orebro"][..], &["diff", "orebro", "1"], &["diff", "orebro", "1", "2"]] {
        assert_eq!(told(&installation, arguments).await, changes, "{arguments:?}");
    }
    let back = told(&installation, &["diff", "orebro", "2", "1"]).await;
    assert!(back.contains("reset.code_minutes: 8 → 10\n") && back.contains("secret sms_password: changed"), "{back}");

    // 3. Back to the first: a new version with the old document and the new secret.
    let rehearsed = told(&installation, &["rollback", "orebro", "1", "--dry-run"]).await;
    let rolled = told(&installation, &["rollback", "orebro", "1", "--author", "Örjan"]).await;
    assert!(rolled.starts_with(&format!("{rehearsed}orebro: version 3 is in force\n")), "{rehearsed}{rolled}");
    assert!(rehearsed.contains("  secret sms_password: unchanged\n"), "{rehearsed}");
    let row = |mark, version, author: &str, changed: &str| (mark, version, author.to_owned(), changed.to_owned());
    let expected = [
        row(true, 3, "Örjan", "reset, texts"),
        row(false, 2, &os_user(), "reset, texts, sms_password"),
        row(false, 1, "Åsa", "the first"),
    ];
    assert_eq!(rows(&told(&installation, &["history", "orebro"]).await), expected);
    let store = installation.store().await;
    let id = operator::find_tenant(&store, "orebro".to_owned()).await.expect("a database").expect("a tenant").id;
    let stored = settings::history(&store, id).await.expect("a history");
    assert_eq!(stored[2].document, stored[0].document);
    assert_eq!(stored[2].secrets, stored[1].secrets, "an old password would open nothing");
    let same = told(&installation, &["rollback", "orebro", "1"]).await;
    assert_eq!(same, "orebro: nothing differs\norebro: version 3 stays in force\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_are_told_and_rolled_back_on_sqlite() {
    versions_are_told_and_rolled_back(Installation::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_are_told_and_rolled_back_on_postgres() {
    let installation = Installation::postgres().await;
    installation.run(&["migrate"]).await.succeeded();
    versions_are_told_and_rolled_back(installation).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_can_not_be_used_any_more_is_refused() {
    let installation = Installation::sqlite();
    let mut orebro = tenant_file(&installation, "orebro");
    apply(&installation, &orebro, &[]).await;
    change(&mut orebro, "hosts", "register", "nummer.orebro.se");
    apply(&installation, &orebro, &[]).await;
    let mut mjolby = tenant_file(&installation, "mjolby");
    change(&mut mjolby, "hosts", "register", "pwreg.orebro.se");
    apply(&installation, &mjolby, &[]).await;

    for more in [&[][..], &["--dry-run"]] {
        let arguments: Vec<&str> = ["tenant", "rollback", "orebro", "1"].iter().chain(more).copied().collect();
        let refused = run(&installation, &arguments).await;
        assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{}", refused.output());
        let why = "version 1 of orebro is not applied:\nhosts.register: pwreg.orebro.se belongs to another tenant";
        assert!(refused.stderr.contains(why), "{}", refused.stderr);
    }
    assert_eq!(rows(&told(&installation, &["history", "orebro"]).await).len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_told() {
    let installation = Installation::sqlite();
    let orebro = tenant_file(&installation, "orebro");
    apply(&installation, &orebro, &[]).await;
    let file = installation.path("tenant.toml").to_str().expect("UTF-8").to_owned();
    apply(&installation, &tenant_file(&installation, "mjolby"), &[]).await;
    installation.write("tenant.toml", &orebro.to_string());
    for (arguments, why) in [
        (&["history", "motala"][..], "there is no tenant \"motala\""),
        (&["diff", "motala", "1"], "there is no tenant \"motala\""),
        (&["rollback", "motala", "1"], "there is no tenant \"motala\""),
        (&["diff", "orebro"], "orebro has no version 0"),
        (&["diff", "orebro", "1", "7"], "orebro has no version 7"),
        (&["diff", "orebro", "first", "1"], "\"first\" is not the number of a version"),
        (&["diff", "mjolby", &file], "its slug is orebro"),
        (&["diff", "orebro", "nowhere.toml"], "nowhere.toml: No such file"),
        (&["rollback", "orebro", "2"], "orebro has no version 2"),
    ] {
        let all: Vec<&str> = ["tenant"].iter().chain(arguments).copied().collect();
        let refused = run(&installation, &all).await;
        assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{arguments:?}: {}", refused.output());
        assert!(refused.stderr.contains(why), "{why} in {}", refused.stderr);
    }
    let two_lines = run(&installation, &["tenant", "apply", &file, "--author", "a\nb"]).await;
    assert_eq!(two_lines.code, 2, "{}", two_lines.output());
}
