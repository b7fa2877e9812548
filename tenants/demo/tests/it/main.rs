//! The crate from outside, in one program.
#![expect(clippy::expect_used, reason = "a test that cannot go on says so")]

mod client;
mod contract;
mod practice;
mod silence;
