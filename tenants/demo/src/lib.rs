//! The practice directory and the sample tenants of the demo.
//!
//! `practice` is a real LDAP server in this process that speaks Active Directory's dialect; it shares no code
//! with the LDAP client it is tried against. `accounts` fills two such domains with fictional staff.

pub mod accounts;
pub mod outbox;
pub mod practice;
