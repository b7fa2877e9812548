//! Rotations of keys.

use diesel::prelude::*;
use portvakt_domain::{audit::NewEvent, id::TenantId, time::Instant};

use super::{
    Conn, audit,
    schema::{audit_events, audit_seals, key_rotations},
};
use crate::{
    error::Outcome,
    values::{At, Id, at},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = key_rotations, check_for_backend(super::Db))]
struct Row {
    key: String,
    begun_at: At,
    ended_at: Option<At>,
}

/// Of this key, and of all others.
fn rows(c: &mut Conn, tenant: TenantId, key: &str) -> Outcome<(Option<Row>, Vec<Row>)> {
    let all: Vec<Row> =
        key_rotations::table.filter(key_rotations::tenant_id.eq(Id(tenant.0))).select(Row::as_select()).load(c)?;
    let (mut mine, others): (Vec<Row>, Vec<Row>) = all.into_iter().partition(|row| row.key == key);
    Ok((mine.pop(), others))
}

pub(crate) fn begin(c: &mut Conn, tenant: TenantId, key: &str, now: &Instant, event: &NewEvent) -> Outcome<bool> {
    let mut begun = diesel::insert_into(key_rotations::table)
        .values((
            key_rotations::tenant_id.eq(Id(tenant.0)),
            key_rotations::key.eq(key),
            key_rotations::begun_at.eq(at(*now)),
        ))
        .on_conflict_do_nothing()
        .execute(c)?;
    // Over before, and something came under another key since; or another key was active meanwhile.
    if let (Some(mine), others) = rows(c, tenant, key)?
        && (mine.ended_at.is_some() || others.iter().any(|other| other.begun_at > mine.begun_at))
    {
        begun += diesel::update(key_rotations::table.find((Id(tenant.0), key)))
            .filter(key_rotations::begun_at.eq(mine.begun_at))
            .set((
                key_rotations::begun_at.eq(at(*now)),
                key_rotations::ended_at.eq(None::<At>),
                key_rotations::rejected.eq(0),
            ))
            .execute(c)?;
    }
    if begun == 1 {
        audit::record(c, tenant, std::slice::from_ref(event))?;
    }
    Ok(begun == 1)
}

pub(crate) fn end(c: &mut Conn, tenant: TenantId, key: &str, now: &Instant, event: &NewEvent) -> Outcome<bool> {
    let ended = diesel::update(key_rotations::table.find((Id(tenant.0), key)))
        .filter(key_rotations::ended_at.is_null())
        .set(key_rotations::ended_at.eq(at(*now)))
        .execute(c)?;
    if ended == 1 {
        audit::record(c, tenant, std::slice::from_ref(event))?;
    }
    Ok(ended == 1)
}

pub(crate) fn reject(c: &mut Conn, tenant: TenantId, key: &str, values: &i64, events: &[NewEvent]) -> Outcome<bool> {
    let changed = diesel::update(key_rotations::table.find((Id(tenant.0), key)))
        .filter(key_rotations::rejected.ne(*values))
        .set(key_rotations::rejected.eq(*values))
        .execute(c)?;
    if changed == 1 {
        audit::record(c, tenant, events)?;
    }
    Ok(changed == 1)
}

pub(crate) fn begun_at(c: &mut Conn, tenant: TenantId, key: &str) -> Outcome<Option<Instant>> {
    let (mine, others) = rows(c, tenant, key)?;
    let last = mine.filter(|mine| others.iter().all(|other| other.begun_at <= mine.begun_at));
    Ok(last.map(|mine| mine.begun_at.0))
}

pub(crate) fn newer_than(c: &mut Conn, tenant: TenantId, key: &str, ring: &[String]) -> Outcome<Option<String>> {
    // One that nothing was sealed with yet is new itself.
    let Some(mine) = since(c, tenant, key)? else { return Ok(None) };
    let mut newest = (mine, None);
    for other in ring.iter().filter(|other| *other != key) {
        if let Some(since) = since(c, tenant, other)?.filter(|since| *since > newest.0) {
            newest = (since, Some(other.clone()));
        }
    }
    Ok(newest.1)
}

/// Since when a key is in use: from the last time that it was rotated to, or else, as the first key of all and one whose
/// rotation has not begun, from the first link under it.
fn since(c: &mut Conn, tenant: TenantId, key: &str) -> Outcome<Option<At>> {
    match rows(c, tenant, key)?.0 {
        Some(row) => Ok(Some(row.begun_at)),
        None => first_use(c, tenant, key),
    }
}

/// When the first event happened that the trail has under a key.
fn first_use(c: &mut Conn, tenant: TenantId, key: &str) -> Outcome<Option<At>> {
    let link: Option<Id> = audit_seals::table
        .filter(audit_seals::tenant_id.eq(Id(tenant.0)))
        .filter(audit_seals::key.eq(key))
        .order(audit_seals::seq)
        .select(audit_seals::event)
        .first(c)
        .optional()?;
    let Some(event) = link else { return Ok(None) };
    Ok(audit_events::table.find((Id(tenant.0), event)).select(audit_events::at).first(c).optional()?)
}
