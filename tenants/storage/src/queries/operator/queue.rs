//! The queue as people look at it, and what they do about what was laid aside.

use diesel::{
    prelude::*,
    result::{DatabaseErrorKind, Error as DieselError},
};
use portvakt_domain::{
    id::{JobId, TenantId},
    job::{Job, KINDS_WHILE_SUSPENDED},
    time::Instant,
};

use super::super::{
    Conn, Db,
    schema::{jobs, tenants},
};
use crate::{
    error::Outcome,
    operator::{DeadJob, JobsOverview, UnknownJobs, WaitingJob},
    values::{At, Id, at},
};

pub(crate) fn jobs_overview(c: &mut Conn, now: &Instant) -> Outcome<JobsOverview> {
    overview(c, None, *now)
}

pub(crate) fn jobs_of(c: &mut Conn, tenant: &TenantId, now: &Instant) -> Outcome<JobsOverview> {
    overview(c, Some(*tenant), *now)
}

/// Of one tenant, or of all.
fn jobs_by(tenant: Option<TenantId>) -> jobs::BoxedQuery<'static, Db> {
    match tenant {
        Some(tenant) => jobs::table.filter(jobs::tenant_id.eq(Id(tenant.0))).into_boxed(),
        None => jobs::table.into_boxed(),
    }
}

fn overview(c: &mut Conn, tenant: Option<TenantId>, now: Instant) -> Outcome<JobsOverview> {
    let now = at(now);
    let theirs = || jobs_by(tenant);
    let waiting = theirs().filter(jobs::dead_at.is_null()).count().get_result(c)?;
    let dead = theirs().filter(jobs::dead_at.is_not_null()).count().get_result(c)?;
    let suspended = tenants::table.filter(tenants::suspended_at.is_not_null()).select(tenants::id);
    let (due, oldest): (i64, Option<At>) = theirs()
        .filter(jobs::dead_at.is_null())
        .filter(jobs::run_at.le(now))
        .filter(jobs::leased_until.is_null().or(jobs::leased_until.le(now)))
        .filter(jobs::kind.eq_any(KINDS_WHILE_SUSPENDED).or(jobs::tenant_id.ne_all(suspended)))
        .select((diesel::dsl::count_star(), diesel::dsl::min(jobs::run_at)))
        .first(c)?;
    Ok(JobsOverview { waiting, due, dead, oldest_due_at: oldest.map(|oldest| oldest.0) })
}

pub(crate) fn list_unknown_jobs(c: &mut Conn, now: &Instant) -> Outcome<Vec<UnknownJobs>> {
    let rows: Vec<(String, i64)> = jobs::table
        .filter(jobs::kind.ne_all(Job::KINDS))
        .filter(jobs::dead_at.is_null())
        .filter(jobs::run_at.le(at(*now)))
        .group_by(jobs::kind)
        .select((jobs::kind, diesel::dsl::count_star()))
        .load(c)?;
    Ok(rows.into_iter().map(|(kind, due)| UnknownJobs { kind, due }).collect())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = jobs, check_for_backend(super::super::Db))]
struct JobRow {
    id: Id,
    tenant_id: Id,
    kind: String,
    payload: String,
    attempts: i32,
    created_at: At,
    run_at: At,
    last_error: Option<String>,
}

pub(crate) fn list_dead_jobs(c: &mut Conn, of: &Option<TenantId>) -> Outcome<Vec<DeadJob>> {
    let rows: Vec<(JobRow, At)> = jobs_by(*of)
        .filter(jobs::dead_at.is_not_null())
        .order((jobs::dead_at, jobs::id))
        .select((JobRow::as_select(), jobs::dead_at.assume_not_null()))
        .load(c)?;
    let read = |(row, dead_at): (JobRow, At)| DeadJob {
        id: JobId(row.id.0),
        tenant: TenantId(row.tenant_id.0),
        kind: row.kind,
        payload: row.payload,
        attempts: row.attempts,
        created_at: row.created_at.0,
        due_at: row.run_at.0,
        dead_at: dead_at.0,
        last_error: row.last_error,
    };
    Ok(rows.into_iter().map(read).collect())
}

pub(crate) fn remove_dead_jobs(c: &mut Conn, of: &TenantId, kind: &str, before: &Instant) -> Outcome<usize> {
    let dead = jobs::table.filter(jobs::tenant_id.eq(Id(of.0))).filter(jobs::kind.eq(kind));
    Ok(diesel::delete(dead.filter(jobs::dead_at.lt(at(*before)))).execute(c)?)
}

pub(crate) fn list_waiting_jobs(c: &mut Conn, of: &Option<TenantId>, limit: &i64) -> Outcome<Vec<WaitingJob>> {
    let rows: Vec<(JobRow, Option<At>)> = jobs_by(*of)
        .filter(jobs::dead_at.is_null())
        .order((jobs::run_at, jobs::id))
        .limit(*limit)
        .select((JobRow::as_select(), jobs::leased_until))
        .load(c)?;
    let read = |(row, leased_until): (JobRow, Option<At>)| WaitingJob {
        id: JobId(row.id.0),
        tenant: TenantId(row.tenant_id.0),
        kind: row.kind,
        payload: row.payload,
        attempts: row.attempts,
        created_at: row.created_at.0,
        due_at: row.run_at.0,
        leased_until: leased_until.map(|until| until.0),
        last_error: row.last_error,
    };
    Ok(rows.into_iter().map(read).collect())
}

pub(crate) fn revive_job(c: &mut Conn, job: &JobId, now: &Instant) -> Outcome<bool> {
    let dead = || jobs::table.filter(jobs::id.eq(Id(job.0))).filter(jobs::dead_at.is_not_null());
    let Some(payload) = dead().select(jobs::payload).first::<String>(c).optional()? else { return Ok(false) };
    // What this release can't read another one asked for; it waits for that one.
    let dedupe_key = serde_json::from_str::<Job>(&payload).ok().and_then(|job| job.dedupe_key());
    // In a transaction of its own: a key that another one has must not end the whole.
    let revived = c.transaction(|c| {
        diesel::update(dead())
            .set((
                jobs::run_at.eq(at(*now)),
                jobs::attempts.eq(0),
                jobs::dead_at.eq(None::<At>),
                jobs::dedupe_key.eq(dedupe_key),
            ))
            .execute(c)
    });
    match revived {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(false),
        revived => Ok(revived? == 1),
    }
}
