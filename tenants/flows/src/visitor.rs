//! Who asks, as far as limits go: a client network, hashed.

use std::net::IpAddr;

use portvakt_domain::{
    keys::KeyedHash,
    language::Language,
    limit::{self, Hit, Limit},
};

use crate::{Platform, Tenant};

/// The client of one request.
#[derive(Debug, Clone, Copy)]
pub struct Visitor {
    /// Its network, hashed with the tenant's key.
    pub network: KeyedHash,
    /// Whether the tenant lists that network as its own.
    pub trusted: bool,
    /// The language it is answered in.
    pub language: Language,
}

impl Visitor {
    /// The visitor behind an address.
    pub fn new(platform: &Platform, tenant: &Tenant, address: IpAddr, language: Language) -> Self {
        let network = limit::client_network(address).to_string();
        Self {
            network: platform.subjects.hash(tenant.id, &[b"network", network.as_bytes()]),
            trusted: tenant.settings.trusts(address),
            language,
        }
    }

    /// One count against a limit on this network, wider where the tenant trusts it.
    pub(crate) fn hit(&self, platform: &Platform, limit: Limit) -> Hit {
        let factor = if self.trusted { limit::TRUSTED_FACTOR } else { 1 };
        Hit { limit: limit.times(factor).times(platform.network_limit_factor), subject: self.network }
    }
}
