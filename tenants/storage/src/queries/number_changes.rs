//! Delayed changes of numbers.

use chrono::TimeDelta;
use diesel::prelude::*;
use portvakt_domain::{
    audit::NewEvent,
    id::{AccountKey, FlowId, NumberChangeId, TenantId},
    job::Job,
    number_change::{ChangeOrigin, NumberChange, NumberChangeState},
    time::Instant,
};

use super::{Conn, audit, flows, jobs, lock, messages, number_attributes, numbers, schema::number_changes};
use crate::{
    error::{Outcome, corrupt},
    lock::Lock,
    number_changes::{CarryOut, NewNumberChange},
    values::{At, Id, at, hash, language, optional_sealed},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = number_changes, check_for_backend(super::Db))]
struct ChangeRow {
    id: Id,
    account: Id,
    target: Id,
    number: Option<Vec<u8>>,
    number_hash: Vec<u8>,
    flow: Id,
    language: String,
    state: String,
    requested_at: At,
    due_at: At,
    origin: String,
}

impl ChangeRow {
    fn read(self) -> Outcome<NumberChange> {
        Ok(NumberChange {
            id: NumberChangeId(self.id.0),
            account: AccountKey(self.account.0),
            target: self.target.0,
            number: optional_sealed(self.number),
            number_hash: hash(self.number_hash, "number_changes.number_hash")?,
            origin: ChangeOrigin::from_stored(&self.origin).ok_or_else(|| corrupt("number_changes.origin"))?,
            flow: FlowId(self.flow.0),
            language: language(&self.language, "number_changes.language")?,
            state: NumberChangeState::from_stored(&self.state).ok_or_else(|| corrupt("number_changes.state"))?,
            requested_at: self.requested_at.0,
            due_at: self.due_at.0,
        })
    }
}

pub(crate) fn find(c: &mut Conn, tenant: TenantId, change: &NumberChangeId) -> Outcome<Option<NumberChange>> {
    let row: Option<ChangeRow> =
        number_changes::table.find((Id(tenant.0), Id(change.0))).select(ChangeRow::as_select()).first(c).optional()?;
    row.map(ChangeRow::read).transpose()
}

pub(crate) fn postpone(c: &mut Conn, tenant: TenantId, by: &TimeDelta) -> Outcome<usize> {
    let waiting: Vec<(Id, At)> = number_changes::table
        .filter(number_changes::tenant_id.eq(Id(tenant.0)))
        .filter(number_changes::state.eq(NumberChangeState::Waiting.as_str()))
        .select((number_changes::id, number_changes::due_at))
        .load(c)?;
    for (id, due_at) in &waiting {
        diesel::update(number_changes::table.find((Id(tenant.0), *id)))
            .set(number_changes::due_at.eq(at(due_at.0 + *by)))
            .execute(c)?;
    }
    Ok(waiting.len())
}

pub(crate) fn waiting(c: &mut Conn, tenant: TenantId, account: &AccountKey) -> Outcome<Option<NumberChange>> {
    let row: Option<ChangeRow> = number_changes::table
        .filter(number_changes::tenant_id.eq(Id(tenant.0)))
        .filter(number_changes::account.eq(Id(account.0)))
        .filter(number_changes::state.eq(NumberChangeState::Waiting.as_str()))
        .select(ChangeRow::as_select())
        .first(c)
        .optional()?;
    row.map(ChangeRow::read).transpose()
}

/// Keeps a change that was asked for, and the job that carries it out.
pub(crate) fn ask(c: &mut Conn, tenant: TenantId, new: &NewNumberChange) -> Outcome<()> {
    diesel::insert_into(number_changes::table)
        .values((
            number_changes::tenant_id.eq(Id(tenant.0)),
            number_changes::id.eq(Id(new.id.0)),
            number_changes::account.eq(Id(new.account.0)),
            number_changes::target.eq(Id(new.target)),
            number_changes::number.eq(Some(new.number.0.clone())),
            number_changes::number_hash.eq(new.number_hash.0.to_vec()),
            number_changes::flow.eq(Id(new.flow.0)),
            number_changes::network.eq(new.network.0.to_vec()),
            number_changes::language.eq(new.language.tag()),
            number_changes::state.eq(NumberChangeState::Waiting.as_str()),
            number_changes::requested_at.eq(at(new.requested_at)),
            number_changes::due_at.eq(at(new.due_at)),
            number_changes::origin.eq(new.origin.as_str()),
        ))
        .execute(c)?;
    jobs::ask(c, tenant, &Job::ChangeNumber { change: new.id }, new.requested_at, new.due_at)?;
    Ok(())
}

/// Cancels the change that waits for an account, if one does, and returns it.
pub(crate) fn cancel(
    c: &mut Conn,
    tenant: TenantId,
    account: AccountKey,
    now: Instant,
) -> Outcome<Option<NumberChange>> {
    let cancelled: Option<ChangeRow> = diesel::update(number_changes::table)
        .filter(number_changes::tenant_id.eq(Id(tenant.0)))
        .filter(number_changes::account.eq(Id(account.0)))
        .filter(number_changes::state.eq(NumberChangeState::Waiting.as_str()))
        .set(over(NumberChangeState::Cancelled, now))
        .returning(ChangeRow::as_returning())
        .get_result(c)
        .optional()?;
    cancelled.map(ChangeRow::read).transpose()
}

pub(crate) fn carry_out(c: &mut Conn, tenant: TenantId, due: &CarryOut) -> Outcome<bool> {
    lock(c, Lock::Account(tenant, due.account))?;
    let row: Option<ChangeRow> = diesel::update(number_changes::table.find((Id(tenant.0), Id(due.change.0))))
        .filter(number_changes::account.eq(Id(due.account.0)))
        .filter(number_changes::state.eq(NumberChangeState::Waiting.as_str()))
        .filter(number_changes::due_at.le(at(due.now)))
        .set(over(NumberChangeState::Done, due.now))
        .returning(ChangeRow::as_returning())
        .get_result(c)
        .optional()?;
    let Some(change) = row.map(ChangeRow::read).transpose()? else { return Ok(false) };
    // Not the change's own hash: another key may be active by now, and the two belong together.
    numbers::replace(c, tenant, due.account, change.target, &due.sealed, &due.number_hash, due.now)?;
    match change.origin {
        ChangeOrigin::Directory => {
            number_attributes::note(c, tenant, due.account, Some(due.number_hash), due.now)?;
        }
        ChangeOrigin::Person if due.write_attribute => number_attributes::want(c, tenant, &due.account, &due.now)?,
        ChangeOrigin::Person => {}
    }
    flows::end_flows_of(c, tenant, due.account, None, due.now)?;
    for notice in &due.notices {
        messages::ask(c, tenant, notice, due.now)?;
    }
    audit::record(c, tenant, std::slice::from_ref(&due.event))?;
    Ok(true)
}

pub(crate) fn refuse(
    c: &mut Conn,
    tenant: TenantId,
    change: &NumberChangeId,
    now: &Instant,
    event: &NewEvent,
) -> Outcome<bool> {
    let refused = diesel::update(number_changes::table.find((Id(tenant.0), Id(change.0))))
        .filter(number_changes::state.eq(NumberChangeState::Waiting.as_str()))
        .set(over(NumberChangeState::Refused, *now))
        .execute(c)?;
    if refused == 1 {
        audit::record(c, tenant, std::slice::from_ref(event))?;
    }
    Ok(refused == 1)
}

#[derive(AsChangeset)]
#[diesel(table_name = number_changes)]
struct Over {
    state: &'static str,
    settled_at: At,
    number: Option<Option<Vec<u8>>>,
}

/// The end of a change. The number goes: nobody needs it any more.
fn over(state: NumberChangeState, now: Instant) -> Over {
    Over { state: state.as_str(), settled_at: at(now), number: Some(None) }
}
