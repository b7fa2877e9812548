//! Groups that a tenant names, and who is in them: OpenLDAP tells of an entry neither, so membership is followed upwards,
//! from the account to its groups, to theirs, and so on.

use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use ldap3::Scope;
use portvakt_domain::{directory::DirectoryError, time::Instant};

use crate::{
    connection::{Connection, Search},
    dn::Dn,
    error_map::Failure,
    filter::Filter,
};

/// How long a group is known to be there.
const KEPT: TimeDelta = TimeDelta::seconds(60);
/// Groups within groups deeper than this, or more groups than this in all: nobody can tell any more.
const DEEPEST: usize = 10;
const MOST: usize = 500;
/// Attributes by which groups name their members: by distinguished name, and (posixGroup) by short name.
const BY_NAME: [&str; 2] = ["member", "uniqueMember"];
const BY_UID: &str = "memberUid";

/// The groups under one key of the settings.
pub(crate) struct NamedGroups {
    key: &'static str,
    names: Vec<(String, Dn)>,
    /// When all of them were last seen.
    seen: Mutex<Option<Instant>>,
}

impl NamedGroups {
    /// Groups that were not looked up yet. A name that can't be read was refused with the settings.
    pub(crate) fn new(key: &'static str, names: &[String]) -> Self {
        let names = names.iter().filter_map(|name| Some((name.clone(), Dn::parse(name)?))).collect();
        Self { key, names, seen: Mutex::default() }
    }

    /// Whether the settings name none.
    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether one of these groups is among the ones named.
    pub(crate) fn any(&self, groups: &[Dn]) -> bool {
        self.names.iter().any(|(_, named)| groups.contains(named))
    }

    /// Looks whether they are all there.
    ///
    /// # Errors
    /// `Misconfigured`: one is not; it is never skipped.
    pub(crate) async fn check(&self, connection: &Connection, now: Instant) -> Result<(), Failure> {
        let fresh = |at: Instant| at <= now && now - at < KEPT;
        if self.seen.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(fresh) {
            return Ok(());
        }
        for (at, (name, _)) in self.names.iter().enumerate() {
            if connection.entry(&Search::entry(name, &["objectClass"])).await?.is_none() {
                let what = format!("directory.{}[{at}]: it is not in the directory", self.key);
                return Err(DirectoryError::Misconfigured(what).into());
            }
        }
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        Ok(())
    }
}

/// Every group that an entry is in, also through other groups. `None` when there are too many to follow.
pub(crate) async fn of_entry(
    connection: &Connection,
    base: &str,
    name: &str,
    uid: &str,
) -> Result<Option<Vec<Dn>>, Failure> {
    let mut known: Vec<Dn> = Vec::new();
    let mut level = vec![name.to_owned()];
    for depth in 0..DEEPEST {
        let mut members: Vec<Filter<'_>> =
            level.iter().flat_map(|name| BY_NAME.map(|attribute| Filter::Equal(attribute, name))).collect();
        if depth == 0 && !uid.is_empty() {
            members.push(Filter::Equal(BY_UID, uid));
        }
        let search =
            Search { base, scope: Scope::Subtree, filter: Filter::Or(members), attributes: &["1.1"], limit: MOST };
        let found = connection.search(&search).await?;
        if found.more || known.len() + found.entries.len() > MOST {
            return Ok(None);
        }
        let mut next = Vec::new();
        for group in found.entries {
            let Some(dn) = Dn::parse(&group.dn) else { return Ok(None) };
            if !known.contains(&dn) {
                known.push(dn);
                next.push(group.dn);
            }
        }
        if next.is_empty() {
            return Ok(Some(known));
        }
        level = next;
    }
    Ok(None)
}
