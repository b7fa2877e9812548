//! Delayed changes of numbers: one of an account waits, is stopped, overtaken, refused, or carried out once it is due.

use chrono::TimeDelta;
use futures_util::future::join_all;
use portvakt_domain::{
    audit::AuditKind,
    flow::{FlowKind, FlowState as S},
    id::{AccountKey, NumberChangeId, TenantId},
    job::Job,
    language::Language,
    message::{Channel, MessageKind, NewMessage},
    number_change::{ChangeOrigin, NumberChange, NumberChangeState},
};
use portvakt_storage::{
    flows::{self, AskChange, CodeOutcome, NewFlow, NumberEffect, StopChange},
    number_changes::{self, CarryOut, NewNumberChange},
    numbers::{self, NewNumber},
    operator::{self, Lease},
    sweep::{self, SweepAges},
};
use uuid::Uuid;

use crate::{
    fixture::{Fixture, account, event, flow, hash, message, new_number, sealed},
    flows::{CODE, begin, send, set_code},
    numbers::{by_name, list, parted, prove, registering, save},
};

const WAIT: TimeDelta = TimeDelta::hours(48);

fn ask(f: &Fixture, account: AccountKey, target: Uuid, flow: &NewFlow) -> AskChange {
    AskChange {
        change: NewNumberChange {
            id: NumberChangeId(Uuid::new_v4()),
            account,
            target,
            number: sealed("the new number"),
            number_hash: hash(),
            origin: ChangeOrigin::Person,
            flow: flow.id,
            network: hash(),
            language: Language::En,
            requested_at: f.now,
            due_at: f.now + WAIT,
        },
        notices: vec![message(flow.id, MessageKind::ChangeAsked, f.now)],
        event: event(AuditKind::NumberChangeAsked, f.now),
    }
}

/// An account with two numbers, and a change of the first that waits.
async fn waiting(f: &Fixture) -> (AccountKey, Vec<NewNumber>, NumberChange) {
    let (mine, two) = (account(), vec![new_number(f.now), new_number(f.now)]);
    numbers::import(&f.store, f.a, mine, two.clone()).await.expect("imported");
    let flow = registering(f, mine).await;
    let asked = ask(f, mine, two[0].row_id, &flow);
    assert_eq!(send(f, prove(f, &flow, NumberEffect::Ask(asked))).await, CodeOutcome::Right);
    let change = number_changes::waiting(&f.store, f.a, mine).await.expect("found").expect("a change");
    (mine, two, change)
}

/// One that waits, for who needs a row.
pub(crate) async fn delayed_change(f: &Fixture, tenant: TenantId, account: AccountKey, target: Uuid) {
    let new = NewFlow { account: Some(account), ..flow(FlowKind::Register, S::AwaitingNewCode, f.now) };
    let first = message(new.id, MessageKind::NewNumberCode, f.now);
    let begun = event(AuditKind::FlowBegun, f.now);
    flows::begin(&f.store, tenant, new.clone(), vec![], Some(first), begun).await.expect("begun");
    set_code(f, &new, Some(CODE)).await;
    let asked = NumberEffect::Ask(ask(f, account, target, &new));
    let outcome = flows::submit_code(&f.store, tenant, prove(f, &new, asked)).await.expect("an outcome");
    assert_eq!(outcome, CodeOutcome::Right);
}

fn carry_out(f: &Fixture, change: &NumberChange, at: TimeDelta) -> CarryOut {
    CarryOut {
        change: change.id,
        account: change.account,
        now: f.now + at,
        sealed: sealed("sealed anew"),
        number_hash: change.number_hash,
        notices: vec![message(change.flow, MessageKind::NumberChanged, f.now)],
        write_attribute: false,
        event: event(AuditKind::NumberChanged, f.now),
    }
}

async fn state(f: &Fixture, change: &NumberChange) -> NumberChangeState {
    let found = number_changes::find(&f.store, f.a, change.id).await.expect("found").expect("a change");
    assert_eq!(found.number.is_some(), found.state == NumberChangeState::Waiting, "the number goes with the wait");
    found.state
}

fn lease(f: &Fixture, at: TimeDelta) -> Lease {
    Lease::of("w", f.now + at, 100)
}

pub(crate) async fn one_change_waits_and_its_job_with_it(f: Fixture) {
    let (mine, two, change) = waiting(&f).await;
    assert_eq!((change.target, change.due_at, change.language), (two[0].row_id, f.now + WAIT, Language::En));
    assert_eq!(list(&f, mine).await[0].number_hash, two[0].number_hash, "nothing is changed yet");

    // Another one is not asked for while it waits, however many try.
    let flows = join_all((0..4).map(|_| registering(&f, mine))).await;
    let asking = |new| send(&f, prove(&f, new, NumberEffect::Ask(ask(&f, mine, two[1].row_id, new))));
    let all = join_all(flows.iter().map(asking)).await;
    assert_eq!(all, [CodeOutcome::Gone; 4]);

    // Its job is there when it is due, not before.
    let job = Job::ChangeNumber { change: change.id };
    let early = operator::lease_jobs(&f.store, lease(&f, WAIT - TimeDelta::microseconds(1))).await.expect("leased");
    assert!(early.iter().all(|leased| leased.job != job), "{early:?}");
    let due = operator::lease_jobs(&f.store, lease(&f, WAIT)).await.expect("leased");
    assert_eq!(due.iter().filter(|leased| leased.job == job).count(), 1, "{due:?}");
}

pub(crate) async fn of_many_that_ask_at_once_one_is_heard(f: Fixture) {
    for _ in 0..5 {
        let (mine, number) = (account(), new_number(f.now));
        numbers::import(&f.store, f.a, mine, vec![number.clone()]).await.expect("imported");
        let flows = join_all((0..4).map(|_| registering(&f, mine))).await;
        let asking = |new| send(&f, prove(&f, new, NumberEffect::Ask(ask(&f, mine, number.row_id, new))));
        let all = join_all(flows.iter().map(asking)).await;
        assert_eq!(all.iter().filter(|outcome| **outcome == CodeOutcome::Right).count(), 1, "{all:?}");
    }
}

pub(crate) async fn a_change_is_carried_out_once_and_when_it_is_due(f: Fixture) {
    let (mine, two, change) = waiting(&f).await;
    let (open, others) = (registering(&f, mine).await, by_name(&f, mine).await);
    let early = carry_out(&f, &change, WAIT - TimeDelta::microseconds(1));
    assert!(!number_changes::carry_out(&f.store, f.a, early).await.expect("an answer"));
    assert!(!number_changes::carry_out(&f.store, f.b, carry_out(&f, &change, WAIT)).await.expect("an answer"));
    assert_eq!(state(&f, &change).await, NumberChangeState::Waiting);

    let all = join_all((0..8).map(|_| number_changes::carry_out(&f.store, f.a, carry_out(&f, &change, WAIT)))).await;
    assert_eq!(all.into_iter().filter(|done| *done.as_ref().expect("an answer")).count(), 1);
    assert_eq!(state(&f, &change).await, NumberChangeState::Done);
    let now = list(&f, mine).await;
    assert_eq!((now[0].row_id, now[0].number_hash), (two[0].row_id, change.number_hash));
    assert_eq!(now[0].sealed, sealed("sealed anew"));
    assert_eq!(now[1].number_hash, two[1].number_hash, "the other number stays");
    let ended = flows::find_by_id(&f.store, f.a, open.id).await.expect("found").expect("a flow");
    assert_eq!(ended.state, S::Ended);
    parted(&f, others).await;
    assert_eq!(f.number("select count(*) from audit_events where kind = 'number.changed'").await, 1);
    assert_eq!(f.number("select count(*) from messages where kind = 'number_changed'").await, 1);
    // The next one may be asked for.
    assert!(number_changes::waiting(&f.store, f.a, mine).await.expect("an answer").is_none());
}

pub(crate) async fn a_change_is_stopped_by_a_code_and_everybody_is_told(f: Fixture) {
    let (mine, two, change) = waiting(&f).await;
    let stopping = NewFlow { account: Some(mine), ..flow(FlowKind::Register, S::AwaitingStopCode, f.now) };
    begin(&f, &stopping, MessageKind::StopChangeCode).await;
    set_code(&f, &stopping, Some(CODE)).await;
    let told = |channel| NewMessage { channel, ..message(stopping.id, MessageKind::ChangeStopped, f.now) };
    let stop = NumberEffect::Stop(StopChange {
        account: mine,
        mail: told(Channel::Mail),
        sms: told(Channel::Sms),
        event: event(AuditKind::NumberChangeCancelled, f.now),
    });
    let right = prove(&f, &stopping, stop);
    let right = flows::SubmitCode { state: S::AwaitingStopCode, next_state: S::ChangeStopped, ..right };
    assert_eq!(send(&f, right).await, CodeOutcome::Right);
    assert_eq!(state(&f, &change).await, NumberChangeState::Cancelled);
    let sms = "select count(*) from messages where kind = 'change_stopped' and channel = 'sms'";
    assert_eq!(f.number(&format!("{sms} and number_hash is not null")).await, two.len() as i64);
    assert_eq!(f.number("select count(*) from messages where kind = 'change_stopped'").await, 3);
    assert!(!number_changes::carry_out(&f.store, f.a, carry_out(&f, &change, WAIT)).await.expect("an answer"));
    assert_eq!(list(&f, mine).await[0].number_hash, two[0].number_hash);
}

pub(crate) async fn a_change_dies_when_the_number_changes_otherwise(f: Fixture) {
    let (mine, two, change) = waiting(&f).await;
    let flow = registering(&f, mine).await;
    let saved = save(&f, mine, 0, &flow, Some(two[1].row_id));
    assert_eq!(send(&f, prove(&f, &flow, NumberEffect::Save(saved))).await, CodeOutcome::Right);
    assert_eq!(state(&f, &change).await, NumberChangeState::Cancelled);
    assert_eq!(f.number("select count(*) from audit_events where kind = 'number_change.cancelled'").await, 1);
    assert!(!number_changes::carry_out(&f.store, f.a, carry_out(&f, &change, WAIT)).await.expect("an answer"));
}

pub(crate) async fn a_refused_change_is_over_and_old_ones_go(f: Fixture) {
    let (_, _, change) = waiting(&f).await;
    let refuse = async || {
        let told = event(AuditKind::NumberChangeRefused, f.now);
        number_changes::refuse(&f.store, f.a, change.id, f.now, told).await.expect("an answer")
    };
    assert!(refuse().await && !refuse().await);
    assert_eq!(state(&f, &change).await, NumberChangeState::Refused);
    let still = waiting(&f).await.2;
    let after = async |days| {
        let at = f.now + TimeDelta::days(days) + TimeDelta::microseconds(1);
        let swept = event(AuditKind::Swept, at);
        sweep::remove_expired(&f.store, f.a, at, SweepAges::default(), swept).await.expect("swept").number_changes
    };
    assert_eq!((after(29).await, after(30).await, after(400).await), (0, 1, 0));
    assert_eq!(state(&f, &still).await, NumberChangeState::Waiting, "one that waits is not swept");
}

pub(crate) async fn a_wait_is_made_longer(f: Fixture) {
    let (mine, _, change) = waiting(&f).await;
    let by = TimeDelta::hours(5);
    assert_eq!(number_changes::postpone(&f.store, f.b, by).await.expect("an answer"), 0, "another tenant's");
    assert_eq!(number_changes::postpone(&f.store, f.a, by).await.expect("an answer"), 1);
    let found = number_changes::waiting(&f.store, f.a, mine).await.expect("found").expect("a change");
    assert_eq!(found.due_at, change.due_at + by);
    assert!(!number_changes::carry_out(&f.store, f.a, carry_out(&f, &change, WAIT)).await.expect("an answer"));
    assert_eq!(state(&f, &change).await, NumberChangeState::Waiting);
    assert!(number_changes::carry_out(&f.store, f.a, carry_out(&f, &change, WAIT + by)).await.expect("an answer"));
    assert_eq!(number_changes::postpone(&f.store, f.a, by).await.expect("an answer"), 0, "none waits");
}
