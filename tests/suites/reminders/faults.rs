//! A directory that is away in the morning, late starts, and what is laid aside: seen, tried again, and nobody else's
//! trouble.

use chrono::TimeDelta;
use harness::{Database, World};
use portvakt_demo::practice::{Fault, Operation};
use portvakt_domain::{calendar, reminder_run::RunState, tenant::TimeZone, time::Clock as _};
use portvakt_flows::retry_job;
use portvakt_storage::{operator, reminders};

use crate::stage::{OVER, expected, first_morning, lines, to_morning, today};

async fn newest(world: &World, slug: &str) -> Option<reminders::StoredRun> {
    let store = &world.shared.platform.store;
    reminders::runs(store, world.tenant(slug).id, 1).await.expect("runs").into_iter().next()
}

fn to(slug: &str, lines: &[crate::stage::Line]) -> usize {
    lines.iter().filter(|line| line.0.ends_with(&format!("@{slug}.test"))).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_that_is_away_is_asked_again_and_keeps_nobody_waiting() {
    let world = first_morning(Database::Sqlite).await;
    let directory = world.tenant("orebro").directory.practice();
    directory.fail(Operation::Search, Fault::Closed);
    let first = lines(&world.arrived().await);
    assert_eq!(to("orebro", &first), 0);
    assert!(to("mjolby", &first) > 0, "the next tenant hears of nothing");
    let run = newest(&world, "orebro").await.expect("a run");
    assert_eq!((run.state, run.day), (RunState::Running, today(&world)));

    // Back within the hour: everybody hears of it, once.
    directory.heal();
    world.clock.advance(TimeDelta::minutes(10));
    let later = lines(&world.arrived().await);
    let whole = expected(&world).into_iter().filter(|line| line.0.ends_with("@orebro.test")).count();
    assert!(to("orebro", &later) >= whole, "{} of {whole}", to("orebro", &later));
    let done = newest(&world, "orebro").await.expect("a run");
    assert_eq!((done.id, done.state), (run.id, RunState::Done), "the same run went on");
    world.clock.advance(TimeDelta::minutes(10));
    assert_eq!(lines(&world.arrived().await), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_that_stays_away_makes_a_run_that_people_see_has_failed() {
    let world = first_morning(Database::Sqlite).await;
    let directory = world.tenant("orebro").directory.practice();
    directory.fail(Operation::Search, Fault::Closed);
    let store = &world.shared.platform.store;
    for _ in 0..14 {
        let _ = world.arrived().await;
        world.clock.advance(TimeDelta::hours(1));
        if newest(&world, "orebro").await.is_some_and(|run| run.state == RunState::Failed) {
            break;
        }
    }
    let run = newest(&world, "orebro").await.expect("a run");
    let problem = run.problem.unwrap_or_default();
    assert_eq!(run.state, RunState::Failed);
    assert!(problem.contains("directory"), "{problem}");
    let dead = operator::list_dead_jobs(store, Some(world.tenant("orebro").id)).await.expect("a list");
    assert_eq!(dead.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["remind"]);

    // An alarm knows: due, and not done.
    let told = reqwest::get(format!("http://{}/metrics", world.internal)).await.expect("metrics").text().await;
    let told = told.expect("a text");
    let gauge = |name: &str| {
        let begin = format!("portvakt_reminders_{name}{{tenant=\"{}\"}} ", world.tenant("orebro").id);
        told.lines().find_map(|line| line.strip_prefix(&begin)).and_then(|value| value.parse::<i64>().ok())
    };
    let day = calendar::local_day(world.clock.now(), TimeZone::STOCKHOLM.tz());
    let due = gauge("due_timestamp_seconds").and_then(|due| chrono::DateTime::from_timestamp(due, 0));
    assert_eq!(due.map(|due| calendar::local_day(due, TimeZone::STOCKHOLM.tz())), Some(day));
    assert_eq!(gauge("last_success_timestamp_seconds"), None);

    // Somebody mends the directory and has it tried again.
    directory.heal();
    let (clock, random) = (world.shared.platform.clock.as_ref(), world.shared.platform.random.as_ref());
    assert!(retry_job::run(store, clock, random, &dead[0], "Åsa").await.expect("an answer"));
    assert!(to("orebro", &lines(&world.arrived().await)) > 0);
    assert_eq!(newest(&world, "orebro").await.map(|run| run.state), Some(RunState::Done));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_was_given_up_is_asked_for_again_and_leaves_nothing_behind() {
    let world = first_morning(Database::Sqlite).await;
    let directory = world.tenant("orebro").directory.practice();
    directory.fail(Operation::Search, Fault::Closed);
    let (mut most, mut failed) = (0, 0);
    for _ in 0..26 {
        let _ = world.arrived().await;
        world.clock.advance(TimeDelta::minutes(20));
        most = most.max(laid_aside(&world, "orebro").await);
        failed = failed.max(failed_runs(&world, "orebro").await);
    }
    assert!(most <= 1, "one job at most is laid aside: {most}");
    assert!(failed > 0, "it was given up in between");
    // By afternoon it is back: nobody has to do anything.
    directory.heal();
    let whole = expected(&world).into_iter().filter(|line| line.0.ends_with("@orebro.test")).count();
    let mut told = Vec::new();
    for _ in 0..3 {
        told.extend(lines(&world.arrived().await));
        world.clock.advance(TimeDelta::hours(1));
    }
    assert!(whole > 0 && to("orebro", &told) >= whole, "{} of {whole}", to("orebro", &told));
    assert_eq!(newest(&world, "orebro").await.map(|run| run.state), Some(RunState::Done));
    assert_eq!(laid_aside(&world, "orebro").await, 0);
}

/// How many of a tenant's runs are laid aside. A reconciliation may be, too: it asks the same directory.
async fn laid_aside(world: &World, slug: &str) -> usize {
    let store = &world.shared.platform.store;
    let dead = operator::list_dead_jobs(store, Some(world.tenant(slug).id)).await.expect("a list");
    dead.iter().filter(|job| job.kind == "remind").count()
}

/// How many runs of a tenant failed.
async fn failed_runs(world: &World, slug: &str) -> usize {
    let store = &world.shared.platform.store;
    let all = reminders::runs(store, world.tenant(slug).id, 100).await.expect("runs");
    all.iter().filter(|run| run.state == RunState::Failed).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_midnight_overtook_is_seen_to_have_failed_and_nothing_of_it_is_lost() {
    let world = first_morning(Database::Sqlite).await;
    let _ = world.arrived().await;
    to_morning(&world);
    let due: Vec<_> = expected(&world).into_iter().filter(|line| line.0.ends_with("@orebro.test")).collect();
    let directory = world.tenant("orebro").directory.practice();
    directory.fail(Operation::Search, Fault::Closed);
    let _ = world.arrived().await;
    // The server is away as well until the small hours of the next day.
    world.clock.advance(TimeDelta::hours(18));
    directory.heal();
    let _ = world.arrived().await;
    let run = newest(&world, "orebro").await.expect("a run");
    assert_eq!(run.state, RunState::Failed);
    world.clock.advance(TimeDelta::hours(7));
    let told = lines(&world.arrived().await);
    for (to, account, ends, left) in due {
        let now = (to, account, ends, left - 1);
        assert!(told.contains(&now), "{now:?} with the days that are truly left");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_days_without_a_server_everybody_stands_once_with_the_days_that_are_left() {
    let world = first_morning(Database::Sqlite).await;
    let _ = world.arrived().await;
    let before = world.clock.now();
    // Ten days: for many, several marks have come and gone.
    world.clock.advance(TimeDelta::days(10));
    let told = lines(&world.arrived().await);
    let mut once = told.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), told.len(), "nobody stands twice in a mail");
    let day = today(&world);
    assert!(told.iter().all(|(_, _, ends, left)| *left == (*ends - day).num_days().max(OVER)));
    let mut missing = Vec::new();
    for account in ["orebro", "mjolby"].into_iter().flat_map(crate::stage::spoken_of) {
        let ends = crate::stage::last_day(&world, &account);
        let marks = [30, 15, 7, 5, 3, 1, 0].map(|mark| ends - TimeDelta::days(mark));
        let first = calendar::local_day(before, TimeZone::STOCKHOLM.tz());
        let fell = marks.into_iter().any(|falls| falls > first && falls <= day);
        let is_told = told.iter().any(|line| line.1 == account.username);
        if fell != is_told {
            missing.push((account.username, ends, fell));
        }
    }
    assert_eq!(missing, []);
}
