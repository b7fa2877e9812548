#![doc = include_str!("../README.md")]

pub mod apply_settings;
pub mod ask_again;
pub mod cancel;
pub mod check_canary;
pub mod choose;
pub mod confirm_password;
pub mod error;
mod event;
pub mod import_number;
pub mod keep_number;
pub mod open;
pub mod platform;
pub mod register_number;
pub mod seal_audit;
pub mod send_code;
pub mod send_notice;
pub mod set_password;
pub mod sign_in;
pub mod start_reset;
pub mod sweep;
pub mod unlock_account;
pub mod verify_audit;
pub mod verify_code;
pub mod visitor;
mod write;

pub use error::FlowError;
pub use platform::{Measure, Meter, Platform, Tenant};
pub use visitor::Visitor;
