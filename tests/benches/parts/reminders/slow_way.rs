//! A directory that is slow, made of one that is not.

use std::{net::SocketAddr, time::Duration};

use harness::wire::Wire;
use tokio::{task::JoinHandle, time::sleep};

/// How much later each request comes to the directory: with about ten of them, a run takes five to ten seconds.
const DELAY: Duration = Duration::from_millis(700);

/// A way to a directory on which every request is stopped for a while.
pub struct SlowWay {
    /// Where it begins.
    pub url: String,
    task: JoinHandle<()>,
}

impl SlowWay {
    /// To a directory on `ldaps://`, with an address in place of a name.
    pub async fn to(url: &str) -> Self {
        let to: SocketAddr = url.strip_prefix("ldaps://").and_then(|to| to.parse().ok()).expect("an address");
        let wire = Wire::to(to.ip(), to.port()).await;
        Self { url: wire.url(), task: tokio::spawn(slow_down(wire)) }
    }
}

impl Drop for SlowWay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn slow_down(wire: Wire) {
    let mut stopped = wire.stop_at(1);
    while let Ok(request) = stopped.await {
        sleep(DELAY).await;
        // Before this one goes on, so that the one after it does not slip through.
        stopped = wire.stop_at(1);
        drop(request);
    }
}
