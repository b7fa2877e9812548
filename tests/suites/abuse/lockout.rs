//! Sign-in at pwreg never locks the directory's account, whoever tries, from wherever, at however many replicas.

use chrono::TimeDelta;
use futures_util::{StreamExt as _, stream};
use harness::{Browser, Database, Person, State, World, journey, replica::Replica};
use portvakt_demo::practice::{Fault, Operation};
use portvakt_domain::time::Clock as _;

use crate::{long, network};

/// The directories of the tests lock at five; two tries stay the person's own.
const PASSED_ON: i64 = 3;
const WRONG: &str = "Fel-losenord-1";
const AT_ONCE: usize = 64;

/// Presents a password at pwreg, and returns the status: 303 is right, 422 is wrong.
async fn sign_in(world: &World, browser: &mut Browser, slug: &str, name: &str, password: &str) -> u16 {
    let host = &world.tenant(slug).register;
    let start = browser.get(host, "/").await.hidden("start");
    let fields = [("start", start.as_str()), ("username", name), ("password", password)];
    browser.post_once(host, "/", &fields).await.status.as_u16()
}

/// Wrong passwords for one account in every spelling of its name, many at once, spread over networks and over the servers
/// given.
async fn attack(world: &World, servers: &[std::net::SocketAddr], slug: &str, person: &Person, tries: usize) {
    let statuses: Vec<u16> = stream::iter(0..tries)
        .map(|n| async move {
            let mut browser = Browser::on_network(servers[n % servers.len()], &network(n % 250));
            let upper = person.username.to_uppercase();
            let spellings = [&person.username, &person.netbios_login, &person.upn, &person.mail, &upper];
            sign_in(world, &mut browser, slug, spellings[n % spellings.len()], WRONG).await
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    assert!(statuses.iter().all(|status| *status == 422), "{statuses:?}");
}

/// The account is as it was, and so is the person: the right password lets in as soon as the window has passed.
async fn nobody_is_locked(world: &World, slug: &str, person: &Person) {
    let directory = &world.tenant(slug).directory;
    let account = directory.practice().domain().account(&person.username).expect("an account");
    assert!(!account.is_locked());
    assert_eq!(account.bad_password_count(), PASSED_ON, "threshold less two are passed on, no more");
    assert_eq!(directory.bind(person, &person.password).await, Ok(()), "the person at their own computer");

    let mut own = world.browser();
    assert_eq!(sign_in(world, &mut own, slug, &person.username, &person.password).await, 422, "within the window");
    world.clock.advance(TimeDelta::minutes(31));
    assert_eq!(sign_in(world, &mut own, slug, &person.username, &person.password).await, 303, "after the window");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_sign_ins_never_lock_on_sqlite() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person("mjolby", State::Normal).await;
    let before = world.tenant("mjolby").directory.practice().operations().binds;
    attack(world, &[world.public], "mjolby", &person, if long() { 1_000 } else { 200 }).await;
    let binds = world.tenant("mjolby").directory.practice().operations().binds - before;
    assert!(binds <= 3, "{binds} binds");
    nobody_is_locked(world, "mjolby", &person).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_wrong_sign_ins_at_two_replicas_never_lock() {
    let world = &World::practice(Database::Postgres).await;
    let replica = Replica::of(world).await;
    let person = world.person("orebro", State::Normal).await;
    attack(world, &[world.public, replica.public], "orebro", &person, 1_000).await;
    nobody_is_locked(world, "orebro", &person).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_sign_ins_never_lock_a_real_account() {
    attack_for_real(&World::samba(Database::Postgres).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_sign_ins_never_lock_an_account_of_openldap() {
    attack_for_real(&World::openldap(Database::Postgres).await).await;
}

async fn attack_for_real(world: &World) {
    let replica = Replica::of(world).await;
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Normal).await;
        attack(world, &[world.public, replica.public], slug, &person, if long() { 1_000 } else { 60 }).await;
        let directory = &world.tenant(slug).directory;
        assert!(!directory.is_locked(&person).await);
        match directory.slapd() {
            Some(slapd) => {
                assert_eq!(
                    slapd.values(&person.dn, "pwdFailureTime").await.len(),
                    usize::try_from(PASSED_ON).expect("")
                );
            }
            None => assert_eq!(directory.values(&person.dn, "badPwdCount").await, [PASSED_ON.to_string()]),
        }
        assert_eq!(directory.bind(&person, &person.password).await, Ok(()), "the person at their own computer");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_directory_counted_by_itself_counts() {
    let world = &World::practice(Database::Sqlite).await;
    let slug = "orebro";
    for (already, passed_on) in [(3, 0), (4, 0), (2, 1), (1, 2)] {
        let person = world.person(slug, State::Normal).await;
        let server = world.tenant(slug).directory.practice();
        let account = server.domain().account(&person.username).expect("an account");
        account.overwrite("badPwdCount", &[&already.to_string()]).expect("stored");
        account.overwrite_time("badPasswordTime", world.clock.now()).expect("stored");
        for _ in 0..6 {
            let mut browser = world.browser();
            assert_eq!(sign_in(world, &mut browser, slug, &person.username, WRONG).await, 422);
        }
        assert_eq!(account.bad_password_count(), already + passed_on, "already {already}");
        assert!(!account.is_locked());
        // Not even the right one is passed on, until the window has passed.
        let mut own = world.browser();
        assert_eq!(sign_in(world, &mut own, slug, &person.username, &person.password).await, 422);
        world.clock.advance(TimeDelta::minutes(31));
        assert_eq!(sign_in(world, &mut own, slug, &person.username, &person.password).await, 303);
        assert_eq!(account.bad_password_count(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guard_survives_a_restart_and_holds_for_every_spelling() {
    let world = &World::practice(Database::Sqlite).await;
    let slug = "orebro";
    let person = world.person(slug, State::Normal).await;
    let account = world.tenant(slug).directory.practice().domain().account(&person.username).expect("an account");
    for name in [&person.username, &person.netbios_login, &person.upn] {
        assert_eq!(sign_in(world, &mut world.browser(), slug, name, WRONG).await, 422);
    }
    let restarted = Replica::of(world).await;
    for name in [&person.mail, &person.username.to_uppercase(), &person.username] {
        let mut browser = restarted.browser_at(&network(1));
        assert_eq!(sign_in(world, &mut browser, slug, name, WRONG).await, 422);
    }
    assert_eq!(account.bad_password_count(), PASSED_ON);
    // Where the directory's own count says nothing, another controller's for instance, the guard alone holds.
    let binds = world.tenant(slug).directory.practice().operations().binds;
    for name in [&person.upn, &person.mail, &person.netbios_login] {
        account.overwrite("badPwdCount", &["0"]).expect("stored");
        assert_eq!(sign_in(world, &mut world.browser(), slug, name, WRONG).await, 422);
    }
    assert_eq!(world.tenant(slug).directory.practice().operations().binds, binds, "none of the three is passed on");
    // A right password in between is one of the three, and gives the three back.
    world.clock.advance(TimeDelta::minutes(31));
    for _ in 0..3 {
        for _ in 0..2 {
            assert_eq!(sign_in(world, &mut world.browser(), slug, &person.username, WRONG).await, 422);
        }
        let right = sign_in(world, &mut world.browser(), slug, &person.username, &person.password).await;
        assert_eq!(right, 303);
    }
    assert!(!account.is_locked());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bind_that_was_not_answered_counts() {
    let world = &World::practice_with(Database::Sqlite, |settings| settings.directory.deadline_seconds = 1).await;
    let slug = "orebro";
    let person = world.person(slug, State::Normal).await;
    let server = world.tenant(slug).directory.practice();
    // The service's own connections stand already.
    assert_eq!(sign_in(world, &mut world.browser(), slug, &person.username, &person.password).await, 303);
    server.fail(Operation::Bind, Fault::AppliedUnanswered);
    let before = server.operations().binds;
    for n in 0..PASSED_ON {
        let status = sign_in(world, &mut world.browser(), slug, &person.username, WRONG).await;
        assert_eq!(status, 503, "try {n}");
        // As if another controller had counted them.
        let account = server.domain().account(&person.username).expect("an account");
        account.overwrite("badPwdCount", &["0"]).expect("stored");
    }
    let after = server.operations().binds;
    assert_eq!(after - before, PASSED_ON.unsigned_abs(), "each was passed on");
    assert_eq!(sign_in(world, &mut world.browser(), slug, &person.username, WRONG).await, 422);
    assert_eq!(server.operations().binds, after, "the fourth is not");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_password_is_guarded_like_the_first() {
    let world = &World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Normal).await;
    let host = &world.tenant("orebro").register;
    let account = world.tenant("orebro").directory.practice().domain().account(&person.username).expect("an account");
    let mut browser = world.browser();
    let start = browser.get(host, "/").await;
    let page = browser.submit(&start, &[("username", &person.username), ("password", &person.password)]).await;
    assert_eq!(page.path, "/confirm", "{}", page.text());
    let mut statuses = Vec::new();
    for _ in 0..7 {
        statuses.push(browser.post(host, "/confirm", &[("password", WRONG)]).await.status.as_u16());
    }
    assert_eq!(statuses[..5], [422, 422, 422, 422, 429], "five wrong ones end the flow");
    assert!(statuses[5..].iter().all(|status| *status >= 400 && *status != 422), "{statuses:?}");
    assert_eq!((account.bad_password_count(), account.is_locked()), (PASSED_ON, false));
    let page = journey::sign_in(world, &mut world.browser(), "orebro", &person.username, &person.password).await;
    assert_eq!(page.status, 422, "within the window");
}
