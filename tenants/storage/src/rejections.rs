//! Why new passwords were not taken, counted by tenant and day. Nobody is named.

use chrono::NaiveDate;
use portvakt_domain::{rejection::RejectionReason, time::Instant};

/// How often there was one reason on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejections {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// The reason, by its stored name: a newer release may know reasons that this one does not.
    pub reason: String,
    /// How often.
    pub count: i64,
}

storage_functions! { of rejections:
    /// Counts each reason once. For those that were found before the directory was asked; the others are counted with the
    /// outcome, by [`crate::flows::settle_write`].
    write fn count(reasons: Vec<RejectionReason>, now: Instant) -> ();

    /// What was counted from this day on, by day and reason.
    read fn since(day: NaiveDate) -> Vec<Rejections>;
}
