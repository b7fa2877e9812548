//! How an operation is run: on the directory's own runtime, within its time, to its end, and reported.

use std::{sync::Arc, time::Duration};

use portvakt_domain::{
    account::Account,
    directory::{Authentication, DirectoryError, EffectivePolicy, PasswordChange},
};
use tokio::{
    runtime::Handle,
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};
use tracing::Instrument as _;

use crate::observer::{self, OperationObserver};

/// Operations of one tenant under way at once: a directory that is slow must not gather everybody's memory.
const AT_ONCE: usize = 32;

/// Runs the operations of one directory `D`.
pub(crate) struct Operations<D> {
    directory: Arc<D>,
    under_way: Arc<Semaphore>,
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
        let began = Instant::now();
        let observer = self.observer.clone();
        let work = work(self.directory.clone(), began + self.patience);
        let reported = async move {
            let result = work.await;
            let outcome = result.as_ref().map_or_else(observer::outcome, Outcome::label);
            observer.observed(operation, outcome, began.elapsed().as_secs_f64());
            result
        };
        // What it logs belongs to the request or job that asked.
        let task = self.runtime.spawn(reported.in_current_span());
        // A task ends without a result when the runtime shuts down or when it met what it could not read.
        task.await.unwrap_or_else(|_| Err(T::cut_short()))
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
impl Outcome for EffectivePolicy {}

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
