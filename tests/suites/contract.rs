//! The table of what a domain controller answers, run against Samba: each row is what the practice directory answers too,
//! or a difference that the table lists.

use std::{process::Command, time::Duration};

use harness::{process::run_within, services::Services};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn samba_keeps_the_contract() {
    // The table sets the domain's policy: other suites must not meet it.
    let controller = Services::get().orebro.throwaway("contract").await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/directories/contract.py");
    // Debian's own Python: the first in the path may be another, which lacks python-ldap.
    let mut command = Command::new("/usr/bin/python3");
    command
        .args([script, "--kind", "samba", "--url", &controller.url, "--base", &controller.base])
        .args(["--admin", &controller.admin_upn, "--admin-password", &controller.admin_password])
        .args(["--service", &controller.service_upn, "--service-password", &controller.service_password])
        .args(["--ou", &controller.staff_ou])
        .arg("--ca")
        .arg(&controller.ca_file)
        .arg("--smb-conf")
        .arg(&controller.smb_conf);
    let done = run_within(Duration::from_secs(600), command).await;
    let told: Vec<&str> = done.stdout.lines().filter(|line| !line.starts_with("ok ")).collect();
    assert_eq!(done.code, 0, "{}\n{}", told.join("\n"), done.stderr);
    println!("{}", told.join("\n"));
}
