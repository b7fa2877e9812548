//! What happens beside a rotation: replicas of another key, numbers in directories, a tenant that is deleted.

use super::*;

/// Values that are under a key and do not go by themselves.
async fn lasting(replica: &Replica, tenant: TenantId, key: &str) -> i64 {
    let usage = Usage::of(&replica.shared.platform.store, tenant, "next").await.expect("counted");
    usage.by_key().get(key).copied().unwrap_or(0) - usage.passing.get(key).copied().unwrap_or(0)
}

async fn not_turned_back(database: Database) {
    let world = World::practice(database).await;
    let tenant = world.tenant("orebro").id;
    world.person("orebro", State::Normal).await;
    let old = Replica::with_keys(&world, ring(&world, "test", &["test", "next"])).await;
    let new = Replica::with_keys(&world, ring(&world, "next", &["test", "next"])).await;
    let behind = Replica::with_keys(&world, ring(&world, "test", &["test"])).await;
    // What happened before is in the trail, under the key of that day.
    work(&world, &old).await;
    ask_for_rotation(&new, &world).await;
    work(&world, &new).await;
    assert_eq!(lasting(&new, tenant, "test").await, 0);
    let all = lasting(&new, tenant, "next").await;
    assert!(all > 0);

    // 1. A replica with the older key active, and one that has not even got the newer, leave it so.
    for replica in [&old, &behind] {
        ask_for_rotation(&new, &world).await;
        work(&world, replica).await;
        assert!(lasting(&new, tenant, "next").await >= all);
    }
    let dead = operator::list_dead_jobs(&new.shared.platform.store, None).await.expect("jobs");
    assert!(dead.is_empty(), "{dead:?}");

    // 2. The operator goes back, and then the newer key's replicas follow.
    let platform = &old.shared.platform;
    let back = ring(&world, "test", &["test", "next"]);
    let random = &SystemRandom;
    let rotation = Rotation { store: &platform.store, keys: &back, clock: &world.clock, random, author: "an operator" };
    world.clock.advance(TimeDelta::seconds(3));
    rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("turned back");
    assert_eq!(lasting(&new, tenant, "next").await, 0);
    for (replica, left) in [(&new, 0), (&old, 0)] {
        ask_for_rotation(&new, &world).await;
        work(&world, replica).await;
        let under_next = Usage::of(&platform.store, tenant, "test").await.expect("counted");
        let numbers = under_next.values.get(&("numbers.number".to_owned(), "next".to_owned()));
        assert_eq!(numbers.copied().unwrap_or(0), left);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_of_two_keys_do_not_turn_values_back_and_forth_on_sqlite() {
    not_turned_back(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_of_two_keys_do_not_turn_values_back_and_forth_on_postgres() {
    not_turned_back(Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hashes_of_directories_numbers_are_counted_until_they_are_dealt_with() {
    let world = World::practice(Database::Sqlite).await;
    let (slug, tenant) = ("mjolby", world.tenant("mjolby").id);
    let (person, other) = (world.person(slug, State::Normal).await, world.person(slug, State::Normal).await);
    let store = &world.shared.platform.store;
    let (known, unknown) = (account(&world, slug, &person).await, account(&world, slug, &other).await);
    let (number, elsewhere) = (person.number.expect("a number"), world.fresh_number());
    for (account, number) in [(known, &number), (unknown, &elsewhere)] {
        let hash = world.keys.hash(tenant, KeyUse::Number, &[number.as_bytes()]);
        let (now, id) = (world.clock.now(), EventId::new(world.clock.now(), &SystemRandom));
        let kind = AuditKind::NumberChangeCancelled;
        let (flow, network, actor, details) = (None, None, None, BTreeMap::new());
        let event = NewEvent { id, at: now, kind, account: None, flow, network, actor, details };
        let agreed = Withdraw { account, agreed: Some(Some(hash)), now, notices: Vec::new(), event };
        number_attributes::withdraw(store, tenant, agreed).await.expect("noted");
    }
    let unnamed = async |key: &str| Usage::of(store, tenant, key).await.expect("counted").unnamed_hashes;
    assert_eq!((unnamed("test").await, unnamed("next").await), (0, 2), "with one key there is nothing to ask");

    world.clock.advance(TimeDelta::hours(1));
    let both = ring(&world, "next", &["test", "next"]);
    let rotation = Rotation { store, keys: &both, clock: &world.clock, random: &SystemRandom, author: "an operator" };
    let rotate = async || rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("sealed anew");
    rotate().await;
    let kept = number_attributes::find(store, tenant, known).await.expect("a record").number_hash;
    assert_eq!(kept, Some(both.hash(tenant, KeyUse::Number, &[number.as_bytes()])), "the account's own is hashed anew");
    assert_eq!(unnamed("next").await, 1, "the other one is not known here");
    let ended = async || world.told(slug, "keys.rotation_ended", "to").await;
    rotate().await;
    assert_eq!(ended().await, Vec::<String>::new());

    number_attributes::compared(store, tenant, unknown, world.clock.now()).await.expect("noted");
    assert_eq!(unnamed("next").await, 0, "it was looked at since");
    rotate().await;
    rotate().await;
    assert_eq!(unnamed("test").await, 2, "a key that was active before says nothing of what came after it");
}

/// A clock that deletes a tenant when it is looked at.
struct Deleting<'a> {
    world: &'a World,
    tenant: TenantId,
}

impl Clock for Deleting<'_> {
    fn now(&self) -> Instant {
        delete(self.world, self.tenant);
        self.world.clock.now()
    }
}

#[expect(clippy::disallowed_methods, reason = "the rotation's own thread waits: it goes on when the tenant is gone")]
fn delete(world: &World, tenant: TenantId) {
    let (store, now) = (&world.shared.platform.store, world.clock.now());
    let deletion = NewDeletion { tenant, author: "an operator".to_owned(), at: now, due_at: now };
    tokio::task::block_in_place(|| {
        tokio::runtime::Handle::current().block_on(async {
            if operator::ask_deletion(store, deletion).await.expect("an answer") {
                assert!(operator::delete_due(store, tenant, now).await.expect("deleted"));
            }
        });
    });
}

async fn deleted_meanwhile(database: Database) {
    let world = World::practice(database).await;
    for slug in ["orebro", "mjolby"] {
        for _ in 0..3 {
            world.person(slug, State::Normal).await;
        }
    }
    world.clock.advance(TimeDelta::seconds(10));
    world.run_jobs().await;
    let store = &world.shared.platform.store;
    let keys = ring(&world, "next", &["test", "next"]);
    let random = &SystemRandom;

    // 1. Before the rotation is noted.
    let tenant = world.tenant("orebro").id;
    let clock = &Deleting { world: &world, tenant };
    let rotation = Rotation { store, keys: &keys, clock, random, author: "an operator" };
    let done = rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("nothing is left to do");
    assert_eq!(done, Rotated::default());

    // 2. Behind the first step.
    let tenant = world.tenant("mjolby").id;
    let rotation = Rotation { store, keys: &keys, clock: &world.clock, random, author: "an operator" };
    let done = rotation.run(tenant, Duration::MAX, &|_| delete(&world, tenant)).await.expect("nothing is left to do");
    assert_eq!((done.rejected, done.unfinished), (0, false));
    assert!(operator::list_tenants(store).await.expect("a list").is_empty());
    assert_eq!(rotation.run(tenant, Duration::MAX, &|_| {}).await.expect("no tenant"), Rotated::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_that_is_deleted_meanwhile_ends_its_rotation_on_sqlite() {
    deleted_meanwhile(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_that_is_deleted_meanwhile_ends_its_rotation_on_postgres() {
    deleted_meanwhile(Database::Postgres).await;
}
