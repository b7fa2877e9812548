//! The port, for Active Directory. Reads from top to bottom: what each verb does, then how an operation is run.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use ldap3::Scope;
use portvakt_domain::{
    account::Account,
    directory::{Authentication, Directory, DirectoryError, EffectivePolicy},
    id::AccountKey,
    login::DirectoryName,
    password::Password,
    tenant::{DirectorySettings, HistoryRule},
    time::Clock,
};
use secrecy::SecretString;
use tokio::{
    runtime::Handle,
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use crate::{
    account::{self, FACTS, Surroundings},
    connection::{Endpoint, Search},
    denied::DeniedGroups,
    dn::{self, Dn},
    entry::Entry,
    error_map::{self, Answer, Failure},
    filter::Filter,
    guid,
    observer::{self, OperationObserver},
    password::{self, Value},
    policy::Policies,
    service::{Service, Shared},
    tls,
};

/// Operations of the service account under way at once.
const SERVICE_OPERATIONS: usize = 32;
/// Presented passwords under way at once: each has a connection of its own.
const USER_BINDS: usize = 8;
/// Longest wait for the bind that tells what became of an unanswered write.
const PROOF: Duration = Duration::from_secs(3);
/// More entries than this for one name, and nobody can tell who is meant.
const CANDIDATES: usize = 10;
/// What a typed name may be, in the order in which it is tried.
const NAMES: [&str; 3] = ["sAMAccountName", "userPrincipalName", "mail"];

/// A tenant's Active Directory, as Windows or Samba serves it.
#[derive(Clone)]
pub struct ActiveDirectory {
    domain: Arc<Domain>,
    runtime: Handle,
    observer: Arc<dyn OperationObserver>,
}

struct Domain {
    service: Service,
    policies: Policies,
    denied: DeniedGroups,
    units: Vec<Dn>,
    history: HistoryRule,
    patience: Duration,
    clock: Arc<dyn Clock>,
    operations: Semaphore,
    binds: Semaphore,
    told_incomplete: AtomicBool,
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
        let tls = tls::client(&settings.ca_pem)?;
        let parsed = |key: &str, text: &str| {
            Dn::parse(text)
                .ok_or_else(|| DirectoryError::Misconfigured(format!("directory.{key}: not a distinguished name")))
        };
        parsed("base", &settings.base)?;
        let units = settings.units.iter().map(|unit| parsed("units", unit)).collect::<Result<_, _>>()?;
        for group in &settings.denied_groups {
            parsed("denied_groups", group)?;
        }
        let service = Service {
            endpoint: Arc::new(Endpoint { url: settings.url.to_string(), tls }),
            account: settings.service_account.clone(),
            password: service_password,
            base: settings.base.clone(),
            clock: clock.clone(),
            kept: tokio::sync::Mutex::default(),
        };
        let domain = Domain {
            service,
            policies: Policies { base: settings.base.clone(), known: Mutex::default(), told: AtomicBool::new(false) },
            denied: DeniedGroups { names: settings.denied_groups.clone(), known: Mutex::default() },
            units,
            history: settings.history,
            patience: Duration::from_secs(settings.deadline_seconds.into()),
            clock,
            operations: Semaphore::new(SERVICE_OPERATIONS),
            binds: Semaphore::new(USER_BINDS),
            told_incomplete: AtomicBool::new(false),
        };
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

    async fn unlock(&self, account: &Account) -> Result<(), DirectoryError> {
        let key = account.key;
        self.run("unlock", move |domain, deadline| async move {
            let _permit = domain.permit(&domain.operations, deadline).await?;
            domain.service.write(deadline, &guid::name(key), vec![unlocked()], |_| Ok(None)).await
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

/// Clears the lockout and the count of wrong passwords. Written also where the attribute is absent: both Windows and
/// Samba take it.
fn unlocked() -> (&'static str, Value) {
    ("lockoutTime", Value::text("0"))
}

impl Domain {
    async fn find(
        &self,
        text: &str,
        account_name_only: bool,
        deadline: Instant,
    ) -> Result<Option<Account>, DirectoryError> {
        let kinds = if account_name_only { &NAMES[..1] } else { &NAMES[..] };
        let search = &Search {
            base: &self.service.base,
            scope: Scope::Subtree,
            filter: Filter::And(vec![
                Filter::Equal("objectCategory", "person"),
                Filter::Equal("objectClass", "user"),
                Filter::Or(kinds.iter().map(|kind| Filter::Equal(kind, text)).collect()),
            ]),
            attributes: &["objectGUID", NAMES[0], NAMES[1], NAMES[2]],
            limit: CANDIDATES,
        };
        self.service
            .read(deadline, |connection| async move {
                let found = connection.search(search).await?;
                let meant = if found.more { None } else { meant(&found.entries, kinds, text) };
                // Nobody costs what somebody costs: the service account is read instead, and not looked at.
                let account = self.account(&connection, meant.unwrap_or(connection.own)).await?;
                Ok(account.filter(|_| meant.is_some()))
            })
            .await
    }

    async fn read(&self, key: AccountKey, deadline: Instant) -> Result<Option<Account>, DirectoryError> {
        self.service.read(deadline, |connection| async move { self.account(&connection, key).await }).await
    }

    /// The account behind a key, with everything that only a search of the entry itself yields.
    async fn account(&self, connection: &Shared, key: AccountKey) -> Result<Option<Account>, Failure> {
        let now = self.clock.now();
        let denied = self.denied.sids(connection, now).await?;
        let name = guid::name(key);
        let entry = connection.entry(&Search::entry(&name, &FACTS)).await?;
        let around = Surroundings { units: &self.units, denied: &denied, own: connection.own, now };
        let facts = entry.and_then(|entry| account::facts(&entry, &around));
        Ok(facts.map(|facts| {
            if facts.incomplete && !self.told_incomplete.swap(true, Ordering::Relaxed) {
                tracing::warn!("the service account may not read all facts of an account; it is treated as protected");
            }
            facts.account
        }))
    }

    /// An account's rules, or the domain's. Both take one search and what is remembered.
    async fn policy_of(&self, key: Option<AccountKey>, deadline: Instant) -> Result<EffectivePolicy, DirectoryError> {
        self.service
            .read(deadline, |connection| async move {
                let name = guid::name(key.unwrap_or(connection.own));
                let entry = connection.entry(&Search::entry(&name, &["msDS-ResultantPSO"])).await?;
                let pso = match (key, &entry) {
                    (Some(_), None) => return Err(DirectoryError::NotFound.into()),
                    (Some(_), Some(entry)) => entry.text("msDS-ResultantPSO"),
                    (None, _) => None,
                };
                self.policies.of(&connection, pso, self.clock.now()).await
            })
            .await
    }

    async fn set_password(&self, key: AccountKey, new: &Password, deadline: Instant) -> Result<(), DirectoryError> {
        let values = vec![("unicodePwd", Value::unicode_pwd(new.reveal())), unlocked()];
        let control = |connection: &Shared| match self.history {
            HistoryRule::PolicyHints => Ok(Some(password::policy_hints(offered(connection)?))),
            HistoryRule::None => Ok(None),
        };
        self.service.write(deadline, &guid::name(key), values, control).await
    }

    /// Whether an unanswered write has happened: the new password opens the account. Only "yes" is an answer. "Wrong
    /// password" is none: the controller that did not answer may still be busy with the write and do it later, and this
    /// is the controller that is asked, so the outcome stays unknown.
    async fn is_proven(&self, name: &str, new: &Password) -> bool {
        let deadline = Instant::now() + self.patience.min(PROOF);
        match self.bind(name, new, deadline).await {
            Ok(Ok(())) => true,
            Ok(Err(answer)) => answer.proves_password(),
            Err(_) => false,
        }
    }

    async fn authenticate(
        &self,
        name: &str,
        password: &Password,
        deadline: Instant,
    ) -> Result<Authentication, DirectoryError> {
        match self.bind(name, password, deadline).await? {
            Ok(()) => Ok(Authentication::Accepted),
            Err(answer) => error_map::presenting(answer),
        }
    }

    /// Presents a password on a connection of its own; never on the kept one, whose identity it would change.
    async fn bind(
        &self,
        name: &str,
        password: &Password,
        deadline: Instant,
    ) -> Result<Result<(), Answer>, DirectoryError> {
        let lost = || DirectoryError::Unavailable("the connection was lost".to_owned());
        let attempt = async {
            let _permit = self.permit(&self.binds, deadline).await?;
            let connection = self.service.endpoint.open().await?;
            let answer = match connection.bind(name, password.reveal()).await {
                Ok(()) => Ok(()),
                Err(Failure::Answered(answer)) => Err(answer),
                Err(Failure::Settled(error)) => return Err(error),
                Err(Failure::NotSent | Failure::Lost) => return Err(lost()),
            };
            connection.close();
            Ok(answer)
        };
        let late = |_| Err(DirectoryError::Unavailable("no answer within the deadline".to_owned()));
        timeout_at(deadline, attempt).await.unwrap_or_else(late)
    }

    async fn probe(&self, deadline: Instant) -> Result<(), DirectoryError> {
        self.service
            .read(deadline, |connection| async move {
                connection.search(&Search::root(&["supportedLDAPVersion"])).await?;
                self.denied.sids(&connection, self.clock.now()).await?;
                if self.history == HistoryRule::PolicyHints {
                    offered(&connection)?;
                }
                Ok(())
            })
            .await
    }

    async fn permit<'a>(
        &self,
        among: &'a Semaphore,
        deadline: Instant,
    ) -> Result<tokio::sync::SemaphorePermit<'a>, DirectoryError> {
        match timeout_at(deadline, among.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(DirectoryError::Unavailable("too many operations at once".to_owned())),
        }
    }
}

fn offered(connection: &Shared) -> Result<&'static str, DirectoryError> {
    connection.policy_hints.ok_or_else(|| {
        DirectoryError::Misconfigured(
            "the controller lacks the policy-hints control, which history asks for".to_owned(),
        )
    })
}

/// Whom a name means: the first kind of name that anybody has decides, and means somebody only if exactly one has it.
/// Compared here once more, without regard to case: the directory may also take å for a.
fn meant(entries: &[Entry], kinds: &[&str], text: &str) -> Option<AccountKey> {
    let text = text.to_lowercase();
    let has = |entry: &Entry, kind: &str| entry.texts(kind).any(|name| name.to_lowercase() == text);
    let mut hits = kinds.iter().map(|kind| entries.iter().filter(|entry| has(entry, kind)).collect::<Vec<_>>());
    match hits.find(|hits| !hits.is_empty())?.as_slice() {
        [only] => guid::key(only.bytes("objectGUID")?),
        _ => None,
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
