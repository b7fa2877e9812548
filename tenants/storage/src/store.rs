//! The store: one of two databases, behind one type.

use std::{path::PathBuf, sync::Arc};

use secrecy::SecretString;
use tokio::runtime::Handle;

use crate::{counter::Counter, error::StorageError, postgres, postgres::Postgres, sqlite::Sqlite};

/// Where the database is.
#[derive(Debug, Clone)]
pub enum DatabaseSettings {
    /// A file, made and migrated when it is opened. One process serves from it.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
    /// A server, migrated beforehand by [`migrate`].
    Postgres {
        /// `postgres://portvakt_app:…@host/database`: the role that serves tenants. TLS is demanded unless the address
        /// says `sslmode=disable` or `prefer`; where it is used, the certificate is always verified.
        app_url: SecretString,
        /// The same as `portvakt_control`: the role for what belongs to no tenant.
        control_url: SecretString,
        /// PEM of the only certificate authorities to trust; the system's where there is none.
        ca_pem: Option<String>,
        /// Connections of the first role; the second gets half as many.
        pool_size: u32,
    },
}

/// What is to be migrated.
#[derive(Debug, Clone)]
pub enum MigrateSettings {
    /// A file.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
    /// A server.
    Postgres {
        /// The role that owns the tables, used for this alone.
        owner_url: SecretString,
        /// PEM of the only certificate authorities to trust; the system's where there is none.
        ca_pem: Option<String>,
    },
}

pub(crate) enum Backend {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// The database. Cloning it is cheap and gives the same one.
#[derive(Clone)]
pub struct Store {
    backend: Arc<Backend>,
    counter: Counter,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_sqlite() { "Store(SQLite)" } else { "Store(PostgreSQL)" })
    }
}

impl Store {
    /// Opens the database. `runtime` runs the transactions, so it must outlive the store and must not be a web
    /// server's worker.
    ///
    /// # Errors
    /// [`StorageError::MigrationsPending`] and [`StorageError::BadRole`] (both PostgreSQL) say what the operator has to
    /// do; [`StorageError::Unavailable`] that the database was not reached.
    pub async fn open(settings: DatabaseSettings, runtime: Handle) -> Result<Self, StorageError> {
        let counter = Counter::default();
        let backend = match settings {
            DatabaseSettings::Sqlite { path } => Backend::Sqlite(Sqlite::open(&path, runtime, counter.clone()).await?),
            DatabaseSettings::Postgres { app_url, control_url, ca_pem, pool_size } => Backend::Postgres(
                Postgres::open(&app_url, &control_url, ca_pem.as_deref(), pool_size, runtime, counter.clone()).await?,
            ),
        };
        Ok(Self { backend: Arc::new(backend), counter })
    }

    /// Whether this is the embedded database, which has no wall between tenants and serves one process only.
    pub fn is_sqlite(&self) -> bool {
        matches!(*self.backend, Backend::Sqlite(_))
    }

    /// SQL statements sent since the store was opened, those that open and close transactions included. A transaction
    /// that was run again counts again.
    pub fn statements(&self) -> u64 {
        self.counter.read()
    }

    /// Asks the database for a sign of life, on every pool.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`] when it gives none.
    pub async fn ping(&self) -> Result<(), StorageError> {
        match &*self.backend {
            Backend::Sqlite(sqlite) => sqlite.ping().await,
            Backend::Postgres(postgres) => postgres.ping().await,
        }
    }

    pub(crate) fn backend(&self) -> &Backend {
        &self.backend
    }
}

/// Runs the migrations that the database lacks and names them, oldest first.
///
/// # Errors
/// [`StorageError::BadRole`] when `portvakt_app` or `portvakt_control` does not exist (PostgreSQL).
pub async fn migrate(settings: MigrateSettings, runtime: Handle) -> Result<Vec<String>, StorageError> {
    match settings {
        MigrateSettings::Sqlite { path } => {
            let sqlite = Sqlite::unmigrated(&path, runtime, Counter::default())?;
            sqlite.migrate().await
        }
        MigrateSettings::Postgres { owner_url, ca_pem } => {
            postgres::migrate(&owner_url, ca_pem.as_deref(), &runtime).await
        }
    }
}
