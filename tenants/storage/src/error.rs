//! What can go wrong in storage, in words that callers may act on.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// An error with its whole chain, for the log.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// What can go wrong. "There is no such row" is not here: look-ups return `Option`, conditional changes return `bool` or
/// an outcome.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The database can't be reached or is too busy. Trying again later may help.
    #[error("the database can't be reached or is too busy")]
    Unavailable(#[source] Source),
    /// Somebody else was first; the text names what it was about.
    #[error("conflict: {0}")]
    Conflict(String),
    /// A row holds what no release writes; the text names the column, never the value.
    #[error("the database holds what can't be read: {0}")]
    Corrupt(String),
    /// The database is older than the program.
    #[error("migrations are pending: {}; run `portvakt migrate`", .0.join(", "))]
    MigrationsPending(Vec<String>),
    /// A database role that is missing, or may more or less than it should.
    #[error("{0}")]
    BadRole(String),
    /// Anything else: a programming error, or a database that is not ours.
    #[error("the database refused")]
    Internal(#[source] Source),
}

/// What a query may fail with before it is known whether it is tried again.
#[derive(Debug)]
pub(crate) enum QueryError {
    Diesel(DieselError),
    /// The connection was lost before anything was sent over it: another one may do.
    Lost(Source),
    Storage(StorageError),
}

/// The result of a query.
pub(crate) type Outcome<T> = Result<T, QueryError>;

impl From<DieselError> for QueryError {
    fn from(error: DieselError) -> Self {
        Self::Diesel(error)
    }
}

impl From<StorageError> for QueryError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl QueryError {
    /// Whether the same transaction may succeed when it is run again from its start.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Lost(_) => true,
            Self::Diesel(DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            // Neither driver passes on a code for these; the roles' lc_messages keeps them in English.
            Self::Diesel(DieselError::DatabaseError(DatabaseErrorKind::Unknown, info)) => {
                ["deadlock detected", "database is locked", "database table is locked"]
                    .iter()
                    .any(|text| info.message().contains(text))
            }
            _ => false,
        }
    }
}

/// What a server says when it or an operator breaks something off; there is no code to be had for these either.
const BROKEN_OFF: [&str; 3] = ["canceling statement due to", "terminating connection due to", "the database system is"];

impl From<QueryError> for StorageError {
    fn from(error: QueryError) -> Self {
        use DatabaseErrorKind as Kind;
        let transient = error.is_transient();
        match error {
            QueryError::Storage(error) => error,
            QueryError::Lost(source) => StorageError::Unavailable(source),
            QueryError::Diesel(error) => match &error {
                DieselError::DatabaseError(kind, info) => match kind {
                    // Constraint names and SQLite's messages hold no values.
                    Kind::UniqueViolation | Kind::ForeignKeyViolation => {
                        StorageError::Conflict(info.constraint_name().unwrap_or(info.message()).to_owned())
                    }
                    Kind::UnableToSendCommand | Kind::ClosedConnection => StorageError::Unavailable(error.into()),
                    Kind::Unknown if BROKEN_OFF.iter().any(|text| info.message().contains(text)) => {
                        StorageError::Unavailable(error.into())
                    }
                    _ if transient => StorageError::Unavailable(error.into()),
                    _ => StorageError::Internal(error.into()),
                },
                DieselError::BrokenTransactionManager => StorageError::Unavailable(error.into()),
                DieselError::DeserializationError(_) => StorageError::Corrupt(error.to_string()),
                _ => StorageError::Internal(error.into()),
            },
        }
    }
}

/// A column that can't be read.
pub(crate) fn corrupt(column: &str) -> QueryError {
    QueryError::Storage(StorageError::Corrupt(column.to_owned()))
}
