//! OpenLDAP with the ppolicy overlay (draft-behera-ldap-password-policy-10 as slapo-ppolicy(5) keeps it).

mod account;
pub(crate) mod check;
mod greeting;
mod groups;
mod policy;
pub(crate) mod schema;
mod staff;
pub(crate) mod time;
mod tree;

pub(crate) use self::tree::Tree;
