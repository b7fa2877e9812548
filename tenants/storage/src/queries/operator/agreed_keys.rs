//! The keys that all replicas agreed on.

use diesel::prelude::*;
use portvakt_domain::keys::KeyUse;

use super::super::{Conn, schema::agreed_keys};
use crate::error::Outcome;

pub(crate) fn agreed_key(c: &mut Conn, usage: &KeyUse) -> Outcome<Option<String>> {
    Ok(agreed_keys::table.find(usage.label()).select(agreed_keys::key).first(c).optional()?)
}

pub(crate) fn agree_on_key(c: &mut Conn, usage: &KeyUse, held: &[String], proposed: &str) -> Outcome<String> {
    diesel::insert_into(agreed_keys::table)
        .values((agreed_keys::usage.eq(usage.label()), agreed_keys::key.eq(proposed)))
        .on_conflict_do_nothing()
        .execute(c)?;
    // Who holds the key that stands leaves it: of many at once the first one decides.
    diesel::update(agreed_keys::table.find(usage.label()))
        .filter(agreed_keys::key.ne_all(held))
        .set(agreed_keys::key.eq(proposed))
        .execute(c)?;
    Ok(agreed_keys::table.find(usage.label()).select(agreed_keys::key).first(c)?)
}
