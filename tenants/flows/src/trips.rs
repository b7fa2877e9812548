//! A limit answered a request: measured each time, and written down now and then.

use std::sync::PoisonError;

use portvakt_domain::audit::NewEvent;
use portvakt_storage::trips;

use crate::{FlowError, Measure, Platform, Tenant};

/// Tells that a limit answered.
pub(crate) async fn tell(platform: &Platform, tenant: &Tenant, limit: &'static str) -> Result<(), FlowError> {
    tell_with(platform, tenant, limit, None).await
}

/// The same with an event, which is recorded in any case.
pub(crate) async fn tell_with(
    platform: &Platform,
    tenant: &Tenant,
    limit: &'static str,
    event: Option<NewEvent>,
) -> Result<(), FlowError> {
    platform.meter.count(tenant.id, Measure::Limit(limit));
    let now = platform.now();
    let times = platform.tally.lock().unwrap_or_else(PoisonError::into_inner).count(tenant.id, limit, now);
    if times > 0 || event.is_some() {
        trips::record(&platform.store, tenant.id, limit.to_owned(), times, now, event).await?;
    }
    Ok(())
}
