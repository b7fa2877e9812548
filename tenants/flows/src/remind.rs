//! The job of a day's reminders: plan, and put down what is to be sent, one transaction a recipient. It may be cut off
//! anywhere and begun again: what was put down stays, and is not put down twice.

use std::collections::HashSet;

use chrono::{NaiveDate, TimeDelta};
use portvakt_domain::{
    audit::AuditKind,
    calendar,
    id::{JobId, ReminderMailId, ReminderRunId, TenantId},
    job::Job,
    reminder::Schedule,
    reminder_mail::UNIT_PART,
    reminder_run::{RunFigures, RunState},
    tenant::ReminderSettings,
    time::Instant,
};
use portvakt_storage::{
    StorageError, audit, jobs,
    reminders::{self, EndRun, Marked, NewReminderMail, NewRun, RecordReminder, StoredRun},
};

use crate::{
    FlowError, Platform, Tenant,
    event::{EventExt as _, event},
    open,
    plan_reminders::{self, Outgoing, OutgoingKind, Which},
    reminder_content::Content,
    send_code::JobOutcome,
    suspend_tenant,
};

/// How often a day is planned anew because another replica put something down meanwhile.
const PLANS: usize = 3;
/// Over so many seconds the tenants' runs are spread.
const SPREAD_SECONDS: u128 = 600;
/// Runs that are looked at for one that has ended.
const NEWEST: i64 = 20;
/// Who asked for a run that the schedule did not ask for.
const BY_HAND: &str = "by hand";

/// When a tenant's reminders of the local day of `now` begin: at its time of day, and up to ten minutes later, always by
/// the same span, so that not all tenants' directories are asked at once. `None` on a day on which nothing is sent.
pub fn starts_at(settings: &ReminderSettings, tenant: TenantId, now: Instant) -> Option<Instant> {
    let zone = settings.time_zone.tz();
    let day = calendar::local_day(now, zone);
    let spread = i64::try_from(tenant.0.as_u128() % SPREAD_SECONDS).unwrap_or(0);
    let at = calendar::moment(day, settings.at.time(), zone) + TimeDelta::seconds(spread);
    Schedule::of(settings).sends_on(day).then_some(at)
}

/// A run that somebody asked for.
#[derive(Debug)]
pub struct Asked {
    /// `false`: one was asked for already and has not begun.
    pub is_new: bool,
    tenant: TenantId,
    /// The runs that had ended before.
    before: HashSet<ReminderRunId>,
}

/// Asks for what is due to be sent at once, whatever the time of day.
///
/// # Errors
/// The database.
pub async fn ask(platform: &Platform, tenant: &Tenant, author: &str) -> Result<Asked, StorageError> {
    let (store, now) = (&platform.store, platform.now());
    let newest = reminders::runs(store, tenant.id, NEWEST).await?;
    let before = newest.iter().filter(|run| run.state != RunState::Running).map(|run| run.id).collect();
    let (clock, random) = (platform.clock.as_ref(), platform.random.as_ref());
    let asked = suspend_tenant::event(clock, random, AuditKind::RemindersAsked, author);
    audit::record(store, tenant.id, vec![asked]).await?;
    let id = JobId::new(now, platform.random.as_ref());
    let is_new = jobs::enqueue(store, tenant.id, Job::Remind { by_hand: true }, now, id).await?;
    (platform.wake)();
    Ok(Asked { is_new, tenant: tenant.id, before })
}

impl Asked {
    /// A run that has ended and had not when this was asked for. Told by the rows alone: clocks of two computers differ.
    ///
    /// # Errors
    /// The database.
    pub async fn ended(&self, platform: &Platform) -> Result<Option<StoredRun>, StorageError> {
        let newest = reminders::runs(&platform.store, self.tenant, NEWEST).await?;
        let is_it = |run: &StoredRun| run.state != RunState::Running && !self.before.contains(&run.id);
        Ok(newest.into_iter().find(is_it))
    }
}

/// Runs a day's reminders: the day's own, once, or what is due at once because somebody asks for it by hand.
///
/// # Errors
/// The database, or a directory that does not answer: the job is tried again.
pub async fn run(platform: &Platform, tenant: &Tenant, by_hand: bool) -> Result<JobOutcome, FlowError> {
    let (settings, now) = (&tenant.settings.reminders, platform.now());
    let day = calendar::local_day(now, settings.time_zone.tz());
    end_left_behind(platform, tenant.id, day).await?;
    if !settings.send || (!by_hand && !is_due(platform, tenant).await?) {
        return Ok(JobOutcome::Done);
    }
    let asked_by = if by_hand { BY_HAND } else { "schedule" };
    let reach = Schedule::of(settings).reach(day);
    let id = ReminderRunId::new(now, platform.random.as_ref());
    let new = NewRun { id, day, reach, asked_by: asked_by.to_owned(), now };
    let run = reminders::begin_run(&platform.store, tenant.id, new).await?;

    let (mut figures, mut problem) = (RunFigures::default(), None);
    let mut overtaken = true;
    for _ in 0..PLANS {
        let plan = plan_reminders::run(platform, tenant, Which::Today(day), &mut |_, _| ()).await?;
        (figures.accounts, figures.failures) = (plan.accounts, plan.failures);
        problem = plan.problem;
        figures.unmapped = i64::try_from(plan.unmapped.len()).unwrap_or(i64::MAX);
        figures.due = figures.due.max(plan.due);
        overtaken = false;
        for outgoing in &plan.outgoing {
            overtaken |= !put_down(platform, tenant, run, outgoing).await?;
        }
        if !overtaken {
            break;
        }
    }
    (platform.wake)();
    if overtaken {
        return Ok(JobOutcome::Retry("another run puts down the same reminders".to_owned()));
    }
    if !end(platform, tenant.id, run, RunState::Done, figures, problem).await? {
        // What it put down stays; the next try finds that told, and ends a run of its own.
        return Ok(JobOutcome::Retry("this run was ended by somebody else".to_owned()));
    }
    Ok(JobOutcome::Done)
}

/// Whether the day's own run is still to come and its time is there.
///
/// # Errors
/// The database.
pub async fn is_due(platform: &Platform, tenant: &Tenant) -> Result<bool, StorageError> {
    let (settings, now) = (&tenant.settings.reminders, platform.now());
    let day = calendar::local_day(now, settings.time_zone.tz());
    if starts_at(settings, tenant.id, now).is_none_or(|at| at > now) {
        return Ok(false);
    }
    let covered = reminders::covered(&platform.store, tenant.id, now).await?;
    Ok(covered.is_none_or(|covered| covered.reach < day))
}

/// Whether the day's own run is to be asked for: it is due, and no job is at it.
///
/// # Errors
/// The database.
pub async fn is_to_be_asked(platform: &Platform, tenant: &Tenant) -> Result<bool, StorageError> {
    if !is_due(platform, tenant).await? {
        return Ok(false);
    }
    let day = calendar::local_day(platform.now(), tenant.settings.reminders.time_zone.tz());
    let newest = reminders::runs(&platform.store, tenant.id, 1).await?;
    Ok(!newest.iter().any(|run| run.state == RunState::Running && run.day == day))
}

/// One outgoing reminder with its marks and its job. `false` when another replica was quicker with one of them.
async fn put_down(
    platform: &Platform,
    tenant: &Tenant,
    run: ReminderRunId,
    outgoing: &Outgoing,
) -> Result<bool, FlowError> {
    let now = platform.now();
    let id = ReminderMailId::new(now, platform.random.as_ref());
    let part = match &outgoing.kind {
        OutgoingKind::Units(_) => UNIT_PART.to_owned(),
        OutgoingKind::Personal { .. } => outgoing.rows.first().map(|row| row.part.clone()).unwrap_or_default(),
    };
    let marks = outgoing.rows.iter().flat_map(|row| {
        let (account, period) = (row.staff.key, row.due.period);
        row.marks.iter().map(move |mark| Marked { account, period, mark: *mark, part: row.part.clone() })
    });
    let reminder = RecordReminder {
        mail: NewReminderMail {
            id,
            run,
            channel: outgoing.channel,
            part,
            recipient: open::seal(platform, tenant, open::reminder_recipient_place(id), &outgoing.to)?,
            content: Content::of(outgoing).seal(platform, tenant, id)?,
            language: outgoing.language,
            rows: i32::try_from(outgoing.rows.len()).unwrap_or(i32::MAX),
        },
        marks: marks.collect(),
        now,
        run_at: now,
    };
    Ok(reminders::record(&platform.store, tenant.id, reminder).await?)
}

/// The run is given up that this job began, if it is under way: people see that it failed, and why.
///
/// # Errors
/// The database.
pub async fn give_up(platform: &Platform, tenant: TenantId, by_hand: bool, problem: &str) -> Result<(), FlowError> {
    let is_ours = |run: &StoredRun| (run.asked_by == BY_HAND) == by_hand;
    end_failed(platform, tenant, is_ours, problem).await
}

/// A run of an earlier day whose tries reached over midnight is none of today's: what it left undone, today's run does.
async fn end_left_behind(platform: &Platform, tenant: TenantId, today: NaiveDate) -> Result<(), FlowError> {
    end_failed(platform, tenant, |run| run.day < today, "its day ended before it did").await
}

/// Ends the run that is under way as failed, if it is this one.
async fn end_failed(
    platform: &Platform,
    tenant: TenantId,
    is_it: impl Fn(&StoredRun) -> bool,
    problem: &str,
) -> Result<(), FlowError> {
    let newest = reminders::runs(&platform.store, tenant, 1).await?;
    if let Some(run) = newest.into_iter().find(|run| run.state == RunState::Running && is_it(run)) {
        end(platform, tenant, run.id, RunState::Failed, RunFigures::default(), Some(problem.to_owned())).await?;
    }
    Ok(())
}

/// `false`: it had ended already.
async fn end(
    platform: &Platform,
    tenant: TenantId,
    run: ReminderRunId,
    state: RunState,
    figures: RunFigures,
    problem: Option<String>,
) -> Result<bool, FlowError> {
    let event = event(platform, AuditKind::RemindersRun)
        .detail("accounts", &figures.accounts.to_string())
        .detail("due", &figures.due.to_string())
        .detail("unmapped", &figures.unmapped.to_string());
    let end = EndRun { run, state, figures, problem, at: platform.now(), event };
    Ok(reminders::end_run(&platform.store, tenant, end).await?)
}
