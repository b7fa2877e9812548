//! SMS gateways, one file a provider.

mod forty_six_elks;

pub use forty_six_elks::{FortySixElks, SmsDeadlines};
