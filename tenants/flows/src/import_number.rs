//! Numbers that were registered elsewhere become the account's, without a code: the demo's people, and the tests'.

use portvakt_domain::{
    holder::Holder,
    id::{AccountKey, TenantId},
    keys::{KeyRing, KeyUse},
    number::MobileNumber,
    random::Random,
    time::Instant,
};
use portvakt_storage::{
    Store,
    numbers::{self, NewNumber},
};

use crate::{FlowError, open, registered};

/// Stores the numbers, each with its holder where the account is functional, in the place of those that the account may
/// have. The first one is the first.
///
/// # Errors
/// The database.
pub async fn run(
    store: &Store,
    keys: &KeyRing,
    random: &dyn Random,
    tenant: TenantId,
    account: AccountKey,
    all: &[(MobileNumber, Option<Holder>)],
    now: Instant,
) -> Result<(), FlowError> {
    let mut new = Vec::with_capacity(all.len());
    for (number, holder) in all {
        let row_id = open::new_row(now, random);
        let seal = |place: portvakt_domain::keys::Place, plain: &str| {
            let sealed = keys.seal(tenant, place, plain.as_bytes(), random);
            sealed.map_err(|source| FlowError::Sealed { place: place.table, source })
        };
        let holder = holder.as_ref().map(|holder| seal(registered::holder_place(account, row_id), holder.reveal()));
        new.push(NewNumber {
            row_id,
            sealed: seal(registered::number_place(account, row_id), number.e164())?,
            holder: holder.transpose()?,
            number_hash: keys.hash(tenant, KeyUse::Number, &[number.e164().as_bytes()]),
            at: now,
        });
    }
    Ok(numbers::import(store, tenant, account, new).await?)
}
