//! A typed code, and everything that follows from it.

use chrono::TimeDelta;
use diesel::{dsl::case_when, prelude::*, sql_types::Text};
use portvakt_domain::{
    breaker::Codes,
    code::{TRIES_PER_CODE, TRIES_PER_FLOW},
    flow::{Flow, FlowState},
    id::TenantId,
};

use super::super::{Conn, audit, breakers, limits, lock, messages, networks, schema::flows};
use super::{Change, Condition, effect, find, live, step};
use crate::{
    error::Outcome,
    flows::{CodeOutcome, SubmitCode},
    lock::Lock,
    values::{Id, at},
};

pub(crate) fn submit_code(c: &mut Conn, tenant: TenantId, submitted: &SubmitCode) -> Outcome<CodeOutcome> {
    let outcome = decide(c, tenant, submitted)?;
    if !matches!(outcome, CodeOutcome::Wrong { .. } | CodeOutcome::Exhausted) {
        limits::give_back(c, tenant, &submitted.counted.hits, &submitted.counted.at)?;
    }
    Ok(outcome)
}

fn decide(c: &mut Conn, tenant: TenantId, submitted: &SubmitCode) -> Outcome<CodeOutcome> {
    let now = submitted.now;
    if let Some(effect) = &submitted.effect {
        // Before the flow's row: two flows that save a number for one account would wait for each other otherwise.
        lock(c, Lock::Account(tenant, effect.account()))?;
        if !effect::stands(c, tenant, effect)? {
            return Ok(CodeOutcome::Gone);
        }
    }
    if let Some(flow) = right_code(c, tenant, submitted)? {
        if let Some(message) = &submitted.next_message {
            messages::ask(c, tenant, message, now)?;
        }
        let mut events = vec![submitted.event_right.clone()];
        if let Some(effect) = &submitted.effect {
            events.extend(effect::perform(c, tenant, flow.id, effect, now)?);
        }
        // After what may wait for another flow's row: whoever has that one waits for these counts.
        breakers::count(c, tenant, Codes { sent: 0, used: 1 }, now)?;
        if flow.state.is_success() {
            networks::prove(c, tenant, flow.network, now)?;
        }
        audit::record(c, tenant, &events)?;
        return Ok(CodeOutcome::Right);
    }
    let Some((tries, wrong_codes)) = wrong_code(c, tenant, submitted)? else {
        return why_not(c, tenant, submitted);
    };
    // Limits act at the next step; here they only count.
    limits::count_and_tell(c, tenant, &submitted.hits_wrong, now)?;
    let mut events = vec![submitted.event_wrong.clone()];
    let exhausted = wrong_codes >= TRIES_PER_FLOW;
    if exhausted {
        events.push(audit::exhausted(&submitted.event_wrong));
    }
    audit::record(c, tenant, &events)?;
    Ok(if exhausted { CodeOutcome::Exhausted } else { CodeOutcome::Wrong { tries, wrong_codes } })
}

/// The flow that the code was sent in for, as far as it may still be tried: nothing here looks at the code itself.
fn may_be_tried(tenant: TenantId, submitted: &SubmitCode) -> Condition<'static> {
    let life = TimeDelta::seconds(submitted.code_life_seconds);
    let still_valid = flows::code_requested_at.gt(at(submitted.now - life));
    Box::new(
        live(tenant, submitted.kind, &submitted.token_hash, [submitted.state], submitted.now)
            .and(flows::id.eq(Id(submitted.flow.0)))
            .and(flows::tries.lt(TRIES_PER_CODE))
            .and(flows::wrong_codes.lt(TRIES_PER_FLOW))
            .and(still_valid.assume_not_null()),
    )
}

fn right_code(c: &mut Conn, tenant: TenantId, submitted: &SubmitCode) -> Outcome<Option<Flow>> {
    let condition =
        may_be_tried(tenant, submitted).and(flows::code_hash.eq(submitted.code_hash.0.to_vec()).assume_not_null());
    let condition: Condition<'_> = match &submitted.effect {
        None => Box::new(condition),
        Some(effect) => Box::new(condition.and(flows::account.eq(Id(effect.account().0)).assume_not_null())),
    };
    let change = Change {
        token_hash: Some(submitted.new_token_hash.0.to_vec()),
        // Used up.
        code_hash: Some(None),
        ..Change::to(submitted.next_state, submitted.now)
    };
    let change = match &submitted.next_message {
        None => change,
        Some(message) => change.with_new_code(message, 1, submitted.now),
    };
    step(c, condition, change)
}

fn wrong_code(c: &mut Conn, tenant: TenantId, submitted: &SubmitCode) -> Outcome<Option<(i32, i32)>> {
    let counted = diesel::update(flows::table)
        .filter(may_be_tried(tenant, submitted))
        .set((
            flows::tries.eq(flows::tries + 1),
            flows::wrong_codes.eq(flows::wrong_codes + 1),
            flows::state.eq(case_when(
                flows::wrong_codes.ge(TRIES_PER_FLOW - 1),
                FlowState::Exhausted.as_str().into_sql::<Text>(),
            )
            .otherwise(flows::state)),
            flows::touched_at.eq(at(submitted.now)),
        ))
        .returning((flows::tries, flows::wrong_codes))
        .get_result(c)
        .optional()?;
    Ok(counted)
}

/// Why a code was not even tried. Told from what the person did and when, never from whether there is a code.
fn why_not(c: &mut Conn, tenant: TenantId, submitted: &SubmitCode) -> Outcome<CodeOutcome> {
    let now = submitted.now;
    let flow = find(c, tenant, &submitted.kind, &submitted.token_hash)?.filter(|flow| flow.id == submitted.flow);
    let Some(flow) = flow else { return Ok(CodeOutcome::Gone) };
    let life = TimeDelta::seconds(submitted.code_life_seconds);
    Ok(match flow.state {
        FlowState::Exhausted => CodeOutcome::Exhausted,
        state if state != submitted.state || !flow.is_live(now) => CodeOutcome::Gone,
        _ if flow.code_requested_at.is_none_or(|requested| now >= requested + life) => CodeOutcome::Expired,
        _ if flow.tries >= TRIES_PER_CODE => CodeOutcome::CodeDead,
        _ => CodeOutcome::Gone,
    })
}
