//! Two people of two municipalities who have the same username and the same phone number: what one does, has and is sent
//! concerns the other in nothing. Everything that is looked up by a name, a number or an id is tried here.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use harness::{Browser, Database, Person, State, World, journey, world::find_code};
use portvakt_domain::{
    id::{AccountKey, FlowId, JobId, MessageId, NumberChangeId},
    job::Job,
    login::DirectoryName,
    time::Clock as _,
};
use portvakt_storage::{flows, jobs, messages, number_changes, numbers};
use uuid::Uuid;

const SLUGS: [&str; 2] = ["orebro", "mjolby"];
const NEW: &str = "Tallkotte41Vindfang";

/// The twins, by tenant.
struct Twins {
    people: BTreeMap<&'static str, Person>,
    number: String,
}

impl Twins {
    async fn born(world: &World) -> Self {
        let first = world.person(SLUGS[0], State::Normal).await;
        let number = first.number.clone().expect("a number");
        let mut second = world.person(SLUGS[1], State::Normal).await;
        let directory = &world.tenant(SLUGS[1]).directory;
        directory.replace(&second.dn, "sAMAccountName", &[&first.username]).await;
        second.username.clone_from(&first.username);
        world.store_number(SLUGS[1], &second, &number).await;
        second.number = Some(number.clone());
        Self { people: BTreeMap::from([(SLUGS[0], first), (SLUGS[1], second)]), number }
    }

    async fn key(&self, world: &World, slug: &str) -> AccountKey {
        let name = DirectoryName { text: &self.people[slug].username, account_name_only: true };
        world.served(slug).directory.find(name).await.expect("a directory").expect("an account").key
    }
}

/// Everything of one twin that could be touched by mistake.
#[derive(Debug, PartialEq)]
struct Belongings {
    traces: Vec<Vec<String>>,
    password: Result<(), String>,
    numbers: usize,
    events: usize,
    rules: String,
}

async fn belongings(world: &World, twins: &Twins, slug: &str, password: &str) -> Belongings {
    let (tenant, person) = (world.tenant(slug), &twins.people[slug]);
    let own = numbers::list(&world.shared.platform.store, tenant.id, twins.key(world, slug).await).await;
    Belongings {
        traces: tenant.directory.traces(person).await,
        password: tenant.directory.bind(person, password).await,
        numbers: own.expect("a database").len(),
        events: world.trail(slug).await.len(),
        rules: format!("{:?}", world.served(slug).policy),
    }
}

async fn what_one_twin_does_concerns_the_other_in_nothing(world: &World) {
    let twins = Twins::born(world).await;
    let mut passwords =
        SLUGS.map(|slug| (slug, twins.people[slug].password.clone())).into_iter().collect::<BTreeMap<_, _>>();
    for (own, other) in [(SLUGS[0], SLUGS[1]), (SLUGS[1], SLUGS[0])] {
        world.arrived().await;
        let before = belongings(world, &twins, other, &passwords[other]).await;
        assert_eq!((before.numbers, &before.password), (1, &Ok(())));

        // 1. A reset, with every message that belongs to it.
        let person = &twins.people[own];
        let mut browser = Browser::on_network(world.public, "192.0.2.10");
        let done = journey::reset(world, &mut browser, own, person, NEW).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        passwords.insert(own, NEW.to_owned());
        let sent = world.arrived().await;
        assert!(!sent.is_empty() && sent.iter().all(|message| message.tenant == own), "{sent:?}");
        assert!(sent.iter().all(|message| message.to != twins.people[other].mail), "{sent:?}");

        // 2. A second number.
        let signed_in = Person { password: NEW.to_owned(), ..person.clone() };
        journey::lose_phone(world, &mut world.browser(), own, &signed_in, &world.fresh_number()).await;
        world.arrived().await;

        // 3. Wrong passwords at pwreg, until that is enough.
        for _ in 0..6 {
            journey::sign_in(world, &mut browser, own, &person.username, "Fel-losenord-1").await;
        }

        // 4. Codes, until the account and its network have had enough.
        for _ in 0..4 {
            journey::ask_for_code(world, &mut Browser::on_network(world.public, "192.0.2.10"), own, &person.username)
                .await;
        }
        let codes = world.arrived().await.into_iter().filter(|message| find_code(&message.text).is_some()).count();
        assert!(codes < 4, "a limit was met: {codes}");

        assert_eq!(belongings(world, &twins, other, &passwords[other]).await, before, "of {own}, at {other}");

        // 5. The other's limits are untouched: the same name, from the same network, gets a code at the same number.
        journey::ask_for_code(world, &mut Browser::on_network(world.public, "192.0.2.10"), other, &person.username)
            .await;
        let sent = world.arrived().await;
        let [code] = sent.as_slice() else { panic!("{sent:?}") };
        assert_eq!((code.tenant.as_str(), code.to.as_str()), (other, twins.number.as_str()));
        world.clock.advance(TimeDelta::days(1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twins_are_strangers_on_sqlite() {
    what_one_twin_does_concerns_the_other_in_nothing(&World::practice(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twins_are_strangers_on_postgres() {
    what_one_twin_does_concerns_the_other_in_nothing(&World::practice(Database::Postgres).await).await;
}

/// An id from the newest row of a table.
fn newest(world: &World, table: &str, column: &str) -> Uuid {
    let rows = world.sqlite(&format!("select {column} from {table} order by id desc limit 1"));
    rows[0][0].parse().expect("an id")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_of_one_tenant_is_no_work_at_the_other() {
    let world = &World::practice(Database::Sqlite).await;
    let twins = Twins::born(world).await;
    let (own, other) = (SLUGS[0], SLUGS[1]);
    let (store, person) = (&world.shared.platform.store, &twins.people[own]);
    let (here, there) = (world.tenant(own).id, world.tenant(other).id);

    // 1. A delayed change, a flow and a code on its way.
    journey::lose_phone(world, &mut world.browser(), own, person, &world.fresh_number()).await;
    world.arrived().await;
    journey::ask_for_code(world, &mut world.browser(), own, &person.username).await;
    let change = NumberChangeId(newest(world, "number_changes", "id"));
    let (message, flow) = (MessageId(newest(world, "messages", "id")), FlowId(newest(world, "messages", "flow")));
    let account = twins.key(world, own).await;

    // 2. They are found at their own tenant, and at no other.
    for (tenant, found) in [(here, true), (there, false)] {
        assert_eq!(messages::find(store, tenant, message).await.expect("a database").is_some(), found);
        assert_eq!(flows::find_by_id(store, tenant, flow).await.expect("a database").is_some(), found);
        assert_eq!(number_changes::find(store, tenant, change).await.expect("a database").is_some(), found);
        assert_eq!(!numbers::list(store, tenant, account).await.expect("a database").is_empty(), found);
    }

    // 3. As jobs of the other tenant they come to nothing: its worker sends nothing and writes nothing.
    let before = belongings(world, &twins, other, &twins.people[other].password).await;
    assert_eq!(world.arrived().await.len(), 1, "the code went out once, as its own tenant's");
    let foreign = [
        Job::SendCode { message },
        Job::SendNotice { message },
        Job::ChangeNumber { change },
        Job::WriteNumber { account },
    ];
    for job in foreign {
        let (now, random) = (world.clock.now(), world.shared.platform.random.as_ref());
        assert!(jobs::enqueue(store, there, job, now, JobId::new(now, random)).await.expect("a database"));
    }
    assert!(world.run_jobs().await >= 4, "they were worked on");
    assert!(world.arrived().await.is_empty());
    assert_eq!(belongings(world, &twins, other, &twins.people[other].password).await, before);
    let waiting = number_changes::find(store, here, change).await.expect("a database").expect("it still waits");
    assert!(waiting.due_at > world.clock.now(), "{waiting:?}");
}
