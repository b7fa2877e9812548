//! A tenant's controllers, in the order the tenant lists them: which of them is asked, and who is told what when it dies
//! in the middle of something. Questions go on to the next controller; a write that was sent never does.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use portvakt_domain::{directory::DirectoryError, password::Password, time::Instant as Moment};
use tokio::{
    runtime::Handle,
    time::{Instant, MissedTickBehavior, interval, timeout_at},
};

use crate::{
    breaker::{Change, Turn},
    connection::Search,
    controller::{Controller, Greeting, Shared, Trouble, late},
    error_map::{self, Answer, Failure},
    held::Held,
    ppolicy::Reason,
    service_account::ServiceAccount,
};

/// How often the keeper looks whether something is to be done.
const TICK: Duration = Duration::from_secs(1);
/// How long it waits for a controller that may be back.
const TRIAL: Duration = Duration::from_secs(3);

/// The controllers of one tenant.
pub(crate) struct Controllers<G: Greeting> {
    all: Vec<Controller<G>>,
    service: ServiceAccount,
    greeting: G,
}

/// What came of a write.
pub(crate) enum Wrote {
    /// It is done.
    Done,
    /// It was refused; what that means depends on what was written.
    Refused(Answer),
    /// It was sent and not answered.
    Unanswered {
        /// The controller that did not answer.
        at: usize,
        /// `OutcomeUnknown`.
        error: DirectoryError,
    },
}

impl Wrote {
    /// The result of a write that nothing proves when it was not answered.
    pub(crate) fn settled(self) -> Result<(), DirectoryError> {
        match self {
            Wrote::Done => Ok(()),
            Wrote::Refused(answer) => Err(error_map::writing(answer)),
            Wrote::Unanswered { error, .. } => Err(error),
        }
    }
}

impl<G: Greeting> Controllers<G> {
    /// The controllers, and a keeper on `runtime` that lives as long as they do.
    pub(crate) fn new(all: Vec<Controller<G>>, service: ServiceAccount, greeting: G, runtime: &Handle) -> Arc<Self> {
        let controllers = Arc::new(Self { all, service, greeting });
        runtime.spawn(keep(Arc::downgrade(&controllers)));
        controllers
    }

    /// When the first of their certificates ends. `None` before any handshake.
    pub(crate) fn certificate_end(&self) -> Option<Moment> {
        self.all.iter().filter_map(Controller::certificate_end).min()
    }

    /// Does a question at the first controller that answers it.
    pub(crate) async fn read<T, F>(
        &self,
        deadline: Instant,
        work: impl Fn(Arc<Shared<G::Known>>) -> F,
    ) -> Result<T, DirectoryError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut round = Round::new(self, deadline, None);
        while let Some((at, turn, share)) = round.next_turn() {
            match self.all[at].read(&self.service, &self.greeting, share, &work).await {
                Ok(found) => {
                    self.report(at, turn.answered());
                    return Ok(found);
                }
                Err(trouble) => round.went_wrong(at, turn, trouble)?,
            }
        }
        Err(round.failed())
    }

    /// Begins what takes many questions, on a connection that it has for itself, at the first controller that answers all
    /// that `work` asks. Each question may take as long as `patience`. What comes after it stays with that controller.
    pub(crate) async fn begin<T, F>(
        &self,
        patience: Duration,
        work: impl Fn(Held<G::Known>) -> F,
    ) -> Result<T, DirectoryError>
    where
        F: Future<Output = Result<T, DirectoryError>>,
    {
        // Each controller is given the time to be connected to and to answer.
        let count = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let mut round = Round::new(self, Instant::now() + patience * 2 * count, None);
        while let Some((at, turn, share)) = round.next_turn() {
            let connected = share.min(Instant::now() + patience);
            let begun = match self.all[at].extra(&self.service, &self.greeting, connected).await {
                Ok(connection) => work(Held::new(connection, at, patience)).await.map_err(Trouble::of),
                Err(trouble) => Err(trouble),
            };
            match begun {
                Ok(begun) => {
                    self.report(at, turn.answered());
                    return Ok(begun);
                }
                Err(trouble) => round.went_wrong(at, turn, trouble)?,
            }
        }
        Err(round.failed())
    }

    /// Notes that a controller stopped answering in the middle of what was begun there.
    pub(crate) fn broke_off(&self, at: usize) {
        if let Some(turn) = self.all[at].breaker.turn() {
            self.report(at, turn.failed(self.service.clock.now()));
        }
    }

    /// Does a write, once, at the first controller that can be reached and that `fits`. Until the request is handed over,
    /// every error means that nothing was changed; from then on, no answer means that nobody knows.
    pub(crate) async fn write<F>(
        &self,
        deadline: Instant,
        fits: impl Fn(&Shared<G::Known>) -> Result<(), DirectoryError>,
        work: impl FnOnce(Arc<Shared<G::Known>>) -> F,
    ) -> Result<Wrote, DirectoryError>
    where
        F: Future<Output = Result<(), Failure>>,
    {
        let mut round = Round::new(self, deadline, None);
        while let Some((at, turn, share)) = round.next_turn() {
            let connection = match self.all[at].connection(&self.service, &self.greeting, share).await {
                Ok((connection, _)) => connection,
                Err(trouble) => {
                    round.went_wrong(at, turn, trouble)?;
                    continue;
                }
            };
            if let Err(unfit) = fits(&connection) {
                self.report(at, turn.answered());
                round.remember(unfit);
                continue;
            }
            if Instant::now() >= deadline {
                return Err(late("no connection"));
            }
            return self.send(at, turn, &connection.clone(), timeout_at(deadline, work(connection)).await);
        }
        Err(round.failed())
    }

    fn send<E>(
        &self,
        at: usize,
        turn: Turn<'_>,
        connection: &Shared<G::Known>,
        result: Result<Result<(), Failure>, E>,
    ) -> Result<Wrote, DirectoryError> {
        let unanswered = |what: &str| Wrote::Unanswered { at, error: DirectoryError::OutcomeUnknown(what.to_owned()) };
        let wrote = match result {
            Ok(Ok(())) => Ok(Wrote::Done),
            Ok(Err(Failure::Answered(answer))) => Ok(Wrote::Refused(answer)),
            Ok(Err(Failure::NotSent)) => {
                Err(DirectoryError::Unavailable("the connection was closed before the write".to_owned()))
            }
            Ok(Err(Failure::Settled(error))) => Err(error),
            Ok(Err(Failure::Lost)) => Ok(unanswered("the connection was lost")),
            Err(_) => Ok(unanswered("no answer within the deadline")),
        };
        let in_service = match &wrote {
            Ok(Wrote::Done) => true,
            Ok(Wrote::Refused(answer)) => !matches!(error_map::writing(*answer), DirectoryError::Unavailable(_)),
            Ok(Wrote::Unanswered { .. }) | Err(_) => false,
        };
        if in_service {
            connection.touch(self.service.clock.now());
            self.report(at, turn.answered());
        } else {
            connection.give_up();
            self.report(at, turn.failed(self.service.clock.now()));
        }
        wrote
    }

    /// Presents a password once. At another controller than `but_not` where there is one that can be reached.
    pub(crate) async fn present(
        &self,
        name: &str,
        password: &Password,
        deadline: Instant,
        but_not: Option<usize>,
    ) -> Result<Result<Option<Reason>, Answer>, DirectoryError> {
        let mut round = Round::new(self, deadline, but_not);
        while let Some((at, turn, share)) = round.next_turn() {
            // Once it is presented there is no second try, so only the way there has to leave time for others.
            match self.all[at].present(name, password, share, deadline).await {
                Ok(answer) => {
                    self.report(at, turn.answered());
                    return Ok(answer);
                }
                Err(trouble) => round.went_wrong(at, turn, trouble)?,
            }
        }
        Err(round.failed())
    }

    fn report(&self, at: usize, change: Change) {
        let controller = self.all[at].address();
        match change {
            Change::None => {}
            Change::Opened => tracing::warn!(controller, "a directory controller is taken out of use"),
            Change::Closed => tracing::info!(controller, "a directory controller is in use again"),
        }
    }

    /// Keeps connections alive, and tries controllers that are out of use and have rested, so that no person waits for
    /// them.
    async fn tend(&self) {
        let now = self.service.clock.now();
        for (at, controller) in self.all.iter().enumerate() {
            controller.keep_alive(now).await;
            if !controller.breaker.is_rested(now) {
                continue;
            }
            let Some(turn) = controller.breaker.trial() else { continue };
            let deadline = Instant::now() + TRIAL;
            let asked = controller.read(&self.service, &self.greeting, deadline, |connection| async move {
                connection.search(&Search::root(&["supportedLDAPVersion"])).await
            });
            let change = match asked.await {
                Err(Trouble::Here(_)) => turn.failed(self.service.clock.now()),
                Ok(_) | Err(Trouble::Everywhere(_)) => turn.answered(),
            };
            self.report(at, change);
        }
    }
}

async fn keep<G: Greeting>(controllers: Weak<Controllers<G>>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(controllers) = controllers.upgrade() else { return };
        controllers.tend().await;
    }
}

/// One way through the controllers: those in use, in order, each with its share of the time that is left; then, if there
/// is time, those that are not, for one caller at a time.
struct Round<'a, G: Greeting> {
    controllers: &'a Controllers<G>,
    deadline: Instant,
    /// Still to be tried, the next one last.
    waiting: Vec<usize>,
    failed: Option<DirectoryError>,
}

impl<'a, G: Greeting> Round<'a, G> {
    fn new(controllers: &'a Controllers<G>, deadline: Instant, last: Option<usize>) -> Self {
        let mut waiting: Vec<usize> = (0..controllers.all.len()).collect();
        waiting.sort_by_key(|at| (!controllers.all[*at].breaker.is_closed(), Some(*at) == last, *at));
        waiting.reverse();
        Self { controllers, deadline, waiting, failed: None }
    }

    fn next_turn(&mut self) -> Option<(usize, Turn<'a>, Instant)> {
        let now = Instant::now();
        while now < self.deadline {
            let at = self.waiting.pop()?;
            let controllers = self.controllers;
            let breaker = &controllers.all[at].breaker;
            if let Some(turn) = breaker.turn().or_else(|| breaker.trial()) {
                let others = self.waiting.iter().filter(|at| controllers.all[**at].breaker.is_closed()).count();
                let share = (self.deadline - now) / u32::try_from(others + 1).unwrap_or(1);
                return Some((at, turn, now + share));
            }
        }
        None
    }

    /// `Err` when nobody else would do better.
    fn went_wrong(&mut self, at: usize, turn: Turn<'_>, trouble: Trouble) -> Result<(), DirectoryError> {
        match trouble {
            Trouble::Here(error) => {
                self.controllers.report(at, turn.failed(self.controllers.service.clock.now()));
                self.remember(error);
                Ok(())
            }
            Trouble::Everywhere(error) => Err(error),
        }
    }

    /// The first error is told: the later ones are those of controllers that were not wanted in the first place. But what
    /// is set up wrongly does not pass by itself, so it is told rather than what may.
    fn remember(&mut self, error: DirectoryError) {
        let replaces = match &self.failed {
            None => true,
            Some(DirectoryError::Unavailable(_)) => matches!(error, DirectoryError::Misconfigured(_)),
            Some(_) => false,
        };
        if replaces {
            self.failed = Some(error);
        }
    }

    fn failed(self) -> DirectoryError {
        self.failed.unwrap_or_else(|| DirectoryError::Unavailable("no controller is in use".to_owned()))
    }
}
