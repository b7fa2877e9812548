//! Limits and the guard of sign-ins.

use chrono::TimeDelta;
use futures_util::future::join_all;
use portvakt_domain::sign_in::Allowance;
use portvakt_storage::{limits, sign_in};

use crate::{
    fixture::{Fixture, hash, hit},
    wall::database,
};

pub(crate) async fn counts_hold_under_concurrency(f: Fixture) {
    let hits = || vec![hit("b", 40), hit("a", 1_000)];
    let turned = || vec![hit("a", 1_000), hit("b", 40)];
    let all = join_all((0..60).map(|i| {
        let hits = if i % 2 == 0 { hits() } else { turned() };
        limits::count(&f.store, f.a, hits, f.now)
    }))
    .await;
    let limited = all.into_iter().filter(|named| *named.as_ref().expect("counted") == Some("b")).count();
    assert_eq!(limited, 20);
    assert_eq!(limits::current(&f.store, f.a, hits(), f.now).await.expect("counts"), [60, 60]);
    assert_eq!(limits::current(&f.store, f.b, hits(), f.now).await.expect("counts"), [0, 0]);
}

/// Two that take the same rows in different orders may wait for each other until the database ends one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_given_back_is_taken_in_the_order_in_which_it_is_counted() {
    let f = Fixture::postgres().await;
    let (a, b) = (hit("a", 40), hit("b", 40));
    limits::count(&f.store, f.a, vec![a, b], f.now).await.expect("counted");
    let mut superuser = database(&f).superuser().await;
    let holding = superuser.transaction().await.expect("a transaction");
    holding.execute("select 1 from limit_counters where name = 'a' for update", &[]).await.expect("held");
    let (store, tenant, now) = (f.store.clone(), f.a, f.now);
    let waiting = tokio::spawn(async move { limits::give_back(&store, tenant, vec![b, a], now).await });
    let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let waits = async { while holding.query_one(waits, &[]).await.expect("activity").get::<_, i64>(0) == 0 {} };
    tokio::time::timeout(std::time::Duration::from_secs(30), waits).await.expect("it waits for the first row");
    holding.execute("select 1 from limit_counters where name = 'b' for update nowait", &[]).await.expect("free as yet");
    holding.commit().await.expect("let go");
    waiting.await.expect("a task").expect("given back");
    assert_eq!(limits::current(&f.store, f.a, vec![a, b], f.now).await.expect("counts"), [0, 0]);
}

pub(crate) async fn windows_end(f: Fixture) {
    let hits = || vec![hit("a", 1)];
    let next = f.now + TimeDelta::seconds(600);
    assert_eq!(limits::count(&f.store, f.a, hits(), f.now).await.expect("counted"), None);
    assert_eq!(limits::count(&f.store, f.a, hits(), f.now).await.expect("counted"), Some("a"));
    assert_eq!(limits::count(&f.store, f.a, hits(), next).await.expect("counted"), None);
    assert_eq!(limits::current(&f.store, f.a, hits(), f.now).await.expect("counts"), [2]);
    assert_eq!(limits::current(&f.store, f.a, hits(), next).await.expect("counts"), [1]);
    // What is given back counts where it was counted, and never below nothing.
    for left in [0, 0] {
        limits::give_back(&f.store, f.a, hits(), next).await.expect("given back");
        assert_eq!(limits::current(&f.store, f.a, hits(), next).await.expect("counts"), [left]);
    }
    assert_eq!(limits::current(&f.store, f.a, hits(), f.now).await.expect("counts"), [2]);
}

const ALLOWANCE: Allowance = Allowance { failures: 8, window_seconds: 1_800, already: 0 };

pub(crate) async fn sign_ins_under_way_never_exceed_the_allowance(f: Fixture) {
    let subject = hash();
    let reserve = |allowance| sign_in::reserve(&f.store, f.a, subject, allowance, f.now);
    let all = join_all((0..64).map(|_| reserve(ALLOWANCE))).await;
    assert_eq!(all.into_iter().filter(|passed| *passed.as_ref().expect("an answer")).count(), 8);
    // Three fail, five are given back: three are used up.
    for i in 0..8 {
        sign_in::settle(&f.store, f.a, subject, i >= 5, f.now).await.expect("settled");
    }
    let all = join_all((0..64).map(|_| reserve(ALLOWANCE))).await;
    assert_eq!(all.into_iter().filter(|passed| *passed.as_ref().expect("an answer")).count(), 5);
    // What the directory counted already is not ours to use.
    let other = hash();
    let already = Allowance { already: 6, ..ALLOWANCE };
    let all = join_all((0..64).map(|_| sign_in::reserve(&f.store, f.a, other, already, f.now))).await;
    assert_eq!(all.into_iter().filter(|passed| *passed.as_ref().expect("an answer")).count(), 2);
    let costs = join_all([reserve(ALLOWANCE)]).await;
    assert!(!costs.into_iter().next().expect("one").expect("an answer"));
    let (_, refused) = f.cost(reserve(ALLOWANCE)).await;
    let (_, passed) = f.cost(sign_in::reserve(&f.store, f.a, hash(), ALLOWANCE, f.now)).await;
    assert_eq!(refused, passed);
}

pub(crate) async fn a_guard_forgets_as_the_directory_does(f: Fixture) {
    let subject = hash();
    let two = Allowance { failures: 2, ..ALLOWANCE };
    let at = |seconds| f.now + TimeDelta::seconds(seconds);
    let reserve = |now| sign_in::reserve(&f.store, f.a, subject, two, now);
    for _ in 0..2 {
        assert!(reserve(at(0)).await.expect("an answer"));
        sign_in::settle(&f.store, f.a, subject, true, at(100)).await.expect("settled");
    }
    // Asking in vain does not keep the window open.
    for seconds in [200, 1_000, 1_900] {
        assert!(!reserve(at(seconds)).await.expect("an answer"), "after {seconds} s");
    }
    assert!(reserve(at(1_901)).await.expect("an answer"), "counted from the last failure");
    sign_in::settle(&f.store, f.a, subject, false, at(1_901)).await.expect("settled");
    for _ in 0..2 {
        assert!(reserve(at(1_902)).await.expect("an answer"), "a right password forgets");
    }
    assert!(!reserve(at(1_902)).await.expect("an answer"));
    assert!(sign_in::reserve(&f.store, f.b, subject, two, at(1_902)).await.expect("an answer"), "another tenant's");
}
