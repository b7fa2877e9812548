//! One controller: the way to it, the kept connection of the service account, and the short ones on which people's
//! passwords are presented. Nothing here knows of other controllers.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use portvakt_domain::{directory::DirectoryError, password::Password, time::Instant as Moment};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

use crate::{
    breaker::Breaker,
    certificate::Shown,
    connection::{Connection, Endpoint, Search},
    error_map::{self, Answer, Failure},
    ppolicy::Reason,
    service_account::ServiceAccount,
};

/// A kept connection that rested longer than this is asked whether it is still there before it is used, and without
/// being used as well: firewalls forget connections that are silent, and directories close them.
const IDLE: TimeDelta = TimeDelta::seconds(30);
/// How long that question may take.
const PROBE: Duration = Duration::from_secs(2);
/// Connections of the service account: the kept one, and the one before it while its last answers are awaited.
pub(crate) const SERVICE_CONNECTIONS: usize = 2;
/// With so many for people's passwords one of them may be a survey's; with fewer a survey takes the place of the one
/// before.
const MANY: usize = 4;

/// What a kind of directory asks of a fresh connection, bound as the service account, before it is used.
pub(crate) trait Greeting: Send + Sync + 'static {
    /// What is learnt from it.
    type Known: Send + Sync + 'static;
    /// Asks.
    fn greet(&self, connection: &Connection) -> impl Future<Output = Result<Self::Known, Failure>> + Send;
}

/// A controller.
pub(crate) struct Controller<G: Greeting> {
    endpoint: Endpoint,
    /// The certificate of its last handshake.
    shown: Arc<Shown>,
    /// Whether it is in use.
    pub(crate) breaker: Breaker,
    /// The lock is held while a connection is made, so that many callers make one.
    kept: tokio::sync::Mutex<Option<Arc<Shared<G::Known>>>>,
    service_slots: Arc<Semaphore>,
    bind_slots: Arc<Semaphore>,
    survey_slots: Arc<Semaphore>,
}

/// A connection bound as the service account, and what was learnt when it was made.
pub(crate) struct Shared<K> {
    connection: Connection,
    /// What the greeting yielded.
    pub(crate) known: K,
    used: Mutex<Moment>,
    broken: AtomicBool,
}

/// Why a controller did not do what it was asked.
pub(crate) enum Trouble {
    /// It is about this controller, or the way to it: another may do better.
    Here(DirectoryError),
    /// Another would say the same.
    Everywhere(DirectoryError),
}

impl<K> std::ops::Deref for Shared<K> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl<K> Shared<K> {
    /// It was of use just now.
    pub(crate) fn touch(&self, now: Moment) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    fn rested(&self, now: Moment) -> bool {
        now - *self.used.lock().unwrap_or_else(PoisonError::into_inner) > IDLE
    }

    /// Nobody gets it any more; who has it keeps it.
    pub(crate) fn give_up(&self) {
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

impl Trouble {
    /// By what became of a question.
    pub(crate) fn of(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Unavailable(_) => Trouble::Here(error),
            error => Trouble::Everywhere(error),
        }
    }
}

/// Nothing came in time.
pub(crate) fn late(what: &str) -> DirectoryError {
    DirectoryError::Unavailable(format!("{what} within the deadline"))
}

/// Room for one more connection. That there is none says nothing about the controller.
async fn slot(slots: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Trouble> {
    slots.clone().acquire_owned().await.map_err(|_| busy())
}

fn busy() -> Trouble {
    Trouble::Everywhere(DirectoryError::Unavailable("too many sign-ins at once".to_owned()))
}

impl<G: Greeting> Controller<G> {
    /// A controller to which there are never more than so many connections. `shown` is what its handshakes show.
    pub(crate) fn new(endpoint: Endpoint, shown: Arc<Shown>, connections: usize) -> Self {
        let service_slots = Arc::new(Semaphore::new(SERVICE_CONNECTIONS));
        let binds = connections.saturating_sub(SERVICE_CONNECTIONS).max(1);
        let (binds, survey_slots) =
            if binds < MANY { (binds, service_slots.clone()) } else { (binds - 1, Arc::new(Semaphore::new(1))) };
        Self {
            endpoint,
            shown,
            breaker: Breaker::default(),
            kept: tokio::sync::Mutex::default(),
            service_slots,
            bind_slots: Arc::new(Semaphore::new(binds)),
            survey_slots,
        }
    }

    /// When its certificate ends. `None` before the first handshake.
    pub(crate) fn certificate_end(&self) -> Option<Moment> {
        self.shown.end()
    }

    /// What the log calls it.
    pub(crate) fn address(&self) -> &str {
        self.endpoint.address()
    }

    /// Does a question, and once more on a fresh connection when the kept one turned out dead.
    pub(crate) async fn read<T, F>(
        &self,
        service: &ServiceAccount,
        greeting: &G,
        deadline: Instant,
        work: impl Fn(Arc<Shared<G::Known>>) -> F,
    ) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut repeated = false;
        loop {
            let (connection, fresh) = self.connection(service, greeting, deadline).await?;
            let error = match timeout_at(deadline, work(connection.clone())).await {
                Ok(Ok(found)) => {
                    connection.touch(service.clock.now());
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
            return Err(Trouble::of(error));
        }
    }

    /// The kept connection, or a fresh one; which of them is the second value.
    pub(crate) async fn connection(
        &self,
        service: &ServiceAccount,
        greeting: &G,
        deadline: Instant,
    ) -> Result<(Arc<Shared<G::Known>>, bool), Trouble> {
        timeout_at(deadline, async {
            let mut kept = self.kept.lock().await;
            if let Some(connection) = kept.take().filter(|connection| connection.is_usable())
                && (!connection.rested(service.clock.now()) || connection.answers(deadline).await)
            {
                *kept = Some(connection.clone());
                return Ok((connection, false));
            }
            let connection = Arc::new(self.make(service, greeting, &self.service_slots).await?);
            *kept = Some(connection.clone());
            Ok((connection, true))
        })
        .await
        .unwrap_or_else(|_| Err(Trouble::Here(late("no connection"))))
    }

    /// A connection beside the kept one, for one survey alone.
    pub(crate) async fn extra(
        &self,
        service: &ServiceAccount,
        greeting: &G,
        deadline: Instant,
    ) -> Result<Shared<G::Known>, Trouble> {
        let made = timeout_at(deadline, self.make(service, greeting, &self.survey_slots)).await;
        made.unwrap_or_else(|_| Err(Trouble::Here(late("no connection"))))
    }

    async fn make(
        &self,
        service: &ServiceAccount,
        greeting: &G,
        slots: &Arc<Semaphore>,
    ) -> Result<Shared<G::Known>, Trouble> {
        service.may_try().map_err(Trouble::Everywhere)?;
        let slot = slot(slots).await?;
        let connection = self.endpoint.open(slot).await.map_err(Trouble::Here)?;
        let lost = || DirectoryError::Unavailable("the connection was lost while signing in".to_owned());
        match service.sign_in(&connection).await {
            Ok(_) => {}
            Err(Failure::Answered(answer)) => {
                return Err(match error_map::service_bind(answer) {
                    refused @ DirectoryError::Misconfigured(_) => Trouble::Everywhere(refused),
                    error => Trouble::Here(error),
                });
            }
            Err(Failure::Settled(error)) => return Err(Trouble::Everywhere(error)),
            Err(Failure::NotSent | Failure::Lost) => return Err(Trouble::Here(lost())),
        }
        let known = greeting.greet(&connection).await.map_err(|failure| match failure {
            Failure::Settled(error) => Trouble::of(error),
            Failure::Answered(answer) => Trouble::of(error_map::reading(answer)),
            Failure::NotSent | Failure::Lost => Trouble::Here(lost()),
        })?;
        let used = Mutex::new(service.clock.now());
        Ok(Shared { connection, known, used, broken: AtomicBool::new(false) })
    }

    /// Presents a password on a connection of its own; never on the kept one, whose identity it would change. `Here`
    /// while it has not been presented, so that it is presented once; `connected` is how long the way there may take.
    pub(crate) async fn present(
        &self,
        name: &str,
        password: &Password,
        connected: Instant,
        deadline: Instant,
    ) -> Result<Result<Option<Reason>, Answer>, Trouble> {
        let slot = timeout_at(deadline, slot(&self.bind_slots)).await.unwrap_or_else(|_| Err(busy()))?;
        let opened = timeout_at(connected, self.endpoint.open(slot)).await;
        let connection = opened.unwrap_or_else(|_| Err(late("no connection"))).map_err(Trouble::Here)?;
        let lost = |what: &str| Trouble::Everywhere(DirectoryError::Unavailable(what.to_owned()));
        let answer = match timeout_at(deadline, connection.bind(name, password.reveal())).await {
            Ok(Ok(reason)) => Ok(reason),
            Ok(Err(Failure::Answered(answer))) => Err(answer),
            Ok(Err(Failure::Settled(error))) => return Err(Trouble::Everywhere(error)),
            Ok(Err(Failure::NotSent | Failure::Lost)) => return Err(lost("the connection was lost")),
            Err(_) => return Err(lost("no answer within the deadline")),
        };
        connection.close();
        Ok(answer)
    }

    /// Asks a kept connection that has rested whether it is still there, and forgets it if it is not.
    pub(crate) async fn keep_alive(&self, now: Moment) {
        // Whoever holds the lock is making or asking one already.
        let Ok(mut kept) = self.kept.try_lock() else { return };
        let Some(connection) = kept.as_ref().filter(|connection| connection.rested(now)) else { return };
        if connection.is_usable() && connection.answers(Instant::now() + PROBE).await {
            connection.touch(now);
        } else {
            *kept = None;
        }
    }
}
