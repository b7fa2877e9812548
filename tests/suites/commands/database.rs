//! Migrations, roles, and the warning of the embedded database.

use std::{collections::BTreeMap, time::Duration};

use harness::{
    process::{Finished, Installation, PATIENCE, change, eventually, preset_table, run},
    services::Services,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

#[tokio::test]
async fn migrations_run_once_and_serve_waits_for_them() {
    let installation = Installation::postgres().await;
    let refused = installation.run(&["serve"]).await;
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("migrations are pending: "), "{}", refused.stderr);
    assert!(refused.stderr.contains("run `portvakt migrate`"), "{}", refused.stderr);

    let first = installation.run(&["migrate"]).await.succeeded();
    assert!(first.stdout.starts_with("applied ") && first.stdout.ends_with("the database is up to date\n"));
    let second = installation.run(&["migrate"]).await.succeeded();
    assert_eq!(second.stdout, "nothing to apply: the database is up to date\n");

    let mut replica = installation.serve().await;
    assert_eq!(replica.internal("/healthz").await.expect("an answer").0, 200);
    assert_eq!(replica.process.terminate(Duration::from_secs(5)).await.code(), Some(0));
}

#[tokio::test]
async fn migrate_needs_the_owner_and_says_so() {
    let mut installation = Installation::postgres().await;
    installation.unset("database", "owner_url_file");
    let refused = installation.run(&["migrate"]).await;
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("database.owner_url: missing"), "{}", refused.stderr);
}

#[tokio::test]
async fn serve_refuses_roles_that_may_more_than_they_should() {
    let installation = Installation::postgres().await;
    installation.run(&["migrate"]).await.succeeded();
    let database = installation.database.as_ref().expect("PostgreSQL");
    let superuser = Services::get().postgres.superuser_url.replace("/postgres?", &format!("/{}?", database.name));
    let (app, owner, control) = (database.app_url.clone(), database.owner_url.clone(), database.control_url.clone());
    for (app, control, told) in [
        (&superuser, &control, "is superuser"),
        (&owner, &control, "owns tables"),
        (&app, &superuser, "is superuser"),
        (&app, &owner, "owns tables"),
        (&control, &app, "is not portvakt_app"),
    ] {
        installation.write("database-url", app);
        installation.write("database-control_url", control);
        let refused = installation.run(&["serve"]).await;
        assert_eq!(refused.code, 1, "{}", refused.output());
        assert!(refused.stderr.contains(told), "{told} in {}", refused.stderr);
        shows_no_secret(&refused, &[app, control]);
    }
    installation.write("database-url", &app);
    installation.write("database-control_url", &control);
    installation.serve().await;
}

/// No password of these addresses is anywhere in what a command wrote.
fn shows_no_secret(finished: &Finished, urls: &[&str]) {
    for url in urls {
        let password = url.split(':').nth(2).and_then(|rest| rest.split('@').next()).expect("a password");
        assert!(!finished.output().contains(password), "{}", finished.output());
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_or_not_to_be_trusted_is_told() {
    let mut installation = Installation::postgres().await;
    installation.run(&["migrate"]).await.succeeded();
    let other = harness::certificate::LoopbackCertificate::new();
    let file = installation.write("other-ca.pem", &other.ca_pem);
    installation.set("database", "ca_file", file.to_str().expect("UTF-8"));
    let refused = installation.run(&["tenant", "list"]).await;
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("certificate"), "{}", refused.stderr);
    installation.set("database", "ca_file", "/nowhere/ca.pem");
    let refused = installation.run(&["tenant", "list"]).await;
    assert!(refused.stderr.contains("database.ca_file: /nowhere/ca.pem: No such file"), "{}", refused.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_follows_the_database() {
    let installation = Installation::postgres().await;
    installation.run(&["migrate"]).await.succeeded();
    // The way to the database leads over a port that this test opens and closes.
    let postgres = &Services::get().postgres;
    let there = format!("{}:{}", postgres.host, postgres.port);
    let way = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let here = way.local_addr().expect("an address");
    let open = |way: TcpListener| {
        let there = there.clone();
        tokio::spawn(async move {
            let mut passing = JoinSet::new();
            while let Ok((mut near, _)) = way.accept().await {
                let there = there.clone();
                passing.spawn(async move {
                    let mut far = TcpStream::connect(&there).await.expect("PostgreSQL");
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        })
    };
    let first = open(way);
    let database = installation.database.as_ref().expect("PostgreSQL");
    for (key, url) in [("url", &database.app_url), ("control_url", &database.control_url)] {
        let url = url.replace(&format!("@{there}"), &format!("@localhost:{}", here.port()));
        installation.write(&format!("database-{key}"), &url);
    }
    let replica = installation.serve().await;

    first.abort();
    let ready = async |status: u16| {
        eventually(&format!("/readyz answers {status}"), PATIENCE, async || {
            (replica.internal("/readyz").await?.0 == status).then_some(())
        })
        .await;
    };
    ready(503).await;
    assert_eq!(replica.internal("/healthz").await.expect("an answer").0, 200, "the process itself lives");
    open(TcpListener::bind(here).await.expect("the port is free again"));
    ready(200).await;
}

#[tokio::test]
async fn sqlite_with_two_tenants_warns() {
    let installation = Installation::sqlite();
    let secrets = BTreeMap::from([("directory", "a-secret"), ("sms", "b-secret"), ("mail", "c-secret")]);
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    for (n, slug) in ["orebro", "mjolby"].into_iter().enumerate() {
        installation.write(&format!("{slug}-ca.pem"), &ca);
        let mut tenant = preset_table(&installation, slug, &secrets);
        // Nobody is there; nobody is asked.
        change(&mut tenant, "directory", "controllers", vec!["ldaps://127.0.0.1:1"]);
        installation.apply(&tenant).await.succeeded();
        let mut replica = installation.serve().await;
        let warned = || replica.process.stderr().contains("SQLite has no row-level security");
        if n == 1 {
            eventually("the warning", PATIENCE, async || warned().then_some(())).await;
        }
        assert_eq!(warned(), n == 1, "{}", replica.process.stderr());
        let line = replica.process.line("serving").await;
        assert!(line.starts_with(&format!("serving {} tenant", n + 1)), "{line}");
        assert!(replica.process.terminate(Duration::from_secs(5)).await.success());
    }
    let listed = installation.run(&["tenant", "list"]).await.succeeded();
    let lines: Vec<&str> = listed.stdout.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("mjolby") && lines[0].contains("version 1") && lines[0].contains("pwreset.mjolby.se"));
    assert!(lines[1].starts_with("orebro") && lines[1].contains("pwreg.orebro.se"));
}

#[tokio::test]
async fn serve_never_has_an_outbox() {
    let installation = Installation::sqlite();
    let mut command = installation.command(&["serve"]);
    command.arg("--outbox");
    assert_eq!(run(command).await.code, 2, "there is no such argument");
    let replica = installation.serve().await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    for path in ["/", "/demo/outbox", "/demo/outbox.json", "/demo/accounts.json"] {
        let response = client.get(format!("http://{}{path}", replica.public)).header("host", "localhost").send().await;
        assert_eq!(response.expect("an answer").status(), 421, "{path}");
    }
}
