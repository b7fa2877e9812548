//! Marks of passwords of which people heard, and the reminders that tell them.

use std::collections::BTreeSet;

use chrono::SubsecRound as _;
use diesel::prelude::*;
use portvakt_domain::{
    id::{AccountKey, ReminderMailId, TenantId},
    job::Job,
    reminder::Mark,
    time::Instant,
};

use super::super::{Conn, jobs, schema::reminder_marks};
use super::mails;
use crate::{
    error::Outcome,
    reminders::{Marked, RecordReminder},
    values::{At, Id, at},
};

/// Rows that go into one statement: a row has seven values, and SQLite takes 32,766.
const BATCH: usize = 1_000;

pub(crate) fn marked(
    c: &mut Conn,
    tenant: TenantId,
    passwords: &[(AccountKey, Instant)],
) -> Outcome<Vec<(Marked, Instant)>> {
    let asked: BTreeSet<(Id, At)> = passwords.iter().map(|(account, period)| (Id(account.0), at(*period))).collect();
    let mut accounts: Vec<Id> = asked.iter().map(|(account, _)| *account).collect();
    accounts.dedup();
    let mut all = Vec::new();
    for accounts in accounts.chunks(BATCH) {
        let rows: Vec<(Id, At, String, String, At)> = reminder_marks::table
            .filter(reminder_marks::tenant_id.eq(Id(tenant.0)))
            .filter(reminder_marks::account.eq_any(accounts))
            .select((
                reminder_marks::account,
                reminder_marks::period,
                reminder_marks::mark,
                reminder_marks::part,
                reminder_marks::at,
            ))
            .load(c)?;
        // An account has few: those of its other passwords are passed over here.
        all.extend(rows.into_iter().filter(|(account, period, ..)| asked.contains(&(*account, *period))).filter_map(
            |(account, period, mark, part, at)| {
                let mark = Mark::from_stored(&mark)?;
                Some((Marked { account: AccountKey(account.0), period: period.0, mark, part }, at.0))
            },
        ));
    }
    Ok(all)
}

pub(crate) fn record(c: &mut Conn, tenant: TenantId, new: &RecordReminder) -> Outcome<bool> {
    if !mark(c, tenant, new.mail.id, &new.marks, new.now)? {
        return Ok(false);
    }
    mails::add(c, tenant, &new.mail, new.now)?;
    jobs::ask(c, tenant, &Job::SendReminder { reminder: new.mail.id }, new.now, new.run_at)?;
    Ok(true)
}

/// Marks them all for this reminder, or none of them.
fn mark(c: &mut Conn, tenant: TenantId, mail: ReminderMailId, marks: &[Marked], now: Instant) -> Outcome<bool> {
    // Everybody takes them in the same order: two that share some never wait for each other in a circle.
    let exact = |mark: &Marked| Marked { period: mark.period.trunc_subsecs(6), ..mark.clone() };
    let marks: BTreeSet<Marked> = marks.iter().map(exact).collect();
    let rows: Vec<_> = marks
        .iter()
        .map(|mark| {
            (
                reminder_marks::tenant_id.eq(Id(tenant.0)),
                reminder_marks::account.eq(Id(mark.account.0)),
                reminder_marks::period.eq(at(mark.period)),
                reminder_marks::mark.eq(mark.mark.stored()),
                reminder_marks::part.eq(&mark.part),
                reminder_marks::mail.eq(Id(mail.0)),
                reminder_marks::at.eq(at(now)),
            )
        })
        .collect();
    let mut marked = 0;
    for rows in rows.chunks(BATCH) {
        marked += diesel::insert_into(reminder_marks::table).values(rows).on_conflict_do_nothing().execute(c)?;
    }
    if marked == marks.len() && marked > 0 {
        return Ok(true);
    }
    // Somebody else dealt with some of them. Those that are this reminder's go again, by way of their accounts: no index
    // leads from a reminder to its marks.
    let accounts: Vec<Id> = marks.iter().map(|mark| Id(mark.account.0)).collect();
    for accounts in accounts.chunks(BATCH) {
        diesel::delete(reminder_marks::table)
            .filter(reminder_marks::tenant_id.eq(Id(tenant.0)))
            .filter(reminder_marks::account.eq_any(accounts))
            .filter(reminder_marks::mail.eq(Id(mail.0)))
            .execute(c)?;
    }
    Ok(false)
}
