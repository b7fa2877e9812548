//! The audit trail.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use chrono::TimeDelta;
use futures_util::future::join_all;
use portvakt_domain::{
    audit::{AuditKind, ChainError, Head, NewEvent},
    audit_checkpoint::Checkpoint,
    id::{FlowId, TenantId},
    job::Job,
};
use portvakt_storage::{
    StorageError, Store,
    audit::{self, SealReport},
    operator::{self, Lease},
};
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::{
    fixture::{Fixture, account, audit_key, event, hash, minutes},
    wall::database,
};

async fn record(f: &Fixture, events: Vec<NewEvent>) {
    audit::record(&f.store, f.a, events).await.expect("recorded");
}

async fn seal(f: &Fixture, batch: i64) -> Result<SealReport, StorageError> {
    audit::seal_pending(&f.store, f.a, audit_key(f.a), batch).await
}

/// Walks the chain with the domain's own rules.
async fn verify(f: &Fixture, tenant: TenantId) -> Result<Head, ChainError> {
    let key = audit_key(tenant);
    let mut head = Head::EMPTY;
    loop {
        let links = audit::read_chain(&f.store, tenant, head.seq + 1, 7).await.expect("read");
        if links.is_empty() {
            return Ok(head);
        }
        for (link, event) in &links {
            head = head.advance(&key, tenant, link, event.as_ref())?;
        }
    }
}

pub(crate) async fn events_come_back_exactly(f: Fixture) {
    let (flow, network) = (FlowId(Uuid::new_v4()), hash());
    let full = NewEvent {
        account: Some(account()),
        flow: Some(flow),
        network: Some(network),
        actor: Some("öppna \"x\"\n".to_owned()),
        details: BTreeMap::from([("outcome".to_owned(), "å\\\u{1F600}".to_owned()), (String::new(), String::new())]),
        ..event(AuditKind::CodeSent, f.now)
    };
    let bare = event(AuditKind::LimitHit, f.now + TimeDelta::microseconds(1));
    record(&f, vec![full.clone(), bare.clone()]).await;
    assert_eq!(audit::unsealed_older_than(&f.store, f.a, f.now).await.expect("counted"), 0);
    assert_eq!(audit::unsealed_older_than(&f.store, f.a, f.now + minutes(1)).await.expect("counted"), 2);
    let report = seal(&f, 10).await.expect("sealed");
    assert_eq!((report.sealed, report.head.seq, report.more), (2, 2, false));
    let links = audit::read_chain(&f.store, f.a, 1, 10).await.expect("read");
    let first = links[0].1.as_ref().expect("an event");
    assert_eq!((first.id, first.at, first.kind.as_str()), (full.id, f.now, full.kind.as_str()));
    assert_eq!((first.flow, first.network, &first.actor), (Some(flow), Some(network), &full.actor));
    assert_eq!(first.details, full.details);
    assert!(first.subject.is_some_and(|subject| subject != full.account.expect("an account").0), "a pseudonym");
    let second = links[1].1.as_ref().expect("an event");
    assert_eq!(
        (second.at, second.subject, second.flow, second.network, &second.actor),
        (bare.at, None, None, None, &None)
    );
    assert_eq!(audit::head(&f.store, f.a).await.expect("a head"), report.head);
    assert_eq!(audit::head(&f.store, f.b).await.expect("a head"), Head::EMPTY);
    assert_eq!(audit::unsealed_older_than(&f.store, f.a, f.now + minutes(1)).await.expect("counted"), 0);
}

pub(crate) async fn a_chain_is_sealed_in_order_and_verifies(f: Fixture) {
    for i in [3, 1, 2, 0, 4] {
        record(&f, vec![event(AuditKind::CodeWrong, f.now + TimeDelta::seconds(i))]).await;
    }
    let report = seal(&f, 3).await.expect("sealed");
    assert_eq!((report.sealed, report.more), (3, true));
    let report = seal(&f, 3).await.expect("sealed");
    assert_eq!((report.sealed, report.head.seq, report.more), (2, 5, false));
    let report = seal(&f, 3).await.expect("sealed");
    assert_eq!((report.sealed, report.head.seq, report.more), (0, 5, false));
    let links = audit::read_chain(&f.store, f.a, 1, 10).await.expect("read");
    let times: Vec<_> = links.iter().map(|(_, event)| event.as_ref().expect("an event").at).collect();
    assert!(times.is_sorted());
    assert_eq!(verify(&f, f.a).await.expect("whole"), report.head);
}

pub(crate) async fn concurrent_sealers_make_one_chain(f: Fixture) {
    let all = (0..40).map(|i| event(AuditKind::CodeWrong, f.now + TimeDelta::seconds(i)));
    record(&f, all.collect()).await;
    let sealers = (0..8).map(|_| async {
        loop {
            match seal(&f, 5).await {
                Ok(report) if report.sealed == 0 => return,
                Ok(_) | Err(StorageError::Conflict(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
    });
    join_all(sealers).await;
    assert_eq!(verify(&f, f.a).await.expect("whole").seq, 40);
    assert_eq!(f.number("select count(*) from audit_seals").await, 40);
}

pub(crate) async fn a_swapped_event_is_noticed(f: Fixture) {
    let events: Vec<_> = (0..4).map(|i| event(AuditKind::CodeWrong, f.now + TimeDelta::seconds(i))).collect();
    record(&f, events.clone()).await;
    seal(&f, 10).await.expect("sealed");
    assert!(verify(&f, f.a).await.is_ok());
    let [second, third] = [events[1].id.0, events[2].id.0].map(|id| f.id(id));
    // Two events change places: each keeps its time and text, the links name the other.
    f.execute(&format!("update audit_seals set seq = -2 where event = {second}")).await;
    f.execute(&format!("update audit_seals set seq = 2 where event = {third}")).await;
    f.execute(&format!("update audit_seals set seq = 3 where event = {second}")).await;
    assert_eq!(verify(&f, f.a).await, Err(ChainError::Broken(2)));
    f.execute(&format!("update audit_seals set seq = -2 where event = {second}")).await;
    f.execute(&format!("update audit_seals set seq = 3 where event = {third}")).await;
    f.execute(&format!("update audit_seals set seq = 2 where event = {second}")).await;
    assert!(verify(&f, f.a).await.is_ok());
    f.execute(&format!("update audit_events set details = '{{\"outcome\":\"x\"}}' where id = {third}")).await;
    assert_eq!(verify(&f, f.a).await, Err(ChainError::Broken(3)));
    f.execute(&format!("update audit_events set details = '{{}}' where id = {third}")).await;
    assert!(verify(&f, f.a).await.is_ok());
    f.execute(&format!("update audit_events set subject = {second} where id = {third}")).await;
    assert_eq!(verify(&f, f.a).await, Err(ChainError::Broken(3)));
    f.execute("delete from audit_seals where seq = 2").await;
    assert_eq!(verify(&f, f.a).await, Err(ChainError::Gap { expected: 2, found: 3 }));
}

pub(crate) async fn a_late_event_is_sealed_all_the_same(f: Fixture) {
    record(&f, vec![event(AuditKind::CodeWrong, f.now)]).await;
    assert_eq!(seal(&f, 10).await.expect("sealed").sealed, 1);
    record(&f, vec![event(AuditKind::CodeWrong, f.now - TimeDelta::days(3))]).await;
    assert_eq!(audit::unsealed_older_than(&f.store, f.a, f.now).await.expect("counted"), 1);
    assert_eq!(seal(&f, 10).await.expect("sealed").sealed, 1);
    assert_eq!(verify(&f, f.a).await.expect("whole").seq, 2);
}

/// Only what jobs ask for is sealed; when the last recorder is done and no job waits, nothing may be left.
pub(crate) async fn no_event_is_left_behind_by_its_job(f: Fixture) {
    if !f.store.is_sqlite() {
        // Commits take their time: a job may be leased between what a recorder saw and what others see of it.
        f.execute(
            "create function dawdle() returns trigger language plpgsql as
               $$ begin perform pg_sleep(0.03); return null; end $$;
             create constraint trigger dawdle after insert on audit_events deferrable initially deferred
               for each row execute function dawdle()",
        )
        .await;
    }
    let recording = std::sync::atomic::AtomicBool::new(true);
    let recorders = async {
        join_all((0..20).map(|_| async {
            for _ in 0..10 {
                record(&f, vec![event(AuditKind::CodeWrong, f.now)]).await;
            }
        }))
        .await;
        recording.store(false, Ordering::Relaxed);
    };
    let worker = async {
        loop {
            let last = !recording.load(Ordering::Relaxed);
            let lease = Lease::of("w", f.now + minutes(1), 1);
            let jobs = operator::lease_jobs(&f.store, lease).await.expect("leased");
            let Some(job) = jobs.into_iter().next() else {
                if last {
                    return;
                }
                tokio::task::yield_now().await;
                continue;
            };
            assert_eq!(job.job, Job::SealAudit);
            while seal(&f, 50).await.expect("sealed").more {}
            assert!(operator::complete_job(&f.store, job.id, "w".to_owned()).await.expect("an answer"));
        }
    };
    futures_util::join!(recorders, worker);
    assert_eq!(audit::unsealed_older_than(&f.store, f.a, f.now + minutes(1)).await.expect("counted"), 0);
    assert_eq!(verify(&f, f.a).await.expect("whole").seq, 200);
}

/// A sealer waits for an event that is recorded but can't be seen yet. On PostgreSQL, where commits take their time; here
/// somebody holds one up until the sealer stands behind it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sealer_waits_for_who_is_recording() {
    let f = Fixture::postgres().await;
    f.execute(
        "create function wait() returns trigger language plpgsql as
           $$ begin perform pg_advisory_xact_lock(42); return null; end $$;
         create constraint trigger wait after insert on audit_events deferrable initially deferred
           for each row execute function wait()",
    )
    .await;
    let holder = database(&f).superuser().await;
    holder.batch_execute("begin; select pg_advisory_xact_lock(42)").await.expect("held");
    let waiting = "select count(*) from pg_stat_activity
                   where datname = current_database() and usename = 'portvakt_app' and wait_event_type = 'Lock'";
    let standing = async |expected: i64| while f.number(waiting).await < expected {};
    let sealed = std::sync::atomic::AtomicBool::new(false);
    let sealing = async {
        standing(1).await;
        let report = seal(&f, 50).await.expect("sealed");
        sealed.store(true, Ordering::Relaxed);
        report.sealed
    };
    let releasing = async {
        while f.number(waiting).await < 2 {
            if sealed.load(Ordering::Relaxed) {
                break;
            }
        }
        holder.batch_execute("rollback").await.expect("let go");
    };
    let recording = record(&f, vec![event(AuditKind::CodeWrong, f.now)]);
    let ((), seen, ()) = futures_util::join!(recording, sealing, releasing);
    assert_eq!(seen, 1, "the event was recorded before the sealer looked");
}

pub(crate) async fn one_account_is_one_subject(f: Fixture) {
    let mine = account();
    let of = |account| NewEvent { account, ..event(AuditKind::CodeSent, f.now) };
    join_all((0..10).map(|_| record(&f, vec![of(Some(mine)), of(Some(account())), of(None)]))).await;
    audit::record(&f.store, f.b, vec![of(Some(mine))]).await.expect("recorded");
    let tenant = f.id(f.a.0);
    let distinct = format!("select count(distinct subject) from audit_events where tenant_id = {tenant}");
    assert_eq!(f.number(&distinct).await, 11);
    assert_eq!(f.number("select count(*) from audit_events where subject is null").await, 10);
    let subjects = format!("select count(distinct subject) from subjects where account = {}", f.id(mine.0));
    assert_eq!(f.number(&subjects).await, 2, "another tenant's is another one");
    let (_, first) = f.cost(record(&f, vec![of(Some(account()))])).await;
    let (_, again) = f.cost(record(&f, vec![of(Some(mine))])).await;
    let (_, nobody) = f.cost(record(&f, vec![of(None)])).await;
    assert_eq!((first, again), (again, nobody));
}

pub(crate) async fn a_trail_needs_the_keys_behind_its_last_checkpoint(f: Fixture) {
    let used = async |tenant| {
        let keys = audit::keys_in_use(&f.store, tenant).await.expect("keys");
        let counted = audit::count_by_key(&f.store, tenant).await.expect("counted");
        assert_eq!(keys, counted.iter().map(|(key, _)| key.clone()).collect(), "both say the same");
        let mut counted: Vec<(String, i64)> =
            counted.into_iter().map(|(key, links)| (key.unwrap_or_default(), links)).collect();
        counted.sort();
        counted
    };
    let expected = |keys: &[(&str, i64)]| keys.iter().map(|(key, n)| ((*key).to_owned(), *n)).collect::<Vec<_>>();
    assert_eq!(used(f.a).await, []);
    record(&f, (0..6).map(|i| event(AuditKind::Swept, f.now + TimeDelta::seconds(i))).collect()).await;
    seal(&f, 10).await.expect("sealed");
    for (key, seqs) in [("null", "1"), ("'one'", "2, 3"), ("'two'", "4, 5"), ("'three'", "6")] {
        f.execute(&format!("update audit_seals set key = {key} where seq in ({seqs})")).await;
    }
    assert_eq!(used(f.a).await, expected(&[("", 1), ("one", 2), ("three", 1), ("two", 2)]));
    assert_eq!(used(f.b).await, []);
    for (seq, left) in [
        (1, &[("four", 1), ("one", 2), ("three", 1), ("two", 2)][..]),
        (4, &[("four", 1), ("three", 1), ("two", 1)]),
        (6, &[("four", 1)]),
    ] {
        let checkpoint = Checkpoint { seq, key: "four".to_owned(), digest: [1; 32], seal: [2; 32] };
        assert!(audit::add_checkpoint(&f.store, f.a, checkpoint, f.now).await.expect("an answer"));
        assert_eq!(used(f.a).await, expected(left), "behind {seq}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keys_of_a_long_trail_are_read_by_their_index() {
    let f = Fixture::postgres().await;
    f.execute(&format!(
        "insert into audit_events (tenant_id, id, at, kind, details)
           select '{}', gen_random_uuid(), now(), 'x', '{{}}' from generate_series(1, 4000);
         insert into audit_seals (tenant_id, seq, event, seal, key)
           select tenant_id, n, id, '\\x00', case when n <= 2000 then 'one' else 'two' end
           from (select tenant_id, id, row_number() over () as n from audit_events) as links",
        f.a
    ))
    .await;
    let superuser = database(&f).superuser().await;
    let ask = async |sql: &str| superuser.query_one(sql, &[]).await.expect(sql).get::<_, i64>(0);
    let connections = "select count(*) from pg_stat_activity
                       where datname = current_database() and application_name = 'portvakt'";
    let read = "select (select sum(seq_tup_read) from pg_stat_user_tables where relname = 'audit_seals')::bigint
                  + (select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'audit_seals')::bigint";
    let (connected, before) = (ask(connections).await, ask(read).await);
    let store = Store::open(database(&f).settings(), Handle::current()).await.expect("opened");
    let keys = audit::keys_in_use(&store, f.a).await.expect("keys");
    assert_eq!(keys, ["one", "two"].map(|key| Some(key.to_owned())).into());
    // A connection's statistics are complete when it is gone.
    drop(store);
    let gone = async { while ask(connections).await > connected {} };
    tokio::time::timeout(std::time::Duration::from_secs(30), gone).await.expect("the connections are closed");
    let cost = ask(read).await - before;
    assert!((1..100).contains(&cost), "{cost} entries of 4000 links were read");
}
