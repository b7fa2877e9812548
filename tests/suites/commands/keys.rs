//! `portvakt keys rotate` and `keys status`, and what starts without a key that is needed.

use std::collections::BTreeMap;

use harness::{
    process::{Installation, preset_table},
    services::Services,
};

fn files(installation: &Installation, names: &[&str]) -> toml::Table {
    let path = |name: &&str| installation.path(&format!("{name}.key")).to_str().expect("UTF-8").to_owned();
    names.iter().map(|name| ((*name).to_owned(), toml::Value::from(path(name)))).collect()
}

async fn rotated(mut installation: Installation) {
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    for slug in ["orebro", "mjolby"] {
        installation.write(&format!("{slug}-ca.pem"), &ca);
        let secrets = BTreeMap::from([("directory", "a"), ("sms", "b"), ("mail", "c")]);
        let tenant = preset_table(&installation, slug, &secrets);
        installation.apply(&tenant).await.succeeded();
    }
    installation.run(&["tenant", "suspend", "mjolby"]).await.succeeded();
    let only = installation.run(&["keys", "status"]).await.succeeded().stdout;
    assert!(only.contains("orebro               key first: ") && only.contains(" values (active)"), "{only}");

    // 1. A second key is active: the first is needed until everything is sealed anew.
    installation.write("second.key", "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n");
    let both = files(&installation, &["first", "second"]);
    installation.set("keys", "files", both);
    installation.set("keys", "active", "second");
    let before = installation.run(&["keys", "status"]).await.succeeded().stdout;
    assert!(before.ends_with("key first: still needed\n"), "{before}");

    // 2. Without it nothing starts, and it is named.
    let only_second = files(&installation, &["second"]);
    installation.set("keys", "files", only_second);
    for command in ["serve", "keys"] {
        let arguments: &[&str] = if command == "keys" { &["keys", "status"] } else { &[command] };
        let refused = installation.run(arguments).await;
        assert_eq!(refused.code, 1, "{command}");
        let said = "keys.files: the key \"first\" is missing, and values of mjolby, orebro need it";
        assert!(refused.stderr.contains(said), "{command}: {}", refused.stderr);
    }
    let checked = installation.run(&["config", "check"]).await;
    assert!(checked.code == 1 && checked.stderr.contains("the key \"first\" is missing"), "{}", checked.stderr);

    // 3. Rotated, a suspended tenant as well; twice does no harm, and the first key may go.
    let both = files(&installation, &["first", "second"]);
    installation.set("keys", "files", both);
    let told = installation.run(&["keys", "rotate"]).await.succeeded().stdout;
    assert!(told.contains("orebro: ") && told.contains("mjolby: ") && told.contains("values sealed anew"), "{told}");
    assert!(told.ends_with("key first: needed by nothing: it may be taken out of keys.files\n"), "{told}");
    let again = installation.run(&["keys", "rotate"]).await.succeeded().stdout;
    assert!(!again.contains("sealed anew"), "{again}");
    let only_second = files(&installation, &["second"]);
    installation.set("keys", "files", only_second);
    let checked = installation.run(&["config", "check"]).await.succeeded();
    assert_eq!(checked.stdout, "the settings are in order\n");
    for slug in ["orebro", "mjolby"] {
        let verified = installation.run(&["audit", "verify", slug]).await.succeeded();
        assert!(verified.stdout.contains("the chain holds"), "{}", verified.stdout);
        // A secret that does not open would be told as changed.
        let file = installation.path(&format!("{slug}.toml"));
        let same = installation.run(&["tenant", "apply", file.to_str().expect("UTF-8")]).await.succeeded();
        assert!(same.stdout.starts_with(&format!("{slug}: nothing differs\n")), "{}", same.stdout);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotated_on_sqlite() {
    rotated(Installation::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotated_on_postgres() {
    let installation = Installation::postgres().await;
    installation.run(&["migrate"]).await.succeeded();
    rotated(installation).await;
}
