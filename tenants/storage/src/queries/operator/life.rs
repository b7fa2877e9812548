//! Tenants that are suspended, resumed and deleted.

use diesel::prelude::*;
use portvakt_domain::{
    id::{NumberChangeId, TenantId},
    job::Job,
    time::Instant,
};

use super::super::{
    Conn, Db, delete_tenant,
    schema::{deleted_tenants, jobs, tenants},
};
use crate::{
    error::Outcome,
    operator::{DeletedTenant, NewDeletion},
    values::{At, Id, at},
};

pub(crate) fn suspend(c: &mut Conn, tenant: &TenantId, when: &Instant) -> Outcome<bool> {
    let changed = diesel::update(tenants::table.find(Id(tenant.0)))
        .filter(tenants::suspended_at.is_null())
        .set(tenants::suspended_at.eq(at(*when)))
        .execute(c)?;
    Ok(changed == 1)
}

pub(crate) fn resume(c: &mut Conn, tenant: &TenantId, when: &Instant) -> Outcome<bool> {
    let since: Option<At> =
        tenants::table.find(Id(tenant.0)).select(tenants::suspended_at).first(c).optional()?.flatten();
    let Some(since) = since else { return Ok(false) };
    let ended = diesel::update(tenants::table.find(Id(tenant.0)))
        .filter(tenants::suspended_at.eq(since))
        .filter(tenants::delete_due_at.is_null())
        .set(tenants::suspended_at.eq(None::<At>))
        .execute(c)?;
    if ended == 0 {
        return Ok(false);
    }
    let kind = Job::ChangeNumber { change: NumberChangeId(uuid::Uuid::nil()) }.kind();
    let waiting: Vec<(Id, At)> = jobs::table
        .filter(jobs::tenant_id.eq(Id(tenant.0)))
        .filter(jobs::kind.eq(kind))
        .filter(jobs::dead_at.is_null())
        .select((jobs::id, jobs::run_at))
        .load(c)?;
    for (id, run_at) in waiting {
        diesel::update(jobs::table.filter(jobs::id.eq(id)))
            .set(jobs::run_at.eq(at(run_at.0 + (*when - since.0))))
            .execute(c)?;
    }
    Ok(true)
}

pub(crate) fn ask_deletion(c: &mut Conn, deletion: &NewDeletion) -> Outcome<bool> {
    let tenant = Id(deletion.tenant.0);
    let asked = diesel::update(tenants::table.find(tenant))
        .filter(tenants::delete_due_at.is_null())
        .set((
            tenants::delete_asked_at.eq(at(deletion.at)),
            tenants::delete_asked_by.eq(&deletion.author),
            tenants::delete_due_at.eq(at(deletion.due_at)),
        ))
        .execute(c)?;
    if asked == 0 {
        return Ok(false);
    }
    suspend(c, &deletion.tenant, &deletion.at)?;
    Ok(true)
}

pub(crate) fn withdraw_deletion(c: &mut Conn, tenant: &TenantId) -> Outcome<bool> {
    let changed = diesel::update(tenants::table.find(Id(tenant.0)))
        .filter(tenants::delete_due_at.is_not_null())
        .set((
            tenants::delete_asked_at.eq(None::<At>),
            tenants::delete_asked_by.eq(None::<String>),
            tenants::delete_due_at.eq(None::<At>),
        ))
        .execute(c)?;
    Ok(changed == 1)
}

pub(crate) fn delete_due(c: &mut Conn, tenant: &TenantId, now: &Instant) -> Outcome<bool> {
    let due: i64 = tenants::table
        .find(Id(tenant.0))
        .filter(tenants::delete_due_at.le(at(*now)).assume_not_null())
        .count()
        .get_result(c)?;
    if due == 0 {
        return Ok(false);
    }
    delete_tenant(c, Id(tenant.0), at(*now))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = deleted_tenants, check_for_backend(Db))]
struct Deleted {
    id: Id,
    slug: String,
    created_at: At,
    asked_at: At,
    asked_by: String,
    deleted_at: At,
}

pub(crate) fn list_deleted(c: &mut Conn) -> Outcome<Vec<DeletedTenant>> {
    let rows: Vec<Deleted> = deleted_tenants::table
        .order((deleted_tenants::deleted_at, deleted_tenants::id))
        .select(Deleted::as_select())
        .load(c)?;
    let read = |row: Deleted| DeletedTenant {
        id: TenantId(row.id.0),
        slug: row.slug,
        created_at: row.created_at.0,
        asked_at: row.asked_at.0,
        asked_by: row.asked_by,
        deleted_at: row.deleted_at.0,
    };
    Ok(rows.into_iter().map(read).collect())
}
