//! Sign-in at pwreg, and name and current password at a change: every refusal looks like a wrong password, and costs what
//! one costs.

use std::{
    net::IpAddr,
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use harness::{Database, Page, Person, State, World};
use portvakt_demo::practice::Operations;
use portvakt_domain::{
    flow::FlowKind, language::Language, login::Login, password::Password, sign_in::Entrance, time::Clock as _,
    token::StartToken,
};
use portvakt_flows::{
    Visitor,
    sign_in::{self, SignedIn},
};

use crate::answers::answer;

/// One try more than the directory is asked for: threshold 5, two kept for the person.
const TRIES: usize = 4;
const WRONG: &str = "Fel-losenord-1";
/// Refusals that ask the directory and refusals that need not wait for the same moment.
const NO_SOONER: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_looks_like_a_wrong_password_on_sqlite() {
    every_refusal_looks_like_a_wrong_password(&World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_looks_like_a_wrong_password_on_postgres() {
    every_refusal_looks_like_a_wrong_password(&World::practice(Database::Postgres).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_costs_what_a_wrong_password_costs_on_sqlite() {
    every_refusal_costs_what_a_wrong_password_costs(&World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_costs_what_a_wrong_password_costs_on_postgres() {
    every_refusal_costs_what_a_wrong_password_costs(&World::practice(Database::Postgres).await).await;
}

const ENTRANCES: [Entrance; 2] = [Entrance::Registration, Entrance::Change];

/// The password presented: a wrong one where the right one would let in, the right one where it must not.
fn presented(entrance: Entrance, person: &Person) -> String {
    let lets_in = match entrance {
        Entrance::Registration => person.state.may().0,
        Entrance::Change => person.state.may_change(),
    };
    if lets_in { WRONG.to_owned() } else { person.password.clone() }
}

/// Where the form is.
fn place<'a>(world: &'a World, slug: &str, entrance: Entrance) -> (&'a str, &'static str) {
    match entrance {
        Entrance::Registration => (&world.tenant(slug).register, "/"),
        Entrance::Change => (&world.tenant(slug).reset, "/change"),
    }
}

async fn every_refusal_looks_like_a_wrong_password(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let mut people = Vec::new();
        for state in State::ALL {
            people.push(world.person(slug, state).await);
        }
        for entrance in ENTRANCES {
            // What was counted at the other entrance is past.
            world.clock.advance(chrono::TimeDelta::minutes(31));
            let (host, path) = place(world, slug, entrance);
            let answers = join_all(people.iter().map(|person| async move {
                let (mut browser, typed) = (world.browser(), person.username.to_uppercase());
                let password = presented(entrance, person);
                let mut seen = Vec::new();
                for n in 1..=TRIES {
                    let start = browser.get(host, path).await.hidden("start");
                    let fields = [("start", start.as_str()), ("username", &typed), ("password", &password)];
                    let asked = Instant::now();
                    let page: Page = browser.post_once(host, path, &fields).await;
                    assert!(asked.elapsed() >= NO_SOONER, "{:?}, try {n}: {:?}", person.state, asked.elapsed());
                    assert_eq!(page.status, 422, "{entrance:?}, {:?}: {}", person.state, page.text());
                    let shown = [&person.username, &person.mail, &password];
                    assert!(shown.iter().all(|text| !page.html.contains(text.as_str())), "{:?}", person.state);
                    seen.push(answer(&format!("try {n}"), &page, &typed));
                }
                seen
            }))
            .await;
            for (person, seen) in people.iter().zip(&answers) {
                let first = people[0].state;
                assert_eq!(seen, &answers[0], "{slug}, {entrance:?}, {:?} against {first:?}", person.state);
            }
        }
    }
}

async fn every_refusal_costs_what_a_wrong_password_costs(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let mut people = Vec::new();
        for state in State::ALL {
            people.push(world.person(slug, state).await);
        }
        for entrance in ENTRANCES {
            world.clock.advance(chrono::TimeDelta::minutes(31));
            costs_are_alike(world, slug, entrance, &people).await;
        }
    }
}

async fn costs_are_alike(world: &World, slug: &str, entrance: Entrance, people: &[Person]) {
    // Connections are made, policies and groups are read before anything is counted.
    cost(world, slug, entrance, "nobody01", WRONG).await;
    let mut seen = Vec::new();
    for person in people {
        let mut tries = Vec::new();
        for _ in 0..TRIES {
            tries.push(cost(world, slug, entrance, &person.username, &presented(entrance, person)).await);
        }
        seen.push((person.state, &person.username, tries));
    }
    // The least counts: the app may read its tenants anew at the same time.
    let least = |n: usize| seen.iter().map(|(_, _, tries)| tries[n].0).min().expect("some");
    for n in 0..TRIES {
        let asked = seen[0].2[n].1;
        assert_eq!((asked.binds, asked.connections), if n < 3 { (1, 1) } else { (0, 0) }, "try {n} of {:?}", seen[0].0);
        let like_it = seen.iter().filter(|(_, _, tries)| tries[n].0 == least(n)).count();
        assert!(like_it > seen.len() / 2, "{slug}, {entrance:?}, try {n}: {seen:?}");
        for (state, name, tries) in &seen {
            assert_eq!(tries[n].1, asked, "{slug}, {entrance:?}, try {n}: the directory's share, {state:?}");
            if tries[n].0 != least(n) {
                again(world, slug, entrance, name, n, least(n)).await;
            }
        }
    }
}

/// Tries the same with the clock moved past the guard's window, until the app does not read its tenants meanwhile.
async fn again(world: &World, slug: &str, entrance: Entrance, name: &str, n: usize, expected: u64) {
    let mut counted = Vec::new();
    for _ in 0..5 {
        world.clock.advance(chrono::TimeDelta::minutes(31));
        for _ in 0..n {
            cost(world, slug, entrance, name, WRONG).await;
        }
        counted.push(cost(world, slug, entrance, name, WRONG).await.0);
        if counted.last() == Some(&expected) {
            return;
        }
    }
    panic!("{slug}, {entrance:?}, {name}, try {n}: statements {counted:?}, not {expected}");
}

/// An address in a network from which nobody has tried: the limit on a network's failures is not what is compared.
fn fresh_network() -> IpAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let [high, low] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    IpAddr::from([10, high, low, 9])
}

/// What one sign-in costs: statements, and operations on the directory.
async fn cost(world: &World, slug: &str, entrance: Entrance, typed: &str, password: &str) -> (u64, Operations) {
    let (platform, tenant) = (&world.shared.platform, world.served(slug));
    let server = world.tenant(slug).directory.practice();
    let visitor = Visitor::new(platform, &tenant, fresh_network(), Language::default());
    let kind = if entrance == Entrance::Registration { FlowKind::Register } else { FlowKind::Reset };
    let start = StartToken::issue(&platform.keys, tenant.id, kind, world.clock.now(), platform.random.as_ref());
    let login = Login::parse(typed).expect("a name");
    let password = Password::new(password.to_owned()).expect("a password");
    let (statements, before) = (platform.store.statements(), server.operations());
    let signed_in = sign_in::run(platform, &tenant, &visitor, entrance, &start, &login, &password).await;
    let signed_in = signed_in.expect("an answer");
    assert!(matches!(signed_in, SignedIn::Refused), "{signed_in:?}");
    let after = server.operations();
    let operations = Operations {
        connections: after.connections - before.connections,
        binds: after.binds - before.binds,
        searches: after.searches - before.searches,
        ..Operations::default()
    };
    (platform.store.statements() - statements, operations)
}
