//! The section that says how long records are kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long the tenant keeps its records, in days. What is older goes with the next clean-up, within the hour; the page on
/// personal data names the periods. The audit trail stays for as long as the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionSettings {
    /// What somebody began on the pages, from when they began: 1 to 30.
    pub flow_days: u32,
    /// That an SMS or mail was sent, to whom, and what became of it: 1 to 365.
    pub message_days: u32,
    /// A delayed change of a number, without the number, from when it was over: 1 to 365.
    pub number_change_days: u32,
    /// Runs of reminders and what they sent, to whom: 31 to 800.
    pub reminder_days: u32,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self { flow_days: 1, message_days: 30, number_change_days: 30, reminder_days: 400 }
    }
}

impl RetentionSettings {
    pub(super) fn is_unset(&self) -> bool {
        *self == Self::default()
    }

    /// What can't be kept, as `key: what to do`.
    pub(super) fn problems(&self) -> Vec<String> {
        let bounds = [
            ("flow_days", self.flow_days, 1..=30),
            ("message_days", self.message_days, 1..=365),
            ("number_change_days", self.number_change_days, 1..=365),
            // A run of a month ago still tells which marks are dealt with.
            ("reminder_days", self.reminder_days, 31..=800),
        ];
        let wrong = bounds.into_iter().filter(|(_, days, allowed)| !allowed.contains(days));
        wrong
            .map(|(key, _, allowed)| format!("retention.{key}: {} to {} days", allowed.start(), allowed.end()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_have_bounds() {
        assert_eq!(RetentionSettings::default().problems(), Vec::<String>::new());
        let wrong = RetentionSettings { flow_days: 0, message_days: 366, number_change_days: 0, reminder_days: 30 };
        let expected = [
            "retention.flow_days: 1 to 30 days",
            "retention.message_days: 1 to 365 days",
            "retention.number_change_days: 1 to 365 days",
            "retention.reminder_days: 31 to 800 days",
        ];
        assert_eq!(wrong.problems(), expected);
    }
}
