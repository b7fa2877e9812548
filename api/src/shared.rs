//! What all requests share.

use std::sync::Arc;

use ipnet::IpNet;
use portvakt_flows::Platform;
use portvakt_texts::Texts;
use secrecy::SecretString;

use crate::{metrics::Metrics, registry::Registry};

/// The parts of a running app.
pub struct Shared {
    /// The platform's parts.
    pub platform: Arc<Platform>,
    /// The tenants.
    pub registry: Arc<Registry>,
    /// The words.
    pub texts: Arc<Texts>,
    /// The metrics.
    pub metrics: Arc<Metrics>,
    /// Our own proxies.
    pub proxies: Vec<IpNet>,
    /// What the operator's own programs show; without one nobody asks the API.
    pub operator_token: Option<SecretString>,
    /// Hosts of no tenant.
    pub front_hosts: Vec<String>,
}
