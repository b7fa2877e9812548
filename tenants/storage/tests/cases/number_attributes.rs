//! What is kept of the directory's attribute: first numbers, changes that others made, and what is to be written there.

use chrono::TimeDelta;
use futures_util::future::join_all;
use portvakt_domain::{
    audit::AuditKind,
    flow::{FlowKind, FlowState as S},
    id::{AccountKey, FlowId, NumberChangeId},
    job::Job,
    keys::KeyedHash,
    language::Language,
    message::MessageKind,
    number_attribute::AttributeRecord,
    number_change::{ChangeOrigin, NumberChangeState},
};
use portvakt_storage::{
    flows::{AskChange, CodeOutcome, NewFlow, NumberEffect, StopChange, SubmitCode},
    number_attributes::{self, ImportNumber, Withdraw, WroteNumber},
    number_changes::{self, CarryOut, NewNumberChange},
    numbers,
    operator::{self, Lease},
};
use uuid::Uuid;

use crate::{
    fixture::{Fixture, account, event, flow, hash, message, new_number, sealed},
    flows::{CODE, begin, send, set_code},
    numbers::{list, prove, registering, save},
};

const WAIT: TimeDelta = TimeDelta::hours(48);

async fn kept(f: &Fixture, account: AccountKey) -> AttributeRecord {
    number_attributes::find(&f.store, f.a, account).await.expect("a record")
}

fn imported(f: &Fixture, account: AccountKey) -> ImportNumber {
    ImportNumber { account, number: new_number(f.now), event: event(AuditKind::NumberAdded, f.now) }
}

/// An account whose number came from the directory.
async fn from_directory(f: &Fixture) -> (AccountKey, ImportNumber) {
    let mine = account();
    let first = imported(f, mine);
    assert!(number_attributes::import(&f.store, f.a, first.clone()).await.expect("an answer"));
    (mine, first)
}

/// Others wrote another number.
async fn ask(f: &Fixture, account: AccountKey, target: Uuid, number_hash: KeyedHash) -> bool {
    let flow = FlowId(Uuid::new_v4());
    let asked = AskChange {
        change: NewNumberChange {
            id: NumberChangeId(Uuid::new_v4()),
            account,
            target,
            number: sealed("another number"),
            number_hash,
            origin: ChangeOrigin::Directory,
            flow,
            network: KeyedHash([0; 32]),
            language: Language::Sv,
            requested_at: f.now,
            due_at: f.now + WAIT,
        },
        notices: vec![message(flow, MessageKind::ChangeAsked, f.now)],
        event: event(AuditKind::NumberChangeAsked, f.now),
    };
    let overtaken = event(AuditKind::NumberChangeCancelled, f.now);
    number_attributes::ask(&f.store, f.a, asked, overtaken).await.expect("an answer")
}

async fn waits(f: &Fixture, account: AccountKey) -> Option<KeyedHash> {
    let waiting = number_changes::waiting(&f.store, f.a, account).await.expect("an answer");
    waiting.map(|change| change.number_hash)
}

async fn withdraw(f: &Fixture, account: AccountKey, agreed: Option<Option<KeyedHash>>) -> bool {
    let withdrawn = Withdraw {
        account,
        agreed,
        now: f.now,
        notices: vec![message(FlowId(Uuid::new_v4()), MessageKind::ChangeStopped, f.now)],
        event: event(AuditKind::NumberChangeCancelled, f.now),
    };
    number_attributes::withdraw(&f.store, f.a, withdrawn).await.expect("an answer")
}

async fn events(f: &Fixture, kind: &str) -> i64 {
    f.number(&format!("select count(*) from audit_events where kind = '{kind}'")).await
}

pub(crate) async fn a_first_number_is_imported_once(f: Fixture) {
    let mine = account();
    let all = join_all((0..6).map(|_| number_attributes::import(&f.store, f.a, imported(&f, mine)))).await;
    assert_eq!(all.into_iter().filter(|done| *done.as_ref().expect("an answer")).count(), 1);
    let numbers = list(&f, mine).await;
    assert_eq!(numbers.len(), 1);
    let agreed = AttributeRecord { number_hash: Some(numbers[0].number_hash), ..AttributeRecord::default() };
    assert_eq!(kept(&f, mine).await, agreed);
    assert_eq!(events(&f, "number.added").await, 1);
    assert_eq!(number_attributes::find(&f.store, f.b, mine).await.expect("a record"), AttributeRecord::default());
}

pub(crate) async fn a_number_from_the_directory_is_asked_for_once(f: Fixture) {
    let (mine, first) = from_directory(&f).await;
    let (target, other) = (first.number.row_id, hash());
    let all = join_all((0..6).map(|_| ask(&f, mine, target, other))).await;
    assert_eq!(all.into_iter().filter(|asked| *asked).count(), 1);
    assert_eq!(f.number("select count(*) from messages where kind = 'change_asked'").await, 1);
    assert_eq!(waits(&f, mine).await, Some(other));

    // Yet another one takes its place; one that the person asked for stays.
    let third = hash();
    assert!(ask(&f, mine, target, third).await);
    assert_eq!((waits(&f, mine).await, events(&f, "number_change.cancelled").await), (Some(third), 1));
    let (theirs, number) = (account(), new_number(f.now));
    numbers::import(&f.store, f.a, theirs, vec![number.clone()]).await.expect("imported");
    crate::number_changes::delayed_change(&f, f.a, theirs, number.row_id).await;
    let own = waits(&f, theirs).await;
    assert!(!ask(&f, theirs, number.row_id, hash()).await);
    assert_eq!(waits(&f, theirs).await, own);
    assert!(!withdraw(&f, theirs, None).await, "nor is it given up with what the directory says");
    assert_eq!(waits(&f, theirs).await, own);
}

pub(crate) async fn what_is_put_back_is_given_up_and_told(f: Fixture) {
    let (mine, first) = from_directory(&f).await;
    assert!(!withdraw(&f, mine, None).await, "nothing waits");
    ask(&f, mine, first.number.row_id, hash()).await;
    assert!(kept(&f, mine).await.change_waits);
    assert!(withdraw(&f, mine, None).await);
    assert!(!kept(&f, mine).await.change_waits);
    assert_eq!(waits(&f, mine).await, None);
    assert_eq!(f.number("select count(*) from messages where kind = 'change_stopped'").await, 1);
    assert_eq!(events(&f, "number_change.cancelled").await, 1);
    let before = kept(&f, mine).await;
    let agreed = hash();
    assert!(!withdraw(&f, mine, Some(Some(agreed))).await);
    assert_eq!(before.number_hash, Some(first.number.number_hash));
    assert_eq!(kept(&f, mine).await.number_hash, Some(agreed), "noted, whether a change waited or not");
}

pub(crate) async fn a_change_from_the_directory_is_carried_out_or_stopped(f: Fixture) {
    for stopped in [false, true] {
        let (mine, first) = from_directory(&f).await;
        let other = hash();
        ask(&f, mine, first.number.row_id, other).await;
        let change = number_changes::waiting(&f.store, f.a, mine).await.expect("an answer").expect("a change");
        assert_eq!(change.origin, ChangeOrigin::Directory);
        if stopped {
            stop(&f, mine).await;
        } else {
            let due = CarryOut {
                change: change.id,
                account: mine,
                now: f.now + WAIT,
                sealed: sealed("sealed anew"),
                number_hash: other,
                notices: Vec::new(),
                write_attribute: true,
                event: event(AuditKind::NumberChanged, f.now),
            };
            assert!(number_changes::carry_out(&f.store, f.a, due).await.expect("an answer"));
        }
        let expected = if stopped { first.number.number_hash } else { other };
        assert_eq!(list(&f, mine).await[0].number_hash, expected);
        // Either way it is dealt with, and nothing is written: it is there.
        assert_eq!(kept(&f, mine).await, AttributeRecord { number_hash: Some(other), ..AttributeRecord::default() });
    }
}

async fn stop(f: &Fixture, mine: AccountKey) {
    let stopping = NewFlow { account: Some(mine), ..flow(FlowKind::Register, S::AwaitingStopCode, f.now) };
    begin(f, &stopping, MessageKind::StopChangeCode).await;
    set_code(f, &stopping, Some(CODE)).await;
    let told = || message(stopping.id, MessageKind::ChangeStopped, f.now);
    let stop =
        StopChange { account: mine, mail: told(), sms: told(), event: event(AuditKind::NumberChangeCancelled, f.now) };
    let right = prove(f, &stopping, NumberEffect::Stop(stop));
    let right = SubmitCode { state: S::AwaitingStopCode, next_state: S::ChangeStopped, ..right };
    assert_eq!(send(f, right).await, CodeOutcome::Right);
    let state = "select count(*) from number_changes where state = 'cancelled'";
    assert_eq!(f.number(state).await, 1, "{}", NumberChangeState::Cancelled.as_str());
}

pub(crate) async fn a_saved_number_is_to_be_written_until_it_is(f: Fixture) {
    let mine = account();
    let job = Job::WriteNumber { account: mine };
    let jobs = async || {
        let leased = operator::lease_jobs(&f.store, Lease::of("w", f.now, 100)).await.expect("leased");
        leased.iter().filter(|leased| leased.job == job).count()
    };
    let flow = registering(&f, mine).await;
    let elsewhere = save(&f, mine, 0, &flow, None);
    assert_eq!(send(&f, prove(&f, &flow, NumberEffect::Save(elsewhere))).await, CodeOutcome::Right);
    assert_eq!((jobs().await, kept(&f, mine).await), (0, AttributeRecord::default()), "where no attribute is used");

    let flow = registering(&f, mine).await;
    let row = list(&f, mine).await[0].row_id;
    let saved = portvakt_storage::flows::SaveNumber { write_attribute: true, ..save(&f, mine, 0, &flow, Some(row)) };
    let written = saved.number.number_hash;
    assert_eq!(send(&f, prove(&f, &flow, NumberEffect::Save(saved))).await, CodeOutcome::Right);
    assert_eq!(jobs().await, 1);
    let since = kept(&f, mine).await.to_write_since.expect("to be written");

    // Another number is saved while the first is on its way: what was written then does not settle it.
    number_attributes::want(&f.store, f.a, mine, f.now + TimeDelta::seconds(1)).await.expect("wanted");
    let wrote = |since, number_hash| WroteNumber {
        account: mine,
        since,
        number_hash,
        now: f.now,
        event: event(AuditKind::AttributeOutcome, f.now),
    };
    assert!(!number_attributes::wrote(&f.store, f.a, wrote(since, Some(hash()))).await.expect("an answer"));
    let since = kept(&f, mine).await.to_write_since.expect("still to be written");
    assert!(number_attributes::wrote(&f.store, f.a, wrote(since, Some(written))).await.expect("an answer"));
    assert_eq!(kept(&f, mine).await, AttributeRecord { number_hash: Some(written), ..AttributeRecord::default() });
    assert_eq!(events(&f, "number_attribute.outcome").await, 2);
}

pub(crate) async fn a_hash_is_exchanged_and_is_dealt_with(f: Fixture) {
    let (one, two, none, other) = (account(), account(), account(), account());
    let (first, second) = (hash(), hash());
    withdraw(&f, one, Some(Some(first))).await;
    withdraw(&f, two, Some(Some(second))).await;
    number_attributes::compared(&f.store, f.a, none, f.now).await.expect("noted");
    let theirs = ImportNumber { account: other, ..imported(&f, other) };
    number_attributes::import(&f.store, f.b, theirs).await.expect("imported");

    numbers::import(&f.store, f.a, one, vec![new_number(f.now)]).await.expect("imported");
    let later = f.now + TimeDelta::hours(1);
    let listed =
        async |before, after| number_attributes::list_hashes(&f.store, f.a, before, after, 1).await.expect("hashes");
    let counted = async |before| number_attributes::count_hashes(&f.store, f.a, before).await.expect("a number");
    let mut both = [(one, first), (two, second)];
    both.sort();
    assert_eq!((counted(None).await, counted(Some(f.now)).await, counted(Some(later)).await), (2, 0, 2));
    assert_eq!(listed(Some(f.now), None).await, []);
    for before in [None, Some(later)] {
        assert_eq!(listed(before, None).await, [both[0]]);
        assert_eq!(listed(before, Some(both[0].0)).await, [both[1]]);
        assert_eq!(listed(before, Some(both[1].0)).await, []);
    }

    let exchange = async |old, new| {
        number_attributes::exchange_hash(&f.store, f.a, one, old, new, later).await.expect("an answer")
    };
    assert!(!exchange(second, hash()).await, "another one stands there");
    assert_eq!(counted(Some(later)).await, 2);
    let anew = hash();
    assert!(exchange(first, anew).await);
    assert!(exchange(anew, anew).await, "the same, which is confirmed");
    let to_compare = number_attributes::not_compared_since(&f.store, f.a, later, 10).await.expect("accounts");
    assert_eq!(to_compare, [one], "the directory was not looked at");
    assert_eq!((kept(&f, one).await.number_hash, kept(&f, two).await.number_hash), (Some(anew), Some(second)));
    assert_eq!(listed(Some(later), None).await, [(two, second)]);
    assert_eq!((counted(None).await, counted(Some(later)).await), (2, 1));
}

pub(crate) async fn attributes_are_looked_at_in_turn(f: Fixture) {
    let (two, one, held, other) = (account(), account(), account(), account());
    let import = async |tenant, account, numbers| {
        numbers::import(&f.store, tenant, account, numbers).await.expect("imported");
    };
    import(f.a, two, vec![new_number(f.now), new_number(f.now)]).await;
    import(f.a, one, vec![new_number(f.now)]).await;
    import(f.b, other, vec![new_number(f.now)]).await;
    let holder = numbers::NewNumber { holder: Some(sealed("Anna")), ..new_number(f.now) };
    import(f.a, held, vec![holder]).await;

    let before = async |at| {
        let mut found = number_attributes::not_compared_since(&f.store, f.a, at, 10).await.expect("accounts");
        found.sort();
        found
    };
    let mut both = vec![one, two];
    both.sort();
    assert_eq!(before(f.now).await, both, "each once; not those with holders, nor another tenant's");
    number_attributes::compared(&f.store, f.a, one, f.now).await.expect("noted");
    assert_eq!(before(f.now).await, [two]);
    assert_eq!(before(f.now + TimeDelta::seconds(1)).await, both);
    assert_eq!(kept(&f, one).await, AttributeRecord::default());
}
