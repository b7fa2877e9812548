//! A write to the directory: claimed before, settled after.

use diesel::{dsl::case_when, prelude::*, sql_types::Text};
use portvakt_domain::{
    account::Choice,
    audit::NewEvent,
    code::TRIES_PER_FLOW,
    flow::{Flow, FlowKind, FlowState},
    id::{FlowId, TenantId},
    keys::KeyedHash,
    time::Instant,
};

use super::super::{Conn, audit, messages, networks, rejections, schema::flows};
use super::{Change, Condition, live, recorded, step};
use crate::{
    error::{Outcome, corrupt},
    flows::SettleWrite,
    values::{Id, at, choice_name},
};

pub(crate) fn claim_write(
    c: &mut Conn,
    tenant: TenantId,
    token_hash: &KeyedHash,
    from: &FlowState,
    choice: &Choice,
    now: &Instant,
    event: &NewEvent,
) -> Outcome<Option<Flow>> {
    let condition = live(tenant, FlowKind::Reset, token_hash, [*from], *now);
    let change = Change { choice: Some(choice_name(*choice)), ..Change::to(FlowState::Writing, *now) };
    recorded(c, tenant, condition, change, event)
}

/// The flow, by its id, as far as it stands there.
fn standing(tenant: TenantId, flow: FlowId, state: FlowState) -> Condition<'static> {
    let this = flows::tenant_id.eq(Id(tenant.0)).and(flows::id.eq(Id(flow.0)));
    Box::new(this.and(flows::state.eq(state.as_str())))
}

pub(crate) fn settle_write(c: &mut Conn, tenant: TenantId, settled: &SettleWrite) -> Outcome<Option<FlowState>> {
    let (flow, next, now) = (settled.flow, settled.next_state, settled.now);
    let stands = if settled.wrong_password {
        wrong_password(c, tenant, settled)?
    } else {
        let ended = step(c, standing(tenant, flow, FlowState::Writing), Change::to(next, now))?;
        if let Some(flow) = ended.as_ref().filter(|flow| flow.state.is_success()) {
            networks::prove(c, tenant, flow.network, now)?;
        }
        ended.map(|flow| flow.state)
    };
    if stands.is_none() && next.is_end() {
        step(c, standing(tenant, flow, FlowState::Ended), Change::to(next, now))?;
    }
    for notice in &settled.notices {
        messages::ask(c, tenant, notice, now)?;
    }
    rejections::count(c, tenant, settled.rejection.as_slice(), &now)?;
    let mut events = vec![settled.event.clone()];
    if settled.wrong_password && stands == Some(FlowState::Exhausted) {
        events.push(audit::exhausted(&settled.event));
    }
    audit::record(c, tenant, &events)?;
    Ok(stands)
}

/// Counts a wrong password; the flow goes on, or is over with the last one that it may try.
fn wrong_password(c: &mut Conn, tenant: TenantId, settled: &SettleWrite) -> Outcome<Option<FlowState>> {
    let stands: Option<String> = diesel::update(flows::table)
        .filter(standing(tenant, settled.flow, FlowState::Writing))
        .set((
            flows::wrong_codes.eq(flows::wrong_codes + 1),
            flows::state.eq(case_when(
                flows::wrong_codes.ge(TRIES_PER_FLOW - 1),
                FlowState::Exhausted.as_str().into_sql::<Text>(),
            )
            .otherwise(settled.next_state.as_str().into_sql::<Text>())),
            flows::touched_at.eq(at(settled.now)),
        ))
        .returning(flows::state)
        .get_result(c)
        .optional()?;
    stands.map(|name| FlowState::from_stored(&name).ok_or_else(|| corrupt("flows.state"))).transpose()
}
