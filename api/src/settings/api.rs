//! Who may ask this deployment's API.

use std::path::PathBuf;

use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::read_secret;

/// A shorter token could be guessed.
const SHORTEST: usize = 32;

/// The API on the internal address. Nobody may ask it where this is left out.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ApiSection {
    /// A file with the token of the operator's own programs: at least 32 characters, such as `openssl rand -hex 32` makes.
    pub token_file: Option<PathBuf>,
}

impl ApiSection {
    pub(super) fn check(&self, problems: &mut Vec<String>) {
        problems.extend(self.token().err());
    }

    /// The token, if there is one.
    ///
    /// # Errors
    /// The file can't be read, or the token is too short.
    pub fn token(&self) -> Result<Option<SecretString>, String> {
        let Some(file) = &self.token_file else { return Ok(None) };
        let token = read_secret(file).map_err(|error| format!("api.token_file: {error}"))?;
        if token.expose_secret().trim().len() < SHORTEST {
            return Err(format!(
                "api.token_file: at least {SHORTEST} characters; make them with `openssl rand -hex 32`"
            ));
        }
        Ok(Some(token))
    }
}
