//! Each connection is driven by the thread that waits for it. A runtime of several threads would wake another one, and be
//! woken by it, for every statement, of which a reset has more than a hundred.

use tokio::runtime::{Builder, Runtime};

/// One connection's runtime. It stands still while nobody waits for the connection.
pub(crate) struct Driver(Option<Runtime>);

impl Drop for Driver {
    /// A connection may be dropped by a task, which must not wait for a runtime's end; nothing is left to wait for here.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Driver {
    /// # Errors
    /// The system has no more descriptors.
    pub(super) fn new() -> std::io::Result<Self> {
        Builder::new_current_thread().enable_all().build().map(|runtime| Self(Some(runtime)))
    }

    /// Waits for what a connection is asked.
    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        match &self.0 {
            Some(runtime) => runtime.block_on(future),
            None => unreachable!("taken when it is dropped"),
        }
    }

    /// Lets what is driven see what came while nobody waited.
    pub(super) fn look(&self) {
        self.block_on(async {
            // Once to be told by the system, once to read it.
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        });
    }
}
