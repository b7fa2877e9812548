//! Across tenants.

mod agreed_keys;
mod counts;
mod life;
pub(crate) use agreed_keys::{agree_on_key, agreed_key};
pub(crate) use counts::{count_deployment, deployment_count, sms_sent, spend_sms};
pub(crate) use life::{ask_deletion, delete_due, list_deleted, resume, suspend, withdraw_deletion};

use std::collections::BTreeMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Integer, Text},
};
use portvakt_domain::{
    id::{JobId, TenantId},
    job::{Job, KINDS_WHILE_SUSPENDED, LeasedJob},
    tenant::HostPurpose,
    time::Instant,
};

use super::{
    Conn, SKIP_LOCKED,
    schema::{jobs, tenant_hosts, tenants},
    sql,
};
use crate::{
    error::{Outcome, StorageError, corrupt},
    operator::{DeadJob, HostRow, JobsOverview, Lease, NewTenant, TenantRow, UnknownJobs},
    values::{At, Id, at},
};

/// Longest error text kept with a job.
const ERROR_CHARS: usize = 500;
/// Tenants whose jobs wait.
const SUSPENDED: &str = "select id from tenants where suspended_at is not null";

#[derive(Queryable, Selectable)]
#[diesel(table_name = tenants, check_for_backend(super::Db))]
struct Tenant {
    id: Id,
    slug: String,
    version: Option<i64>,
    suspended_at: Option<At>,
    delete_asked_at: Option<At>,
    delete_due_at: Option<At>,
}

impl Tenant {
    fn read(self) -> TenantRow {
        TenantRow {
            id: TenantId(self.id.0),
            slug: self.slug,
            version: self.version,
            suspended_at: self.suspended_at.map(|at| at.0),
            delete_asked_at: self.delete_asked_at.map(|at| at.0),
            delete_due_at: self.delete_due_at.map(|at| at.0),
        }
    }
}

pub(crate) fn list_tenants(c: &mut Conn) -> Outcome<Vec<TenantRow>> {
    let rows: Vec<Tenant> = tenants::table.order(tenants::slug).select(Tenant::as_select()).load(c)?;
    Ok(rows.into_iter().map(Tenant::read).collect())
}

pub(crate) fn find_tenant(c: &mut Conn, slug: &str) -> Outcome<Option<TenantRow>> {
    let row: Option<Tenant> =
        tenants::table.filter(tenants::slug.eq(slug)).select(Tenant::as_select()).first(c).optional()?;
    Ok(row.map(Tenant::read))
}

pub(crate) fn create_tenant(c: &mut Conn, tenant: &NewTenant) -> Outcome<TenantId> {
    diesel::insert_into(tenants::table)
        .values((
            tenants::id.eq(Id(tenant.id.0)),
            tenants::slug.eq(&tenant.slug),
            tenants::created_at.eq(at(tenant.at)),
        ))
        .on_conflict(tenants::slug)
        .do_nothing()
        .execute(c)?;
    let id: Id = tenants::table.filter(tenants::slug.eq(&tenant.slug)).select(tenants::id).first(c)?;
    Ok(TenantId(id.0))
}

pub(crate) fn activate(c: &mut Conn, tenant: &TenantId, version: &i64, hosts: &[(String, HostPurpose)]) -> Outcome<()> {
    let changed = diesel::update(tenants::table.find(Id(tenant.0))).set(tenants::version.eq(version)).execute(c)?;
    if changed == 0 {
        return Err(StorageError::Conflict("there is no such tenant".to_owned()).into());
    }
    diesel::delete(tenant_hosts::table.filter(tenant_hosts::tenant_id.eq(Id(tenant.0)))).execute(c)?;
    for (host, purpose) in hosts {
        diesel::insert_into(tenant_hosts::table)
            .values((
                tenant_hosts::host.eq(host),
                tenant_hosts::tenant_id.eq(Id(tenant.0)),
                tenant_hosts::purpose.eq(purpose.as_str()),
            ))
            .execute(c)?;
    }
    Ok(())
}

pub(crate) fn list_hosts(c: &mut Conn) -> Outcome<Vec<HostRow>> {
    let rows: Vec<(String, Id, String)> = tenant_hosts::table
        .order(tenant_hosts::host)
        .select((tenant_hosts::host, tenant_hosts::tenant_id, tenant_hosts::purpose))
        .load(c)?;
    rows.into_iter()
        .map(|(host, tenant, purpose)| {
            let purpose = HostPurpose::from_stored(&purpose).ok_or_else(|| corrupt("tenant_hosts.purpose"))?;
            Ok(HostRow { host, tenant: TenantId(tenant.0), purpose })
        })
        .collect()
}

#[derive(QueryableByName)]
struct Candidate {
    #[diesel(sql_type = sql::Id)]
    id: Id,
    #[diesel(sql_type = sql::Id)]
    tenant_id: Id,
    #[diesel(sql_type = Text)]
    payload: String,
    #[diesel(sql_type = Integer)]
    attempts: i32,
    #[diesel(sql_type = sql::Ts)]
    run_at: At,
}

/// Due jobs of kinds that this release knows, one of each tenant in turn. Another kind is left to the release that asked
/// for it: while a new one is rolled out, both take jobs from here. Both databases read this text: SQLite takes `$1` as a
/// name and numbers names in the order in which they first stand here.
fn candidates(c: &mut Conn, lease: &Lease) -> Outcome<Vec<Candidate>> {
    let named = |from: usize, tenants: &[TenantId]| {
        let named: Vec<String> = (from..).map(|i| format!("${i}")).take(tenants.len()).collect();
        if named.is_empty() { String::new() } else { format!(" and tenant_id not in ({})", named.join(", ")) }
    };
    let limit = lease.saturated.len() + lease.unserved.len() + 2;
    // Said of the locked row too: another worker may have leased it since this transaction looked.
    let due = |of: &str| {
        format!("{of}dead_at is null and {of}run_at <= $1 and ({of}leased_until is null or {of}leased_until <= $1)")
    };
    let text = format!(
        "select j.id, j.tenant_id, j.payload, j.attempts, j.run_at
         from jobs j join (
           select id, row_number() over (partition by tenant_id order by run_at, id) as turn
           from jobs where {}{} and kind in ('{}') and (kind in ('{}') or (tenant_id not in ({SUSPENDED}){}))
         ) r on r.id = j.id
         where {}
         order by r.turn, j.run_at, j.id
         limit ${limit} {SKIP_LOCKED}",
        due(""),
        named(2, &lease.saturated),
        Job::KINDS.join("', '"),
        KINDS_WHILE_SUSPENDED.join("', '"),
        named(lease.saturated.len() + 2, &lease.unserved),
        due("j."),
    );
    let mut query = sql_query(text).into_boxed::<super::Db>().bind::<sql::Ts, _>(at(lease.now));
    for tenant in lease.saturated.iter().chain(&lease.unserved) {
        query = query.bind::<sql::Id, _>(Id(tenant.0));
    }
    Ok(query.bind::<BigInt, _>(lease.limit).load(c)?)
}

pub(crate) fn lease_jobs(c: &mut Conn, lease: &Lease) -> Outcome<Vec<LeasedJob>> {
    let mut leased = Vec::new();
    // Leases of one length are taken by one statement.
    let mut by_length: BTreeMap<i64, Vec<Id>> = BTreeMap::new();
    let mut dead: BTreeMap<&'static str, Vec<Id>> = BTreeMap::new();
    for row in candidates(c, lease)? {
        let Ok(job) = serde_json::from_str::<Job>(&row.payload) else {
            dead.entry("the payload can't be read").or_default().push(row.id);
            continue;
        };
        if row.attempts >= job.max_attempts() {
            dead.entry("every attempt was begun and none was finished").or_default().push(row.id);
            continue;
        }
        by_length.entry(job.lease().num_seconds()).or_default().push(row.id);
        leased.push(LeasedJob {
            id: JobId(row.id.0),
            tenant: TenantId(row.tenant_id.0),
            job,
            attempt: row.attempts + 1,
            due_at: row.run_at.0,
        });
    }
    for (seconds, ids) in by_length {
        diesel::update(jobs::table.filter(jobs::id.eq_any(ids)))
            .set((
                jobs::leased_by.eq(&lease.worker),
                jobs::leased_until.eq(at(lease.now + chrono::TimeDelta::seconds(seconds))),
                jobs::attempts.eq(jobs::attempts + 1),
                jobs::dedupe_key.eq(None::<String>),
            ))
            .execute(c)?;
    }
    for (reason, ids) in dead {
        diesel::update(jobs::table.filter(jobs::id.eq_any(ids)))
            .set((
                jobs::dead_at.eq(at(lease.now)),
                jobs::last_error.eq(reason),
                jobs::leased_by.eq(None::<String>),
                jobs::leased_until.eq(None::<At>),
                jobs::dedupe_key.eq(None::<String>),
            ))
            .execute(c)?;
    }
    Ok(leased)
}

pub(crate) fn complete_job(c: &mut Conn, job: &JobId, worker: &str) -> Outcome<bool> {
    let removed = diesel::delete(jobs::table)
        .filter(jobs::id.eq(Id(job.0)))
        .filter(jobs::leased_by.eq(worker))
        .filter(jobs::dead_at.is_null())
        .execute(c)?;
    Ok(removed == 1)
}

pub(crate) fn retry_job(c: &mut Conn, job: &JobId, worker: &str, run_at: &Instant, error: &str) -> Outcome<bool> {
    let changed = diesel::update(jobs::table)
        .filter(jobs::id.eq(Id(job.0)))
        .filter(jobs::leased_by.eq(worker))
        .filter(jobs::dead_at.is_null())
        .set((
            jobs::run_at.eq(at(*run_at)),
            jobs::leased_by.eq(None::<String>),
            jobs::leased_until.eq(None::<At>),
            jobs::last_error.eq(cut(error)),
        ))
        .execute(c)?;
    Ok(changed == 1)
}

pub(crate) fn bury_job(c: &mut Conn, job: &JobId, worker: &str, now: &Instant, error: &str) -> Outcome<bool> {
    let changed = diesel::update(jobs::table)
        .filter(jobs::id.eq(Id(job.0)))
        .filter(jobs::leased_by.eq(worker))
        .filter(jobs::dead_at.is_null())
        .set((
            jobs::dead_at.eq(at(*now)),
            jobs::leased_by.eq(None::<String>),
            jobs::leased_until.eq(None::<At>),
            jobs::last_error.eq(cut(error)),
        ))
        .execute(c)?;
    Ok(changed == 1)
}

fn cut(error: &str) -> String {
    error.chars().take(ERROR_CHARS).collect()
}

pub(crate) fn jobs_overview(c: &mut Conn, now: &Instant) -> Outcome<JobsOverview> {
    overview(c, None, *now)
}

pub(crate) fn jobs_of(c: &mut Conn, tenant: &TenantId, now: &Instant) -> Outcome<JobsOverview> {
    overview(c, Some(*tenant), *now)
}

/// Of one tenant, or of all.
fn overview(c: &mut Conn, tenant: Option<TenantId>, now: Instant) -> Outcome<JobsOverview> {
    let now = at(now);
    let theirs = || match tenant {
        Some(tenant) => jobs::table.filter(jobs::tenant_id.eq(Id(tenant.0))).into_boxed::<super::Db>(),
        None => jobs::table.into_boxed(),
    };
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
#[diesel(table_name = jobs, check_for_backend(super::Db))]
struct Dead {
    id: Id,
    tenant_id: Id,
    kind: String,
    payload: String,
    attempts: i32,
    created_at: At,
    last_error: Option<String>,
}

pub(crate) fn list_dead_jobs(c: &mut Conn) -> Outcome<Vec<DeadJob>> {
    let rows: Vec<(Dead, At)> = jobs::table
        .filter(jobs::dead_at.is_not_null())
        .order((jobs::dead_at, jobs::id))
        .select((Dead::as_select(), jobs::dead_at.assume_not_null()))
        .load(c)?;
    let read = |(row, dead_at): (Dead, At)| DeadJob {
        id: JobId(row.id.0),
        tenant: TenantId(row.tenant_id.0),
        kind: row.kind,
        payload: row.payload,
        attempts: row.attempts,
        created_at: row.created_at.0,
        dead_at: dead_at.0,
        last_error: row.last_error,
    };
    Ok(rows.into_iter().map(read).collect())
}
