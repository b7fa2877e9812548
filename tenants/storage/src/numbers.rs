//! Registered recovery numbers.

use portvakt_domain::{
    id::AccountKey,
    keys::{KeyedHash, Sealed},
    time::Instant,
};
use uuid::Uuid;

/// A registered number.
#[derive(Debug, Clone)]
pub struct StoredNumber {
    /// The row it is sealed for.
    pub row_id: Uuid,
    /// The number, sealed (`numbers.number`, row: `row_id`).
    pub sealed: Sealed,
    /// The number, hashed for look-ups.
    pub number_hash: KeyedHash,
    /// Since when.
    pub registered_at: Instant,
}

storage_functions! { of numbers:
    /// An account's number.
    read fn find(account: AccountKey) -> Option<StoredNumber>;

    /// Puts a number in without proof: the demo's, and those of a system that is replaced. Replaces what is there.
    write fn import(account: AccountKey, row_id: Uuid, sealed: Sealed, number_hash: KeyedHash, at: Instant) -> ();
}
