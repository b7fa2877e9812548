//! A tenant's own networks and budgets.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most networks that a tenant lists.
const MOST_NETWORKS: usize = 50;
/// The shortest prefix of a network on the internet: what a municipality may well own, and no more.
const SHORTEST_V4: u8 = 16;
const SHORTEST_V6: u8 = 32;

const NEW_NUMBERS_PER_RANGE: i64 = 100;

/// Networks and budgets.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitSettings {
    /// The tenant's own networks: many people behind one address, so limits are wider there.
    #[schemars(with = "Vec<String>")]
    pub trusted_networks: Vec<IpNet>,
    /// SMS in an hour after which the tenant's budget is exhausted.
    pub sms_per_hour: i64,
    /// SMS in a day after which the tenant's budget is exhausted.
    pub sms_per_day: i64,
    /// Different numbers in a day that may be typed in to be registered and are alike but for the last four digits; 100
    /// where it is left out. Raise it for the days on which many phones are handed out.
    #[serde(skip_serializing_if = "is_usual")]
    pub new_numbers_per_range: i64,
}

/// What is at its default is not written, so that the release before this one reads the rest.
fn is_usual(new_numbers_per_range: &i64) -> bool {
    *new_numbers_per_range == NEW_NUMBERS_PER_RANGE
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            trusted_networks: Vec::new(),
            sms_per_hour: 1_000,
            sms_per_day: 5_000,
            new_numbers_per_range: NEW_NUMBERS_PER_RANGE,
        }
    }
}

impl LimitSettings {
    /// Whether this address belongs to one of the tenant's own networks.
    pub fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted_networks.iter().any(|network| network.contains(&address))
    }

    /// Everything that is wrong, as `key: what to do`.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.sms_per_hour <= 0 || self.sms_per_day <= 0 {
            problems.push("limits: sms_per_hour and sms_per_day must be above 0".to_owned());
        }
        if self.new_numbers_per_range <= 0 {
            problems.push("limits.new_numbers_per_range: must be above 0".to_owned());
        }
        if self.trusted_networks.len() > MOST_NETWORKS {
            problems.push(format!("limits.trusted_networks: at most {MOST_NETWORKS}; write larger networks, or fewer"));
        }
        for network in &self.trusted_networks {
            if let Some(problem) = unfit(network) {
                problems.push(format!("limits.trusted_networks: {network}: {problem}"));
            }
        }
        problems
    }
}

/// Why a network is none that a municipality has to itself.
fn unfit(network: &IpNet) -> Option<String> {
    if *network != network.trunc() {
        return Some(format!("write {}, or the one address with its full length", network.trunc()));
    }
    match network {
        IpNet::V4(v4) if is_private_v4(v4) => None,
        IpNet::V4(v4) if v4.prefix_len() < SHORTEST_V4 => Some(too_large(SHORTEST_V4)),
        IpNet::V6(v6) if is_mapped(v6) => Some("write it as an IPv4 network".to_owned()),
        IpNet::V6(v6) if is_private_v6(v6) => None,
        IpNet::V6(v6) if v6.prefix_len() < SHORTEST_V6 => Some(too_large(SHORTEST_V6)),
        IpNet::V4(_) | IpNet::V6(_) => None,
    }
}

fn too_large(shortest: u8) -> String {
    format!("too large: strangers are in it; list networks of /{shortest} or longer, of the municipality's own")
}

/// Networks behind which nobody on the internet is (RFC 1918). Addresses that carriers share (100.64.0.0/10) are not.
fn is_private_v4(network: &Ipv4Net) -> bool {
    let private =
        [(Ipv4Addr::new(10, 0, 0, 0), 8), (Ipv4Addr::new(172, 16, 0, 0), 12), (Ipv4Addr::new(192, 168, 0, 0), 16)];
    private.into_iter().any(|(address, length)| Ipv4Net::new_assert(address, length).contains(network))
}

/// RFC 4193.
fn is_private_v6(network: &Ipv6Net) -> bool {
    Ipv6Net::new_assert(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7).contains(network)
}

/// Addresses are compared as IPv4 where they are, so that such a network would hold none.
fn is_mapped(network: &Ipv6Net) -> bool {
    Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96).contains(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(network: &str) -> LimitSettings {
        LimitSettings { trusted_networks: vec![network.parse().expect("a network")], ..LimitSettings::default() }
    }

    #[test]
    fn networks_of_a_municipality_are_taken() {
        for network in [
            "193.10.0.0/16",
            "203.0.113.0/24",
            "203.0.113.7/32",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "2001:6b0::/32",
            "fd00::/8",
        ] {
            assert_eq!(listing(network).problems(), Vec::<String>::new(), "{network}");
        }
    }

    #[test]
    fn networks_with_strangers_in_them_are_refused() {
        for network in [
            "0.0.0.0/0",
            "0.0.0.0/1",
            "193.0.0.0/8",
            "172.0.0.0/8",
            "100.64.0.0/10",
            "203.0.113.7/24",
            "::/0",
            "2000::/3",
            "2001::/16",
            "::ffff:203.0.113.0/120",
        ] {
            assert_eq!(listing(network).problems().len(), 1, "{network}");
        }
        let many = LimitSettings {
            trusted_networks: vec!["10.0.0.0/8".parse().expect("a network"); 51],
            ..listing("10.0.0.0/8")
        };
        assert_eq!(many.problems().len(), 1);
    }

    #[test]
    fn budgets_are_above_nothing() {
        let with = |change: fn(&mut LimitSettings)| {
            let mut settings = LimitSettings::default();
            change(&mut settings);
            settings.problems().len()
        };
        assert_eq!(with(|_| ()), 0);
        assert_eq!(with(|it| it.sms_per_hour = 0), 1);
        assert_eq!(with(|it| it.sms_per_day = -1), 1);
        assert_eq!(with(|it| it.new_numbers_per_range = 0), 1);
    }

    #[test]
    fn an_address_is_compared_as_what_it_is() {
        let trusts = |address: &str| listing("203.0.113.0/24").trust(address.parse().expect("an address"));
        assert!(trusts("203.0.113.9") && trusts("::ffff:203.0.113.9"));
        assert!(!trusts("203.0.114.9"));
    }
}
