//! The job that removes what has served its time: ended flows, old counters, and a whole tenant whose grace period is
//! over. What is removed is recorded.

use portvakt_domain::{audit::AuditKind, id::TenantId, tenant::RetentionSettings};
use portvakt_storage::{
    StorageError, Store, audit, breakers, operator, settings,
    sweep::{self, SweepAges},
};

use crate::{
    FlowError, Platform, Tenant, breaker,
    event::{EventExt as _, event},
    send_code::JobOutcome,
};

/// Sweeps one tenant's rows, after its own periods; `served` where it is.
///
/// # Errors
/// The database.
pub async fn run(platform: &Platform, tenant: TenantId, served: Option<&Tenant>) -> Result<JobOutcome, FlowError> {
    if operator::delete_due(&platform.store, tenant, platform.now()).await? {
        tracing::info!(tenant.id = %tenant, "tenant deleted");
        return Ok(JobOutcome::Done);
    }
    let periods = match served {
        Some(served) => served.settings.retention.clone(),
        None => stored_periods(&platform.store, tenant).await?,
    };
    let swept = event(platform, AuditKind::Swept);
    let ages = SweepAges::from(&periods);
    sweep::remove_expired(&platform.store, tenant, platform.now(), ages, swept).await?;
    forget_reminders(platform, tenant, ages).await?;
    // Where nobody asks for codes any more, nothing else would close it.
    let breaker = breakers::settle(&platform.store, tenant, platform.now()).await?;
    breaker::tell(platform, tenant, breaker);
    Ok(JobOutcome::Done)
}

/// Jobs of reminders that were laid aside as long ago as what they would say is kept: there is nothing left to try again.
async fn forget_reminders(platform: &Platform, tenant: TenantId, ages: SweepAges) -> Result<(), StorageError> {
    let before = platform.now() - ages.reminder_contents;
    let mut removed = 0;
    for kind in ["remind", "send_reminder"] {
        removed += operator::remove_dead_jobs(&platform.store, tenant, kind.to_owned(), before).await?;
    }
    if removed > 0 {
        let swept = event(platform, AuditKind::Swept).detail("laid_aside_jobs", &removed.to_string());
        audit::record(&platform.store, tenant, vec![swept]).await?;
    }
    Ok(())
}

/// The periods of a tenant that is not served: suspended, or with settings of which another part can't be used.
async fn stored_periods(store: &Store, tenant: TenantId) -> Result<RetentionSettings, StorageError> {
    let rows = operator::list_tenants(store).await?;
    let version = rows.into_iter().find(|row| row.id == tenant).and_then(|row| row.version);
    let Some(version) = version else { return Ok(RetentionSettings::default()) };
    let stored = settings::at_version(store, tenant, version).await?;
    let document = stored.and_then(|stored| serde_json::from_str::<serde_json::Value>(&stored.document).ok());
    let section = document.and_then(|mut document| document.get_mut("retention").map(serde_json::Value::take));
    Ok(section.and_then(|section| serde_json::from_value(section).ok()).unwrap_or_default())
}
