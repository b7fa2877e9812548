//! What each operation asks of a domain, in LDAP's terms.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ldap3::Scope;
use portvakt_domain::{
    account::Account,
    directory::{Authentication, DirectoryError, EffectivePolicy},
    id::AccountKey,
    password::Password,
    tenant::{DirectorySettings, HistoryRule},
    time::Clock,
};
use secrecy::SecretString;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

use crate::{
    account::{self, FACTS, Surroundings},
    connection::{Endpoint, Search},
    denied::DeniedGroups,
    dn::Dn,
    entry::Entry,
    error_map::{self, Answer, Failure},
    filter::Filter,
    guid,
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

/// A domain and what is kept of it between operations.
pub(crate) struct Domain {
    /// The service account's connection.
    pub(crate) service: Service,
    policies: Policies,
    denied: DeniedGroups,
    units: Vec<Dn>,
    functional: Vec<Dn>,
    history: HistoryRule,
    /// The deadline of one operation.
    pub(crate) patience: Duration,
    clock: Arc<dyn Clock>,
    /// Operations of the service account under way.
    pub(crate) operations: Semaphore,
    /// Presented passwords under way.
    pub(crate) binds: Semaphore,
    told_incomplete: AtomicBool,
}

impl Domain {
    pub(crate) fn new(
        settings: &DirectorySettings,
        service_password: SecretString,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, DirectoryError> {
        let tls = tls::client(&settings.ca_pem)?;
        let parsed = |key: &str, text: &str| {
            Dn::parse(text)
                .ok_or_else(|| DirectoryError::Misconfigured(format!("directory.{key}: not a distinguished name")))
        };
        parsed("base", &settings.base)?;
        let units = settings.units.iter().map(|unit| parsed("units", unit)).collect::<Result<_, _>>()?;
        let functional = settings.functional_units.iter().map(|unit| parsed("functional_units", unit));
        let functional = functional.collect::<Result<_, _>>()?;
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
        Ok(Self {
            service,
            policies: Policies { base: settings.base.clone(), known: Mutex::default(), told: AtomicBool::new(false) },
            denied: DeniedGroups { names: settings.denied_groups.clone(), known: Mutex::default() },
            units,
            functional,
            history: settings.history,
            patience: Duration::from_secs(settings.deadline_seconds.into()),
            clock,
            operations: Semaphore::new(SERVICE_OPERATIONS),
            binds: Semaphore::new(USER_BINDS),
            told_incomplete: AtomicBool::new(false),
        })
    }

    pub(crate) async fn find(
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

    pub(crate) async fn read(&self, key: AccountKey, deadline: Instant) -> Result<Option<Account>, DirectoryError> {
        self.service.read(deadline, |connection| async move { self.account(&connection, key).await }).await
    }

    /// The account behind a key, with everything that only a search of the entry itself yields.
    async fn account(&self, connection: &Shared, key: AccountKey) -> Result<Option<Account>, Failure> {
        let now = self.clock.now();
        let denied = self.denied.sids(connection, now).await?;
        let name = guid::name(key);
        let entry = connection.entry(&Search::entry(&name, &FACTS)).await?;
        let around = Surroundings {
            units: &self.units,
            functional: &self.functional,
            denied: &denied,
            own: connection.own,
            now,
        };
        let facts = entry.and_then(|entry| account::facts(&entry, &around));
        Ok(facts.map(|facts| {
            if facts.incomplete && !self.told_incomplete.swap(true, Ordering::Relaxed) {
                tracing::warn!("the service account may not read all facts of an account; it is treated as protected");
            }
            facts.account
        }))
    }

    /// An account's rules, or the domain's. Both take one search and what is remembered.
    pub(crate) async fn policy_of(
        &self,
        key: Option<AccountKey>,
        deadline: Instant,
    ) -> Result<EffectivePolicy, DirectoryError> {
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

    pub(crate) async fn set_password(
        &self,
        key: AccountKey,
        new: &Password,
        deadline: Instant,
    ) -> Result<(), DirectoryError> {
        let values = vec![("unicodePwd", Value::unicode_pwd(new.reveal())), unlocked()];
        let control = |connection: &Shared| match self.history {
            HistoryRule::PolicyHints => Ok(Some(password::policy_hints(offered(connection)?))),
            HistoryRule::None => Ok(None),
        };
        self.service.write(deadline, &guid::name(key), values, control).await
    }

    pub(crate) async fn unlock(&self, key: AccountKey, deadline: Instant) -> Result<(), DirectoryError> {
        self.service.write(deadline, &guid::name(key), vec![unlocked()], |_| Ok(None)).await
    }

    /// Whether an unanswered write has happened: the new password opens the account. Only "yes" is an answer. "Wrong
    /// password" is none: the controller that did not answer may still be busy with the write and do it later, and this
    /// is the controller that is asked, so the outcome stays unknown.
    pub(crate) async fn is_proven(&self, name: &str, new: &Password) -> bool {
        let deadline = Instant::now() + self.patience.min(PROOF);
        match self.bind(name, new, deadline).await {
            Ok(Ok(())) => true,
            Ok(Err(answer)) => answer.proves_password(),
            Err(_) => false,
        }
    }

    pub(crate) async fn authenticate(
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

    pub(crate) async fn probe(&self, deadline: Instant) -> Result<(), DirectoryError> {
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

    pub(crate) async fn permit<'a>(
        &self,
        among: &'a Semaphore,
        deadline: Instant,
    ) -> Result<SemaphorePermit<'a>, DirectoryError> {
        match timeout_at(deadline, among.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(DirectoryError::Unavailable("too many operations at once".to_owned())),
        }
    }
}

/// Clears the lockout and the count of wrong passwords. Written also where the attribute is absent: both Windows and
/// Samba take it.
fn unlocked() -> (&'static str, Value) {
    ("lockoutTime", Value::text("0"))
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
