//! Removing what has served its time.

use chrono::TimeDelta;
use portvakt_domain::{audit::NewEvent, tenant::RetentionSettings, time::Instant};

/// How long things are kept.
#[derive(Debug, Clone, Copy)]
pub struct SweepAges {
    /// Flows, from when they were begun.
    pub flows: TimeDelta,
    /// Messages, from when they were asked for.
    pub messages: TimeDelta,
    /// The log that SMS limits look at; at least a day.
    pub sms_log: TimeDelta,
    /// Guards of sign-ins that nobody used; longer than any directory's observation window.
    pub guards: TimeDelta,
    /// Delayed changes of numbers, from when they were over.
    pub number_changes: TimeDelta,
    /// Counts of codes by the minute; longer than what a breaker looks at.
    pub code_counts: TimeDelta,
    /// How often limits acted; at least the day that is shown.
    pub trips: TimeDelta,
    /// Counts of rejected passwords: a year can be compared with the one before at its turn.
    pub rejections: TimeDelta,
    /// What readers thought of the guides: a year, as the form says.
    pub feedback: TimeDelta,
    /// Runs of reminders with what they sent, from when they were begun: a year can be compared with the one before.
    pub reminders: TimeDelta,
    /// What a reminder says that could not be sent, from when it was asked for: nobody sends it after that any more.
    pub reminder_contents: TimeDelta,
    /// Marks of passwords of which people heard; longer than any password lives, or they would hear of it again.
    pub reminder_marks: TimeDelta,
    /// Reconciliations of numbers, from when they were begun: a year can be compared with the one before.
    pub reconciliations: TimeDelta,
}

impl From<&RetentionSettings> for SweepAges {
    fn from(periods: &RetentionSettings) -> Self {
        let days = |days: u32| TimeDelta::days(days.into());
        Self {
            flows: days(periods.flow_days),
            messages: days(periods.message_days),
            sms_log: TimeDelta::days(1),
            guards: TimeDelta::days(7),
            number_changes: days(periods.number_change_days),
            code_counts: TimeDelta::days(1),
            trips: TimeDelta::days(2),
            rejections: TimeDelta::days(396),
            feedback: TimeDelta::days(365),
            reminders: days(periods.reminder_days),
            reminder_contents: TimeDelta::days(30),
            reminder_marks: TimeDelta::days(800),
            reconciliations: TimeDelta::days(400),
        }
    }
}

impl Default for SweepAges {
    fn default() -> Self {
        Self::from(&RetentionSettings::default())
    }
}

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepReport {
    /// Flows.
    pub flows: usize,
    /// Messages.
    pub messages: usize,
    /// Rows of the SMS log.
    pub sms_log: usize,
    /// Counters of limits whose window is over.
    pub limit_counters: usize,
    /// Guards of sign-ins.
    pub guards: usize,
    /// Delayed changes that are over.
    pub number_changes: usize,
    /// Minutes with codes.
    pub code_counts: usize,
    /// Hours in which a limit acted.
    pub trips: usize,
    /// Networks that nobody got through from any more.
    pub networks: usize,
    /// Counts of rejected passwords.
    pub rejections: usize,
    /// What readers thought of the guides.
    pub feedback: usize,
    /// Runs of reminders.
    pub reminder_runs: usize,
    /// What they sent.
    pub reminder_mails: usize,
    /// What reminders said that could not be sent.
    pub reminder_contents: usize,
    /// Marks of passwords of which people heard.
    pub reminder_marks: usize,
    /// Reconciliations of numbers.
    pub reconciliations: usize,
}

storage_functions! { of sweep:
    /// Removes what is older than `ages`, and counters whose window is over. Where anything was, `event` is recorded, with
    /// how much of what among its details.
    write fn remove_expired(now: Instant, ages: SweepAges, event: NewEvent) -> SweepReport;
}
