//! The job behind the reply: the same reads and writes in every state, up to the call to the gateway.

use std::collections::BTreeMap;

use harness::{Database, State, World, journey};
use portvakt_demo::practice::Operations;
use portvakt_domain::{
    audit::{AuditKind, NewEvent},
    id::{EventId, JobId, MessageId},
    job::Job,
    message::MessageState,
    time::Clock as _,
};
use portvakt_flows::send_code;
use portvakt_storage::{
    messages::{self, Taker},
    operator::{self, Lease},
};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_job_costs_the_same_in_every_state_on_sqlite() {
    the_job_costs_the_same_in_every_state(&World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_job_costs_the_same_in_every_state_on_postgres() {
    the_job_costs_the_same_in_every_state(&World::practice(Database::Postgres).await).await;
}

async fn the_job_costs_the_same_in_every_state(world: &World) {
    for slug in ["orebro", "mjolby"] {
        // Connections are made and groups are read before anything is counted.
        cost(world, slug, "nobody01").await;
        let settling = settling(world, slug).await;
        let mut seen = Vec::new();
        for state in State::ALL {
            let person = world.person(slug, state).await;
            // Several times, the least counts: the app may read its tenants anew at the same time.
            let mut least = cost(world, slug, &person.username).await;
            for _ in 0..2 {
                let (statements, operations) = cost(world, slug, &person.username).await;
                least.0 = least.0.min(statements);
                assert_eq!(operations, least.1, "{slug}, {state:?}");
            }
            let sent = world.arrived().await.len();
            assert_eq!(sent, if state.may().1 { 3 } else { 0 }, "{slug}, {state:?}");
            let after_the_call = if state.may().1 { settling } else { 0 };
            seen.push((state, least.0 - after_the_call, least.1));
        }
        let (_, statements, operations) = seen[0];
        assert!(operations.searches > 0 && statements > 10, "{seen:?}");
        for (state, its, ops) in &seen {
            assert_eq!((*its, *ops), (statements, operations), "{slug}, {state:?} against {:?}", seen[0].0);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_to_another_number_costs_the_same_whether_it_is_registered_on_sqlite() {
    another_number_costs_the_same(&World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_to_another_number_costs_the_same_whether_it_is_registered_on_postgres() {
    another_number_costs_the_same(&World::practice(Database::Postgres).await).await;
}

async fn another_number_costs_the_same(world: &World) {
    let slug = "orebro";
    let (mine, elsewhere) = (world.fresh_number(), world.fresh_number());
    let person = world.person(slug, State::Normal).await;
    let first = person.number.clone().expect("a number");
    world.store_numbers(slug, &person, &[(&first, None), (&mine, None)]).await;
    // Connections are made and groups are read before anything is counted.
    cost(world, slug, "nobody01").await;
    let settling = settling(world, slug).await;
    let mut seen = Vec::new();
    for (typed, number, sends) in [
        (person.username.as_str(), &mine, true),
        (person.username.as_str(), &elsewhere, false),
        ("nobody03", &mine, false),
        ("nobody03", &elsewhere, false),
    ] {
        let mut least = u64::MAX;
        for _ in 0..3 {
            let mut browser = world.browser();
            let page = journey::ask_for_code(world, &mut browser, slug, typed).await;
            world.arrived().await;
            world.clock.advance(chrono::TimeDelta::seconds(60));
            browser.submit_to(&page, "/code/another", &[("number", number)]).await;
            let message = taken(world).await;
            least = least.min(run(world, slug, message).await.0);
            let sent: Vec<_> = world.arrived().await.into_iter().map(|sms| sms.to).collect();
            assert_eq!(sent, if sends { vec![number.clone()] } else { Vec::new() }, "{typed}");
            world.clock.advance(chrono::TimeDelta::days(1));
        }
        seen.push(least - if sends { settling } else { 0 });
    }
    assert!(seen.iter().all(|cost| *cost == seen[0]), "{seen:?}");
}

/// What the job behind one start costs: statements, and operations on the directory.
async fn cost(world: &World, slug: &str, typed: &str) -> (u64, Operations) {
    let message = asked(world, slug, typed).await;
    run(world, slug, message).await
}

/// What one message's job costs.
async fn run(world: &World, slug: &str, message: MessageId) -> (u64, Operations) {
    let (platform, tenant) = (&world.shared.platform, world.served(slug));
    let server = world.tenant(slug).directory.practice();
    let (statements, before) = (platform.store.statements(), server.operations());
    send_code::run(platform, &tenant, message).await.expect("the job ends");
    let after = server.operations();
    let operations = Operations {
        connections: after.connections - before.connections,
        binds: after.binds - before.binds,
        searches: after.searches - before.searches,
        modifies: after.modifies - before.modifies,
        ..Operations::default()
    };
    (platform.store.statements() - statements, operations)
}

/// What it costs to note the gateway's answer, which only comes where a gateway was asked.
async fn settling(world: &World, slug: &str) -> u64 {
    let mut least = u64::MAX;
    for _ in 0..3 {
        let message = asked(world, slug, "nobody02").await;
        let (platform, tenant) = (&world.shared.platform, world.served(slug));
        let event = NewEvent {
            id: EventId(Uuid::new_v4()),
            at: world.clock.now(),
            kind: AuditKind::MessageSettled,
            account: None,
            flow: None,
            network: None,
            actor: None,
            details: BTreeMap::new(),
        };
        let before = platform.store.statements();
        let settled = messages::settle(
            &platform.store,
            tenant.id,
            message,
            MessageState::Sent,
            Taker::default(),
            world.clock.now(),
            event,
        );
        assert!(settled.await.expect("settled"));
        least = least.min(platform.store.statements() - before);
    }
    least
}

/// Asks for a code, and takes the job away from the worker.
async fn asked(world: &World, slug: &str, typed: &str) -> MessageId {
    world.run_jobs().await;
    journey::ask_for_code(world, &mut world.browser(), slug, typed).await;
    taken(world).await
}

/// The one message with a code that waits, taken away from the worker.
async fn taken(world: &World) -> MessageId {
    let store = &world.shared.platform.store;
    let worker = "the test".to_owned();
    let lease = Lease::of(&worker, world.clock.now(), 10);
    let leased = operator::lease_jobs(store, lease).await.expect("leased");
    let mut found: Vec<MessageId> = Vec::new();
    for job in leased {
        if let Job::SendCode { message } = job.job {
            found.push(message);
        }
        let id: JobId = job.id;
        assert!(operator::complete_job(store, id, worker.clone()).await.expect("an answer"));
    }
    let [message] = found.as_slice() else { panic!("expected one message: {found:?}") };
    *message
}
