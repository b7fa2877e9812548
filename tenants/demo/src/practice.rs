//! One Active Directory domain in memory, served over LDAPS: what belongs here is how a domain controller answers.
//!
//! Nothing here knows the product. A test or the demo builds a [`DomainBuilder`], turns it into a [`Domain`] and
//! starts one [`PracticeDirectory`] for each domain controller it wants (several may serve the same domain).

mod add;
mod answer;
mod bind;
mod builder;
mod change;
mod codec;
mod controls;
mod descriptor;
mod domain;
mod entry;
mod expiry;
mod faults;
mod filter;
mod forest_schema;
mod generated;
mod groups;
mod inspect;
mod lockout;
mod matching;
mod modify;
mod name;
mod password;
mod policy;
mod read;
mod remove;
mod rights;
mod root;
mod schema;
mod search;
mod server;
mod session;
mod sid;
mod specs;
mod store;
mod time;
mod tls;

pub use builder::DomainBuilder;
pub use domain::Domain;
pub use entry::user_flags;
pub use faults::{Fault, Operation, Operations};
pub use generated::{generated_login, generated_password};
pub use inspect::Account;
#[cfg(test)]
pub(crate) use password::is_complex;
pub use policy::Policy;
pub use server::{PracticeDirectory, StartError};
pub use specs::{BuildError, Delegation, Dialect, GroupSpec, LogonHours, PasswordAge, PsoSpec, UserSpec};
pub use time::{Clock, system_clock};
