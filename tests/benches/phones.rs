//! Everybody's phones: who waits for a code is handed it the moment the gateway has taken the SMS.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use harness::{gateway::GatewayDouble, world::find_code};
use tokio::{sync::oneshot, task::JoinHandle};

/// How long a code is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

type Waiting = Arc<Mutex<HashMap<String, oneshot::Sender<String>>>>;

/// Everybody's phones.
pub struct Phones {
    waiting: Waiting,
    reader: JoinHandle<()>,
}

/// A code that is on its way.
pub struct Awaited(oneshot::Receiver<String>);

impl Phones {
    /// The phones that a gateway sends to.
    pub fn of(gateway: Arc<GatewayDouble>) -> Self {
        let waiting = Waiting::default();
        let reader = tokio::spawn(read(gateway, waiting.clone()));
        Self { waiting, reader }
    }

    /// The next code to a number.
    pub fn next(&self, number: &str) -> Awaited {
        let (sender, receiver) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(number.to_owned(), sender);
        Awaited(receiver)
    }
}

impl Awaited {
    /// Waits for it; `None` where none came.
    pub async fn code(self) -> Option<String> {
        tokio::time::timeout(PATIENCE, self.0).await.ok()?.ok()
    }
}

impl Drop for Phones {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn read(gateway: Arc<GatewayDouble>, waiting: Waiting) {
    let mut earlier = 0;
    loop {
        let new = gateway.after(earlier).await;
        earlier += new.len();
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for sms in new {
            // Notices hold no code, and nobody waits for them.
            let Some(code) = find_code(&sms.message) else { continue };
            if let Some(sender) = waiting.remove(&sms.to) {
                let _ = sender.send(code);
            }
        }
    }
}
