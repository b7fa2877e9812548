//! The section that says how mail leaves.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::values::HostName;

/// How the connection to the mail server is protected. There is no plain one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// STARTTLS, demanded (port 587).
    Starttls,
}

/// The mail server.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The server's name, as in its certificate.
    pub host: HostName,
    /// The port; 465 or 587 by the protection where it is left out.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is protected.
    pub security: MailSecurity,
    /// User name, where the server asks for one.
    #[serde(default)]
    pub username: Option<String>,
    /// File that holds the password; read when applied.
    #[serde(default, skip_serializing)]
    pub password_file: Option<PathBuf>,
    /// Environment variable that holds the password; read when applied.
    #[serde(default, skip_serializing)]
    pub password_env: Option<String>,
    /// Sender address.
    pub from: String,
    /// Sender name.
    pub from_name: String,
    /// PEM of the only certificate authority to trust there, where it is not a public one.
    #[serde(default)]
    pub ca_pem: Option<String>,
}

impl MailSettings {
    /// The port that is connected to.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            MailSecurity::Tls => 465,
            MailSecurity::Starttls => 587,
        })
    }
}
