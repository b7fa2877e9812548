//! A tenant's settings: versions that are added, never changed. Which one is in force is `operator::activate`'s.

use std::collections::BTreeMap;

use portvakt_domain::{audit::NewEvent, keys::Sealed, tenant::SecretName, time::Instant};

/// Settings to be stored.
#[derive(Debug, Clone)]
pub struct NewSettings {
    /// Who wrote them.
    pub author: String,
    /// Now.
    pub at: Instant,
    /// JSON, without secrets.
    pub document: String,
    /// The secrets that change with this version, sealed (`tenant_secrets.sealed`, row: the tenant). The others stay as
    /// they are.
    pub secrets: Vec<(SecretName, Sealed)>,
    /// Recorded with it.
    pub event: NewEvent,
}

/// Settings as stored.
#[derive(Debug, Clone)]
pub struct StoredSettings {
    /// The version.
    pub version: i64,
    /// Who wrote them.
    pub author: String,
    /// When.
    pub created_at: Instant,
    /// JSON, without secrets.
    pub document: String,
    /// The secrets as of this version, by name.
    pub secrets: BTreeMap<String, Sealed>,
}

storage_functions! { of settings:
    /// Stores settings under the next number, which is returned. They are not in force yet.
    write fn stage(settings: NewSettings) -> i64;

    /// All versions, oldest first.
    read fn history() -> Vec<StoredSettings>;

    /// The settings of a version.
    read fn at_version(version: i64) -> Option<StoredSettings>;
}
