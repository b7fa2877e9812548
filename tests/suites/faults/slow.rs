//! One tenant's directory answers nothing: the other tenant's requests and jobs go on as if nothing were.

use std::time::{Duration, Instant};

use harness::{Database, State, World, journey};
use portvakt_demo::practice::Operation;

/// Longer than anything here may take, shorter than the silent directory is waited for.
const SOON: Duration = Duration::from_secs(20);

async fn patient() -> World {
    World::practice_with(Database::Sqlite, |settings| settings.directory.deadline_seconds = 30).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_directory_delays_no_request_of_another_tenant() {
    let world = patient().await;
    let silent = world.tenant("orebro").directory.practice();
    let (register, slow) = (world.tenant("orebro").register.clone(), world.person("orebro", State::Normal).await);
    let person = world.person("mjolby", State::Unregistered).await;
    let number = world.fresh_number();

    silent.stall(Operation::Search);
    let mut waiting = Vec::new();
    for n in 0..40 {
        let (mut browser, register) = (world.browser(), register.clone());
        let (username, password) = (format!("{}{}", slow.username, "x".repeat(n)), slow.password.clone());
        waiting.push(tokio::spawn(async move {
            let start = browser.get(&register, "/").await;
            browser.submit(&start, &[("username", &username), ("password", &password)]).await
        }));
    }
    let whole = async {
        let done = journey::register(&world, &mut world.browser(), "mjolby", &person, &number).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        world.arrived().await;
        let person = harness::Person { number: Some(number.clone()), ..person };
        let done = journey::reset(&world, &mut world.browser(), "mjolby", &person, super::NEW).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
    };
    tokio::time::timeout(SOON, whole).await.expect("the other tenant is served");
    assert!(waiting.iter().all(|request| !request.is_finished()), "while all of these wait");

    // Nor is anybody of the silent tenant lost once it answers: the first name is a person's, the others nobody's.
    silent.heal();
    silent.drop_connections().await;
    for (n, request) in waiting.into_iter().enumerate() {
        let page = request.await.expect("an answer");
        let expected = if n == 0 { (200, "/confirm") } else { (422, "/") };
        assert_eq!((page.status.as_u16(), page.path.as_str()), expected, "{}", page.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_directory_delays_no_job_of_another_tenant() {
    let world = patient().await;
    let silent = world.tenant("orebro").directory.practice();
    let slow = world.person("orebro", State::Normal).await;
    let mut people = Vec::new();
    for _ in 0..6 {
        people.push(world.person("mjolby", State::Normal).await);
    }
    silent.stall(Operation::Search);
    // More than the worker has places; the others are for names that nobody has.
    for n in 0..40 {
        let typed = if n == 0 { slow.username.clone() } else { format!("finnsinte{n}") };
        journey::ask_for_code(&world, &mut world.browser(), "orebro", &typed).await;
    }
    let working = tokio::spawn(world.worker.clone().run());
    // One after the other, so that the worker has had every occasion to give its places away.
    for (before, person) in people.iter().enumerate() {
        journey::ask_for_code(&world, &mut world.browser(), "mjolby", &person.username).await;
        reaches(&world, person).await;
        assert_eq!(world.outbox.messages().len(), before + 1, "while the other tenant's wait");
    }

    silent.heal();
    silent.drop_connections().await;
    reaches(&world, &slow).await;
    world.worker.stop();
    working.await.expect("it ends");
}

/// Waits until a message has come to somebody's number.
async fn reaches(world: &World, person: &harness::Person) {
    let started = Instant::now();
    while !world.outbox.messages().iter().any(|message| Some(&message.to) == person.number.as_ref()) {
        assert!(started.elapsed() < SOON, "no message reached {}", person.username);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
