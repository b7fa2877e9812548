//! What is counted across tenants, or of one by the operator: SMS budgets, and limits of the whole deployment.

use diesel::{dsl::case_when, prelude::*, upsert::excluded};
use portvakt_domain::{
    id::TenantId,
    limit::{DAY, Limit},
    time::Instant,
};

use super::super::{
    Conn,
    schema::{deployment_counters, sms_budgets},
};
use crate::{
    error::Outcome,
    operator::{BUDGET_ALARMS, SmsBudget},
    values::Id,
};

/// Each span's name and length in seconds.
const SPANS: [(&str, i64); 2] = [("hour", 3_600), ("day", DAY)];

pub(crate) fn spend_sms(
    c: &mut Conn,
    tenant: &TenantId,
    sms: &i64,
    when: &Instant,
    hour_ceiling: &i64,
    day_ceiling: &i64,
) -> Outcome<SmsBudget> {
    let [hour, day] = SPANS;
    let (hour, hour_alarm) = spend(c, *tenant, hour, *sms, *when, *hour_ceiling)?;
    let (day, day_alarm) = spend(c, *tenant, day, *sms, *when, *day_ceiling)?;
    let next = i64::from(*sms == 0);
    let exhausted = hour + next > *hour_ceiling || day + next > *day_ceiling;
    Ok(SmsBudget { hour, day, exhausted, hour_alarm, day_alarm })
}

/// How many there are in this window, and the alarm that was not raised in it yet.
fn spend(
    c: &mut Conn,
    tenant: TenantId,
    (span, seconds): (&str, i64),
    sms: i64,
    when: Instant,
    ceiling: i64,
) -> Outcome<(i64, Option<i64>)> {
    let begins_anew = || sms_budgets::window_start.ne(excluded(sms_budgets::window_start));
    let (sent, alarmed): (i64, i64) = diesel::insert_into(sms_budgets::table)
        .values((
            sms_budgets::tenant_id.eq(Id(tenant.0)),
            sms_budgets::span.eq(span),
            sms_budgets::window_start.eq(window_start(when, seconds)),
            sms_budgets::sent.eq(sms),
            sms_budgets::alarmed.eq(0),
        ))
        .on_conflict((sms_budgets::tenant_id, sms_budgets::span))
        .do_update()
        .set((
            sms_budgets::sent.eq(case_when(begins_anew(), excluded(sms_budgets::sent))
                .otherwise(sms_budgets::sent + excluded(sms_budgets::sent))),
            sms_budgets::alarmed
                .eq(case_when(begins_anew(), excluded(sms_budgets::alarmed)).otherwise(sms_budgets::alarmed)),
            sms_budgets::window_start.eq(excluded(sms_budgets::window_start)),
        ))
        .returning((sms_budgets::sent, sms_budgets::alarmed))
        .get_result(c)?;
    let reached =
        BUDGET_ALARMS.into_iter().rfind(|percent| sent.saturating_mul(100) >= ceiling.saturating_mul(*percent));
    let alarm = reached.filter(|percent| *percent > alarmed);
    if let Some(percent) = alarm {
        // The row is held since it was counted: of all replicas one raises it.
        diesel::update(sms_budgets::table.find((Id(tenant.0), span)))
            .set(sms_budgets::alarmed.eq(percent))
            .execute(c)?;
    }
    Ok((sent, alarm))
}

pub(crate) fn sms_sent(c: &mut Conn, tenant: &TenantId, when: &Instant) -> Outcome<(i64, i64)> {
    let mut sent = [0; SPANS.len()];
    for (sent, (span, seconds)) in sent.iter_mut().zip(SPANS) {
        let row: Option<i64> = sms_budgets::table
            .find((Id(tenant.0), span))
            .filter(sms_budgets::window_start.eq(window_start(*when, seconds)))
            .select(sms_budgets::sent)
            .first(c)
            .optional()?;
        *sent = row.unwrap_or(0);
    }
    let [hour, day] = sent;
    Ok((hour, day))
}

fn window_start(when: Instant, seconds: i64) -> i64 {
    let now = when.timestamp();
    now - now.rem_euclid(seconds)
}

pub(crate) fn count_deployment(c: &mut Conn, limit: &Limit, now: &Instant) -> Outcome<i64> {
    diesel::delete(deployment_counters::table)
        .filter(deployment_counters::name.eq(limit.name))
        .filter(deployment_counters::window_start.lt(limit.window_start(*now) - DAY))
        .execute(c)?;
    let counted = diesel::insert_into(deployment_counters::table)
        .values((
            deployment_counters::name.eq(limit.name),
            deployment_counters::window_start.eq(limit.window_start(*now)),
            deployment_counters::count.eq(1),
        ))
        .on_conflict((deployment_counters::name, deployment_counters::window_start))
        .do_update()
        .set(deployment_counters::count.eq(deployment_counters::count + excluded(deployment_counters::count)))
        .returning(deployment_counters::count)
        .get_result(c)?;
    Ok(counted)
}

pub(crate) fn deployment_count(c: &mut Conn, limit: &Limit, now: &Instant) -> Outcome<i64> {
    let count: Option<i64> = deployment_counters::table
        .find((limit.name, limit.window_start(*now)))
        .select(deployment_counters::count)
        .first(c)
        .optional()?;
    Ok(count.unwrap_or(0))
}
