//! The demo, from outside, as its contract says: the real process, one port, cookies by hand.

#[path = "demo/contract.rs"]
mod contract;
#[path = "demo/expiry.rs"]
mod expiry;
#[path = "demo/forms.rs"]
mod forms;
#[path = "demo/journeys.rs"]
mod journeys;
#[path = "demo/stage.rs"]
mod stage;
