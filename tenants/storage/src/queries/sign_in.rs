//! The guard of sign-ins.

use chrono::TimeDelta;
use diesel::{prelude::*, upsert::excluded};
use portvakt_domain::{id::TenantId, keys::KeyedHash, sign_in::Allowance, time::Instant};

use super::{Conn, schema::sign_in_guards};
use crate::{
    error::Outcome,
    values::{At, Id, at},
};

/// The guard's row, held until the transaction ends; made if there is none.
fn hold(c: &mut Conn, tenant: TenantId, subject: &KeyedHash, now: Instant) -> Outcome<(i32, i32, Instant)> {
    let (failed, pending, last): (i32, i32, At) = diesel::insert_into(sign_in_guards::table)
        .values((
            sign_in_guards::tenant_id.eq(Id(tenant.0)),
            sign_in_guards::subject.eq(subject.0.to_vec()),
            sign_in_guards::failed.eq(0),
            sign_in_guards::pending.eq(0),
            sign_in_guards::last_at.eq(at(now)),
        ))
        .on_conflict((sign_in_guards::tenant_id, sign_in_guards::subject))
        .do_update()
        // Changes nothing; it makes others wait, which a plain read would not.
        .set(sign_in_guards::subject.eq(excluded(sign_in_guards::subject)))
        .returning((sign_in_guards::failed, sign_in_guards::pending, sign_in_guards::last_at))
        .get_result(c)?;
    Ok((failed, pending, last.0))
}

fn keep(c: &mut Conn, tenant: TenantId, subject: &KeyedHash, failed: i32, pending: i32, last: Instant) -> Outcome<()> {
    diesel::update(sign_in_guards::table.find((Id(tenant.0), subject.0.to_vec())))
        .set((
            sign_in_guards::failed.eq(failed),
            sign_in_guards::pending.eq(pending),
            sign_in_guards::last_at.eq(at(last)),
        ))
        .execute(c)?;
    Ok(())
}

pub(crate) fn reserve(
    c: &mut Conn,
    tenant: TenantId,
    subject: &KeyedHash,
    allowance: &Allowance,
    now: &Instant,
) -> Outcome<bool> {
    let (mut failed, mut pending, last) = hold(c, tenant, subject, *now)?;
    if *now - last > TimeDelta::seconds(allowance.window_seconds) {
        (failed, pending) = (0, 0);
    }
    // What is under way may fail, and the directory has not counted it yet.
    let used = i64::from(pending) + i64::from(failed.max(allowance.already));
    let allowed = used < i64::from(allowance.failures);
    // A refusal changes nothing: who keeps on asking does not keep the window open.
    let (pending, last) = if allowed { (pending + 1, *now) } else { (pending, last) };
    keep(c, tenant, subject, failed, pending, last)?;
    Ok(allowed)
}

pub(crate) fn settle(c: &mut Conn, tenant: TenantId, subject: &KeyedHash, failed: &bool, now: &Instant) -> Outcome<()> {
    let (failures, pending, last) = hold(c, tenant, subject, *now)?;
    let (failures, last) = if *failed { (failures.saturating_add(1), *now) } else { (0, last) };
    keep(c, tenant, subject, failures, (pending - 1).max(0), last)
}
