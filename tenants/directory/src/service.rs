//! The kept connection of the service account: made when needed, by one caller at a time, shared by all, made anew when
//! it turns out dead. Who is told what when it dies in the middle of something is decided here.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use ldap3::Scope;
use portvakt_domain::{
    directory::DirectoryError,
    id::AccountKey,
    time::{Clock, Instant as Moment},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{Instant, timeout_at};

use crate::{
    connection::{Connection, Endpoint, Search},
    entry::Entry,
    error_map::{self, Answer, Failure},
    filter::Filter,
    guid, password,
};

/// A kept connection that rested longer than this is asked whether it is still there before it is used.
const IDLE: TimeDelta = TimeDelta::seconds(30);
/// How long that question may take.
const PROBE: Duration = Duration::from_secs(2);
/// How long a refused service account is not tried again: a wrong password tried with every request would lock it, for
/// whatever else uses it too.
const HOLD_OFF: TimeDelta = TimeDelta::seconds(60);
/// Attributes by which the service account's own entry is recognised.
const OWN: [&str; 3] = ["objectGUID", "sAMAccountName", "userPrincipalName"];

/// The service account and its connection.
pub(crate) struct Service {
    /// The controller.
    pub(crate) endpoint: Arc<Endpoint>,
    /// The account's user principal name.
    pub(crate) account: String,
    /// Its password.
    pub(crate) password: SecretString,
    /// The domain's naming context.
    pub(crate) base: String,
    /// How long a refusal has held, and the connection has rested.
    pub(crate) clock: Arc<dyn Clock>,
    /// The lock is held while a connection is made, so that many callers make one.
    pub(crate) kept: tokio::sync::Mutex<Kept>,
}

/// What is remembered between operations.
#[derive(Default)]
pub(crate) struct Kept {
    connection: Option<Arc<Shared>>,
    refused: Option<(Moment, Answer)>,
}

/// A connection bound as the service account, and what was learnt when it was made.
pub(crate) struct Shared {
    connection: Connection,
    /// The service account itself.
    pub(crate) own: AccountKey,
    /// The policy-hints control that this controller offers.
    pub(crate) policy_hints: Option<&'static str>,
    used: Mutex<Moment>,
    broken: AtomicBool,
}

impl std::ops::Deref for Shared {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Shared {
    fn touch(&self, now: Moment) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    fn rested(&self, now: Moment) -> bool {
        now - *self.used.lock().unwrap_or_else(PoisonError::into_inner) > IDLE
    }

    /// Nobody gets it any more; who has it keeps it.
    fn give_up(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    fn is_usable(&self) -> bool {
        !self.broken.load(Ordering::Relaxed) && !self.is_closed()
    }

    async fn answers(&self, deadline: Instant) -> bool {
        let search = Search::root(&["supportedLDAPVersion"]);
        let until = deadline.min(Instant::now() + PROBE);
        matches!(timeout_at(until, self.search(&search)).await, Ok(Ok(_)))
    }
}

fn late(what: &str) -> DirectoryError {
    DirectoryError::Unavailable(format!("{what} within the deadline"))
}

impl Service {
    /// Does a question, and once more on a fresh connection when the kept one turned out dead.
    pub(crate) async fn read<T, F>(
        &self,
        deadline: Instant,
        work: impl Fn(Arc<Shared>) -> F,
    ) -> Result<T, DirectoryError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut repeated = false;
        loop {
            let (connection, fresh) = self.connection(deadline).await?;
            let error = match timeout_at(deadline, work(connection.clone())).await {
                Ok(Ok(found)) => {
                    connection.touch(self.clock.now());
                    return Ok(found);
                }
                Ok(Err(Failure::NotSent | Failure::Lost)) if !fresh && !repeated => {
                    connection.give_up();
                    repeated = true;
                    continue;
                }
                Ok(Err(Failure::NotSent | Failure::Lost)) => {
                    DirectoryError::Unavailable("the connection was lost".to_owned())
                }
                Ok(Err(Failure::Answered(answer))) => error_map::reading(answer),
                Ok(Err(Failure::Settled(error))) => error,
                Err(_) => late("no answer"),
            };
            if matches!(error, DirectoryError::Unavailable(_)) {
                connection.give_up();
            }
            return Err(error);
        }
    }

    /// Does a write, once. Until the request is handed over, every error means that nothing was changed; from then on, no
    /// answer means that nobody knows. A refusal is an answer, and its meaning depends on what was written.
    pub(crate) async fn write<F>(
        &self,
        deadline: Instant,
        work: impl FnOnce(Arc<Shared>) -> Result<F, DirectoryError>,
    ) -> Result<Result<(), Answer>, DirectoryError>
    where
        F: Future<Output = Result<(), Failure>>,
    {
        let (connection, _) = self.connection(deadline).await?;
        let work = work(connection.clone())?;
        if Instant::now() >= deadline {
            return Err(late("no connection"));
        }
        let error = match timeout_at(deadline, work).await {
            Ok(Ok(())) => {
                connection.touch(self.clock.now());
                return Ok(Ok(()));
            }
            Ok(Err(Failure::Answered(answer))) => {
                if matches!(error_map::writing(answer), DirectoryError::Unavailable(_)) {
                    connection.give_up();
                }
                return Ok(Err(answer));
            }
            Ok(Err(Failure::NotSent)) => {
                DirectoryError::Unavailable("the connection was closed before the write".to_owned())
            }
            Ok(Err(Failure::Lost)) => DirectoryError::OutcomeUnknown("the connection was lost".to_owned()),
            Ok(Err(Failure::Settled(error))) => error,
            Err(_) => DirectoryError::OutcomeUnknown("no answer within the deadline".to_owned()),
        };
        connection.give_up();
        Err(error)
    }

    /// The kept connection, or a fresh one; which of them is the second value.
    async fn connection(&self, deadline: Instant) -> Result<(Arc<Shared>, bool), DirectoryError> {
        timeout_at(deadline, async {
            let mut kept = self.kept.lock().await;
            if let Some(connection) = kept.connection.take().filter(|connection| connection.is_usable())
                && (!connection.rested(self.clock.now()) || connection.answers(deadline).await)
            {
                kept.connection = Some(connection.clone());
                return Ok((connection, false));
            }
            let connection = Arc::new(self.make(&mut kept.refused).await?);
            kept.connection = Some(connection.clone());
            Ok((connection, true))
        })
        .await
        .unwrap_or_else(|_| Err(late("no connection")))
    }

    async fn make(&self, refused: &mut Option<(Moment, Answer)>) -> Result<Shared, DirectoryError> {
        if let Some((at, answer)) = *refused {
            let since = self.clock.now() - at;
            if since >= TimeDelta::zero() && since < HOLD_OFF {
                return Err(error_map::service_bind(answer));
            }
        }
        let connection = self.endpoint.open().await?;
        let bound = connection.bind(&self.account, self.password.expose_secret()).await;
        *refused = match bound {
            Err(Failure::Answered(answer)) if answer.result == 49 => Some((self.clock.now(), answer)),
            _ => None,
        };
        let made = async {
            bound?;
            let root = connection.entry(&Search::root(&["supportedControl"])).await?;
            let policy_hints = root.and_then(|root| password::offered_policy_hints(root.texts("supportedControl")));
            Ok((self.own_key(&connection).await?, policy_hints))
        };
        match made.await {
            Ok((own, policy_hints)) => {
                let used = Mutex::new(self.clock.now());
                Ok(Shared { connection, own, policy_hints, used, broken: AtomicBool::new(false) })
            }
            Err(Failure::Settled(error)) => Err(error),
            Err(Failure::Answered(answer)) if refused.is_some() => Err(error_map::service_bind(answer)),
            Err(Failure::Answered(answer)) => Err(error_map::reading(answer)),
            Err(Failure::NotSent | Failure::Lost) => {
                Err(DirectoryError::Unavailable("the connection was lost while signing in".to_owned()))
            }
        }
    }

    /// The service account's own key. Active Directory also lets an account in by an implicit user principal name (its
    /// `sAMAccountName` at the domain) that is written nowhere, so that is looked at second.
    async fn own_key(&self, connection: &Connection) -> Result<AccountKey, Failure> {
        let short = self.account.split('@').next().unwrap_or_default();
        let search = Search {
            base: &self.base,
            scope: Scope::Subtree,
            filter: Filter::And(vec![
                Filter::Equal("objectClass", "user"),
                Filter::Or(vec![
                    Filter::Equal("userPrincipalName", &self.account),
                    Filter::Equal("sAMAccountName", short),
                ]),
            ]),
            attributes: &OWN,
            limit: 10,
        };
        let found = connection.search(&search).await?;
        let named = |attribute: &'static str, name: &str| {
            let name = name.to_lowercase();
            let has_it = move |entry: &&Entry| entry.text(attribute).is_some_and(|found| found.to_lowercase() == name);
            found.entries.iter().find(has_it)
        };
        let own = named("userPrincipalName", &self.account).or_else(|| named("sAMAccountName", short));
        own.and_then(|own| guid::key(own.bytes("objectGUID")?)).ok_or_else(|| {
            let what = "the service account can't see its own entry below directory.base";
            DirectoryError::Misconfigured(what.to_owned()).into()
        })
    }
}
