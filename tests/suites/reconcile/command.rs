//! `portvakt numbers reconcile`, and what `tenant show` says of it.

use harness::{
    process::{PATIENCE, change, eventually},
    site::Site,
};

const SLUG: &str = "orebro";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_looks_at_once_and_says_who_is_gone() {
    let site = Site::on_sqlite().await;
    let installation = &site.installation;
    let shown = async || installation.run(&["tenant", "show", SLUG]).await.succeeded().stdout;
    let fresh = shown().await;
    assert!(fresh.contains("reconciliation     none yet"), "{fresh}");
    let suspended = async |word: &str| installation.run(&["tenant", word, SLUG]).await.succeeded();
    suspended("suspend").await;
    let refused = installation.run(&["numbers", "reconcile", SLUG]).await;
    assert!(refused.code == 1 && refused.stderr.contains("suspended"), "{}", refused.stderr);
    suspended("resume").await;

    let replica = installation.serve().await;
    let look = async |more: &[&str]| {
        let arguments: Vec<&str> = ["numbers", "reconcile", SLUG].iter().chain(more).copied().collect();
        installation.run(&arguments).await
    };
    let first = look(&[]).await.succeeded();
    assert!(
        first.stdout.starts_with("orebro: done; ") && first.stdout.contains(" 0 missing, 2 disabled"),
        "{}",
        first.stdout
    );

    // A slip: the units are those of others.
    let mut tenant = site.tenant_file(SLUG);
    let base = portvakt_demo::accounts::sample(SLUG).expect("a sample tenant").base_dn;
    let other = format!("OU={},{base}", portvakt_demo::accounts::OTHER_UNIT);
    change(&mut tenant, "directory", "units", vec![other]);
    tenant["directory"].as_table_mut().expect("a section").remove("functional_units");
    installation.apply(&tenant).await.succeeded();
    // Replicas see it within seconds.
    let stopped = eventually("the look is stopped", PATIENCE, async || {
        let looked = look(&["--json"]).await;
        (looked.code == 1).then_some(looked)
    })
    .await;
    let json: serde_json::Value = serde_json::from_str(&stopped.stdout).expect("JSON");
    assert_eq!((stopped.code, &json["state"], &json["problem"]), (1, &"stopped".into(), &"too_many_missing".into()));
    assert_eq!((&json["asked_by"], &json["missing"]), (&"by_hand".into(), &json["registered"]), "{json}");
    assert!(stopped.stderr.contains("--accept-missing"), "{}", stopped.stderr);
    assert!(shown().await.contains("stopped: too_many_missing; "));
    let gauge = format!("portvakt_reconciliation_stopped{{tenant=\"{}\"}}", site.tenants[SLUG]);
    let (_, metrics) = replica.internal("/metrics").await.expect("metrics");
    assert!(metrics.contains(&format!("{gauge} 1")), "{metrics}");

    // They really are gone.
    let accepted = look(&["--accept-missing", "--author", "Anna"]).await.succeeded();
    assert!(
        accepted.stdout.contains("done; ") && accepted.stdout.contains("numbers of 0 removed"),
        "{}",
        accepted.stdout
    );
    assert_eq!(look(&[]).await.succeeded().stderr, "", "no alarm any more");
    let (_, metrics) = replica.internal("/metrics").await.expect("metrics");
    assert!(metrics.contains(&format!("{gauge} 0")), "{metrics}");
    let json = installation.run(&["tenant", "show", SLUG, "--json"]).await.succeeded().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["reconciliation"]["state"], &json["reconciliation"]["removed"]), (&"done".into(), &0.into()));
    let nobody = installation.run(&["numbers", "reconcile", "motala"]).await;
    assert!(nobody.code == 1 && nobody.stderr.contains("there is no tenant"), "{}", nobody.stderr);
}
