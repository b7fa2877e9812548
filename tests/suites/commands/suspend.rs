//! `portvakt tenant suspend|resume|delete|restore`: what they say, and what stays.

use std::collections::BTreeMap;

use harness::{
    process::{Installation, change, preset_table},
    services::Services,
};

async fn suspended_and_resumed(installation: Installation) {
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    installation.write("orebro-ca.pem", &ca);
    let secrets = BTreeMap::from([("directory", "a"), ("sms", "b"), ("mail", "c")]);
    let mut tenant = preset_table(&installation, "orebro", &secrets);
    installation.apply(&tenant).await.succeeded();
    let told = async |arguments: &[&str]| installation.run(arguments).await.succeeded().stdout;

    assert_eq!(told(&["tenant", "resume", "orebro"]).await, "orebro: is not suspended\n");
    let suspended = told(&["tenant", "suspend", "orebro", "--author", "Åsa"]).await;
    assert_eq!(suspended, "orebro: suspended; nobody is served, nothing is sent or written, all data is kept\n");
    assert_eq!(told(&["tenant", "suspend", "orebro"]).await, "orebro: is suspended already\n");
    assert!(told(&["tenant", "list"]).await.contains("version 1, suspended"));

    change(&mut tenant, "reset", "code_minutes", 7);
    installation.apply(&tenant).await.succeeded();
    assert!(told(&["tenant", "list"]).await.contains("version 2, suspended"), "applying serves nobody");

    assert_eq!(told(&["tenant", "resume", "orebro"]).await, "orebro: is served again\n");
    assert!(!told(&["tenant", "list"]).await.contains("suspended"));

    // To be deleted, and not.
    let deleted = told(&["tenant", "delete", "orebro", "--grace", "7", "--author", "Åsa"]).await;
    assert!(deleted.starts_with("orebro: suspended; deleted for good, with all its data, after 20"), "{deleted}");
    assert!(deleted.ends_with("  until then: portvakt tenant restore orebro\n"), "{deleted}");
    assert!(told(&["tenant", "delete", "orebro"]).await.starts_with("orebro: is deleted already after 20"));
    assert!(told(&["tenant", "list"]).await.contains("version 2, deleted after 20"));
    let resumed = installation.run(&["tenant", "resume", "orebro"]).await;
    assert_eq!(resumed.code, 1);
    assert!(resumed.stderr.contains("take that back: portvakt tenant restore orebro"), "{}", resumed.stderr);
    assert_eq!(told(&["tenant", "restore", "orebro"]).await, "orebro: is not deleted, and served again\n");
    assert_eq!(told(&["tenant", "restore", "orebro"]).await, "orebro: is not to be deleted\n");

    // One that was suspended before stays so.
    told(&["tenant", "suspend", "orebro"]).await;
    told(&["tenant", "delete", "orebro"]).await;
    let restored = told(&["tenant", "restore", "orebro"]).await;
    assert_eq!(restored, "orebro: is not deleted, and suspended as it was before\n");
    assert!(told(&["tenant", "list"]).await.contains("version 2, suspended"));
    assert_eq!(told(&["tenant", "list", "--deleted"]).await, "");
    for days in ["0", "366", "some"] {
        assert_eq!(installation.run(&["tenant", "delete", "orebro", "--grace", days]).await.code, 2, "{days}");
    }

    for command in ["suspend", "resume", "delete", "restore"] {
        let nobody = installation.run(&["tenant", command, "motala"]).await;
        assert_eq!((nobody.code, nobody.stdout.as_str()), (1, ""));
        assert!(nobody.stderr.contains("there is no tenant \"motala\""), "{}", nobody.stderr);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suspended_and_resumed_on_sqlite() {
    suspended_and_resumed(Installation::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suspended_and_resumed_on_postgres() {
    let installation = Installation::postgres().await;
    installation.run(&["migrate"]).await.succeeded();
    suspended_and_resumed(installation).await;
}
