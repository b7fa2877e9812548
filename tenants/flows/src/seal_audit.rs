//! The job that seals a tenant's audit events in order.

use std::sync::Arc;

use portvakt_domain::id::TenantId;
use portvakt_storage::audit;

use crate::{FlowError, Platform, send_code::JobOutcome};

/// Events sealed in one transaction.
const BATCH: i64 = 500;

/// Seals what is not sealed yet, and logs the chain's head: whoever keeps the log can tell a chain that was cut.
///
/// # Errors
/// The database; another replica's sealing at the same moment, which a retry mends.
pub async fn run(platform: &Platform, tenant: TenantId) -> Result<JobOutcome, FlowError> {
    let key = Arc::new(platform.keys.audit_key(tenant));
    loop {
        let report = audit::seal_pending(&platform.store, tenant, key.clone(), BATCH).await?;
        if report.sealed > 0 {
            let seal: String = report.head.seal.iter().map(|byte| format!("{byte:02x}")).collect();
            tracing::info!(tenant.id = %tenant, audit.seq = report.head.seq, audit.seal = seal, "audit head");
        }
        if !report.more {
            return Ok(JobOutcome::Done);
        }
    }
}
