//! A tenant's breaker: many codes that nobody uses are no people, and networks that nobody got through from get less then.

/// The time that is looked at, in seconds. It slides, by the minute.
pub const WINDOW_SECONDS: i64 = 3_600;
/// Codes in that time up to which nothing is concluded.
const FEW: i64 = 200;
/// Of a hundred codes, how many are used at least where people ask for them.
const LEAST_USED_PERCENT: i64 = 30;
/// How long a network counts as one that somebody got through from, in days.
pub const PROVEN_DAYS: i64 = 30;

/// Codes of one tenant in the time that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Codes {
    /// Handed to a gateway.
    pub sent: i64,
    /// Entered, and right.
    pub used: i64,
}

impl Codes {
    /// Whether the breaker is open on these.
    pub fn open_the_breaker(self) -> bool {
        self.sent > FEW && self.used * 100 < self.sent * LEAST_USED_PERCENT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_codes_of_which_few_are_used_open_it() {
        let open = |sent, used| Codes { sent, used }.open_the_breaker();
        assert!(!open(200, 0), "not over 200");
        assert!(open(201, 0));
        assert!(open(201, 60), "below 30 %");
        assert!(!open(201, 61));
        assert!(open(1_000, 299) && !open(1_000, 300));
    }
}
