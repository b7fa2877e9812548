//! A job that was laid aside is tried again, because somebody asks for it.

use portvakt_domain::{audit::AuditKind, random::Random, time::Clock};
use portvakt_storage::{
    StorageError, Store, audit,
    operator::{self, DeadJob},
};

use crate::{event::EventExt as _, suspend_tenant};

/// Has a job tried again, with all its attempts before it. `false`: it is not laid aside any more, or another one like it
/// waits and does the same.
///
/// # Errors
/// The database.
pub async fn run(
    store: &Store,
    clock: &dyn Clock,
    random: &dyn Random,
    job: &DeadJob,
    author: &str,
) -> Result<bool, StorageError> {
    if !operator::revive_job(store, job.id, clock.now()).await? {
        return Ok(false);
    }
    let event = suspend_tenant::event(clock, random, AuditKind::JobRetried, author)
        .detail("kind", &job.kind)
        .detail("job", &job.id.to_string());
    audit::record(store, job.tenant, vec![event]).await?;
    Ok(true)
}
