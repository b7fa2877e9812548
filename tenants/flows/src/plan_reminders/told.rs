//! Of which marks people heard already.

use std::collections::HashSet;

use portvakt_domain::{id::AccountKey, reminder::Mark, time::Instant};
use portvakt_storage::reminders::{Covered, Marked};

/// What was dealt with already.
#[derive(Default)]
pub(super) struct Told {
    /// Since the last run that is done: a run that was cut off told some recipients, and the others are still to be told.
    parts: HashSet<Marked>,
    /// Before that everybody was told who was a recipient then. Whoever became one later, because the tenant named a
    /// second address or a number was registered, hears of the marks to come and not of those that are past.
    everybody: HashSet<(AccountKey, Instant, Mark)>,
}

impl Told {
    pub(super) fn of(marked: Vec<(Marked, Instant)>, covered: Option<Covered>) -> Self {
        let mut told = Self::default();
        for (marked, at) in marked {
            if covered.is_some_and(|covered| at <= covered.ended_at) {
                told.everybody.insert((marked.account, marked.period, marked.mark));
            } else {
                told.parts.insert(marked);
            }
        }
        told
    }

    pub(super) fn has(&self, marked: &Marked) -> bool {
        self.parts.contains(marked) || self.everybody.contains(&(marked.account, marked.period, marked.mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn who_became_a_recipient_later_hears_of_no_mark_that_is_past() {
        let at = |text: &str| -> Instant { text.parse().expect("a moment") };
        let mark = |days: u32, part: &str| Marked {
            account: AccountKey(Uuid::nil()),
            period: at("2026-09-01T08:00:00Z"),
            mark: Mark::Days(days),
            part: part.to_owned(),
        };
        let reach = "2026-11-20".parse().expect("a day");
        let covered = Covered { reach, ended_at: at("2026-11-20T06:00:05Z") };
        let marked = vec![
            (mark(15, "unit.1"), at("2026-11-20T06:00:04Z")),
            // Of a run that was cut off since.
            (mark(7, "unit.1"), at("2026-11-28T06:00:04Z")),
        ];
        let told = Told::of(marked.clone(), Some(covered));
        assert!(told.has(&mark(15, "unit.1")) && told.has(&mark(15, "unit.2")));
        assert!(told.has(&mark(7, "unit.1")) && !told.has(&mark(7, "unit.2")), "it was cut off in between");
        assert!(!told.has(&mark(5, "unit.1")));
        let told = Told::of(marked, None);
        assert!(told.has(&mark(15, "unit.1")) && !told.has(&mark(15, "unit.2")), "no run is done yet");
    }
}
