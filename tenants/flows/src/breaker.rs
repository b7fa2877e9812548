//! A breaker that opened or closed: told to who runs the platform. The trail has it from the transaction that changed it.

use portvakt_domain::id::TenantId;
use portvakt_storage::breakers::Breaker;

use crate::{Measure, Platform};

/// Measures and logs a change.
pub(crate) fn tell(platform: &Platform, tenant: TenantId, breaker: Breaker) {
    if !breaker.changed {
        return;
    }
    let (sent, used) = (breaker.codes.sent, breaker.codes.used);
    if breaker.open_since.is_some() {
        platform.meter.count(tenant, Measure::Breaker("opened"));
        tracing::warn!(tenant.id = %tenant, sent, used, "few of the tenant's codes are used: its breaker is open");
    } else {
        platform.meter.count(tenant, Measure::Breaker("closed"));
        tracing::info!(tenant.id = %tenant, sent, used, "the tenant's breaker is closed again");
    }
}
