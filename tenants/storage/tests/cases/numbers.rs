//! Registered numbers: in order, each once, and what a right code does to them.

use std::time::Duration;

use futures_util::future::join_all;
use portvakt_domain::{
    audit::AuditKind,
    flow::{FlowKind, FlowState as S},
    id::AccountKey,
    message::MessageKind,
};
use portvakt_storage::{
    StorageError,
    flows::{self, CodeOutcome, NewFlow, NumberEffect, RemoveNumber, SaveNumber, SubmitCode},
    numbers::{self, NewNumber, StoredNumber},
};
use uuid::Uuid;

use crate::{
    fixture::{Fixture, account, event, flow, message, minutes, new_number, sealed},
    flows::{CODE, begin, send, set_code, submit},
    wall::database,
};

/// Generous: a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn list(f: &Fixture, account: AccountKey) -> Vec<StoredNumber> {
    numbers::list(&f.store, f.a, account).await.expect("a list")
}

/// What is saved; a row replaces the number that is there.
pub(crate) fn save(
    f: &Fixture,
    account: AccountKey,
    notices: usize,
    flow: &NewFlow,
    replaced: Option<Uuid>,
) -> SaveNumber {
    let number = new_number(f.now);
    SaveNumber {
        account,
        replaces: replaced.is_some(),
        number: NewNumber { row_id: replaced.unwrap_or(number.row_id), ..number },
        notices: (0..notices).map(|_| message(flow.id, MessageKind::NumberAdded, f.now)).collect(),
        write_attribute: false,
        event: event(AuditKind::NumberAdded, f.now),
        overtaken: event(AuditKind::NumberChangeCancelled, f.now),
    }
}

/// A registration that awaits the code to the new number.
pub(crate) async fn registering(f: &Fixture, account: AccountKey) -> NewFlow {
    let new = NewFlow { account: Some(account), ..flow(FlowKind::Register, S::AwaitingNewCode, f.now) };
    begin(f, &new, MessageKind::NewNumberCode).await;
    set_code(f, &new, Some(CODE)).await;
    new
}

/// The right code, and what it does.
pub(crate) fn prove(f: &Fixture, new: &NewFlow, effect: NumberEffect) -> SubmitCode {
    let submitted = submit(f, new, CODE);
    SubmitCode { state: S::AwaitingNewCode, next_state: S::NumberSaved, effect: Some(effect), ..submitted }
}

pub(crate) async fn a_proved_number_is_saved_and_ends_other_flows(f: Fixture) {
    let (mine, stranger) = (account(), account());
    let new = registering(&f, mine).await;
    let other = registering(&f, mine).await;
    let unrelated = registering(&f, stranger).await;
    let reset = NewFlow { account: Some(mine), ..flow(FlowKind::Reset, S::Verified, f.now) };
    begin(&f, &reset, MessageKind::ResetCode).await;

    let wrong_account = prove(&f, &new, NumberEffect::Save(save(&f, stranger, 0, &new, None)));
    assert!(send(&f, wrong_account).await != CodeOutcome::Right, "another account's number");
    let saved = save(&f, mine, 2, &new, None);
    assert_eq!(send(&f, prove(&f, &new, NumberEffect::Save(saved.clone()))).await, CodeOutcome::Right);
    let all = list(&f, mine).await;
    let [number] = all.as_slice() else { panic!("one number: {all:?}") };
    assert_eq!((number.row_id, number.number_hash), (saved.number.row_id, saved.number.number_hash));
    assert_eq!((&number.sealed, number.registered_at), (&saved.number.sealed, f.now));
    for (id, state) in
        [(new.id, S::NumberSaved), (other.id, S::Ended), (reset.id, S::Ended), (unrelated.id, S::AwaitingNewCode)]
    {
        assert_eq!(flows::find_by_id(&f.store, f.a, id).await.expect("found").expect("a flow").state, state);
    }
    assert_eq!(f.number("select count(*) from jobs where kind = 'send_notice'").await, 2);
    assert!(numbers::list(&f.store, f.b, mine).await.expect("an answer").is_empty(), "another tenant's");
}

/// Flows that wait for a code where nothing but a name was typed: a reset, and the way to stop a delayed change.
pub(crate) async fn by_name(f: &Fixture, account: AccountKey) -> [NewFlow; 2] {
    let reset = flow(FlowKind::Reset, S::AwaitingCode, f.now - minutes(1));
    let stop = flow(FlowKind::Register, S::AwaitingStopCode, f.now - minutes(1));
    for (new, kind) in [(&reset, MessageKind::ResetCode), (&stop, MessageKind::StopChangeCode)] {
        let new = NewFlow { account: Some(account), ..new.clone() };
        begin(f, &new, kind).await;
        set_code(f, &new, Some(CODE)).await;
    }
    [reset, stop]
}

/// They stand where they stood, and nothing leads from them to the account: not the code, not one that was still to be sent.
pub(crate) async fn parted(f: &Fixture, flows: [NewFlow; 2]) {
    for new in flows {
        let found = flows::find_by_id(&f.store, f.a, new.id).await.expect("found").expect("a flow");
        assert_eq!((found.state, found.touched_at, found.tries, found.codes_sent), (new.state, new.at, 0, 1));
        assert_eq!((found.account, found.code_number, found.code_hash), (None, None, None), "{:?}", new.state);
        let count = format!("select count(*) from messages where flow = {}", f.id(new.id.0));
        assert_eq!((f.number(&count).await, found.code_message), (1, None), "{:?}", new.state);
        let right = SubmitCode { state: new.state, ..submit(f, &new, CODE) };
        assert_eq!(send(f, right).await, CodeOutcome::Wrong { tries: 1, wrong_codes: 1 }, "{:?}", new.state);
    }
}

pub(crate) async fn a_changed_number_leaves_flows_by_name_without_a_code(f: Fixture) {
    let (mine, stranger) = (account(), account());
    let numbers = vec![new_number(f.now), new_number(f.now)];
    numbers::import(&f.store, f.a, mine, numbers.clone()).await.expect("imported");
    let theirs = by_name(&f, stranger).await;

    let (new, others) = (registering(&f, mine).await, by_name(&f, mine).await);
    let changed = save(&f, mine, 0, &new, Some(numbers[0].row_id));
    assert_eq!(send(&f, prove(&f, &new, NumberEffect::Save(changed))).await, CodeOutcome::Right);
    parted(&f, others).await;

    let (new, others) = (registering(&f, mine).await, by_name(&f, mine).await);
    let removed = RemoveNumber {
        account: mine,
        row_id: numbers[1].row_id,
        notices: Vec::new(),
        write_attribute: false,
        event: event(AuditKind::NumberRemoved, f.now),
        overtaken: event(AuditKind::NumberChangeCancelled, f.now),
    };
    assert_eq!(send(&f, prove(&f, &new, NumberEffect::Remove(removed))).await, CodeOutcome::Right);
    parted(&f, others).await;

    // Another account's are none of it.
    let [reset, _] = theirs;
    assert_eq!(send(&f, submit(&f, &reset, CODE)).await, CodeOutcome::Right);
}

/// A code that is right while the number changes leaves no flow behind that the old number proved. On PostgreSQL, where the
/// two meet at the flow's row; here somebody holds it until both stand there, the code first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_is_right_as_the_number_changes_ends_with_it() {
    let f = Fixture::postgres().await;
    let mine = account();
    let (new, [reset, _]) = (registering(&f, mine).await, by_name(&f, mine).await);
    let holder = database(&f).superuser().await;
    let row = format!("begin; select 1 from flows where id = {} for update", f.id(reset.id.0));
    holder.batch_execute(&row).await.expect("held");
    let standing = async |expected: i64| {
        let waiting = "select count(*) from pg_stat_activity
                       where datname = current_database() and usename = 'portvakt_app' and wait_event_type = 'Lock'";
        while f.number(waiting).await < expected {}
    };
    let saving = async {
        standing(1).await;
        send(&f, prove(&f, &new, NumberEffect::Save(save(&f, mine, 0, &new, None)))).await
    };
    let releasing = async {
        standing(2).await;
        holder.batch_execute("rollback").await.expect("let go");
    };
    let both = async { tokio::join!(send(&f, submit(&f, &reset, CODE)), saving, releasing) };
    let (code, saved, ()) = tokio::time::timeout(PATIENCE, both).await.expect("both end");
    assert_eq!((code, saved), (CodeOutcome::Right, CodeOutcome::Right));
    let found = flows::find_by_id(&f.store, f.a, reset.id).await.expect("found").expect("a flow");
    assert_eq!(found.state, S::Ended, "what the old number proved is over");
}

pub(crate) async fn numbers_keep_their_order_and_a_changed_one_its_place(f: Fixture) {
    let mine = account();
    let three: Vec<NewNumber> =
        (0..3).map(|n| NewNumber { holder: Some(sealed(&format!("holder {n}"))), ..new_number(f.now) }).collect();
    let rows: Vec<Uuid> = three.iter().map(|number| number.row_id).collect();
    numbers::import(&f.store, f.a, mine, three.clone()).await.expect("imported");
    let shown = async || list(&f, mine).await.iter().map(|number| number.row_id).collect::<Vec<_>>();
    assert_eq!(shown().await, rows);

    // The first one is changed: it stays the first, with its holder, under another number.
    let flow = registering(&f, mine).await;
    let changed = save(&f, mine, 0, &flow, Some(rows[0]));
    assert_eq!(send(&f, prove(&f, &flow, NumberEffect::Save(changed.clone()))).await, CodeOutcome::Right);
    assert_eq!(shown().await, rows);
    let first = list(&f, mine).await.remove(0);
    assert_eq!((first.number_hash, first.holder), (changed.number.number_hash, three[0].holder.clone()));

    // One more comes last; the second goes.
    let flow = registering(&f, mine).await;
    let added = save(&f, mine, 0, &flow, None);
    assert_eq!(send(&f, prove(&f, &flow, NumberEffect::Save(added.clone()))).await, CodeOutcome::Right);
    let flow = registering(&f, mine).await;
    let removed = RemoveNumber {
        account: mine,
        row_id: rows[1],
        notices: vec![message(flow.id, MessageKind::NumberRemoved, f.now)],
        write_attribute: false,
        event: event(AuditKind::NumberRemoved, f.now),
        overtaken: event(AuditKind::NumberChangeCancelled, f.now),
    };
    assert_eq!(send(&f, prove(&f, &flow, NumberEffect::Remove(removed))).await, CodeOutcome::Right);
    assert_eq!(shown().await, [rows[0], rows[2], added.number.row_id]);
    assert_eq!(f.number("select count(*) from audit_events where kind = 'number.removed'").await, 1);
    assert_eq!(f.number("select count(*) from audit_events where kind = 'number_change.cancelled'").await, 0);

    // What is imported replaces all; one number can't be there twice.
    let one = new_number(f.now);
    let twice = NewNumber { row_id: Uuid::new_v4(), ..one.clone() };
    let conflict = numbers::import(&f.store, f.a, mine, vec![one.clone(), twice]).await;
    assert!(matches!(conflict, Err(StorageError::Conflict(_))), "{conflict:?}");
    numbers::import(&f.store, f.a, mine, vec![one.clone()]).await.expect("imported");
    assert_eq!(shown().await, [one.row_id]);
}

pub(crate) async fn another_accounts_number_is_not_changed(f: Fixture) {
    let (mine, theirs) = (account(), account());
    let (number, other) = (new_number(f.now), new_number(f.now));
    numbers::import(&f.store, f.a, mine, vec![number.clone()]).await.expect("imported");
    numbers::import(&f.store, f.a, theirs, vec![other.clone()]).await.expect("imported");
    let flow = registering(&f, mine).await;
    let reaching = save(&f, mine, 0, &flow, Some(other.row_id));
    let outcome = flows::submit_code(&f.store, f.a, prove(&f, &flow, NumberEffect::Save(reaching))).await;
    assert!(outcome.is_err(), "{outcome:?}");
    assert_eq!(list(&f, theirs).await[0].number_hash, other.number_hash);
    let found = flows::find_by_id(&f.store, f.a, flow.id).await.expect("found").expect("a flow");
    assert_eq!(found.state, S::AwaitingNewCode, "nothing of it was kept");
}

pub(crate) async fn two_flows_do_not_both_save_a_number(f: Fixture) {
    for _ in 0..5 {
        let mine = account();
        let flows = join_all((0..4).map(|_| registering(&f, mine))).await;
        let saving = |new| send(&f, prove(&f, new, NumberEffect::Save(save(&f, mine, 1, new, None))));
        let all = join_all(flows.iter().flat_map(|new| (0..3).map(|_| saving(new)).collect::<Vec<_>>())).await;
        assert_eq!(all.iter().filter(|outcome| **outcome == CodeOutcome::Right).count(), 1, "{all:?}");
        assert_eq!(list(&f, mine).await.len(), 1);
    }
}
