//! A delivery report is read and noted with its SMS. It tells people where their SMS is and counts; it changes no flow.

use portvakt_domain::{
    audit::AuditKind,
    message::Channel,
    report::{Posted, ReportRefusal},
    tenant::SmsProvider,
};
use portvakt_storage::reports::{self, NewReport, Taken};

use crate::{
    FlowError, Measure, Platform, Tenant,
    event::{EventExt as _, event},
};

/// Takes what a provider posted to its address.
///
/// # Errors
/// The database.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    provider: SmsProvider,
    posted: &Posted<'_>,
) -> Result<Result<Taken, ReportRefusal>, FlowError> {
    // 1. Is it the provider's, and what does it say?
    let said = match tenant.reports.read(provider, posted) {
        Ok(Some(said)) => said,
        Ok(None) => return Ok(Ok(Taken::NoMessage)),
        Err(refusal) => return Ok(Err(refusal)),
    };

    // 2. Noted, once.
    let settled = event(platform, AuditKind::MessageSettled)
        .detail("channel", Channel::Sms.as_str())
        .detail("outcome", "sent")
        .detail("by", "report");
    let report = said.report;
    let new = NewReport { provider, said, now: platform.now(), settled };
    let taken = reports::take(&platform.store, tenant.id, new).await?;
    if taken == Taken::News {
        platform.meter.count(tenant.id, Measure::SmsReport(provider, report));
    }
    tracing::debug!(tenant.id = %tenant.id, provider = provider.as_str(), report = report.as_str(), ?taken, "report");
    Ok(Ok(taken))
}
