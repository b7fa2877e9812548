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
    time::{Duration, Instant},
};

use diesel::{
    Connection as _, OptionalExtension as _, RunQueryDsl as _,
    connection::{SimpleConnection as _, TransactionManager as _},
    sql_query,
    sql_types::{BigInt, Bool, Nullable, Text},
};
use diesel_async::AsyncPgConnection;
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
    values::{At, Id},
};

mod conn;
mod driver;
mod rights;
mod tls;
pub(crate) use conn::Conn;
use driver::Driver;

/// How the types of the queries are called here.
pub(crate) mod sql {
    pub(crate) use diesel::sql_types::{Timestamptz as Ts, Uuid as Id};
}

pub(crate) type Db = diesel::pg::Pg;

/// Rows that another worker is about to lease are passed over.
pub(crate) const SKIP_LOCKED: &str = "for update of j skip locked";

/// Takes a lock.
pub(crate) fn lock(c: &mut Conn, lock: Lock) -> Outcome<()> {
    let query = match lock {
        Lock::Account(..) | Lock::Settings(_) => "select pg_advisory_xact_lock($1)",
        Lock::Recorded(_) => "select pg_advisory_lock($1), pg_advisory_unlock($1)",
    };
    sql_query(query).bind::<BigInt, _>(lock.number()).execute(c)?;
    Ok(())
}

/// An account's pseudonym, made where it has none yet. `None`: another transaction made it while this one looked, so it is
/// to be asked again.
pub(crate) fn make_subject(c: &mut Conn, tenant: Id, account: Id, new: Id) -> Outcome<Option<Id>> {
    #[derive(diesel::QueryableByName)]
    struct Made {
        #[diesel(sql_type = sql::Id)]
        subject: Id,
    }
    let query = sql_query(
        "with made as (
           insert into subjects (tenant_id, account, subject) values ($1, $2, $3) on conflict do nothing returning subject)
         select subject from made union all select subject from subjects where tenant_id = $1 and account = $2",
    );
    let query = query.bind::<sql::Id, _>(tenant).bind::<sql::Id, _>(account).bind::<sql::Id, _>(new);
    Ok(query.get_result::<Made>(c).optional()?.map(|made| made.subject))
}

/// Asks for what was recorded to be sealed.
///
/// Who records an event sees that a sealing job waits already and adds none; that job must then not run before the event
/// can be seen. So recorders share a lock, and the sealer waits once until all who held it are done. It does not keep the
/// lock: those who come later find its job taken and add one of their own.
pub(crate) fn ask_to_seal(c: &mut Conn, tenant: TenantId, job: NewJob) -> Outcome<()> {
    // The lock is taken before the row is tried, in one statement with it.
    let query = sql_query(
        "insert into jobs (tenant_id, id, kind, payload, dedupe_key, run_at, attempts, created_at)
           select $1, $2, $3, $4, $5, $6, 0, $7 from (select pg_advisory_xact_lock_shared($8)) as recording
         on conflict do nothing",
    );
    query
        .bind::<sql::Id, _>(Id(tenant.0))
        .bind::<sql::Id, _>(job.id)
        .bind::<Text, _>(job.kind)
        .bind::<Text, _>(job.payload)
        .bind::<Nullable<Text>, _>(job.dedupe_key)
        .bind::<sql::Ts, _>(job.run_at)
        .bind::<sql::Ts, _>(job.created_at)
        .bind::<BigInt, _>(Lock::Recorded(tenant).number())
        .execute(c)?;
    Ok(())
}

/// Deletes every row of a tenant whose grace period is over. The roles in use may not delete a trail: a function of the
/// owner's does it.
pub(crate) fn delete_tenant(c: &mut Conn, tenant: Id, moment: At) -> Outcome<bool> {
    #[derive(diesel::QueryableByName)]
    struct Done {
        #[diesel(sql_type = Bool)]
        done: bool,
    }
    // A large trail takes longer than anything else here.
    c.batch_execute("set local statement_timeout = 0")?;
    let query = sql_query("select delete_tenant($1, $2) as done").bind::<sql::Id, _>(tenant).bind::<sql::Ts, _>(moment);
    Ok(query.get_result::<Done>(c)?.done)
}

#[path = "queries/all.rs"]
pub(crate) mod queries;
use queries::jobs::NewJob;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// How long a connection may have rested before it is looked at whether it is still there.
const RESTED: Duration = Duration::from_millis(100);

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

    /// Connects, on a thread that may wait.
    fn connect(&self) -> Result<Pooled, diesel::ConnectionError> {
        let driver = Driver::new().map_err(|error| diesel::ConnectionError::BadConnection(error.to_string()))?;
        let gone = Arc::new(AtomicBool::new(false));
        let connection = driver.block_on(self.open(gone.clone()))?;
        Ok(Pooled { conn: Conn::new(connection, driver), gone, used: Instant::now() })
    }

    /// The flag is set when the connection is gone.
    async fn open(&self, gone: Arc<AtomicBool>) -> Result<AsyncPgConnection, diesel::ConnectionError> {
        let (client, connection) = self
            .config
            .connect(self.tls.clone())
            .await
            .map_err(|error| diesel::ConnectionError::CouldntSetupConfiguration(query_error(&error)))?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(error = %error, "a database connection broke");
            }
            gone.store(true, Ordering::Relaxed);
        });
        let mut connection = AsyncPgConnection::try_from(client).await?;
        diesel_async::SimpleAsyncConnection::batch_execute(&mut connection, SESSION)
            .await
            .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
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
    /// When it was last waited for, and would have seen its end.
    used: Instant,
}

pub(crate) struct Manager {
    address: Address,
    counter: Counter,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Pooled;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Pooled, Self::Error> {
        let mut pooled = self.address.connect().map_err(diesel::r2d2::Error::ConnectionError)?;
        pooled.conn.set_instrumentation(self.counter.clone());
        Ok(pooled)
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), Self::Error> {
        if pooled.used.elapsed() > RESTED {
            pooled.conn.look();
        }
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
    fn transaction<T>(&mut self, begin: &str, query: &mut impl FnMut(&mut Conn) -> Outcome<T>) -> Outcome<T> {
        type Manager = <Conn as diesel::Connection>::TransactionManager;
        if let Err(error) = self.conn.begin(begin) {
            // Whatever state it is in now, nobody should go on with it.
            self.gone.store(true, Ordering::Relaxed);
            return Err(QueryError::Lost(error.into()));
        }
        let outcome = query(&mut self.conn);
        self.used = Instant::now();
        match outcome {
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
            let manager = Manager { address, counter: counter.clone() };
            Ok::<_, StorageError>(Pool::new(manager, size, runtime.clone()))
        };
        let app = pool(app_url, pool_size)?;
        let control = pool(control_url, (pool_size / 2).max(2))?;
        let postgres = Self { app, control };
        postgres.app.run(|pooled| rights::fits(&mut pooled.conn, rights::APP, rights::CONTROL)).await?;
        postgres.control.run(|pooled| rights::fits(&mut pooled.conn, rights::CONTROL, rights::APP)).await?;
        Ok(postgres)
    }

    /// Runs `query` in one transaction.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        scope: Scope,
        access: Access,
        mut query: impl FnMut(&mut Conn) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StorageError> {
        let pool = match scope {
            Scope::Tenant(_) => &self.app,
            Scope::Control => &self.control,
        };
        let begin = opening(scope, access);
        pool.run(move |pooled| pooled.transaction(&begin, &mut query)).await
    }

    pub(crate) async fn ping(&self) -> Result<(), StorageError> {
        for pool in [&self.app, &self.control] {
            pool.run(|pooled| Ok(pooled.conn.batch_execute("select 1")?)).await?;
        }
        Ok(())
    }
}

/// How a transaction begins, in one round trip. `local`: the tenant is forgotten when it ends, whichever way.
fn opening(scope: Scope, access: Access) -> String {
    let begin = match access {
        Access::Read => "begin read only",
        Access::Write => "begin",
    };
    match scope {
        // An id has no character that could end the text.
        Scope::Tenant(tenant) => format!("{begin}; set local portvakt.tenant = '{}'", tenant.0),
        Scope::Control => begin.to_owned(),
    }
}

/// Runs pending migrations as the role that owns the tables, one program at a time.
pub(crate) async fn migrate(
    owner_url: &SecretString,
    ca_pem: Option<&str>,
    runtime: &Handle,
) -> Result<Vec<String>, StorageError> {
    let address = Address::new(owner_url, ca_pem)?;
    let work = move || -> Outcome<Vec<String>> {
        let mut pooled = address.connect().map_err(|error| QueryError::Lost(error.into()))?;
        let c = &mut pooled.conn;
        rights::require_roles(c)?;
        c.batch_execute("set statement_timeout = 0; set lock_timeout = '10s'; select pg_advisory_lock(7236836001)")?;
        let pending = c.pending_migrations(MIGRATIONS).map_err(StorageError::Internal)?;
        let names = pending.iter().map(|migration| migration.name().to_string()).collect();
        c.run_migrations(&pending).map_err(StorageError::Internal)?;
        Ok(names)
    };
    let done = runtime.spawn_blocking(work).await.map_err(|error| StorageError::Internal(Source::from(error)))?;
    done.map_err(StorageError::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_named_for_one_transaction_only() {
        let tenant = TenantId(uuid::Uuid::from_u128(1));
        assert_eq!(
            opening(Scope::Tenant(tenant), Access::Read),
            "begin read only; set local portvakt.tenant = '00000000-0000-0000-0000-000000000001'"
        );
        assert!(opening(Scope::Tenant(tenant), Access::Write).starts_with("begin; set local portvakt.tenant = "));
        assert_eq!(opening(Scope::Control, Access::Write), "begin");
    }

    #[test]
    fn tls_is_demanded_unless_the_address_says_otherwise() {
        use tokio_postgres::config::SslMode;
        for (parameters, mode) in [
            ("", SslMode::Require),
            ("?sslmode=require", SslMode::Require),
            ("?sslmode=verify-full", SslMode::Require),
            ("?sslmode=verify-ca", SslMode::Require),
            ("?sslmode=prefer", SslMode::Prefer),
            ("?sslmode=disable", SslMode::Disable),
        ] {
            let url = format!("postgres://u:p@db/portvakt{parameters}").into();
            let address = Address::new(&url, None).expect("an address");
            assert_eq!(address.config.get_ssl_mode(), mode, "{parameters}");
        }
        let secret = SecretString::from("postgres://u:hemligt@db:x/portvakt");
        let error = Address::new(&secret, None).err().expect("refused");
        assert!(!format!("{error:?}").contains("hemligt"), "{error:?}");
    }
}
