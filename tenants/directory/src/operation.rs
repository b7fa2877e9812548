//! How an operation is run: on the directory's own runtime, within its time, to its end, and reported.

use std::{sync::Arc, time::Duration};

use portvakt_domain::{
    account::Account,
    directory::{Authentication, DirectoryError, EffectivePolicy, PasswordChange},
    staff::{Person, StaffAccount},
};
use tokio::{
    runtime::Handle,
    sync::{Semaphore, SemaphorePermit},
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tracing::Instrument as _;

use crate::{
    observer::{self, OperationObserver},
    pages::{self, Pages},
};

/// Operations of one tenant under way at once: a directory that is slow must not gather everybody's memory.
const AT_ONCE: usize = 32;

/// Runs the operations of one directory `D`.
pub(crate) struct Operations<D> {
    directory: Arc<D>,
    under_way: Arc<Semaphore>,
    /// One survey at a time: it keeps a directory busy for as long as it takes.
    surveys: Arc<Semaphore>,
    /// The deadline of one operation.
    patience: Duration,
    runtime: Handle,
    observer: Arc<dyn OperationObserver>,
}

impl<D: Send + Sync + 'static> Operations<D> {
    /// Operations on `runtime`, whichever runtime asks: web workers come and go, connections stay.
    pub(crate) fn new(directory: D, patience: Duration, runtime: Handle, observer: Arc<dyn OperationObserver>) -> Self {
        Self {
            directory: Arc::new(directory),
            under_way: Arc::new(Semaphore::new(AT_ONCE)),
            surveys: Arc::new(Semaphore::new(1)),
            patience,
            runtime,
            observer,
        }
    }

    /// The directory, for what takes no time.
    pub(crate) fn directory(&self) -> &D {
        &self.directory
    }

    /// Does an operation to its end, even when the caller goes away, and reports it.
    pub(crate) async fn run<T: Outcome, F>(
        &self,
        operation: &'static str,
        work: impl FnOnce(Arc<D>, Instant) -> F,
    ) -> Result<T, DirectoryError>
    where
        F: Future<Output = Result<T, DirectoryError>> + Send + 'static,
    {
        let under_way = self.under_way.clone();
        self.present(operation, |directory, deadline| {
            let work = work(directory, deadline);
            async move {
                let _permit = permit(&under_way, deadline).await?;
                work.await
            }
        })
        .await
    }

    /// The same for a presented password, which has a connection of its own and with it a bound of its own: many of them
    /// must not hold up everything else.
    pub(crate) async fn present<T: Outcome, F>(
        &self,
        operation: &'static str,
        work: impl FnOnce(Arc<D>, Instant) -> F,
    ) -> Result<T, DirectoryError>
    where
        F: Future<Output = Result<T, DirectoryError>> + Send + 'static,
    {
        let work = work(self.directory.clone(), Instant::now() + self.patience);
        // A task ends without a result when the runtime shuts down or when it met what it could not read.
        self.spawn(operation, work).await.unwrap_or_else(|_| Err(T::cut_short()))
    }

    /// Does a survey: `take` is given page after page, on the caller's own task. It ends when the caller goes away.
    pub(crate) async fn survey<F>(
        &self,
        work: impl FnOnce(Arc<D>, Pages) -> F,
        take: &mut (dyn FnMut(Vec<StaffAccount>) + Send),
    ) -> Result<(), DirectoryError>
    where
        F: Future<Output = Result<(), DirectoryError>> + Send + 'static,
    {
        let (pages, mut inbox) = pages::channel();
        let (left, surveys) = (pages.clone(), self.surveys.clone());
        let work = work(self.directory.clone(), pages);
        let task = self.spawn("survey", async move {
            let surveyed = async {
                let Ok(_permit) = surveys.acquire().await else { return Err(Surveyed::cut_short()) };
                work.await.map(|()| Surveyed::ToItsEnd)
            };
            tokio::select! {
                surveyed = surveyed => surveyed,
                () = left.left() => Ok(Surveyed::Left),
            }
        });
        while let Some(page) = inbox.recv().await {
            take(page);
        }
        task.await.unwrap_or_else(|_| Err(Surveyed::cut_short())).map(|_| ())
    }

    /// Runs to its end and reports it, whether or not somebody waits.
    fn spawn<T: Outcome>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, DirectoryError>> + Send + 'static,
    ) -> JoinHandle<Result<T, DirectoryError>> {
        let began = Instant::now();
        let observer = self.observer.clone();
        let reported = async move {
            let result = work.await;
            let outcome = result.as_ref().map_or_else(observer::outcome, Outcome::label);
            observer.observed(operation, outcome, began.elapsed().as_secs_f64());
            result
        };
        // What it logs belongs to the request or job that asked.
        self.runtime.spawn(reported.in_current_span())
    }
}

async fn permit(under_way: &Semaphore, deadline: Instant) -> Result<SemaphorePermit<'_>, DirectoryError> {
    match timeout_at(deadline, under_way.acquire()).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(DirectoryError::Unavailable("too many operations at once".to_owned())),
    }
}

/// How the end of an operation is reported, and what it means that it never came.
pub(crate) trait Outcome: Send + 'static {
    fn label(&self) -> &'static str {
        "ok"
    }
    fn cut_short() -> DirectoryError {
        DirectoryError::Unavailable("the operation was cut short".to_owned())
    }
}

impl Outcome for Option<Account> {}
impl Outcome for Option<Person> {}
impl Outcome for EffectivePolicy {}

/// How a survey ended that did not fail.
enum Surveyed {
    ToItsEnd,
    /// Nobody waits for it any more.
    Left,
}

impl Outcome for Surveyed {
    fn label(&self) -> &'static str {
        match self {
            Surveyed::ToItsEnd => "ok",
            Surveyed::Left => "left",
        }
    }
}

impl Outcome for Authentication {
    fn label(&self) -> &'static str {
        match self {
            Authentication::Accepted => "ok",
            Authentication::Refused(_) => "refused",
        }
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

/// Writes have no result of their own (nor has the probe, which does no harm by not knowing).
impl Outcome for () {
    fn cut_short() -> DirectoryError {
        DirectoryError::OutcomeUnknown("the operation was cut short".to_owned())
    }
}
