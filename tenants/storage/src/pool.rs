//! Running a transaction: a turn, a connection, a blocking thread, and once more when the database asks for it.

use std::{sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinError,
};

use crate::error::{QueryError, Source, StorageError};

/// Longest wait for a turn, and for a connection.
const WAIT: Duration = Duration::from_secs(10);
/// How often a transaction that lost against another is run again.
const ATTEMPTS: u32 = 6;

/// Connections of one kind. Who waits for one waits without a thread: there are as many turns as connections.
pub(crate) struct Pool<M: r2d2::ManageConnection> {
    connections: r2d2::Pool<M>,
    turns: Arc<Semaphore>,
    runtime: Handle,
}

#[derive(Debug)]
struct Quiet;

impl<E: std::error::Error> r2d2::HandleError<E> for Quiet {
    fn handle_error(&self, error: E) {
        tracing::warn!(error = %error, "a database connection was not made or is broken");
    }
}

impl<M: r2d2::ManageConnection> Pool<M> {
    /// A pool of up to `size` connections, none of them made yet.
    pub(crate) fn new(manager: M, size: u32, runtime: Handle) -> Self {
        let size = size.max(1);
        let connections = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .connection_timeout(WAIT)
            .error_handler(Box::new(Quiet))
            .build_unchecked(manager);
        Self { connections, turns: Arc::new(Semaphore::new(size as usize)), runtime }
    }

    /// Runs `once` on a blocking thread, again when the database says that it lost against another transaction. It is
    /// run to its end even when the caller is gone.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        once: impl FnMut(&mut M::Connection) -> Result<T, QueryError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let connections = self.connections.clone();
        let work = move |turn: OwnedSemaphorePermit| {
            let (_turn, mut once) = (turn, once);
            let mut attempt = 0;
            loop {
                attempt += 1;
                let mut connection = connections.get().map_err(|error| StorageError::Unavailable(error.into()))?;
                match once(&mut connection) {
                    Err(error) if error.is_transient() && attempt < ATTEMPTS => {
                        tracing::debug!(attempt, ?error, "a transaction is run again");
                        drop(connection);
                        std::thread::sleep(pause(attempt));
                    }
                    other => return other.map_err(StorageError::from),
                }
            }
        };
        // Who need not wait for a turn needs no task to wait in either.
        let done = match self.turns.clone().try_acquire_owned() {
            Ok(turn) => self.runtime.spawn_blocking(move || work(turn)).await,
            Err(_) => self.in_turn(work).await?,
        };
        done.map_err(|error| StorageError::Internal(error.into()))?
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(OwnedSemaphorePermit) -> T + Send + 'static,
    ) -> Result<Result<T, JoinError>, StorageError> {
        let (turns, runtime) = (self.turns.clone(), self.runtime.clone());
        let task = self.runtime.spawn(async move {
            let turn = tokio::time::timeout(WAIT, turns.acquire_owned())
                .await
                .map_err(|elapsed| StorageError::Unavailable(elapsed.into()))?
                .map_err(|closed| StorageError::Unavailable(closed.into()))?;
            Ok(runtime.spawn_blocking(move || work(turn)).await)
        });
        task.await.map_err(|error| StorageError::Unavailable(Source::from(error)))?
    }
}

/// Drawn by lot, so that what collided does not collide again.
fn pause(attempt: u32) -> Duration {
    let lot = u64::from(uuid::Uuid::new_v4().as_bytes()[0]);
    Duration::from_micros(u64::from(attempt) * (1_000 + lot * 50))
}
