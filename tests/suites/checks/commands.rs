//! `portvakt tenant check` and `portvakt tenant delegate`, as an operator meets them; and the canary, which only they have.

use chrono::TimeDelta;
use harness::{
    process::{Finished, Installation},
    services::{NewUser, Services},
    settings::{point_at_samba, preset},
};
use portvakt_demo::practice::{Delegation, Dialect, DomainBuilder, Policy};
use portvakt_domain::{number_attribute::NumberAttribute, tenant::TenantSettings};

use super::{
    practice::{PASSWORD, delegation, domain, policy, serve, service},
    slapd::Own,
};

/// An installation with this tenant in force.
async fn installed(settings: &TenantSettings, password: &str) -> Installation {
    let installation = Installation::sqlite();
    installation.run(&["migrate"]).await.succeeded();
    let mut table = toml::Table::try_from(settings).expect("a table");
    installation.write("ca.pem", &settings.directory.ca_pem);
    for (section, key, secret) in [
        ("directory", "service_password_file", password),
        ("sms", "password_file", "Hemligt-Sms-22"),
        ("mail", "password_file", "Hemligt-Mejl-33"),
    ] {
        let file = format!("{section}-password");
        installation.write(&file, secret);
        table[section].as_table_mut().expect("a section").insert(key.to_owned(), file.into());
    }
    installation.apply(&table).await.succeeded();
    installation
}

async fn practice(builder: DomainBuilder) -> (portvakt_demo::practice::PracticeDirectory, Installation) {
    let (server, directory) = serve(builder).await;
    let installation = installed(&TenantSettings { directory, ..preset("orebro") }, PASSWORD).await;
    (server, installation)
}

/// Lines of the table that begin with a word, by the name of their check.
fn told(finished: &Finished, word: &str) -> Vec<String> {
    let lines = finished.stdout.lines().filter_map(|line| line.strip_prefix(word));
    lines.map(|line| line.trim_start().split("  ").next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_has_a_line_a_check_a_mend_a_failure_and_a_sum() {
    let (_server, installation) = practice(domain(service(), delegation())).await;
    let sound = installation.run(&["tenant", "check", "orebro"]).await.succeeded();
    assert_eq!(told(&sound, "FAIL "), Vec::<String>::new());
    let last = sound.stdout.lines().last().expect("a line");
    assert!(last.ends_with(" ok, 0 warnings, 0 failed, 2 skipped"), "{last}");
    assert!(!sound.output().contains(PASSWORD) && !sound.output().contains("anna"), "{}", sound.output());

    let (_server, installation) = practice(domain(service(), delegation().reset_password(false).below("Annat"))).await;
    let faulty = installation.run(&["tenant", "check", "orebro"]).await;
    assert_eq!(faulty.code, 1, "{}", faulty.output());
    assert_eq!(told(&faulty, "FAIL "), ["reset password"]);
    let mut lines = faulty.stdout.lines().skip_while(|line| !line.starts_with("FAIL"));
    assert!(lines.next().expect("a failure").contains("OU=Personal,DC=prov,DC=test: not granted in 2 of 2 places"));
    let mend = lines.next().expect("a mend").trim_start();
    assert!(mend.starts_with("→ Grant Reset Password on user objects below the unit"), "{mend}");
    assert!(faulty.stdout.ends_with(" 1 warnings, 1 failed, 2 skipped\n"), "{}", faulty.stdout);

    let nobody = installation.run(&["tenant", "check", "motala"]).await;
    assert_eq!((nobody.code, nobody.stdout.as_str()), (1, ""));
    assert!(nobody.stderr.contains("there is no tenant \"motala\""), "{}", nobody.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_are_printed_for_the_tools_of_the_directory() {
    let (_server, installation) = practice(domain(service(), delegation())).await;
    let windows = installation.run(&["tenant", "delegate", "orebro"]).await.succeeded();
    assert!(windows.stdout.contains("Grant 'OU=Personal,DC=prov,DC=test' 'ExtendedRight'"), "{}", windows.stdout);
    assert!(!windows.stdout.contains("mobile") && windows.stdout.contains("# dsacls \"OU=Personal"));
    let number = ["tenant", "delegate", "orebro", "--for", "samba", "--number-attribute", "mobile"];
    let samba = installation.run(&number).await.succeeded();
    assert!(samba.stdout.starts_with("#!/bin/sh\n") && samba.stdout.contains("# mobile\n"), "{}", samba.stdout);
    let other = installation.run(&["tenant", "delegate", "orebro", "--for", "openldap"]).await;
    assert_eq!((other.code, other.stdout.as_str()), (1, ""));
    assert!(other.stderr.contains("its directory is an Active Directory"), "{}", other.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_canary_is_really_reset_and_shows_what_rights_do_not() {
    let write = |attributes: &[&str]| domain(service(), delegation().write(attributes));
    let all = ["lockoutTime", "pwdLastSet", "mobile"];
    let steps = ["canary", "canary reset", "canary sign-in", "canary history", "canary unlock", "canary number"];
    let with = |change: fn(Delegation) -> Delegation| domain(service(), change(delegation().write(&all)));
    let cases: [(DomainBuilder, &str, &[&str]); 7] = [
        (write(&all), "kanarie1", &[]),
        (with(|grant| grant.unexpire_password(false)), "kanarie1", &["canary sign-in"]),
        (with(|grant| grant.reset_password(false)), "kanarie1", &["canary reset"]),
        (write(&all[1..]), "kanarie1", &["canary reset", "canary unlock"]),
        (write(&all[..2]), "kanarie1", &["canary number"]),
        (write(&all).policy(Policy { history: 0, ..policy() }), "kanarie1", &["canary history"]),
        (write(&all).dialect(Dialect::samba()), "kanarie1", &["canary reset"]),
    ];
    for (at, (builder, canary, expected)) in cases.into_iter().enumerate() {
        let (server, installation) = practice(builder).await;
        let arguments = ["tenant", "check", "orebro", "--number-attribute", "mobile", "--canary", canary];
        let checked = installation.run(&arguments).await;
        let failed: Vec<String> = told(&checked, "FAIL ").into_iter().filter(|name| steps.contains(&&**name)).collect();
        assert_eq!(failed, expected, "case {at}: {}", checked.output());
        let account = server.domain().account(canary).expect("the canary");
        assert_eq!(account.values("mobile"), [b"+46701740605"], "case {at}: the number was put back");
        assert_eq!(account.password_is("Start-Losen2026"), expected.contains(&"canary reset"), "case {at}");
        if at == 0 {
            assert!(checked.code == 0 && told(&checked, "ok ").iter().any(|name| name == "canary history"));
            let store = installation.store().await;
            let row = portvakt_storage::operator::find_tenant(&store, "orebro".to_owned()).await.expect("read");
            let key = std::sync::Arc::new(installation.keys.audit_key(row.as_ref().expect("a tenant").id));
            let id = row.expect("a tenant").id;
            portvakt_storage::audit::seal_pending(&store, id, key, 100).await.expect("sealed");
            let chain = portvakt_storage::audit::read_chain(&store, id, 1, 100).await.expect("a chain");
            let kinds: Vec<String> = chain.into_iter().filter_map(|(_, event)| Some(event?.kind)).collect();
            assert!(
                kinds.ends_with(&["check.canary_intended".to_owned(), "check.canary_outcome".to_owned()]),
                "{kinds:?}"
            );
        }
    }

    // Nobody is reset by a slip: a person, an administrator, somebody outside, nobody.
    for name in ["anna", "chef", "utanfor", "ingen"] {
        let (server, installation) = practice(write(&all)).await;
        let refused = installation.run(&["tenant", "check", "orebro", "--canary", name]).await;
        assert_eq!((refused.code, told(&refused, "FAIL ")), (1, vec!["canary".to_owned()]), "{name}");
        for login in ["anna", "chef", "utanfor"] {
            assert!(server.domain().account(login).expect("somebody").password_is("Start-Losen2026"), "{login}");
        }
    }

    // A minimum age is told, not taken for a working history.
    let aged = write(&all).policy(Policy { minimum_age: TimeDelta::hours(1), ..policy() });
    let (server, installation) = practice(aged).await;
    server
        .domain()
        .account("kanarie1")
        .expect("the canary")
        .overwrite("pwdLastSet", &["132000000000000000"])
        .expect("set");
    let checked = installation.run(&["tenant", "check", "orebro", "--canary", "kanarie1"]).await;
    assert!(told(&checked, "warn ").contains(&"canary history".to_owned()), "{}", checked.output());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_canary_on_samba_and_on_openldap() {
    // Samba, with the seeded rights.
    let samba = &Services::get().orebro;
    let canary = samba.create_user(NewUser::staff().named("kanarie")).await;
    let mut settings = preset("orebro");
    point_at_samba(&mut settings, samba);
    settings.directory.number_attribute = Some(NumberAttribute::Mobile);
    let installation = installed(&settings, &samba.service_password).await;
    let delegated = installation.run(&["tenant", "delegate", "orebro", "--for", "samba"]).await.succeeded();
    assert!(delegated.stdout.contains("# mobile\n"), "the tenant's own attribute: {}", delegated.stdout);
    let arguments = ["tenant", "check", "orebro", "--canary", &canary.sam];
    let checked = installation.run(&arguments).await;
    assert_eq!((checked.code, told(&checked, "FAIL ")), (0, Vec::new()), "{}", checked.output());
    assert!(told(&checked, "ok ").contains(&"canary number".to_owned()), "{}", checked.output());
    assert!(samba.bind(&canary.dn, &canary.password).await.is_err(), "it was really reset");

    // OpenLDAP: the generated rules, and what each lacks.
    type Change = fn(String) -> String;
    let cases: [(Change, &[&str]); 5] = [
        (|rules| rules, &[]),
        (|rules| rules.replace(" =w by", " manage by"), &["canary sign-in", "canary history"]),
        (|rules| rules.replace(" =w by", " =0 by"), &["canary reset"]),
        (|rules| without(&rules, "attrs=pwdAccountLockedTime by"), &["canary unlock"]),
        (|rules| without(&rules, "attrs=mobile by"), &["canary number"]),
    ];
    for (at, (change, expected)) in cases.into_iter().enumerate() {
        let (own, settings) = Own::with(change).await;
        let installation = installed(&settings, own.password()).await;
        let arguments = ["tenant", "check", "orebro", "--number-attribute", "mobile", "--canary", "kanarie1"];
        let checked = installation.run(&arguments).await;
        assert_eq!(told(&checked, "FAIL "), expected, "case {at}: {}", checked.output());
        assert_eq!(checked.code, i32::from(!expected.is_empty()), "case {at}");
    }
}

/// The rules without those that hold a text.
fn without(rules: &str, text: &str) -> String {
    rules.lines().filter(|line| !line.contains(text)).collect::<Vec<_>>().join("\n") + "\n"
}
