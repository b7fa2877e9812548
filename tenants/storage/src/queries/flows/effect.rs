//! What a right code does to an account's numbers, in the transaction of the code.

use diesel::prelude::*;
use portvakt_domain::{
    audit::NewEvent,
    flow::FlowState,
    id::{AccountKey, FlowId, TenantId},
    message::NewMessage,
    number_change::ChangeOrigin,
    time::Instant,
};

use super::super::{Conn, messages, number_attributes, number_changes, numbers, schema::flows};
use crate::{
    error::Outcome,
    flows::{NumberEffect, StopChange},
    values::{Id, at},
};

/// Whether the effect can still take place. Never asked of what a stranger can reach.
pub(super) fn stands(c: &mut Conn, tenant: TenantId, effect: &NumberEffect) -> Outcome<bool> {
    match effect {
        NumberEffect::Ask(ask) => Ok(number_changes::waiting(c, tenant, &ask.change.account)?.is_none()),
        NumberEffect::Save(_) | NumberEffect::Remove(_) | NumberEffect::Stop(_) => Ok(true),
    }
}

/// Does it. The events that tell of it.
pub(super) fn perform(
    c: &mut Conn,
    tenant: TenantId,
    flow: FlowId,
    effect: &NumberEffect,
    now: Instant,
) -> Outcome<Vec<NewEvent>> {
    match effect {
        NumberEffect::Save(save) => {
            let number = &save.number;
            if save.replaces {
                let (sealed, hash) = (&number.sealed, &number.number_hash);
                numbers::replace(c, tenant, save.account, number.row_id, sealed, hash, now)?;
            } else {
                numbers::add(c, tenant, save.account, number)?;
            }
            wanted(c, tenant, save.account, save.write_attribute, now)?;
            changed(c, tenant, flow, save.account, (&save.event, &save.overtaken), &save.notices, now)
        }
        NumberEffect::Remove(remove) => {
            numbers::remove(c, tenant, remove.account, remove.row_id)?;
            wanted(c, tenant, remove.account, remove.write_attribute, now)?;
            changed(c, tenant, flow, remove.account, (&remove.event, &remove.overtaken), &remove.notices, now)
        }
        NumberEffect::Ask(ask) => {
            number_changes::ask(c, tenant, &ask.change)?;
            tell(c, tenant, &ask.notices, now)?;
            Ok(vec![ask.event.clone()])
        }
        NumberEffect::Stop(stop) => stopped(c, tenant, stop, now),
    }
}

/// The directory's attribute follows, where the tenant has one.
fn wanted(c: &mut Conn, tenant: TenantId, account: AccountKey, write_attribute: bool, now: Instant) -> Outcome<()> {
    if write_attribute { number_attributes::want(c, tenant, &account, &now) } else { Ok(()) }
}

/// After a change of the numbers: the account's other flows end, and so does a delayed change that waits.
fn changed(
    c: &mut Conn,
    tenant: TenantId,
    flow: FlowId,
    account: AccountKey,
    (event, overtaken): (&NewEvent, &NewEvent),
    notices: &[NewMessage],
    now: Instant,
) -> Outcome<Vec<NewEvent>> {
    end_flows_of(c, tenant, account, Some(flow), now)?;
    tell(c, tenant, notices, now)?;
    let mut events = vec![event.clone()];
    if number_changes::cancel(c, tenant, account, now)?.is_some() {
        events.push(overtaken.clone());
    }
    Ok(events)
}

/// The delayed change is off. Every number that the account has is told, each by a message of its own.
fn stopped(c: &mut Conn, tenant: TenantId, stop: &StopChange, now: Instant) -> Outcome<Vec<NewEvent>> {
    let Some(stopped) = number_changes::cancel(c, tenant, stop.account, now)? else { return Ok(Vec::new()) };
    if stopped.origin == ChangeOrigin::Directory {
        // What is written there is dealt with: it does not begin anew when it is next looked at.
        number_attributes::note(c, tenant, stop.account, Some(stopped.number_hash), now)?;
    }
    messages::ask(c, tenant, &stop.mail, now)?;
    for number in numbers::list(c, tenant, &stop.account)? {
        let id = portvakt_domain::id::MessageId(Id::at(now).0);
        messages::ask(c, tenant, &NewMessage { id, number_hash: Some(number.number_hash), ..stop.sms.clone() }, now)?;
    }
    Ok(vec![stop.event.clone()])
}

fn tell(c: &mut Conn, tenant: TenantId, notices: &[NewMessage], now: Instant) -> Outcome<()> {
    for notice in notices {
        messages::ask(c, tenant, notice, now)?;
    }
    Ok(())
}

/// Ends the account's open flows, but for the one that does it. Those that were begun by a name alone go on without it.
pub(crate) fn end_flows_of(
    c: &mut Conn,
    tenant: TenantId,
    account: AccountKey,
    but: Option<FlowId>,
    now: Instant,
) -> Outcome<()> {
    let (by_name, others): (Vec<FlowState>, Vec<FlowState>) =
        FlowState::ALL.iter().filter(|state| !state.is_end()).partition(|state| state.is_by_name());
    // Before the others: a flow whose code is right at this moment is one of them by then, or its code is right no more.
    part_from(c, tenant, account, &by_name)?;
    diesel::update(flows::table)
        .filter(flows::tenant_id.eq(Id(tenant.0)))
        .filter(flows::account.eq(Id(account.0)))
        .filter(flows::id.ne(Id(but.map_or(uuid::Uuid::nil(), |flow| flow.0))))
        .filter(flows::state.eq_any(others.iter().map(|state| state.as_str())))
        .set((flows::state.eq(FlowState::Ended.as_str()), flows::touched_at.eq(at(now))))
        .execute(c)?;
    Ok(())
}

/// Leaves flows in these states as if nobody had the name that was typed: whoever typed it could learn from their end that
/// somebody has it, and when the number changed. No code of theirs counts any more, nor one that is still to be sent; one
/// that is asked for from now on goes to the number as it is then.
fn part_from(c: &mut Conn, tenant: TenantId, account: AccountKey, states: &[FlowState]) -> Outcome<()> {
    diesel::update(flows::table)
        .filter(flows::tenant_id.eq(Id(tenant.0)))
        .filter(flows::account.eq(Id(account.0)))
        .filter(flows::state.eq_any(states.iter().map(|state| state.as_str())))
        .set((
            flows::account.eq(None::<Id>),
            flows::code_number.eq(None::<Id>),
            flows::code_message.eq(None::<Id>),
            flows::code_hash.eq(None::<Vec<u8>>),
        ))
        .execute(c)?;
    Ok(())
}
