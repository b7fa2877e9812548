//! `portvakt config`, and settings from files and the environment.

use futures_util::future::join_all;
use harness::process::{Installation, portvakt, run};

#[tokio::test]
async fn settings_that_are_right_are_in_order() {
    let installation = Installation::sqlite();
    let checked = installation.run(&["config", "check"]).await.succeeded();
    assert_eq!(checked.stdout, "the settings are in order\n");
    assert_eq!(checked.stderr, "");
}

#[tokio::test]
async fn every_problem_is_reported_at_once() {
    let mut installation = Installation::sqlite();
    installation.set("listen", "public", "pwreset.orebro.se");
    installation.set("listen", "internal", 9090);
    installation.set("listen", "pubilc", "127.0.0.1:8080");
    installation.set("databse", "url", "sqlite:///x.db");
    installation.set("database", "pool_size", "many");
    installation.set("keys", "active", "second");
    installation.set("proxies", "trusted", vec!["10.0.0.0/40"]);
    installation.set("log", "level", "=====");
    installation.set("worker", "parallel", 0);
    installation.set("worker", "parallel_per_tenant", "few");
    let checked = installation.run(&["config", "check"]).await;
    assert_eq!((checked.code, checked.stdout.as_str()), (1, ""));
    let lines: Vec<&str> = checked.stderr.lines().skip(1).collect();
    for key in [
        "listen.public: ",
        "listen.internal: ",
        "listen.pubilc: there is no such setting",
        "databse: there is no such section",
        "database.pool_size: ",
        "keys: the active key \"second\" is not in the key ring",
        "proxies.trusted: ",
        "log.level: ",
        "worker.parallel_per_tenant: ",
    ] {
        assert_eq!(lines.iter().filter(|line| line.starts_with(key)).count(), 1, "{key}\n{}", checked.stderr);
    }
    assert_eq!(lines.len(), 9, "and nothing else: {}", checked.stderr);

    // Every command that needs the settings says the same.
    for arguments in [&["serve"][..], &["migrate"], &["tenant", "list"], &["audit", "verify", "orebro"]] {
        let refused = installation.run(arguments).await;
        assert_eq!((refused.code, &refused.stderr), (1, &checked.stderr), "{arguments:?}");
    }
}

#[tokio::test]
async fn the_environment_stands_over_the_file() {
    let installation = Installation::sqlite();
    let mut command = installation.command(&["config", "check"]);
    command.env("PORTVAKT__LISTEN__PUBLIC", "nowhere");
    let refused = run(command).await;
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("listen.public: "), "{}", refused.stderr);

    let mut command = installation.command(&["config", "check"]);
    command.env("PORTVAKT__WORKER__PARALEL", "3");
    let refused = run(command).await;
    assert!(refused.stderr.contains("worker.paralel: there is no such setting"), "{}", refused.stderr);

    // Everything may come from there, a list and a name of digits included.
    let key = installation.path("first.key");
    let mut command = portvakt(&["config", "check"]);
    command
        .env("PORTVAKT__LISTEN__PUBLIC", "127.0.0.1:0")
        .env("PORTVAKT__DATABASE__URL", format!("sqlite://{}", installation.path("other.db").display()))
        .env("PORTVAKT__KEYS__ACTIVE", "2026")
        .env("PORTVAKT__KEYS__FILES__2026", &key)
        .env("PORTVAKT__PROXIES__TRUSTED", "10.0.0.0/8,fd00::/8");
    run(command).await.succeeded();
}

#[tokio::test]
async fn the_address_that_the_environment_names_is_listened_on() {
    let installation = Installation::sqlite();
    let mut command = installation.command(&["serve"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    command.env("PORTVAKT__LISTEN__PUBLIC", &address);
    let refused = run(command).await;
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains(&format!("can't listen on {address}")), "{}", refused.stderr);
}

#[tokio::test]
async fn a_file_that_is_missing_or_no_toml_is_told_without_its_content() {
    let missing = run(portvakt(&["config", "check", "--config", "/nowhere/portvakt.toml"])).await;
    assert_eq!(missing.code, 1);
    assert!(missing.stderr.contains("/nowhere/portvakt.toml: No such file"), "{}", missing.stderr);

    let installation = Installation::sqlite();
    let secret = "Mycket-Hemligt-99";
    let file = installation.write("broken.toml", &format!("[database]\nurl = \"postgres://app:{secret}@db/x\n"));
    let broken = run(portvakt(&["config", "check", "--config", file.to_str().expect("UTF-8")])).await;
    assert_eq!(broken.code, 1);
    assert!(broken.stderr.contains("broken.toml: line 2, column "), "{}", broken.stderr);
    assert!(!broken.output().contains(secret), "{}", broken.output());
}

#[tokio::test]
async fn no_address_of_a_database_is_shown() {
    let secret = "Hemligt99";
    let urls = [
        format!("postgres://portvakt_app:{secret}@127.0.0.1:1/x"),
        format!("postgres://portvakt_app:{secret}@127.0.0.1:port/x"),
        format!("postgres://portvakt_app:a?{secret}=1@127.0.0.1/x"),
        format!("postgres://portvakt_app:%zz{secret}@127.0.0.1/x"),
        format!("mysql://portvakt_app:{secret}@127.0.0.1/x"),
    ];
    join_all(urls.map(|url| async move {
        let mut installation = Installation::sqlite();
        installation.unset("database", "url");
        let file = installation.write("url", &url);
        installation.set("database", "url_file", file.to_str().expect("UTF-8"));
        installation.set("database", "control_url", url.as_str());
        installation.set("database", "owner_url", url.as_str());
        let commands = [&["config", "check"][..], &["serve"], &["migrate"], &["tenant", "list"]];
        // Together: each of them tries for a while.
        let told = join_all(commands.map(|arguments| installation.run(arguments))).await;
        for (arguments, told) in commands.into_iter().zip(told) {
            assert!(!told.output().contains(secret), "{arguments:?} {url}: {}", told.output());
            assert!(told.code == 1 || arguments == ["config", "check"], "{arguments:?} {url}: {}", told.output());
        }
    }))
    .await;
}

#[tokio::test]
async fn secrets_come_from_files() {
    let mut installation = Installation::sqlite();
    let url = format!("sqlite://{}", installation.path("x.db").display());
    installation.write("url", &format!("{url}\n"));
    let file = installation.path("url").to_str().expect("UTF-8").to_owned();
    installation.set("database", "url_file", file.as_str());
    let both = installation.run(&["config", "check"]).await;
    assert!(both.stderr.contains("database.url: write either url or url_file"), "{}", both.stderr);
    installation.unset("database", "url");
    installation.run(&["config", "check"]).await.succeeded();
    installation.set("database", "url_file", "/nowhere/url");
    let missing = installation.run(&["config", "check"]).await;
    assert!(missing.stderr.contains("database.url_file: /nowhere/url: No such file"), "{}", missing.stderr);
}

#[tokio::test]
async fn without_a_key_nothing_starts() {
    let mut installation = Installation::sqlite();
    installation.unset("keys", "active");
    installation.unset("keys", "files");
    for arguments in [&["serve"][..], &["config", "check"], &["tenant", "list"]] {
        let refused = installation.run(arguments).await;
        assert_eq!(refused.code, 1);
        assert!(refused.stderr.contains("keys.active: missing") && refused.stderr.contains("keys.files: missing"));
        assert!(refused.stderr.contains("openssl rand -base64 32"), "{}", refused.stderr);
    }
    for (content, told) in [("c2hvcnQ=", "is not 32 bytes"), ("not base64!", "keys.files.k: not base64")] {
        let file = installation.write("bad.key", content);
        let files = toml::Table::from_iter([("k".to_owned(), toml::Value::from(file.to_str().expect("UTF-8")))]);
        installation.set("keys", "active", "k");
        installation.set("keys", "files", files);
        let refused = installation.run(&["config", "check"]).await;
        assert!(refused.stderr.contains(told) && !refused.stderr.contains(content), "{}", refused.stderr);
    }
}

#[tokio::test]
async fn the_schema_lists_every_section_and_key() {
    let printed = run(portvakt(&["config", "schema"])).await.succeeded();
    let schema: serde_json::Value = serde_json::from_str(&printed.stdout).expect("JSON");
    assert!(schema["$schema"].as_str().is_some_and(|name| name.contains("json-schema.org")), "{schema}");
    let sections: Vec<&String> = schema["properties"].as_object().expect("sections").keys().collect();
    assert_eq!(sections, ["api", "connect", "database", "keys", "listen", "log", "proxies", "worker"]);
    for (section, keys) in [
        ("ApiSection", &["token_file"][..]),
        ("ConnectSection", &["networks", "hosts", "tenants"][..]),
        ("DatabaseSection", &["url", "url_file", "control_url", "owner_url", "ca_file", "pool_size"]),
        ("KeysSection", &["active", "files"]),
        ("ListenSection", &["public", "internal"]),
        ("WorkerSection", &["enabled", "parallel", "reminders", "drain_seconds"]),
    ] {
        let described = &schema["$defs"][section];
        assert_eq!(described["additionalProperties"], false, "{section}");
        for key in keys {
            assert!(described["properties"][key]["description"].is_string(), "{section}.{key}");
        }
    }
}
