//! Nights, people with numbers, and what became of them.

use chrono::NaiveTime;
use harness::{Person, State, World};
use portvakt_domain::{
    calendar,
    id::AccountKey,
    keys::KeyUse,
    login::DirectoryName,
    reconciliation::{Absence, ReconciliationState},
    tenant::TimeZone,
    time::Clock as _,
};
use portvakt_storage::{
    numbers,
    reconciliations::{self, Absent, StoredReconciliation},
};

pub const SLUG: &str = "orebro";

/// Somebody with a number.
pub struct Registered {
    pub slug: &'static str,
    pub person: Person,
    pub key: AccountKey,
    pub number: String,
}

/// Somebody in this state, with a number.
pub async fn registered(world: &World, slug: &'static str, state: State) -> Registered {
    let person = world.person(slug, state).await;
    let number = person.number.clone().expect("a number");
    let key = key_of(world, slug, &person).await;
    Registered { slug, person, key, number }
}

/// So many more people, newly employed, with numbers.
pub async fn hired(world: &World, slug: &'static str, count: usize) -> Vec<Registered> {
    let directory = &world.tenant(slug).directory;
    let mut all = Vec::new();
    for _ in 0..count {
        let (person, number) = (directory.hire(&directory.staff_unit()).await, world.fresh_number());
        world.store_number(slug, &person, &number).await;
        let key = key_of(world, slug, &person).await;
        all.push(Registered { slug, person, key, number });
    }
    all
}

async fn key_of(world: &World, slug: &str, person: &Person) -> AccountKey {
    let name = DirectoryName { text: &person.username, account_name_only: true };
    world.served(slug).directory.find(name).await.expect("a directory").expect("an account").key
}

impl Registered {
    pub async fn disable(&self, world: &World) {
        world.tenant(self.slug).directory.disable(&self.person).await;
    }

    pub async fn enable(&self, world: &World) {
        let directory = &world.tenant(self.slug).directory;
        directory.replace(&self.person.dn, "userAccountControl", &["512"]).await;
    }

    pub async fn delete(&self, world: &World) {
        let mut ldap = world.tenant(self.slug).directory.administrator().await;
        let deleted = ldap.delete(&self.person.dn).await.and_then(|result| result.success());
        deleted.unwrap_or_else(|error| panic!("{} was not deleted: {error}", self.person.dn));
    }

    /// How many numbers are stored.
    pub async fn numbers(&self, world: &World) -> usize {
        let (store, tenant) = (&world.shared.platform.store, world.tenant(self.slug).id);
        numbers::list(store, tenant, self.key).await.expect("a list").len()
    }

    /// Whether anything is found by the number, in the tables where numbers are looked up. On SQLite.
    pub fn is_found_by_number(&self, world: &World) -> bool {
        let tenant = world.tenant(self.slug).id;
        let hash = world.keys.hash(tenant, KeyUse::Number, &[self.number.as_bytes()]);
        let hex: String = hash.0.iter().map(|byte| format!("{byte:02x}")).collect();
        ["numbers", "number_attributes"].iter().any(|table| {
            let count = world.sqlite(&format!("select count(*) from {table} where number_hash = x'{hex}'"));
            count[0][0] != "0"
        })
    }
}

/// Moves time on to the next morning, when the night's looks are over, and lets them be taken.
pub async fn night(world: &World) {
    let day = calendar::next(calendar::local_day(world.clock.now(), TimeZone::STOCKHOLM.tz()));
    let morning = NaiveTime::from_hms_opt(5, 30, 0).expect("a time");
    let morning = calendar::moment(day, morning, TimeZone::STOCKHOLM.tz());
    world.clock.advance(morning - world.clock.now());
    world.run_jobs().await;
}

pub async fn nights(world: &World, count: usize) {
    for _ in 0..count {
        night(world).await;
    }
}

/// A tenant's looks, newest first.
pub async fn looks(world: &World, slug: &str) -> Vec<StoredReconciliation> {
    reconciliations::list(&world.shared.platform.store, world.tenant(slug).id, 100).await.expect("a list")
}

/// How a tenant's newest look ended, and why.
pub async fn newest(world: &World, slug: &str) -> (ReconciliationState, Option<String>) {
    let newest = looks(world, slug).await.into_iter().next().expect("a look");
    (newest.state, newest.problem)
}

/// Who is known to be absent, and how.
pub async fn absent(world: &World, slug: &str) -> Vec<(AccountKey, Absence)> {
    let all = reconciliations::absences(&world.shared.platform.store, world.tenant(slug).id).await;
    all.expect("a list").iter().map(|Absent { account, reason, .. }| (*account, *reason)).collect()
}

/// What the metrics say of a tenant's last look.
pub async fn gauge(world: &World, slug: &str) -> Option<String> {
    let text = reqwest::Client::builder().no_proxy().build().expect("a client");
    let text = text.get(format!("http://{}/metrics", world.internal)).send().await.expect("an answer");
    let line = format!("portvakt_reconciliation_stopped{{tenant=\"{}\"}} ", world.tenant(slug).id);
    let text = text.text().await.expect("a text");
    text.lines().find_map(|shown| shown.strip_prefix(&line)).map(str::to_owned)
}
