//! A migrated database with two tenants, and ways to look behind the store.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use chrono::{DateTime, TimeDelta};
use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _};
use portvakt_domain::{
    audit::{AuditKind, NewEvent},
    flow::{FlowKind, FlowState},
    id::{AccountKey, EventId, FlowId, MessageId, TenantId},
    keys::{AuditKey, KeyRing, KeyedHash, Sealed},
    language::Language,
    limit::{Hit, Limit},
    message::{Channel, MessageKind, NewMessage},
    time::Instant,
};
use portvakt_storage::{
    DatabaseSettings, MigrateSettings, Store,
    flows::{NewFlow, SettleWrite},
    migrate,
    numbers::NewNumber,
    operator,
};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use tokio::runtime::Handle;
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) a: TenantId,
    pub(crate) b: TenantId,
    /// With odd microseconds, so that a lost one shows.
    pub(crate) now: Instant,
    pub(crate) database: Database,
}

pub(crate) enum Database {
    Sqlite { path: PathBuf, _folder: tempfile::TempDir },
    Postgres(TestDatabase),
}

impl Fixture {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("portvakt.db");
        let settings = DatabaseSettings::Sqlite { path: path.clone() };
        let store = Store::open(settings, Handle::current()).await.expect("the store opens");
        Self::with_tenants(store, Database::Sqlite { path, _folder: folder }).await
    }

    pub(crate) async fn postgres() -> Self {
        let database = TestDatabase::migrated().await;
        let store = Store::open(database.settings(), Handle::current()).await.expect("the store opens");
        Self::with_tenants(store, Database::Postgres(database)).await
    }

    async fn with_tenants(store: Store, database: Database) -> Self {
        let now = now();
        let (a, b) = (TenantId(Uuid::new_v4()), TenantId(Uuid::new_v4()));
        for (id, slug) in [(a, "orebro"), (b, "mjolby")] {
            let tenant = operator::NewTenant { id, slug: slug.to_owned(), at: now };
            operator::create_tenant(&store, tenant).await.expect("a tenant");
        }
        Self { store, a, b, now, database }
    }

    /// Runs SQL past the store, as who may do everything.
    pub(crate) async fn execute(&self, sql: &str) {
        match &self.database {
            Database::Sqlite { path, .. } => {
                let mut c = SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("the file opens");
                c.batch_execute(&format!("pragma busy_timeout = 5000; {sql}")).expect(sql);
            }
            Database::Postgres(database) => database.superuser().await.batch_execute(sql).await.expect(sql),
        }
    }

    /// One number, past the store.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        match &self.database {
            Database::Sqlite { path, .. } => {
                let mut c = SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("the file opens");
                c.batch_execute("pragma busy_timeout = 5000").expect("a pragma");
                let row: Row = diesel::sql_query(format!("select ({sql}) as n")).get_result(&mut c).expect(sql);
                row.n
            }
            Database::Postgres(database) => {
                let sql = format!("select ({sql})::bigint");
                database.superuser().await.query_one(&sql, &[]).await.expect(&sql).get(0)
            }
        }
    }

    /// An id as SQL.
    pub(crate) fn id(&self, id: Uuid) -> String {
        match &self.database {
            Database::Sqlite { .. } => format!("x'{}'", id.simple()),
            Database::Postgres(_) => format!("'{id}'"),
        }
    }

    /// A time as SQL.
    pub(crate) fn time(&self, at: Instant) -> String {
        match &self.database {
            Database::Sqlite { .. } => at.timestamp_micros().to_string(),
            Database::Postgres(_) => format!("'{}'", at.to_rfc3339()),
        }
    }

    /// Statements that the future cost.
    pub(crate) async fn cost<T>(&self, work: impl Future<Output = T>) -> (T, u64) {
        let before = self.store.statements();
        let result = work.await;
        (result, self.store.statements() - before)
    }
}

pub(crate) fn now() -> Instant {
    DateTime::from_timestamp_micros(1_800_000_000_123_457).expect("a time")
}

pub(crate) fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

pub(crate) fn hash() -> KeyedHash {
    let (a, b) = (Uuid::new_v4(), Uuid::new_v4());
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(a.as_bytes());
    bytes[16..].copy_from_slice(b.as_bytes());
    KeyedHash(bytes)
}

pub(crate) fn account() -> AccountKey {
    AccountKey(Uuid::new_v4())
}

pub(crate) fn sealed(text: &str) -> Sealed {
    Sealed(text.as_bytes().to_vec())
}

pub(crate) fn event(kind: AuditKind, at: Instant) -> NewEvent {
    NewEvent {
        id: EventId(Uuid::new_v4()),
        at,
        kind,
        account: None,
        flow: None,
        network: None,
        actor: None,
        details: BTreeMap::new(),
    }
}

pub(crate) fn message(flow: FlowId, kind: MessageKind, at: Instant) -> NewMessage {
    NewMessage {
        id: MessageId(Uuid::new_v4()),
        kind,
        channel: Channel::Sms,
        flow,
        account: None,
        recipient: None,
        number_hash: None,
        about_at: None,
        language: Language::En,
        requested_at: at,
    }
}

pub(crate) fn flow(kind: FlowKind, state: FlowState, at: Instant) -> NewFlow {
    NewFlow {
        id: FlowId(Uuid::new_v4()),
        kind,
        state,
        token_hash: hash(),
        start_hash: hash(),
        login: sealed("login"),
        login_hash: hash(),
        account: None,
        network: hash(),
        trusted_network: false,
        language: Language::Sv,
        at,
    }
}

pub(crate) fn new_number(at: Instant) -> NewNumber {
    NewNumber { row_id: Uuid::new_v4(), sealed: sealed("number"), holder: None, number_hash: hash(), at }
}

pub(crate) fn hit(name: &'static str, ceiling: i64) -> Hit {
    Hit { limit: Limit { name, window_seconds: 600, ceiling, by_network: true }, subject: KeyedHash([7; 32]) }
}

pub(crate) fn audit_key(tenant: TenantId) -> Arc<AuditKey> {
    Arc::new(KeyRing::new("k", [("k".to_owned(), vec![9; 32])]).expect("a ring").audit_key(tenant))
}

/// A PostgreSQL server to make databases on.
struct Server {
    superuser_url: String,
    ca_pem: Option<String>,
    passwords: [String; 3],
}

const ROLES: [&str; 3] = ["portvakt_owner", "portvakt_app", "portvakt_control"];

impl Server {
    async fn get() -> &'static Self {
        static SERVER: tokio::sync::OnceCell<Server> = tokio::sync::OnceCell::const_new();
        SERVER.get_or_init(Self::find).await
    }

    async fn find() -> Self {
        if let Some(run) = std::env::var_os("PORTVAKT_TEST_RUN") {
            let file = PathBuf::from(run).join("services.json");
            let text = std::fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{}: {error}; start the services with tests/run", file.display()));
            let json: serde_json::Value = serde_json::from_str(&text).expect("services.json is JSON");
            let text = |name: &str| json["postgres"][name].as_str().expect(name).to_owned();
            return Self {
                superuser_url: text("superuser_url"),
                ca_pem: Some(std::fs::read_to_string(text("ca_file")).expect("the authority's file")),
                passwords: ["owner_password", "app_password", "control_password"].map(text),
            };
        }
        let url = std::env::var("PORTVAKT_TEST_POSTGRES").unwrap_or_else(|_| {
            panic!(
                "no PostgreSQL server for the tests: start the services with tests/run (it sets PORTVAKT_TEST_RUN), \
                 or set PORTVAKT_TEST_POSTGRES to the address of a superuser"
            )
        });
        let server = Self { superuser_url: url, ca_pem: None, passwords: ROLES.map(|_| "portvakt-test".to_owned()) };
        let client = server.connect(&server.superuser_url).await.expect("the superuser can connect");
        for role in ROLES {
            client
                .batch_execute(&format!(
                    "do $$ begin perform pg_advisory_xact_lock(1);
                     if not exists (select from pg_roles where rolname = '{role}') then
                       create role {role} login nosuperuser nobypassrls password 'portvakt-test';
                     end if; end $$"
                ))
                .await
                .expect("a role");
        }
        server
    }

    async fn connect(&self, url: &str) -> Result<tokio_postgres::Client, tokio_postgres::Error> {
        let mut roots = rustls::RootCertStore::empty();
        if let Some(pem) = &self.ca_pem {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                roots.add(certificate.expect("PEM")).expect("a certificate");
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let (client, connection) = tokio_postgres::connect(url, MakeRustlsConnect::new(tls)).await?;
        tokio::spawn(connection);
        Ok(client)
    }
}

/// A database of one test; it goes with the test.
pub(crate) struct TestDatabase {
    server: &'static Server,
    name: String,
}

impl TestDatabase {
    pub(crate) async fn empty() -> Self {
        let server = Server::get().await;
        let name = format!("portvakt_storage_{}", Uuid::new_v4().simple());
        let client = server.connect(&server.superuser_url).await.expect("the superuser can connect");
        for sql in [
            format!("create database {name} owner portvakt_owner template template0"),
            format!("revoke all on database {name} from public"),
            format!("grant connect on database {name} to portvakt_app, portvakt_control"),
        ] {
            client.batch_execute(&sql).await.expect(&sql);
        }
        Self { server, name }
    }

    pub(crate) async fn migrated() -> Self {
        let database = Self::empty().await;
        migrate(database.migrate_settings(), Handle::current()).await.expect("the migrations run");
        database
    }

    /// The address of `role` on this database.
    pub(crate) fn url(&self, role: &str) -> String {
        let (head, database) = self.server.superuser_url.rsplit_once('/').expect("an address with a database");
        let parameters = database.split_once('?').map(|(_, rest)| format!("?{rest}")).unwrap_or_default();
        let (scheme, rest) = head.split_once("://").expect("an address");
        let (user, host) = rest.rsplit_once('@').expect("an address with a user");
        let user = match ROLES.iter().position(|name| *name == role) {
            Some(i) => format!("{role}:{}", self.server.passwords[i]),
            None => user.to_owned(),
        };
        format!("{scheme}://{user}@{host}/{}{parameters}", self.name)
    }

    pub(crate) fn settings(&self) -> DatabaseSettings {
        self.settings_as("portvakt_app", "portvakt_control")
    }

    pub(crate) fn settings_as(&self, app: &str, control: &str) -> DatabaseSettings {
        DatabaseSettings::Postgres {
            app_url: self.url(app).into(),
            control_url: self.url(control).into(),
            ca_pem: self.server.ca_pem.clone(),
            pool_size: 8,
        }
    }

    pub(crate) fn migrate_settings(&self) -> MigrateSettings {
        MigrateSettings::Postgres { owner_url: self.url("portvakt_owner").into(), ca_pem: self.server.ca_pem.clone() }
    }

    pub(crate) async fn connect(&self, role: &str) -> tokio_postgres::Client {
        self.server.connect(&self.url(role)).await.expect("the role can connect")
    }

    pub(crate) async fn superuser(&self) -> tokio_postgres::Client {
        self.connect("superuser").await
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server, self.name.clone());
        // On a thread of its own, because the test's runtime is busy with dropping.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let client = server.connect(&server.superuser_url).await.expect("the superuser can connect");
                client.batch_execute(&format!("drop database {name} with (force)")).await.expect("dropped");
            });
        });
        if dropping.join().is_err() {
            eprintln!("the database {} was not dropped", self.name);
        }
    }
}

/// What came of a write, without more.
pub(crate) fn settled(flow: FlowId, next_state: FlowState, now: Instant) -> SettleWrite {
    SettleWrite {
        flow,
        next_state,
        wrong_password: false,
        now,
        event: event(AuditKind::PasswordOutcome, now),
        notices: Vec::new(),
        rejection: None,
    }
}
