//! An operator's folder with everything that the binary reads, and the server that runs on it.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, process::Command, sync::Arc};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use portvakt::system::SystemRandom;
use portvakt_domain::{keys::KeyRing, random::Random as _};
use portvakt_storage::{DatabaseSettings, Store};
use tokio::runtime::Handle;

use super::{Finished, PATIENCE, Process, eventually, portvakt, run};
use crate::{
    services::{Services, TestDatabase},
    settings::logo_of,
};

/// An operator's folder: settings, a key, secrets; and the database that the settings name.
pub struct Installation {
    folder: tempfile::TempDir,
    settings: toml::Table,
    pub keys: Arc<KeyRing>,
    /// `None` on SQLite.
    pub database: Option<TestDatabase>,
}

/// The name of the operator's settings in an installation's folder.
const SETTINGS: &str = "portvakt.toml";

impl Installation {
    /// On a fresh PostgreSQL database, which is not migrated yet.
    pub async fn postgres() -> Self {
        let services = Services::get();
        let database = services.postgres.fresh_database().await;
        let mut new = Self::new();
        for (key, url) in
            [("url", &database.app_url), ("control_url", &database.control_url), ("owner_url", &database.owner_url)]
        {
            let file = new.write(&format!("database-{key}"), &format!("{url}\n"));
            new.set("database", &format!("{key}_file"), file.to_str().expect("UTF-8"));
        }
        new.set("database", "ca_file", services.postgres.ca_file.to_str().expect("UTF-8"));
        new.set("database", "pool_size", 6);
        new.database = Some(database);
        new
    }

    /// On a file.
    pub fn sqlite() -> Self {
        let mut new = Self::new();
        let url = format!("sqlite://{}", new.path("portvakt.db").display());
        new.set("database", "url", url);
        new
    }

    fn new() -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut key = vec![0; 32];
        SystemRandom.fill(&mut key);
        let keys = Arc::new(KeyRing::new("first", [("first".to_owned(), key.clone())]).expect("a ring"));
        let folder = tempfile::tempdir().expect("a folder");
        let mut new = Self { folder, settings: toml::Table::new(), keys, database: None };
        let file = new.write("first.key", &format!("{}\n", BASE64_STANDARD.encode(key)));
        new.set("keys", "active", "first");
        let files = toml::Table::from_iter([("first".to_owned(), toml::Value::from(file.to_str().expect("UTF-8")))]);
        new.set("keys", "files", files);
        new.set("listen", "public", "127.0.0.1:0");
        new.set("listen", "internal", "127.0.0.1:0");
        // The tests are the proxy in front: they say which network a browser is on.
        new.set("proxies", "trusted", vec!["127.0.0.0/8"]);
        // So are the directories, gateways and mail servers.
        new.set("connect", "networks", vec!["127.0.0.0/8"]);
        new
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    /// Changes one of the operator's settings.
    pub fn set(&mut self, section: &str, key: &str, value: impl Into<toml::Value>) {
        let table = self.settings.entry(section).or_insert_with(|| toml::Table::new().into());
        table.as_table_mut().expect("a section").insert(key.to_owned(), value.into());
        self.write(SETTINGS, &self.settings.to_string());
    }

    /// Takes one of the operator's settings out.
    pub fn unset(&mut self, section: &str, key: &str) {
        self.settings[section].as_table_mut().expect("a section").remove(key);
        self.write(SETTINGS, &self.settings.to_string());
    }

    /// `portvakt` with these arguments and these settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = portvakt(arguments);
        command.arg("--config").arg(self.path(SETTINGS));
        command
    }

    /// Runs `portvakt` with these arguments and these settings to its end.
    pub async fn run(&self, arguments: &[&str]) -> Finished {
        run(self.command(arguments)).await
    }

    /// Writes a tenant's settings into the folder and applies them.
    pub async fn apply(&self, tenant: &toml::Table) -> Finished {
        let slug = tenant["slug"].as_str().expect("a slug");
        let file = self.write(&format!("{slug}.toml"), &tenant.to_string());
        self.run(&["tenant", "apply", file.to_str().expect("UTF-8")]).await
    }

    /// Starts `portvakt serve` and waits until it is ready.
    pub async fn serve(&self) -> Serving {
        let mut process = Process::start(&mut self.command(&["serve"]));
        let line = process.line("health and metrics on").await;
        let addresses: Vec<SocketAddr> = line
            .split("http://")
            .skip(1)
            .map(|rest| rest.split(',').next().unwrap_or_default().trim().parse().expect("an address"))
            .collect();
        let [public, internal] = addresses[..] else { panic!("two addresses in {line:?}") };
        let replica = Serving { process, public, internal };
        eventually("/readyz answers 200", PATIENCE, async || {
            (replica.internal("/readyz").await?.0 == 200).then_some(())
        })
        .await;
        replica
    }

    /// The database, opened as the product opens it.
    pub async fn store(&self) -> Store {
        let settings = match &self.database {
            None => DatabaseSettings::Sqlite { path: self.path("portvakt.db") },
            Some(database) => DatabaseSettings::Postgres {
                app_url: database.app_url.clone().into(),
                control_url: database.control_url.clone().into(),
                ca_pem: Some(std::fs::read_to_string(&Services::get().postgres.ca_file).expect("an authority")),
                pool_size: 2,
            },
        };
        Store::open(settings, Handle::current()).await.expect("a store")
    }

    /// The PostgreSQL database as its superuser sees it: everything, row-level security or not.
    pub async fn superuser(&self) -> tokio_postgres::Client {
        let postgres = &Services::get().postgres;
        let name = &self.database.as_ref().expect("a PostgreSQL database").name;
        let url = postgres.superuser_url.replace("/postgres?", &format!("/{name}?"));
        postgres.connect(&url).await.expect("the superuser can connect")
    }
}

/// A running `portvakt serve`.
pub struct Serving {
    pub process: Process,
    pub public: SocketAddr,
    pub internal: SocketAddr,
}

impl Serving {
    /// Status and text of a path on the internal address; `None` when there is no answer.
    pub async fn internal(&self, path: &str) -> Option<(u16, String)> {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let response = client.get(format!("http://{}{path}", self.internal)).send().await.ok()?;
        Some((response.status().as_u16(), response.text().await.ok()?))
    }
}

/// A preset as a table to be changed, with its secrets' files in the installation's folder.
pub fn preset_table(installation: &Installation, slug: &str, secrets: &BTreeMap<&str, &str>) -> toml::Table {
    let text = match slug {
        "orebro" => include_str!("../../../tenants/presets/orebro.toml"),
        _ => include_str!("../../../tenants/presets/mjolby.toml"),
    };
    installation.write(&format!("{slug}-logo.svg"), logo_of(slug));
    for (name, secret) in secrets {
        installation.write(&format!("{slug}-{name}-password"), &format!("{secret}\n"));
    }
    text.parse().expect("a preset")
}

/// Changes one of a tenant's settings.
pub fn change(tenant: &mut toml::Table, section: &str, key: &str, value: impl Into<toml::Value>) {
    let table = tenant[section].as_table_mut().expect("a section");
    table.insert(key.to_owned(), value.into());
}
