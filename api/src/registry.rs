//! The tenants as they are now: which host is whose, and each tenant's parts. Read anew every two seconds, so that all
//! replicas see a change without a restart.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use portvakt_domain::{
    id::TenantId,
    keys::{KeyRing, Sealed},
    tenant::{HostPurpose, SecretName, SmsAccount, TenantSettings},
};
use portvakt_flows::{Tenant, apply_settings::secret_place};
use portvakt_storage::{StorageError, Store, operator, settings};
use portvakt_texts::Texts;
use secrecy::SecretString;

use crate::{
    adapters::{Adapters, Secrets},
    look::Look,
};

/// How often the registry looks for changes.
pub const REFRESH_EVERY: std::time::Duration = std::time::Duration::from_secs(2);

/// A host that is served.
#[derive(Clone)]
pub struct Served {
    /// Whose it is.
    pub tenant: Arc<Tenant>,
    /// How its pages look and read.
    pub look: Arc<Look>,
    /// Which of its two addresses.
    pub purpose: HostPurpose,
}

#[derive(Default)]
struct Snapshot {
    hosts: HashMap<String, Served>,
    tenants: HashMap<TenantId, Known>,
    suspended: HashSet<TenantId>,
    suspended_hosts: HashSet<String>,
    /// Tenants whose settings in force can't be used, and their version.
    unusable: HashMap<TenantId, i64>,
}

/// What a version of a tenant's settings was made into.
#[derive(Clone)]
struct Known {
    version: i64,
    tenant: Arc<Tenant>,
    look: Arc<Look>,
}

/// The tenants as they are now.
pub struct Registry {
    store: Store,
    keys: Arc<KeyRing>,
    adapters: Arc<dyn Adapters>,
    texts: Arc<Texts>,
    current: RwLock<Arc<Snapshot>>,
}

impl Registry {
    /// An empty registry; [`Registry::refresh`] fills it.
    pub fn new(store: Store, keys: Arc<KeyRing>, adapters: Arc<dyn Adapters>, texts: Arc<Texts>) -> Self {
        Self { store, keys, adapters, texts, current: RwLock::default() }
    }

    fn current(&self) -> Arc<Snapshot> {
        // A poisoned lock still holds a whole snapshot: it is only ever replaced, never changed.
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Who serves a host, given in its one spelling (lower case, no port, no trailing dot).
    pub fn host(&self, host: &str) -> Option<Served> {
        self.current().hosts.get(host).cloned()
    }

    /// Whether a host, in its one spelling, is one of a suspended tenant.
    pub fn is_suspended(&self, host: &str) -> bool {
        self.current().suspended_hosts.contains(host)
    }

    /// A tenant's parts.
    pub fn tenant(&self, id: TenantId) -> Option<Arc<Tenant>> {
        self.current().tenants.get(&id).map(|known| known.tenant.clone())
    }

    /// All tenants that are served.
    pub fn tenants(&self) -> Vec<Arc<Tenant>> {
        self.current().tenants.values().map(|known| known.tenant.clone()).collect()
    }

    /// The tenants that are suspended: their rows are looked after all the same.
    pub fn suspended(&self) -> Vec<TenantId> {
        self.current().suspended.iter().copied().collect()
    }

    /// The tenants whose settings in force can't be used here and that had no others.
    pub fn unserved(&self) -> Vec<TenantId> {
        let current = self.current();
        current.unusable.keys().filter(|id| !current.tenants.contains_key(id)).copied().collect()
    }

    /// How many tenants have settings in force that can't be used here, served by earlier ones or not at all.
    pub fn unusable(&self) -> usize {
        self.current().unusable.len()
    }

    /// Reads what changed. A tenant whose settings can't be used keeps the parts it had; the others are not affected.
    ///
    /// # Errors
    /// The database; everything stays as it was.
    pub async fn refresh(&self) -> Result<(), StorageError> {
        let before = self.current();
        let mut next = Snapshot::default();
        for row in operator::list_tenants(&self.store).await? {
            if row.suspended_at.is_some() {
                next.suspended.insert(row.id);
                continue;
            }
            let Some(version) = row.version else { continue };
            let known = before.tenants.get(&row.id);
            let tenant = match known {
                Some(known) if known.version == version => Some(known.clone()),
                _ => match self.build(row.id, version).await {
                    Ok(tenant) => Some(tenant),
                    Err(problem) => {
                        next.unusable.insert(row.id, version);
                        if before.unusable.get(&row.id) != Some(&version) {
                            let (id, slug) = (row.id, row.slug);
                            tracing::error!(tenant.id = %id, slug, tenant.version = version, problem, "tenant not usable");
                        }
                        known.cloned()
                    }
                },
            };
            if let Some(tenant) = tenant {
                next.tenants.insert(row.id, tenant);
            }
        }
        for row in operator::list_hosts(&self.store).await? {
            if next.suspended.contains(&row.tenant) {
                next.suspended_hosts.insert(row.host);
            } else if let Some(Known { tenant, look, .. }) = next.tenants.get(&row.tenant) {
                let served = Served { tenant: tenant.clone(), look: look.clone(), purpose: row.purpose };
                next.hosts.insert(row.host, served);
            }
        }
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }

    async fn build(&self, id: TenantId, version: i64) -> Result<Known, String> {
        let stored = settings::at_version(&self.store, id, version).await.map_err(|error| error.to_string())?;
        let stored = stored.ok_or("its settings are gone")?;
        let parsed: TenantSettings =
            serde_json::from_str(&stored.document).map_err(|error| format!("its settings can't be read: {error}"))?;
        let logo = serde_json::from_str::<serde_json::Value>(&stored.document)
            .is_ok_and(|document| document.pointer("/branding/logo").is_some());
        if logo && parsed.branding.logo.is_none() {
            tracing::warn!(tenant.id = %id, slug = parsed.slug.as_str(), "its logo is not taken any more: apply another");
        }
        let password = |name| open_secret(&self.keys, id, name, &stored.secrets);
        let missing = |name: SecretName| format!("its secret {} is missing", name.as_str());
        let directory_password =
            password(SecretName::DirectoryPassword)?.ok_or_else(|| missing(SecretName::DirectoryPassword))?;
        let mut sms_secrets = Secrets::new();
        for name in parsed.sms.accounts.iter().flat_map(SmsAccount::secrets).map(|secret| secret.name) {
            sms_secrets.extend(password(name)?.map(|password| (name, password)));
        }
        let look = Arc::new(Look::of(&self.texts, &parsed).map_err(|error| error.to_string())?);
        let tenant = Tenant {
            id,
            policy: parsed.policy.policy().map_err(|problems| problems.join("; "))?,
            links: self.adapters.links(&parsed),
            composer: look.texts.clone(),
            directory: self.adapters.directory(&parsed, directory_password)?,
            sms: self.adapters.sms(&parsed, &sms_secrets)?,
            reports: self.adapters.reports(&parsed, &sms_secrets)?,
            mail: self.adapters.mail(&parsed, password(SecretName::MailPassword)?)?,
            settings: Arc::new(parsed),
        };
        Ok(Known { version, tenant: Arc::new(tenant), look })
    }
}

/// A tenant's secret in clear; `None` when it has none of that name.
///
/// # Errors
/// It does not open: another key, or another place.
pub(crate) fn open_secret(
    keys: &KeyRing,
    id: TenantId,
    name: SecretName,
    secrets: &BTreeMap<String, Sealed>,
) -> Result<Option<SecretString>, String> {
    let Some(sealed) = secrets.get(name.as_str()) else { return Ok(None) };
    let text = keys
        .open_text(id, secret_place(id, name), sealed)
        .map_err(|error| format!("its secret {}: {error}", name.as_str()))?;
    Ok(Some(text.as_str().to_owned().into()))
}
