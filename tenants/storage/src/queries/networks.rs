//! Client networks that somebody got through from.

use chrono::TimeDelta;
use diesel::{prelude::*, upsert::excluded};
use portvakt_domain::{breaker::PROVEN_DAYS, id::TenantId, keys::KeyedHash, limit::Hit, time::Instant};

use super::{Conn, limits, schema::proven_networks};
use crate::{
    error::Outcome,
    networks::Standing,
    values::{At, Id, at},
};

/// From when on a network counts, as of now.
pub(crate) fn since(now: Instant) -> At {
    at(now - TimeDelta::days(PROVEN_DAYS))
}

pub(crate) fn standing(
    c: &mut Conn,
    tenant: TenantId,
    network: &KeyedHash,
    hits: &[Hit],
    now: &Instant,
) -> Outcome<Standing> {
    let counts = limits::current(c, tenant, hits, now)?;
    Ok(Standing { proven: is_proven(c, tenant, network, now)?, counts })
}

pub(crate) fn is_proven(c: &mut Conn, tenant: TenantId, network: &KeyedHash, now: &Instant) -> Outcome<bool> {
    let row: Option<At> = proven_networks::table
        .find((Id(tenant.0), network.0.to_vec()))
        .filter(proven_networks::last_at.gt(since(*now)))
        .select(proven_networks::last_at)
        .first(c)
        .optional()?;
    Ok(row.is_some())
}

/// A flow came to its end from this network.
pub(crate) fn prove(c: &mut Conn, tenant: TenantId, network: KeyedHash, now: Instant) -> Outcome<()> {
    diesel::insert_into(proven_networks::table)
        .values((
            proven_networks::tenant_id.eq(Id(tenant.0)),
            proven_networks::network.eq(network.0.to_vec()),
            proven_networks::last_at.eq(at(now)),
        ))
        .on_conflict((proven_networks::tenant_id, proven_networks::network))
        .do_update()
        .set(proven_networks::last_at.eq(excluded(proven_networks::last_at)))
        .execute(c)?;
    Ok(())
}
