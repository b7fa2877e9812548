//! Where to listen.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::Deserialize;

/// Where to listen. TLS ends at the ingress in front of the public address.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListenSection {
    /// The address that people's browsers reach, through the ingress.
    #[schemars(with = "String")]
    pub public: SocketAddr,
    /// The address for health checks and metrics; never to be reachable from outside.
    #[schemars(with = "String")]
    pub internal: SocketAddr,
}

impl Default for ListenSection {
    fn default() -> Self {
        Self { public: SocketAddr::from(([127, 0, 0, 1], 8080)), internal: SocketAddr::from(([127, 0, 0, 1], 9090)) }
    }
}
