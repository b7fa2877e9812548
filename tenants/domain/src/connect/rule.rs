//! What an operator writes in the allow-list: networks and hosts, each with a port or for all ports.

use std::{net::IpAddr, str::FromStr};

use ipnet::{IpNet, Ipv4Net};
use serde::Deserialize;

/// A network, or a single address, and a port: `10.20.0.0/16`, `10.1.2.3:636`, `[fd00::1]:636`, `[fd00::/8]:636`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct AllowedNetwork {
    network: IpNet,
    port: Option<u16>,
}

/// The shortest prefixes that an entry may have. A shorter one would be a switch for everything.
const SHORTEST: (u8, u8) = (8, 7);

impl AllowedNetwork {
    /// Whether an address, in its canonical form, and a port lie in it.
    pub(super) fn holds(&self, address: IpAddr, port: u16) -> bool {
        self.network.contains(&address) && self.port.is_none_or(|only| only == port)
    }
}

impl FromStr for AllowedNetwork {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("{text:?} is no network: write 10.20.0.0/16, 10.1.2.3:636 or [fd00::1]:636; hosts go under hosts")
        };
        let network = |text: &str| {
            let one = || text.parse::<IpAddr>().ok().map(IpNet::from);
            text.parse::<IpNet>().ok().or_else(one).map(canonical)
        };
        let (written, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (inner, port) = rest.split_once(']').ok_or_else(wrong)?;
                (inner, port.strip_prefix(':').map(str::to_owned).or_else(|| (!port.is_empty()).then(String::new)))
            }
            // A single colon is a port's; an IPv6 network without one has several.
            None if text.matches(':').count() == 1 => {
                let (network, port) = text.split_once(':').ok_or_else(wrong)?;
                (network, Some(port.to_owned()))
            }
            None => (text, None),
        };
        let port = port.map(|port| port_number(&port).ok_or_else(wrong)).transpose()?;
        let network = network(written).ok_or_else(wrong)?;
        let shortest = if network.addr().is_ipv4() { SHORTEST.0 } else { SHORTEST.1 };
        if network.prefix_len() < shortest {
            return Err(format!("{text:?} is too wide: name the networks that are needed, /{shortest} at the widest"));
        }
        Ok(Self { network, port })
    }
}

/// A port in digits alone: `parse` takes a sign.
fn port_number(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port > 0 && text.bytes().all(|b| b.is_ascii_digit()))
}

/// Addresses are asked for in their canonical form: a network of mapped ones is one of IPv4, or would never hold any.
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(mapped) = network else { return network };
    let length = mapped.prefix_len().checked_sub(96);
    let inner =
        mapped.network().to_ipv4_mapped().zip(length).and_then(|(inner, length)| Ipv4Net::new(inner, length).ok());
    inner.map_or(network, IpNet::from)
}

impl TryFrom<String> for AllowedNetwork {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// A host, or all hosts below one, and a port: `smtp.orebro.se`, `*.46elks.com:443`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct AllowedHost {
    /// Lower case, without trailing dot; with a leading dot where all below it are meant.
    name: String,
    port: Option<u16>,
}

impl AllowedHost {
    /// Whether this host, however it is spelled, and this port are meant.
    pub(super) fn matches(&self, host: &str, port: u16) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let named = if self.name.starts_with('.') { host.ends_with(&self.name) } else { host == self.name };
        named && self.port.is_none_or(|only| only == port)
    }
}

impl FromStr for AllowedHost {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no host: write smtp.orebro.se, smtp.orebro.se:587 or *.orebro.se");
        let (name, port) = match text.split_once(':') {
            Some((name, port)) => (name, Some(port_number(port).ok_or_else(wrong)?)),
            None => (text, None),
        };
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let below = name.strip_prefix('*');
        let plain = below.map_or(name.as_str(), |below| below.strip_prefix('.').unwrap_or_default());
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if !plain.split('.').all(is_label) {
            return Err(wrong());
        }
        Ok(Self { name: below.map_or_else(|| name.clone(), str::to_owned), port })
    }
}

impl TryFrom<String> for AllowedHost {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
