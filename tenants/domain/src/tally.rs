//! How often limits acted, told to the database now and then: a flood must not queue for the one row of its tenant.

use std::collections::BTreeMap;

use crate::{id::TenantId, time::Instant};

/// So many of each hour are told one by one, so that little is told exactly.
const ONE_BY_ONE: i64 = 10;
/// Beyond them, so many together.
const TOGETHER: i64 = 50;

/// What one process counted in this hour. What was not told when it ends, or when the hour does, is lost: fewer than
/// fifty of each limit.
#[derive(Debug, Default)]
pub struct Tally {
    hour: i64,
    seen: BTreeMap<(TenantId, &'static str), i64>,
}

impl Tally {
    /// Counts one, and says how many are to be told of now.
    pub fn count(&mut self, tenant: TenantId, limit: &'static str, now: Instant) -> i64 {
        let hour = now.timestamp().div_euclid(3_600);
        if self.hour != hour {
            self.seen.clear();
            self.hour = hour;
        }
        let seen = self.seen.entry((tenant, limit)).or_default();
        *seen += 1;
        match *seen - ONE_BY_ONE {
            ..=0 => 1,
            beyond if beyond % TOGETHER == 0 => TOGETHER,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use uuid::Uuid;

    use super::*;

    const A: TenantId = TenantId(Uuid::from_u128(1));
    const B: TenantId = TenantId(Uuid::from_u128(2));

    #[test]
    fn the_first_are_told_one_by_one_and_the_others_by_fifties() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let mut tally = Tally::default();
        let (mut told, mut writes) = (0, 0);
        for count in 1..=1_000 {
            let more = tally.count(A, "x", now);
            assert!(more >= 0);
            (told, writes) = (told + more, writes + i64::from(more > 0));
            assert!(told <= count && told >= count.min(10) && told > count - 50, "{told} told of {count}");
        }
        assert_eq!((told, writes), (960, 29));
        assert_eq!((tally.count(A, "y", now), tally.count(B, "x", now)), (1, 1), "each limit and tenant by itself");
        assert_eq!(tally.count(A, "x", now + TimeDelta::hours(1)), 1, "the next hour begins anew");
    }
}
