//! Breakers: one a tenant, open while too few of its codes are used. Which way it stands is in the database, so that all
//! replicas go by it.

use portvakt_domain::{breaker::Codes, time::Instant};

/// How a tenant's breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// Since when it is open; `None`: it is closed.
    pub open_since: Option<Instant>,
    /// The codes that it goes by.
    pub codes: Codes,
    /// Whether it was opened or closed just now.
    pub changed: bool,
}

storage_functions! { of breakers:
    /// Opens or closes the breaker if that is due, and records it. Every code that is begun does this too.
    write fn settle(now: Instant) -> Breaker;

    /// How it stood when it was last looked at, and the codes as of now.
    read fn find(now: Instant) -> Breaker;
}
