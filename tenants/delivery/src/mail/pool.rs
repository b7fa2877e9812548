//! Connections to one mail server that are kept for the next mail.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use lettre::transport::smtp::client::AsyncSmtpConnection;

/// Shorter than mail servers wait (RFC 5321: 5 minutes; under load some wait 10 s, and then the next mail finds out).
const IDLE: Duration = Duration::from_secs(60);
const MOST: usize = 4;

struct Kept {
    connection: AsyncSmtpConnection,
    since: Instant,
}

#[derive(Default)]
struct Idle {
    /// The last used on top.
    kept: Vec<Kept>,
    /// Whether a task waits to take leave of them.
    watched: bool,
}

/// Idle connections. Only one that just had a whole mail accepted comes here: its conversation is where a new mail
/// begins.
#[derive(Clone, Default)]
pub(super) struct Pool(Arc<Mutex<Idle>>);

fn lock(idle: &Mutex<Idle>) -> MutexGuard<'_, Idle> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// A kept connection.
    pub(super) fn take(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = lock(&self.0);
        idle.kept.retain(|kept| kept.since.elapsed() < IDLE);
        idle.kept.pop().map(|kept| kept.connection)
    }

    /// Keeps a connection for one to two minutes.
    pub(super) fn park(&self, connection: AsyncSmtpConnection) {
        let mut idle = lock(&self.0);
        if idle.kept.len() >= MOST {
            drop(idle);
            return leave(connection);
        }
        idle.kept.push(Kept { connection, since: Instant::now() });
        if std::mem::replace(&mut idle.watched, true) {
            return;
        }
        let pool = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(IDLE).await;
                let Some(pool) = pool.upgrade() else { return };
                let mut idle = lock(&pool);
                let old = idle.kept.extract_if(.., |kept| kept.since.elapsed() >= IDLE);
                old.for_each(|kept| leave(kept.connection));
                if idle.kept.is_empty() {
                    idle.watched = false;
                    return;
                }
            }
        });
    }
}

/// Takes leave of a server, without waiting for it.
pub(super) fn leave(mut connection: AsyncSmtpConnection) {
    tokio::spawn(async move {
        // It does not matter whether the server still listens.
        let _ = tokio::time::timeout(Duration::from_secs(5), connection.quit()).await;
    });
}
