//! The embedded database: one file, one writer at a time.

use std::path::Path;

use diesel::{
    Connection as _, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _, sql_query, sql_types::Text,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use portvakt_domain::id::TenantId;
use tokio::runtime::Handle;

use crate::{
    Access,
    counter::Counter,
    error::{Outcome, StorageError},
    lock::Lock,
    pool::Pool,
    values::{At, Id},
};

/// How the types of the queries are called here.
pub(crate) mod sql {
    pub(crate) use diesel::sql_types::{BigInt as Ts, Binary as Id};
}

/// The connection that the queries are compiled for.
pub(crate) type Conn = SqliteConnection;
pub(crate) type Db = diesel::sqlite::Sqlite;

/// Rows can't be locked one by one; there is one writer.
pub(crate) const SKIP_LOCKED: &str = "";

/// A writing transaction excludes every other one from its start.
pub(crate) fn lock(_: &mut Conn, _: Lock) -> Outcome<()> {
    Ok(())
}

/// Makes an account's pseudonym, where it has none yet. Which one it is, is to be asked.
pub(crate) fn make_subject(c: &mut Conn, tenant: Id, account: Id, new: Id) -> Outcome<Option<Id>> {
    let query =
        sql_query("insert into subjects (tenant_id, account, subject) values ($1, $2, $3) on conflict do nothing");
    query.bind::<sql::Id, _>(tenant).bind::<sql::Id, _>(account).bind::<sql::Id, _>(new).execute(c)?;
    Ok(None)
}

/// Asks for what was recorded to be sealed.
pub(crate) fn ask_to_seal(c: &mut Conn, tenant: TenantId, job: NewJob) -> Outcome<()> {
    queries::jobs::add(c, tenant, job).map(drop)
}

/// Deletes every row of a tenant whose grace period is over, as the function of this name does on PostgreSQL.
pub(crate) fn delete_tenant(c: &mut Conn, tenant: Id, moment: At) -> Outcome<bool> {
    #[derive(diesel::QueryableByName)]
    struct Table {
        #[diesel(sql_type = Text)]
        name: String,
    }
    // Until the transaction ends, so that the order of the tables does not matter.
    c.batch_execute("pragma defer_foreign_keys = on")?;
    // Numbered: what stands first is the second.
    let kept = sql_query(
        "insert into deleted_tenants (id, slug, created_at, asked_at, asked_by, deleted_at)
           select id, slug, created_at, delete_asked_at, delete_asked_by, ?2 from tenants
           where id = ?1 and delete_due_at <= ?2 and suspended_at is not null",
    );
    if kept.bind::<sql::Id, _>(tenant).bind::<sql::Ts, _>(moment).execute(c)? == 0 {
        return Ok(false);
    }
    let tables: Vec<Table> = sql_query(
        "select t.name as name from sqlite_schema t join pragma_table_info(t.name) c on c.name = 'tenant_id'
         where t.type = 'table'",
    )
    .load(c)?;
    for Table { name } in tables {
        sql_query(format!("delete from {name} where tenant_id = $1")).bind::<sql::Id, _>(tenant).execute(c)?;
    }
    sql_query("delete from tenants where id = $1").bind::<sql::Id, _>(tenant).execute(c)?;
    Ok(true)
}

#[path = "queries/all.rs"]
pub(crate) mod queries;
use queries::jobs::NewJob;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// FULL: in WAL mode NORMAL may lose the last commits when the power goes, and with them a used code, a counted try or
/// the only record of a password that was written. Deleted numbers and hashes are overwritten. A reader never waits;
/// a writer of another process is waited for.
const SETTINGS: &str = "
    pragma busy_timeout = 5000;
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma secure_delete = on;
    pragma trusted_schema = off;
";

/// Readers beside the one writer.
const READERS: u32 = 4;

pub(crate) struct Manager {
    path: String,
    counter: Counter,
}

impl Manager {
    fn new(path: &Path, counter: Counter) -> Result<Self, StorageError> {
        let path = path.to_str().ok_or_else(|| StorageError::Internal("the database's path is not UTF-8".into()))?;
        Ok(Self { path: path.to_owned(), counter })
    }
}

impl r2d2::ManageConnection for Manager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        let mut connection = Conn::establish(&self.path).map_err(diesel::r2d2::Error::ConnectionError)?;
        connection.batch_execute(SETTINGS).map_err(diesel::r2d2::Error::QueryError)?;
        connection.set_instrumentation(self.counter.clone());
        Ok(connection)
    }

    fn is_valid(&self, _: &mut Conn) -> Result<(), Self::Error> {
        Ok(())
    }

    fn has_broken(&self, connection: &mut Conn) -> bool {
        std::thread::panicking() || is_broken(connection)
    }
}

fn is_broken(connection: &mut Conn) -> bool {
    use diesel::connection::TransactionManager;
    <Conn as diesel::Connection>::TransactionManager::is_broken_transaction_manager(connection)
}

/// The file's connections. Writers queue for the only one of theirs, instead of colliding in the file.
pub(crate) struct Sqlite {
    readers: Pool<Manager>,
    writer: Pool<Manager>,
}

impl Sqlite {
    pub(crate) async fn open(path: &Path, runtime: Handle, counter: Counter) -> Result<Self, StorageError> {
        let sqlite = Self::unmigrated(path, runtime, counter)?;
        sqlite.migrate().await?;
        Ok(sqlite)
    }

    pub(crate) fn unmigrated(path: &Path, runtime: Handle, counter: Counter) -> Result<Self, StorageError> {
        make_private(path).map_err(|error| StorageError::Unavailable(error.into()))?;
        Ok(Self {
            readers: Pool::new(Manager::new(path, counter.clone())?, READERS, runtime.clone()),
            writer: Pool::new(Manager::new(path, counter)?, 1, runtime),
        })
    }

    pub(crate) async fn migrate(&self) -> Result<Vec<String>, StorageError> {
        self.writer
            // In one transaction: two programs may open a new file at once.
            .run(|c| {
                c.immediate_transaction(|c| {
                    let pending = c.pending_migrations(MIGRATIONS).map_err(StorageError::Internal)?;
                    let names = pending.iter().map(|migration| migration.name().to_string()).collect();
                    c.run_migrations(&pending).map_err(StorageError::Internal)?;
                    Outcome::Ok(names)
                })
            })
            .await
    }

    /// Runs `query` in one transaction.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        access: Access,
        mut query: impl FnMut(&mut Conn) -> Outcome<T> + Send + 'static,
    ) -> Result<T, StorageError> {
        match access {
            Access::Read => self.readers.run(move |c| c.transaction(&mut query)).await,
            // Immediate: a transaction that reads first and writes later would find the file changed in between.
            Access::Write => self.writer.run(move |c| c.immediate_transaction(&mut query)).await,
        }
    }

    pub(crate) async fn ping(&self) -> Result<(), StorageError> {
        for pool in [&self.readers, &self.writer] {
            pool.run(|c| Ok(c.batch_execute("select 1")?)).await?;
        }
        Ok(())
    }
}

/// Makes the file before SQLite does, readable by its owner alone; the files beside it follow its rights.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
