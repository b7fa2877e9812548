//! Removing what has served its time.

use diesel::prelude::*;
use portvakt_domain::{id::TenantId, time::Instant};

use super::{
    Conn, networks, rejections,
    schema::{self, flows, limit_counters, messages, number_changes, sign_in_guards, sms_log},
};
use crate::{
    error::Outcome,
    sweep::{SweepAges, SweepReport},
    values::{Id, at},
};

pub(crate) fn remove_expired(c: &mut Conn, tenant: TenantId, now: &Instant, ages: &SweepAges) -> Outcome<SweepReport> {
    let (tenant, now) = (Id(tenant.0), *now);
    let flows = diesel::delete(flows::table)
        .filter(flows::tenant_id.eq(tenant))
        .filter(flows::created_at.lt(at(now - ages.flows)))
        .execute(c)?;
    let messages = diesel::delete(messages::table)
        .filter(messages::tenant_id.eq(tenant))
        .filter(messages::requested_at.lt(at(now - ages.messages)))
        .execute(c)?;
    let sms_log = diesel::delete(sms_log::table)
        .filter(sms_log::tenant_id.eq(tenant))
        .filter(sms_log::sent_at.lt(at(now - ages.sms_log)))
        .execute(c)?;
    let limit_counters = diesel::delete(limit_counters::table)
        .filter(limit_counters::tenant_id.eq(tenant))
        .filter(limit_counters::expires_at.lt(at(now)))
        .execute(c)?;
    let guards = diesel::delete(sign_in_guards::table)
        .filter(sign_in_guards::tenant_id.eq(tenant))
        .filter(sign_in_guards::last_at.lt(at(now - ages.guards)))
        .execute(c)?;
    let number_changes = diesel::delete(number_changes::table)
        .filter(number_changes::tenant_id.eq(tenant))
        .filter(number_changes::settled_at.lt(at(now - ages.number_changes)).assume_not_null())
        .execute(c)?;
    let rejections = diesel::delete(schema::rejections::table)
        .filter(schema::rejections::tenant_id.eq(tenant))
        .filter(schema::rejections::day.lt(rejections::number((now - ages.rejections).date_naive())))
        .execute(c)?;
    let code_counts = diesel::delete(schema::code_counts::table)
        .filter(schema::code_counts::tenant_id.eq(tenant))
        .filter(schema::code_counts::minute.lt((now - ages.code_counts).timestamp()))
        .execute(c)?;
    let trips = diesel::delete(schema::limit_trips::table)
        .filter(schema::limit_trips::tenant_id.eq(tenant))
        .filter(schema::limit_trips::hour.lt((now - ages.trips).timestamp()))
        .execute(c)?;
    let networks = diesel::delete(schema::proven_networks::table)
        .filter(schema::proven_networks::tenant_id.eq(tenant))
        .filter(schema::proven_networks::last_at.le(networks::since(now)))
        .execute(c)?;
    let feedback = diesel::delete(schema::feedback::table)
        .filter(schema::feedback::tenant_id.eq(tenant))
        .filter(schema::feedback::created_at.lt(at(now - ages.feedback)))
        .execute(c)?;
    Ok(SweepReport {
        feedback,
        code_counts,
        trips,
        networks,
        flows,
        messages,
        sms_log,
        limit_counters,
        guards,
        number_changes,
        rejections,
    })
}
