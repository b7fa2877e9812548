//! A number that was registered elsewhere becomes the account's, without a code: the demo's people, and the tests'.

use portvakt_domain::{
    id::{AccountKey, TenantId},
    keys::{KeyRing, KeyUse},
    number::MobileNumber,
    random::Random,
    time::Instant,
};
use portvakt_storage::{Store, numbers};

use crate::{FlowError, open};

/// Stores the number, in the place of one that the account may have.
///
/// # Errors
/// The database.
pub async fn run(
    store: &Store,
    keys: &KeyRing,
    random: &dyn Random,
    tenant: TenantId,
    account: AccountKey,
    number: &MobileNumber,
    now: Instant,
) -> Result<(), FlowError> {
    let (plain, row) = (number.e164().as_bytes(), open::new_row(now, random));
    let place = open::number_place(account, row);
    let sealed =
        keys.seal(tenant, place, plain, random).map_err(|source| FlowError::Sealed { place: place.table, source })?;
    let hash = keys.hash(tenant, KeyUse::Number, &[plain]);
    Ok(numbers::import(store, tenant, account, row, sealed, hash, now).await?)
}
