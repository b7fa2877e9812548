//! The current password is guarded on both pages like a sign-in: no more wrong ones reach the directory than leave its
//! owner two.

use futures_util::future::join_all;
use harness::{Database, State, World, journey};

const NEW: &str = "Tallkotte41Vindfang";
const WRONG: &str = "Fel-losenord-1";
/// The directories of the tests lock at five; two tries stay the person's own.
const PASSED_ON: &str = "3";

pub async fn a_wrong_current_password_never_locks(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let (person, directory) = (world.person(slug, State::Normal).await, &world.tenant(slug).directory);
        // A flow first: its own guess counts with those at the first page.
        let mut inside = world.browser();
        let mut page = journey::to_change(world, &mut inside, slug, &person).await;
        page = journey::submit_change(&mut inside, &page, WRONG, NEW).await;
        assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/change/password"), "{}", page.text());
        assert!(page.text().contains("Ditt nuvarande lösenord stämmer inte. Skriv det igen."), "{}", page.text());

        for _ in 0..4 {
            let wrong = journey::give_current(world, &mut world.browser(), slug, &person.username, WRONG).await;
            assert_eq!(wrong.status, 422, "{}", wrong.text());
        }
        let mut statuses = Vec::new();
        for _ in 0..4 {
            let wrong = journey::submit_change(&mut inside, &page, WRONG, NEW).await;
            statuses.push(wrong.status.as_u16());
        }
        assert_eq!(statuses, [422, 422, 422, 429], "{slug}: the fifth wrong one ends the flow");
        match directory.slapd() {
            // slapd counts binds alone: of the three that were passed on one was a change.
            Some(slapd) => assert_eq!(slapd.values(&person.dn, "pwdFailureTime").await.len(), 2, "{slug}"),
            None => assert_eq!(directory.values(&person.dn, "badPwdCount").await, [PASSED_ON], "{slug}"),
        }
        assert!(!directory.is_locked(&person).await, "{slug}");
        let mut outcomes = world.told(slug, "change.outcome", "outcome").await;
        // The clock stood still: what happened at one moment has no order.
        outcomes.sort_unstable();
        assert_eq!(outcomes, ["not_passed_on", "not_passed_on", "not_passed_on", "not_passed_on", "wrong_password"]);
        assert_eq!(world.told(slug, "flow.exhausted", "x").await.len(), 1, "{slug}");

        // Even the right one is not tried any more within the window.
        let right = journey::give_current(world, &mut world.browser(), slug, &person.username, &person.password).await;
        assert_eq!(right.status, 422, "{slug}: {}", right.text());
        assert_eq!(directory.signs_in(&person, &person.password).await, Ok(()), "{slug}: its owner gets in elsewhere");
        let _ = world.arrived().await;
    }
}

/// Many flows at once pass on no more than one after the other would.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_flows_at_once_pass_on_no_more() {
    let world = &World::practice_with(Database::Postgres, super::offered).await;
    let person = &world.person("mjolby", State::Normal).await;
    let account = world.tenant("mjolby").directory.practice().domain().account(&person.username).expect("an account");
    let mut flows = Vec::new();
    for _ in 0..12 {
        let mut browser = world.browser();
        let page = journey::to_change(world, &mut browser, "mjolby", person).await;
        flows.push((browser, page));
    }
    let wrong = flows.into_iter().map(|(mut browser, page)| async move {
        journey::submit_change(&mut browser, &page, WRONG, NEW).await.status.as_u16()
    });
    assert_eq!(join_all(wrong).await, [422; 12]);
    assert_eq!((account.bad_password_count(), account.is_locked()), (3, false));
}

/// The network's limit on wrong passwords counts here as well, and what was right costs nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_guesses_is_held_up() {
    let world = World::practice_with(Database::Sqlite, super::offered).await;
    let slug = "mjolby";
    let person = world.person(slug, State::Normal).await;
    let mut browser = harness::Browser::on_network(world.public, "192.0.2.81");
    let page = journey::to_change(&world, &mut browser, slug, &person).await;
    let done = journey::submit_change(&mut browser, &page, &person.password, NEW).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());

    let other = world.person(slug, State::Functional).await;
    let page = journey::to_change(&world, &mut browser, slug, &other).await;
    let counted =
        world.sqlite("select coalesce(sum(count), 0) from limit_counters where name = 'failures_per_network'");
    assert_eq!(counted, [["0"]], "what was right is given back");
    let wrong = journey::submit_change(&mut browser, &page, WRONG, NEW).await;
    assert_eq!(wrong.status, 422);
    world.sqlite("update limit_counters set count = 60 where name = 'failures_per_network'");
    let modifies = world.tenant(slug).directory.practice().operations().modifies;
    let limited = journey::submit_change(&mut browser, &page, &other.password, NEW).await;
    assert_eq!(limited.status, 429, "{}", limited.text());
    assert_eq!(world.tenant(slug).directory.practice().operations().modifies, modifies, "nothing was sent");
}
