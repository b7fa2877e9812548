//! Whether numbers of people who left are removed: what an alarm goes by. A tenant whose last look at its directory was
//! stopped needs somebody.

use portvakt_domain::id::TenantId;
use portvakt_storage::reconciliations::ReconciliationGlance;
use prometheus::{IntGaugeVec, Opts, Registry};

/// The gauges.
pub(super) struct ReconciliationGauges {
    done: IntGaugeVec,
    stopped: IntGaugeVec,
}

impl ReconciliationGauges {
    pub(super) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let gauge =
            |name: &str, help: &str| super::register(registry, IntGaugeVec::new(Opts::new(name, help), &["tenant"])?);
        Ok(Self {
            done: gauge(
                "portvakt_reconciliation_last_success_timestamp_seconds",
                "When a tenant's numbers were last reconciled with its directory.",
            )?,
            stopped: gauge(
                "portvakt_reconciliation_stopped",
                "1 where a tenant's last reconciliation of numbers was stopped or given up.",
            )?,
        })
    }

    pub(super) fn glance(&self, tenant: TenantId, glance: ReconciliationGlance) {
        let tenant = tenant.to_string();
        if let Some(done) = glance.last_done_at {
            self.done.with_label_values(&[&tenant]).set(done.timestamp());
        }
        self.stopped.with_label_values(&[&tenant]).set(i64::from(glance.stopped));
    }
}
