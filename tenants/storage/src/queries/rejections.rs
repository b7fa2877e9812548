//! Why new passwords were not taken.

use chrono::{Datelike as _, NaiveDate};
use diesel::{prelude::*, upsert::excluded};
use portvakt_domain::{id::TenantId, rejection::RejectionReason, time::Instant};

use super::{Conn, schema::rejections};
use crate::{
    error::{Outcome, corrupt},
    rejections::Rejections,
    values::Id,
};

/// Days from 0001-01-01, day 1 of chrono's count, to 1970-01-01.
const EPOCH: i32 = 719_163;

/// A day as it is stored.
pub(crate) fn number(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce() - EPOCH)
}

pub(crate) fn count(c: &mut Conn, tenant: TenantId, reasons: &[RejectionReason], now: &Instant) -> Outcome<()> {
    // Everybody takes the rows in the same order: two that count the same never wait for each other in a circle.
    let mut reasons = reasons.to_vec();
    reasons.sort_unstable();
    reasons.dedup();
    for reason in reasons {
        diesel::insert_into(rejections::table)
            .values((
                rejections::tenant_id.eq(Id(tenant.0)),
                rejections::day.eq(number(now.date_naive())),
                rejections::reason.eq(reason.as_str()),
                rejections::count.eq(1),
            ))
            .on_conflict((rejections::tenant_id, rejections::day, rejections::reason))
            .do_update()
            .set(rejections::count.eq(rejections::count + excluded(rejections::count)))
            .execute(c)?;
    }
    Ok(())
}

pub(crate) fn since(c: &mut Conn, tenant: TenantId, day: &NaiveDate) -> Outcome<Vec<Rejections>> {
    let rows: Vec<(i64, String, i64)> = rejections::table
        .filter(rejections::tenant_id.eq(Id(tenant.0)))
        .filter(rejections::day.ge(number(*day)))
        .order((rejections::day, rejections::reason))
        .select((rejections::day, rejections::reason, rejections::count))
        .load(c)?;
    rows.into_iter()
        .map(|(stored, reason, count)| {
            let day = i32::try_from(stored)
                .ok()
                .and_then(|days| NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH)?));
            Ok(Rejections { day: day.ok_or_else(|| corrupt("rejections.day"))?, reason, count })
        })
        .collect()
}
