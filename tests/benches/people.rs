//! Who gets back in: computed accounts of the practice directory, accounts made in Samba, and a few in each state.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use harness::services::{NewUser, Samba};
use portvakt::system::{SystemClock, SystemRandom};
use portvakt_demo::{accounts::SampleTenant, practice::generated_login};
use portvakt_domain::{
    id::{AccountKey, TenantId},
    keys::KeyRing,
    number::MobileNumber,
    time::Clock as _,
};
use portvakt_flows::import_number;
use portvakt_storage::Store;
use uuid::Uuid;

use crate::bare::Bare;

/// Somebody with an account and a phone.
#[derive(Clone)]
pub struct Member {
    pub login: String,
    /// The entry's name in the directory.
    pub dn: String,
    pub number: String,
}

/// Where numbers are registered.
#[derive(Clone, Copy)]
pub struct Registry<'a> {
    pub store: &'a Store,
    pub keys: &'a KeyRing,
    pub tenant: TenantId,
}

impl Registry<'_> {
    /// Registers a number as if its owner had.
    pub async fn register(&self, account: Uuid, number: &str) {
        let number = (MobileNumber::from_e164(number).expect("a number"), None);
        let now = SystemClock.now();
        import_number::run(self.store, self.keys, &SystemRandom, self.tenant, AccountKey(account), &[number], now)
            .await
            .expect("registered");
    }
}

/// The first so many computed accounts, each with a number.
pub async fn computed(count: usize, directory: &Bare, registry: Registry<'_>) -> Vec<Member> {
    let member = |n: usize| async move {
        let login = generated_login(n);
        let (dn, guid) = directory.look_up(&login).await?;
        let number = format!("+4670{n:07}");
        registry.register(guid, &number).await;
        Ok::<_, ldap3::LdapError>(Member { login, dn, number })
    };
    stream::iter(1..=count).map(member).buffered(8).try_collect().await.expect("computed accounts are there")
}

/// The sample accounts' numbers; those who have several hold the first.
pub async fn samples(sample: &SampleTenant, directory: &Bare, registry: Registry<'_>) {
    for account in &sample.accounts {
        let Some(number) = &account.number else { continue };
        let (_, guid) = directory.look_up(&account.username).await.expect("a sample account");
        registry.register(guid, number).await;
    }
}

/// So many new accounts in Samba, each with a number.
pub async fn made(count: usize, samba: &Samba, registry: Registry<'_>) -> Vec<Member> {
    let member = |n: usize| async move {
        let user = samba.create_user(NewUser::staff().named("bench")).await;
        let number = format!("+4672{n:07}");
        registry.register(user.guid, &number).await;
        Member { login: user.sam, dn: user.dn, number }
    };
    stream::iter(1..=count).map(member).buffered(4).collect().await
}
