//! What is measured, and what stands around it: `portvakt serve` as a process on PostgreSQL with two tenants, Örebro on a
//! practice directory in a process of its own, Mjölby on Samba; one SMS gateway, one mail server.

use std::{path::PathBuf, sync::Arc};

use harness::{
    certificate::LoopbackCertificate,
    gateway::{FortySixElks, GatewayDouble},
    mailserver::{MailServer, Protection},
    process::{Installation, Process, Serving, change, portvakt},
    services::Services,
    site::{self, DirectoryPlace},
};
use portvakt_demo::accounts::sample;
use portvakt_domain::id::TenantId;
use portvakt_storage::{Store, operator};

use crate::{
    bare::{Address, Bare},
    parts::Size,
    people::{self, Member, Registry},
    phones::Phones,
    usage,
};

/// Where people get back in.
pub const OREBRO: &str = "pwreset.orebro.se";
/// The same at the tenant with Samba.
pub const MJOLBY: &str = "pwreset.mjolby.se";

/// Everything that a run stands on.
pub struct Stage {
    pub installation: Installation,
    pub served: Serving,
    pub phones: Phones,
    pub practice: Directory,
    pub samba: Directory,
    surroundings: Surroundings,
}

/// Where the tenants point.
pub struct Surroundings {
    gateway: Arc<GatewayDouble>,
    mail: MailServer,
    practice: Address,
    practice_ca: PathBuf,
    process: Process,
    /// Holds the file, until the end.
    _folder: tempfile::TempDir,
}

/// A tenant's directory, and its people who were not measured yet.
pub struct Directory {
    pub name: &'static str,
    pub host: &'static str,
    pub bare: Bare,
    members: Vec<Member>,
    pid: u32,
}

impl Directory {
    /// The next so many people.
    ///
    /// # Panics
    /// When fewer are left: sizes are counted beforehand.
    pub fn take(&mut self, count: usize) -> Vec<Member> {
        self.members.split_off(self.members.len() - count)
    }

    /// Processor seconds that the directory used so far.
    pub fn cpu_seconds(&self) -> f64 {
        usage::family_cpu_seconds(self.pid)
    }
}

impl Stage {
    /// Starts everything, and registers everybody's number.
    pub async fn set(size: &Size) -> Self {
        println!(
            "== stage: {} accounts at the practice directory, {} in Samba",
            size.accounts(),
            size.samba_accounts()
        );
        let around = Surroundings::start(size.accounts()).await;
        let installation = Installation::postgres().await;
        installation.run(&["migrate"]).await.succeeded();
        around.apply_tenants(&installation).await;
        let store = installation.store().await;
        let practice = around.practice_people(&installation, &store, size).await;
        let samba = around.samba_people(&installation, &store, size).await;
        let served = installation.serve().await;
        let phones = Phones::of(around.gateway.clone());
        Self { installation, served, phones, practice, samba, surroundings: around }
    }

    /// Another installation with the same tenants, on SQLite.
    pub async fn on_sqlite(&self) -> Installation {
        let installation = Installation::sqlite();
        self.surroundings.apply_tenants(&installation).await;
        installation
    }

    /// A tenant's preset, pointed at a directory, and at the gateway and the mail server that run here.
    pub fn tenant(
        &self,
        installation: &Installation,
        slug: &str,
        directory: &DirectoryPlace<'_>,
        history: &str,
    ) -> toml::Table {
        self.surroundings.tenant(installation, slug, directory, history)
    }

    /// The tenant's directory, phones and server at once.
    pub fn parts_of(&mut self, samba: bool) -> (&mut Directory, &Phones, &Serving) {
        let directory = if samba { &mut self.samba } else { &mut self.practice };
        (directory, &self.phones, &self.served)
    }
}

impl Surroundings {
    async fn start(accounts: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let ca_file = folder.path().join("practice-ca.pem");
        let count = accounts.to_string();
        let arguments = ["practice-directory", "--listen", "127.0.0.1:0", "--accounts", &count, "--ca-file"];
        let mut process = Process::start(portvakt(&arguments).arg(&ca_file));
        process.line("service account").await;
        let told = process.stdout();
        let url = told.lines().find_map(|line| line.strip_prefix("url")).expect("its address").trim().to_owned();
        let sample = sample("orebro").expect("a sample tenant");
        let practice = Address {
            url,
            base: sample.base_dn,
            account: sample.service_upn,
            password: sample.service_password.to_owned(),
        };
        let gateway = Arc::new(GatewayDouble::with_certificate(FortySixElks, &LoopbackCertificate::new()));
        let mail = MailServer::start(Protection::Starttls);
        Self { gateway, mail, practice, practice_ca: ca_file, process, _folder: folder }
    }

    async fn apply_tenants(&self, installation: &Installation) {
        for tenant in [self.orebro(installation), self.mjolby(installation)] {
            installation.apply(&tenant).await.succeeded();
        }
    }

    fn orebro(&self, installation: &Installation) -> toml::Table {
        let sample = sample("orebro").expect("a sample tenant");
        let directory = DirectoryPlace {
            url: &self.practice.url,
            ca_pem: &std::fs::read_to_string(&self.practice_ca).expect("an authority"),
            base: &self.practice.base,
            netbios: "OREBRO",
            account: &self.practice.account,
            password: &self.practice.password,
            staff: &sample.staff_dn,
            functional: &sample.functional_dn,
        };
        self.tenant(installation, "orebro", &directory, "policy_hints")
    }

    fn mjolby(&self, installation: &Installation) -> toml::Table {
        let samba = &Services::get().mjolby;
        let directory = DirectoryPlace {
            url: &samba.url,
            ca_pem: &std::fs::read_to_string(&samba.ca_file).expect("an authority"),
            base: &samba.base,
            netbios: &samba.netbios,
            account: &samba.service_upn,
            password: &samba.service_password,
            staff: &samba.staff_ou,
            functional: &samba.functional_ou(),
        };
        self.tenant(installation, "mjolby", &directory, "none")
    }

    /// A tenant's preset, pointed at what runs here.
    fn tenant(
        &self,
        installation: &Installation,
        slug: &str,
        directory: &DirectoryPlace<'_>,
        history: &str,
    ) -> toml::Table {
        let around = site::Surroundings { gateway: &self.gateway, mail: &self.mail };
        let mut tenant = around.tenant_file(installation, slug, directory);
        change(&mut tenant, "directory", "history", history);
        // A budget for as many as come: limits hold, and a tenant of this size would have raised it.
        change(&mut tenant, "limits", "sms_per_hour", 1_000_000);
        change(&mut tenant, "limits", "sms_per_day", 1_000_000);
        tenant
    }

    async fn practice_people(&self, installation: &Installation, store: &Store, size: &Size) -> Directory {
        let bare = Bare::connect(&self.practice, &self.practice_ca).await;
        let registry = Registry { store, keys: &installation.keys, tenant: tenant_id(store, "orebro").await };
        people::samples(&sample("orebro").expect("a sample tenant"), &bare, registry).await;
        let members = people::computed(size.accounts(), &bare, registry).await;
        Directory { name: "practice", host: OREBRO, bare, members, pid: self.process.id() }
    }

    async fn samba_people(&self, installation: &Installation, store: &Store, size: &Size) -> Directory {
        let samba = &Services::get().mjolby;
        let bare = Bare::connect(&samba_address(), &samba.ca_file).await;
        let registry = Registry { store, keys: &installation.keys, tenant: tenant_id(store, "mjolby").await };
        let members = people::made(size.samba_accounts(), samba, registry).await;
        let pid_file = std::fs::read_to_string(&samba.pid_file).expect("Samba runs");
        let pid = pid_file.split(' ').next().and_then(|pid| pid.parse().ok()).expect("its number");
        Directory { name: "Samba", host: MJOLBY, bare, members, pid }
    }
}

fn samba_address() -> Address {
    let samba = &Services::get().mjolby;
    Address {
        url: samba.url.clone(),
        base: samba.base.clone(),
        account: samba.service_upn.clone(),
        password: samba.service_password.clone(),
    }
}

async fn tenant_id(store: &Store, slug: &str) -> TenantId {
    operator::find_tenant(store, slug.to_owned()).await.expect("a database").expect("applied").id
}
