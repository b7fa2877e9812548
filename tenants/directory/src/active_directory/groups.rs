//! The groups that a tenant names, as identifiers.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use portvakt_domain::{directory::DirectoryError, time::Instant};

use super::sid::Sid;
use crate::{
    connection::{Connection, Search},
    error_map::Failure,
};

/// How long an identifier is remembered. It never changes, but the group may be deleted and made anew.
const KEPT: TimeDelta = TimeDelta::seconds(60);
/// `groupType`: the group can hold rights.
const SECURITY_ENABLED: i64 = 0x8000_0000;

/// The groups under one key of the settings.
pub(crate) struct NamedGroups {
    key: &'static str,
    names: Vec<String>,
    /// What was last looked up, and when.
    known: Mutex<Option<(Instant, Arc<[Sid]>)>>,
}

impl NamedGroups {
    /// Groups that were not looked up yet.
    pub(crate) fn new(key: &'static str, names: &[String]) -> Self {
        Self { key, names: names.to_vec(), known: Mutex::default() }
    }

    /// Whether the settings name none.
    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Their names, as the settings write them.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The identifiers of all of them, in their order.
    ///
    /// # Errors
    /// One can't be found, or is a distribution list: those appear in nobody's `tokenGroups`, so that the members of one
    /// that is excluded would be let through. Neither is ever skipped.
    pub(crate) async fn sids(&self, connection: &Connection, now: Instant) -> Result<Arc<[Sid]>, Failure> {
        if let Some(known) = self.fresh(now) {
            return Ok(known);
        }
        let mut sids = Vec::with_capacity(self.names.len());
        for (at, name) in self.names.iter().enumerate() {
            let wrong = |what: &str| DirectoryError::Misconfigured(format!("directory.{}[{at}]: {what}", self.key));
            let group = connection.entry(&Search::entry(name, &["objectSid", "groupType"])).await?;
            let group = group.ok_or_else(|| wrong("it is not in the directory"))?;
            let sid = group.bytes("objectSid").and_then(Sid::parse).ok_or_else(|| wrong("it is not a group"))?;
            match group.number("groupType") {
                Some(kind) if kind & SECURITY_ENABLED != 0 => sids.push(sid),
                Some(_) => return Err(wrong("it is a distribution list; only a security group can be named").into()),
                None => return Err(wrong("it is not a group").into()),
            }
        }
        let sids: Arc<[Sid]> = sids.into();
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, sids.clone()));
        Ok(sids)
    }

    fn fresh(&self, now: Instant) -> Option<Arc<[Sid]>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, sids) = known.as_ref()?;
        (*at <= now && now - *at < KEPT).then(|| sids.clone())
    }
}
