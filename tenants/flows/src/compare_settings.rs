//! What settings would change, or changed: against those in force, or from one version to another.

use std::collections::BTreeMap;

use portvakt_domain::{
    id::TenantId,
    keys::{KeyRing, Sealed},
    tenant::{Difference, Document, SecretChange, SecretName, TenantSettings},
};
use portvakt_storage::{
    Store, operator,
    settings::{self, StoredSettings},
};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::apply_settings::{ApplyError, secret_place};

/// What applying these settings would change. All of it, where none are in force yet, or nothing that can be compared.
///
/// # Errors
/// The database.
pub async fn with_those_in_force(
    store: &Store,
    keys: &KeyRing,
    wanted: &TenantSettings,
    secrets: &BTreeMap<SecretName, SecretString>,
) -> Result<Difference, ApplyError> {
    let row = operator::find_tenant(store, wanted.slug.as_str().to_owned()).await?;
    let in_force = match row.and_then(|row| Some((row.id, row.version?))) {
        Some((tenant, version)) => settings::at_version(store, tenant, version).await?.map(|stored| (tenant, stored)),
        None => None,
    };
    let after = Document::of(wanted)?;
    let Some((tenant, stored)) = in_force else {
        let set = secrets.keys().map(|name| (*name, SecretChange::Set)).collect();
        return Ok(Difference::between(&Document::default(), &after, set));
    };
    let mut told = Vec::new();
    for name in SecretName::all() {
        let before = open(keys, tenant, name, &stored.secrets);
        // One that is not given stays as it is.
        let given = secrets.get(&name).map(|secret| Some(Zeroizing::new(secret.expose_secret().to_owned())));
        let after = given.as_ref().or(before.as_ref());
        told.extend(SecretChange::of(before.as_ref(), after).map(|change| (name, change)));
    }
    // Whatever became of the settings in force, others must be able to take their place.
    let before = Document::read(&stored.document).unwrap_or_default();
    Ok(Difference::between(&before, &after, told))
}

/// Whether this release can read a version: a newer one may have written it.
pub fn is_readable(stored: &StoredSettings) -> bool {
    serde_json::from_str::<TenantSettings>(&stored.document).is_ok()
}

/// What differs from one stored version to another.
///
/// # Errors
/// A document that is none.
pub fn between(
    keys: &KeyRing,
    tenant: TenantId,
    before: &StoredSettings,
    after: &StoredSettings,
) -> Result<Difference, serde_json::Error> {
    let became = |name| {
        let [old, new] = [before, after].map(|stored| open(keys, tenant, name, &stored.secrets));
        let change = match (before.secrets.get(name.as_str()), after.secrets.get(name.as_str())) {
            // The same row, whether or not it opens.
            (Some(old), Some(new)) if old == new => Some(SecretChange::Unchanged),
            _ => SecretChange::of(old.as_ref(), new.as_ref()),
        };
        change.map(|change| (name, change))
    };
    let secrets = SecretName::all().into_iter().filter_map(became).collect();
    Ok(Difference::between(&Document::read(&before.document)?, &Document::read(&after.document)?, secrets))
}

/// A stored secret; `Some(None)` is one that does not open any more, which is unlike every other.
fn open(
    keys: &KeyRing,
    tenant: TenantId,
    name: SecretName,
    secrets: &BTreeMap<String, Sealed>,
) -> Option<Option<Zeroizing<String>>> {
    let sealed = secrets.get(name.as_str())?;
    Some(keys.open_text(tenant, secret_place(tenant, name), sealed).ok())
}
