//! Flows: every step is one conditional change of the row.

use diesel::{
    BoxableExpression,
    dsl::case_when,
    prelude::*,
    sql_types::{Bool, Text},
};
use portvakt_domain::{
    account::Choice,
    audit::NewEvent,
    code::{CODES_PER_FLOW, TRIES_PER_FLOW},
    flow::{Flow, FlowKind, FlowState, IDLE_LIFE, WHOLE_LIFE},
    id::{FlowId, TenantId},
    keys::KeyedHash,
    limit::Hit,
    message::NewMessage,
    time::Instant,
};
use uuid::Uuid;

use super::{Conn, audit, limits, messages, schema::flows};
use crate::{
    error::{Outcome, StorageError, corrupt},
    flows::{BeginTask, Begun, NewFlow},
    values::{At, Id, at, choice_name},
};

mod code;
mod effect;
mod row;
mod write;
pub(crate) use code::submit_code;
pub(crate) use effect::end_flows_of;
use row::FlowRow;
pub(crate) use write::{claim_write, settle_write};

/// What a step changes; `None` leaves a column as it is.
#[derive(AsChangeset, Default)]
#[diesel(table_name = flows)]
struct Change {
    state: Option<&'static str>,
    token_hash: Option<Vec<u8>>,
    task: Option<&'static str>,
    target: Option<Option<Id>>,
    proof: Option<Option<Id>>,
    pending_number: Option<Option<Vec<u8>>>,
    pending_number_hash: Option<Option<Vec<u8>>>,
    pending_holder: Option<Option<Vec<u8>>>,
    choice: Option<&'static str>,
    code_message: Option<Id>,
    code_requested_at: Option<At>,
    code_hash: Option<Option<Vec<u8>>>,
    tries: Option<i32>,
    codes_sent: Option<i32>,
    touched_at: Option<At>,
}

impl Change {
    fn to(state: FlowState, now: Instant) -> Self {
        Self { state: Some(state.as_str()), ..Self::touch(now) }
    }

    fn touch(now: Instant) -> Self {
        Self { touched_at: Some(at(now)), ..Self::default() }
    }

    /// A new code was asked for: the one before is void, whether it was sent or not.
    fn with_new_code(self, message: &NewMessage, codes_sent: i32, now: Instant) -> Self {
        Self {
            code_message: Some(Id(message.id.0)),
            code_requested_at: Some(at(now)),
            code_hash: Some(None),
            tries: Some(0),
            codes_sent: Some(codes_sent),
            ..self
        }
    }
}

type Condition<'a> = Box<dyn BoxableExpression<flows::table, super::Db, SqlType = Bool> + 'a>;

/// The flow that a browser holds the token of, where it stands in one of `states` and its time is not over.
fn live(
    tenant: TenantId,
    kind: FlowKind,
    token_hash: &KeyedHash,
    states: impl IntoIterator<Item = FlowState>,
    now: Instant,
) -> Condition<'static> {
    let states: Vec<&'static str> = states.into_iter().map(FlowState::as_str).collect();
    Box::new(
        held(tenant, kind, token_hash)
            .and(flows::state.eq_any(states))
            .and(flows::touched_at.gt(at(now - IDLE_LIFE)))
            .and(flows::created_at.gt(at(now - WHOLE_LIFE))),
    )
}

/// The flow that a browser holds the token of.
fn held(tenant: TenantId, kind: FlowKind, token_hash: &KeyedHash) -> Condition<'static> {
    Box::new(
        flows::tenant_id
            .eq(Id(tenant.0))
            .and(flows::kind.eq(kind.as_str()))
            .and(flows::token_hash.eq(token_hash.0.to_vec())),
    )
}

/// Changes the one flow that the condition holds for, if there is one.
fn step(c: &mut Conn, condition: Condition<'_>, change: Change) -> Outcome<Option<Flow>> {
    diesel::update(flows::table)
        .filter(condition)
        .set(change)
        .returning(FlowRow::as_returning())
        .get_result(c)
        .optional()?
        .map(FlowRow::read)
        .transpose()
}

/// A step that asks for nothing and tells nobody but the audit trail.
fn recorded(
    c: &mut Conn,
    tenant: TenantId,
    condition: Condition<'_>,
    change: Change,
    event: &NewEvent,
) -> Outcome<Option<Flow>> {
    let flow = step(c, condition, change)?;
    if flow.is_some() {
        audit::record(c, tenant, std::slice::from_ref(event))?;
    }
    Ok(flow)
}

pub(crate) fn begin(
    c: &mut Conn,
    tenant: TenantId,
    flow: &NewFlow,
    hits: &[Hit],
    message: &Option<NewMessage>,
    event: &NewEvent,
) -> Outcome<Begun> {
    if let Some(limit_name) = limits::count(c, tenant, hits, &flow.at)? {
        return Ok(Begun::Limited { limit_name });
    }
    let inserted = diesel::insert_into(flows::table)
        .values((
            (
                flows::tenant_id.eq(Id(tenant.0)),
                flows::id.eq(Id(flow.id.0)),
                flows::kind.eq(flow.kind.as_str()),
                flows::state.eq(flow.state.as_str()),
                flows::token_hash.eq(flow.token_hash.0.to_vec()),
                flows::start_hash.eq(flow.start_hash.0.to_vec()),
                flows::login.eq(&flow.login.0),
                flows::login_hash.eq(flow.login_hash.0.to_vec()),
                flows::account.eq(flow.account.map(|account| Id(account.0))),
                flows::network.eq(flow.network.0.to_vec()),
                flows::trusted_network.eq(flow.trusted_network),
                flows::language.eq(flow.language.tag()),
            ),
            (
                flows::code_message.eq(message.as_ref().map(|message| Id(message.id.0))),
                flows::code_requested_at.eq(message.as_ref().map(|_| at(flow.at))),
                flows::tries.eq(0),
                flows::wrong_codes.eq(0),
                flows::codes_sent.eq(i32::from(message.is_some())),
                flows::created_at.eq(at(flow.at)),
                flows::touched_at.eq(at(flow.at)),
            ),
        ))
        // Whichever index says so: both clicks of a double click may bring the same token, too.
        .on_conflict_do_nothing()
        .execute(c)?;
    if inserted == 0 {
        let first: Option<(Id, Vec<u8>, String)> = flows::table
            .filter(flows::tenant_id.eq(Id(tenant.0)))
            .filter(flows::kind.eq(flow.kind.as_str()))
            .filter(flows::start_hash.eq(flow.start_hash.0.to_vec()))
            .select((flows::id, flows::login_hash, flows::state))
            .first(c)
            .optional()?;
        let Some((id, login_hash, state)) = first else {
            return Err(StorageError::Conflict("a flow with this id or token".to_owned()).into());
        };
        return Ok(Begun::Repeated {
            id: FlowId(id.0),
            same_login: login_hash == flow.login_hash.0,
            state: FlowState::from_stored(&state).ok_or_else(|| corrupt("flows.state"))?,
        });
    }
    if let Some(message) = message {
        messages::ask(c, tenant, message, flow.at)?;
    }
    audit::record(c, tenant, std::slice::from_ref(event))?;
    Ok(Begun::Started)
}

pub(crate) fn find(c: &mut Conn, tenant: TenantId, kind: &FlowKind, token_hash: &KeyedHash) -> Outcome<Option<Flow>> {
    let row: Option<FlowRow> =
        flows::table.filter(held(tenant, *kind, token_hash)).select(FlowRow::as_select()).first(c).optional()?;
    row.map(FlowRow::read).transpose()
}

pub(crate) fn find_by_id(c: &mut Conn, tenant: TenantId, flow: &FlowId) -> Outcome<Option<Flow>> {
    let row: Option<FlowRow> =
        flows::table.find((Id(tenant.0), Id(flow.0))).select(FlowRow::as_select()).first(c).optional()?;
    row.map(FlowRow::read).transpose()
}

#[expect(clippy::too_many_arguments, reason = "each is a word of the condition")]
pub(crate) fn ask_again(
    c: &mut Conn,
    tenant: TenantId,
    token_hash: &KeyedHash,
    kind: &FlowKind,
    now: &Instant,
    expected_codes_sent: &i32,
    proof: &Option<Uuid>,
    message: &NewMessage,
    event: &NewEvent,
) -> Outcome<bool> {
    let awaiting = FlowState::ALL.iter().copied().filter(|state| state.awaits_code());
    let condition = live(tenant, *kind, token_hash, awaiting, *now)
        .and(flows::codes_sent.eq(*expected_codes_sent))
        .and(flows::codes_sent.lt(CODES_PER_FLOW));
    let change = Change { proof: proof.map(|row| Some(Id(row))), ..Change::touch(*now) };
    let change = change.with_new_code(message, expected_codes_sent + 1, *now);
    if step(c, Box::new(condition), change)?.is_none() {
        return Ok(false);
    }
    messages::ask(c, tenant, message, *now)?;
    audit::record(c, tenant, std::slice::from_ref(event))?;
    Ok(true)
}

pub(crate) fn confirm_password(
    c: &mut Conn,
    tenant: TenantId,
    token_hash: &KeyedHash,
    new_token_hash: &KeyedHash,
    now: &Instant,
    event: &NewEvent,
) -> Outcome<bool> {
    let condition = live(tenant, FlowKind::Register, token_hash, [FlowState::SignedIn], *now);
    let change = Change { token_hash: Some(new_token_hash.0.to_vec()), ..Change::to(FlowState::EnteringNumber, *now) };
    Ok(recorded(c, tenant, condition, change, event)?.is_some())
}

pub(crate) fn fail_password(
    c: &mut Conn,
    tenant: TenantId,
    token_hash: &KeyedHash,
    now: &Instant,
    event: &NewEvent,
) -> Outcome<Option<i32>> {
    let wrong: Option<i32> = diesel::update(flows::table)
        .filter(live(tenant, FlowKind::Register, token_hash, [FlowState::SignedIn], *now))
        .set((
            flows::wrong_codes.eq(flows::wrong_codes + 1),
            flows::state.eq(case_when(
                flows::wrong_codes.ge(TRIES_PER_FLOW - 1),
                FlowState::Exhausted.as_str().into_sql::<Text>(),
            )
            .otherwise(flows::state)),
            flows::touched_at.eq(at(*now)),
        ))
        .returning(flows::wrong_codes)
        .get_result(c)
        .optional()?;
    let Some(wrong) = wrong else { return Ok(None) };
    let mut events = vec![event.clone()];
    if wrong >= TRIES_PER_FLOW {
        events.push(audit::exhausted(event));
    }
    audit::record(c, tenant, &events)?;
    Ok(Some(wrong))
}

pub(crate) fn begin_task(c: &mut Conn, tenant: TenantId, begun: &BeginTask) -> Outcome<bool> {
    let states = FlowState::ALL.iter().copied().filter(|state| state.may_begin_task());
    let condition = live(tenant, FlowKind::Register, &begun.token_hash, states, begun.now);
    let change = Change {
        task: Some(begun.task.as_str()),
        target: Some(begun.target.map(Id)),
        proof: Some(begun.proof.map(Id)),
        pending_number: Some(begun.pending_number.as_ref().map(|sealed| sealed.0.clone())),
        pending_number_hash: Some(begun.pending_number_hash.map(|hash| hash.0.to_vec())),
        pending_holder: Some(begun.pending_holder.as_ref().map(|sealed| sealed.0.clone())),
        ..Change::to(begun.next_state, begun.now).with_new_code(&begun.message, 1, begun.now)
    };
    if step(c, condition, change)?.is_none() {
        return Ok(false);
    }
    messages::ask(c, tenant, &begun.message, begun.now)?;
    audit::record(c, tenant, std::slice::from_ref(&begun.event))?;
    Ok(true)
}

pub(crate) fn keep_number(c: &mut Conn, tenant: TenantId, token_hash: &KeyedHash, now: &Instant) -> Outcome<bool> {
    let condition = live(tenant, FlowKind::Register, token_hash, [FlowState::EnteringNumber], *now);
    Ok(step(c, condition, Change::to(FlowState::NumberKept, *now))?.is_some())
}

pub(crate) fn choose(
    c: &mut Conn,
    tenant: TenantId,
    token_hash: &KeyedHash,
    choice: &Choice,
    now: &Instant,
) -> Outcome<bool> {
    let condition = live(tenant, FlowKind::Reset, token_hash, [FlowState::Verified], *now);
    let change = Change { choice: Some(choice_name(*choice)), ..Change::touch(*now) };
    Ok(step(c, condition, change)?.is_some())
}

pub(crate) fn stay(
    c: &mut Conn,
    tenant: TenantId,
    kind: &FlowKind,
    token_hash: &KeyedHash,
    now: &Instant,
) -> Outcome<Option<Flow>> {
    step(c, live(tenant, *kind, token_hash, open(), *now), Change::touch(*now))
}

/// The states of a flow that waits for its person.
fn open() -> impl Iterator<Item = FlowState> {
    FlowState::ALL.iter().copied().filter(|state| !state.is_end() && *state != FlowState::Writing)
}

pub(crate) fn cancel(
    c: &mut Conn,
    tenant: TenantId,
    kind: &FlowKind,
    token_hash: &KeyedHash,
    now: &Instant,
    event: &NewEvent,
) -> Outcome<bool> {
    let condition = live(tenant, *kind, token_hash, open(), *now);
    Ok(recorded(c, tenant, condition, Change::to(FlowState::Cancelled, *now), event)?.is_some())
}
