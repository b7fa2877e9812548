//! The system's clock, random generator and resolver, behind the domain's traits.

use std::{io, net::IpAddr};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use portvakt_domain::{connect::Resolver, random::Random, time::Clock};

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system's clock")]
    fn now(&self) -> DateTime<Utc> {
        // Both databases keep microseconds; what is compared must be what is stored.
        let now = Utc::now();
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }
}

/// The system's random generator.
#[derive(Debug, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        if let Err(error) = getrandom::fill(buffer) {
            // Without randomness there are no codes and no tokens; going on would be worse than stopping.
            tracing::error!(%error, "the system has no randomness");
            std::process::abort();
        }
    }
}

/// The system's resolver.
#[derive(Debug, Clone, Copy)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}
