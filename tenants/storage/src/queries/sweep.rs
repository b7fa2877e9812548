//! Removing what has served its time.

use diesel::prelude::*;
use portvakt_domain::{
    audit::NewEvent,
    id::TenantId,
    reminder_mail::{ReminderState, UNIT_PART},
    time::Instant,
};

use super::{
    Conn, audit, networks, rejections,
    schema::{
        self, flows, limit_counters, messages, number_changes, reminder_mails, reminder_marks, reminder_runs,
        sign_in_guards, sms_log,
    },
};
use crate::{
    error::Outcome,
    sweep::{SweepAges, SweepReport},
    values::{Id, at},
};

pub(crate) fn remove_expired(
    c: &mut Conn,
    tenant: TenantId,
    now: &Instant,
    ages: &SweepAges,
    event: &NewEvent,
) -> Outcome<SweepReport> {
    let report = remove(c, Id(tenant.0), *now, ages)?;
    if report != SweepReport::default() {
        audit::record(c, tenant, &[told(event, &report)])?;
    }
    Ok(report)
}

/// What was removed, in the words of the trail.
fn told(event: &NewEvent, report: &SweepReport) -> NewEvent {
    let counters = report.limit_counters + report.sms_log + report.guards + report.code_counts + report.trips;
    let counts = [
        ("flows", report.flows),
        ("messages", report.messages),
        ("number_changes", report.number_changes),
        ("counters", counters),
        ("networks", report.networks),
        ("rejections", report.rejections),
        ("feedback", report.feedback),
        ("reminder_runs", report.reminder_runs),
        ("reminder_mails", report.reminder_mails),
        ("reminder_contents", report.reminder_contents),
        ("reminder_marks", report.reminder_marks),
        ("reconciliations", report.reconciliations),
    ];
    let mut event = event.clone();
    event.details.extend(counts.map(|(name, count)| (name.to_owned(), count.to_string())));
    event
}

fn remove(c: &mut Conn, tenant: Id, now: Instant, ages: &SweepAges) -> Outcome<SweepReport> {
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
    let old_runs = || {
        reminder_runs::table
            .filter(reminder_runs::tenant_id.eq(tenant))
            .filter(reminder_runs::started_at.lt(at(now - ages.reminders)))
    };
    let reminder_mails = diesel::delete(reminder_mails::table)
        .filter(reminder_mails::tenant_id.eq(tenant))
        .filter(reminder_mails::run.eq_any(old_runs().select(reminder_runs::id)))
        .execute(c)?;
    let reminder_contents = diesel::update(reminder_mails::table)
        .filter(reminder_mails::tenant_id.eq(tenant))
        .filter(reminder_mails::settled_at.is_null())
        .filter(reminder_mails::created_at.lt(at(now - ages.reminder_contents)))
        .set((
            reminder_mails::state.eq(ReminderState::GivenUp.as_str()),
            reminder_mails::reason.eq(Some("it could not be sent for too long")),
            reminder_mails::content.eq(None::<Vec<u8>>),
            reminder_mails::settled_at.eq(at(now)),
        ))
        .execute(c)?;
    // Those that ended just now, and those that an older release settled.
    diesel::update(reminder_mails::table)
        .filter(reminder_mails::tenant_id.eq(tenant))
        .filter(reminder_mails::settled_at.is_not_null())
        .filter(reminder_mails::recipient.is_not_null())
        .filter(reminder_mails::part.ne(UNIT_PART))
        .set(reminder_mails::recipient.eq(None::<Vec<u8>>))
        .execute(c)?;
    let reminder_runs = diesel::delete(old_runs()).execute(c)?;
    let reminder_marks = diesel::delete(reminder_marks::table)
        .filter(reminder_marks::tenant_id.eq(tenant))
        .filter(reminder_marks::at.lt(at(now - ages.reminder_marks)))
        .execute(c)?;
    let reconciliations = diesel::delete(schema::reconciliation_runs::table)
        .filter(schema::reconciliation_runs::tenant_id.eq(tenant))
        .filter(schema::reconciliation_runs::started_at.lt(at(now - ages.reconciliations)))
        .execute(c)?;
    Ok(SweepReport {
        reconciliations,
        reminder_runs,
        reminder_mails,
        reminder_contents,
        reminder_marks,
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
