//! Groups that a tenant names, and who is in them: OpenLDAP tells of an entry neither, so membership is followed upwards,
//! from the account to its groups, to theirs, and so on.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;
use ldap3::Scope;
use portvakt_domain::{directory::DirectoryError, time::Instant};

use crate::{
    connection::{Connection, Search},
    dn::Dn,
    entry::Entry,
    error_map::Failure,
    filter::Filter,
    held::Held,
    staff::PAGE,
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

    /// Their names, as the settings write them.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|(name, _)| name.as_str())
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

/// Every group of the tree, by its folded name.
pub(crate) async fn all<K>(held: &Held<K>, base: &str) -> Result<HashSet<String>, DirectoryError> {
    let members = BY_NAME.into_iter().chain([BY_UID]).map(Filter::Present).collect();
    let search = Search { base, scope: Scope::Subtree, filter: Filter::Or(members), attributes: &["1.1"], limit: PAGE };
    let mut groups = HashSet::new();
    held.each(&search, |group| groups.extend(Dn::parse(&group.dn).map(|dn| dn.folded()))).await?;
    Ok(groups)
}

/// Who is in some groups, also through other groups, each with the number of the first: for all members of a few groups
/// what [`of_entry`] is for all groups of one member.
#[derive(Default)]
pub(crate) struct Members {
    /// Groups that were followed.
    followed: HashSet<String>,
    by_name: HashMap<String, usize>,
    by_uid: HashMap<String, usize>,
}

impl Members {
    /// Takes in everybody who is in a group and in those in it, which are among `groups`. Whoever is in an earlier one
    /// keeps its number. `false`: there is no such group.
    pub(crate) async fn add<K>(
        &mut self,
        held: &Held<K>,
        groups: &HashSet<String>,
        number: usize,
        name: &str,
    ) -> Result<bool, DirectoryError> {
        let mut waiting = vec![name.to_owned()];
        let mut found = false;
        while let Some(name) = waiting.pop() {
            let Some(group) = held.entry(&name, &[BY_NAME[0], BY_NAME[1], BY_UID]).await? else { continue };
            found = true;
            if self.followed.insert(Dn::parse(&name).map(|dn| dn.folded()).unwrap_or_default()) {
                waiting.extend(self.take(groups, number, &group));
            }
        }
        Ok(found)
    }

    /// Takes in the members of one group, and tells which of them are groups.
    fn take(&mut self, groups: &HashSet<String>, number: usize, group: &Entry) -> Vec<String> {
        for uid in group.texts(BY_UID) {
            self.by_uid.entry(uid.to_owned()).or_insert(number);
        }
        let mut nested = Vec::new();
        for name in BY_NAME.into_iter().flat_map(|attribute| group.texts(attribute)) {
            let Some(folded) = Dn::parse(name).map(|dn| dn.folded()) else { continue };
            if groups.contains(&folded) {
                nested.push(name.to_owned());
            }
            self.by_name.entry(folded).or_insert(number);
        }
        nested
    }

    /// The number of the first group that somebody is in.
    pub(crate) fn first(&self, dn: Option<&Dn>, uid: &str) -> Option<usize> {
        let by_name = dn.and_then(|dn| self.by_name.get(&dn.folded()));
        by_name.into_iter().chain(self.by_uid.get(uid)).min().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_known_by_name_in_any_spelling_or_by_uid() {
        let dn = |name: &str| Dn::parse(name).expect("a name");
        let groups = HashSet::from([dn("cn=inner,dc=falun,dc=test").folded()]);
        let mut members = Members::default();
        let group = |members: &[&[u8]], uids: &[&[u8]]| {
            Entry::made_of("cn=g,dc=falun,dc=test", &[("uniqueMember", members), ("memberUid", uids)])
        };
        let first = group(&[b"UID=anna, dc=falun,dc=test", b"cn=Inner,dc=falun,dc=test", b"x"], &[b"bo"]);
        assert_eq!(members.take(&groups, 1, &first), ["cn=Inner,dc=falun,dc=test"]);
        let second = group(&[b"uid=anna,dc=falun,dc=test", b"uid=eva,dc=falun,dc=test"], &[]);
        assert!(members.take(&groups, 2, &second).is_empty());
        let seen = |uid: &str| members.first(Dn::parse(&format!("uid={uid},dc=falun,dc=test")).as_ref(), uid);
        assert_eq!(seen("anna"), Some(1), "the first one counts");
        assert_eq!((seen("eva"), seen("bo")), (Some(2), Some(1)));
        assert_eq!((seen("lisa"), seen("Bo")), (None, None), "uids of posixGroup have their capitals");
    }
}
