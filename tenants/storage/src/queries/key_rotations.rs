//! Rotations of keys.

use diesel::prelude::*;
use portvakt_domain::{audit::NewEvent, id::TenantId, time::Instant};

use super::{Conn, audit, schema::key_rotations};
use crate::{
    error::Outcome,
    values::{At, Id, at},
};

pub(crate) fn begin(c: &mut Conn, tenant: TenantId, key: &str, now: &Instant, event: &NewEvent) -> Outcome<bool> {
    let begun = diesel::insert_into(key_rotations::table)
        .values((
            key_rotations::tenant_id.eq(Id(tenant.0)),
            key_rotations::key.eq(key),
            key_rotations::begun_at.eq(at(*now)),
        ))
        .on_conflict_do_nothing()
        .execute(c)?;
    // One that was over before: something came under another key since, or the key is active for the second time.
    let begun = begun
        + diesel::update(key_rotations::table.find((Id(tenant.0), key)))
            .filter(key_rotations::ended_at.is_not_null())
            .set((key_rotations::begun_at.eq(at(*now)), key_rotations::ended_at.eq(None::<At>)))
            .execute(c)?;
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
