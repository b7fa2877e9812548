//! pwreset: username, code, choice, new password, done.

pub mod choose;
pub mod code;
pub mod done;
pub mod password;
pub mod start;
