//! The job that removes what has served its time: ended flows, old counters, and a whole tenant whose grace period is
//! over. What is removed is recorded.

use portvakt_domain::{audit::AuditKind, id::TenantId};
use portvakt_storage::{
    audit, breakers, operator,
    sweep::{self, SweepAges},
};

use crate::{
    FlowError, Platform, breaker,
    event::{EventExt as _, event},
    send_code::JobOutcome,
};

/// Sweeps one tenant's rows.
///
/// # Errors
/// The database.
pub async fn run(platform: &Platform, tenant: TenantId) -> Result<JobOutcome, FlowError> {
    if operator::delete_due(&platform.store, tenant, platform.now()).await? {
        tracing::info!(tenant.id = %tenant, "tenant deleted");
        return Ok(JobOutcome::Done);
    }
    let report = sweep::remove_expired(&platform.store, tenant, platform.now(), SweepAges::default()).await?;
    let counters = report.limit_counters + report.sms_log + report.guards + report.code_counts + report.trips;
    let kept_longer = report.number_changes + report.rejections + report.networks + report.feedback;
    if report.flows + report.messages + counters + kept_longer > 0 {
        let swept = event(platform, AuditKind::Swept)
            .detail("flows", &report.flows.to_string())
            .detail("messages", &report.messages.to_string())
            .detail("number_changes", &report.number_changes.to_string())
            .detail("counters", &counters.to_string())
            .detail("networks", &report.networks.to_string())
            .detail("rejections", &report.rejections.to_string())
            .detail("feedback", &report.feedback.to_string());
        audit::record(&platform.store, tenant, vec![swept]).await?;
    }
    // Where nobody asks for codes any more, nothing else would close it.
    let breaker = breakers::settle(&platform.store, tenant, platform.now()).await?;
    breaker::tell(platform, tenant, breaker);
    Ok(JobOutcome::Done)
}
