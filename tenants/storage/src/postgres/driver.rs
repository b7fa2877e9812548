//! Each connection is driven by the thread that waits for it. A runtime of several threads would wake another one, and be
//! woken by it, for every statement: at two hundred statements a reset that is most of what a reset costs.

use std::{cell::RefCell, sync::Arc};

use diesel_async::async_connection_wrapper::BlockOn;
use tokio::runtime::{Builder, Runtime};

/// One connection's runtime. It stands still while nobody waits for the connection.
#[derive(Clone)]
pub(crate) struct Driver(Arc<Still>);

struct Still(Option<Runtime>);

impl Drop for Still {
    /// A connection may be dropped by a task, which must not wait for a runtime's end; nothing is left to wait for here.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

thread_local! {
    /// What the next connection of this thread is driven by: diesel's wrapper asks for it without a word of which.
    static NEXT: RefCell<Option<Driver>> = const { RefCell::new(None) };
}

impl Driver {
    /// # Errors
    /// The system has no more descriptors.
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self(Arc::new(Still(Some(Builder::new_current_thread().enable_all().build()?)))))
    }

    /// Makes a connection's wrapper with this driver.
    pub(super) fn wrap<C>(
        &self,
        connection: C,
    ) -> diesel_async::async_connection_wrapper::AsyncConnectionWrapper<C, Self>
    where
        C: diesel_async::AsyncConnection,
    {
        NEXT.set(Some(self.clone()));
        connection.into()
    }

    /// Lets the connection see what came while nobody waited, such as its end.
    pub(super) fn look(&self) {
        self.block_on(async {
            // Once to be told by the system, once to read it.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        });
    }
}

impl BlockOn for Driver {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        match &self.0.0 {
            Some(runtime) => runtime.block_on(future),
            None => unreachable!("taken when the last driver is dropped"),
        }
    }

    fn get_runtime() -> Self {
        NEXT.take().expect("set by whoever wraps a connection")
    }
}
