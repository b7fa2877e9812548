//! Which keys the stored values of tenants need: what a rotation has left to do, and which keys may not go yet.

use std::collections::{BTreeMap, BTreeSet};

use portvakt_domain::{id::TenantId, keys::KeyRing};
use portvakt_storage::{StorageError, Store, audit, operator, sealed_values};

/// Which keys a tenant's rows need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// Values by place and key. The place is a table and a column.
    pub values: BTreeMap<(String, String), i64>,
    /// Of these, values that go by themselves within a day.
    pub passing: BTreeMap<String, i64>,
    /// Links of the audit trail that nothing says the key of.
    pub unnamed_links: i64,
}

impl Usage {
    /// Looks at all of a tenant's rows.
    ///
    /// # Errors
    /// The database.
    pub async fn of(store: &Store, tenant: TenantId) -> Result<Self, StorageError> {
        let mut usage = Self::default();
        for found in sealed_values::count_by_key(store, tenant).await? {
            let place = format!("{}.{}", found.column.table(), found.column.column());
            if !found.column.is_lasting() {
                *usage.passing.entry(found.key.clone()).or_default() += found.values;
            }
            usage.values.insert((place, found.key), found.values);
        }
        for (key, links) in audit::keys_in_use(store, tenant).await? {
            match key {
                Some(key) => *usage.values.entry(("audit trail".to_owned(), key)).or_default() += links,
                None => usage.unnamed_links += links,
            }
        }
        Ok(usage)
    }

    /// How many values each key has.
    pub fn by_key(&self) -> BTreeMap<&str, i64> {
        let mut keys = BTreeMap::new();
        for ((_, key), values) in &self.values {
            *keys.entry(key.as_str()).or_default() += values;
        }
        keys
    }

    /// How many values are under other keys than this one, links that name none among them.
    pub fn under_others(&self, active: &str) -> i64 {
        let named = self.by_key().into_iter().filter(|(key, _)| *key != active);
        named.map(|(_, values)| values).sum::<i64>() + self.unnamed_links
    }

    /// Whether a run has something left to do.
    pub(crate) fn lasting_under_others(&self, active: &str) -> bool {
        let passing: i64 = self.passing.iter().filter(|(key, _)| *key != active).map(|(_, values)| values).sum();
        self.under_others(active) > passing
    }

    /// The other keys that a run has something to do for.
    pub(crate) fn older_than(&self, ring: &KeyRing) -> BTreeSet<String> {
        let active = ring.active();
        let mut keys: BTreeSet<String> = self
            .by_key()
            .into_iter()
            .filter(|(key, values)| *key != active && *values > self.passing.get(*key).copied().unwrap_or(0))
            .map(|(key, _)| key.to_owned())
            .collect();
        if self.unnamed_links > 0 {
            keys.extend(ring.names().filter(|name| *name != active).map(str::to_owned));
        }
        keys
    }
}

/// Keys that tenants' rows need and the ring does not hold, each with the tenants, by their short names.
///
/// # Errors
/// The database.
pub async fn missing(store: &Store, keys: &KeyRing) -> Result<BTreeMap<String, BTreeSet<String>>, StorageError> {
    let mut missing: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for tenant in operator::list_tenants(store).await? {
        let usage = Usage::of(store, tenant.id).await?;
        for (key, _) in usage.by_key().into_iter().filter(|(key, _)| keys.with(key).is_none()) {
            missing.entry(key.to_owned()).or_default().insert(tenant.slug.clone());
        }
    }
    Ok(missing)
}
