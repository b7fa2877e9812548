//! What is asked of everybody in a tree's units: when passwords end, and which groups people are in.

use portvakt_domain::{
    directory::DirectoryError,
    expiry::Expiry,
    staff::{Person, StaffAccount, StaffQuestion},
    time::{Clock, Instant},
};

use super::{
    account::{self, ends_at, has_ended, is_disabled, moment, must_change, shown_name},
    greeting::Known,
    groups::{self, Members, NamedGroups},
    policy::{Policies, Rules},
    schema,
};
use crate::{
    dn::Dn,
    entry::Entry,
    filter::Filter,
    held::Held,
    staff::{Asks, Rule, unknown_attribute, wrong_unit},
};

/// What is read of everybody.
const FACTS: [&str; 13] = [
    "entryUUID",
    "uid",
    "givenName",
    "sn",
    "displayName",
    "cn",
    "mail",
    "pwdAccountLockedTime",
    "pwdChangedTime",
    "pwdPolicySubentry",
    "pwdReset",
    "pwdStartTime",
    "pwdEndTime",
];

/// What is read of somebody whom another entry names.
pub(super) const PERSON: [&str; 5] = ["uid", "displayName", "cn", "mail", "pwdAccountLockedTime"];

/// What a survey is about, beside the question.
pub(super) struct Subject<'a> {
    /// The naming context.
    pub(super) base: &'a str,
    /// The server's policies.
    pub(super) policies: &'a Policies,
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
    functional: Members,
    /// Members of the question's groups.
    groups: Members,
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
        let named = subject.functional_groups;
        held.within(named.check(held.connection(), subject.clock.now())).await?;
        let units: &[String] = if matches!(subject.rule, Rule::Groups) { &subject.question.units } else { &[] };
        let (mut functional, mut groups) = (Members::default(), Members::default());
        if !(named.is_empty() && units.is_empty()) {
            let all = groups::all(held, subject.base).await?;
            for name in named.names() {
                functional.add(held, &all, 0, name).await?;
            }
            for (at, name) in units.iter().enumerate() {
                if !groups.add(held, &all, at, name).await? && !subject.question.lenient {
                    return Err(wrong_unit(at, "it is not in the directory"));
                }
            }
        }
        let attributes = FACTS.into_iter().chain(subject.rule.attribute()).collect();
        Ok(Self { subject, attributes, functional, groups })
    }

    fn account(&self, entry: &Entry, rules: &Rules, now: Instant) -> Option<StaffAccount> {
        let key = account::key(entry)?;
        let username = entry.text("uid")?.to_owned();
        let dn = Dn::parse(&entry.dn);
        let lies_in = |units: &[Dn]| dn.as_ref().is_some_and(|dn| units.iter().any(|unit| dn.is_below(unit)));
        let text = |attribute| entry.text(attribute).unwrap_or_default().to_owned();
        let group = self.groups.first(dn.as_ref(), &username);
        Some(StaffAccount {
            key,
            first_name: text("givenName"),
            last_name: text("sn"),
            display_name: shown_name(entry),
            mail: mail(entry),
            disabled: is_disabled(entry),
            account_expired: has_ended(entry, now),
            functional: self.functional.first(dn.as_ref(), &username).is_some() || lies_in(self.subject.functional),
            expiry: expiry(entry, rules),
            password_set_at: moment(entry, "pwdChangedTime").filter(|_| !must_change(entry)),
            unit: self.subject.rule.unit(self.subject.question, entry, dn.as_ref(), group),
            username,
        })
    }
}

impl Asks<Known> for Questions<'_> {
    fn filter(&self) -> Filter<'static> {
        Filter::Equal("objectClass", "person")
    }

    fn attributes(&self) -> &[&'static str] {
        &self.attributes
    }

    /// Policies are remembered: however many accounts have the same, it is asked for once a minute.
    async fn accounts(&self, held: &Held<Known>, entries: Vec<Entry>) -> Result<Vec<StaffAccount>, DirectoryError> {
        let now = self.subject.clock.now();
        let mut accounts = Vec::with_capacity(entries.len());
        for entry in &entries {
            let policy = entry.text("pwdPolicySubentry");
            let rules = held.within(self.subject.policies.of(held.connection(), policy, now)).await?;
            accounts.extend(self.account(entry, &rules, now));
        }
        Ok(accounts)
    }
}

/// Somebody whom another entry names; one that is no account has no username.
pub(super) fn person(entry: &Entry) -> Person {
    Person {
        username: entry.text("uid").unwrap_or_default().to_owned(),
        display_name: shown_name(entry),
        mail: mail(entry),
        disabled: is_disabled(entry),
    }
}

fn mail(entry: &Entry) -> Option<String> {
    entry.text("mail").filter(|mail| !mail.is_empty()).map(str::to_owned)
}

/// The age that the policy gives passwords, from when this one was set. One that never was set under the overlay has no
/// age for the server; whether that is so, or the time is hidden from the service account, nobody can tell from here.
fn expiry(entry: &Entry, rules: &Rules) -> Expiry {
    if must_change(entry) {
        return Expiry::MustChange;
    }
    match moment(entry, "pwdChangedTime") {
        _ if rules.max_age_seconds == 0 => Expiry::Never,
        None => Expiry::Unknown,
        Some(changed) => ends_at(changed, rules).map_or(Expiry::Never, Expiry::At),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portvakt_domain::directory::EffectivePolicy;

    fn of(attributes: &[(&str, &str)], max_age_seconds: i64) -> Expiry {
        let values: Vec<(&str, [&[u8]; 1])> =
            attributes.iter().map(|(name, value)| (*name, [value.as_bytes()])).collect();
        let values: Vec<(&str, &[&[u8]])> = values.iter().map(|(name, value)| (*name, value.as_slice())).collect();
        let rules = Rules { effective: EffectivePolicy::default(), max_age_seconds, lockout_seconds: 0 };
        expiry(&Entry::made_of("uid=anna,dc=falun,dc=test", &values), &rules)
    }

    #[test]
    fn a_password_ends_by_the_policys_age() {
        let changed = ("pwdChangedTime", "20270101000000Z");
        assert_eq!(of(&[changed], 86_400), Expiry::At("2027-01-02T00:00:00Z".parse().expect("a time")));
        assert_eq!(of(&[changed], 0), Expiry::Never);
        assert_eq!(of(&[changed], i64::MAX), Expiry::Never, "later than any time");
        assert_eq!(of(&[changed, ("pwdReset", "TRUE")], 86_400), Expiry::MustChange);
        assert_eq!(of(&[("pwdReset", "TRUE")], 0), Expiry::MustChange);
        assert_eq!(of(&[], 86_400), Expiry::Unknown);
        assert_eq!(of(&[], 0), Expiry::Never);
    }
}
