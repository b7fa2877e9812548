//! Every conditional step of a flow: from which states it is taken, that it is taken once, and what it loses with.

use chrono::TimeDelta;
use portvakt_domain::{
    account::Choice,
    audit::AuditKind,
    flow::{FlowKind, FlowState, IDLE_LIFE, NumberTask, WHOLE_LIFE},
    id::TenantId,
    keys::KeyedHash,
    message::MessageKind,
    time::Instant,
};
use portvakt_storage::flows::{self, BeginTask, CodeOutcome, NewFlow, SubmitCode};

use crate::fixture::{Fixture, event, flow, hash, message, sealed};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    AskAgain,
    SubmitCode,
    ConfirmPassword,
    FailPassword,
    BeginTask,
    KeepNumber,
    Choose,
    ClaimWrite,
    ClaimChange,
    Stay,
    Cancel,
}

use FlowState as S;
use Step as T;

/// Where a flow waits for its person.
const OPEN: &[FlowState] = &[
    S::AwaitingCode,
    S::Verified,
    S::AwaitingChangeCode,
    S::Changing,
    S::SignedIn,
    S::EnteringNumber,
    S::AwaitingOldCode,
    S::AwaitingNewCode,
    S::AwaitingStopCode,
];

/// The step, its house, the states it is taken from, and whether taking it leaves the flow in one of them.
const STEPS: [(Step, FlowKind, &[FlowState], bool); 11] = [
    (
        T::AskAgain,
        FlowKind::Reset,
        &[S::AwaitingCode, S::AwaitingChangeCode, S::AwaitingOldCode, S::AwaitingNewCode, S::AwaitingStopCode],
        false,
    ),
    (T::SubmitCode, FlowKind::Reset, &[S::AwaitingCode], false),
    (T::ConfirmPassword, FlowKind::Register, &[S::SignedIn], false),
    (T::FailPassword, FlowKind::Register, &[S::SignedIn], true),
    (T::BeginTask, FlowKind::Register, &[S::EnteringNumber, S::AwaitingOldCode, S::AwaitingNewCode], true),
    (T::KeepNumber, FlowKind::Register, &[S::EnteringNumber], false),
    (T::Choose, FlowKind::Reset, &[S::Verified], true),
    (T::ClaimWrite, FlowKind::Reset, &[S::Verified], false),
    (T::ClaimChange, FlowKind::Reset, &[S::Changing], false),
    (T::Stay, FlowKind::Reset, OPEN, true),
    (T::Cancel, FlowKind::Reset, OPEN, false),
];

const CODE: KeyedHash = KeyedHash([1; 32]);

async fn take(f: &Fixture, tenant: TenantId, step: Step, flow: &NewFlow, token: KeyedHash, now: Instant) -> bool {
    let store = &f.store;
    let kind = flow.kind;
    let told = |kind| event(kind, now);
    match step {
        T::AskAgain => {
            let again = message(flow.id, MessageKind::ResetCode, now);
            flows::ask_again(store, tenant, token, kind, now, 1, None, again, told(AuditKind::CodeAskedAgain)).await
        }
        T::SubmitCode => {
            let outcome = flows::submit_code(
                store,
                tenant,
                SubmitCode {
                    flow: flow.id,
                    kind,
                    token_hash: token,
                    state: S::AwaitingCode,
                    code_hash: CODE,
                    code_life_seconds: 3_600,
                    new_token_hash: hash(),
                    next_state: S::Verified,
                    now,
                    hits_wrong: Vec::new(),
                    counted: flows::Counted::default(),
                    event_right: told(AuditKind::CodeRight),
                    event_wrong: told(AuditKind::CodeWrong),
                    next_message: None,
                    effect: None,
                },
            )
            .await;
            outcome.map(|outcome| {
                assert!(
                    matches!(outcome, CodeOutcome::Right | CodeOutcome::Gone | CodeOutcome::Exhausted),
                    "{outcome:?}"
                );
                outcome == CodeOutcome::Right
            })
        }
        T::ConfirmPassword => {
            flows::confirm_password(store, tenant, token, hash(), now, told(AuditKind::SignedIn)).await
        }
        T::FailPassword => flows::fail_password(store, tenant, token, now, told(AuditKind::SignInRefused))
            .await
            .map(|wrong| wrong.is_some()),
        T::BeginTask => {
            let begun = BeginTask {
                token_hash: token,
                now,
                task: NumberTask::First,
                target: None,
                proof: None,
                pending_number: Some(sealed("number")),
                pending_number_hash: Some(hash()),
                pending_holder: None,
                next_state: S::AwaitingNewCode,
                message: message(flow.id, MessageKind::NewNumberCode, now),
                event: told(AuditKind::CodeAskedAgain),
            };
            flows::begin_task(store, tenant, begun).await
        }
        T::KeepNumber => flows::keep_number(store, tenant, token, now).await,
        T::Choose => flows::choose(store, tenant, token, Choice::NewPassword, now).await,
        T::ClaimWrite | T::ClaimChange => {
            let from = if step == T::ClaimWrite { S::Verified } else { S::Changing };
            let intended = told(AuditKind::PasswordIntended);
            flows::claim_write(store, tenant, token, from, Choice::NewPassword, now, intended)
                .await
                .map(|flow| flow.is_some())
        }
        T::Stay => flows::stay(store, tenant, kind, token, now).await.map(|flow| flow.is_some()),
        T::Cancel => flows::cancel(store, tenant, kind, token, now, told(AuditKind::FlowCancelled)).await,
    }
    .unwrap_or_else(|error| panic!("{step:?}: {error:?}"))
}

/// A flow with a code, put where it should stand.
async fn standing(f: &Fixture, kind: FlowKind, state: FlowState) -> NewFlow {
    let new = flow(kind, S::AwaitingCode, f.now);
    let first = message(new.id, MessageKind::ResetCode, f.now);
    flows::begin(&f.store, f.a, new.clone(), vec![], Some(first), event(AuditKind::FlowBegun, f.now))
        .await
        .expect("begun");
    let code = "01".repeat(32);
    let code = if f.store.is_sqlite() { format!("x'{code}'") } else { format!("'\\x{code}'") };
    f.execute(&format!(
        "update flows set state = '{}', code_hash = {code} where id = {}",
        state.as_str(),
        f.id(new.id.0)
    ))
    .await;
    new
}

pub(crate) async fn every_step_is_taken_once_and_only_from_its_states(f: Fixture) {
    for (step, kind, from, again) in STEPS {
        for state in FlowState::ALL {
            let flow = standing(&f, kind, *state).await;
            let taken = take(&f, f.a, step, &flow, flow.token_hash, f.now).await;
            assert_eq!(taken, from.contains(state), "{step:?} from {state:?}");
            if taken {
                let repeated = take(&f, f.a, step, &flow, flow.token_hash, f.now).await;
                assert_eq!(repeated, again, "{step:?} from {state:?}, once more");
            }
        }
    }
}

pub(crate) async fn every_step_ends_with_the_flows_time(f: Fixture) {
    let moment = TimeDelta::microseconds(1);
    for (step, kind, from, _) in STEPS {
        for (later, touched, lives) in [
            (IDLE_LIFE - moment, f.now, true),
            (IDLE_LIFE, f.now, false),
            (WHOLE_LIFE - moment, f.now + WHOLE_LIFE - moment, true),
            (WHOLE_LIFE, f.now + WHOLE_LIFE - moment, false),
        ] {
            let flow = standing(&f, kind, from[0]).await;
            let touched = f.time(touched);
            f.execute(&format!("update flows set touched_at = {touched} where id = {}", f.id(flow.id.0))).await;
            let taken = take(&f, f.a, step, &flow, flow.token_hash, f.now + later).await;
            assert_eq!(taken, lives, "{step:?} after {later}");
            if taken {
                let found = flows::find_by_id(&f.store, f.a, flow.id).await.expect("found").expect("a flow");
                assert_eq!(found.touched_at, f.now + later, "{step:?} extends the flow");
            }
        }
    }
}

pub(crate) async fn every_step_loses_with_another_token_or_tenant(f: Fixture) {
    for (step, kind, from, _) in STEPS {
        let flow = standing(&f, kind, from[0]).await;
        assert!(!take(&f, f.a, step, &flow, hash(), f.now).await, "{step:?} with another token");
        assert!(!take(&f, f.b, step, &flow, flow.token_hash, f.now).await, "{step:?} as another tenant");
        let other = match kind {
            FlowKind::Reset => FlowKind::Register,
            FlowKind::Register => FlowKind::Reset,
        };
        let elsewhere = standing(&f, other, from[0]).await;
        let posing = NewFlow { kind, ..elsewhere };
        assert!(!take(&f, f.a, step, &posing, posing.token_hash, f.now).await, "{step:?} at the other house");
        assert!(take(&f, f.a, step, &flow, flow.token_hash, f.now).await, "{step:?} with its own");
    }
}
