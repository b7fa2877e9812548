//! The port, for every kind of directory: what it asks is run as an operation of the server behind it.

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
    staff::{Person, StaffAccount, StaffQuestion},
    tenant::DirectorySettings,
    time::{Clock, Instant},
};
use secrecy::SecretString;
use tokio::{runtime::Handle, time::Instant as Deadline};

use crate::{dn, observer::OperationObserver, operation::Operations, pages::Pages};

/// One kind of directory: what each operation of the port asks of it, in LDAP's terms.
pub(crate) trait Server: Sized + Send + Sync + 'static {
    /// Prepares; connects to nothing.
    fn new(
        settings: &DirectorySettings,
        service_password: SecretString,
        egress: Egress,
        clock: Arc<dyn Clock>,
        runtime: &Handle,
    ) -> Result<Self, DirectoryError>;

    /// The naming context.
    fn base(&self) -> &str;

    fn find(
        &self,
        text: &str,
        account_name_only: bool,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Option<Account>, DirectoryError>> + Send;

    fn read(
        &self,
        key: AccountKey,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Option<Account>, DirectoryError>> + Send;

    /// Presents a password for the entry of this distinguished name.
    fn authenticate(
        &self,
        name: &str,
        password: &Password,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Authentication, DirectoryError>> + Send;

    /// An account's rules, or those of accounts without any of their own.
    fn policy_of(
        &self,
        key: Option<AccountKey>,
        deadline: Deadline,
    ) -> impl Future<Output = Result<EffectivePolicy, DirectoryError>> + Send;

    fn set_password(
        &self,
        account: &Account,
        new: &Password,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), DirectoryError>> + Send;

    fn change_password(
        &self,
        account: &Account,
        old: &Password,
        new: &Password,
        deadline: Deadline,
    ) -> impl Future<Output = Result<PasswordChange, DirectoryError>> + Send;

    fn unlock(&self, key: AccountKey, deadline: Deadline) -> impl Future<Output = Result<(), DirectoryError>> + Send;

    /// In place of every value that is there.
    fn write_number(
        &self,
        key: AccountKey,
        number: Option<&MobileNumber>,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), DirectoryError>> + Send;

    /// On a connection of its own; each answer may take as long as an operation.
    fn survey(
        &self,
        question: &StaffQuestion,
        pages: &Pages,
    ) -> impl Future<Output = Result<(), DirectoryError>> + Send;

    /// The entry of a distinguished name below the base.
    fn person(
        &self,
        name: &str,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Option<Person>, DirectoryError>> + Send;

    fn certificate_end(&self) -> Option<Instant>;

    fn probe(&self, deadline: Deadline) -> impl Future<Output = Result<(), DirectoryError>> + Send;
}

/// A tenant's directory, whose server is an `S`.
pub(crate) struct Adapter<S> {
    operations: Operations<S>,
}

impl<S: Server> Adapter<S> {
    /// Prepares; connects to nothing. Connections are made, driven and kept on `runtime`, whichever runtime asks.
    ///
    /// # Errors
    /// `Misconfigured`: the certificate authority or a distinguished name in the settings can't be read.
    pub(crate) fn new(
        settings: &DirectorySettings,
        service_password: SecretString,
        egress: Egress,
        clock: Arc<dyn Clock>,
        runtime: Handle,
        observer: Arc<dyn OperationObserver>,
    ) -> Result<Self, DirectoryError> {
        let server = S::new(settings, service_password, egress, clock, &runtime)?;
        let patience = Duration::from_secs(settings.deadline_seconds.into());
        Ok(Self { operations: Operations::new(server, patience, runtime, observer) })
    }
}

#[async_trait]
impl<S: Server> Directory for Adapter<S> {
    async fn find(&self, name: DirectoryName<'_>) -> Result<Option<Account>, DirectoryError> {
        let (text, account_name_only) = (name.text.to_owned(), name.account_name_only);
        self.operations
            .run("find", move |server, deadline| async move { server.find(&text, account_name_only, deadline).await })
            .await
    }

    async fn read(&self, key: AccountKey) -> Result<Option<Account>, DirectoryError> {
        self.operations.run("read", move |server, deadline| async move { server.read(key, deadline).await }).await
    }

    async fn authenticate(&self, account: &Account, password: &Password) -> Result<Authentication, DirectoryError> {
        let (name, password) = (account.dn.clone(), password.clone());
        self.operations
            .present("authenticate", move |server, deadline| async move {
                server.authenticate(&name, &password, deadline).await
            })
            .await
    }

    async fn authenticate_nobody(&self, password: &Password) -> Result<(), DirectoryError> {
        let password = password.clone();
        let answer = self.operations.present("authenticate", move |server, deadline| async move {
            let name = dn::nobody(server.base());
            server.authenticate(&name, &password, deadline).await
        });
        answer.await.map(|_| ())
    }

    async fn effective_policy(&self, account: &Account) -> Result<EffectivePolicy, DirectoryError> {
        let key = account.key;
        self.operations
            .run("policy", move |server, deadline| async move { server.policy_of(Some(key), deadline).await })
            .await
    }

    async fn domain_policy(&self) -> Result<EffectivePolicy, DirectoryError> {
        self.operations.run("policy", |server, deadline| async move { server.policy_of(None, deadline).await }).await
    }

    async fn set_password(&self, account: &Account, new: &Password) -> Result<(), DirectoryError> {
        let (account, new) = (account.clone(), new.clone());
        self.operations
            .run(
                "set_password",
                move |server, deadline| async move { server.set_password(&account, &new, deadline).await },
            )
            .await
    }

    async fn change_password(
        &self,
        account: &Account,
        old: &Password,
        new: &Password,
    ) -> Result<PasswordChange, DirectoryError> {
        let (account, old, new) = (account.clone(), old.clone(), new.clone());
        self.operations
            .run("change_password", move |server, deadline| async move {
                server.change_password(&account, &old, &new, deadline).await
            })
            .await
    }

    async fn unlock(&self, account: &Account) -> Result<(), DirectoryError> {
        let key = account.key;
        self.operations.run("unlock", move |server, deadline| async move { server.unlock(key, deadline).await }).await
    }

    async fn write_number(&self, account: &Account, number: Option<&MobileNumber>) -> Result<(), DirectoryError> {
        let (key, number) = (account.key, number.cloned());
        self.operations
            .run("write_number", move |server, deadline| async move {
                server.write_number(key, number.as_ref(), deadline).await
            })
            .await
    }

    async fn survey(
        &self,
        question: StaffQuestion,
        take: &mut (dyn FnMut(Vec<StaffAccount>) + Send),
    ) -> Result<(), DirectoryError> {
        let surveyed =
            self.operations.survey(move |server, pages| async move { server.survey(&question, &pages).await }, take);
        surveyed.await
    }

    async fn person(&self, dn: &str) -> Result<Option<Person>, DirectoryError> {
        let name = dn.to_owned();
        self.operations
            .run("person", move |server, deadline| async move {
                // What one entry says of another may lead anywhere.
                if !dn::is_below(&name, server.base()) {
                    return Ok(None);
                }
                server.person(&name, deadline).await
            })
            .await
    }

    fn certificate_end(&self) -> Option<Instant> {
        self.operations.directory().certificate_end()
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        self.operations.run("probe", |server, deadline| async move { server.probe(deadline).await }).await
    }
}
