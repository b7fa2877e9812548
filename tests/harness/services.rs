//! The real servers of a test run, and what suites do with them: two Samba domains, PostgreSQL, Chromium.
//!
//! `tests/run` starts them and describes them in `services.json`; nothing here starts a server except
//! [`Samba::throwaway`].

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Mod, Scope, SearchEntry, StdStream};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use serde::Deserialize;
use tokio::{net::TcpStream, process::Command};
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

/// Generous, because a loaded machine is slow; a frozen controller is noticed long before a suite gives up.
const DEADLINE: Duration = Duration::from_secs(30);

/// Everything `tests/run` started for this run.
#[derive(Debug, Deserialize)]
pub struct Services {
    /// The private folder of the run; it disappears with it.
    #[serde(skip)]
    pub run: PathBuf,
    /// The first three figures of the run's own loopback addresses, such as `127.77.3`.
    pub block: String,
    /// The certificate authority that signed every server's certificate.
    pub ca_file: PathBuf,
    /// Its key, for tests that need one more certificate.
    pub ca_key_file: PathBuf,
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
    pub postgres: Postgres,
    pub orebro: Samba,
    pub mjolby: Samba,
}

impl Services {
    /// The services of this run.
    ///
    /// # Panics
    /// When there are none.
    pub fn get() -> &'static Self {
        static SERVICES: OnceLock<Services> = OnceLock::new();
        SERVICES.get_or_init(|| {
            let run = std::env::var_os("PORTVAKT_TEST_RUN")
                .expect("start the services with tests/run (or tests/run services)");
            let run = PathBuf::from(run);
            let text = fs::read_to_string(run.join("services.json")).unwrap_or_else(|error| {
                panic!("{}: {error}; start the services with tests/run (or tests/run services)", run.display())
            });
            let mut services: Self = serde_json::from_str(&text).expect("services.json is as tests/run writes it");
            services.run = run;
            services
        })
    }

    /// A loopback address that no other test of any run uses until it is dropped.
    pub fn address(&self) -> Address {
        // Each address in use has a file; making the file takes the address, across processes too.
        let taken = self.run.join("addresses");
        (10..=254)
            .find_map(|last: u8| {
                let file = taken.join(last.to_string());
                fs::File::create_new(&file).ok()?;
                let ip = format!("{}.{last}", self.block);
                Some(Address { ip, file })
            })
            .expect("one of 245 addresses is free")
    }
}

/// An address taken with [`Services::address`].
#[derive(Debug)]
pub struct Address {
    pub ip: String,
    file: PathBuf,
}

impl Drop for Address {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}

/// A TLS client that trusts the authorities in the file and nobody else.
pub fn client_config(ca_file: &Path) -> Arc<ClientConfig> {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        // An error means that somebody else was first, which is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca_file).expect("the authority's file is there") {
        roots.add(certificate.expect("it is PEM")).expect("it holds a certificate");
    }
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    Arc::new(config)
}

// ---------------------------------------------------------------------------------------------- domain controllers

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

    /// Makes a new account as the specification says.
    pub async fn create_user(&self, new: NewUser) -> TestUser {
        let mut admin = self.admin().await;
        let user = self.add_user(&mut admin, &new).await;
        for group in &new.groups {
            self.add_member(&mut admin, group, &user.dn).await;
        }
        if let Some(ago) = &new.password_set_ago {
            self.backdate(&user.sam, &[&format!("pwdLastSet={ago}")]).await;
        }
        if new.locked {
            self.lock(&user).await;
        }
        user
    }

    async fn add_user(&self, admin: &mut Ldap, new: &NewUser) -> TestUser {
        let id = Uuid::new_v4().simple().to_string();
        let sam = format!("{}-{}", new.name, &id[..8]);
        let unit = if new.elsewhere { &self.other_ou } else { &self.staff_ou };
        let dn = format!("CN={sam},{unit}");
        let upn = format!("{sam}@{}", self.realm);
        let password = new.password.clone().unwrap_or_else(|| format!("Start-{}-1", &id[16..]));
        let mut control = 0x200;
        if new.disabled {
            control |= 0x2;
        }
        if new.functional {
            control |= 0x1_0000;
        }
        let mut attributes = BTreeMap::from([
            ("objectClass", b"user".to_vec()),
            ("sAMAccountName", sam.clone().into_bytes()),
            ("userPrincipalName", upn.clone().into_bytes()),
            ("mail", upn.clone().into_bytes()),
            ("displayName", new.display_name.clone().into_bytes()),
            ("userAccountControl", control.to_string().into_bytes()),
            ("unicodePwd", quoted_utf16(&password)),
        ]);
        if new.must_change {
            attributes.insert("pwdLastSet", b"0".to_vec());
        }
        if new.account_expired {
            let yesterday = SystemTime::now() - Duration::from_secs(24 * 60 * 60);
            attributes.insert("accountExpires", filetime(yesterday).to_string().into_bytes());
        }
        for (name, value) in &new.attributes {
            attributes.insert(name, value.clone().into_bytes());
        }
        let attributes =
            attributes.into_iter().map(|(name, value)| (name.as_bytes().to_vec(), HashSet::from([value]))).collect();
        admin
            .add(&dn, attributes)
            .await
            .and_then(ldap3::LdapResult::success)
            .unwrap_or_else(|error| panic!("{dn} was not created: {error}"));
        let guid = guid(admin, &dn).await;
        TestUser {
            guid,
            netbios_login: format!("{}\\{sam}", self.netbios),
            mail: upn.clone(),
            display_name: new.display_name.clone(),
            sam,
            dn,
            upn,
            password,
        }
    }

    async fn add_member(&self, admin: &mut Ldap, group: &str, member: &str) {
        let group = self.find(admin, group).await;
        admin
            .modify(&group, vec![Mod::Add("member", HashSet::from([member]))])
            .await
            .and_then(ldap3::LdapResult::success)
            .unwrap_or_else(|error| panic!("{member} did not join {group}: {error}"));
    }

    /// Locks an account the way a stranger does: with as many wrong passwords as it takes.
    pub async fn lock(&self, user: &TestUser) {
        let mut ldap = self.connect().await;
        for _ in 0..5 {
            let wrong = bind(&mut ldap, &user.dn, "Fel-losenord-1").await;
            assert!(wrong.is_err(), "a wrong password was right");
        }
        let locked = bind(&mut ldap, &user.dn, &user.password).await;
        assert_eq!(locked, Err("775".into()), "five wrong passwords lock");
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

/// What [`Samba::create_user`] makes; without more words, somebody of the staff for whom all is well.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    name: String,
    display_name: String,
    password: Option<String>,
    elsewhere: bool,
    disabled: bool,
    must_change: bool,
    account_expired: bool,
    locked: bool,
    functional: bool,
    password_set_ago: Option<String>,
    groups: Vec<String>,
    attributes: Vec<(&'static str, String)>,
}

impl NewUser {
    /// Somebody in `OU=Anvandare`.
    pub fn staff() -> Self {
        Self { name: "prov".into(), display_name: "Petra Åström".into(), ..Self::default() }
    }

    /// Somebody in `OU=Ovriga`, where the service account has no rights.
    pub fn elsewhere() -> Self {
        Self { elsewhere: true, ..Self::staff() }
    }

    /// The beginning of the user name (eleven characters at most); the rest makes it unique.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        assert!(name.len() <= 11, "a sAMAccountName has 20 characters at most");
        Self { name: name.into(), ..self }
    }

    #[must_use]
    pub fn display_name(self, display_name: &str) -> Self {
        Self { display_name: display_name.into(), ..self }
    }

    /// This password instead of a random one.
    #[must_use]
    pub fn password(self, password: &str) -> Self {
        Self { password: Some(password.into()), ..self }
    }

    /// The mobile number in the directory.
    #[must_use]
    pub fn mobile(self, number: &str) -> Self {
        self.attribute("mobile", number)
    }

    /// Any other attribute; it takes the place of one that is set anyway, such as `mail`.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// A member of the group with this sAMAccountName: `Politiker`, `Undantagna`, `Domain Admins`.
    #[must_use]
    pub fn member_of(mut self, group: &str) -> Self {
        self.groups.push(group.into());
        self
    }

    #[must_use]
    pub fn disabled(self) -> Self {
        Self { disabled: true, ..self }
    }

    #[must_use]
    pub fn must_change(self) -> Self {
        Self { must_change: true, ..self }
    }

    /// Ended yesterday.
    #[must_use]
    pub fn account_expired(self) -> Self {
        Self { account_expired: true, ..self }
    }

    /// Locked by five wrong passwords.
    #[must_use]
    pub fn locked(self) -> Self {
        Self { locked: true, ..self }
    }

    /// The password was set so long ago (`83d`): it lives for 90 days.
    #[must_use]
    pub fn password_set_ago(self, ago: &str) -> Self {
        Self { password_set_ago: Some(ago.into()), ..self }
    }

    #[must_use]
    pub fn password_expired(self) -> Self {
        self.password_set_ago("91d")
    }

    /// A password that never expires, as shared accounts have.
    #[must_use]
    pub fn functional(self) -> Self {
        Self { functional: true, ..self }
    }
}

/// An account that a test made.
#[derive(Clone)]
pub struct TestUser {
    /// `objectGUID`, by which Portvakt knows the account.
    pub guid: Uuid,
    pub dn: String,
    pub sam: String,
    pub upn: String,
    /// `OREBRO\name`
    pub netbios_login: String,
    pub mail: String,
    pub display_name: String,
    pub password: String,
}

async fn bind(ldap: &mut Ldap, login: &str, password: &str) -> Result<(), String> {
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

async fn read(ldap: &mut Ldap, dn: &str, names: &[&str]) -> SearchEntry {
    let (mut found, _) = ldap
        .search(dn, Scope::Base, "(objectClass=*)", names)
        .await
        .and_then(ldap3::SearchResult::success)
        .unwrap_or_else(|error| panic!("{dn} cannot be read: {error}"));
    SearchEntry::construct(found.pop().expect("a base search finds its base"))
}

async fn guid(ldap: &mut Ldap, dn: &str) -> Uuid {
    let mut entry = read(ldap, dn, &["objectGUID"]).await;
    // The crate sorts values by whether they happen to be UTF-8.
    let bytes = match entry.bin_attrs.remove("objectGUID") {
        Some(mut values) => values.pop(),
        None => entry.attrs.remove("objectGUID").and_then(|mut values| values.pop()).map(String::into_bytes),
    };
    let bytes = bytes.expect("every object has one");
    Uuid::from_bytes_le(bytes.try_into().expect("it has 16 bytes"))
}

/// The form in which Active Directory takes a password.
pub fn quoted_utf16(password: &str) -> Vec<u8> {
    format!("\"{password}\"").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A time as Active Directory writes it: 100 ns since 1601.
pub fn filetime(time: SystemTime) -> u128 {
    let since_1970 = time.duration_since(UNIX_EPOCH).expect("tests live after 1970");
    (since_1970 + Duration::from_secs(11_644_473_600)).as_nanos() / 100
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

// ------------------------------------------------------------------------------------------------------- databases

/// The run's PostgreSQL. It speaks TLS only.
#[derive(Debug, Deserialize)]
pub struct Postgres {
    pub host: String,
    pub port: u16,
    pub ca_file: PathBuf,
    pub superuser_url: String,
    owner_password: String,
    app_password: String,
    control_password: String,
}

impl Postgres {
    /// A new, empty database, which goes when the value is dropped. Every role may connect; only the owner may do
    /// anything yet.
    pub async fn fresh_database(&'static self) -> TestDatabase {
        let name = format!("portvakt_{}", Uuid::new_v4().simple());
        self.administer(&[
            &format!("create database {name} owner portvakt_owner template template0"),
            &format!("revoke all on database {name} from public"),
            &format!("grant connect on database {name} to portvakt_app, portvakt_control"),
        ])
        .await;
        let url = |role: &str, password: &str| {
            format!("postgres://{role}:{password}@{}:{}/{name}?sslmode=require", self.host, self.port)
        };
        TestDatabase {
            owner_url: url("portvakt_owner", &self.owner_password),
            app_url: url("portvakt_app", &self.app_password),
            control_url: url("portvakt_control", &self.control_password),
            postgres: self,
            name,
        }
    }

    /// A connection to the address given, checked against the run's authority.
    pub async fn connect(&self, url: &str) -> Result<tokio_postgres::Client, tokio_postgres::Error> {
        let tls = MakeRustlsConnect::new(ClientConfig::clone(&client_config(&self.ca_file)));
        let (client, connection) = tokio_postgres::connect(url, tls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Each statement on its own, as superuser: databases are not made inside a transaction.
    async fn administer(&self, statements: &[&str]) {
        let client = self.connect(&self.superuser_url).await.expect("the superuser can connect");
        for statement in statements {
            client.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    }
}

/// A database of one test.
pub struct TestDatabase {
    pub name: String,
    /// For migrations: owns the database and what is made in it.
    pub owner_url: String,
    /// For the tenants' tables.
    pub app_url: String,
    /// For what belongs to no tenant.
    pub control_url: String,
    postgres: &'static Postgres,
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // On a thread of its own, because the test's runtime is busy with dropping.
        let (postgres, name) = (self.postgres, self.name.clone());
        let dropping = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime starts")
                .block_on(postgres.administer(&[&format!("drop database {name} with (force)")]));
        });
        if dropping.join().is_err() {
            eprintln!("the database {} was not dropped", self.name);
        }
    }
}
