//! The queries. Every file here is compiled twice: under `sqlite` and under `postgres`, which bring `Conn`, `Db`, the
//! names of SQL types, and what has no words in common: `SKIP_LOCKED`, `lock`, `make_subject`, `ask_to_seal`,
//! `delete_tenant`.

use super::{Conn, Db, SKIP_LOCKED, ask_to_seal, delete_tenant, lock, make_subject, sql};

pub(crate) mod audit;
pub(crate) mod breakers;
pub(crate) mod feedback;
pub(crate) mod flows;
pub(crate) mod jobs;
pub(crate) mod key_rotations;
pub(crate) mod limits;
pub(crate) mod messages;
pub(crate) mod networks;
pub(crate) mod number_attributes;
pub(crate) mod number_changes;
pub(crate) mod numbers;
pub(crate) mod operator;
pub(crate) mod reconciliations;
pub(crate) mod rejections;
pub(crate) mod reminders;
pub(crate) mod reports;
mod schema;
pub(crate) mod sealed_values;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod sweep;
pub(crate) mod trips;
