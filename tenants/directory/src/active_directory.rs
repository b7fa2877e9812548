//! Active Directory, as Windows or Samba serves it.

mod account;
pub(crate) mod check;
mod descriptor;
mod domain;
mod greeting;
mod groups;
mod guid;
mod password;
mod policy;
pub(crate) mod schema;
mod sid;
mod staff;
mod time;

pub(crate) use self::domain::Domain;
