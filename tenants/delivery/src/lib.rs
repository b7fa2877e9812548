#![doc = include_str!("../README.md")]

pub mod mail;
mod obstacle;
mod setup;
pub mod sms;

pub use setup::{DeliverySetupError, mail_sender, sms_reports, sms_sender};
