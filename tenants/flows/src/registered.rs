//! An account's registered numbers: the one place where they are read, whatever keeps them.

use portvakt_domain::{
    audit::AuditKind,
    holder::Holder,
    id::AccountKey,
    keys::{KeyUse, KeyedHash, Place},
    number::MobileNumber,
    time::Instant,
};
use portvakt_storage::{audit, numbers};
use uuid::Uuid;

use crate::{
    FlowError, Platform, Tenant,
    event::{EventExt as _, event},
    open,
};

/// A number that is registered.
#[derive(Debug, Clone)]
pub struct Registered {
    /// What it is known by: in forms, and as the holder in the audit trail. It says nothing of anybody.
    pub row: Uuid,
    /// Since when this number stands in that row.
    pub since: Instant,
    /// The number, for its owner's eyes or for a message.
    pub number: MobileNumber,
    /// The number, hashed for look-ups.
    pub hash: KeyedHash,
    /// Who holds it, where the account is functional.
    pub holder: Option<Holder>,
}

/// The account's numbers, the first one first.
///
/// # Errors
/// The database, or a sealed value that does not open: that is recorded in the audit trail.
pub async fn numbers(platform: &Platform, tenant: &Tenant, account: AccountKey) -> Result<Vec<Registered>, FlowError> {
    let stored = numbers::list(&platform.store, tenant.id, account).await?;
    let mut registered = Vec::with_capacity(stored.len());
    for stored in stored {
        let place = number_place(account, stored.row_id);
        let number = opened(platform, tenant, account, place, &stored.sealed).await?;
        let number = MobileNumber::from_e164(&number).map_err(|_| FlowError::Corrupt("numbers.number"))?;
        let holder = match &stored.holder {
            None => None,
            Some(sealed) => {
                let holder = opened(platform, tenant, account, holder_place(account, stored.row_id), sealed).await?;
                Some(Holder::parse(&holder).map_err(|_| FlowError::Corrupt("numbers.holder"))?)
            }
        };
        // Hashed anew: what is stored may be under a key that is not the active one any more.
        let hash = look_up_hash(platform, tenant, &number);
        registered.push(Registered { row: stored.row_id, since: stored.registered_at, number, hash, holder });
    }
    Ok(registered)
}

/// What a number is looked up by.
pub(crate) fn look_up_hash(platform: &Platform, tenant: &Tenant, number: &MobileNumber) -> KeyedHash {
    platform.keys.hash(tenant.id, KeyUse::Number, &[number.e164().as_bytes()])
}

/// Whether a hash that was stored is this number's, under whichever key of the ring.
pub(crate) fn is_hash_of(platform: &Platform, tenant: &Tenant, hash: KeyedHash, number: &MobileNumber) -> bool {
    platform.keys.each().any(|ring| ring.hash(tenant.id, KeyUse::Number, &[number.e164().as_bytes()]) == hash)
}

/// Where a registered number is sealed. Exchanging the accounts of two rows is as bad as exchanging their numbers, so
/// the account is part of the place.
pub(crate) fn number_place(account: AccountKey, row: Uuid) -> Place {
    Place { table: "numbers", column: "number", row, owner: Some(account.0) }
}

/// Where the holder of a registered number is sealed.
pub(crate) fn holder_place(account: AccountKey, row: Uuid) -> Place {
    Place { table: "numbers", column: "holder", row, owner: Some(account.0) }
}

async fn opened(
    platform: &Platform,
    tenant: &Tenant,
    account: AccountKey,
    place: Place,
    sealed: &portvakt_domain::keys::Sealed,
) -> Result<zeroize::Zeroizing<String>, FlowError> {
    match open::text(platform, tenant, place, sealed) {
        Ok(text) => Ok(text),
        Err(error) => {
            let name = format!("{}.{}", place.table, place.column);
            let rejected = event(platform, AuditKind::SealRejected).account(Some(account)).detail("place", &name);
            audit::record(&platform.store, tenant.id, vec![rejected]).await?;
            Err(error)
        }
    }
}
