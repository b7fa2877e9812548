//! A tenant's earlier settings are put in force again, as a new version. Secrets stay as they are: an old password at a
//! gateway opens nothing any more.

use std::collections::BTreeMap;

use portvakt_domain::{id::TenantId, keys::KeyRing, random::Random, tenant::TenantSettings, time::Clock};
use portvakt_storage::{Store, settings};

use crate::apply_settings::{Applied, ApplyError, Applying};

/// The settings of a version, to be put in force again; `None` where there is no such version.
///
/// # Errors
/// The database, and settings that this release can't use any more.
pub async fn find(store: &Store, tenant: TenantId, version: i64) -> Result<Option<TenantSettings>, ApplyError> {
    let Some(stored) = settings::at_version(store, tenant, version).await? else { return Ok(None) };
    Ok(Some(serde_json::from_str(&stored.document)?))
}

/// Puts the settings of a version in force again. They are validated as any others; where they are in force already, no
/// version is written.
///
/// # Errors
/// Settings that are wrong by now, and the database.
pub async fn run(
    store: &Store,
    keys: &KeyRing,
    clock: &dyn Clock,
    random: &dyn Random,
    wanted: &TenantSettings,
    version: i64,
    author: &str,
) -> Result<Applied, ApplyError> {
    let details = BTreeMap::from([("rolled_back_to".to_owned(), version.to_string())]);
    Applying { store, keys, clock, random }.run(wanted, &BTreeMap::new(), author, details).await
}
