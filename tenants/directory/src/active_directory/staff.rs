//! What is asked of everybody in a domain's units: when passwords end, and which groups people are in.

use std::collections::{HashMap, HashSet};

use ldap3::Scope;
use portvakt_domain::{
    directory::DirectoryError,
    expiry::Expiry,
    id::AccountKey,
    staff::{Person, StaffAccount, StaffQuestion},
    time::{Clock, Instant},
};

use super::{
    account::{flag, moment},
    greeting::Known,
    groups::NamedGroups,
    guid, schema,
    sid::Sid,
    time,
};
use crate::{
    connection::Search,
    dn::Dn,
    entry::Entry,
    filter::Filter,
    held::Held,
    staff::{Asks, PAGE, Rule, unknown_attribute, wrong_unit},
};

/// When a password ends. Constructed, but unlike others also where an entry is not searched by its name (MS-ADTS
/// 3.1.1.4.5.38).
const ENDS: &str = "msDS-UserPasswordExpiryTimeComputed";

/// What is read of everybody.
const FACTS: [&str; 10] = [
    "objectGUID",
    "sAMAccountName",
    "givenName",
    "sn",
    "displayName",
    "mail",
    "userAccountControl",
    "accountExpires",
    "pwdLastSet",
    ENDS,
];

/// What is read of somebody whom another entry names.
pub(super) const PERSON: [&str; 4] = ["sAMAccountName", "displayName", "mail", "userAccountControl"];

/// What a survey is about, beside the question.
pub(super) struct Subject<'a> {
    /// The domain's naming context.
    pub(super) base: &'a str,
    /// The units whose accounts are functional.
    pub(super) functional: &'a [Dn],
    /// The groups whose members are.
    pub(super) functional_groups: &'a NamedGroups,
    /// What tells an account's unit.
    pub(super) rule: &'a Rule,
    /// The question.
    pub(super) question: &'a StaffQuestion,
    /// Tells whose account has ended.
    pub(super) clock: &'a dyn Clock,
}

/// The questions of a survey, with what had to be known before the first of them.
pub(super) struct Questions<'a> {
    subject: &'a Subject<'a>,
    attributes: Vec<&'static str>,
    /// Members of functional groups.
    functional: HashSet<AccountKey>,
    /// Members of the question's groups, each with the number of the first.
    groups: HashMap<AccountKey, usize>,
}

impl<'a> Questions<'a> {
    /// Finds out who is in the groups that matter.
    ///
    /// # Errors
    /// `Misconfigured`: a group is not there and the question is not lenient, or nobody here can have the attribute that
    /// tells units.
    pub(super) async fn about(subject: &'a Subject<'a>, held: &Held<Known>) -> Result<Self, DirectoryError> {
        if let Some(name) = subject.rule.attribute()
            && held.within(schema::has(held.connection(), name)).await? == Some(false)
        {
            return Err(unknown_attribute(name));
        }
        let mut functional = HashSet::new();
        let named = subject.functional_groups;
        let sids = held.within(named.sids(held.connection(), subject.clock.now())).await?;
        for (name, sid) in named.names().iter().zip(sids.iter()) {
            members(held, subject.base, name, sid, |key| functional.extend([key])).await?;
        }
        let mut groups = HashMap::new();
        if matches!(subject.rule, Rule::Groups) {
            for (at, name) in subject.question.units.iter().enumerate() {
                let sid = match group(held, at, name).await {
                    Err(DirectoryError::Misconfigured(_)) if subject.question.lenient => continue,
                    sid => sid?,
                };
                let first = |key| {
                    groups.entry(key).or_insert(at);
                };
                members(held, subject.base, name, &sid, first).await?;
            }
        }
        let attributes = FACTS.into_iter().chain(subject.rule.attribute()).collect();
        Ok(Self { subject, attributes, functional, groups })
    }

    fn account(&self, entry: &Entry, now: Instant) -> Option<StaffAccount> {
        let key = guid::key(entry.bytes("objectGUID")?)?;
        let username = entry.text("sAMAccountName")?.to_owned();
        let dn = Dn::parse(&entry.dn);
        let lies_in = |units: &[Dn]| dn.as_ref().is_some_and(|dn| units.iter().any(|unit| dn.is_below(unit)));
        let text = |attribute| entry.text(attribute).unwrap_or_default().to_owned();
        let group = self.groups.get(&key).copied();
        Some(StaffAccount {
            key,
            username,
            first_name: text("givenName"),
            last_name: text("sn"),
            display_name: text("displayName"),
            mail: mail(entry),
            disabled: is_disabled(entry),
            account_expired: moment(entry, "accountExpires").is_some_and(|at| at <= now),
            functional: self.functional.contains(&key) || lies_in(self.subject.functional),
            expiry: expiry(entry),
            password_set_at: moment(entry, "pwdLastSet"),
            unit: self.subject.rule.unit(self.subject.question, entry, dn.as_ref(), group),
        })
    }
}

impl Asks<Known> for Questions<'_> {
    fn filter(&self) -> Filter<'static> {
        users()
    }

    fn attributes(&self) -> &[&'static str] {
        &self.attributes
    }

    async fn accounts(&self, _: &Held<Known>, entries: Vec<Entry>) -> Result<Vec<StaffAccount>, DirectoryError> {
        let now = self.subject.clock.now();
        Ok(entries.iter().filter_map(|entry| self.account(entry, now)).collect())
    }
}

/// Somebody whom another entry names; a contact has no username.
pub(super) fn person(entry: &Entry) -> Person {
    let text = |attribute| entry.text(attribute).unwrap_or_default().to_owned();
    Person {
        username: text("sAMAccountName"),
        display_name: text("displayName"),
        mail: mail(entry),
        disabled: is_disabled(entry),
    }
}

fn mail(entry: &Entry) -> Option<String> {
    entry.text("mail").filter(|mail| !mail.is_empty()).map(str::to_owned)
}

fn is_disabled(entry: &Entry) -> bool {
    entry.number("userAccountControl").is_some_and(|flags| flags & flag::DISABLED != 0)
}

/// The largest number is "never"; 0 is what it is while `pwdLastSet` is 0 or absent, unless the password never ends.
fn expiry(entry: &Entry) -> Expiry {
    match entry.number(ENDS) {
        None => Expiry::Unknown,
        Some(0) => Expiry::MustChange,
        Some(i64::MAX) => Expiry::Never,
        Some(ends) => time::instant(ends).map_or(Expiry::Unknown, Expiry::At),
    }
}

/// Persons that are users: no computers, no managed service accounts.
fn users() -> Filter<'static> {
    Filter::And(vec![Filter::Equal("objectCategory", "person"), Filter::Equal("objectClass", "user")])
}

/// A group of the question.
async fn group(held: &Held<Known>, at: usize, name: &str) -> Result<Sid, DirectoryError> {
    let group = held.entry(name, &["objectSid", "groupType"]).await?;
    let group = group.ok_or_else(|| wrong_unit(at, "it is not in the directory"))?;
    let sid = group.bytes("objectSid").and_then(Sid::parse).filter(|_| group.number("groupType").is_some());
    sid.ok_or_else(|| wrong_unit(at, "it is not a group"))
}

/// Everybody who is in a group: by its name, also through other groups, or as their primary group, which is in nobody's
/// `memberOf`.
async fn members(
    held: &Held<Known>,
    base: &str,
    name: &str,
    sid: &Sid,
    mut take: impl FnMut(AccountKey),
) -> Result<(), DirectoryError> {
    let rid = sid.domain_rid().map(|rid| rid.to_string());
    let mut ways = vec![Filter::InChain("memberOf", name)];
    ways.extend(rid.as_deref().map(|rid| Filter::Equal("primaryGroupID", rid)));
    let search = Search {
        base,
        scope: Scope::Subtree,
        filter: Filter::And(vec![users(), Filter::Or(ways)]),
        attributes: &["objectGUID"],
        limit: PAGE,
    };
    let key = |entry: Entry| guid::key(entry.bytes("objectGUID")?);
    held.each(&search, |entry| key(entry).into_iter().for_each(&mut take)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(attributes: &[(&str, &str)]) -> Entry {
        let values: Vec<(&str, [&[u8]; 1])> =
            attributes.iter().map(|(name, value)| (*name, [value.as_bytes()])).collect();
        let values: Vec<(&str, &[&[u8]])> = values.iter().map(|(name, value)| (*name, value.as_slice())).collect();
        Entry::made_of("CN=Anna,OU=Skola,DC=orebro,DC=se", &values)
    }

    #[test]
    fn the_computed_end_is_taken_as_it_is() {
        let of = |value: &str| expiry(&made(&[(ENDS, value)]));
        assert_eq!(of("9223372036854775807"), Expiry::Never);
        assert_eq!(of("0"), Expiry::MustChange);
        assert_eq!(of("133801632001234567"), Expiry::At("2025-01-01T00:00:00.123456Z".parse().expect("a time")));
        for wrong in ["-1", "x", ""] {
            assert_eq!(of(wrong), Expiry::Unknown, "{wrong:?}");
        }
        let hidden = made(&[("pwdLastSet", "133801632001234567"), ("userAccountControl", "66048")]);
        assert_eq!(expiry(&hidden), Expiry::Unknown, "nothing is computed here");
    }

    #[test]
    fn a_manager_may_be_a_contact() {
        let contact = person(&made(&[("displayName", "Växeln"), ("mail", "vaxel@orebro.se")]));
        assert_eq!((contact.username.as_str(), contact.disabled), ("", false));
        let chef = person(&made(&[("sAMAccountName", "chef01"), ("userAccountControl", "514"), ("mail", "")]));
        assert_eq!((chef.username.as_str(), chef.disabled, chef.mail), ("chef01", true, None));
    }
}
