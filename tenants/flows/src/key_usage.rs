//! Which keys the stored values of tenants need: what a rotation has left to do, and which keys may not go yet.

use std::collections::{BTreeMap, BTreeSet};

use portvakt_domain::{
    id::TenantId,
    keys::{KeyRing, is_key_name},
};
use portvakt_storage::{
    StorageError, Store, audit, key_rotations, number_attributes, operator,
    sealed_values::{self, Sealings},
};

/// Where links of the audit trail are said to be.
const TRAIL: &str = "audit trail";

/// Which keys a tenant's rows need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// Values by place and key. The place is a table and a column.
    pub values: BTreeMap<(String, String), i64>,
    /// Of these, values that go by themselves within a day.
    pub passing: BTreeMap<String, i64>,
    /// Links of the audit trail that nothing says the key of.
    pub unnamed_links: i64,
    /// Hashes of what stands in directories, which nothing says the key of, from before the rotation to the active key.
    pub unnamed_hashes: i64,
    /// Values by place that begin with no key's name: they were damaged.
    pub damaged: BTreeMap<String, i64>,
    /// Of these, values that stay until somebody mends them.
    damaged_lasting: i64,
}

impl Usage {
    /// Looks at all of a tenant's rows, where this key is the active one.
    ///
    /// # Errors
    /// The database.
    pub async fn of(store: &Store, tenant: TenantId, active: &str) -> Result<Self, StorageError> {
        let mut usage = Self::default();
        for found in sealed_values::count_by_key(store, tenant).await? {
            usage.add(found);
        }
        for (key, links) in audit::count_by_key(store, tenant).await? {
            match key {
                Some(key) if is_key_name(&key) => {
                    *usage.values.entry((TRAIL.to_owned(), key)).or_default() += links;
                }
                Some(_) => *usage.damaged.entry(TRAIL.to_owned()).or_default() += links,
                None => usage.unnamed_links += links,
            }
        }
        let begun = key_rotations::begun_at(store, tenant, active.to_owned()).await?;
        if begun.is_some() || usage.under_others(active) > 0 {
            // What was looked at since the rotation began is under the active key. The rest may be under any.
            usage.unnamed_hashes = number_attributes::count_hashes(store, tenant, begun).await?;
        }
        Ok(usage)
    }

    fn add(&mut self, found: Sealings) {
        let (place, lasting) = (place(&found), found.column.is_lasting());
        let Some(key) = found.key else {
            self.damaged.insert(place, found.values);
            self.damaged_lasting += if lasting { found.values } else { 0 };
            return;
        };
        if !lasting {
            *self.passing.entry(key.clone()).or_default() += found.values;
        }
        self.values.insert((place, key), found.values);
    }

    /// How many values each key has.
    pub fn by_key(&self) -> BTreeMap<&str, i64> {
        let mut keys = BTreeMap::new();
        for ((_, key), values) in &self.values {
            *keys.entry(key.as_str()).or_default() += values;
        }
        keys
    }

    /// How many values are under other keys than this one, or may be: those that name none are among them.
    pub fn under_others(&self, active: &str) -> i64 {
        let named = self.by_key().into_iter().filter(|(key, _)| *key != active);
        named.map(|(_, values)| values).sum::<i64>() + self.unnamed()
    }

    fn unnamed(&self) -> i64 {
        self.unnamed_links + self.unnamed_hashes + self.damaged_lasting
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
        if self.unnamed() > 0 {
            keys.extend(ring.names().filter(|name| *name != active).map(str::to_owned));
        }
        keys
    }
}

fn place(found: &Sealings) -> String {
    format!("{}.{}", found.column.table(), found.column.column())
}

/// What a ring and the stored values have against each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lacking {
    /// Keys that tenants' rows need and the ring does not hold, each with the tenants, by their short names.
    pub keys: BTreeMap<String, BTreeSet<String>>,
    /// Tenants with values that begin with no key's name, and how many: no ring opens these.
    pub damaged: BTreeMap<String, i64>,
}

/// Looks for keys that the ring lacks, whatever the length of the trails.
///
/// # Errors
/// The database.
pub async fn missing(store: &Store, keys: &KeyRing) -> Result<Lacking, StorageError> {
    let mut lacking = Lacking::default();
    for tenant in operator::list_tenants(store).await? {
        let sealed = sealed_values::count_by_key(store, tenant.id).await?;
        // Readers' words are no reason to serve nobody.
        let sealed = sealed.into_iter().filter(|found| found.column.is_needed()).map(|found| (found.key, found.values));
        // Links without a name were sealed before there were any, and are no damage.
        let links = audit::keys_in_use(store, tenant.id).await?.into_iter().flatten().map(|key| (Some(key), 1));
        for (key, values) in sealed.chain(links) {
            match key.filter(|key| is_key_name(key)) {
                None => *lacking.damaged.entry(tenant.slug.clone()).or_default() += values,
                Some(key) if keys.with(&key).is_none() => {
                    lacking.keys.entry(key).or_default().insert(tenant.slug.clone());
                }
                Some(_) => {}
            }
        }
    }
    Ok(lacking)
}
