//! `portvakt tenant apply`: what is refused, with line and reason, and that nothing is applied then.

use std::collections::BTreeMap;

use harness::{
    process::{Finished, Installation, change, preset_table},
    services::Services,
};

const SECRETS: [(&str, &str); 3] =
    [("directory", "Hemligt-Kat-11"), ("sms", "Hemligt-Sms-22"), ("mail", "Hemligt-Mejl-33")];

/// An installation with a preset, its secrets and its authority in place.
fn prepared(slug: &str) -> (Installation, toml::Table) {
    let installation = Installation::sqlite();
    let tenant = add(&installation, slug);
    (installation, tenant)
}

fn add(installation: &Installation, slug: &str) -> toml::Table {
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    installation.write(&format!("{slug}-ca.pem"), &ca);
    preset_table(installation, slug, &BTreeMap::from(SECRETS))
}

/// The preset's own text: the lines are those that people see.
fn text_of(slug: &str) -> &'static str {
    match slug {
        "orebro" => include_str!("../../../tenants/presets/orebro.toml"),
        _ => include_str!("../../../tenants/presets/mjolby.toml"),
    }
}

async fn apply_text(installation: &Installation, text: &str) -> Finished {
    let file = installation.write("tenant.toml", text);
    let finished = installation.run(&["tenant", "apply", file.to_str().expect("UTF-8")]).await;
    for (_, secret) in SECRETS {
        assert!(!finished.output().contains(secret), "{}", finished.output());
    }
    finished
}

async fn listed(installation: &Installation) -> String {
    installation.run(&["tenant", "list"]).await.succeeded().stdout
}

#[tokio::test]
async fn both_presets_apply_as_they_are() {
    let (installation, _) = prepared("orebro");
    add(&installation, "mjolby");
    for slug in ["orebro", "mjolby"] {
        let applied = apply_text(&installation, text_of(slug)).await.succeeded();
        assert!(applied.stdout.contains(&format!("{slug}: version 1 is in force\n")), "{}", applied.stdout);
        assert!(applied.stdout.contains(&format!("https://pwreset.{slug}.se")), "{}", applied.stdout);
    }
    let other = text_of("orebro").replacen("code_minutes = 10", "code_minutes = 9", 1);
    let again = apply_text(&installation, &other).await.succeeded();
    assert!(again.stdout.contains("orebro: version 2 is in force\n"), "{}", again.stdout);
    let list = listed(&installation).await;
    assert!(list.contains("version 2") && list.contains("version 1"), "{list}");
}

/// The preset with a second provider after its own.
fn with_two_providers(installation: &Installation) -> String {
    installation.write("orebro-second-token", "Hemligt-Sms-22");
    let text = text_of("orebro").replacen("[sms]", "[[sms.providers]]", 1);
    let second = "[[sms.providers]]\nprovider = \"gatewayapi\"\nsender = \"Orebro\"\n\
                  password_file = \"orebro-second-token\"\n\n[mail]";
    text.replacen("[mail]", second, 1)
}

#[tokio::test]
async fn several_sms_providers_are_applied_and_what_is_wrong_with_one_is_told() {
    let (installation, _) = prepared("orebro");
    let good = with_two_providers(&installation);
    let cases = [
        ("provider = \"gatewayapi\"", "provider = \"outbox\"", "unknown variant `outbox`"),
        ("provider = \"gatewayapi\"", "provider = \"46elks\"", "sms.providers.2.provider: 46elks is there already"),
        ("password_file = \"orebro-second-token\"", "password_file = \"nowhere\"", "sms.providers.2.password: "),
        (
            "provider = \"gatewayapi\"",
            "provider = \"gatewayapi\"\nusername = \"u\"",
            "sms.providers.2.username: this provider has no such setting",
        ),
        ("password_file = \"orebro-second-token\"", "", "sms.providers.2.password: missing; write password_file"),
        ("[[sms.providers]]\nprovider = \"46elks\"", "[sms]\nprovider = \"46elks\"", "not both"),
    ];
    for (from, to, reason) in cases {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let refused = apply_text(&installation, &text).await;
        assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{to}: {}", refused.output());
        assert!(refused.stderr.contains(reason), "{reason} in {}", refused.stderr);
        if let Some(last) = to.lines().last().filter(|_| reason.contains("sms.providers.2")) {
            let line = text.lines().collect::<Vec<_>>().iter().rposition(|line| *line == last).expect("a line") + 1;
            assert!(refused.stderr.contains(&format!("line {line}: ")), "{line} for {to} in {}", refused.stderr);
        }
    }
    let applied = apply_text(&installation, &good).await.succeeded();
    assert!(applied.stdout.contains("\norebro: version 1 is in force\n"), "{}", applied.stdout);
    // Another order, and without the files: each provider keeps the secret that was brought for it.
    let reordered = good.replacen("provider = \"46elks\"", "provider = \"x\"", 1);
    let reordered = reordered.replacen("provider = \"gatewayapi\"", "provider = \"46elks\"\nusername = \"u\"", 1);
    let reordered = reordered.replacen("provider = \"x\"", "provider = \"gatewayapi\"", 1);
    let reordered = reordered.replacen("username = \"write the 46elks user name here\"\n", "", 1);
    let reordered = reordered.replacen("password_file = \"orebro-sms-password\"", "", 1);
    let reordered = reordered.replacen("password_file = \"orebro-second-token\"", "", 1);
    apply_text(&installation, &reordered).await.succeeded();
}

#[tokio::test]
async fn what_is_wrong_is_told_with_line_and_reason_and_nothing_is_applied() {
    let (installation, _) = prepared("orebro");
    let good = text_of("orebro");
    let cases = [
        ("code_minutes = 10", "code_minutse = 10", "unknown field `code_minutse`"),
        ("code_minutes = 10", "code_minutes = \"ten\"", "invalid type"),
        ("code_minutes = 10", "code_minutes = 11", "reset.code_minutes: 5 to 10 minutes"),
        (
            "delayed_change_hours = 48",
            "delayed_change_hours = 23",
            "registration.delayed_change_hours: 24 to 168 hours",
        ),
        (
            "delayed_change_hours = 48",
            "delayed_change_hours = 169",
            "registration.delayed_change_hours: 24 to 168 hours",
        ),
        ("delayed_change_hours = 48", "absent_days = 0", "registration.absent_days: 1 to 365 days"),
        ("delayed_change_hours = 48", "absent_days = 366", "registration.absent_days: 1 to 365 days"),
        ("provider = \"46elks\"", "provider = \"outbox\"", "unknown variant `outbox`"),
        (
            "controllers = [\"ldaps://dc1.orebro.se\"",
            "controllers = [\"dc1.orebro.se\"",
            "is not an address of a directory",
        ),
        (
            "controllers = [\"ldaps://dc1.orebro.se\"",
            "controllers = [\"ldap://dc1.orebro.se\"",
            "write \"ldaps://\", or set starttls = true",
        ),
        (
            "controllers = [\"ldaps://dc1.orebro.se\", \"ldaps://dc2.orebro.se\"]",
            "controllers = []",
            "name at least one",
        ),
        ("base = \"DC=orebro,DC=se\"", "base = \"orebro.se\"", "directory.base: "),
        (
            "units = [\"OU=Användare,DC=orebro,DC=se\"]",
            "units = [\"OU=Användare,DC=mjolby,DC=se\"]",
            "is not below directory.base",
        ),
        (
            "units = [\"OU=Användare,DC=orebro,DC=se\"]",
            "number_attribute = \"unicodePwd\"\nunits = [\"OU=Användare,DC=orebro,DC=se\"]",
            "write mobile, otherMobile, homePhone or pager",
        ),
        (
            "functional_groups = []",
            "functional_groups = [\"CN=Brevlådor,OU=Grupper,DC=mjolby,DC=se\"]",
            "directory.functional_groups: \"CN=Brevlådor,OU=Grupper,DC=mjolby,DC=se\" is not below directory.base",
        ),
        (
            "denied_groups = []",
            "denied_groups = [\"CN=Undantagna,OU=Grupper,DC=mjolby,DC=se\"]",
            "directory.denied_groups: ",
        ),
        ("functional_groups = []", "functional_groups = \"CN=Brevlådor,DC=orebro,DC=se\"", "invalid type"),
        ("sender = \"Orebro\"", "sender = \"Örebro kommun\"", "Örebro kommun"),
        ("preset = \"orebro\"", "preset = \"orebr\"", "unknown variant `orebr`"),
        ("reset = \"pwreset.orebro.se\"", "reset = \"https://pwreset.orebro.se/\"", "is not a host name"),
        ("sms_per_hour = 1000", "sms_per_hour = 0", "limits: "),
        (
            "service_password_file = \"orebro-directory-password\"",
            "service_password_file = \"nowhere\"",
            "directory.service_password: ",
        ),
        (
            "service_password_file = \"orebro-directory-password\"",
            "service_password_env = \"NO_SUCH_VARIABLE\"",
            "the environment has no NO_SUCH_VARIABLE",
        ),
        ("ca_file = \"orebro-ca.pem\"", "ca_file = \"nowhere.pem\"", "directory.ca_file: nowhere.pem: No such file"),
        ("password_file = \"orebro-sms-password\"", "# no password", "sms.password: missing"),
        ("username = \"portvakt\"", "username = \"\"", "mail.username: "),
        // Somebody takes the secret itself for what belongs there.
        ("password_file = \"orebro-sms-password\"", "password = \"Hemligt-Sms-22\"", "unknown field `password`"),
    ];
    for (from, to, reason) in cases {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let line = text.lines().position(|line| line.starts_with(to.lines().next().expect("a line")));
        let refused = apply_text(&installation, &text).await;
        assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{to}: {}", refused.output());
        assert!(refused.stderr.contains("is not applied:\n"), "{}", refused.stderr);
        assert!(refused.stderr.contains(reason), "{reason} in {}", refused.stderr);
        if !to.starts_with('#') && !reason.starts_with("limits") {
            let line = format!("line {}", line.expect("the changed line") + 1);
            assert!(refused.stderr.contains(&line), "{line} for {to} in {}", refused.stderr);
        }
    }
    assert_eq!(listed(&installation).await, "there are no tenants yet: apply one with `portvakt tenant apply FILE`\n");
    apply_text(&installation, good).await.succeeded();
}

#[tokio::test]
async fn several_problems_are_told_together() {
    let (installation, mut tenant) = prepared("mjolby");
    change(&mut tenant, "reset", "code_minutes", 60);
    change(&mut tenant, "directory", "deadline_seconds", 300);
    change(&mut tenant, "directory", "number_attribute", "mobile");
    change(&mut tenant, "registration", "delayed_change_hours", 0);
    change(&mut tenant, "hosts", "register", "pwreset.mjolby.se");
    change(&mut tenant, "mail", "password_file", "nowhere");
    let refused = installation.apply(&tenant).await;
    assert_eq!(refused.code, 1);
    for told in [
        "reset.code_minutes: ",
        "registration.delayed_change_hours: a number that was changed in the directory",
        "directory.deadline_seconds: ",
        "hosts: reset and register",
        "mail.password: ",
    ] {
        assert!(refused.stderr.contains(told), "{told} in {}", refused.stderr);
    }
}

#[tokio::test]
async fn an_authority_that_is_none_is_refused() {
    let (installation, tenant) = prepared("orebro");
    installation.write("orebro-ca.pem", "this is no certificate\n");
    let refused = installation.apply(&tenant).await;
    assert_eq!(refused.code, 1, "{}", refused.output());
    assert!(refused.stderr.contains("directory"), "{}", refused.stderr);
    assert!(listed(&installation).await.starts_with("there are no tenants yet"));
}

#[tokio::test]
async fn secrets_may_stay_as_they_were_and_come_from_the_environment() {
    let (installation, mut tenant) = prepared("orebro");
    let directory = tenant["directory"].as_table_mut().expect("a section");
    directory.remove("service_password_file");
    directory.insert("service_password_env".to_owned(), "TEST_DIRECTORY_PASSWORD".into());
    let file = installation.write("orebro.toml", &tenant.to_string());
    let mut command = installation.command(&["tenant", "apply", file.to_str().expect("UTF-8")]);
    command.env("TEST_DIRECTORY_PASSWORD", "Hemligt-Kat-11");
    harness::process::run(command).await.succeeded();

    for (section, key) in [("directory", "service_password_env"), ("sms", "password_file"), ("mail", "password_file")] {
        tenant[section].as_table_mut().expect("a section").remove(key);
    }
    let kept = installation.apply(&tenant).await.succeeded();
    assert!(kept.stdout.contains("version 1 stays in force"), "{}", kept.stdout);
}

#[tokio::test]
async fn a_host_of_another_tenant_is_refused_and_leaves_nothing_behind() {
    let (installation, orebro) = prepared("orebro");
    installation.apply(&orebro).await.succeeded();
    let mut mjolby = add(&installation, "mjolby");
    change(&mut mjolby, "hosts", "register", "PWReset.Orebro.se.");
    let refused = installation.apply(&mjolby).await;
    assert_eq!(refused.code, 1);
    let told = "hosts.register: pwreset.orebro.se belongs to another tenant";
    assert!(refused.stderr.contains(told) && refused.stderr.contains("line "), "{}", refused.stderr);
    let list = listed(&installation).await;
    assert!(list.starts_with("orebro") && list.lines().count() == 1, "{list}");
}
