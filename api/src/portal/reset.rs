//! pwreset: username, code, choice, new password, done; or username and current password, code, new password, done.

pub mod change;
pub mod change_password;
pub mod choose;
pub mod code;
pub mod done;
pub mod password;
pub mod start;
