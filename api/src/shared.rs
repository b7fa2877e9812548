//! What all requests share.

use std::sync::Arc;

use ipnet::IpNet;
use portvakt_flows::Platform;
use portvakt_texts::Texts;

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
    /// Hosts of no tenant.
    pub front_hosts: Vec<String>,
}
