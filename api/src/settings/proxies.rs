//! Who stands between us and people's browsers.

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Deserialize;

/// The proxies in front. The client's address is the rightmost hop of `X-Forwarded-For` that is none of them; forwarded
/// host headers are never read.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProxiesSection {
    /// Networks of our own proxies.
    #[schemars(with = "Vec<String>")]
    pub trusted: Vec<IpNet>,
}
