//! What is logged, and how.

use schemars::JsonSchema;
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

/// The form of a log line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// For people.
    Text,
}

/// The log. It goes to standard error.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogSection {
    /// The form; `json` where it is left out.
    pub format: LogFormat,
    /// What is logged, as `level` or `target=level,…`.
    pub level: String,
}

impl Default for LogSection {
    fn default() -> Self {
        Self { format: LogFormat::default(), level: "info".to_owned() }
    }
}

impl LogSection {
    /// What decides whether a line is logged.
    ///
    /// # Errors
    /// A level that can't be read.
    pub fn filter(&self) -> Result<EnvFilter, String> {
        // rustls-platform-verifier reports every refused certificate as an error of its own; we report it with its
        // meaning.
        EnvFilter::try_new(format!("{},rustls_platform_verifier=off", self.level))
            .map_err(|error| format!("log.level: {error}"))
    }

    pub(super) fn check(&self, problems: &mut Vec<String>) {
        problems.extend(self.filter().err());
    }
}
