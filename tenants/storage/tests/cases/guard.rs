//! The breaker, proven networks, trips of limits, and what is counted over all tenants.

use chrono::TimeDelta;
use futures_util::future::join_all;
use portvakt_domain::{
    account::Choice,
    audit::{AuditKind, Event},
    flow::{FlowKind, FlowState as S},
    id::{AccountKey, TenantId},
    keys::{KeyUse, KeyedHash},
    limit::{BREAKER, DAY, Hit, Limit},
    message::MessageKind,
    time::Instant,
};
use portvakt_storage::{
    audit, breakers,
    flows::{self, NewFlow},
    limits,
    messages::{self, BeginCode, BegunCode, CodeTurn},
    networks, operator, trips,
};

use crate::fixture::{Fixture, account, audit_key, event, flow, hash, hit, message, minutes, settled};

/// A reset that comes to its end from a network.
pub(crate) async fn finished(f: &Fixture, tenant: TenantId, network: KeyedHash, at: Instant) {
    let new = NewFlow { network, ..flow(FlowKind::Reset, S::Verified, at) };
    let begun = event(AuditKind::FlowBegun, at);
    flows::begin(&f.store, tenant, new.clone(), vec![], None, begun).await.expect("begun");
    let intent = event(AuditKind::PasswordIntended, at);
    flows::claim_write(&f.store, tenant, new.token_hash, S::Verified, Choice::NewPassword, at, intent)
        .await
        .expect("an answer")
        .expect("claimed");
    flows::settle_write(&f.store, tenant, settled(new.id, S::PasswordSet, at)).await.expect("settled");
}

/// A code for somebody nobody asked for before, from this network.
async fn code(f: &Fixture, network: KeyedHash, at: Instant) -> BegunCode {
    code_to(f, account(), network, at).await
}

async fn code_to(f: &Fixture, to: AccountKey, network: KeyedHash, at: Instant) -> BegunCode {
    begin(f, to, network, at, false).await
}

/// The same, where an earlier code of its flow may have been right.
async fn begin(f: &Fixture, to: AccountKey, network: KeyedHash, at: Instant, proved: bool) -> BegunCode {
    let new = flow(FlowKind::Reset, S::AwaitingCode, at);
    let first = message(new.id, MessageKind::ResetCode, at);
    let begun = event(AuditKind::FlowBegun, at);
    flows::begin(&f.store, f.a, new, vec![], Some(first.clone()), begun).await.expect("begun");
    let begin = BeginCode {
        message: first.id,
        now: at,
        account: Some(to),
        code_hash: hash(),
        decoy_hash: hash(),
        send: true,
        held_back: None,
        proved,
        number: None,
        network,
        trusted_network: false,
        event: event(AuditKind::CodeSent, at),
    };
    messages::begin_code(&f.store, f.a, begin).await.expect("a turn")
}

/// The events of a kind.
async fn told(f: &Fixture, kind: AuditKind) -> Vec<Event> {
    while audit::seal_pending(&f.store, f.a, audit_key(f.a), 1_000).await.expect("sealed").more {}
    let chain = audit::read_chain(&f.store, f.a, 1, 10_000).await.expect("read");
    chain.into_iter().filter_map(|(_, event)| event).filter(|event| event.kind == kind.as_str()).collect()
}

pub(crate) async fn unused_codes_open_the_breaker_and_time_closes_it(f: Fixture) {
    let (proven, other) = (hash(), hash());
    finished(&f, f.a, proven, f.now).await;
    for n in 0..201 {
        let begun = code(&f, hash(), f.now).await;
        assert_eq!((begun.turn, begun.breaker), (CodeTurn::Send, None), "code {n}");
    }
    let (mine, twice) = (account(), account());
    let opened = code_to(&f, mine, other, f.now).await;
    assert!(opened.breaker.is_some_and(|breaker| breaker.open_since == Some(f.now)), "{opened:?}");
    assert_eq!(opened.turn, CodeTurn::Send, "an account's first from a network is sent");
    let held = code_to(&f, mine, other, f.now).await;
    assert_eq!(held, BegunCode { turn: CodeTurn::Suppressed, limit: Some(BREAKER), breaker: None });
    assert_eq!(code_to(&f, mine, hash(), f.now).await.turn, CodeTurn::Send, "elsewhere it is the first");
    for n in 0..3 {
        assert_eq!(code_to(&f, twice, proven, f.now).await.turn, CodeTurn::Send, "{n}: a proven network goes on");
    }
    assert_eq!(begin(&f, mine, other, f.now, true).await.turn, CodeTurn::Send, "who proved one number goes on");
    let events = told(&f, AuditKind::BreakerOpened).await;
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].details["sent"].as_str(), events[0].details["used"].as_str()), ("201", "0"));
    let hits = told(&f, AuditKind::LimitHit).await;
    assert_eq!(hits.len(), 1);
    assert_eq!(hits[0].details["limit"], BREAKER);
    let tripped = trips::last_day(&f.store, f.a, f.now).await.expect("trips");
    assert_eq!(tripped, [(BREAKER.to_owned(), 1)]);

    // It closes when the hour has passed, and says so once; a look alone changes nothing.
    let later = f.now + minutes(61);
    let look = breakers::find(&f.store, f.a, later).await.expect("found");
    assert_eq!((look.open_since, look.codes.sent), (Some(f.now), 0));
    let closed = code_to(&f, mine, other, later).await;
    assert_eq!(closed.turn, CodeTurn::Send);
    assert!(closed.breaker.is_some_and(|breaker| breaker.open_since.is_none()), "{closed:?}");
    assert_eq!(told(&f, AuditKind::BreakerClosed).await.len(), 1);
    assert!(breakers::find(&f.store, f.b, f.now).await.expect("found").open_since.is_none(), "another tenant's");
}

pub(crate) async fn of_many_at_once_two_hundred_and_one_pass_before_it_opens(f: Fixture) {
    // Two each for 150 pairs of account and network: what comes after the breaker opened gets the first of each alone.
    let pairs: Vec<_> = (0..150).map(|_| (account(), hash())).collect();
    let first = join_all(pairs.iter().map(|(to, network)| code_to(&f, *to, *network, f.now))).await;
    assert!(first.iter().all(|begun| begun.turn == CodeTurn::Send));
    let second = join_all(pairs.iter().map(|(to, network)| code_to(&f, *to, *network, f.now))).await;
    assert_eq!(second.iter().filter(|begun| begun.turn == CodeTurn::Send).count(), 51);
    assert_eq!(second.iter().filter(|begun| begun.breaker.is_some()).count(), 1, "opened once");
    assert_eq!(told(&f, AuditKind::BreakerOpened).await.len(), 1);
}

pub(crate) async fn a_flow_that_ends_proves_its_network(f: Fixture) {
    let network = hash();
    let proven =
        async |tenant, at| networks::standing(&f.store, tenant, network, vec![], at).await.expect("an answer").proven;
    assert!(!proven(f.a, f.now).await);
    finished(&f, f.a, network, f.now).await;
    assert!(proven(f.a, f.now).await && !proven(f.b, f.now).await, "in that tenant alone");
    let month = TimeDelta::days(30);
    assert!(proven(f.a, f.now + month - TimeDelta::microseconds(1)).await);
    assert!(!proven(f.a, f.now + month).await, "lately");
    finished(&f, f.a, network, f.now + month).await;
    assert!(proven(f.a, f.now + month).await);
}

pub(crate) async fn a_limit_is_told_of_once_a_window(f: Fixture) {
    let one = || vec![hit("a", 2)];
    for _ in 0..5 {
        limits::count(&f.store, f.a, one(), f.now).await.expect("counted");
    }
    // What was given back, or a ceiling that moved, does not make it told of again.
    limits::give_back(&f.store, f.a, one(), f.now).await.expect("given back");
    limits::count(&f.store, f.a, one(), f.now).await.expect("counted");
    limits::count(&f.store, f.a, vec![hit("a", 1)], f.now).await.expect("counted");
    let events = told(&f, AuditKind::LimitHit).await;
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].details["limit"].as_str(), events[0].network), ("a", Some(one()[0].subject)));
    assert_eq!(trips::last_day(&f.store, f.a, f.now).await.expect("trips"), [], "for the caller to count");
    let next = f.now + TimeDelta::seconds(600);
    for _ in 0..3 {
        limits::count(&f.store, f.a, one(), next).await.expect("counted");
    }
    assert_eq!(told(&f, AuditKind::LimitHit).await.len(), 2, "the next window");
}

pub(crate) async fn trips_are_added_up_over_a_day(f: Fixture) {
    let record = async |name: &str, times, at, event| {
        trips::record(&f.store, f.a, name.to_owned(), times, at, event).await.expect("recorded");
    };
    let last_day = async |tenant, at| trips::last_day(&f.store, tenant, at).await.expect("trips");
    let named = |name: &str, times| (name.to_owned(), times);
    record("a", 1, f.now, Some(event(AuditKind::LimitHit, f.now))).await;
    record("a", 50, f.now, None).await;
    record("b", 1, f.now + TimeDelta::hours(5), None).await;
    record("a", 2, f.now + TimeDelta::hours(5), None).await;
    // What is counted nowhere yet is no line of its own, and its event is there all the same.
    record("c", 0, f.now, Some(event(AuditKind::LimitHit, f.now))).await;
    assert_eq!(last_day(f.a, f.now + TimeDelta::hours(6)).await, [named("a", 53), named("b", 1)]);
    assert_eq!(told(&f, AuditKind::LimitHit).await.len(), 2);
    assert_eq!(last_day(f.a, f.now + TimeDelta::hours(25)).await, [named("a", 2), named("b", 1)]);
    assert_eq!(last_day(f.a, f.now + TimeDelta::hours(30)).await, []);
    assert_eq!(last_day(f.b, f.now).await, []);
}

pub(crate) async fn replicas_agree_on_a_key(f: Fixture) {
    let agree = async |held: &[&str], active: &str| {
        let held = held.iter().map(|key| (*key).to_owned()).collect();
        operator::agree_on_key(&f.store, KeyUse::Limit, held, active.to_owned()).await.expect("agreed")
    };
    let stands = async |usage| operator::agreed_key(&f.store, usage).await.expect("read");
    assert_eq!(stands(KeyUse::Limit).await, None);
    assert_eq!(agree(&["m"], "m").await, "m");
    for active in ["a", "m", "z"] {
        assert_eq!(agree(&["a", "m", "z"], active).await, "m", "{active} is active: the one that stands is held");
    }
    // It was taken out: of many at once one decides, and those that hold both go along.
    let all = join_all(["a", "z"].iter().cycle().take(20).map(|active| agree(&["a", "z"], active))).await;
    let next = stands(KeyUse::Limit).await.expect("a key");
    assert!(["a", "z"].contains(&next.as_str()) && all.iter().all(|key| *key == next), "{next}: {all:?}");
    assert_eq!(agree(&["a", "m", "z"], "m").await, next);
    assert_eq!(stands(KeyUse::Token).await, None, "another use's");
}

pub(crate) async fn what_comes_again_is_counted_once(f: Fixture) {
    let limit = |name, ceiling| Limit { name, window_seconds: DAY, ceiling, by_network: false };
    let (first, second, third) = (hash(), hash(), hash());
    let count = async |number| {
        let seen = Hit { limit: limit("seen", i64::MAX), subject: number };
        let bounded = vec![Hit { limit: limit("numbers", 2), subject: KeyedHash([1; 32]) }];
        limits::count_once(&f.store, f.a, seen, bounded, f.now).await.expect("counted")
    };
    for number in [first, first, second, first, second] {
        assert_eq!(count(number).await, None);
    }
    assert_eq!(count(third).await, Some("numbers"));
    assert_eq!(count(third).await, Some("numbers"), "what was answered was not seen");
    assert_eq!(count(first).await, None);
}

pub(crate) async fn budget_alarms_are_raised_once(f: Fixture) {
    let spend = async |sms, at| {
        let spent = operator::spend_sms(&f.store, f.a, sms, at, 10, 100).await.expect("counted");
        (spent.hour_alarm, spent.day_alarm)
    };
    let all = join_all((0..7).map(|_| spend(1, f.now))).await;
    assert!(all.iter().all(|alarms| *alarms == (None, None)), "{all:?}");
    let all = join_all((0..5).map(|_| spend(1, f.now))).await;
    let raised = |percent| all.iter().filter(|(hour, _)| *hour == Some(percent)).count();
    assert_eq!((raised(80), raised(100)), (1, 1), "{all:?}");
    assert_eq!(spend(0, f.now).await, (None, None), "once");
    assert_eq!(operator::sms_sent(&f.store, f.a, f.now).await.expect("sent"), (12, 12));
    let next = f.now + minutes(60);
    assert_eq!(operator::sms_sent(&f.store, f.a, next).await.expect("sent"), (0, 12));
    assert_eq!(spend(8, next).await, (Some(80), None), "the next hour has its own");
    assert_eq!(spend(60, next).await, (Some(100), Some(80)));
    // A budget that was made smaller meanwhile.
    let smaller = operator::spend_sms(&f.store, f.a, 0, next, 10, 20).await.expect("looked");
    assert_eq!((smaller.hour_alarm, smaller.day_alarm), (None, Some(100)));
}

pub(crate) async fn the_deployment_is_counted_over_tenants(f: Fixture) {
    let limit = hit("all", 1).limit;
    let count = async |at| operator::count_deployment(&f.store, limit, at).await.expect("counted");
    let all = join_all((0..20).map(|_| count(f.now))).await;
    assert_eq!(all.iter().max(), Some(&20));
    let stands = async |at| operator::deployment_count(&f.store, limit, at).await.expect("read");
    assert_eq!(stands(f.now).await, 20);
    let next = f.now + TimeDelta::seconds(600);
    assert_eq!((stands(next).await, count(next).await), (0, 1));
    count(f.now + TimeDelta::days(2)).await;
    assert_eq!(f.number("select count(*) from deployment_counters").await, 1, "old windows are forgotten");
}
