//! The server: two pools, one for the tenants' tables, one for what belongs to no tenant.
//!
//! Row-level security repeats there what the queries say: every transaction names its tenant, and the roles that the
//! pools log in as see nothing else. It only holds if these roles are neither superuser nor owner, so that is looked at
//! before anything is served.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use diesel::{
    Connection as _, RunQueryDsl as _,
    connection::{SimpleConnection as _, TransactionManager as _},
    sql_query,
    sql_types::{BigInt, Bool, Text},
};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use portvakt_domain::id::TenantId;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime::Handle;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{
    Access,
    counter::Counter,
    error::{Outcome, QueryError, Source, StorageError},
    lock::Lock,
    pool::Pool,
};

mod tls;

/// How the types of the queries are called here.
pub(crate) mod sql {
    pub(crate) use diesel::sql_types::{Timestamptz as Ts, Uuid as Id};
}

/// The connection that the queries are compiled for.
pub(crate) type Conn = AsyncConnectionWrapper<AsyncPgConnection>;
pub(crate) type Db = diesel::pg::Pg;

/// Rows that another worker is about to lease are passed over.
pub(crate) const SKIP_LOCKED: &str = "for update of j skip locked";

/// Takes a lock.
///
/// Recording and sealing: who records an event sees that a sealing job waits already and adds none; that job must then
/// not run before the event can be seen. So recorders share a lock, and the sealer waits once until all who held it are
/// done. It does not keep the lock: those who come later find its job taken and add one of their own.
pub(crate) fn lock(c: &mut Conn, lock: Lock) -> Outcome<()> {
    let query = match lock {
        Lock::Account(..) | Lock::Settings(_) => "select pg_advisory_xact_lock($1)",
        Lock::Recording(_) => "select pg_advisory_xact_lock_shared($1)",
        Lock::Recorded(_) => "select pg_advisory_lock($1), pg_advisory_unlock($1)",
    };
    sql_query(query).bind::<BigInt, _>(lock.number()).execute(c)?;
    Ok(())
}

#[path = "queries/all.rs"]
pub(crate) mod queries;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// The role that serves tenants, and the one for what belongs to no tenant. Migrations grant to these names.
const APP_ROLE: &str = "portvakt_app";
const CONTROL_ROLE: &str = "portvakt_control";

/// Bounds for a server that hangs: every transaction here takes milliseconds.
const SESSION: &str = "
    set statement_timeout = '20s';
    set lock_timeout = '10s';
    set idle_in_transaction_session_timeout = '30s';
";

/// How to connect: the parsed address and TLS.
#[derive(Clone)]
struct Address {
    config: tokio_postgres::Config,
    tls: MakeRustlsConnect,
}

impl Address {
    fn new(url: &SecretString, ca_pem: Option<&str>) -> Result<Self, StorageError> {
        // The certificate is always verified when TLS is used, so these three are one here.
        let url = url.expose_secret().replace("sslmode=verify-full", "sslmode=require");
        let url = url.replace("sslmode=verify-ca", "sslmode=require");
        let silent = !url.contains("sslmode");
        let mut config: tokio_postgres::Config = url.parse().map_err(|error: tokio_postgres::Error| {
            StorageError::Internal(format!("the database's address can't be read: {error}").into())
        })?;
        if silent {
            // The driver's default falls back to plain text when the server, or somebody before it, offers no TLS.
            config.ssl_mode(tokio_postgres::config::SslMode::Require);
        }
        config
            .application_name("portvakt")
            .connect_timeout(Duration::from_secs(5))
            .keepalives_idle(Duration::from_secs(15))
            .tcp_user_timeout(Duration::from_secs(20));
        Ok(Self { config, tls: tls::connector(ca_pem)? })
    }

    /// Connects; the flag is set when the connection is gone.
    async fn connect(&self) -> Result<(Conn, Arc<AtomicBool>), diesel::ConnectionError> {
        let (client, connection) = self
            .config
            .connect(self.tls.clone())
            .await
            .map_err(|error| diesel::ConnectionError::CouldntSetupConfiguration(query_error(&error)))?;
        let gone = Arc::new(AtomicBool::new(false));
        let flag = gone.clone();
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(error = %error, "a database connection broke");
            }
            flag.store(true, Ordering::Relaxed);
        });
        let mut connection = AsyncPgConnection::try_from(client).await?;
        diesel_async::SimpleAsyncConnection::batch_execute(&mut connection, SESSION)
            .await
            .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
        Ok((Conn::from(connection), gone))
    }
}

/// The driver's error with its cause, which its own text leaves out.
fn query_error(error: &tokio_postgres::Error) -> diesel::result::Error {
    let cause = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    diesel::result::Error::DatabaseError(
        diesel::result::DatabaseErrorKind::UnableToSendCommand,
        Box::new(format!("{error}{cause}")),
    )
}

/// A pooled connection.
pub(crate) struct Pooled {
    conn: Conn,
    gone: Arc<AtomicBool>,
}

pub(crate) struct Manager {
    address: Address,
    runtime: Handle,
    counter: Counter,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Pooled, Self::Error> {
        let (mut conn, gone) =
            self.runtime.block_on(self.address.connect()).map_err(diesel::r2d2::Error::ConnectionError)?;
        conn.set_instrumentation(self.counter.clone());
        Ok(Pooled { conn, gone })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), Self::Error> {
        if pooled.gone.load(Ordering::Relaxed) {
            return Err(diesel::r2d2::Error::ConnectionError(diesel::ConnectionError::BadConnection(
                "the connection is gone".to_owned(),
            )));
        }
        Ok(())
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        std::thread::panicking()
            || pooled.gone.load(Ordering::Relaxed)
            || <Conn as diesel::Connection>::TransactionManager::is_broken_transaction_manager(&mut pooled.conn)
    }
}

impl Pooled {
    /// Runs `query` between `begin` and COMMIT.
    fn transaction<T>(
        &mut self,
        runtime: &Handle,
        begin: &str,
        query: &mut impl FnMut(&mut Conn) -> Outcome<T>,
    ) -> Outcome<T> {
        type Manager = <Conn as diesel::Connection>::TransactionManager;
        if let Err(error) = runtime.block_on(AnsiTransactionManager::begin_transaction_sql(&mut *self.conn, begin)) {
            // Whatever state it is in now, nobody should go on with it.
            self.gone.store(true, Ordering::Relaxed);
            return Err(QueryError::Lost(error.into()));
        }
        match query(&mut self.conn) {
            Ok(value) => Manager::commit_transaction(&mut self.conn).map(|()| value).map_err(QueryError::from),
            Err(error) => {
                if Manager::rollback_transaction(&mut self.conn).is_err() {
                    self.gone.store(true, Ordering::Relaxed);
                }
                Err(error)
            }
        }
    }
}

/// Whose rows a transaction may see.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope {
    Tenant(TenantId),
    Control,
}

/// The server's connections.
pub(crate) struct Postgres {
    app: Pool<Manager>,
    control: Pool<Manager>,
    runtime: Handle,
}

impl Postgres {
    pub(crate) async fn open(
        app_url: &SecretString,
        control_url: &SecretString,
        ca_pem: Option<&str>,
        pool_size: u32,
        runtime: Handle,
        counter: Counter,
    ) -> Result<Self, StorageError> {
        let pool = |url: &SecretString, size| {
            let address = Address::new(url, ca_pem)?;
            let manager = Manager { address, runtime: runtime.clone(), counter: counter.clone() };
            Ok::<_, StorageError>(Pool::new(manager, size, runtime.clone()))
        };
        let app = pool(app_url, pool_size)?;
        let control = pool(control_url, (pool_size / 2).max(2))?;
        let postgres = Self { app, control, runtime: runtime.clone() };
        postgres.app.run(|pooled| fits(&mut pooled.conn, APP_ROLE, CONTROL_ROLE)).await?;
        postgres.control.run(|pooled| fits(&mut pooled.conn, CONTROL_ROLE, APP_ROLE)).await?;
        Ok(postgres)
    }

    /// Runs `query` in one transaction.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        scope: Scope,
        access: Access,
        mut query: impl FnMut(&mut Conn) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StorageError> {
        let begin = match access {
            Access::Read => "begin read only",
            Access::Write => "begin",
        };
        let (pool, begin) = match scope {
            // One round trip for both. An id has no character that could end the text.
            Scope::Tenant(tenant) => (&self.app, format!("{begin}; set local portvakt.tenant = '{}'", tenant.0)),
            Scope::Control => (&self.control, begin.to_owned()),
        };
        let runtime = self.runtime.clone();
        pool.run(move |pooled| pooled.transaction(&runtime, &begin, &mut query)).await
    }

    pub(crate) async fn ping(&self) -> Result<(), StorageError> {
        for pool in [&self.app, &self.control] {
            pool.run(|pooled| Ok(pooled.conn.batch_execute("select 1")?)).await?;
        }
        Ok(())
    }
}

#[derive(diesel::QueryableByName)]
struct Rights {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    unbound: bool,
    #[diesel(sql_type = Bool)]
    owner: bool,
    #[diesel(sql_type = Bool)]
    member: bool,
    #[diesel(sql_type = Bool)]
    other: bool,
}

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Refuses a role that row-level security does not bind, and a schema that is older than the program. A newer one is
/// fine: migrations only expand.
fn fits(c: &mut Conn, role: &str, other: &str) -> Outcome<()> {
    require_roles(c)?;
    let rights: Rights = sql_query(
        "select current_user::text as name,
           (select bool_or(rolsuper or rolbypassrls) from pg_roles where rolname in (current_user, session_user)) as unbound,
           exists (select from pg_class where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace
             and pg_has_role(current_user, relowner, 'MEMBER')) as owner,
           pg_has_role(current_user, $1, 'USAGE') as member,
           pg_has_role(current_user, $2, 'MEMBER') as other",
    )
    .bind::<Text, _>(role)
    .bind::<Text, _>(other)
    .get_result(c)?;
    let name = rights.name;
    let problem = if rights.unbound {
        format!(
            "the database role {name:?} is superuser or has BYPASSRLS: tenants would not be kept apart; log in as {role}"
        )
    } else if rights.owner {
        format!("the database role {name:?} owns tables: it could lift the wall between tenants; log in as {role}")
    } else if !rights.member {
        format!("the database role {name:?} is not {role}")
    } else if rights.other {
        format!("the database role {name:?} is also {other}: the two must be kept apart")
    } else {
        String::new()
    };
    if !problem.is_empty() {
        return Err(StorageError::BadRole(problem).into());
    }
    let pending = pending(c)?;
    if !pending.is_empty() {
        return Err(StorageError::MigrationsPending(pending).into());
    }
    Ok(())
}

fn require_roles(c: &mut Conn) -> Outcome<()> {
    let found: Vec<Name> = sql_query("select rolname::text as name from pg_roles where rolname in ($1, $2)")
        .bind::<Text, _>(APP_ROLE)
        .bind::<Text, _>(CONTROL_ROLE)
        .load(c)?;
    for role in [APP_ROLE, CONTROL_ROLE] {
        if !found.iter().any(|row| row.name == role) {
            return Err(StorageError::BadRole(format!(
                "the database role {role} does not exist; make it: create role {role} login nosuperuser nobypassrls \
                 nocreatedb nocreaterole password '…'"
            ))
            .into());
        }
    }
    Ok(())
}

/// The migrations built in that the database does not have. Asked without diesel's own harness, which would want to make
/// its table.
fn pending(c: &mut Conn) -> Outcome<Vec<String>> {
    let known: Vec<Name> =
        sql_query("select 'x' as name where to_regclass('__diesel_schema_migrations') is not null").load(c)?;
    let applied: Vec<Name> = match known.is_empty() {
        true => Vec::new(),
        false => sql_query("select version::text as name from __diesel_schema_migrations").load(c)?,
    };
    let built_in = diesel::migration::MigrationSource::<Db>::migrations(&MIGRATIONS).map_err(StorageError::Internal)?;
    let mut pending: Vec<String> = built_in
        .iter()
        .filter(|migration| !applied.iter().any(|row| row.name == migration.name().version().to_string()))
        .map(|migration| migration.name().to_string())
        .collect();
    pending.sort();
    Ok(pending)
}

/// Runs pending migrations as the role that owns the tables, one program at a time.
pub(crate) async fn migrate(
    owner_url: &SecretString,
    ca_pem: Option<&str>,
    runtime: &Handle,
) -> Result<Vec<String>, StorageError> {
    let address = Address::new(owner_url, ca_pem)?;
    let inside = runtime.clone();
    let work = move || -> Outcome<Vec<String>> {
        let (mut c, _) = inside.block_on(address.connect()).map_err(|error| QueryError::Lost(error.into()))?;
        require_roles(&mut c)?;
        c.batch_execute("set statement_timeout = 0; set lock_timeout = '10s'; select pg_advisory_lock(7236836001)")?;
        let pending = c.pending_migrations(MIGRATIONS).map_err(StorageError::Internal)?;
        let names = pending.iter().map(|migration| migration.name().to_string()).collect();
        c.run_migrations(&pending).map_err(StorageError::Internal)?;
        Ok(names)
    };
    let done = runtime.spawn_blocking(work).await.map_err(|error| StorageError::Internal(Source::from(error)))?;
    done.map_err(StorageError::from)
}
