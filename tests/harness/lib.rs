//! What the suites stand on: a world of tenants with directories and phones, a browser over HTTP, real servers.

pub mod browser;
pub mod clock;
pub mod elks;
pub mod journey;
pub mod mailserver;
pub mod people;
pub mod services;
pub mod world;

pub use browser::{Browser, Page};
pub use clock::ManualClock;
pub use people::{Person, State};
pub use world::{Database, World};
