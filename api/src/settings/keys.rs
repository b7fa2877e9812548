//! The key ring: what seals stored values, codes, tokens and the audit trail.

use std::{collections::BTreeMap, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use portvakt_domain::keys::KeyRing;
use schemars::JsonSchema;
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::read_secret;

/// The key ring. There is no default key: without one, nothing starts.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeysSection {
    /// The name of the key that seals from now on. Without one nothing starts.
    pub active: String,
    /// Name and file of each key: 32 bytes as base64 (`openssl rand -base64 32`).
    pub files: BTreeMap<String, PathBuf>,
}

impl KeysSection {
    pub(super) fn check(&self, problems: &mut Vec<String>) {
        if let Err(problem) = self.ring() {
            problems.push(problem);
        }
    }

    /// Reads the ring.
    ///
    /// # Errors
    /// A missing name or file, or a key that is none.
    pub fn ring(&self) -> Result<KeyRing, String> {
        let mut problems = Vec::new();
        if self.active.is_empty() {
            problems.push("keys.active: missing; name a key of keys.files".to_owned());
        }
        if self.files.is_empty() {
            problems
                .push("keys.files: missing; name a file for each key, made by `openssl rand -base64 32`".to_owned());
        }
        let mut keys = Vec::new();
        for (name, path) in &self.files {
            let bytes = read_secret(path).and_then(|text| {
                let bytes = STANDARD.decode(text.expose_secret().trim());
                bytes.map_err(|_| "not base64; make it with `openssl rand -base64 32`".to_owned())
            });
            match bytes {
                Ok(bytes) => keys.push((name.clone(), bytes)),
                Err(problem) => problems.push(format!("keys.files.{name}: {problem}")),
            }
        }
        if !problems.is_empty() {
            return Err(problems.join("\n"));
        }
        KeyRing::new(&self.active, keys).map_err(|error| format!("keys: {error}"))
    }
}
