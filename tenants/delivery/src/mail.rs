//! Mail servers.

pub mod bounce;
mod message;
mod pool;
mod smtp;
mod stream;

pub use smtp::{MailDeadlines, SmtpMail};
