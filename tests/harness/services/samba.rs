//! A Samba domain controller: asked and told as administrator, frozen, or cloned for one test.

use std::{
    collections::BTreeMap,
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    process::Stdio,
};

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Scope, SearchEntry, StdStream};
use serde::Deserialize;
use tokio::{net::TcpStream, process::Command};
use uuid::Uuid;

use super::{Address, DEADLINE, Services, client_config};

/// A Samba domain controller.
///
/// Seeded are the units `OU=Anvandare` (staff), `OU=Ovriga`, `OU=Tjanstekonton` and `OU=Grupper`, the groups
/// `Politiker` (to which the stricter policy `Langre` applies) and `Undantagna`, and the service account.
#[derive(Clone, Debug, Deserialize)]
pub struct Samba {
    /// `orebro`
    pub name: String,
    /// `orebro.test`
    pub realm: String,
    /// `OREBRO`
    pub netbios: String,
    /// `dc-orebro.orebro.test`, which its certificate names beside the address.
    pub host: String,
    pub ip: String,
    /// `ldaps://` and the address.
    pub url: String,
    /// `DC=orebro,DC=test`
    pub base: String,
    pub staff_ou: String,
    pub other_ou: String,
    pub ca_file: PathBuf,
    pub admin_upn: String,
    pub admin_password: String,
    /// The account Portvakt uses: it resets and unlocks in `staff_ou`, and reads the password settings.
    pub service_upn: String,
    pub service_dn: String,
    pub service_password: String,
    pub folder: PathBuf,
    pub smb_conf: PathBuf,
    pub pid_file: PathBuf,
}

impl Samba {
    /// A connection bound as administrator.
    pub async fn admin(&self) -> Ldap {
        let mut ldap = self.connect().await;
        ldap.simple_bind(&self.admin_upn, &self.admin_password)
            .await
            .and_then(ldap3::LdapResult::success)
            .expect("the administrator can bind");
        ldap
    }

    /// A connection that is not bound yet.
    pub async fn connect(&self) -> Ldap {
        let stream = tokio::time::timeout(DEADLINE, TcpStream::connect((self.ip.as_str(), 636)))
            .await
            .unwrap_or_else(|_| panic!("{} does not answer", self.url))
            .unwrap_or_else(|error| panic!("{} does not answer: {error}", self.url));
        // Left to itself the crate waits 40 ms before the first request: for the server to acknowledge the handshake.
        stream.set_nodelay(true).expect("a connected socket");
        let stream = stream.into_std().expect("a connected socket");
        let settings = LdapConnSettings::new()
            .set_conn_timeout(DEADLINE)
            .set_std_stream(StdStream::Tcp(stream))
            .set_config(client_config(&self.ca_file));
        let (connection, ldap) = LdapConnAsync::with_settings(settings, &self.url)
            .await
            .unwrap_or_else(|error| panic!("{} does not answer: {error}", self.url));
        ldap3::drive!(connection);
        ldap
    }

    /// Tries a login (a DN, a UPN or `OREBRO\name`); the error is the directory's own `data` code, such as `775`.
    pub async fn bind(&self, login: &str, password: &str) -> Result<(), String> {
        bind(&mut self.connect().await, login, password).await
    }

    /// The name of the object that has this sAMAccountName.
    pub async fn find(&self, ldap: &mut Ldap, sam: &str) -> String {
        let filter = format!("(sAMAccountName={})", ldap3::ldap_escape(sam));
        let (mut found, _) = ldap
            .search(&self.base, Scope::Subtree, &filter, ["1.1"])
            .await
            .and_then(ldap3::SearchResult::success)
            .expect("the search succeeds");
        let entry = found.pop().unwrap_or_else(|| panic!("nobody is called {sam}"));
        SearchEntry::construct(entry).dn
    }

    /// What the administrator reads of one object; attributes without a value are absent.
    pub async fn attributes(&self, dn: &str, names: &[&str]) -> BTreeMap<String, Vec<String>> {
        let entry = read(&mut self.admin().await, dn, names).await;
        entry.attrs.into_iter().collect()
    }

    /// Writes times that LDAP refuses to set, as `backdate.py` takes them: `pwdLastSet=91d`, `lockoutTime=31m`.
    pub async fn backdate(&self, sam: &str, changes: &[&str]) {
        let script = folder_of_tests().join("directories/backdate.py");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).arg(&self.smb_conf).arg(sam).args(changes);
        run(&mut command).await;
    }

    /// So many accounts in a unit of their own, straight into the database, as `crowd.py` makes them.
    pub async fn crowd(&self, unit: &str, count: usize) {
        let script = folder_of_tests().join("directories/crowd.py");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).arg(&self.smb_conf).arg(unit).arg(count.to_string());
        run(&mut command).await;
    }

    /// Stops the controller in the middle of whatever it does, as a network that swallows everything would; it goes
    /// on when the guard is dropped. For throw-away controllers: others use the run's own.
    pub fn freeze(&self) -> Frozen {
        let frozen = Frozen { pid: self.pid() };
        assert!(signal("STOP", &frozen.pid), "the controller of {} does not run", self.name);
        frozen
    }

    fn pid(&self) -> String {
        let text = fs::read_to_string(&self.pid_file)
            .unwrap_or_else(|error| panic!("the controller of {} does not run: {error}", self.name));
        let (pid, _) = text.split_once(' ').expect("the file holds the pid and when it began");
        pid.to_owned()
    }

    /// A controller of the same domain as it was when the run began, on an address of its own, for one test alone:
    /// the same names, passwords and service account, but nothing is replicated. The name is for its folder.
    pub async fn throwaway(&self, name: &str) -> Throwaway {
        let address = Services::get().address();
        let folder = self.folder.with_file_name(format!("{name}-{}", Uuid::new_v4().simple()));
        let throwaway = Throwaway {
            controller: Self {
                ip: address.ip.clone(),
                url: format!("ldaps://{}", address.ip),
                smb_conf: folder.join("etc/smb.conf"),
                pid_file: folder.join("pid"),
                folder,
                ..self.clone()
            },
            address,
        };
        let mut clone = samba_script("clone", &self.folder);
        run(clone.arg(&throwaway.folder).arg(&throwaway.address.ip)).await;
        throwaway.start().await;
        throwaway
    }
}

/// A controller that one test has for itself; dropping it stops it and removes its folder.
#[derive(Debug)]
pub struct Throwaway {
    controller: Samba,
    address: Address,
}

impl Throwaway {
    /// Stops it: connections to it are refused from now on.
    pub async fn stop(&self) {
        run(&mut samba_script("stop", &self.folder)).await;
    }

    /// Starts it again, with everything it knew.
    pub async fn start(&self) {
        run(&mut samba_script("start", &self.folder)).await;
    }
}

impl Deref for Throwaway {
    type Target = Samba;

    fn deref(&self) -> &Samba {
        &self.controller
    }
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        let wiped = samba_script("wipe", &self.folder).into_std().status();
        if !wiped.is_ok_and(|status| status.success()) {
            eprintln!("the controller in {} was not removed", self.folder.display());
        }
    }
}

/// A controller that does nothing until this is dropped.
#[derive(Debug)]
pub struct Frozen {
    pid: String,
}

impl Frozen {
    /// Lets it go on.
    pub fn thaw(self) {}
}

impl Drop for Frozen {
    fn drop(&mut self) {
        // It may have been thrown away meanwhile.
        signal("CONT", &self.pid);
    }
}

pub(super) async fn bind(ldap: &mut Ldap, login: &str, password: &str) -> Result<(), String> {
    let result = tokio::time::timeout(DEADLINE, ldap.simple_bind(login, password))
        .await
        .expect("the controller answers")
        .expect("the connection lasts");
    match result.rc {
        0 => Ok(()),
        // "… AcceptSecurityContext error, data 775, v1db1"
        49 => Err(result
            .text
            .split_once("data ")
            .and_then(|(_, rest)| rest.split(',').next())
            .unwrap_or(&result.text)
            .to_owned()),
        other => Err(format!("result {other}: {}", result.text)),
    }
}

pub(super) async fn read(ldap: &mut Ldap, dn: &str, names: &[&str]) -> SearchEntry {
    let (mut found, _) = ldap
        .search(dn, Scope::Base, "(objectClass=*)", names)
        .await
        .and_then(ldap3::SearchResult::success)
        .unwrap_or_else(|error| panic!("{dn} cannot be read: {error}"));
    SearchEntry::construct(found.pop().expect("a base search finds its base"))
}

fn folder_of_tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn samba_script(verb: &str, folder: &Path) -> Command {
    let mut command = Command::new(folder_of_tests().join("directories/samba.sh"));
    command.arg(verb).arg(folder);
    command
}

/// Runs a script to its end and shows what it said if it failed.
async fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().await.expect("the script can be run");
    assert!(
        output.status.success(),
        "{:?} failed: {}{}",
        command.as_std(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}

fn signal(name: &str, pid: &str) -> bool {
    let sent = std::process::Command::new("kill").args(["-s", name, pid]).stderr(Stdio::null()).status();
    sent.is_ok_and(|status| status.success())
}
