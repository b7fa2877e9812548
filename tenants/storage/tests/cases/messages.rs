//! Messages.

use chrono::TimeDelta;
use futures_util::future::join_all;
use portvakt_domain::{
    audit::AuditKind,
    flow::{FlowKind, FlowState as S},
    id::{AccountKey, MessageId},
    keys::KeyedHash,
    message::{Channel, MessageKind, MessageState, NewMessage},
    time::Instant,
};
use portvakt_storage::{
    flows::{self, NewFlow, SettleWrite},
    messages::{self, BeginCode, CodeTurn, NoticeTurn, Taker},
    numbers::{self, NewNumber, SeenNumber},
};

use crate::fixture::{Fixture, account, event, flow, hash, message, minutes, new_number, sealed, settled};

/// A reset begun at `at`, and its message.
async fn asked(f: &Fixture, at: Instant) -> (NewFlow, MessageId) {
    let new = flow(FlowKind::Reset, S::AwaitingCode, at);
    let first = message(new.id, MessageKind::ResetCode, at);
    let id = first.id;
    flows::begin(&f.store, f.a, new.clone(), vec![], Some(first), event(AuditKind::FlowBegun, at))
        .await
        .expect("begun");
    (new, id)
}

fn turn(f: &Fixture, message: MessageId, account: Option<AccountKey>, network: KeyedHash, now: Instant) -> BeginCode {
    let _ = f;
    BeginCode {
        message,
        now,
        account,
        code_hash: hash(),
        decoy_hash: hash(),
        send: account.is_some(),
        held_back: None,
        proved: false,
        number: None,
        network,
        trusted_network: false,
        event: portvakt_domain::audit::NewEvent { account, ..event(AuditKind::CodeSent, now) },
    }
}

async fn begin(f: &Fixture, turn: BeginCode) -> CodeTurn {
    messages::begin_code(&f.store, f.a, turn).await.expect("a turn").turn
}

async fn state(f: &Fixture, message: MessageId) -> MessageState {
    messages::find(&f.store, f.a, message).await.expect("found").expect("a message").state
}

pub(crate) async fn a_code_is_begun_once(f: Fixture) {
    let (new, id) = asked(&f, f.now).await;
    let mine = account();
    let first = turn(&f, id, Some(mine), hash(), f.now);
    let all = join_all((0..20).map(|_| begin(&f, first_again(&first)))).await;
    assert_eq!(all.iter().filter(|turn| **turn == CodeTurn::Send).count(), 1);
    assert_eq!(all.iter().filter(|turn| **turn == CodeTurn::AlreadyBegun).count(), 19);
    assert_eq!(state(&f, id).await, MessageState::Unknown, "found in the middle of a call");
    assert_eq!(settled_unknown(&f, id, "sms").await, 1, "the trail says so, once");
    let found = flows::find_by_id(&f.store, f.a, new.id).await.expect("found").expect("a flow");
    assert_eq!((found.account, found.code_hash), (Some(mine), Some(first.code_hash)));

    // Nobody: the same, with a hash that nothing is known to hash to.
    let (new, id) = asked(&f, f.now).await;
    let nobody = turn(&f, id, None, hash(), f.now);
    assert_eq!(begin(&f, nobody.clone()).await, CodeTurn::Suppressed);
    assert_eq!(begin(&f, first_again(&nobody)).await, CodeTurn::AlreadyBegun);
    assert_eq!(state(&f, id).await, MessageState::Suppressed);
    let found = flows::find_by_id(&f.store, f.a, new.id).await.expect("found").expect("a flow");
    assert_eq!((found.account, found.code_hash), (None, Some(nobody.decoy_hash)));

    // Somebody without a number.
    let (new, id) = asked(&f, f.now).await;
    let without = BeginCode { send: false, ..turn(&f, id, Some(mine), hash(), f.now) };
    assert_eq!(begin(&f, without.clone()).await, CodeTurn::Suppressed);
    let found = flows::find_by_id(&f.store, f.a, new.id).await.expect("found").expect("a flow");
    assert_eq!((found.account, found.code_hash), (Some(mine), Some(without.decoy_hash)));

    let strange = turn(&f, MessageId(uuid::Uuid::new_v4()), None, hash(), f.now);
    assert_eq!(begin(&f, strange).await, CodeTurn::Gone);
}

pub(crate) async fn a_number_that_was_replaced_gets_no_code(f: Fixture) {
    let mine = account();
    let number = new_number(f.now);
    let seen = SeenNumber { row_id: number.row_id, since: number.at };
    let ask = async |account: AccountKey| {
        let (new, id) = asked(&f, f.now).await;
        let turn = BeginCode { number: Some(seen), ..turn(&f, id, Some(account), hash(), f.now) };
        let begun = begin(&f, turn.clone()).await;
        let found = flows::find_by_id(&f.store, f.a, new.id).await.expect("found").expect("a flow");
        (begun, found.code_hash == Some(turn.code_hash))
    };
    let (sent, held) = ((CodeTurn::Send, true), (CodeTurn::Suppressed, false));
    numbers::import(&f.store, f.a, mine, vec![number.clone()]).await.expect("imported");
    assert_eq!(ask(mine).await, sent);
    assert_eq!(ask(account()).await, held, "the number of somebody else");

    let replaced = NewNumber { at: f.now + minutes(1), ..number };
    numbers::import(&f.store, f.a, mine, vec![replaced]).await.expect("imported");
    assert_eq!(ask(mine).await, held, "another number stands in its row");
    numbers::import(&f.store, f.a, mine, vec![]).await.expect("imported");
    assert_eq!(ask(mine).await, held, "it was removed");
    let told = "select count(*) from audit_events where details like '%\"turn\":\"changed\"%'";
    assert_eq!(f.number(told).await, 3);
}

/// How many events tell that nobody knows of this message whether it went out.
async fn settled_unknown(f: &Fixture, message: MessageId, channel: &str) -> i64 {
    let parts = [("channel", channel), ("message", &message.0.to_string()), ("outcome", "unknown")];
    let told = parts.map(|(name, value)| format!("details like '%\"{name}\":\"{value}\"%'")).join(" and ");
    f.number(&format!("select count(*) from audit_events where kind = 'message.settled' and {told}")).await
}

/// The same once more, as another worker would say it.
fn first_again(turn: &BeginCode) -> BeginCode {
    let event = portvakt_domain::audit::NewEvent {
        id: portvakt_domain::id::EventId(uuid::Uuid::new_v4()),
        ..turn.event.clone()
    };
    BeginCode { event, ..turn.clone() }
}

pub(crate) async fn every_begin_costs_the_same(f: Fixture) {
    let mine = account();
    let network = hash();
    let mut costs = Vec::new();
    // Somebody for the first time, again, and over the limit; somebody without a number; nobody, twice.
    let cases =
        [(Some(mine), true), (Some(mine), true), (Some(mine), true), (Some(mine), true), (Some(account()), false)];
    for (account, send) in cases.into_iter().chain([(None, false), (None, false)]) {
        let (_, id) = asked(&f, f.now).await;
        let turn = BeginCode { send, ..turn(&f, id, account, network, f.now) };
        costs.push(f.cost(begin(&f, turn)).await);
    }
    // The breaker or the budget holds it back.
    f.execute(&format!("insert into code_counts values ({}, {}, 300, 0)", f.id(f.a.0), f.now.timestamp() - 60)).await;
    let opening = turn(&f, asked(&f, f.now).await.1, None, hash(), f.now);
    begin(&f, opening).await;
    let mine = account();
    for held_back in [None, None, Some("sms_budget")] {
        let (_, id) = asked(&f, f.now).await;
        let turn = BeginCode { held_back, ..turn(&f, id, Some(mine), network, f.now) };
        costs.push(f.cost(begin(&f, turn)).await);
    }
    let held: Vec<CodeTurn> = costs[7..].iter().map(|(turn, _)| *turn).collect();
    assert_eq!(held, [CodeTurn::Send, CodeTurn::Suppressed, CodeTurn::Suppressed]);
    let turns: Vec<CodeTurn> = costs.iter().map(|(turn, _)| *turn).collect();
    assert_eq!(turns[..4], [CodeTurn::Send, CodeTurn::Send, CodeTurn::Send, CodeTurn::Suppressed]);
    assert!(costs.iter().all(|(_, cost)| *cost == costs[0].1), "{costs:?}");
    println!("begin_code: {} statements", costs[0].1);
}

pub(crate) async fn an_account_gets_three_from_a_network(f: Fixture) {
    let mine = account();
    let network = hash();
    let all = join_all((0..10).map(|_| async {
        let (_, id) = asked(&f, f.now).await;
        begin(&f, turn(&f, id, Some(mine), network, f.now)).await
    }))
    .await;
    assert_eq!(all.iter().filter(|turn| **turn == CodeTurn::Send).count(), 3, "{all:?}");
    let after = async |now: Instant| {
        let (_, id) = asked(&f, now).await;
        begin(&f, turn(&f, id, Some(mine), network, now)).await
    };
    let moment = TimeDelta::microseconds(1);
    assert_eq!(after(f.now + minutes(15) - moment).await, CodeTurn::Suppressed);
    for _ in 0..3 {
        assert_eq!(after(f.now + minutes(15)).await, CodeTurn::Send);
    }
    assert_eq!(after(f.now + minutes(60)).await, CodeTurn::Suppressed, "six a day");
    assert_eq!(after(f.now + TimeDelta::days(1) - moment).await, CodeTurn::Suppressed);
    assert_eq!(after(f.now + TimeDelta::days(1)).await, CodeTurn::Send);
}

pub(crate) async fn networks_are_counted_apart(f: Fixture) {
    let mine = account();
    let from = async |network, trusted_network| {
        let (_, id) = asked(&f, f.now).await;
        begin(&f, BeginCode { trusted_network, ..turn(&f, id, Some(mine), network, f.now) }).await
    };
    let first = hash();
    assert_eq!(from(first, false).await, CodeTurn::Send);
    for _ in 0..19 {
        assert_eq!(from(hash(), false).await, CodeTurn::Send);
    }
    assert_eq!(from(hash(), false).await, CodeTurn::Suppressed, "the 21st network");
    assert_eq!(from(first, false).await, CodeTurn::Send, "one that is in already");
    let town = hash();
    for _ in 0..10 {
        assert_eq!(from(town, true).await, CodeTurn::Send);
    }
    assert_eq!(from(town, true).await, CodeTurn::Suppressed);
    assert_eq!(f.number("select count(*) from audit_events where details like '%\"turn\":\"limit\"%'").await, 2);
}

pub(crate) async fn a_message_that_was_overtaken_changes_nothing(f: Fixture) {
    let mine = account();
    let (new, older) = asked(&f, f.now).await;
    let newer = message(new.id, MessageKind::ResetCode, f.now);
    let told = event(AuditKind::CodeAskedAgain, f.now);
    let again =
        flows::ask_again(&f.store, f.a, new.token_hash, FlowKind::Reset, f.now, 1, None, newer.clone(), told).await;
    assert!(again.expect("an answer"));
    let current = turn(&f, newer.id, Some(mine), hash(), f.now);
    assert_eq!(begin(&f, current.clone()).await, CodeTurn::Send);
    assert_eq!(begin(&f, turn(&f, older, Some(mine), hash(), f.now)).await, CodeTurn::Gone);
    let found = flows::find_by_id(&f.store, f.a, new.id).await.expect("found").expect("a flow");
    assert_eq!(found.code_hash, Some(current.code_hash));
    assert_eq!(f.number("select count(*) from sms_log").await, 1);

    let (new, id) = asked(&f, f.now).await;
    let told = event(AuditKind::FlowCancelled, f.now);
    assert!(flows::cancel(&f.store, f.a, FlowKind::Reset, new.token_hash, f.now, told).await.expect("an answer"));
    assert_eq!(begin(&f, turn(&f, id, Some(mine), hash(), f.now)).await, CodeTurn::Gone);
    let (_, id) = asked(&f, f.now).await;
    assert_eq!(begin(&f, turn(&f, id, Some(mine), hash(), f.now + minutes(15))).await, CodeTurn::Gone, "too late");
    assert_eq!(state(&f, id).await, MessageState::Suppressed);
}

pub(crate) async fn a_call_that_was_not_made_is_made_again(f: Fixture) {
    let mine = account();
    let network = hash();
    let (new, id) = asked(&f, f.now).await;
    for attempt in 1..=5 {
        let again = turn(&f, id, Some(mine), network, f.now);
        assert_eq!(begin(&f, again.clone()).await, CodeTurn::Send, "attempt {attempt} does not count");
        let found = flows::find_by_id(&f.store, f.a, new.id).await.expect("found").expect("a flow");
        assert_eq!(found.code_hash, Some(again.code_hash), "with a new code");
        assert!(messages::back_to_queue(&f.store, f.a, id).await.expect("an answer"));
        assert!(!messages::back_to_queue(&f.store, f.a, id).await.expect("an answer"));
        let found = messages::find(&f.store, f.a, id).await.expect("found").expect("a message");
        assert_eq!((found.state, found.attempts), (MessageState::Queued, attempt));
    }
}

pub(crate) async fn notices_are_sent_once(f: Fixture) {
    let mine = account();
    let new = NewFlow { account: Some(mine), ..flow(FlowKind::Reset, S::Writing, f.now) };
    flows::begin(&f.store, f.a, new.clone(), vec![], None, event(AuditKind::FlowBegun, f.now)).await.expect("begun");
    let notice = NewMessage {
        channel: Channel::Mail,
        account: Some(mine),
        recipient: Some(sealed("address")),
        ..message(new.id, MessageKind::PasswordSet, f.now)
    };
    let written = SettleWrite { notices: vec![notice.clone()], ..settled(new.id, S::PasswordSet, f.now) };
    let stands = flows::settle_write(&f.store, f.a, written).await;
    assert_eq!(stands.expect("an answer"), Some(S::PasswordSet));
    let all = join_all((0..20).map(|_| messages::begin_notice(&f.store, f.a, notice.id, f.now))).await;
    let mut sent = Vec::new();
    for turn in all {
        if let NoticeTurn::Send(message) = turn.expect("a turn") {
            sent.push(message);
        }
    }
    assert_eq!(sent.len(), 1);
    let asked = &sent[0].asked;
    assert_eq!((asked.kind, asked.channel, asked.account), (notice.kind, notice.channel, notice.account));
    assert_eq!((asked.requested_at, asked.flow, asked.language), (f.now, new.id, notice.language));
    assert_eq!(asked.recipient, notice.recipient);
    assert_eq!((sent[0].state, sent[0].attempts), (MessageState::Sending, 1));
    assert_eq!(settled_unknown(&f, notice.id, "mail").await, 1, "the next one found it in the middle of a call");
    let gone = messages::begin_notice(&f.store, f.b, notice.id, f.now).await.expect("a turn");
    assert!(matches!(gone, NoticeTurn::Gone));
}

pub(crate) async fn an_answer_after_the_answer_does_not_count(f: Fixture) {
    let (_, id) = asked(&f, f.now).await;
    assert_eq!(begin(&f, turn(&f, id, Some(account()), hash(), f.now)).await, CodeTurn::Send);
    let settle = async |state| {
        let told = event(AuditKind::CodeSent, f.now);
        let taker = Taker { provider: None, provider_id: Some("p1".to_owned()) };
        messages::settle(&f.store, f.a, id, state, taker, f.now, told).await.expect("an answer")
    };
    assert!(settle(MessageState::Unknown).await);
    assert!(settle(MessageState::Sent).await, "an answer that came late");
    assert!(!settle(MessageState::Failed).await);
    assert_eq!(state(&f, id).await, MessageState::Sent);
    assert_eq!(f.number("select count(*) from audit_events where kind = 'code.sent'").await, 3);
}
