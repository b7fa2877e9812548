//! Ways out for tests: to this computer, or to wherever a test's own resolver leads.
#![allow(dead_code, reason = "each suite uses its part")]

use std::{
    io,
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use portvakt_domain::connect::{ConnectKind, ConnectRules, Egress, Refusal, RefusalObserver, Resolver};

/// Answers with one list of addresses after the other, and with the last one from then on.
struct Answers {
    lists: Vec<Vec<&'static str>>,
    asked: AtomicUsize,
}

#[async_trait::async_trait]
impl Resolver for Answers {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let at = self.asked.fetch_add(1, Ordering::SeqCst).min(self.lists.len() - 1);
        Ok(self.lists[at].iter().map(|text| text.parse().expect("an address")).collect())
    }
}

/// The refusals that were told of: the kind, and what to ask for.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<Vec<String>>);

impl Refusals {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().expect("nobody panicked").clone()
    }
}

impl RefusalObserver for Refusals {
    fn refused(&self, _: &str, kind: ConnectKind, _: &Refusal, mend: &str) {
        self.0.lock().expect("nobody panicked").push(format!("{}: {mend}", kind.as_str()));
    }
}

/// To these networks, with a resolver that answers so.
pub(crate) fn way(networks: &[&str], answers: &[&[&'static str]]) -> (Egress, Arc<Refusals>) {
    let networks = networks.iter().map(|text| text.parse().expect("a network")).collect();
    let refusals = Arc::new(Refusals::default());
    let lists = answers.iter().map(|list| list.to_vec()).collect();
    let resolver = Arc::new(Answers { lists, asked: AtomicUsize::new(0) });
    let rules = ConnectRules { networks, hosts: Vec::new() };
    (Egress::new("orebro", rules, resolver, refusals.clone()), refusals)
}

/// To this computer, where the doubles are.
pub(crate) fn here() -> Egress {
    way(&["127.0.0.0/8"], &[&["127.0.0.1"]]).0
}
