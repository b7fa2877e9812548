//! `portvakt demo`: the whole platform for practice. Two sample tenants with a directory each, in this process; phones
//! and mailboxes on a page. Nothing behind the adapters knows of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::Args;
use portvakt_demo::{
    accounts::{FUNCTIONAL_AGE_DAYS, SLUGS, SampleAccount, SampleTenant, sample},
    outbox::Outbox,
    practice::PracticeDirectory,
};
use portvakt_domain::{
    compose::Links,
    delivery::{MailSender, SmsSender},
    directory::Directory,
    holder::Holder,
    keys::KeyRing,
    login::DirectoryName,
    logo::Logo,
    number::MobileNumber,
    random::Random,
    tenant::{ReminderSettings, SecretName, SmsProvider, TenantSettings, UnitSettings},
    time::Clock,
};
use portvakt_flows::{Platform, Tenant, apply_settings, import_number};
use portvakt_storage::{DatabaseSettings, Store};
use secrecy::SecretString;
use tokio::runtime::Handle;

use super::{CommandError, say, stopped};
use crate::{
    adapters::{Adapters, RealAdapters, Secrets},
    app::{App, Front, Parts},
    demo::{self, Scene},
    metrics::Metrics,
    settings::{ConnectSection, ListenSection, LogFormat, LogSection, WorkerSection},
    system::{SystemClock, SystemRandom, SystemResolver},
    telemetry,
};

/// How much wider than the default limits per client network are here: one computer plays a whole town.
const NETWORK_LIMIT_FACTOR: i64 = 100;

/// `portvakt demo`.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the database lies; a temporary folder that is removed at the end where this is left out. The directories
    /// live in memory, so the data of an earlier demo in that folder is replaced.
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

pub(super) async fn run(arguments: DemoArguments) -> Result<ExitCode, CommandError> {
    let log = LogSection { format: LogFormat::Text, level: "warn".to_owned() };
    telemetry::start(&log).map_err(CommandError::Told)?;
    let temporary = tempfile::tempdir().map_err(CommandError::failed)?;
    let folder = arguments.data_dir.as_deref().unwrap_or(temporary.path());
    let stage = Stage::set(arguments.listen, folder).await?;
    let url = format!("http://localhost:{}", stage.app.public.port());
    for line in demo::greeting(&url, &stage.scene) {
        say(&line);
    }
    stage.app.run_until(stopped()).await.map_err(CommandError::failed)?;
    for directory in stage.directories {
        directory.shutdown().await;
    }
    Ok(ExitCode::SUCCESS)
}

/// A demo that is ready to run.
struct Stage {
    app: App,
    scene: Arc<Scene>,
    directories: Vec<PracticeDirectory>,
}

impl Stage {
    async fn set(listen: SocketAddr, folder: &Path) -> Result<Self, CommandError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let random = SystemRandom;
        let keys = Arc::new(throwaway_keys(&random)?);
        let database = fresh_database(folder)?;

        // 1. The directories, one a tenant.
        let mut tenants = Vec::new();
        let mut directories = Vec::new();
        for slug in SLUGS {
            let mut sample =
                sample(slug).ok_or_else(|| CommandError::Told(format!("there is no sample tenant {slug}")))?;
            let now = clock.clone();
            let domain = sample.builder.clone().build(Arc::new(move || now.now())).map_err(CommandError::failed)?;
            sample.note_ends(&domain);
            let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let directory = PracticeDirectory::start(domain, local).await.map_err(CommandError::failed)?;
            tenants.push((sample, directory.url(), directory.ca_pem().to_owned()));
            directories.push(directory);
        }

        // 2. Settings: the presets, pointed at what runs here.
        let store = Store::open(database.clone(), Handle::current()).await.map_err(CommandError::failed)?;
        for (sample, url, ca_pem) in &tenants {
            let settings = settings_of(sample, url, ca_pem)?;
            let secrets = secrets_of(sample);
            apply_settings::run(&store, &keys, clock.as_ref(), &random, &settings, &secrets, "demo")
                .await
                .map_err(CommandError::failed)?;
        }
        drop(store);

        // 3. The app, with phones and mailboxes where gateways and mail servers would be.
        let metrics = Arc::new(Metrics::new().map_err(CommandError::failed)?);
        let outbox = Outbox::new(clock.clone());
        let scene = Arc::new(Scene::new(outbox.clone(), tenants.iter().map(|(sample, ..)| sample)));
        let real = RealAdapters {
            runtime: Handle::current(),
            clock: clock.clone(),
            connect: ConnectSection::loopback().map_err(CommandError::Told)?,
            resolver: Arc::new(SystemResolver),
            observer: metrics.clone(),
        };
        let app = App::build(Parts {
            listen: ListenSection { public: listen, internal: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) },
            database,
            keys,
            proxies: Vec::new(),
            // Reminders come when somebody presses the button, and not in the middle of something else.
            worker: WorkerSection { drain_seconds: 1, reminders: false, ..WorkerSection::default() },
            clock,
            random: Arc::new(random),
            metrics,
            adapters: Box::new(move |listens| Arc::new(DemoAdapters { real, outbox, port: listens.port() })),
            front: Some(Front { hosts: demo::HOSTS.map(str::to_owned).to_vec(), routes: demo::routes(scene.clone()) }),
            operator_token: None,
            network_limit_factor: NETWORK_LIMIT_FACTOR,
        })
        .await
        .map_err(CommandError::failed)?;

        // 4. The numbers that people registered earlier.
        scene.opened(app.public.port());
        for tenant in app.shared.registry.tenants() {
            let slug = tenant.settings.slug.as_str();
            for account in tenants.iter().filter(|(sample, ..)| sample.slug == slug).flat_map(|(s, ..)| &s.accounts) {
                register(&app.shared.platform, &tenant, account).await?;
            }
        }
        Ok(Self { app, scene, directories })
    }
}

/// A key that nobody else has and that ends with the process.
fn throwaway_keys(random: &dyn Random) -> Result<KeyRing, CommandError> {
    let mut key = vec![0; 32];
    random.fill(&mut key);
    KeyRing::new("demo", [("demo".to_owned(), key)]).map_err(CommandError::failed)
}

/// An empty database. What an earlier demo left was sealed by a key that is gone, for directories that are gone.
fn fresh_database(folder: &Path) -> Result<DatabaseSettings, CommandError> {
    let failed = |error: std::io::Error| CommandError::Told(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let path = folder.join("portvakt-demo.db");
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.clone().into_os_string();
        file.push(suffix);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    Ok(DatabaseSettings::Sqlite { path })
}

/// The municipality's own preset, with this computer's hosts and directory.
fn settings_of(sample: &SampleTenant, url: &str, ca_pem: &str) -> Result<TenantSettings, CommandError> {
    let (preset, logo) = match sample.slug {
        "orebro" => (
            include_str!("../../../tenants/presets/orebro.toml"),
            include_str!("../../../tenants/presets/orebro-logo.svg"),
        ),
        _ => (
            include_str!("../../../tenants/presets/mjolby.toml"),
            include_str!("../../../tenants/presets/mjolby-logo.svg"),
        ),
    };
    let mut settings: TenantSettings = toml::from_str(preset).map_err(CommandError::failed)?;
    let told = CommandError::Told;
    settings.branding.logo = Some(Logo::read(logo.as_bytes()).map_err(told)?);
    settings.hosts.reset = format!("pwreset.{}.localhost", sample.slug).parse().map_err(told)?;
    settings.hosts.register = format!("pwreg.{}.localhost", sample.slug).parse().map_err(told)?;
    settings.directory.controllers = vec![url.parse().map_err(told)?];
    settings.directory.ca_pem = ca_pem.to_owned();
    settings.directory.base.clone_from(&sample.base_dn);
    settings.directory.netbios = sample.netbios_name.to_owned();
    settings.directory.service_account.clone_from(&sample.service_upn);
    settings.directory.units = vec![sample.staff_dn.clone()];
    settings.directory.functional_units = vec![sample.functional_dn.clone()];
    settings.reminders = reminders_of(sample).map_err(told)?;
    Ok(settings)
}

/// A recipient for each department but one, whose accounts go to the help desk as those of real units do that nobody has
/// entered yet.
fn reminders_of(sample: &SampleTenant) -> Result<ReminderSettings, String> {
    let departments: BTreeSet<&str> = sample.accounts.iter().map(|account| account.unit.as_str()).collect();
    let units = departments.into_iter().skip(1).map(|department| {
        let plain = department.to_lowercase().replace(['å', 'ä'], "a").replace('ö', "o").replace(' ', "-");
        UnitSettings {
            value: department.to_owned(),
            name: None,
            recipients: vec![format!("chef.{plain}@{}", sample.dns_name)],
        }
    });
    Ok(ReminderSettings {
        send: true,
        fallback: vec![format!("it-helpdesk@{}", sample.dns_name)],
        units_by: Some("department".parse()?),
        units: units.collect(),
        functional_age_days: FUNCTIONAL_AGE_DAYS,
        ..ReminderSettings::default()
    })
}

fn secrets_of(sample: &SampleTenant) -> BTreeMap<SecretName, SecretString> {
    // The gateway's password is demanded and never used: the outbox takes the gateway's place.
    BTreeMap::from([
        (SecretName::DirectoryPassword, SecretString::from(sample.service_password)),
        (SecretName::SmsPassword(SmsProvider::FortySixElks), SecretString::from("outbox")),
    ])
}

/// Stores the numbers of a sample account as if it had been registered.
async fn register(platform: &Platform, tenant: &Tenant, account: &SampleAccount) -> Result<(), CommandError> {
    let numbers = numbers_of(account)?;
    let name = DirectoryName { text: &account.username, account_name_only: true };
    let found = tenant.directory.find(name).await.map_err(CommandError::failed)?;
    let found = found.ok_or_else(|| CommandError::Told(format!("{} is not in its directory", account.username)))?;
    let (store, keys, random) = (&platform.store, &platform.keys, platform.random.as_ref());
    import_number::run(store, keys, random, tenant.id, found.key, &numbers, platform.now())
        .await
        .map_err(CommandError::failed)
}

/// A functional account's numbers with their holders, anybody else's one.
fn numbers_of(account: &SampleAccount) -> Result<Vec<(MobileNumber, Option<Holder>)>, CommandError> {
    let number = |text: &str| MobileNumber::from_e164(text).map_err(CommandError::failed);
    if account.numbers.is_empty() {
        return account.number.iter().map(|own| Ok((number(own)?, None))).collect();
    }
    let held = account.numbers.iter();
    held.map(|held| Ok((number(&held.number)?, Some(Holder::parse(&held.holder).map_err(CommandError::failed)?))))
        .collect()
}

/// The real directory adapter; phones and mailboxes of the outbox; links with this process's port.
struct DemoAdapters {
    real: RealAdapters,
    outbox: Outbox,
    port: u16,
}

impl Adapters for DemoAdapters {
    fn directory(&self, settings: &TenantSettings, password: SecretString) -> Result<Arc<dyn Directory>, String> {
        self.real.directory(settings, password)
    }

    fn sms(&self, settings: &TenantSettings, _: &Secrets) -> Result<Arc<dyn SmsSender>, String> {
        Ok(self.outbox.of(settings.slug.as_str()))
    }

    fn mail(&self, settings: &TenantSettings, _: Option<SecretString>) -> Result<Arc<dyn MailSender>, String> {
        Ok(self.outbox.of(settings.slug.as_str()))
    }

    fn links(&self, settings: &TenantSettings) -> Links {
        Links {
            reset: format!("http://{}:{}", settings.hosts.reset, self.port),
            register: format!("http://{}:{}", settings.hosts.register, self.port),
        }
    }
}
