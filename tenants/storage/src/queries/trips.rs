//! How often limits acted.

use std::collections::BTreeMap;

use diesel::{prelude::*, upsert::excluded};
use portvakt_domain::{audit::NewEvent, id::TenantId, limit::DAY, time::Instant};

use super::{Conn, audit, schema::limit_trips};
use crate::{error::Outcome, values::Id};

/// Counts `times`, and returns how often it was in this hour. Nought costs the same.
pub(crate) fn count(c: &mut Conn, tenant: TenantId, name: &str, times: i64, now: Instant) -> Outcome<i64> {
    let seconds = now.timestamp();
    let counted = diesel::insert_into(limit_trips::table)
        .values((
            limit_trips::tenant_id.eq(Id(tenant.0)),
            limit_trips::name.eq(name),
            limit_trips::hour.eq(seconds - seconds.rem_euclid(3_600)),
            limit_trips::count.eq(times),
        ))
        .on_conflict((limit_trips::tenant_id, limit_trips::name, limit_trips::hour))
        .do_update()
        .set(limit_trips::count.eq(limit_trips::count + excluded(limit_trips::count)))
        .returning(limit_trips::count)
        .get_result(c)?;
    Ok(counted)
}

pub(crate) fn record(
    c: &mut Conn,
    tenant: TenantId,
    name: &str,
    times: &i64,
    now: &Instant,
    event: &Option<NewEvent>,
) -> Outcome<()> {
    count(c, tenant, name, *times, *now)?;
    audit::record(c, tenant, event.as_slice())
}

pub(crate) fn last_day(c: &mut Conn, tenant: TenantId, now: &Instant) -> Outcome<Vec<(String, i64)>> {
    let rows: Vec<(String, i64)> = limit_trips::table
        .filter(limit_trips::tenant_id.eq(Id(tenant.0)))
        .filter(limit_trips::hour.gt(now.timestamp() - DAY))
        .filter(limit_trips::count.gt(0))
        .select((limit_trips::name, limit_trips::count))
        .load(c)?;
    let mut by_name: BTreeMap<String, i64> = BTreeMap::new();
    for (name, count) in rows {
        *by_name.entry(name).or_default() += count;
    }
    Ok(by_name.into_iter().collect())
}
