//! A clock that tests move.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use portvakt_domain::time::Clock;

/// Time that stands still until it is moved.
#[derive(Clone)]
pub struct ManualClock(Arc<Mutex<DateTime<Utc>>>);

impl ManualClock {
    /// A clock at the present, in whole seconds. The present, because real directories know no other time.
    pub fn at_present() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
        Self(Arc::new(Mutex::new(DateTime::from_timestamp(now as i64, 0).expect("a time"))))
    }

    /// Moves time on to the middle of the next day (UTC) and of an hour in it, for tests that count by hours and days:
    /// they must not fail because they were begun late in one.
    pub fn to_midday(&self) {
        let into_day = self.now().timestamp().rem_euclid(86_400);
        self.advance(TimeDelta::seconds(86_400 - into_day) + TimeDelta::minutes(10 * 60 + 10));
    }

    /// Moves time on.
    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().expect("unpoisoned") += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("unpoisoned")
    }
}
