//! The same from a real controller: what it refuses comes with the code that is expected, and with nothing changed.

use harness::{Database, Person, State, World};
use portvakt_domain::{
    account::Account,
    directory::{DirectoryError, PasswordChange, Rejection},
    login::DirectoryName,
    password::Password,
};

/// How a change that was asked of the port ended.
async fn change(world: &World, person: &Person, old: &str, new: &str) -> String {
    let account = account(world, person).await;
    let password = |text: &str| Password::new(text.to_owned()).expect("a password");
    told(world.served("orebro").directory.change_password(&account, &password(old), &password(new)).await)
}

async fn account(world: &World, person: &Person) -> Account {
    let name = DirectoryName { text: &person.username, account_name_only: true };
    world.served("orebro").directory.find(name).await.expect("a directory").expect("an account")
}

fn told(result: Result<PasswordChange, DirectoryError>) -> String {
    match result {
        Ok(PasswordChange::Changed) => "changed",
        Ok(PasswordChange::WrongPassword) => "wrong",
        Ok(PasswordChange::Locked) => "locked",
        Err(DirectoryError::Rejected(Rejection::Policy)) => "policy",
        Err(other) => return format!("{other:?}"),
    }
    .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_controller_refuses_with_the_codes_that_are_expected() {
    let controller = harness::services::Services::get().orebro.throwaway("codes").await;
    let world = &World::throwaway(Database::Postgres, controller).await;
    let directory = &world.tenant("orebro").directory;
    let person = &world.person("orebro", State::Normal).await;
    let (first, second, new) = (person.password.as_str(), "Tallkotte41Vindfang", "Kopparkittel52Lada");

    assert_eq!(change(world, person, first, "Kt1").await, "policy", "too short");
    assert_eq!(change(world, person, first, "tallkottevindfang").await, "policy", "too simple");
    assert_eq!(change(world, person, first, first).await, "policy", "the present one");
    assert_eq!(change(world, person, first, second).await, "changed");
    assert_eq!(change(world, person, second, first).await, "policy", "in history");
    assert_eq!(directory.signs_in(person, second).await, Ok(()));

    directory.replace(&directory.base(), "minPwdAge", &["-864000000000"]).await;
    assert_eq!(change(world, person, second, new).await, "policy", "too young");
    directory.replace(&directory.base(), "minPwdAge", &["0"]).await;

    // The fifth wrong one locks, and says so with the next.
    for n in 1..=4 {
        assert_eq!(change(world, person, "Fel-losenord-1", new).await, "wrong", "try {n}");
    }
    let fifth = change(world, person, "Fel-losenord-1", new).await;
    assert!(["wrong", "locked"].contains(&fifth.as_str()), "{fifth}");
    assert!(directory.is_locked(person).await);
    assert_eq!(change(world, person, second, new).await, "locked", "also with the right one");
    assert_eq!(directory.values(&person.dn, "badPwdCount").await, ["5"]);
}
