//! Reminders that go out.

use std::collections::BTreeMap;

use diesel::{BoxableExpression, prelude::*, sql_types::Bool};
use portvakt_domain::{
    audit::{AuditKind, NewEvent},
    id::{ReminderMailId, ReminderRunId, TenantId},
    keys::Sealed,
    message::Channel,
    reminder_mail::{ReminderState, UNIT_PART},
    time::Instant,
};

use super::{
    super::{
        Conn, audit,
        schema::{reminder_mails, reminder_marks},
    },
    NOT_TOLD,
};
use crate::{
    error::{Outcome, corrupt},
    reminders::{ListedReminder, NewReminderMail, ReminderTurn, SettleReminder, StoredReminderMail},
    values::{At, Id, at, language},
};

/// Why an SMS is given up that was found in the middle of a call.
const UNKNOWN: &str = "unknown";

#[derive(Queryable, Selectable)]
#[diesel(table_name = reminder_mails, check_for_backend(super::super::Db))]
struct MailRow {
    id: Id,
    run: Id,
    channel: String,
    part: String,
    recipient: Option<Vec<u8>>,
    content: Option<Vec<u8>>,
    language: String,
    rows: i32,
    state: String,
    attempts: i32,
    unknown_sends: i32,
    created_at: At,
}

impl MailRow {
    fn channel(&self) -> Outcome<Channel> {
        channel(&self.channel)
    }

    /// As it is handed out to be sent.
    fn read(self) -> Outcome<StoredReminderMail> {
        Ok(StoredReminderMail {
            id: ReminderMailId(self.id.0),
            run: ReminderRunId(self.run.0),
            channel: self.channel()?,
            part: self.part,
            recipient: Sealed(self.recipient.ok_or_else(|| corrupt("reminder_mails.recipient"))?),
            content: Sealed(self.content.ok_or_else(|| corrupt("reminder_mails.content"))?),
            language: language(&self.language, "reminder_mails.language")?,
            rows: self.rows,
            attempts: self.attempts,
            unknown_sends: self.unknown_sends,
            created_at: self.created_at.0,
        })
    }
}

fn channel(name: &str) -> Outcome<Channel> {
    Channel::from_stored(name).ok_or_else(|| corrupt("reminder_mails.channel"))
}

fn state(name: &str) -> Outcome<ReminderState> {
    ReminderState::from_stored(name).ok_or_else(|| corrupt("reminder_mails.state"))
}

/// Adds a reminder that is to be sent.
pub(super) fn add(c: &mut Conn, tenant: TenantId, new: &NewReminderMail, now: Instant) -> Outcome<()> {
    diesel::insert_into(reminder_mails::table)
        .values((
            reminder_mails::tenant_id.eq(Id(tenant.0)),
            reminder_mails::id.eq(Id(new.id.0)),
            reminder_mails::run.eq(Id(new.run.0)),
            reminder_mails::channel.eq(new.channel.as_str()),
            reminder_mails::part.eq(&new.part),
            reminder_mails::recipient.eq(Some(&new.recipient.0)),
            reminder_mails::content.eq(Some(&new.content.0)),
            reminder_mails::language.eq(new.language.tag()),
            reminder_mails::rows.eq(new.rows),
            reminder_mails::state.eq(ReminderState::Queued.as_str()),
            reminder_mails::attempts.eq(0),
            reminder_mails::unknown_sends.eq(0),
            reminder_mails::created_at.eq(at(now)),
        ))
        .execute(c)?;
    Ok(())
}

pub(crate) fn find_unsettled(
    c: &mut Conn,
    tenant: TenantId,
    mail: &ReminderMailId,
) -> Outcome<Option<StoredReminderMail>> {
    let row: Option<MailRow> = reminder_mails::table
        .find((Id(tenant.0), Id(mail.0)))
        .filter(reminder_mails::settled_at.is_null())
        .select(MailRow::as_select())
        .first(c)
        .optional()?;
    row.map(MailRow::read).transpose()
}

pub(crate) fn begin_send(
    c: &mut Conn,
    tenant: TenantId,
    mail: &ReminderMailId,
    now: &Instant,
) -> Outcome<ReminderTurn> {
    // Held until the transaction ends: two workers can't both begin it.
    let row: Option<MailRow> = diesel::update(reminder_mails::table.find((Id(tenant.0), Id(mail.0))))
        .set(reminder_mails::attempts.eq(reminder_mails::attempts))
        .returning(MailRow::as_returning())
        .get_result(c)
        .optional()?;
    let Some(mut row) = row else { return Ok(ReminderTurn::Gone) };
    match (state(&row.state)?, row.channel()?) {
        (ReminderState::Queued, _) => {}
        // Who began the call did not live to tell.
        (ReminderState::Sending, Channel::Mail) => row.unknown_sends += 1,
        (ReminderState::Sending, Channel::Sms) => {
            give_up(c, tenant, &row, *now)?;
            return Ok(ReminderTurn::Over);
        }
        _ => return Ok(ReminderTurn::Over),
    }
    row.attempts += 1;
    diesel::update(reminder_mails::table.find((Id(tenant.0), row.id)))
        .set((
            reminder_mails::state.eq(ReminderState::Sending.as_str()),
            reminder_mails::attempts.eq(row.attempts),
            reminder_mails::unknown_sends.eq(row.unknown_sends),
        ))
        .execute(c)?;
    Ok(ReminderTurn::Send(Box::new(row.read()?)))
}

/// Gives an SMS up that was found in the middle of a call.
fn give_up(c: &mut Conn, tenant: TenantId, row: &MailRow, now: Instant) -> Outcome<()> {
    let state = ReminderState::GivenUp;
    let told = [("reminder", row.id.0.to_string()), ("channel", row.channel.clone()), ("reason", UNKNOWN.to_owned())];
    let mut details = BTreeMap::from(told.map(|(name, value)| (name.to_owned(), value)));
    details.insert("outcome".to_owned(), state.as_str().to_owned());
    let event = audit::made(AuditKind::ReminderSettled, now, details);
    let (mail, reason, rows) = (ReminderMailId(row.id.0), Some(UNKNOWN.to_owned()), row.rows);
    settle(c, tenant, &SettleReminder { mail, state, reason, rows, unknown: true, untold: false, now, event })?;
    Ok(())
}

pub(crate) fn put_back(
    c: &mut Conn,
    tenant: TenantId,
    mail: &ReminderMailId,
    unknown: &bool,
    reason: &str,
) -> Outcome<bool> {
    let again = if *unknown { vec![Channel::Mail] } else { vec![Channel::Mail, Channel::Sms] };
    let changed = diesel::update(reminder_mails::table.find((Id(tenant.0), Id(mail.0))))
        .filter(reminder_mails::state.eq(ReminderState::Sending.as_str()))
        .filter(reminder_mails::channel.eq_any(again.into_iter().map(Channel::as_str)))
        .set((
            reminder_mails::state.eq(ReminderState::Queued.as_str()),
            reminder_mails::unknown_sends.eq(reminder_mails::unknown_sends + i32::from(*unknown)),
            reminder_mails::reason.eq(Some(reason)),
        ))
        .execute(c)?;
    Ok(changed == 1)
}

pub(crate) fn settle(c: &mut Conn, tenant: TenantId, settled: &SettleReminder) -> Outcome<bool> {
    if !settled.state.is_settled() {
        return Ok(false);
    }
    let changed = diesel::update(reminder_mails::table.find((Id(tenant.0), Id(settled.mail.0))))
        .filter(reminder_mails::settled_at.is_null())
        .set((
            reminder_mails::state.eq(settled.state.as_str()),
            reminder_mails::reason.eq(&settled.reason),
            reminder_mails::rows.eq(settled.rows),
            reminder_mails::unknown_sends.eq(reminder_mails::unknown_sends + i32::from(settled.unknown)),
            reminder_mails::content.eq(None::<Vec<u8>>),
            reminder_mails::settled_at.eq(at(settled.now)),
        ))
        .execute(c)?;
    if changed == 1 && settled.untold {
        diesel::delete(reminder_marks::table)
            .filter(reminder_marks::tenant_id.eq(Id(tenant.0)))
            .filter(reminder_marks::mail.eq(Id(settled.mail.0)))
            .execute(c)?;
    }
    if changed == 1 {
        // Of units people look up to whom a mail went; to which person or holder, nobody has to know any more.
        diesel::update(reminder_mails::table.find((Id(tenant.0), Id(settled.mail.0))))
            .filter(reminder_mails::part.ne(UNIT_PART))
            .set(reminder_mails::recipient.eq(None::<Vec<u8>>))
            .execute(c)?;
        audit::record(c, tenant, std::slice::from_ref(&settled.event))?;
    }
    Ok(changed == 1)
}

pub(crate) fn bounce(
    c: &mut Conn,
    tenant: TenantId,
    mail: &ReminderMailId,
    reason: &str,
    event: &NewEvent,
) -> Outcome<bool> {
    let changed = diesel::update(reminder_mails::table.find((Id(tenant.0), Id(mail.0))))
        .filter(reminder_mails::state.eq_any([ReminderState::Sent, ReminderState::GivenUp].map(ReminderState::as_str)))
        .filter(reminder_mails::channel.eq(Channel::Mail.as_str()))
        .set((reminder_mails::state.eq(ReminderState::Bounced.as_str()), reminder_mails::reason.eq(Some(reason))))
        .execute(c)?;
    if changed == 1 {
        audit::record(c, tenant, std::slice::from_ref(event))?;
    }
    Ok(changed == 1)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = reminder_mails, check_for_backend(super::super::Db))]
struct ListedRow {
    id: Id,
    run: Id,
    channel: String,
    part: String,
    recipient: Option<Vec<u8>>,
    rows: i32,
    state: String,
    reason: Option<String>,
    attempts: i32,
    unknown_sends: i32,
    created_at: At,
    settled_at: Option<At>,
}

impl ListedRow {
    fn read(self) -> Outcome<ListedReminder> {
        Ok(ListedReminder {
            id: ReminderMailId(self.id.0),
            run: ReminderRunId(self.run.0),
            channel: channel(&self.channel)?,
            part: self.part,
            recipient: self.recipient.map(Sealed),
            rows: self.rows,
            state: state(&self.state)?,
            reason: self.reason,
            attempts: self.attempts,
            unknown_sends: self.unknown_sends,
            created_at: self.created_at.0,
            settled_at: self.settled_at.map(|settled| settled.0),
        })
    }
}

/// What tells one reminder of a tenant from another.
type Which = Box<dyn BoxableExpression<reminder_mails::table, super::super::Db, SqlType = Bool>>;

/// Those of a tenant, oldest first.
fn list(c: &mut Conn, tenant: TenantId, which: Which) -> Outcome<Vec<ListedReminder>> {
    let rows: Vec<ListedRow> = reminder_mails::table
        .filter(reminder_mails::tenant_id.eq(Id(tenant.0)))
        .filter(which)
        .order((reminder_mails::created_at, reminder_mails::id))
        .select(ListedRow::as_select())
        .load(c)?;
    rows.into_iter().map(ListedRow::read).collect()
}

pub(crate) fn unsettled(c: &mut Conn, tenant: TenantId) -> Outcome<Vec<ListedReminder>> {
    list(c, tenant, Box::new(reminder_mails::settled_at.is_null()))
}

pub(crate) fn mails(c: &mut Conn, tenant: TenantId, run: &ReminderRunId) -> Outcome<Vec<ListedReminder>> {
    list(c, tenant, Box::new(reminder_mails::run.eq(Id(run.0))))
}

pub(crate) fn refused(c: &mut Conn, tenant: TenantId, run: &ReminderRunId) -> Outcome<Vec<ListedReminder>> {
    let given_up = reminder_mails::state.eq_any(NOT_TOLD.map(ReminderState::as_str));
    let held_up = reminder_mails::settled_at.is_null().and(reminder_mails::reason.is_not_null());
    list(c, tenant, Box::new(reminder_mails::run.eq(Id(run.0)).and(given_up.or(held_up))))
}
