//! People who come back: at the last moment, and long after their numbers went.

use std::sync::Arc;

use async_trait::async_trait;
use harness::{Database, State, World, journey};
use portvakt_domain::{
    account::Account,
    directory::{Authentication, Directory, DirectoryError, EffectivePolicy, PasswordChange},
    id::AccountKey,
    login::DirectoryName,
    number::MobileNumber,
    number_attribute::NumberAttribute,
    password::Password,
    reconciliation::Occasion,
    staff::{Person, StaffAccount, StaffQuestion},
    time::Instant,
};
use portvakt_flows::{Tenant, reconcile};

use crate::stage::{SLUG, absent, night, nights, registered};

/// A directory whose answer about everybody is older than its answers about one: there somebody is still disabled.
struct Outdated {
    inner: Arc<dyn Directory>,
    disabled: AccountKey,
}

#[async_trait]
impl Directory for Outdated {
    async fn find(&self, name: DirectoryName<'_>) -> Result<Option<Account>, DirectoryError> {
        self.inner.find(name).await
    }
    async fn read(&self, key: AccountKey) -> Result<Option<Account>, DirectoryError> {
        self.inner.read(key).await
    }
    async fn authenticate(&self, account: &Account, password: &Password) -> Result<Authentication, DirectoryError> {
        self.inner.authenticate(account, password).await
    }
    async fn authenticate_nobody(&self, password: &Password) -> Result<(), DirectoryError> {
        self.inner.authenticate_nobody(password).await
    }
    async fn effective_policy(&self, account: &Account) -> Result<EffectivePolicy, DirectoryError> {
        self.inner.effective_policy(account).await
    }
    async fn domain_policy(&self) -> Result<EffectivePolicy, DirectoryError> {
        self.inner.domain_policy().await
    }
    async fn set_password(&self, account: &Account, new: &Password) -> Result<(), DirectoryError> {
        self.inner.set_password(account, new).await
    }
    async fn change_password(
        &self,
        account: &Account,
        old: &Password,
        new: &Password,
    ) -> Result<PasswordChange, DirectoryError> {
        self.inner.change_password(account, old, new).await
    }
    async fn unlock(&self, account: &Account) -> Result<(), DirectoryError> {
        self.inner.unlock(account).await
    }
    async fn write_number(&self, account: &Account, number: Option<&MobileNumber>) -> Result<(), DirectoryError> {
        self.inner.write_number(account, number).await
    }
    async fn survey(
        &self,
        question: StaffQuestion,
        take: &mut (dyn FnMut(Vec<StaffAccount>) + Send),
    ) -> Result<(), DirectoryError> {
        let mut older = |mut page: Vec<StaffAccount>| {
            page.iter_mut().filter(|staff| staff.key == self.disabled).for_each(|staff| staff.disabled = true);
            take(page);
        };
        self.inner.survey(question, &mut older).await
    }
    async fn person(&self, dn: &str) -> Result<Option<Person>, DirectoryError> {
        self.inner.person(dn).await
    }
    fn certificate_end(&self) -> Option<Instant> {
        self.inner.certificate_end()
    }
    async fn probe(&self) -> Result<(), DirectoryError> {
        self.inner.probe().await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_at_the_last_moment_keeps_the_number() {
    let world = World::practice(Database::Sqlite).await;
    let (back, gone) = (registered(&world, SLUG, State::Normal).await, registered(&world, SLUG, State::Disabled).await);
    back.disable(&world).await;
    nights(&world, 30).await;
    assert_eq!(absent(&world, SLUG).await.len(), 2);
    back.enable(&world).await;
    world.clock.advance(chrono::TimeDelta::days(1));

    let served = world.served(SLUG);
    let tenant = Tenant {
        id: served.id,
        settings: served.settings.clone(),
        policy: served.policy.clone(),
        links: served.links.clone(),
        composer: served.composer.clone(),
        directory: Arc::new(Outdated { inner: served.directory.clone(), disabled: back.key }),
        sms: served.sms.clone(),
        reports: served.reports.clone(),
        mail: served.mail.clone(),
    };
    reconcile::run(&world.shared.platform, &tenant, Occasion::ByHand).await.expect("a look");
    assert_eq!((back.numbers(&world).await, gone.numbers(&world).await), (1, 0));
    assert_eq!(absent(&world, SLUG).await, [], "the days are forgotten, too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_in_the_directory_does_not_come_back_by_itself() {
    let world = World::practice_with(Database::Sqlite, |settings| {
        settings.directory.number_attribute = Some(NumberAttribute::Mobile);
    })
    .await;
    let (back, deleted) =
        (registered(&world, SLUG, State::Normal).await, registered(&world, SLUG, State::Normal).await);
    let directory = &world.tenant(SLUG).directory;
    for one in [&back, &deleted] {
        directory.replace(&one.person.dn, "mobile", &[&one.number]).await;
        // The attribute is looked at, and agreed on.
        journey::ask_for_code(&world, &mut world.browser(), SLUG, &one.person.username).await;
        world.code_at(&one.number).await;
        assert_eq!(world.sqlite("select count(*) from number_attributes where number_hash is null")[0][0], "0");
    }
    back.disable(&world).await;
    deleted.delete(&world).await;
    nights(&world, 31).await;
    for one in [&back, &deleted] {
        assert_eq!(one.numbers(&world).await, 0);
        assert!(!one.is_found_by_number(&world));
    }
    assert_eq!(world.sqlite("select count(*) from number_attributes")[0][0], "1", "of who is deleted nothing is kept");

    // Long after, the account is needed again. The phone may be another's by now.
    nights(&world, 10).await;
    back.enable(&world).await;
    journey::ask_for_code(&world, &mut world.browser(), SLUG, &back.person.username).await;
    assert!(world.arrived().await.is_empty());
    assert_eq!(directory.values(&back.person.dn, "mobile").await, [back.number.as_str()]);
    night(&world).await;
    assert!(directory.values(&back.person.dn, "mobile").await.is_empty(), "now it could be emptied");
    journey::ask_for_code(&world, &mut world.browser(), SLUG, &back.person.username).await;
    assert!(world.arrived().await.is_empty());
    let number = world.fresh_number();
    journey::register(&world, &mut world.browser(), SLUG, &back.person, &number).await;
    world.arrived().await;
    assert_eq!(directory.values(&back.person.dn, "mobile").await, [number.as_str()]);
}
