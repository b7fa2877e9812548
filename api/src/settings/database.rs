//! Where the data is.

use std::path::PathBuf;

use portvakt_storage::DatabaseSettings;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;

use super::read_secret;

/// The database. SQLite for one process, PostgreSQL for production and for more than one replica.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseSection {
    /// `sqlite:///path/to/file.db`, or `postgres://portvakt_app@host/name` for the role that serves tenants.
    pub url: Option<String>,
    /// File that holds the URL, instead of `url`.
    pub url_file: Option<PathBuf>,
    /// PostgreSQL: URL for the role `portvakt_control`, which shares work among replicas.
    pub control_url: Option<String>,
    /// File that holds it, instead of `control_url`.
    pub control_url_file: Option<PathBuf>,
    /// PostgreSQL: URL for the role that owns the tables; used by `portvakt migrate` alone.
    pub owner_url: Option<String>,
    /// File that holds it, instead of `owner_url`.
    pub owner_url_file: Option<PathBuf>,
    /// PostgreSQL: PEM file with the certificate authority of the server; the system's where it is left out.
    pub ca_file: Option<PathBuf>,
    /// Connections per pool; 8 where it is left out.
    pub pool_size: Option<u32>,
}

/// A URL given outright, or the file that holds it.
fn url(value: Option<&String>, file: Option<&PathBuf>, key: &str) -> Result<SecretString, String> {
    match (value, file) {
        (Some(url), None) => Ok(url.clone().into()),
        (None, Some(file)) => read_secret(file).map_err(|error| format!("database.{key}_file: {error}")),
        (None, None) => Err(format!("database.{key}: missing; write it, or {key}_file")),
        (Some(_), Some(_)) => Err(format!("database.{key}: write either {key} or {key}_file")),
    }
}

impl DatabaseSection {
    pub(super) fn check(&self, problems: &mut Vec<String>) {
        if let Err(found) = self.resolve() {
            problems.extend(found);
        }
    }

    /// What storage opens.
    ///
    /// # Errors
    /// A missing or unknown URL, a file that can't be read.
    pub fn resolve(&self) -> Result<DatabaseSettings, Vec<String>> {
        let app = url(self.url.as_ref(), self.url_file.as_ref(), "url").map_err(|problem| vec![problem])?;
        let text = secrecy::ExposeSecret::expose_secret(&app);
        if let Some(path) = text.strip_prefix("sqlite://") {
            return Ok(DatabaseSettings::Sqlite { path: PathBuf::from(path) });
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(vec!["database.url: write sqlite:///path or postgres://user@host/name".to_owned()]);
        }
        let control = url(self.control_url.as_ref(), self.control_url_file.as_ref(), "control_url");
        let ca_pem = self.ca_pem();
        match (control, ca_pem) {
            (Ok(control_url), Ok(ca_pem)) => Ok(DatabaseSettings::Postgres {
                app_url: app.clone(),
                control_url,
                ca_pem,
                pool_size: self.pool_size.unwrap_or(8),
            }),
            (control, ca_pem) => Err([control.err(), ca_pem.err()].into_iter().flatten().collect()),
        }
    }

    /// The owner's URL, for migrations on PostgreSQL.
    ///
    /// # Errors
    /// Missing, or a file that can't be read.
    pub fn owner_url(&self) -> Result<SecretString, String> {
        url(self.owner_url.as_ref(), self.owner_url_file.as_ref(), "owner_url")
    }

    /// The certificate authority's PEM.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn ca_pem(&self) -> Result<Option<String>, String> {
        self.ca_file
            .as_ref()
            .map(|path| std::fs::read_to_string(path).map_err(|e| format!("database.ca_file: {}: {e}", path.display())))
            .transpose()
    }
}
