//! The policies that come with the platform, by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PasswordPolicy;

/// The name of a policy that comes with the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyPreset {
    /// Örebro: staff and functional accounts.
    Orebro,
    /// Örebro: external contractors.
    OrebroExternal,
    /// Mjölby.
    Mjolby,
    /// What we advise.
    Baseline,
}

impl PolicyPreset {
    /// All presets.
    pub const ALL: [PolicyPreset; 4] =
        [PolicyPreset::Orebro, PolicyPreset::OrebroExternal, PolicyPreset::Mjolby, PolicyPreset::Baseline];

    fn source(self) -> &'static str {
        match self {
            PolicyPreset::Orebro => include_str!("../../../presets/policies/orebro.toml"),
            PolicyPreset::OrebroExternal => include_str!("../../../presets/policies/orebro-external.toml"),
            PolicyPreset::Mjolby => include_str!("../../../presets/policies/mjolby.toml"),
            PolicyPreset::Baseline => include_str!("../../../presets/policies/baseline.toml"),
        }
    }

    /// The policy.
    ///
    /// # Errors
    /// The shipped file is wrong; a test reads them all.
    pub fn policy(self) -> Result<PasswordPolicy, toml::de::Error> {
        toml::from_str(self.source())
    }
}
