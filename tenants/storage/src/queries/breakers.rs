//! Breakers, and the codes that they go by.

use std::collections::BTreeMap;

use diesel::{prelude::*, upsert::excluded};
use portvakt_domain::{
    audit::AuditKind,
    breaker::{Codes, WINDOW_SECONDS},
    id::TenantId,
    time::Instant,
};

use super::{
    Conn, audit,
    schema::{breakers, code_counts},
};
use crate::{
    breakers::Breaker,
    error::Outcome,
    values::{At, Id, at},
};

/// Holds the tenant's breaker until the transaction ends: codes are begun one after the other, so that no more go out before
/// it opens than the rule says, whichever replica sends them.
pub(crate) fn settle(c: &mut Conn, tenant: TenantId, now: &Instant) -> Outcome<Breaker> {
    let open_since: Option<At> = diesel::insert_into(breakers::table)
        .values((breakers::tenant_id.eq(Id(tenant.0)), breakers::open_since.eq(None::<At>)))
        .on_conflict(breakers::tenant_id)
        .do_update()
        .set(breakers::tenant_id.eq(excluded(breakers::tenant_id)))
        .returning(breakers::open_since)
        .get_result(c)?;
    let codes = codes(c, tenant, *now)?;
    let opens = codes.open_the_breaker();
    if opens == open_since.is_some() {
        return Ok(Breaker { open_since: open_since.map(|since| since.0), codes, changed: false });
    }
    let since = opens.then_some(*now);
    diesel::update(breakers::table.find(Id(tenant.0))).set(breakers::open_since.eq(since.map(at))).execute(c)?;
    let kind = if opens { AuditKind::BreakerOpened } else { AuditKind::BreakerClosed };
    let details = [("sent", codes.sent), ("used", codes.used)].map(|(name, n)| (name.to_owned(), n.to_string()));
    audit::record(c, tenant, &[audit::made(kind, *now, BTreeMap::from(details))])?;
    Ok(Breaker { open_since: since, codes, changed: true })
}

pub(crate) fn find(c: &mut Conn, tenant: TenantId, now: &Instant) -> Outcome<Breaker> {
    let row: Option<Option<At>> =
        breakers::table.find(Id(tenant.0)).select(breakers::open_since).first(c).optional()?;
    let codes = codes(c, tenant, *now)?;
    Ok(Breaker { open_since: row.flatten().map(|since| since.0), codes, changed: false })
}

/// Counts codes in their minute; zeros cost the same.
pub(crate) fn count(c: &mut Conn, tenant: TenantId, codes: Codes, now: Instant) -> Outcome<()> {
    let seconds = now.timestamp();
    diesel::insert_into(code_counts::table)
        .values((
            code_counts::tenant_id.eq(Id(tenant.0)),
            code_counts::minute.eq(seconds - seconds.rem_euclid(60)),
            code_counts::sent.eq(codes.sent),
            code_counts::used.eq(codes.used),
        ))
        .on_conflict((code_counts::tenant_id, code_counts::minute))
        .do_update()
        .set((
            code_counts::sent.eq(code_counts::sent + excluded(code_counts::sent)),
            code_counts::used.eq(code_counts::used + excluded(code_counts::used)),
        ))
        .execute(c)?;
    Ok(())
}

/// The codes of the last hour: sixty rows at most.
fn codes(c: &mut Conn, tenant: TenantId, now: Instant) -> Outcome<Codes> {
    let rows: Vec<(i64, i64)> = code_counts::table
        .filter(code_counts::tenant_id.eq(Id(tenant.0)))
        .filter(code_counts::minute.gt(now.timestamp() - WINDOW_SECONDS))
        .select((code_counts::sent, code_counts::used))
        .load(c)?;
    let sum = |all: Codes, (sent, used): (i64, i64)| Codes { sent: all.sent + sent, used: all.used + used };
    Ok(rows.into_iter().fold(Codes::default(), sum))
}
