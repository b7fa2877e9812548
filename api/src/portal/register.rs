//! pwreg: sign in, the password once more, the numbers, their codes, done.

pub mod add;
pub mod code;
pub mod confirm;
pub mod done;
pub(super) mod holding;
pub mod keep;
pub mod lost;
pub mod number;
pub mod remove;
pub mod sign_in;
pub mod stop;
