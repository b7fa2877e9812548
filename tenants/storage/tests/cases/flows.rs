//! Flows.

use chrono::TimeDelta;
use futures_util::future::join_all;
use portvakt_domain::{
    account::Choice,
    audit::AuditKind,
    flow::{FlowKind, FlowState as S},
    id::AccountKey,
    keys::KeyedHash,
    message::MessageKind,
};
use portvakt_storage::{
    flows::{self, Begun, CodeOutcome, Counted, NewFlow, NumberEffect, SettleWrite, SubmitCode},
    limits, messages,
};
use uuid::Uuid;

use crate::{
    fixture::{Fixture, account, event, flow, hash, hit, message, minutes, settled},
    numbers::{prove, registering, save},
};

pub(crate) const CODE: KeyedHash = KeyedHash([1; 32]);
const LIFE: i64 = 600;

pub(crate) async fn begin(f: &Fixture, new: &NewFlow, kind: MessageKind) -> Begun {
    let first = message(new.id, kind, f.now);
    flows::begin(&f.store, f.a, new.clone(), vec![], Some(first), event(AuditKind::FlowBegun, f.now))
        .await
        .expect("begun")
}

pub(crate) async fn set_code(f: &Fixture, new: &NewFlow, code: Option<KeyedHash>) {
    let code = match code {
        None => "null".to_owned(),
        Some(code) => {
            let hex: String = code.0.iter().map(|byte| format!("{byte:02x}")).collect();
            if f.store.is_sqlite() { format!("x'{hex}'") } else { format!("'\\x{hex}'") }
        }
    };
    f.execute(&format!("update flows set code_hash = {code} where id = {}", f.id(new.id.0))).await;
}

/// A reset that awaits the code.
async fn awaiting(f: &Fixture) -> NewFlow {
    let new = flow(FlowKind::Reset, S::AwaitingCode, f.now);
    assert_eq!(begin(f, &new, MessageKind::ResetCode).await, Begun::Started);
    set_code(f, &new, Some(CODE)).await;
    new
}

pub(crate) fn submit(f: &Fixture, new: &NewFlow, code: KeyedHash) -> SubmitCode {
    SubmitCode {
        flow: new.id,
        kind: new.kind,
        token_hash: new.token_hash,
        state: S::AwaitingCode,
        code_hash: code,
        code_life_seconds: LIFE,
        new_token_hash: hash(),
        next_state: S::Verified,
        now: f.now,
        hits_wrong: vec![],
        counted: Counted::default(),
        event_right: event(AuditKind::CodeRight, f.now),
        event_wrong: event(AuditKind::CodeWrong, f.now),
        next_message: None,
        effect: None,
    }
}

pub(crate) async fn send(f: &Fixture, submitted: SubmitCode) -> CodeOutcome {
    flows::submit_code(&f.store, f.a, submitted).await.expect("an outcome")
}

pub(crate) async fn a_flow_comes_back_as_it_was_begun(f: Fixture) {
    let new =
        NewFlow { account: Some(account()), trusted_network: true, ..flow(FlowKind::Register, S::SignedIn, f.now) };
    let begun = flows::begin(&f.store, f.a, new.clone(), vec![], None, event(AuditKind::SignedIn, f.now)).await;
    assert_eq!(begun.expect("begun"), Begun::Started);
    let found = flows::find(&f.store, f.a, FlowKind::Register, new.token_hash).await.expect("found").expect("a flow");
    assert_eq!((found.tenant, found.id, found.kind, found.state), (f.a, new.id, new.kind, new.state));
    assert_eq!((found.login, found.account, found.network), (new.login, new.account, new.network));
    assert_eq!((found.trusted_network, found.language), (true, new.language));
    assert_eq!((found.created_at, found.touched_at), (f.now, f.now), "to the microsecond");
    assert_eq!((found.tries, found.wrong_codes, found.codes_sent, found.code_requested_at), (0, 0, 0, None));

    let reset = awaiting(&f).await;
    let found = flows::find_by_id(&f.store, f.a, reset.id).await.expect("found").expect("a flow");
    assert_eq!((found.codes_sent, found.code_requested_at), (1, Some(f.now)));
    assert!(flows::find(&f.store, f.a, FlowKind::Register, reset.token_hash).await.expect("an answer").is_none());
    assert!(flows::find(&f.store, f.a, FlowKind::Reset, hash()).await.expect("an answer").is_none());
    assert!(flows::find(&f.store, f.a, FlowKind::Reset, reset.token_hash).await.expect("an answer").is_some());
}

pub(crate) async fn a_form_begins_one_flow(f: Fixture) {
    let first = flow(FlowKind::Reset, S::AwaitingCode, f.now);
    let clicks = (0..50).map(|i| {
        // Two in one message would be refused for its id; every click brings its own.
        let click = NewFlow { id: portvakt_domain::id::FlowId(Uuid::new_v4()), ..first.clone() };
        let click = if i % 2 == 0 { click } else { NewFlow { login_hash: hash(), ..click } };
        let f = &f;
        async move { (click.clone(), begin(f, &click, MessageKind::ResetCode).await) }
    });
    let all = join_all(clicks).await;
    let started: Vec<_> = all.iter().filter(|(_, begun)| *begun == Begun::Started).collect();
    assert_eq!(started.len(), 1);
    let (winner, _) = started[0];
    for (click, begun) in &all {
        if click.id != winner.id {
            let same_login = click.login_hash == winner.login_hash;
            assert_eq!(*begun, Begun::Repeated { id: winner.id, same_login, state: S::AwaitingCode });
        }
    }
    assert_eq!(f.number("select count(*) from messages").await, 1);
    assert_eq!(f.number("select count(*) from jobs where kind = 'send_code'").await, 1);
    assert_eq!(f.number("select count(*) from audit_events where kind = 'flow.begun'").await, 1);
    // The same form elsewhere is another form.
    let there = flows::begin(&f.store, f.b, first.clone(), vec![], None, event(AuditKind::FlowBegun, f.now)).await;
    assert_eq!(there.expect("begun"), Begun::Started);
}

pub(crate) async fn a_limit_keeps_nothing_but_counts(f: Fixture) {
    let hits = vec![hit("wide", 100), hit("narrow", 2)];
    for expected in [Begun::Started, Begun::Started, Begun::Limited { limit_name: "narrow" }] {
        let new = flow(FlowKind::Reset, S::AwaitingCode, f.now);
        let first = message(new.id, MessageKind::ResetCode, f.now);
        let begun =
            flows::begin(&f.store, f.a, new, hits.clone(), Some(first), event(AuditKind::FlowBegun, f.now)).await;
        assert_eq!(begun.expect("begun"), expected);
    }
    assert_eq!(limits::current(&f.store, f.a, hits, f.now).await.expect("counts"), [3, 3]);
    assert_eq!(f.number("select count(*) from flows").await, 2);
    assert_eq!(f.number("select count(*) from messages").await, 2);
}

pub(crate) async fn a_right_code_is_right_once(f: Fixture) {
    let new = awaiting(&f).await;
    let all = join_all((0..50).map(|_| send(&f, submit(&f, &new, CODE)))).await;
    assert_eq!(all.iter().filter(|outcome| **outcome == CodeOutcome::Right).count(), 1);
    assert_eq!(all.iter().filter(|outcome| **outcome == CodeOutcome::Gone).count(), 49, "{all:?}");
    assert_eq!(f.number("select count(*) from audit_events where kind = 'code.right'").await, 1);
    assert_eq!(f.number("select sum(tries + wrong_codes) from flows").await, 0);
    assert_eq!(f.number("select count(*) from flows where code_hash is not null").await, 0, "used up");
}

pub(crate) async fn wrong_codes_end_the_code_then_the_flow(f: Fixture) {
    let new = awaiting(&f).await;
    let hits = vec![hit("failures", 100)];
    let wrong = || SubmitCode { hits_wrong: hits.clone(), ..submit(&f, &new, hash()) };
    for n in 1..=3 {
        assert_eq!(send(&f, wrong()).await, CodeOutcome::Wrong { tries: n, wrong_codes: n });
    }
    assert_eq!(send(&f, wrong()).await, CodeOutcome::CodeDead);
    assert_eq!(send(&f, submit(&f, &new, CODE)).await, CodeOutcome::CodeDead, "the right one comes too late");
    let again = message(new.id, MessageKind::ResetCode, f.now);
    let told = || event(AuditKind::CodeAskedAgain, f.now);
    let asked = flows::ask_again(&f.store, f.a, new.token_hash, FlowKind::Reset, f.now, 1, None, again.clone(), told());
    assert!(asked.await.expect("an answer"));
    set_code(&f, &new, Some(CODE)).await;
    assert_eq!(send(&f, wrong()).await, CodeOutcome::Wrong { tries: 1, wrong_codes: 4 });
    assert_eq!(send(&f, wrong()).await, CodeOutcome::Exhausted);
    assert_eq!(send(&f, submit(&f, &new, CODE)).await, CodeOutcome::Exhausted);
    assert_eq!(limits::current(&f.store, f.a, hits, f.now).await.expect("counts"), [5], "what was looked at");
    assert_eq!(f.number("select count(*) from audit_events where kind = 'code.wrong'").await, 5);
    assert_eq!(f.number("select count(*) from audit_events where kind = 'flow.exhausted'").await, 1);
    let found = flows::find_by_id(&f.store, f.a, new.id).await.expect("found").expect("a flow");
    assert_eq!((found.state, found.wrong_codes), (S::Exhausted, 5));

    // Concurrent guesses are counted one by one, too.
    let other = awaiting(&f).await;
    let all = join_all((0..40).map(|_| send(&f, submit(&f, &other, hash())))).await;
    let counted = |outcome: &&CodeOutcome| matches!(outcome, CodeOutcome::Wrong { .. });
    assert_eq!(all.iter().filter(counted).count(), 3, "{all:?}");
    // No more codes than a flow has.
    let ask = |sent| {
        let again = message(other.id, MessageKind::ResetCode, f.now);
        flows::ask_again(&f.store, f.a, other.token_hash, FlowKind::Reset, f.now, sent, None, again, told())
    };
    let both = join_all([ask(1), ask(1), ask(2)]).await;
    assert!(both.iter().filter(|asked| *asked.as_ref().expect("an answer")).count() <= 2);
    f.execute(&format!("update flows set codes_sent = 3 where id = {}", f.id(other.id.0))).await;
    assert!(ask(3).await.expect("an answer"));
    assert!(!ask(4).await.expect("an answer"));
}

pub(crate) async fn what_was_counted_beforehand_stays_for_a_wrong_code_only(f: Fixture) {
    let counted = async |new: &NewFlow, code| {
        let (hits, at) = (vec![hit("failures", 100)], f.now);
        limits::count(&f.store, f.a, hits.clone(), at).await.expect("counted");
        let submitted = SubmitCode { counted: Counted { hits: hits.clone(), at }, ..submit(&f, new, code) };
        let outcome = send(&f, submitted).await;
        (outcome, limits::current(&f.store, f.a, hits, at).await.expect("counts")[0])
    };
    let new = awaiting(&f).await;
    assert_eq!(counted(&new, hash()).await, (CodeOutcome::Wrong { tries: 1, wrong_codes: 1 }, 1));
    assert_eq!(counted(&new, CODE).await, (CodeOutcome::Right, 1));
    assert_eq!(counted(&new, CODE).await, (CodeOutcome::Gone, 1), "not looked at");
    let dead = awaiting(&f).await;
    for tries in 1..=3 {
        let wrong = CodeOutcome::Wrong { tries, wrong_codes: tries };
        assert_eq!(counted(&dead, hash()).await, (wrong, 1 + i64::from(tries)));
    }
    assert_eq!(counted(&dead, hash()).await, (CodeOutcome::CodeDead, 4), "not looked at");
}

pub(crate) async fn a_code_is_valid_for_its_life(f: Fixture) {
    let new = awaiting(&f).await;
    let at = |micros| f.now + TimeDelta::seconds(LIFE) + TimeDelta::microseconds(micros);
    let late = SubmitCode { now: at(0), ..submit(&f, &new, CODE) };
    assert_eq!(send(&f, late).await, CodeOutcome::Expired);
    let late_and_wrong = SubmitCode { now: at(0), ..submit(&f, &new, hash()) };
    assert_eq!(send(&f, late_and_wrong).await, CodeOutcome::Expired);
    let in_time = SubmitCode { now: at(-1), ..submit(&f, &new, CODE) };
    assert_eq!(send(&f, in_time).await, CodeOutcome::Right);
}

pub(crate) async fn a_wrong_code_costs_the_same_whatever_is_behind_it(f: Fixture) {
    let mut seen = Vec::new();
    for (code, account) in [(None, None), (Some(hash()), None), (Some(CODE), Some(account()))] {
        let new = awaiting(&f).await;
        set_code(&f, &new, code).await;
        if let Some(AccountKey(key)) = account {
            f.execute(&format!("update flows set account = {} where id = {}", f.id(key), f.id(new.id.0))).await;
        }
        let mut course = Vec::new();
        for _ in 0..5 {
            let told = portvakt_domain::audit::NewEvent { account, ..event(AuditKind::CodeWrong, f.now) };
            let hits_wrong = vec![hit("a", 100), hit("b", 100)];
            let wrong = SubmitCode { event_wrong: told, hits_wrong, ..submit(&f, &new, hash()) };
            course.push(f.cost(send(&f, wrong)).await);
        }
        seen.push(course);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
    println!("wrong codes: {:?}", seen[0]);
}

pub(crate) async fn a_right_old_code_asks_for_the_new_one(f: Fixture) {
    let new = flow(FlowKind::Register, S::AwaitingOldCode, f.now);
    begin(&f, &new, MessageKind::OldNumberCode).await;
    set_code(&f, &new, Some(CODE)).await;
    let old = || SubmitCode { state: S::AwaitingOldCode, next_state: S::AwaitingNewCode, ..submit(&f, &new, CODE) };
    assert!(matches!(send(&f, SubmitCode { code_hash: hash(), ..old() }).await, CodeOutcome::Wrong { .. }));
    let next = message(new.id, MessageKind::NewNumberCode, f.now);
    let later = f.now + minutes(1);
    let token = hash();
    let right = SubmitCode { next_message: Some(next.clone()), now: later, new_token_hash: token, ..old() };
    assert_eq!(send(&f, right).await, CodeOutcome::Right);
    let found = flows::find(&f.store, f.a, FlowKind::Register, token).await.expect("found").expect("a flow");
    assert_eq!((found.state, found.codes_sent, found.tries, found.wrong_codes), (S::AwaitingNewCode, 1, 0, 1));
    assert_eq!((found.code_requested_at, found.code_hash), (Some(later), None));
    assert!(messages::find(&f.store, f.a, next.id).await.expect("found").is_some());
    assert_eq!(f.number("select count(*) from jobs where kind = 'send_code'").await, 2);
}

pub(crate) async fn a_write_is_claimed_once_and_settled(f: Fixture) {
    let new = NewFlow { account: Some(account()), ..flow(FlowKind::Reset, S::Verified, f.now) };
    begin(&f, &new, MessageKind::ResetCode).await;
    let claim = || {
        let told = event(AuditKind::PasswordIntended, f.now);
        flows::claim_write(&f.store, f.a, new.token_hash, S::Verified, Choice::NewPassword, f.now, told)
    };
    assert!(flows::choose(&f.store, f.a, new.token_hash, Choice::KeepAndUnlock, f.now).await.expect("an answer"));
    let all = join_all((0..20).map(|_| claim())).await;
    let won: Vec<_> = all.into_iter().filter_map(|claimed| claimed.expect("an answer")).collect();
    assert_eq!(won.len(), 1);
    assert_eq!((won[0].state, won[0].choice, won[0].account), (S::Writing, Some(Choice::NewPassword), new.account));
    let told = |kind| event(kind, f.now);
    let cancelled =
        flows::cancel(&f.store, f.a, FlowKind::Reset, new.token_hash, f.now, told(AuditKind::FlowCancelled));
    assert!(!cancelled.await.expect("an answer"), "a write is under way");
    let settle = |state, now| {
        let notices = vec![message(new.id, MessageKind::PasswordSet, f.now)];
        flows::settle_write(&f.store, f.a, SettleWrite { now, notices, ..settled(new.id, state, f.now) })
    };
    assert_eq!(settle(S::Verified, f.now).await.expect("an answer"), Some(S::Verified), "refused: choose another one");
    assert_eq!(settle(S::Verified, f.now).await.expect("an answer"), None, "not claimed");
    assert!(claim().await.expect("an answer").is_some());
    let late = settle(S::PasswordSet, f.now + minutes(60)).await.expect("an answer");
    assert_eq!(late, Some(S::PasswordSet), "however long it took");
    let found = flows::find_by_id(&f.store, f.a, new.id).await.expect("found").expect("a flow");
    assert_eq!(found.state, S::PasswordSet);
    assert_eq!(f.number("select count(*) from audit_events where kind = 'password.intended'").await, 2);
    assert_eq!(f.number("select count(*) from audit_events where kind = 'password.outcome'").await, 3);
}

pub(crate) async fn a_write_that_was_overtaken_keeps_its_outcome(f: Fixture) {
    let mine = account();
    for (outcome, stands) in [(S::PasswordSet, S::PasswordSet), (S::Verified, S::Ended)] {
        let new = NewFlow { account: Some(mine), ..flow(FlowKind::Reset, S::Verified, f.now) };
        begin(&f, &new, MessageKind::ResetCode).await;
        let told = event(AuditKind::PasswordIntended, f.now);
        let choice = Choice::NewPassword;
        let claimed = flows::claim_write(&f.store, f.a, new.token_hash, S::Verified, choice, f.now, told).await;
        assert!(claimed.expect("an answer").is_some());
        let change = registering(&f, mine).await;
        assert_eq!(
            send(&f, prove(&f, &change, NumberEffect::Save(save(&f, mine, 0, &change, None)))).await,
            CodeOutcome::Right
        );
        let settled = flows::settle_write(&f.store, f.a, settled(new.id, outcome, f.now)).await;
        assert_eq!(settled.expect("an answer"), None);
        let found = flows::find_by_id(&f.store, f.a, new.id).await.expect("found").expect("a flow");
        assert_eq!(found.state, stands);
    }
    assert_eq!(f.number("select count(*) from audit_events where kind = 'password.outcome'").await, 2);
}

pub(crate) async fn passwords_are_counted(f: Fixture) {
    let new = flow(FlowKind::Register, S::SignedIn, f.now);
    flows::begin(&f.store, f.a, new.clone(), vec![], None, event(AuditKind::SignedIn, f.now)).await.expect("begun");
    for n in 1..=5 {
        let told = event(AuditKind::SignInRefused, f.now);
        let wrong = flows::fail_password(&f.store, f.a, new.token_hash, f.now, told).await;
        assert_eq!(wrong.expect("an answer"), Some(n));
    }
    let told = || event(AuditKind::SignedIn, f.now);
    let confirmed = flows::confirm_password(&f.store, f.a, new.token_hash, hash(), f.now, told()).await;
    assert!(!confirmed.expect("an answer"), "the flow is over");
    assert_eq!(f.number("select count(*) from audit_events where kind = 'flow.exhausted'").await, 1);

    let new = flow(FlowKind::Register, S::SignedIn, f.now);
    flows::begin(&f.store, f.a, new.clone(), vec![], None, told()).await.expect("begun");
    let token = hash();
    let confirmed = flows::confirm_password(&f.store, f.a, new.token_hash, token, f.now, told()).await;
    assert!(confirmed.expect("an answer"));
    assert!(flows::keep_number(&f.store, f.a, token, f.now).await.expect("an answer"));
    let found = flows::find(&f.store, f.a, FlowKind::Register, token).await.expect("found").expect("a flow");
    assert_eq!(found.state, S::NumberKept);
}

pub(crate) async fn another_tenant_sees_nothing(f: Fixture) {
    let new = awaiting(&f).await;
    assert!(flows::find(&f.store, f.b, FlowKind::Reset, new.token_hash).await.expect("an answer").is_none());
    assert!(flows::find_by_id(&f.store, f.b, new.id).await.expect("an answer").is_none());
    let settled = flows::settle_write(&f.store, f.b, settled(new.id, S::PasswordSet, f.now));
    assert_eq!(settled.await.expect("an answer"), None);
    assert!(flows::find(&f.store, f.a, FlowKind::Reset, new.token_hash).await.expect("an answer").is_some());
}
