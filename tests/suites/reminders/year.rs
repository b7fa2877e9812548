//! Morning after morning: everybody is reminded exactly at the marks, whatever the clocks do.

use std::collections::BTreeSet;

use harness::{Database, World};
use portvakt_domain::time::Clock as _;

use crate::stage::{expected, first_morning, last_day, lines, spoken_of, to_morning, today};

/// A month, or a year where the long numbers are asked for: with both changes of the clocks, and passwords that are changed
/// in time, at the last moment and never.
async fn mornings(database: Database) {
    let days = if std::env::var_os("PORTVAKT_TEST_LONG").is_some() { 366 } else { 31 };
    let world = first_morning(database).await;
    // It tells what fell due before anybody looked.
    let first = lines(&world.arrived().await);
    assert!(!first.is_empty());

    let mut told = 0;
    for _ in 0..days {
        to_morning(&world);
        let expected = expected(&world);
        let arrived = world.arrived().await;
        let found = lines(&arrived);
        let once: BTreeSet<_> = found.iter().cloned().collect();
        assert_eq!(found.len(), once.len(), "{}: somebody stands twice: {found:?}", today(&world));
        assert_eq!(once, expected, "{}", today(&world));
        told += found.len();
        change_some(&world);
    }
    assert!(told > days / 2, "{told} lines in {days} days");
}

/// Some change their password when nine days are left, some on the last day; the rest let it end and change it later.
fn change_some(world: &World) {
    for (at, account) in ["orebro", "mjolby"].into_iter().flat_map(spoken_of).enumerate() {
        let left = (last_day(world, &account) - today(world)).num_days();
        let changes_at = match at % 3 {
            0 => 9,
            1 => 0,
            _ => -4,
        };
        if left == changes_at {
            let domain = world.tenant(&account.tenant).directory.practice().domain();
            domain
                .account(&account.username)
                .expect("an account")
                .set_password(&format!("Nytt{}", world.clock.now().timestamp()));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_reminded_at_the_marks_sqlite() {
    mornings(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_reminded_at_the_marks_postgres() {
    mornings(Database::Postgres).await;
}
