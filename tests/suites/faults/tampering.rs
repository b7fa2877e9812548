//! Rows that were altered behind the platform's back: the trail shows it, and a number does not open where it is not at
//! home.

use harness::{Database, State, World, journey};
use portvakt_domain::{
    audit::{ChainError, Head},
    time::Clock as _,
};
use portvakt_flows::verify_audit;
use portvakt_storage::audit;

use super::{send_in, to_the_form};

const SLUG: &str = "orebro";

async fn verify(world: &World, known: Option<Head>) -> Result<i64, ChainError> {
    let (store, tenant) = (&world.shared.platform.store, world.tenant(SLUG).id);
    let verified = verify_audit::run(store, &world.keys, tenant, known, world.clock.now()).await;
    verified.expect("a database").map(|verified| verified.head.seq)
}

/// A world with a whole journey in its trail.
async fn with_a_trail() -> (World, Head) {
    let world = World::practice(Database::Sqlite).await;
    let person = world.person(SLUG, State::Normal).await;
    let done = journey::reset(&world, &mut world.browser(), SLUG, &person, super::NEW).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    world.arrived().await;
    assert!(world.trail(SLUG).await.len() > 5);
    let head = audit::head(&world.shared.platform.store, world.tenant(SLUG).id).await.expect("a database");
    (world, head)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_alteration_of_the_trail_breaks_the_chain() {
    let (world, head) = with_a_trail().await;
    assert_eq!(verify(&world, Some(head)).await, Ok(head.seq));
    let tenant = format!("x'{}'", world.tenant(SLUG).id.0.simple());
    let third = format!("(select event from audit_seals where tenant_id = {tenant} and seq = 3)");
    world.sqlite("create table kept as select * from audit_events");
    let alterations = [
        "details = json_set(details, '$.outcome', 'something else')",
        "details = '{}', kind = 'code.right'",
        "kind = kind || 'x'",
        "at = at + 1",
        "subject = zeroblob(16)",
        "flow = zeroblob(16)",
        "network = zeroblob(32)",
        "actor = 'somebody'",
    ];
    for alteration in alterations {
        world.sqlite(&format!("update audit_events set {alteration} where id = {third}"));
        assert_eq!(verify(&world, None).await, Err(ChainError::Broken(3)), "{alteration}");
        world.sqlite("delete from audit_events");
        world.sqlite("insert into audit_events select * from kept");
        assert_eq!(verify(&world, Some(head)).await, Ok(head.seq), "restored after {alteration}");
    }
    world.sqlite(&format!("delete from audit_events where id = {third}"));
    assert_eq!(verify(&world, None).await, Err(ChainError::EventMissing(3)));
    world.sqlite("delete from audit_events");
    world.sqlite("insert into audit_events select * from kept");

    // A chain that was written anew, with the key and all, has another seal than the one that was logged.
    let mut other = head;
    other.seal[0] ^= 1;
    assert_eq!(verify(&world, Some(other)).await, Err(ChainError::Replaced(head.seq)));

    // A chain that ends early is whole in itself: the head that was logged tells.
    let last = head.seq;
    world.sqlite(&format!("delete from audit_seals where tenant_id = {tenant} and seq = {last}"));
    assert_eq!(verify(&world, None).await, Ok(last - 1));
    assert_eq!(verify(&world, Some(head)).await, Err(ChainError::Truncated { found: last - 1, known: last }));
    world.sqlite(&format!("delete from audit_seals where tenant_id = {tenant} and seq = 2"));
    assert_eq!(verify(&world, None).await, Err(ChainError::Gap { expected: 2, found: 3 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealed_numbers_that_were_swapped_open_nowhere() {
    swapped_rows_open_nowhere("number").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_whose_accounts_were_swapped_open_nowhere() {
    swapped_rows_open_nowhere("account").await;
}

/// Exchanges a column between the rows of two people.
async fn swapped_rows_open_nowhere(column: &str) {
    let world = World::practice(Database::Sqlite).await;
    let directory = &world.tenant(SLUG).directory;
    let people = [world.person(SLUG, State::Normal).await, world.person(SLUG, State::Normal).await];
    let mut half_way = world.browser();
    to_the_form(&world, &mut half_way, SLUG, &people[0]).await;
    let rows = world.sqlite(&format!("select id, {column} from numbers"));
    let [first, second] = rows.as_slice() else { panic!("two numbers: {rows:?}") };
    // One statement would meet the key of the table half-way.
    world.sqlite(&format!("update numbers set {column} = zeroblob(16) where id = x'{}'", first[0]));
    for (row, other) in [(second, first), (first, second)] {
        world.sqlite(&format!("update numbers set {column} = x'{}' where id = x'{}'", other[1], row[0]));
    }

    let mut alike: Option<String> = None;
    for person in &people {
        // Nothing is sent, to neither phone, and the page does not tell.
        let page = journey::ask_for_code(&world, &mut world.browser(), SLUG, &person.username).await;
        assert_eq!(&page.html, alike.get_or_insert_with(|| page.html.clone()));
        assert!(world.arrived().await.is_empty(), "no SMS to somebody else's phone");
        // At pwreg the owner sees a fault with a reference, and no digit of anybody's number.
        let page = journey::sign_in(&world, &mut world.browser(), SLUG, &person.username, &person.password).await;
        assert_eq!((page.status.as_u16(), page.h1().as_str()), (500, "Något gick fel hos oss"), "{}", page.text());
        assert!(!page.text().contains("*** ***"), "{}", page.text());
    }
    // A flow that was proved before writes nothing any more.
    let traces = directory.traces(&people[0]).await;
    let page = send_in(&mut half_way, &world.tenant(SLUG).reset).await;
    assert_eq!(page.status, 500, "{}", page.text());
    assert_eq!(directory.traces(&people[0]).await, traces);

    let trail = world.trail(SLUG).await;
    let rejected: Vec<_> = trail.iter().filter(|event| event.kind == "seal.rejected").collect();
    assert!(rejected.len() >= 4, "each time it is met: {}", rejected.len());
    assert!(rejected.iter().all(|event| event.subject.is_some() && event.details["place"] == "numbers.number"));
    assert!(!trail.iter().any(|event| event.kind == "password.intended"));
}
