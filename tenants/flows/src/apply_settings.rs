//! A tenant's settings are applied: staged as a version of their own, then put in force together with its hosts.

use std::collections::BTreeMap;

use portvakt_domain::{
    audit::{AuditKind, NewEvent},
    id::{EventId, TenantId},
    keys::{KeyError, KeyRing, Place},
    random::Random,
    tenant::{Difference, HostPurpose, SecretName, TenantSettings},
    time::Clock,
};
use portvakt_storage::{
    StorageError, Store,
    operator::{self, NewTenant},
    settings::{self, NewSettings},
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{compare_settings, report_paths};

/// What is in force now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The tenant.
    pub tenant: TenantId,
    /// The version in force: a new one, or the one before where nothing changed.
    pub version: i64,
    /// Whether that is a new one.
    pub is_new: bool,
    /// What changed.
    pub difference: Difference,
}

/// Why settings were not applied. Nothing is in force that was not before.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The settings are wrong: one line each, as `key: what to do`.
    #[error("{}", .0.join("\n"))]
    Problems(Vec<String>),
    /// The settings can't be written down.
    #[error("settings")]
    Document(#[from] serde_json::Error),
    /// A secret can't be sealed.
    #[error("sealing")]
    Seal(#[from] KeyError),
    /// The database; a host that another tenant has is a conflict there.
    #[error("database")]
    Storage(#[from] StorageError),
}

/// Where a tenant's secret is sealed: the row is the tenant, the column tells the secrets apart.
pub fn secret_place(tenant: TenantId, name: SecretName) -> Place {
    Place { table: "tenant_secrets", column: name.as_str(), row: tenant.0, owner: None }
}

/// Looks at settings as a whole and tells what applying them would change. Nothing is written.
///
/// # Errors
/// Settings that are wrong, and the database.
pub async fn propose(
    store: &Store,
    keys: &KeyRing,
    wanted: &TenantSettings,
    secrets: &BTreeMap<SecretName, SecretString>,
) -> Result<Difference, ApplyError> {
    let mut problems = wanted.problems();
    problems.extend(taken_hosts(store, wanted).await?);
    if !problems.is_empty() {
        return Err(ApplyError::Problems(problems));
    }
    let secrets = report_paths::announced(secrets, report_paths::missing(store, wanted).await?);
    compare_settings::with_those_in_force(store, keys, wanted, &secrets).await
}

/// Applies settings. Secrets that are not given stay as they were; where nothing changes and those in
/// force can be read, no version is written.
///
/// # Errors
/// Settings that are wrong, and the database.
pub async fn run(
    store: &Store,
    keys: &KeyRing,
    clock: &dyn Clock,
    random: &dyn Random,
    wanted: &TenantSettings,
    secrets: &BTreeMap<SecretName, SecretString>,
    author: &str,
) -> Result<Applied, ApplyError> {
    Applying { store, keys, clock, random }.run(wanted, secrets, author, BTreeMap::new()).await
}

/// What applying needs, however the settings came about.
pub(crate) struct Applying<'a> {
    pub(crate) store: &'a Store,
    pub(crate) keys: &'a KeyRing,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) random: &'a dyn Random,
}

impl Applying<'_> {
    /// Applies settings; `details` go to the audit trail.
    pub(crate) async fn run(
        &self,
        wanted: &TenantSettings,
        secrets: &BTreeMap<SecretName, SecretString>,
        author: &str,
        details: BTreeMap<String, String>,
    ) -> Result<Applied, ApplyError> {
        // 1. Nothing is written while anything is wrong, and nothing where nothing changes.
        let Applying { store, keys, clock, random } = *self;
        let difference = propose(store, keys, wanted, secrets).await?;
        let secrets = report_paths::made(secrets, report_paths::missing(store, wanted).await?, random);
        let slug = wanted.slug.as_str().to_owned();
        let known = operator::find_tenant(store, slug.clone()).await?;
        if let (true, Some((tenant, version))) =
            (difference.is_empty(), known.and_then(|row| Some((row.id, row.version?))))
        {
            // What a newer release wrote may differ in nothing that this one can name, and can't be served here.
            let stored = settings::at_version(store, tenant, version).await?;
            if stored.as_ref().is_some_and(compare_settings::is_readable) {
                return Ok(Applied { tenant, version, is_new: false, difference });
            }
        }
        let document = serde_json::to_string(wanted)?;

        // 2. The tenant, the version and the secrets that are new with it. Nobody serves them yet.
        let now = clock.now();
        let tenant =
            operator::create_tenant(store, NewTenant { id: TenantId::new(now, random), slug, at: now }).await?;
        let mut sealed = Vec::new();
        for name in difference.changed_secrets() {
            let Some(secret) = secrets.get(&name) else { continue };
            let plain = secret.expose_secret().as_bytes();
            sealed.push((name, keys.seal(tenant, secret_place(tenant, name), plain, random)?));
        }
        let event = NewEvent {
            id: EventId::new(now, random),
            at: now,
            kind: AuditKind::SettingsApplied,
            account: None,
            flow: None,
            network: None,
            actor: Some(author.to_owned()),
            details,
        };
        let staged = NewSettings { author: author.to_owned(), at: now, document, secrets: sealed, event };
        let version = settings::stage(store, tenant, staged).await?;

        // 3. In force, with its hosts, in one transaction. Replicas see it within seconds.
        let hosts = vec![
            (wanted.hosts.reset.as_str().to_owned(), HostPurpose::Reset),
            (wanted.hosts.register.as_str().to_owned(), HostPurpose::Register),
        ];
        operator::activate(store, tenant, version, hosts).await?;
        Ok(Applied { tenant, version, is_new: true, difference })
    }
}

/// Hosts that another tenant has. The database refuses them too, but only when the tenant and the version exist.
async fn taken_hosts(store: &Store, wanted: &TenantSettings) -> Result<Vec<String>, StorageError> {
    let mine = operator::find_tenant(store, wanted.slug.as_str().to_owned()).await?.map(|tenant| tenant.id);
    let taken = operator::list_hosts(store).await?;
    let hosts = [("reset", &wanted.hosts.reset), ("register", &wanted.hosts.register)];
    let others = |host: &str| taken.iter().any(|row| row.host == host && Some(row.tenant) != mine);
    let wrong = hosts.into_iter().filter(|(_, host)| others(host.as_str()));
    Ok(wrong.map(|(key, host)| format!("hosts.{key}: {host} belongs to another tenant")).collect())
}
