//! SMS gateways, one file a provider, and how long a text is.

mod forty_six_elks;
pub mod gsm7;

pub use forty_six_elks::{FortySixElks, SmsDeadlines};
