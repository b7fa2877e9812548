#![doc = include_str!("../README.md")]

pub mod add_number;
pub mod apply_settings;
pub mod ask_again;
pub mod cancel;
pub mod change_number;
pub mod choose;
pub mod confirm_password;
pub mod delay_change;
pub mod error;
mod event;
pub mod import_number;
pub mod keep_number;
mod notices;
mod number_effect;
pub mod number_task;
pub mod open;
pub mod platform;
pub mod register_number;
pub mod registered;
pub mod remove_number;
pub mod seal_audit;
pub mod send_code;
pub mod send_notice;
pub mod set_password;
pub mod sign_in;
pub mod start_reset;
pub mod stop_change;
pub mod sweep;
pub mod unlock_account;
pub mod verify_audit;
pub mod verify_code;
pub mod visitor;
mod write;

pub use error::FlowError;
pub use platform::{Measure, Meter, Platform, Tenant};
pub use visitor::Visitor;
