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
    /// Whether it counts for a client network; the trail then says for which, hashed.
    pub by_network: bool,
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

    /// The end of the window `now` is in.
    pub fn ends_at(&self, now: Instant) -> Instant {
        // Out of chrono's range only for a clock that is.
        chrono::DateTime::from_timestamp(self.window_start(now) + self.window_seconds, 0).unwrap_or(now)
    }

    /// A limit that counts for a client network.
    const fn of_network(name: &'static str, window_seconds: i64, ceiling: i64) -> Self {
        Self { name, window_seconds, ceiling, by_network: true }
    }

    /// A limit that counts for something else.
    const fn of(name: &'static str, window_seconds: i64, ceiling: i64) -> Self {
        Self { name, window_seconds, ceiling, by_network: false }
    }

    /// The same, and nothing is held back: it only counts.
    pub fn unbounded(self) -> Self {
        Self { ceiling: i64::MAX, ..self }
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
pub const STARTS_PER_NETWORK: Limit = Limit::of_network("starts_per_network", 10 * MINUTE, 60);
/// Wrong codes and wrong passwords that one client network may produce. Answered visibly.
pub const FAILURES_PER_NETWORK: Limit = Limit::of_network("failures_per_network", HOUR, 60);
/// SMS to one number, whoever asks: a number can be proved to many accounts, a phone still rings once a time.
pub const SMS_PER_NEW_NUMBER: Limit = Limit::of("sms_per_new_number_day", DAY, 6);
/// Wrong codes in a day at which a name that is typed is told of. It is the name and not the account, so that a name which
/// nobody has is counted alike. Nobody is locked by it.
pub const WRONG_CODES_PER_NAME: Limit = Limit::of("wrong_codes_per_name", DAY, 30);
/// Wrong codes in an hour after which a tenant's new networks are held to [`WRONG_CODES_PER_NEW_NETWORK`].
pub const WRONG_CODES_PER_TENANT: Limit = Limit::of("wrong_codes_per_tenant", HOUR, 100);
/// The same of all tenants together: guessing a little at each of many is guessing, too.
pub const WRONG_CODES_PER_DEPLOYMENT: Limit = Limit::of("wrong_codes_per_deployment", HOUR, 500);
/// Wrong codes in a day from a network that nobody got through from lately, while codes are being guessed. Answered
/// visibly.
pub const WRONG_CODES_PER_NEW_NETWORK: Limit = Limit::of_network("wrong_codes_per_new_network", DAY, 3);
/// Numbers that somebody types in for one account from one network in a day, each counted once. Answered visibly: who
/// types one has signed in.
pub const NEW_NUMBERS_PER_ACCOUNT_AND_NETWORK: Limit = Limit::of("new_numbers_per_account_and_network", DAY, 5);
/// The same from all networks together.
pub const NEW_NUMBERS_PER_ACCOUNT: Limit = Limit::of("new_numbers_per_account", DAY, 20);
/// Numbers of one range that are typed in for a tenant's accounts in a day, each counted once. How many is the tenant's to
/// say.
pub const NEW_NUMBERS_PER_RANGE: Limit = Limit::of("new_numbers_per_range", DAY, 0);
/// Numbers that were typed in, to count each once.
pub const NUMBER_SEEN: Limit = Limit::of("number_seen", DAY, i64::MAX);
/// Answers about the guides that one client network may give in a day. Answered visibly.
pub const FEEDBACK_PER_NETWORK: Limit = Limit::of_network("feedback_per_network", DAY, 5);
/// The same of all networks of a tenant together: the form is open to everybody, and what it takes is kept for a year.
pub const FEEDBACK_PER_TENANT: Limit = Limit::of("feedback_per_tenant", DAY, 500);
/// The name under which it is told that an account was sent enough.
pub const SMS_PER_ACCOUNT: &str = "sms_per_account";
/// The name under which it is told that a tenant's budget held an SMS back.
pub const SMS_BUDGET: &str = "sms_budget";
/// The name under which it is told that an open breaker held an SMS back.
pub const BREAKER: &str = "breaker";
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
    /// Whether one more SMS may be sent, or the name of what holds it back. Counted by account *and* network, so that a
    /// stranger elsewhere uses up nothing of the person's own: three in 15 minutes, six a day; a tenant's own network gets
    /// ten and thirty.
    ///
    /// # Errors
    /// What holds it back.
    pub fn allows_one_more(&self, from: Standing) -> Result<(), &'static str> {
        let (short, day) = if from == Standing::Own { (10, 30) } else { (3, 6) };
        let first = self.same_network_day == 0;
        let unknown = matches!(from, Standing::New | Standing::Held);
        let enough = self.same_network_short >= short
            || self.same_network_day >= day
            || (unknown && first && self.other_networks_day >= NETWORKS_A_DAY);
        if enough {
            Err(SMS_PER_ACCOUNT)
        } else if from == Standing::Held && !first {
            Err(BREAKER)
        } else {
            Ok(())
        }
    }
}

/// What a client network is to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The tenant lists it as its own.
    Own,
    /// Somebody got through from it lately: it is not counted among the strangers' networks of a day.
    Proven,
    /// Neither.
    New,
    /// Neither, and the tenant's breaker is open: one SMS a day and account. It is still the account's own from there, so
    /// that a stranger elsewhere uses up nothing then, either.
    Held,
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
        assert!(history(2, 5, 0).allows_one_more(Standing::New).is_ok());
        assert!(history(3, 3, 0).allows_one_more(Standing::New).is_err());
        assert!(history(0, 6, 0).allows_one_more(Standing::New).is_err());
        assert!(history(0, 0, 19).allows_one_more(Standing::New).is_ok(), "the twentieth network's first");
        assert!(history(0, 0, 20).allows_one_more(Standing::New).is_err());
        assert!(history(1, 1, 20).allows_one_more(Standing::New).is_ok(), "a network that is already in");
        assert!(history(0, 0, 500).allows_one_more(Standing::Proven).is_ok(), "somebody got through from there");
        assert!(history(3, 3, 0).allows_one_more(Standing::Proven).is_err());
        assert!(history(9, 29, 500).allows_one_more(Standing::Own).is_ok());
        assert!(history(10, 10, 0).allows_one_more(Standing::Own).is_err());
    }

    #[test]
    fn a_network_that_is_held_gets_one_a_day() {
        let history = |day| SmsHistory { same_network_day: day, ..SmsHistory::default() };
        assert_eq!(history(0).allows_one_more(Standing::Held), Ok(()));
        assert_eq!(history(1).allows_one_more(Standing::Held), Err(BREAKER));
        assert_eq!(history(1).allows_one_more(Standing::New), Ok(()));
        assert_eq!(history(6).allows_one_more(Standing::Held), Err(SMS_PER_ACCOUNT), "the stricter is named first");
    }

    #[test]
    fn windows_stand_on_the_clock() {
        let at = |s| chrono::DateTime::from_timestamp(s, 0).expect("a time");
        let limit = Limit::of("x", 600, 1);
        assert_eq!(limit.window_start(at(1200)), 1200);
        assert_eq!(limit.window_start(at(1799)), 1200);
        assert_eq!(limit.window_start(at(1800)), 1800);
        assert_eq!((limit.ends_at(at(1200)), limit.ends_at(at(1799))), (at(1800), at(1800)));
    }
}
