//! Limits: what is counted, over which time, up to where.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use crate::{keys::KeyedHash, time::Instant};

/// The network a client comes from: IPv4 /24, IPv6 /64. Coarse on purpose: an address is cheap to change inside one.
pub fn client_network(address: IpAddr) -> IpNet {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            IpNet::new_assert(IpAddr::V4(Ipv4Addr::new(a, b, c, 0)), 24)
        }
        IpAddr::V6(v6) => {
            let mut octets = v6.octets();
            octets[8..].fill(0);
            IpNet::new_assert(IpAddr::V6(Ipv6Addr::from(octets)), 64)
        }
    }
}

/// A limit: at most `ceiling` in each window of `window_seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The stored name.
    pub name: &'static str,
    /// Length of the window.
    pub window_seconds: i64,
    /// How many are let through in a window.
    pub ceiling: i64,
}

/// One count against one limit.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    /// The limit.
    pub limit: Limit,
    /// Whom or what it counts for, hashed.
    pub subject: KeyedHash,
}

impl Limit {
    /// The start of the window `now` is in: windows stand on the clock, so that replicas agree on them.
    pub fn window_start(&self, now: Instant) -> i64 {
        let seconds = now.timestamp();
        seconds - seconds.rem_euclid(self.window_seconds)
    }

    /// The same limit, `factor` times as wide.
    pub fn times(self, factor: i64) -> Self {
        Self { ceiling: self.ceiling.saturating_mul(factor), ..self }
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
/// A day in seconds.
pub const DAY: i64 = 24 * HOUR;

/// First forms (reset starts, sign-ins) that one client network may send in. Answered visibly.
pub const STARTS_PER_NETWORK: Limit = Limit { name: "starts_per_network", window_seconds: 10 * MINUTE, ceiling: 60 };
/// Wrong codes and wrong passwords that one client network may produce. Answered visibly.
pub const FAILURES_PER_NETWORK: Limit = Limit { name: "failures_per_network", window_seconds: HOUR, ceiling: 60 };
/// SMS to one number, whoever asks: a number can be proved to many accounts, a phone still rings once a time.
pub const SMS_PER_NEW_NUMBER: Limit = Limit { name: "sms_per_new_number_day", window_seconds: DAY, ceiling: 6 };
/// Wrong codes per account and day, counted for the operator; nobody is locked by it.
pub const WRONG_CODES_PER_ACCOUNT: Limit =
    Limit { name: "wrong_codes_per_account", window_seconds: DAY, ceiling: i64::MAX };
/// Wrong codes per tenant and hour, counted for the operator.
pub const WRONG_CODES_PER_TENANT: Limit =
    Limit { name: "wrong_codes_per_tenant", window_seconds: HOUR, ceiling: i64::MAX };
/// How much wider a tenant's own networks are let through: a whole town may share one address.
pub const TRUSTED_FACTOR: i64 = 20;

/// The SMS that an account was sent lately, as one request for another one sees them. Windows slide: no edge of a clock
/// lets twice as many through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SmsHistory {
    /// Caused by the same client network within [`SMS_SHORT_WINDOW`] seconds.
    pub same_network_short: i64,
    /// Caused by the same client network within a day.
    pub same_network_day: i64,
    /// Client networks of strangers that caused any within a day, without the one that asks.
    pub other_networks_day: i64,
}

/// The short window, in seconds.
pub const SMS_SHORT_WINDOW: i64 = 15 * MINUTE;
/// Client networks that may cause SMS to one account in a day; a tenant's own networks are not counted.
const NETWORKS_A_DAY: i64 = 20;

impl SmsHistory {
    /// Whether one more SMS may be sent. Counted by account *and* network, so that a stranger elsewhere uses up nothing
    /// of the person's own: three in 15 minutes, six a day; a tenant's own network gets ten and thirty.
    pub fn allows_one_more(&self, trusted_network: bool) -> bool {
        let (short, day) = if trusted_network { (10, 30) } else { (3, 6) };
        let new_network = self.same_network_day == 0;
        self.same_network_short < short
            && self.same_network_day < day
            && (trusted_network || !new_network || self.other_networks_day < NETWORKS_A_DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_count_together() {
        let network = |a: &str| client_network(a.parse().expect("an address")).to_string();
        assert_eq!(network("192.0.2.77"), "192.0.2.0/24");
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.0/24");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    }

    #[test]
    fn a_stranger_uses_up_only_their_own_network() {
        let history = |short, day, others| SmsHistory {
            same_network_short: short,
            same_network_day: day,
            other_networks_day: others,
        };
        assert!(history(2, 5, 0).allows_one_more(false));
        assert!(!history(3, 3, 0).allows_one_more(false));
        assert!(!history(0, 6, 0).allows_one_more(false));
        assert!(history(0, 0, 19).allows_one_more(false), "the twentieth network's first");
        assert!(!history(0, 0, 20).allows_one_more(false));
        assert!(history(1, 1, 20).allows_one_more(false), "a network that is already in");
        assert!(history(9, 29, 500).allows_one_more(true));
        assert!(!history(10, 10, 0).allows_one_more(true));
    }

    #[test]
    fn windows_stand_on_the_clock() {
        let at = |s| chrono::DateTime::from_timestamp(s, 0).expect("a time");
        let limit = Limit { name: "x", window_seconds: 600, ceiling: 1 };
        assert_eq!(limit.window_start(at(1200)), 1200);
        assert_eq!(limit.window_start(at(1799)), 1200);
        assert_eq!(limit.window_start(at(1800)), 1800);
    }
}
