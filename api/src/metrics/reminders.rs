//! Whether reminders go out: what an alarm compares. A tenant whose reminders were due and not done for an hour needs
//! somebody.

use portvakt_domain::{id::TenantId, time::Instant};
use portvakt_storage::reminders::ReminderFigures;
use prometheus::{IntGaugeVec, Opts, Registry};

/// The gauges.
pub(super) struct ReminderGauges {
    due: IntGaugeVec,
    done: IntGaugeVec,
    unsettled: IntGaugeVec,
    refused: IntGaugeVec,
}

impl ReminderGauges {
    pub(super) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let gauge =
            |name: &str, help: &str| super::register(registry, IntGaugeVec::new(Opts::new(name, help), &["tenant"])?);
        Ok(Self {
            due: gauge("portvakt_reminders_due_timestamp_seconds", "When a tenant's reminders were last due.")?,
            done: gauge(
                "portvakt_reminders_last_success_timestamp_seconds",
                "When a tenant's last run of reminders was done.",
            )?,
            unsettled: gauge("portvakt_reminders_unsent", "A tenant's reminders that are neither sent nor given up.")?,
            refused: gauge(
                "portvakt_reminders_refused",
                "Reminders of a tenant's last run that were refused, given up or held up, or came back.",
            )?,
        })
    }

    pub(super) fn due(&self, tenant: TenantId, at: Instant) {
        self.due.with_label_values(&[&tenant.to_string()]).set(at.timestamp());
    }

    pub(super) fn figures(&self, tenant: TenantId, figures: ReminderFigures) {
        let tenant = tenant.to_string();
        if let Some(done) = figures.last_done_at {
            self.done.with_label_values(&[&tenant]).set(done.timestamp());
        }
        self.unsettled.with_label_values(&[&tenant]).set(figures.unsettled);
        self.refused.with_label_values(&[&tenant]).set(figures.refused);
    }
}
