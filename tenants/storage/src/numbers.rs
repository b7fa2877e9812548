//! Registered recovery numbers: several an account, in order; codes go to the first unless another is asked for.

use portvakt_domain::{
    id::AccountKey,
    keys::{KeyedHash, Sealed},
    time::Instant,
};
use uuid::Uuid;

/// A number to be registered.
#[derive(Debug, Clone)]
pub struct NewNumber {
    /// The row it is sealed for.
    pub row_id: Uuid,
    /// The number, sealed (`numbers.number`, row: `row_id`).
    pub sealed: Sealed,
    /// Who holds it, sealed (`numbers.holder`, row: `row_id`); `None` for a person's own.
    pub holder: Option<Sealed>,
    /// The number, hashed for look-ups.
    pub number_hash: KeyedHash,
    /// Since when.
    pub at: Instant,
}

/// A registered number.
#[derive(Debug, Clone)]
pub struct StoredNumber {
    /// The row it is sealed for.
    pub row_id: Uuid,
    /// The number, sealed (`numbers.number`, row: `row_id`).
    pub sealed: Sealed,
    /// Who holds it, sealed (`numbers.holder`, row: `row_id`).
    pub holder: Option<Sealed>,
    /// The number, hashed for look-ups.
    pub number_hash: KeyedHash,
    /// Since when.
    pub registered_at: Instant,
}

/// A registered number as somebody read it: the row stays when its number is replaced, the time does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenNumber {
    /// The row it is sealed for.
    pub row_id: Uuid,
    /// Since when.
    pub since: Instant,
}

storage_functions! { of numbers:
    /// An account's numbers, the first one first.
    read fn list(account: AccountKey) -> Vec<StoredNumber>;

    /// Puts numbers in without proof: the demo's, and those of a system that is replaced. Replaces what is there.
    write fn import(account: AccountKey, numbers: Vec<NewNumber>) -> ();
}
