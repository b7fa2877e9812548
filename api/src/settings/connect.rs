//! Where tenants' settings may make us connect.

use std::collections::BTreeMap;

use portvakt_domain::connect::{AllowedHost, AllowedNetwork, ConnectRules};
use schemars::JsonSchema;
use serde::Deserialize;

/// Where tenants' settings may make us connect: to directories, mail servers and SMS gateways. Public addresses are
/// allowed; all others, such as private ones, loopback and a cloud's metadata, only where they are listed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectSection {
    /// Networks that are not public and allowed to every tenant: `10.20.0.0/16`, `10.1.2.3:636`, `[fd00::1]:636`.
    #[schemars(with = "Vec<String>")]
    pub networks: Vec<AllowedNetwork>,
    /// The only hosts that tenants may name at public addresses: `smtp.orebro.se:587`, `*.46elks.com`. Empty: all.
    #[schemars(with = "Vec<String>")]
    pub hosts: Vec<AllowedHost>,
    /// More of both, by the tenant's short name.
    pub tenants: BTreeMap<String, TenantConnect>,
}

/// What one tenant is allowed beyond what all are.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TenantConnect {
    /// Networks that are not public and allowed to this tenant.
    #[schemars(with = "Vec<String>")]
    pub networks: Vec<AllowedNetwork>,
    /// The only hosts that this tenant may name at public addresses, beside those for all.
    #[schemars(with = "Vec<String>")]
    pub hosts: Vec<AllowedHost>,
}

impl ConnectSection {
    /// A tenant's rules, by its short name.
    pub fn rules(&self, slug: &str) -> ConnectRules {
        let own = self.tenants.get(slug).cloned().unwrap_or_default();
        ConnectRules {
            networks: self.networks.iter().cloned().chain(own.networks).collect(),
            hosts: self.hosts.iter().cloned().chain(own.hosts).collect(),
        }
    }

    /// Everything on this computer and nothing else that is not public: for the demo, and for tests.
    ///
    /// # Errors
    /// None: the networks are written here.
    pub fn loopback() -> Result<Self, String> {
        Ok(Self { networks: vec!["127.0.0.0/8".parse()?, "::1".parse()?], ..Self::default() })
    }
}
