//! Counters of limits.

use std::collections::BTreeMap;

use chrono::DateTime;
use diesel::{BoxableExpression, prelude::*, sql_types::Bool, upsert::excluded};
use portvakt_domain::{
    audit::{AuditKind, NewEvent},
    id::TenantId,
    limit::Hit,
    time::Instant,
};

use super::{Conn, audit, schema::limit_counters, trips};
use crate::{
    error::Outcome,
    values::{At, Id, at},
};

fn expiry(hit: &Hit, window_start: i64, now: Instant) -> At {
    // Out of chrono's range only for a clock that is.
    at(DateTime::from_timestamp(window_start + hit.limit.window_seconds, 0).unwrap_or(now))
}

pub(crate) fn count(c: &mut Conn, tenant: TenantId, hits: &[Hit], now: &Instant) -> Outcome<Option<&'static str>> {
    Ok(passed(c, tenant, hits, *now)?.first().copied())
}

/// Counts what holds nobody back by itself: nobody else is told that it was passed, so that is counted here as well.
pub(crate) fn count_and_tell(c: &mut Conn, tenant: TenantId, hits: &[Hit], now: Instant) -> Outcome<()> {
    for name in passed(c, tenant, hits, now)? {
        trips::count(c, tenant, name, 1, now)?;
    }
    Ok(())
}

/// Counts every hit, and names those limits that are now passed, in the order of the hits.
fn passed(c: &mut Conn, tenant: TenantId, hits: &[Hit], now: Instant) -> Outcome<Vec<&'static str>> {
    let order = in_order(hits);
    let mut exceeded = vec![false; hits.len()];
    for &i in &order {
        let hit = &hits[i];
        exceeded[i] = add(c, tenant, hit.limit.name, hit, now)? > hit.limit.ceiling;
    }
    for &i in order.iter().filter(|&&i| exceeded[i]) {
        tell_once(c, tenant, &hits[i], now)?;
    }
    Ok(hits.iter().zip(exceeded).filter(|(_, exceeded)| *exceeded).map(|(hit, _)| hit.limit.name).collect())
}

/// Everybody takes the rows in one order: two that count or give back the same never wait for each other in a circle.
fn in_order(hits: &[Hit]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..hits.len()).collect();
    order.sort_by_key(|&i| (hits[i].limit.name, hits[i].subject));
    order
}

pub(crate) fn count_once(
    c: &mut Conn,
    tenant: TenantId,
    seen: &Hit,
    hits: &[Hit],
    now: &Instant,
) -> Outcome<Option<&'static str>> {
    if add(c, tenant, seen.limit.name, seen, *now)? > 1 {
        return Ok(None);
    }
    let passed = count(c, tenant, hits, now)?;
    if passed.is_some() {
        // What one limit answered uses up nothing of a wider one's either.
        give_back(c, tenant, hits, now)?;
        give_back(c, tenant, std::slice::from_ref(seen), now)?;
    }
    Ok(passed)
}

/// Counts one in the window that `now` is in, and returns how many there are now.
fn add(c: &mut Conn, tenant: TenantId, name: &str, hit: &Hit, now: Instant) -> Outcome<i64> {
    let window_start = hit.limit.window_start(now);
    let counted = diesel::insert_into(limit_counters::table)
        .values((
            limit_counters::tenant_id.eq(Id(tenant.0)),
            limit_counters::name.eq(name),
            limit_counters::subject.eq(hit.subject.0.to_vec()),
            limit_counters::window_start.eq(window_start),
            limit_counters::count.eq(1),
            limit_counters::expires_at.eq(expiry(hit, window_start, now)),
        ))
        .on_conflict((
            limit_counters::tenant_id,
            limit_counters::name,
            limit_counters::subject,
            limit_counters::window_start,
        ))
        .do_update()
        .set((
            limit_counters::count.eq(limit_counters::count + excluded(limit_counters::count)),
            limit_counters::expires_at.eq(excluded(limit_counters::expires_at)),
        ))
        .returning(limit_counters::count)
        .get_result(c)?;
    Ok(counted)
}

/// A limit was passed. Its ceiling may have moved and counts may have been given back, so the first time in a window is told
/// by a count of its own.
fn tell_once(c: &mut Conn, tenant: TenantId, hit: &Hit, now: Instant) -> Outcome<()> {
    if add(c, tenant, &format!("{}.trips", hit.limit.name), hit, now)? == 1 {
        let details = BTreeMap::from([("limit".to_owned(), hit.limit.name.to_owned())]);
        let told = audit::made(AuditKind::LimitHit, now, details);
        audit::record(c, tenant, &[NewEvent { network: hit.limit.by_network.then_some(hit.subject), ..told }])?;
    }
    Ok(())
}

pub(crate) fn give_back(c: &mut Conn, tenant: TenantId, hits: &[Hit], now: &Instant) -> Outcome<()> {
    for hit in in_order(hits).into_iter().map(|i| &hits[i]) {
        let key = (Id(tenant.0), hit.limit.name, hit.subject.0.to_vec(), hit.limit.window_start(*now));
        diesel::update(limit_counters::table.find(key))
            .filter(limit_counters::count.gt(0))
            .set(limit_counters::count.eq(limit_counters::count - 1))
            .execute(c)?;
    }
    Ok(())
}

type Condition = Box<dyn BoxableExpression<limit_counters::table, super::Db, SqlType = Bool>>;

pub(crate) fn current(c: &mut Conn, tenant: TenantId, hits: &[Hit], now: &Instant) -> Outcome<Vec<i64>> {
    let one = |hit: &Hit| -> Condition {
        let counter = limit_counters::name.eq(hit.limit.name).and(limit_counters::subject.eq(hit.subject.0.to_vec()));
        Box::new(counter.and(limit_counters::window_start.eq(hit.limit.window_start(*now))))
    };
    let Some(any) = hits.iter().map(one).reduce(|some, other| Box::new(some.or(other))) else { return Ok(Vec::new()) };
    let rows: Vec<(String, Vec<u8>, i64, i64)> = limit_counters::table
        .filter(limit_counters::tenant_id.eq(Id(tenant.0)))
        .filter(any)
        .select((limit_counters::name, limit_counters::subject, limit_counters::window_start, limit_counters::count))
        .load(c)?;
    let count_of = |hit: &Hit| {
        let start = hit.limit.window_start(*now);
        let is_its = |(name, subject, window_start, _): &&(String, Vec<u8>, i64, i64)| {
            name == hit.limit.name && subject[..] == hit.subject.0 && *window_start == start
        };
        rows.iter().find(is_its).map_or(0, |(.., count)| *count)
    };
    Ok(hits.iter().map(count_of).collect())
}
