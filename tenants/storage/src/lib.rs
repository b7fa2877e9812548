#![doc = include_str!("../README.md")]
#![expect(clippy::duplicate_mod, reason = "the queries are written once and compiled for both databases")]

#[macro_use]
mod dispatch;
mod counter;
mod error;
mod lock;
mod pool;
mod postgres;
mod sqlite;
mod store;
mod values;

pub mod audit;
pub mod breakers;
pub mod feedback;
pub mod flows;
pub mod jobs;
pub mod key_rotations;
pub mod limits;
pub mod messages;
pub mod networks;
pub mod number_attributes;
pub mod number_changes;
pub mod numbers;
pub mod operator;
pub mod reconciliations;
pub mod rejections;
pub mod reminders;
pub mod reports;
pub mod sealed_values;
pub mod settings;
pub mod sign_in;
pub mod sweep;
pub mod trips;

pub use error::{Source, StorageError};
pub use store::{DatabaseSettings, MigrateSettings, Store, migrate};

/// Whether a transaction changes anything.
#[derive(Debug, Clone, Copy)]
enum Access {
    Read,
    Write,
}
