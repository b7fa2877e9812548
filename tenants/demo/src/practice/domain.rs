//! A domain that is shared by its servers and by the test or demo that looks inside.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use super::{store::State, time, time::Clock};

/// One Active Directory domain. Clones are the same domain: start several servers on it to have several domain
/// controllers that replicate at once.
#[derive(Clone)]
pub struct Domain {
    shared: Arc<Shared>,
}

struct Shared {
    state: RwLock<State>,
    clock: Clock,
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Domain").field("dns_name", &self.dns_name()).finish_non_exhaustive()
    }
}

impl Domain {
    pub(crate) fn new(state: State, clock: Clock) -> Self {
        Self { shared: Arc::new(Shared { state: RwLock::new(state), clock }) }
    }

    /// The domain's name, as in `orebro.localhost`.
    #[must_use]
    pub fn dns_name(&self) -> String {
        self.read(|state, _| state.dns_name.clone())
    }

    /// The domain's short name, as in `OREBRO`.
    #[must_use]
    pub fn netbios_name(&self) -> String {
        self.read(|state, _| state.netbios.clone())
    }

    /// The name of the domain head, as in `DC=orebro,DC=localhost`.
    #[must_use]
    pub fn base_dn(&self) -> String {
        self.read(|state, _| state.get(state.head).map(|head| head.dn.clone()).unwrap_or_default())
    }

    /// Looks at the directory at one moment.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State, i64) -> T) -> T {
        let now = time::ticks((self.shared.clock)());
        look(&self.shared.state.read().unwrap_or_else(PoisonError::into_inner), now)
    }

    /// Changes the directory; nobody else sees it half changed.
    pub(crate) fn write<T>(&self, change: impl FnOnce(&mut State, i64) -> T) -> T {
        let now = time::ticks((self.shared.clock)());
        change(&mut self.shared.state.write().unwrap_or_else(PoisonError::into_inner), now)
    }
}
