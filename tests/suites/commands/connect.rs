//! Where tenants may connect: what `tenant apply`, `tenant check` and `config check` say of it.

use std::collections::BTreeMap;

use harness::{
    Browser,
    process::{Installation, PATIENCE, change, eventually, preset_table},
    services::Services,
    site::Site,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_lead_inside_are_refused_with_what_to_ask_for() {
    let installation = Installation::sqlite();
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    installation.write("orebro-ca.pem", &ca);
    let secrets = BTreeMap::from([("directory", "a"), ("sms", "b"), ("mail", "c")]);
    let mut tenant = preset_table(&installation, "orebro", &secrets);
    installation.apply(&tenant).await.succeeded();
    change(&mut tenant, "directory", "controllers", vec!["ldaps://10.1.2.3", "ldaps://127.0.0.1:10636"]);
    change(&mut tenant, "mail", "host", "169.254.169.254");
    change(&mut tenant, "sms", "url", "https://192.168.4.4:8443/sms");
    let refused = installation.apply(&tenant).await;
    assert_eq!(refused.code, 1);
    for (key, address, what) in [
        ("directory.controllers", "10.1.2.3:636", "a private address"),
        ("mail.host", "169.254.169.254:587", "a link-local address (such as a cloud's metadata)"),
        ("sms.url", "192.168.4.4:8443", "a private address"),
    ] {
        let said =
            format!("{key}: {address} is {what} and not allowed: ask the operator to allow {address} for orebro");
        assert!(refused.stderr.contains(&said), "{said} in {}", refused.stderr);
    }
    assert!(!refused.stderr.contains("10636"), "loopback is listed: {}", refused.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_allowed_once_is_told_by_the_check_when_it_is_not_any_more() {
    let mut site = Site::on_sqlite().await;
    let allowed = site.installation.run(&["tenant", "check", "mjolby"]).await;
    assert!(!allowed.stdout.contains("allowed "), "{}", allowed.stdout);
    site.installation.unset("connect", "networks");
    let refused = site.installation.run(&["tenant", "check", "mjolby"]).await;
    assert_eq!(refused.code, 1);
    let line = |begin: &str| refused.stdout.lines().find(|line| line.starts_with(begin)).unwrap_or_default().to_owned();
    assert!(line("FAIL  allowed            ldaps://").contains("ask the operator to allow 127."), "{}", refused.stdout);
    assert!(line("FAIL  allowed            sms: ").contains("ask the operator to allow 127."), "{}", refused.stdout);
    assert!(line("skip  bind").contains("not allowed"), "{}", refused.stdout);

    // For this tenant alone, by the operator's word.
    let own = toml::Table::from_iter([("networks".to_owned(), toml::Value::from(vec!["127.0.0.0/8"]))]);
    let tenants = toml::Table::from_iter([("mjolby".to_owned(), toml::Value::from(own))]);
    site.installation.set("connect", "tenants", tenants);
    let mjolby = site.installation.run(&["tenant", "check", "mjolby"]).await;
    assert!(!mjolby.stdout.contains("FAIL  allowed"), "{}", mjolby.stdout);
    let orebro = site.installation.run(&["tenant", "check", "orebro"]).await;
    assert!(orebro.stdout.contains("FAIL  allowed"), "{}", orebro.stdout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_that_is_none_or_allows_everything_is_an_error() {
    for (entry, said) in [("0.0.0.0/0", "too wide"), ("dc1.orebro.se", "is no network")] {
        let mut installation = Installation::sqlite();
        installation.set("connect", "networks", vec![entry]);
        let checked = installation.run(&["config", "check"]).await;
        assert_eq!(checked.code, 1);
        assert!(checked.stderr.contains("connect.networks: ") && checked.stderr.contains(said), "{}", checked.stderr);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_operator_names_hosts_public_addresses_are_for_these_alone() {
    let mut installation = Installation::sqlite();
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    let secrets = BTreeMap::from([("directory", "a"), ("sms", "b"), ("mail", "c")]);
    let tenants = ["orebro", "mjolby"].map(|slug| {
        installation.write(&format!("{slug}-ca.pem"), &ca);
        let mut tenant = preset_table(&installation, slug, &secrets);
        // Public ones, and written as addresses: nothing is looked up, and settings connect to nothing.
        change(&mut tenant, "directory", "controllers", vec!["ldaps://9.9.9.9"]);
        change(&mut tenant, "mail", "host", "9.9.9.10");
        change(&mut tenant, "sms", "url", "https://9.9.9.11/sms");
        tenant
    });
    let [orebro, mjolby] = &tenants;
    installation.set("connect", "hosts", vec!["9.9.9.10:587"]);
    let own = toml::Table::from_iter([("hosts".to_owned(), toml::Value::from(vec!["9.9.9.9:636", "9.9.9.11"]))]);
    let own = toml::Table::from_iter([("mjolby".to_owned(), toml::Value::from(own))]);
    installation.set("connect", "tenants", own);

    let refused = installation.apply(orebro).await;
    assert_eq!(refused.code, 1, "{}", refused.output());
    for (key, host, port) in [("directory.controllers", "9.9.9.9", 636), ("sms.url", "9.9.9.11", 443)] {
        let said = format!(
            "{key}: {host} is not among the hosts that are allowed: ask the operator to allow {host}:{port} for orebro"
        );
        assert!(refused.stderr.contains(&said), "{said} in {}", refused.stderr);
    }
    assert!(!refused.stderr.contains("9.9.9.10 "), "that one is for all: {}", refused.stderr);
    installation.apply(mjolby).await.succeeded();
    // Without a list every public host is allowed.
    installation.unset("connect", "hosts");
    installation.apply(orebro).await.succeeded();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_refused_is_logged_with_what_to_ask_for_and_counted() {
    let mut site = Site::on_sqlite().await;
    site.installation.unset("connect", "networks");
    let serving = site.installation.serve().await;
    let mut browser = Browser::on_network(serving.public, "198.51.100.7");
    let page = browser.get("pwreg.mjolby.se", "/").await;
    let page = browser.submit(&page, &[("username", "anna"), ("password", "Vinterbad88Sten")]).await;
    assert_eq!(page.status, 503, "{}", page.text());
    let at = site.directories["mjolby"].url().replace("ldaps://", "");
    let mend = format!("ask the operator to allow {at} for mjolby");
    eventually("the log says so", PATIENCE, async || {
        let log = format!("{}{}", serving.process.stdout(), serving.process.stderr());
        let told = |line: &str| line.contains("connection refused") && line.contains(&mend);
        log.lines().any(told).then_some(())
    })
    .await;
    let (_, metrics) = serving.internal("/metrics").await.expect("metrics");
    let counted =
        metrics.lines().find_map(|line| line.strip_prefix("portvakt_connections_refused_total{kind=\"ldap\"} "));
    assert!(counted.is_some_and(|count| count != "0"), "{metrics}");
}
