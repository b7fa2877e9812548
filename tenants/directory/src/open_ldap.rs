//! The port, for OpenLDAP with the ppolicy overlay (draft-behera-ldap-password-policy-10 as slapo-ppolicy(5) keeps it).

mod account;
pub(crate) mod check;
mod greeting;
mod groups;
mod policy;
pub(crate) mod time;
mod tree;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use portvakt_domain::{
    account::Account,
    connect::Egress,
    directory::{Authentication, Directory, DirectoryError, EffectivePolicy, PasswordChange},
    id::AccountKey,
    login::DirectoryName,
    number::MobileNumber,
    password::Password,
    tenant::DirectorySettings,
    time::{Clock, Instant},
};
use secrecy::SecretString;
use tokio::runtime::Handle;

use self::tree::Tree;
use crate::{dn, observer::OperationObserver, operation::Operations};

/// A tenant's OpenLDAP.
#[derive(Clone)]
pub struct OpenLdap {
    operations: Operations<Tree>,
}

impl OpenLdap {
    /// Prepares; connects to nothing. Connections are made, driven and kept on `runtime`, whichever runtime asks.
    ///
    /// # Errors
    /// `Misconfigured`: the certificate authority or a distinguished name in the settings can't be read.
    pub fn new(
        settings: &DirectorySettings,
        service_password: SecretString,
        egress: Egress,
        clock: Arc<dyn Clock>,
        runtime: Handle,
        observer: Arc<dyn OperationObserver>,
    ) -> Result<Self, DirectoryError> {
        let tree = Tree::new(settings, service_password, egress, clock, &runtime)?;
        let patience = Duration::from_secs(settings.deadline_seconds.into());
        Ok(Self { operations: Operations::new(tree, patience, runtime, observer) })
    }
}

#[async_trait]
impl Directory for OpenLdap {
    async fn find(&self, name: DirectoryName<'_>) -> Result<Option<Account>, DirectoryError> {
        let (text, account_name_only) = (name.text.to_owned(), name.account_name_only);
        self.operations
            .run("find", move |tree, deadline| async move { tree.find(&text, account_name_only, deadline).await })
            .await
    }

    async fn read(&self, key: AccountKey) -> Result<Option<Account>, DirectoryError> {
        self.operations.run("read", move |tree, deadline| async move { tree.read(key, deadline).await }).await
    }

    async fn authenticate(&self, account: &Account, password: &Password) -> Result<Authentication, DirectoryError> {
        let (name, password) = (account.dn.clone(), password.clone());
        self.operations
            .present("authenticate", move |tree, deadline| async move {
                tree.authenticate(&name, &password, deadline).await
            })
            .await
    }

    async fn authenticate_nobody(&self, password: &Password) -> Result<(), DirectoryError> {
        let password = password.clone();
        let answer = self.operations.present("authenticate", move |tree, deadline| async move {
            let name = dn::nobody(&tree.base);
            tree.authenticate(&name, &password, deadline).await
        });
        answer.await.map(|_| ())
    }

    async fn effective_policy(&self, account: &Account) -> Result<EffectivePolicy, DirectoryError> {
        let key = account.key;
        self.operations
            .run("policy", move |tree, deadline| async move { tree.policy_of(Some(key), deadline).await })
            .await
    }

    async fn domain_policy(&self) -> Result<EffectivePolicy, DirectoryError> {
        self.operations.run("policy", |tree, deadline| async move { tree.policy_of(None, deadline).await }).await
    }

    async fn set_password(&self, account: &Account, new: &Password) -> Result<(), DirectoryError> {
        let (key, new) = (account.key, new.clone());
        self.operations
            .run("set_password", move |tree, deadline| async move { tree.set_password(key, &new, deadline).await })
            .await
    }

    async fn change_password(
        &self,
        account: &Account,
        old: &Password,
        new: &Password,
    ) -> Result<PasswordChange, DirectoryError> {
        let (key, old, new) = (account.key, old.clone(), new.clone());
        self.operations
            .run("change_password", move |tree, deadline| async move {
                tree.change_password(key, &old, &new, deadline).await
            })
            .await
    }

    async fn unlock(&self, account: &Account) -> Result<(), DirectoryError> {
        let key = account.key;
        self.operations.run("unlock", move |tree, deadline| async move { tree.unlock(key, deadline).await }).await
    }

    async fn write_number(&self, account: &Account, number: Option<&MobileNumber>) -> Result<(), DirectoryError> {
        let (key, number) = (account.key, number.cloned());
        self.operations
            .run("write_number", move |tree, deadline| async move {
                tree.write_number(key, number.as_ref(), deadline).await
            })
            .await
    }

    fn certificate_end(&self) -> Option<Instant> {
        self.operations.directory().certificate_end()
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        self.operations.run("probe", |tree, deadline| async move { tree.probe(deadline).await }).await
    }
}
