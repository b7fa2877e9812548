//! The port, for Active Directory.

mod account;
pub(crate) mod check;
mod descriptor;
mod domain;
mod greeting;
mod groups;
mod guid;
mod password;
mod policy;
mod sid;
mod time;

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

use self::domain::Domain;
use crate::{dn, observer::OperationObserver, operation::Operations};

/// A tenant's Active Directory, as Windows or Samba serves it.
#[derive(Clone)]
pub struct ActiveDirectory {
    operations: Operations<Domain>,
}

impl ActiveDirectory {
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
        let domain = Domain::new(settings, service_password, egress, clock, &runtime)?;
        let patience = Duration::from_secs(settings.deadline_seconds.into());
        Ok(Self { operations: Operations::new(domain, patience, runtime, observer) })
    }
}

#[async_trait]
impl Directory for ActiveDirectory {
    async fn find(&self, name: DirectoryName<'_>) -> Result<Option<Account>, DirectoryError> {
        let (text, account_name_only) = (name.text.to_owned(), name.account_name_only);
        self.operations
            .run("find", move |domain, deadline| async move { domain.find(&text, account_name_only, deadline).await })
            .await
    }

    async fn read(&self, key: AccountKey) -> Result<Option<Account>, DirectoryError> {
        self.operations.run("read", move |domain, deadline| async move { domain.read(key, deadline).await }).await
    }

    async fn authenticate(&self, account: &Account, password: &Password) -> Result<Authentication, DirectoryError> {
        let (name, password) = (account.dn.clone(), password.clone());
        self.operations
            .present("authenticate", move |domain, deadline| async move {
                domain.authenticate(&name, &password, deadline).await
            })
            .await
    }

    async fn authenticate_nobody(&self, password: &Password) -> Result<(), DirectoryError> {
        let password = password.clone();
        let answer = self.operations.present("authenticate", move |domain, deadline| async move {
            let name = dn::nobody(&domain.base);
            domain.authenticate(&name, &password, deadline).await
        });
        answer.await.map(|_| ())
    }

    async fn effective_policy(&self, account: &Account) -> Result<EffectivePolicy, DirectoryError> {
        let key = account.key;
        self.operations
            .run("policy", move |domain, deadline| async move { domain.policy_of(Some(key), deadline).await })
            .await
    }

    async fn domain_policy(&self) -> Result<EffectivePolicy, DirectoryError> {
        self.operations.run("policy", |domain, deadline| async move { domain.policy_of(None, deadline).await }).await
    }

    async fn set_password(&self, account: &Account, new: &Password) -> Result<(), DirectoryError> {
        let (key, name, new) = (account.key, account.dn.clone(), new.clone());
        self.operations
            .run("set_password", move |domain, deadline| async move {
                domain.set_password(key, &name, &new, deadline).await
            })
            .await
    }

    async fn change_password(
        &self,
        account: &Account,
        old: &Password,
        new: &Password,
    ) -> Result<PasswordChange, DirectoryError> {
        let (key, name, old, new) = (account.key, account.dn.clone(), old.clone(), new.clone());
        self.operations
            .run("change_password", move |domain, deadline| async move {
                domain.change_password(key, &name, &old, &new, deadline).await
            })
            .await
    }

    async fn unlock(&self, account: &Account) -> Result<(), DirectoryError> {
        let key = account.key;
        self.operations.run("unlock", move |domain, deadline| async move { domain.unlock(key, deadline).await }).await
    }

    async fn write_number(&self, account: &Account, number: Option<&MobileNumber>) -> Result<(), DirectoryError> {
        let (key, number) = (account.key, number.cloned());
        self.operations
            .run("write_number", move |domain, deadline| async move {
                domain.write_number(key, number.as_ref(), deadline).await
            })
            .await
    }

    fn certificate_end(&self) -> Option<Instant> {
        self.operations.directory().certificate_end()
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        self.operations.run("probe", |domain, deadline| async move { domain.probe(deadline).await }).await
    }
}
