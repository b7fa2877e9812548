//! The port, for Active Directory. Reads from top to bottom: what each verb does, then how an operation is run.

use std::sync::Arc;

use async_trait::async_trait;
use portvakt_domain::{
    account::Account,
    directory::{Authentication, Directory, DirectoryError, EffectivePolicy, PasswordChange},
    id::AccountKey,
    login::DirectoryName,
    password::Password,
    tenant::DirectorySettings,
    time::Clock,
};
use secrecy::SecretString;
use tokio::{runtime::Handle, time::Instant};

use crate::{
    dn,
    domain::Domain,
    observer::{self, OperationObserver},
};

/// A tenant's Active Directory, as Windows or Samba serves it.
#[derive(Clone)]
pub struct ActiveDirectory {
    domain: Arc<Domain>,
    runtime: Handle,
    observer: Arc<dyn OperationObserver>,
}

impl ActiveDirectory {
    /// Prepares; connects to nothing. Connections are made, driven and kept on `runtime`, whichever runtime asks.
    ///
    /// # Errors
    /// `Misconfigured`: the certificate authority or a distinguished name in the settings can't be read.
    pub fn new(
        settings: &DirectorySettings,
        service_password: SecretString,
        clock: Arc<dyn Clock>,
        runtime: Handle,
        observer: Arc<dyn OperationObserver>,
    ) -> Result<Self, DirectoryError> {
        let domain = Domain::new(settings, service_password, clock)?;
        Ok(Self { domain: Arc::new(domain), runtime, observer })
    }

    /// Does an operation on the directory's own runtime, to its end even when the caller goes away, and reports it.
    async fn run<T: Outcome, F>(
        &self,
        operation: &'static str,
        work: impl FnOnce(Arc<Domain>, Instant) -> F,
    ) -> Result<T, DirectoryError>
    where
        F: Future<Output = Result<T, DirectoryError>> + Send + 'static,
    {
        let began = Instant::now();
        let observer = self.observer.clone();
        let work = work(self.domain.clone(), began + self.domain.patience);
        let task = self.runtime.spawn(async move {
            let result = work.await;
            let outcome = result.as_ref().map_or_else(observer::outcome, Outcome::label);
            observer.observed(operation, outcome, began.elapsed().as_secs_f64());
            result
        });
        // A task ends without a result when the runtime shuts down or when it met what it could not read.
        task.await.unwrap_or_else(|_| Err(T::cut_short()))
    }
}

#[async_trait]
impl Directory for ActiveDirectory {
    async fn find(&self, name: DirectoryName<'_>) -> Result<Option<Account>, DirectoryError> {
        let (text, account_name_only) = (name.text.to_owned(), name.account_name_only);
        self.run("find", move |domain, deadline| async move {
            let _permit = domain.permit(&domain.operations, deadline).await?;
            domain.find(&text, account_name_only, deadline).await
        })
        .await
    }

    async fn read(&self, key: AccountKey) -> Result<Option<Account>, DirectoryError> {
        self.run("read", move |domain, deadline| async move {
            let _permit = domain.permit(&domain.operations, deadline).await?;
            domain.read(key, deadline).await
        })
        .await
    }

    async fn authenticate(&self, account: &Account, password: &Password) -> Result<Authentication, DirectoryError> {
        let (name, password) = (account.dn.clone(), password.clone());
        self.run("authenticate", move |domain, deadline| async move {
            domain.authenticate(&name, &password, deadline).await
        })
        .await
    }

    async fn authenticate_nobody(&self, password: &Password) -> Result<(), DirectoryError> {
        let password = password.clone();
        let answer = self.run("authenticate", move |domain, deadline| async move {
            let name = dn::nobody(&domain.service.base);
            domain.authenticate(&name, &password, deadline).await
        });
        answer.await.map(|_| ())
    }

    async fn effective_policy(&self, account: &Account) -> Result<EffectivePolicy, DirectoryError> {
        let key = account.key;
        self.run("policy", move |domain, deadline| async move {
            let _permit = domain.permit(&domain.operations, deadline).await?;
            domain.policy_of(Some(key), deadline).await
        })
        .await
    }

    async fn domain_policy(&self) -> Result<EffectivePolicy, DirectoryError> {
        self.run("policy", |domain, deadline| async move {
            let _permit = domain.permit(&domain.operations, deadline).await?;
            domain.policy_of(None, deadline).await
        })
        .await
    }

    async fn set_password(&self, account: &Account, new: &Password) -> Result<(), DirectoryError> {
        let (key, name, new) = (account.key, account.dn.clone(), new.clone());
        self.run("set_password", move |domain, deadline| async move {
            let written = {
                let _permit = domain.permit(&domain.operations, deadline).await?;
                domain.set_password(key, &new, deadline).await
            };
            match written {
                Err(DirectoryError::OutcomeUnknown(_)) if domain.is_proven(&name, &new).await => Ok(()),
                written => written,
            }
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
        self.run("change_password", move |domain, deadline| async move {
            let changed = {
                let _permit = domain.permit(&domain.operations, deadline).await?;
                domain.change_password(key, &old, &new, deadline).await
            };
            match changed {
                Err(DirectoryError::OutcomeUnknown(_)) if domain.is_proven(&name, &new).await => {
                    Ok(PasswordChange::Changed)
                }
                changed => changed,
            }
        })
        .await
    }

    async fn unlock(&self, account: &Account) -> Result<(), DirectoryError> {
        let key = account.key;
        self.run("unlock", move |domain, deadline| async move {
            let _permit = domain.permit(&domain.operations, deadline).await?;
            domain.unlock(key, deadline).await
        })
        .await
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        self.run("probe", |domain, deadline| async move {
            let _permit = domain.permit(&domain.operations, deadline).await?;
            domain.probe(deadline).await
        })
        .await
    }
}

/// How the end of an operation is reported, and what it means that it never came.
trait Outcome: Send + 'static {
    fn label(&self) -> &'static str {
        "ok"
    }
    fn cut_short() -> DirectoryError {
        DirectoryError::Unavailable("the operation was cut short".to_owned())
    }
}

impl Outcome for PasswordChange {
    fn label(&self) -> &'static str {
        match self {
            PasswordChange::Changed => "ok",
            PasswordChange::WrongPassword | PasswordChange::Locked => "refused",
        }
    }
    fn cut_short() -> DirectoryError {
        <() as Outcome>::cut_short()
    }
}

impl Outcome for Option<Account> {}
impl Outcome for EffectivePolicy {}

impl Outcome for Authentication {
    fn label(&self) -> &'static str {
        match self {
            Authentication::Accepted => "ok",
            Authentication::Refused(_) => "refused",
        }
    }
}

/// Writes have no result of their own (nor has the probe, which does no harm by not knowing).
impl Outcome for () {
    fn cut_short() -> DirectoryError {
        DirectoryError::OutcomeUnknown("the operation was cut short".to_owned())
    }
}
