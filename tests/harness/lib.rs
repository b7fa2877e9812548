//! What the suites stand on: a world of tenants with directories and phones, a browser over HTTP, real servers.

pub mod administrator;
pub mod browser;
pub mod certificate;
pub mod chromium;
pub mod clock;
pub mod gateway;
pub mod journey;
pub mod mailserver;
pub mod people;
pub mod process;
pub mod replica;
pub mod reports;
pub mod seeded;
pub mod services;
pub mod settings;
pub mod site;
pub mod staff;
pub mod trail;
pub mod wire;
pub mod world;

pub use browser::{Browser, Page};
pub use clock::ManualClock;
pub use people::{Person, State};
pub use world::{Database, World};
