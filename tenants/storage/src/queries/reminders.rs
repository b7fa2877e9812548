//! Reminders before passwords end.

mod mails;
mod marks;
mod runs;
pub(crate) use mails::{begin_send, bounce, find_unsettled, mails, put_back, refused, settle, unsettled};
pub(crate) use marks::{marked, record};
pub(crate) use runs::{begin_run, covered, end_run, runs};

use diesel::prelude::*;
use portvakt_domain::{id::TenantId, reminder_mail::ReminderState, reminder_run::RunState};

use super::{
    Conn,
    schema::{reminder_mails, reminder_runs},
};
use crate::{
    error::Outcome,
    reminders::ReminderFigures,
    values::{At, Id},
};

/// States in which people did not get what they were to get.
const NOT_TOLD: [ReminderState; 2] = [ReminderState::GivenUp, ReminderState::Bounced];

pub(crate) fn figures(c: &mut Conn, tenant: TenantId) -> Outcome<ReminderFigures> {
    let runs = || reminder_runs::table.filter(reminder_runs::tenant_id.eq(Id(tenant.0)));
    let mails = || reminder_mails::table.filter(reminder_mails::tenant_id.eq(Id(tenant.0)));
    let last_done_at: Option<Option<At>> = runs()
        .filter(reminder_runs::state.eq(RunState::Done.as_str()))
        .order((reminder_runs::started_at.desc(), reminder_runs::id.desc()))
        .select(reminder_runs::finished_at)
        .first(c)
        .optional()?;
    let newest: Option<Id> = runs()
        .order((reminder_runs::started_at.desc(), reminder_runs::id.desc()))
        .select(reminder_runs::id)
        .first(c)
        .optional()?;
    let unsettled = mails().filter(reminder_mails::settled_at.is_null()).count().get_result(c)?;
    let refused = match newest {
        None => 0,
        Some(run) => mails()
            .filter(reminder_mails::run.eq(run))
            .filter(
                reminder_mails::state
                    .eq_any(NOT_TOLD.map(ReminderState::as_str))
                    .or(reminder_mails::settled_at.is_null().and(reminder_mails::reason.is_not_null())),
            )
            .count()
            .get_result(c)?,
    };
    Ok(ReminderFigures { last_done_at: last_done_at.flatten().map(|done| done.0), unsettled, refused })
}
