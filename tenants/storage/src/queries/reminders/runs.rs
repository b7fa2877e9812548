//! Runs of reminders.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use portvakt_domain::{
    audit::{AuditKind, NewEvent},
    id::{ReminderRunId, TenantId},
    message::Channel,
    reminder_run::{RunFigures, RunState},
    time::Instant,
};

use super::super::{
    Conn, audit,
    schema::{reminder_mails, reminder_runs},
};
use crate::{
    error::{Outcome, corrupt},
    reminders::{Covered, EndRun, NewRun, StoredRun},
    values::{At, Id, at},
};

/// Why a run ended that was left behind.
const OVERTAKEN: &str = "another run began before it ended";

#[derive(Queryable, Selectable)]
#[diesel(table_name = reminder_runs, check_for_backend(super::super::Db))]
struct RunRow {
    id: Id,
    day: String,
    reach: String,
    asked_by: String,
    state: String,
    started_at: At,
    finished_at: Option<At>,
    accounts: i64,
    due: i64,
    mails: i64,
    sms: i64,
    unmapped: i64,
    failures: i64,
    problem: Option<String>,
}

impl RunRow {
    fn read(self) -> Outcome<StoredRun> {
        Ok(StoredRun {
            id: ReminderRunId(self.id.0),
            day: day(&self.day, "reminder_runs.day")?,
            reach: day(&self.reach, "reminder_runs.reach")?,
            asked_by: self.asked_by,
            state: RunState::from_stored(&self.state).ok_or_else(|| corrupt("reminder_runs.state"))?,
            started_at: self.started_at.0,
            finished_at: self.finished_at.map(|finished| finished.0),
            figures: RunFigures {
                accounts: self.accounts,
                due: self.due,
                mails: self.mails,
                sms: self.sms,
                unmapped: self.unmapped,
                failures: self.failures,
            },
            problem: self.problem,
        })
    }
}

fn day(text: &str, column: &str) -> Outcome<NaiveDate> {
    text.parse().map_err(|_| corrupt(column))
}

pub(crate) fn begin_run(c: &mut Conn, tenant: TenantId, new: &NewRun) -> Outcome<ReminderRunId> {
    let mut standing = stand(c, tenant, new)?;
    if (standing.day, standing.reach) != (new.day, new.reach) {
        overtake(c, tenant, standing.id, new.now)?;
        standing = stand(c, tenant, new)?;
    }
    Ok(standing.id)
}

/// The run that is under way, held until the transaction ends; this one where none was.
fn stand(c: &mut Conn, tenant: TenantId, new: &NewRun) -> Outcome<StoredRun> {
    let row: RunRow = diesel::insert_into(reminder_runs::table)
        .values((
            reminder_runs::tenant_id.eq(Id(tenant.0)),
            reminder_runs::id.eq(Id(new.id.0)),
            reminder_runs::day.eq(new.day.to_string()),
            reminder_runs::reach.eq(new.reach.to_string()),
            reminder_runs::asked_by.eq(&new.asked_by),
            reminder_runs::state.eq(RunState::Running.as_str()),
            reminder_runs::started_at.eq(at(new.now)),
            Figures::of(&RunFigures::default()),
        ))
        // In words: a value that is bound does not tell the database which index is meant.
        .on_conflict(sql::<Bool>("(tenant_id) where state = 'running'"))
        .do_update()
        .set(reminder_runs::state.eq(reminder_runs::state))
        .returning(RunRow::as_returning())
        .get_result(c)?;
    row.read()
}

/// Ends a run that was left behind.
fn overtake(c: &mut Conn, tenant: TenantId, run: ReminderRunId, now: Instant) -> Outcome<()> {
    let event = audit::made(AuditKind::RemindersRun, now, BTreeMap::new());
    let (state, problem) = (RunState::Failed, Some(OVERTAKEN.to_owned()));
    let end = EndRun { run, state, figures: RunFigures::default(), problem, at: now, event };
    end_run(c, tenant, &end).map(drop)
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = reminder_runs)]
struct Figures {
    accounts: i64,
    due: i64,
    mails: i64,
    sms: i64,
    unmapped: i64,
    failures: i64,
}

impl Figures {
    fn of(figures: &RunFigures) -> Self {
        let RunFigures { accounts, due, mails, sms, unmapped, failures } = *figures;
        Self { accounts, due, mails, sms, unmapped, failures }
    }
}

pub(crate) fn end_run(c: &mut Conn, tenant: TenantId, end: &EndRun) -> Outcome<bool> {
    let mails = asked_for(c, tenant, end.run, Channel::Mail)?;
    let sms = asked_for(c, tenant, end.run, Channel::Sms)?;
    let ended = diesel::update(reminder_runs::table.find((Id(tenant.0), Id(end.run.0))))
        .filter(reminder_runs::state.eq(RunState::Running.as_str()))
        .set((
            reminder_runs::state.eq(end.state.as_str()),
            reminder_runs::finished_at.eq(at(end.at)),
            reminder_runs::problem.eq(&end.problem),
            Figures::of(&RunFigures { mails, sms, ..end.figures }),
        ))
        .execute(c)?;
    if ended == 1 {
        audit::record(c, tenant, &[told(end, mails, sms)])?;
    }
    Ok(ended == 1)
}

/// How many reminders a run asked for.
fn asked_for(c: &mut Conn, tenant: TenantId, run: ReminderRunId, channel: Channel) -> Outcome<i64> {
    let asked = reminder_mails::table
        .filter(reminder_mails::tenant_id.eq(Id(tenant.0)))
        .filter(reminder_mails::run.eq(Id(run.0)))
        .filter(reminder_mails::channel.eq(channel.as_str()))
        .count()
        .get_result(c)?;
    Ok(asked)
}

fn told(end: &EndRun, mails: i64, sms: i64) -> NewEvent {
    let mut event = end.event.clone();
    event.details.extend([
        ("run".to_owned(), end.run.to_string()),
        ("state".to_owned(), end.state.as_str().to_owned()),
        ("mails".to_owned(), mails.to_string()),
        ("sms".to_owned(), sms.to_string()),
    ]);
    event
}

pub(crate) fn runs(c: &mut Conn, tenant: TenantId, limit: &i64) -> Outcome<Vec<StoredRun>> {
    let rows: Vec<RunRow> = reminder_runs::table
        .filter(reminder_runs::tenant_id.eq(Id(tenant.0)))
        .order((reminder_runs::started_at.desc(), reminder_runs::id.desc()))
        .limit(*limit)
        .select(RunRow::as_select())
        .load(c)?;
    rows.into_iter().map(RunRow::read).collect()
}

pub(crate) fn covered(c: &mut Conn, tenant: TenantId, now: &Instant) -> Outcome<Option<Covered>> {
    let newest: Option<(String, At)> = reminder_runs::table
        .filter(reminder_runs::tenant_id.eq(Id(tenant.0)))
        .filter(reminder_runs::state.eq(RunState::Done.as_str()))
        .filter(reminder_runs::started_at.le(at(*now)))
        .order((reminder_runs::started_at.desc(), reminder_runs::id.desc()))
        .select((reminder_runs::reach, reminder_runs::finished_at.assume_not_null()))
        .first(c)
        .optional()?;
    let read =
        |(reach, ended): (String, At)| Ok(Covered { reach: day(&reach, "reminder_runs.reach")?, ended_at: ended.0 });
    newest.map(read).transpose()
}
