//! Values that do not open where they stand are noticed, told once and left.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_that_were_swapped_are_noticed_and_left() {
    let world = World::practice(Database::Sqlite).await;
    let tenant = world.tenant("mjolby").id;
    for _ in 0..3 {
        world.person("mjolby", State::Normal).await;
    }
    swap(&world);
    let both = ring(&world, "next", &["test", "next"]);
    let replica = Replica::with_keys(&world, both.clone()).await;
    let store = &replica.shared.platform.store;
    let rotation =
        Rotation { store, keys: &both, clock: &world.clock, random: &SystemRandom, author: "portvakt keys rotate" };
    let done = rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("the others are sealed anew");
    assert_eq!(done.rejected, 1);
    let usage = Usage::of(store, tenant, "next").await.expect("counted");
    assert_eq!(usage.values.get(&("numbers.number".to_owned(), "test".to_owned())), Some(&1), "{usage:?}");
    world.clock.advance(TimeDelta::seconds(10));
    replica.worker.run_due().await.expect("jobs");
    let chain = portvakt_storage::audit::read_chain(store, tenant, 1, 10_000).await.expect("a chain");
    let kinds: Vec<&str> =
        chain.iter().filter_map(|(_, event)| event.as_ref()).map(|event| event.kind.as_str()).collect();
    assert!(kinds.contains(&"seal.rejected") && !kinds.contains(&"keys.rotation_ended"), "{kinds:?}");
    assert!(done.rejected_anew);
}

/// Puts the number of the last row of each tenant in the place of the first one's.
fn swap(world: &World) {
    world.sqlite(
        "update numbers set number = (select o.number from numbers o where o.tenant_id = numbers.tenant_id
           and o.id = (select max(id) from numbers m where m.tenant_id = numbers.tenant_id))
         where (tenant_id, id) in (select tenant_id, min(id) from numbers group by tenant_id)",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_that_never_open_are_told_once() {
    let world = World::practice(Database::Sqlite).await;
    let (slug, tenant) = ("mjolby", world.tenant("mjolby").id);
    for _ in 0..4 {
        world.person(slug, State::Normal).await;
    }
    swap(&world);
    let replica = Replica::with_keys(&world, ring(&world, "next", &["test", "next"])).await;
    let store = &replica.shared.platform.store;
    let told = async || {
        ask_for_rotation(&replica, &world).await;
        work(&world, &replica).await;
        work(&world, &replica).await;
        let dead = operator::list_dead_jobs(store, None).await.expect("jobs");
        let dead = dead.iter().filter(|job| job.kind == "rotate_keys" && job.tenant == tenant).count();
        let chain = portvakt_storage::audit::read_chain(store, tenant, 1, 10_000).await.expect("a chain");
        let events = chain.into_iter().filter_map(|(_, event)| event).filter(|event| event.kind == "seal.rejected");
        (dead, events.map(|event| event.details["values"].clone()).collect::<Vec<_>>())
    };
    let once = (1, vec!["1".to_owned()]);
    assert_eq!(told().await, once, "laid aside for people to look at");
    assert_eq!((told().await, told().await), (once.clone(), once), "the same one");
    world.sqlite(
        "update numbers set number = zeroblob(1) where id = (select max(id) from numbers n
           where n.tenant_id = numbers.tenant_id)",
    );
    let twice = (2, vec!["1".to_owned(), "2".to_owned()]);
    assert_eq!((told().await, told().await), (twice.clone(), twice), "another one");
    // The operator sees it each time.
    let both = ring(&world, "next", &["test", "next"]);
    let rotation = Rotation { store, keys: &both, clock: &world.clock, random: &SystemRandom, author: "an operator" };
    let done = rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("the others are sealed anew");
    assert_eq!((done.rejected, done.rejected_anew), (2, false));
    let usage = Usage::of(store, tenant, "next").await.expect("counted");
    assert_eq!(usage.damaged, BTreeMap::from([("numbers.number".to_owned(), 1)]));
    assert!(usage.under_others("next") >= 2, "{usage:?}");
}
