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
    values::{At, Id, at},
};

pub(crate) fn enqueue(c: &mut Conn, tenant: TenantId, job: &Job, run_at: &Instant, id: &JobId) -> Outcome<bool> {
    insert(c, tenant, job, *run_at, *run_at, Id(id.0))
}

/// Asks for a job inside another transaction.
pub(crate) fn ask(c: &mut Conn, tenant: TenantId, job: &Job, now: Instant, run_at: Instant) -> Outcome<bool> {
    insert(c, tenant, job, now, run_at, Id::at(now))
}

fn insert(c: &mut Conn, tenant: TenantId, job: &Job, now: Instant, run_at: Instant, id: Id) -> Outcome<bool> {
    add(c, tenant, NewJob::of(job, now, run_at, id)?)
}

/// A job as it is stored.
pub(crate) struct NewJob {
    pub(crate) id: Id,
    pub(crate) kind: &'static str,
    pub(crate) payload: String,
    pub(crate) dedupe_key: Option<&'static str>,
    pub(crate) run_at: At,
    pub(crate) created_at: At,
}

impl NewJob {
    pub(crate) fn of(job: &Job, now: Instant, run_at: Instant, id: Id) -> Outcome<Self> {
        let payload = serde_json::to_string(job).map_err(|error| StorageError::Internal(error.into()))?;
        let (kind, dedupe_key) = (job.kind(), job.dedupe_key());
        Ok(Self { id, kind, payload, dedupe_key, run_at: at(run_at), created_at: at(now) })
    }
}

pub(crate) fn add(c: &mut Conn, tenant: TenantId, job: NewJob) -> Outcome<bool> {
    // Without naming the index: the server's role may add jobs but not read them.
    let inserted = diesel::insert_into(jobs::table)
        .values((
            jobs::tenant_id.eq(Id(tenant.0)),
            jobs::id.eq(job.id),
            jobs::kind.eq(job.kind),
            jobs::payload.eq(job.payload),
            jobs::dedupe_key.eq(job.dedupe_key),
            jobs::run_at.eq(job.run_at),
            jobs::attempts.eq(0),
            jobs::created_at.eq(job.created_at),
        ))
        .on_conflict_do_nothing()
        .execute(c)?;
    Ok(inserted == 1)
}
