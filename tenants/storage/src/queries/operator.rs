//! Across tenants.

mod agreed_keys;
mod counts;
mod life;
mod queue;
pub(crate) use agreed_keys::{agree_on_key, agreed_key};
pub(crate) use counts::{count_deployment, deployment_count, sms_sent, spend_sms};
pub(crate) use life::{ask_deletion, delete_due, list_deleted, resume, suspend, withdraw_deletion};
pub(crate) use queue::{
    jobs_of, jobs_overview, list_dead_jobs, list_unknown_jobs, list_waiting_jobs, remove_dead_jobs, revive_job,
};

use std::collections::BTreeMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Integer, Text},
};
use portvakt_domain::{
    id::{JobId, TenantId},
    job::{BACKGROUND_KINDS, Job, KINDS_WHILE_SUSPENDED, LeasedJob},
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
    operator::{HostRow, Lease, NewTenant, TenantRow},
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

/// Due jobs of kinds that this release knows, those that somebody waits for first, one of each tenant in turn. Another
/// kind is left to the release that asked for it: while a new one is rolled out, both take jobs from here. Both databases
/// read this text: SQLite takes `$1` as a name and numbers names in the order in which they first stand here.
fn candidates(c: &mut Conn, lease: &Lease) -> Outcome<Vec<Candidate>> {
    // Where no place is left, tenants need not be told apart.
    let crowded = if lease.background.free == 0 { Vec::new() } else { lease.background.saturated() };
    let tenants = [lease.saturated.as_slice(), &crowded, &lease.unserved];
    let mut names = (2..).map(|i| format!("${i}"));
    let [saturated, crowded_too, unserved] = tenants.map(|tenants| {
        let named: Vec<String> = names.by_ref().take(tenants.len()).collect();
        if named.is_empty() { "true".to_owned() } else { format!("tenant_id not in ({})", named.join(", ")) }
    });
    let limit = names.next().unwrap_or_default();
    let is_background = format!("kind in ('{}')", BACKGROUND_KINDS.join("', '"));
    let background = if lease.background.free == 0 { "false".to_owned() } else { crowded_too };
    let known = Job::KINDS.join("', '");
    let while_suspended = KINDS_WHILE_SUSPENDED.join("', '");
    // Said of the locked row too: another worker may have leased it since this transaction looked.
    let due = |of: &str| {
        format!("{of}dead_at is null and {of}run_at <= $1 and ({of}leased_until is null or {of}leased_until <= $1)")
    };
    let text = format!(
        "select j.id, j.tenant_id, j.payload, j.attempts, j.run_at
         from jobs j join (
           select id, {is_background} as background,
             row_number() over (partition by tenant_id, {is_background} order by run_at, id) as turn
           from jobs where {} and {saturated} and (not {is_background} or {background}) and kind in ('{known}')
             and (kind in ('{while_suspended}') or (tenant_id not in ({SUSPENDED}) and {unserved}))
         ) r on r.id = j.id
         where {}
         order by r.background, r.turn, j.run_at, j.id
         limit {limit} {SKIP_LOCKED}",
        due(""),
        due("j."),
    );
    let mut query = sql_query(text).into_boxed::<super::Db>().bind::<sql::Ts, _>(at(lease.now));
    for tenant in tenants.into_iter().flatten() {
        query = query.bind::<sql::Id, _>(Id(tenant.0));
    }
    Ok(query.bind::<BigInt, _>(lease.limit).load(c)?)
}

pub(crate) fn lease_jobs(c: &mut Conn, lease: &Lease) -> Outcome<Vec<LeasedJob>> {
    let mut leased = Vec::new();
    // Leases of one length are taken by one statement.
    let mut by_length: BTreeMap<i64, Vec<Id>> = BTreeMap::new();
    let mut unreadable: Vec<Id> = Vec::new();
    let mut background = lease.background.clone();
    for row in candidates(c, lease)? {
        let Ok(job) = serde_json::from_str::<Job>(&row.payload) else {
            unreadable.push(row.id);
            continue;
        };
        if job.is_background() && !background.take(TenantId(row.tenant_id.0)) {
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
    if unreadable.is_empty() {
        return Ok(leased);
    }
    diesel::update(jobs::table.filter(jobs::id.eq_any(unreadable)))
        .set((
            jobs::dead_at.eq(at(lease.now)),
            jobs::last_error.eq("the payload can't be read"),
            jobs::leased_by.eq(None::<String>),
            jobs::leased_until.eq(None::<At>),
            jobs::dedupe_key.eq(None::<String>),
        ))
        .execute(c)?;
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

pub(crate) fn defer_job(c: &mut Conn, job: &JobId, worker: &str, run_at: &Instant, error: &str) -> Outcome<bool> {
    let is_given_back = retry_job(c, job, worker, run_at, error)?;
    if is_given_back {
        let given_back = jobs::table.filter(jobs::id.eq(Id(job.0)));
        diesel::update(given_back).set(jobs::attempts.eq(jobs::attempts - 1)).execute(c)?;
    }
    Ok(is_given_back)
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

pub(crate) fn extend_job(c: &mut Conn, job: &JobId, worker: &str, until: &Instant) -> Outcome<bool> {
    let changed = diesel::update(jobs::table)
        .filter(jobs::id.eq(Id(job.0)))
        .filter(jobs::leased_by.eq(worker))
        .filter(jobs::dead_at.is_null())
        .set(jobs::leased_until.eq(at(*until)))
        .execute(c)?;
    Ok(changed == 1)
}

fn cut(error: &str) -> String {
    error.chars().take(ERROR_CHARS).collect()
}
