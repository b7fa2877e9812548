//! `portvakt tenant show`: a tenant at a glance, as text and as JSON.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use harness::{
    process::{Installation, change, preset_table},
    services::Services,
};
use portvakt::system::SystemClock;
use portvakt_domain::{
    limit::{BREAKER, STARTS_PER_NETWORK},
    time::Clock as _,
};
use portvakt_storage::{operator, trips};

const SECRETS: [(&str, &str); 3] = [("directory", "a"), ("sms", "b"), ("mail", "c")];

async fn a_tenant_at_a_glance(installation: Installation) {
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    installation.write("orebro-ca.pem", &ca);
    let mut tenant = preset_table(&installation, "orebro", &BTreeMap::from(SECRETS));
    change(&mut tenant, "limits", "trusted_networks", vec!["203.0.113.0/24"]);
    installation.apply(&tenant).await.succeeded();
    let show = async |more: &[&str]| {
        let arguments: Vec<&str> = ["tenant", "show", "orebro"].iter().chain(more).copied().collect();
        installation.run(&arguments).await.succeeded().stdout
    };
    let fresh = show(&[]).await;
    for line in [
        "served",
        "version 1",
        "SMS this hour      0 of 1000",
        "closed; codes in the last hour: 0 sent, 0 used",
        "none",
    ] {
        assert!(fresh.contains(line), "{line}: {fresh}");
    }

    // What happened meanwhile.
    let store = installation.store().await;
    let id = operator::find_tenant(&store, "orebro".to_owned()).await.expect("a database").expect("a tenant").id;
    let now = SystemClock.now();
    operator::spend_sms(&store, id, 3, now, 1_000, 5_000).await.expect("counted");
    let tripped = async |name: &str, times, at| {
        trips::record(&store, id, name.to_owned(), times, at, None).await.expect("recorded");
    };
    tripped(STARTS_PER_NETWORK.name, 2, now).await;
    tripped(BREAKER, 50, now - TimeDelta::hours(20)).await;
    tripped("sms_budget", 1, now - TimeDelta::hours(30)).await;
    installation.run(&["tenant", "suspend", "orebro"]).await.succeeded();

    let told = show(&[]).await;
    for line in ["suspended since 20", "SMS this day       3 of 5000", "trusted networks   1"] {
        assert!(told.contains(line), "{line}: {told}");
    }
    for (name, times) in [(BREAKER, 50), (STARTS_PER_NETWORK.name, 2)] {
        let line = format!("    {name:<36} {times:>8}");
        assert!(told.lines().any(|told| told == line), "{line}: {told}");
    }
    let json: serde_json::Value = serde_json::from_str(&show(&["--json"]).await).expect("JSON");
    assert_eq!((&json["slug"], &json["state"], &json["version"]), (&"orebro".into(), &"suspended".into(), &1.into()));
    assert_eq!(json["settings"]["reset_host"], "pwreset.orebro.se");
    assert_eq!(json["settings"]["directory"], "active_directory");
    assert_eq!(json["settings"]["sms_providers"], serde_json::json!(["46elks"]));
    assert_eq!(json["sms_budget"][1], serde_json::json!({"span": "day", "used": 3, "allowed": 5000}));
    let breaker = serde_json::json!({"open_since": null, "codes_sent_last_hour": 0, "codes_used_last_hour": 0});
    assert_eq!(json["breaker"], breaker);
    let limits = serde_json::json!({"breaker": 50, "starts_per_network": 2});
    assert_eq!(json["limits_last_24_hours"], limits, "what is older is left out");
    assert!(json["jobs"]["waiting"].as_i64() > Some(0) && json["jobs"]["dead"] == 0, "{json}");
    for text in [&told, &json.to_string()] {
        assert!(!text.contains("203.0.113"), "no network is shown: {text}");
    }

    let nobody = installation.run(&["tenant", "show", "motala"]).await;
    assert_eq!((nobody.code, nobody.stdout.as_str()), (1, ""));
    assert!(nobody.stderr.contains("there is no tenant \"motala\""), "{}", nobody.stderr);

    // A network that holds strangers is no tenant's own.
    change(&mut tenant, "limits", "trusted_networks", vec!["0.0.0.0/0"]);
    let refused = installation.apply(&tenant).await;
    assert_eq!(refused.code, 1, "{}", refused.output());
    assert!(refused.stderr.contains("limits.trusted_networks: 0.0.0.0/0: too large"), "{}", refused.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_at_a_glance_on_sqlite() {
    a_tenant_at_a_glance(Installation::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_at_a_glance_on_postgres() {
    let installation = Installation::postgres().await;
    installation.run(&["migrate"]).await.succeeded();
    a_tenant_at_a_glance(installation).await;
}
