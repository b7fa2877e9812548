//! The contract table, run against the practice directory from outside: python-ldap, ldapsearch and ldapmodify.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use portvakt_demo::practice::{
    Delegation, DomainBuilder, Policy, PracticeDirectory, UserSpec, system_clock, user_flags,
};

const PYTHON: &str = "/usr/bin/python3";

#[tokio::test(flavor = "multi_thread")]
async fn the_practice_directory_keeps_the_contract() {
    let there = Command::new(PYTHON).args(["-c", "import ldap"]).stderr(Stdio::null()).status();
    let there = there.is_ok_and(|status| status.success());
    assert!(there, "{PYTHON} has no module ldap: on Debian, apt-get install python3-ldap ldap-utils");
    let domain = DomainBuilder::new("kontrakt.test", "KONTRAKT")
        .policy(Policy::default())
        .administrator("Passw0rd!Admin")
        .unit("Personal")
        .user(UserSpec::new("svc", "Svc!Losenord2026").flags(user_flags::PASSWORD_NEVER_EXPIRES))
        .delegate(Delegation::to("svc").below("Personal"))
        .build(system_clock())
        .expect("a domain");
    let server = PracticeDirectory::start(domain, "127.0.0.1:0".parse().expect("an address")).await.expect("a server");
    let ca = std::env::temp_dir().join(format!("portvakt-contract-{}.pem", std::process::id()));
    std::fs::write(&ca, server.ca_pem()).expect("the authority");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/directories/contract.py");
    let mut command = Command::new(PYTHON);
    command
        .arg(script)
        .args(["--url", &server.url(), "--base", "DC=kontrakt,DC=test", "--kind", "practice"])
        .args(["--admin", "administrator@kontrakt.test", "--admin-password", "Passw0rd!Admin"])
        .args(["--service", "svc@kontrakt.test", "--service-password", "Svc!Losenord2026"])
        .args(["--ou", "OU=Personal,DC=kontrakt,DC=test"])
        .arg("--ca")
        .arg(&ca);
    let done = tokio::task::spawn_blocking(move || command.output()).await.expect("joined").expect("python runs");
    let _ = std::fs::remove_file(&ca);
    let output = String::from_utf8_lossy(&done.stdout);
    let told: Vec<&str> = output.lines().filter(|line| !line.starts_with("ok ")).collect();
    assert!(done.status.success(), "{}\n{}", told.join("\n"), String::from_utf8_lossy(&done.stderr));
    println!("{}", told.join("\n"));
    server.shutdown().await;
}
