//! Which addresses are not public (IANA's registries of special-purpose addresses, RFC 6890), and what they are.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const LOOPBACK: &str = "a loopback address";
const PRIVATE: &str = "a private address";
const SHARED: &str = "an address behind a provider's NAT";
const LINK_LOCAL: &str = "a link-local address (such as a cloud's metadata)";
const MULTICAST: &str = "a multicast address";
const UNSPECIFIED: &str = "the unspecified address";
const DOCUMENTATION: &str = "an address for documentation";
const RESERVED: &str = "a reserved address";
const PLATFORM: &str = "an address of a cloud's own services";

/// IPv4 networks that are not public: address, length of the prefix, what it is.
const IPV4: [([u8; 4], u32, &str); 18] = [
    ([0, 0, 0, 0], 32, UNSPECIFIED),
    ([0, 0, 0, 0], 8, RESERVED),
    ([10, 0, 0, 0], 8, PRIVATE),
    ([100, 64, 0, 0], 10, SHARED),
    ([127, 0, 0, 0], 8, LOOPBACK),
    ([168, 63, 129, 16], 32, PLATFORM),
    ([169, 254, 0, 0], 16, LINK_LOCAL),
    ([172, 16, 0, 0], 12, PRIVATE),
    ([192, 0, 0, 0], 24, RESERVED),
    ([192, 0, 2, 0], 24, DOCUMENTATION),
    ([192, 31, 196, 0], 24, RESERVED),
    ([192, 88, 99, 0], 24, RESERVED),
    ([192, 168, 0, 0], 16, PRIVATE),
    ([198, 18, 0, 0], 15, RESERVED),
    ([198, 51, 100, 0], 24, DOCUMENTATION),
    ([203, 0, 113, 0], 24, DOCUMENTATION),
    ([224, 0, 0, 0], 4, MULTICAST),
    ([240, 0, 0, 0], 4, RESERVED),
];

/// IPv6 networks that are not public and lie where public ones are, or have a name of their own.
const IPV6: [([u16; 8], u32, &str); 9] = [
    ([0, 0, 0, 0, 0, 0, 0, 0], 128, UNSPECIFIED),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, LOOPBACK),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, PRIVATE),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, LINK_LOCAL),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, PRIVATE),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, MULTICAST),
    ([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32, DOCUMENTATION),
    // Protocols' own: Teredo, benchmarks, ORCHID.
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, RESERVED),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, DOCUMENTATION),
];

/// What kind of address this is, when it is not a public one.
pub fn internal(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => internal_v4(address),
        IpAddr::V6(address) => internal_v6(address),
    }
}

fn internal_v4(address: Ipv4Addr) -> Option<&'static str> {
    let bits = address.to_bits();
    let holds = |network: [u8; 4], length: u32| (bits ^ u32::from_be_bytes(network)) >> (32 - length) == 0;
    IPV4.iter().find(|(network, length, _)| holds(*network, *length)).map(|(.., what)| *what)
}

fn internal_v6(address: Ipv6Addr) -> Option<&'static str> {
    if let Some(inner) = inner_v4(address) {
        return internal_v4(inner);
    }
    let bits = address.to_bits();
    let holds = |network: [u16; 8], length: u32| (bits ^ Ipv6Addr::from(network).to_bits()) >> (128 - length) == 0;
    if let Some((.., what)) = IPV6.iter().find(|(network, length, _)| holds(*network, *length)) {
        return Some(what);
    }
    // All that is given out to anybody begins with 2000::/3.
    (!holds([0x2000, 0, 0, 0, 0, 0, 0, 0], 3)).then_some(RESERVED)
}

/// The IPv4 address that an IPv6 one leads to: mapped, through NAT64, by 6to4.
fn inner_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let words = address.segments();
    let two = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match words {
        [0, 0, 0, 0, 0, 0xffff, high, low] => Some(two(high, low)),
        [0x0064, 0xff9b, 0, 0, 0, 0, high, low] => Some(two(high, low)),
        [0x2002, high, low, ..] => Some(two(high, low)),
        _ => None,
    }
}
