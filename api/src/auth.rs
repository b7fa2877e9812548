//! Who calls, and where: the request's host, its client, its origin, its flow. Handlers name what they need by type.

pub mod client;
pub mod fields;
pub mod host;
pub mod operator;
pub mod origin;
pub mod visit;

pub use fields::Fields;
pub use visit::{COOKIE, RegisterVisit, ResetVisit, Visit};
