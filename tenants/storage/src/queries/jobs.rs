//! Asking for work.

use diesel::prelude::*;
use portvakt_domain::{
    id::{JobId, TenantId},
    job::Job,
    time::Instant,
};

use super::{Conn, schema::jobs};
use crate::{
    error::{Outcome, StorageError},
    values::{Id, at},
};

pub(crate) fn enqueue(c: &mut Conn, tenant: TenantId, job: &Job, run_at: &Instant, id: &JobId) -> Outcome<bool> {
    insert(c, tenant, job, *run_at, *run_at, Id(id.0))
}

/// Asks for a job inside another transaction.
pub(crate) fn ask(c: &mut Conn, tenant: TenantId, job: &Job, now: Instant, run_at: Instant) -> Outcome<bool> {
    insert(c, tenant, job, now, run_at, Id::at(now))
}

fn insert(c: &mut Conn, tenant: TenantId, job: &Job, now: Instant, run_at: Instant, id: Id) -> Outcome<bool> {
    let payload = serde_json::to_string(job).map_err(|error| StorageError::Internal(error.into()))?;
    // Without naming the index: the server's role may add jobs but not read them.
    let inserted = diesel::insert_into(jobs::table)
        .values((
            jobs::tenant_id.eq(Id(tenant.0)),
            jobs::id.eq(id),
            jobs::kind.eq(job.kind()),
            jobs::payload.eq(payload),
            jobs::dedupe_key.eq(job.dedupe_key()),
            jobs::run_at.eq(at(run_at)),
            jobs::attempts.eq(0),
            jobs::created_at.eq(at(now)),
        ))
        .on_conflict_do_nothing()
        .execute(c)?;
    Ok(inserted == 1)
}
