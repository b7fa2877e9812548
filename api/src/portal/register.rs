//! pwreg: sign in, the password once more, the number, its code, done.

pub mod code;
pub mod confirm;
pub mod done;
pub mod keep;
pub mod number;
pub mod sign_in;
