//! What a use case can fail with, beyond the outcomes that people are told of.

use portvakt_domain::{directory::DirectoryError, keys::KeyError};
use portvakt_storage::StorageError;

/// A fault, not an answer. The edge logs it once, with its sources.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The database.
    #[error("storage")]
    Storage(#[from] StorageError),
    /// The tenant's directory.
    #[error("directory")]
    Directory(#[from] DirectoryError),
    /// A sealed value did not open: the store was altered, or a key is missing.
    #[error("sealed value in {place}")]
    Sealed {
        /// Table and column.
        place: &'static str,
        /// Why.
        source: KeyError,
    },
    /// Something stored is not what this release writes.
    #[error("stored value: {0}")]
    Corrupt(&'static str),
}
