//! A world: the real app on a free port, with a clock that stands still, directories, phones and mailboxes. Jobs run when
//! a test says so.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use portvakt::{
    adapters::RealAdapters,
    app::{App, Parts},
    metrics::Metrics,
    settings::{ConnectSection, ListenSection, WorkerSection},
    shared::Shared,
    system::{SystemRandom, SystemResolver},
    worker::Worker,
};
use portvakt_demo::{
    accounts::{SampleState, sample},
    outbox::{Delivered, Outbox},
};
use portvakt_domain::{
    directory::Directory,
    holder::Holder,
    id::TenantId,
    keys::KeyRing,
    login::DirectoryName,
    number::MobileNumber,
    random::Random as _,
    tenant::{DirectorySettings, SecretName, SmsProvider, TenantSettings},
    time::Clock,
};
use portvakt_flows::{Tenant, apply_settings, import_number};
use portvakt_storage::{DatabaseSettings, Store};
use secrecy::SecretString;
use tokio::{runtime::Handle, task::JoinHandle};

use crate::{
    Browser, ManualClock, Person, State,
    people::TestDirectory,
    services::{Services, TestDatabase, Throwaway},
    settings::egress,
};

mod stage;
pub(crate) use stage::WorldAdapters;
pub use stage::prepare_database;
use stage::{Place, tenant_settings};

/// The group whose members are never served.
pub const DENIED_GROUP: &str = "Undantagna";

/// Which database a world stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// One tenant of a world.
pub struct TestTenant {
    pub slug: &'static str,
    pub id: TenantId,
    pub directory: TestDirectory,
    pub reset: String,
    pub register: String,
}

/// A running platform with its surroundings.
pub struct World {
    pub public: SocketAddr,
    pub internal: SocketAddr,
    pub clock: ManualClock,
    pub outbox: Outbox,
    pub shared: actix_web::web::Data<Shared>,
    pub worker: Arc<Worker>,
    pub tenants: BTreeMap<&'static str, TestTenant>,
    pub database: DatabaseSettings,
    pub keys: Arc<KeyRing>,
    /// The ring's one key, for rings that hold it beside another.
    pub master: Vec<u8>,
    server: JoinHandle<()>,
    numbers: Mutex<u32>,
    seen: Mutex<usize>,
    /// Kept for as long as the world: dropped, they remove what they hold.
    _folder: tempfile::TempDir,
    _postgres: Option<TestDatabase>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The normal sample account that a world puts into the denied group.
pub(crate) fn denied_login(slug: &str) -> String {
    let sample = sample(slug).expect("a sample tenant");
    let mut normal = sample.accounts.iter().filter(|account| account.state == SampleState::Normal);
    normal.next_back().expect("normal accounts").username.clone()
}

impl World {
    /// Both tenants on practice directories.
    pub async fn practice(database: Database) -> Self {
        Self::build(database, |_| Place::Practice, |_| {}).await
    }

    /// As [`World::practice`], with settings changed.
    pub async fn practice_with(database: Database, change: impl Fn(&mut TenantSettings)) -> Self {
        Self::build(database, |_| Place::Practice, change).await
    }

    /// Both tenants on Samba domain controllers.
    pub async fn samba(database: Database) -> Self {
        Self::samba_with(database, |_| {}).await
    }

    /// As [`World::samba`], with settings changed.
    pub async fn samba_with(database: Database, change: impl Fn(&mut TenantSettings)) -> Self {
        let services = Services::get();
        let place = |slug: &str| Place::Samba(if slug == "orebro" { &services.orebro } else { &services.mjolby });
        Self::build(database, place, change).await
    }

    /// Both tenants on OpenLDAP.
    pub async fn openldap(database: Database) -> Self {
        Self::openldap_with(database, |_| {}).await
    }

    /// As [`World::openldap`], with settings changed.
    pub async fn openldap_with(database: Database, change: impl Fn(&mut TenantSettings)) -> Self {
        let services = Services::get();
        let place =
            |slug: &str| Place::Slapd(if slug == "orebro" { &services.open_orebro } else { &services.open_mjolby });
        Self::build(database, place, change).await
    }

    /// Örebro on a domain controller that nobody else uses, Mjölby on a practice directory.
    pub async fn throwaway(database: Database, controller: Throwaway) -> Self {
        Self::throwaway_with(database, controller, |_| {}).await
    }

    /// As [`World::throwaway`], with settings changed.
    pub async fn throwaway_with(
        database: Database,
        controller: Throwaway,
        change: impl Fn(&mut TenantSettings),
    ) -> Self {
        let controller = Mutex::new(Some(controller));
        let place = |slug: &str| match slug {
            "orebro" => Place::Throwaway(controller.lock().expect("unpoisoned").take().expect("used once")),
            _ => Place::Practice,
        };
        Self::build(database, place, change).await
    }

    async fn build(database: Database, place: impl Fn(&str) -> Place, change: impl Fn(&mut TenantSettings)) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let clock = ManualClock::at_present();
        let folder = tempfile::tempdir().expect("a folder");
        let (database, postgres) = prepare_database(database, folder.path()).await;
        let mut key = vec![0; 32];
        SystemRandom.fill(&mut key);
        let keys = Arc::new(KeyRing::new("test", [("test".to_owned(), key.clone())]).expect("a ring"));

        let store = Store::open(database.clone(), Handle::current()).await.expect("a store");
        let mut tenants = BTreeMap::new();
        for slug in ["orebro", "mjolby"] {
            let (directory, mut settings, password) = tenant_settings(slug, place(slug), &clock).await;
            change(&mut settings);
            let secrets = BTreeMap::from([
                (SecretName::DirectoryPassword, SecretString::from(password)),
                (SecretName::SmsPassword(SmsProvider::FortySixElks), SecretString::from("unused")),
            ]);
            let applied = apply_settings::run(&store, &keys, &clock, &SystemRandom, &settings, &secrets, "test")
                .await
                .expect("applied");
            let (reset, register) = (settings.hosts.reset.to_string(), settings.hosts.register.to_string());
            tenants.insert(slug, TestTenant { slug, id: applied.tenant, directory, reset, register });
        }
        drop(store);

        let metrics = Arc::new(Metrics::new().expect("metrics"));
        let outbox = Outbox::new(Arc::new(clock.clone()));
        let real = RealAdapters {
            runtime: Handle::current(),
            clock: Arc::new(clock.clone()),
            connect: ConnectSection::loopback().expect("networks"),
            resolver: Arc::new(SystemResolver),
            observer: metrics.clone(),
        };
        let phones = outbox.clone();
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let app = App::build(Parts {
            listen: ListenSection { public: local, internal: local },
            database: database.clone(),
            keys: keys.clone(),
            proxies: vec!["127.0.0.0/8".parse().expect("a network")],
            worker: WorkerSection { enabled: false, ..WorkerSection::default() },
            clock: Arc::new(clock.clone()),
            random: Arc::new(SystemRandom),
            metrics,
            adapters: Box::new(move |_| Arc::new(WorldAdapters { real, outbox: phones })),
            front: None,
            operator_token: None,
            network_limit_factor: 1,
        })
        .await
        .expect("an app");
        let (public, internal) = (app.public, app.internal);
        let (shared, worker) = (app.shared.clone(), app.worker.clone());
        let server = tokio::spawn(async move {
            let _ = app.run_until(std::future::pending()).await;
        });
        let world = Self {
            public,
            internal,
            clock,
            outbox,
            shared,
            worker,
            tenants,
            database,
            keys,
            master: key,
            server,
            numbers: Mutex::new(0),
            seen: Mutex::new(0),
            _folder: folder,
            _postgres: postgres,
        };
        // What applying the settings asked for is not part of any test.
        world.run_jobs().await;
        world
    }

    pub fn tenant(&self, slug: &str) -> &TestTenant {
        &self.tenants[slug]
    }

    /// The tenant as the app has it.
    pub fn served(&self, slug: &str) -> Arc<Tenant> {
        self.shared.registry.tenant(self.tenant(slug).id).expect("served")
    }

    /// The tenant's directory with other settings, beside the one that the app has.
    pub async fn connect(&self, slug: &str, settings: &DirectorySettings) -> Arc<dyn Directory> {
        let tenant = self.tenant(slug);
        let (clock, metrics) = (Arc::new(self.clock.clone()), Arc::new(Metrics::new().expect("metrics")));
        let password = tenant.directory.service_password(slug).into();
        portvakt_directory::connect(settings, password, egress(), clock, Handle::current(), metrics)
            .expect("settings that hold")
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.public)
    }

    /// Runs every job that is due.
    pub async fn run_jobs(&self) -> usize {
        self.worker.run_due().await.expect("jobs")
    }

    /// A number of the range that PTS keeps free for fiction, which nobody in this world has.
    pub fn fresh_number(&self) -> String {
        let mut numbers = self.numbers.lock().expect("unpoisoned");
        *numbers += 1;
        assert!(*numbers < 95, "the fictional range has 95 numbers");
        format!("+4670174{:04}", 604 + *numbers)
    }

    /// Somebody in this state, with a number stored where the state says so.
    pub async fn person(&self, slug: &str, state: State) -> Person {
        let number = self.fresh_number();
        let person = self.tenant(slug).directory.person(state, &number).await;
        if let (Some(number), false) = (&person.number, matches!(state, State::Unknown)) {
            self.store_number(slug, &person, number).await;
        }
        person
    }

    /// Stores a number as if it had been registered.
    pub async fn store_number(&self, slug: &str, person: &Person, number: &str) {
        self.store_numbers(slug, person, &[(number, None)]).await;
    }

    /// Stores numbers, some of them with their holders, as if they had been registered.
    pub async fn store_numbers(&self, slug: &str, person: &Person, numbers: &[(&str, Option<&str>)]) {
        let (tenant, platform) = (self.served(slug), &self.shared.platform);
        let name = DirectoryName { text: &person.username, account_name_only: true };
        let account = tenant.directory.find(name).await.expect("a directory").expect("an account");
        let numbers: Vec<_> = numbers
            .iter()
            .map(|(number, holder)| {
                let holder = holder.map(|name| Holder::parse(name).expect("a name"));
                (MobileNumber::from_e164(number).expect("a number"), holder)
            })
            .collect();
        let (store, keys, now) = (&platform.store, &platform.keys, self.clock.now());
        import_number::run(store, keys, &SystemRandom, tenant.id, account.key, &numbers, now).await.expect("stored");
    }

    /// Runs the jobs, and returns what arrived since this was last asked.
    pub async fn arrived(&self) -> Vec<Delivered> {
        self.run_jobs().await;
        let all = self.outbox.messages();
        let mut seen = self.seen.lock().expect("unpoisoned");
        let new = all[*seen..].to_vec();
        *seen = all.len();
        new
    }

    /// Runs the jobs, and returns the code that arrived at a number; there must be exactly one new code anywhere.
    pub async fn code_at(&self, number: &str) -> String {
        let arrived = self.arrived().await;
        let codes: Vec<&Delivered> = arrived.iter().filter(|message| find_code(&message.text).is_some()).collect();
        let [sms] = codes.as_slice() else { panic!("expected one code, got {arrived:?}") };
        assert_eq!((sms.channel, sms.to.as_str()), ("sms", number));
        code_in(&sms.text)
    }
}

/// The code in a message.
pub fn code_in(text: &str) -> String {
    find_code(text).unwrap_or_else(|| panic!("no code in {text:?}"))
}

/// A group of exactly six digits, if there is one.
pub fn find_code(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit()).find(|group| group.len() == 6).map(str::to_owned)
}
