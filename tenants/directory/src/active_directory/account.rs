//! From an entry's attributes to the facts of an account. What can't be read makes it protected.

use portvakt_domain::{account::Account, id::AccountKey, number_attribute::NumberAttribute, time::Instant};

use super::{guid, sid::Sid, time};
use crate::{dn::Dn, entry::Entry};

/// Everything that is read of an account, constructed attributes included: those come only with a search of the entry
/// itself.
pub(crate) const FACTS: [&str; 17] = [
    "objectGUID",
    "objectSid",
    "objectClass",
    "sAMAccountName",
    "displayName",
    "givenName",
    "mail",
    "userAccountControl",
    "accountExpires",
    "pwdLastSet",
    "badPwdCount",
    "badPasswordTime",
    "adminCount",
    "primaryGroupID",
    "tokenGroups",
    "msDS-User-Account-Control-Computed",
    "msDS-ResultantPSO",
];

/// Flags of `userAccountControl` (MS-ADTS 2.2.16).
pub(super) mod flag {
    pub(in crate::active_directory) const DISABLED: i64 = 0x2;
    pub(super) const PASSWORD_NEVER_EXPIRES: i64 = 0x1_0000;
    /// Trusts between domains, workstations, controllers.
    pub(super) const MACHINE: i64 = 0x800 | 0x1000 | 0x2000;
    pub(super) const SMARTCARD_REQUIRED: i64 = 0x4_0000;
    /// In `msDS-User-Account-Control-Computed`.
    pub(super) const LOCKED: i64 = 0x10;
    pub(super) const PASSWORD_EXPIRED: i64 = 0x80_0000;
}

/// Classes below `user` that are no persons.
const MACHINES: [&str; 3] = ["computer", "msDS-GroupManagedServiceAccount", "msDS-ManagedServiceAccount"];

/// What the facts are judged against.
pub(crate) struct Surroundings<'a> {
    /// The units that are served.
    pub(crate) units: &'a [Dn],
    /// The units whose accounts are functional.
    pub(crate) functional: &'a [Dn],
    /// The groups whose members are functional.
    pub(crate) functional_groups: &'a [Sid],
    /// The groups that are; `None` where everybody in the units is.
    pub(crate) allowed: Option<&'a [Sid]>,
    /// The groups that are not.
    pub(crate) denied: &'a [Sid],
    /// The attribute that holds numbers, where one does.
    pub(crate) numbers: Option<NumberAttribute>,
    /// The service account.
    pub(crate) own: AccountKey,
    /// Now.
    pub(crate) now: Instant,
}

/// What was read, and whether it was all that is needed.
pub(crate) struct Facts {
    /// The account.
    pub(crate) account: Account,
    /// Something that decides about protection could not be read, so the account counts as protected.
    pub(crate) incomplete: bool,
}

/// The account of an entry. `None` when it is no user at all.
pub(crate) fn facts(entry: &Entry, around: &Surroundings<'_>) -> Option<Facts> {
    let key = guid::key(entry.bytes("objectGUID")?)?;
    let username = entry.text("sAMAccountName")?.to_owned();
    let is = |class: &str| entry.texts("objectClass").any(|found| found.eq_ignore_ascii_case(class));
    if !is("user") {
        return None;
    }
    let control = entry.number("userAccountControl");
    let computed = entry.number("msDS-User-Account-Control-Computed");
    let sid = entry.bytes("objectSid").and_then(Sid::parse);
    let groups = groups(entry, sid.as_ref());
    let incomplete = control.is_none() || computed.is_none() || sid.is_none() || groups.is_none();
    let groups = groups.unwrap_or_default();
    let has = |flags: Option<i64>, flag: i64| flags.is_some_and(|flags| flags & flag != 0);

    // An absent pwdLastSet is as good as 0; a password that never expires need not be changed either (MS-ADTS
    // 3.1.1.4.5.17, MS-SAMR 3.1.5.14.4).
    let must_change = entry.number("pwdLastSet").unwrap_or(0) == 0 && !has(control, flag::PASSWORD_NEVER_EXPIRES);
    let protected = incomplete
        || entry.number("adminCount").unwrap_or(0) != 0
        || has(control, flag::MACHINE | flag::SMARTCARD_REQUIRED)
        || MACHINES.into_iter().any(is)
        || sid.is_some_and(|sid| sid.is_protected_account())
        || groups.iter().any(Sid::is_protected_group);
    let text = |attribute| entry.text(attribute).unwrap_or_default().to_owned();
    let account = Account {
        key,
        dn: entry.dn.clone(),
        username,
        display_name: text("displayName"),
        given_name: text("givenName"),
        mail: entry.text("mail").filter(|mail| !mail.is_empty()).map(str::to_owned),
        disabled: has(control, flag::DISABLED),
        account_expired: moment(entry, "accountExpires").is_some_and(|at| at <= around.now),
        locked: has(computed, flag::LOCKED),
        password_expired: has(computed, flag::PASSWORD_EXPIRED) && !must_change,
        must_change,
        protected,
        own_service_account: key == around.own,
        in_scope: Dn::parse(&entry.dn).is_some_and(|dn| around.units.iter().any(|unit| dn.is_below(unit)))
            && around.allowed.is_none_or(|allowed| groups.iter().any(|group| allowed.contains(group))),
        functional: Dn::parse(&entry.dn).is_some_and(|dn| around.functional.iter().any(|unit| dn.is_below(unit)))
            || groups.iter().any(|group| around.functional_groups.contains(group)),
        denied: groups.iter().any(|group| around.denied.contains(group)),
        password_set_at: moment(entry, "pwdLastSet"),
        bad_passwords: entry.number("badPwdCount").and_then(|count| u32::try_from(count).ok()).unwrap_or(0),
        bad_password_at: moment(entry, "badPasswordTime"),
        attribute_numbers: entry.values_of(around.numbers),
    };
    Some(Facts { account, incomplete })
}

/// Every group the account is in, also through other groups, its primary group included. `None` when they can't be
/// read: everybody is in one at least.
fn groups(entry: &Entry, sid: Option<&Sid>) -> Option<Vec<Sid>> {
    let mut groups = entry.all("tokenGroups").map(Sid::parse).collect::<Option<Vec<_>>>()?;
    if groups.is_empty() {
        return None;
    }
    let primary = u32::try_from(entry.number("primaryGroupID")?).ok()?;
    groups.extend(sid?.sibling(primary));
    Some(groups)
}

/// The instant of an attribute; `None` for "never" and for none.
pub(super) fn moment(entry: &Entry, attribute: &str) -> Option<Instant> {
    time::instant(entry.number(attribute)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use uuid::Uuid;

    const GUID: [u8; 16] = [7; 16];
    const ANNA: &str = "CN=Anna,OU=Skola,DC=orebro,DC=se";

    fn sid(rid: u32) -> Vec<u8> {
        let mut bytes = vec![1, 5, 0, 0, 0, 0, 0, 5];
        [21, 1, 2, 3, rid].iter().for_each(|part: &u32| bytes.extend(part.to_le_bytes()));
        bytes
    }

    /// An ordinary account with some attributes replaced; an empty value takes the attribute away.
    fn read(changes: &[(&str, &[&[u8]])]) -> Option<Facts> {
        read_where(ANNA, changes, None)
    }

    fn read_at(dn: &str, changes: &[(&str, &[&[u8]])]) -> Option<Facts> {
        read_where(dn, changes, None)
    }

    fn read_where(dn: &str, changes: &[(&str, &[&[u8]])], allowed: Option<&[Sid]>) -> Option<Facts> {
        let (own, users) = (sid(1104), sid(513));
        let mut attributes: Vec<(&str, Vec<&[u8]>)> = vec![
            ("objectGUID", vec![&GUID]),
            ("objectSid", vec![&own]),
            ("objectClass", vec![b"top", b"person", b"user"]),
            ("sAMAccountName", vec![b"anna"]),
            ("userAccountControl", vec![b"512"]),
            ("msDS-User-Account-Control-Computed", vec![b"0"]),
            ("accountExpires", vec![b"9223372036854775807"]),
            ("pwdLastSet", vec![b"133801632001234567"]),
            ("primaryGroupID", vec![b"513"]),
            ("tokenGroups", vec![&users]),
        ];
        for (name, values) in changes {
            attributes.retain(|(kept, _)| kept != name);
            attributes.push((name, values.to_vec()));
        }
        let attributes: Vec<(&str, &[&[u8]])> =
            attributes.iter().filter(|(_, all)| !all.is_empty()).map(|(name, all)| (*name, all.as_slice())).collect();
        let units = [Dn::parse("OU=Skola,DC=orebro,DC=se").expect("a unit")];
        let functional = [Dn::parse("OU=Funktionskonton,OU=Skola,DC=orebro,DC=se").expect("a unit")];
        let denied = [Sid::parse(&sid(2000)).expect("a SID")];
        let shared = [Sid::parse(&sid(2500)).expect("a SID")];
        let around = Surroundings {
            units: &units,
            functional: &functional,
            functional_groups: &shared,
            allowed,
            denied: &denied,
            numbers: Some(NumberAttribute::Mobile),
            own: AccountKey(Uuid::nil()),
            now: DateTime::from_timestamp(1_800_000_000, 0).expect("a time"),
        };
        facts(&Entry::made_of(dn, &attributes), &around)
    }

    fn account(changes: &[(&str, &[&[u8]])]) -> Account {
        read(changes).expect("an account").account
    }

    #[test]
    fn an_ordinary_account_is_served() {
        let account = account(&[]);
        assert_eq!(account.state(), portvakt_domain::account::AccountState::Normal);
        assert_eq!((account.bad_password_at, account.mail), (None, None));
        assert_eq!(account.password_set_at, time::instant(133_801_632_001_234_567));
    }

    #[test]
    fn flags_and_times_become_states() {
        let expires = |value: &'static [u8]| account(&[("accountExpires", &[value])]).account_expired;
        assert!(!expires(b"0") && !expires(b"9223372036854775807") && !expires(b"134444736000000010"));
        assert!(expires(b"134444736000000000"), "the very instant");
        assert!(account(&[("userAccountControl", &[b"514"])]).disabled);
        let computed = |value: &'static [u8]| account(&[("msDS-User-Account-Control-Computed", &[value])]);
        assert!(computed(b"16").locked && !computed(b"16").password_expired);
        assert!(computed(b"8388608").password_expired && !computed(b"8388608").locked);
        let must = account(&[("pwdLastSet", &[b"0"]), ("msDS-User-Account-Control-Computed", &[b"8388608"])]);
        assert!(must.must_change && !must.password_expired && must.password_set_at.is_none());
        assert!(account(&[("pwdLastSet", &[])]).must_change, "absent is 0");
        assert!(!account(&[("pwdLastSet", &[b"0"]), ("userAccountControl", &[b"66048"])]).must_change);
    }

    #[test]
    fn privilege_of_every_kind_protects() {
        let (admins, guest) = (sid(512), sid(501));
        let operators = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x24, 2, 0, 0];
        let cases: [(&str, &[(&str, &[&[u8]])]); 10] = [
            ("adminCount", &[("adminCount", &[b"1"])]),
            ("well-known account", &[("objectSid", &[&guest])]),
            ("group", &[("tokenGroups", &[&sid(513), &admins])]),
            ("built-in group", &[("tokenGroups", &[&operators])]),
            ("primary group", &[("primaryGroupID", &[b"512"])]),
            ("computer", &[("objectClass", &[b"user", b"computer"])]),
            ("managed service account", &[("objectClass", &[b"user", b"msDS-GroupManagedServiceAccount"])]),
            ("workstation", &[("userAccountControl", &[b"4096"])]),
            ("trust", &[("userAccountControl", &[b"2080"])]),
            ("smartcard", &[("userAccountControl", &[b"262656"])]),
        ];
        for (name, changes) in cases {
            let facts = read(changes).expect("an account");
            assert!(facts.account.protected && !facts.incomplete, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_read_protects() {
        let damaged: &[&[u8]] = &[b"x"];
        let cases: [(&str, &[&[u8]]); 7] = [
            ("userAccountControl", &[]),
            ("msDS-User-Account-Control-Computed", &[]),
            ("objectSid", &[]),
            ("tokenGroups", &[]),
            ("tokenGroups", damaged),
            ("primaryGroupID", &[]),
            ("objectSid", damaged),
        ];
        for change in cases {
            let facts = read(&[change]).expect("an account");
            assert!(facts.account.protected && facts.incomplete, "{}", change.0);
        }
        let part = sid(513);
        assert!(read(&[("tokenGroups", &[]), ("tokenGroups;range=0-1499", &[&part])]).is_some_and(|f| f.incomplete));
    }

    #[test]
    fn denied_groups_count_through_the_primary_group_too() {
        assert!(account(&[("tokenGroups", &[&sid(513), &sid(2000)])]).denied);
        assert!(account(&[("primaryGroupID", &[b"2000"])]).denied);
        assert!(!account(&[]).denied);
    }

    #[test]
    fn where_groups_are_named_only_their_members_are_served() {
        let named = [Sid::parse(&sid(3000)).expect("a SID"), Sid::parse(&sid(3001)).expect("a SID")];
        let read = |changes: &[(&str, &[&[u8]])], allowed: &[Sid]| {
            read_where(ANNA, changes, Some(allowed)).expect("an account").account
        };
        assert!(read(&[("tokenGroups", &[&sid(513), &sid(3001)])], &named).in_scope);
        assert!(read(&[("primaryGroupID", &[b"3000"])], &named).in_scope);
        assert!(!read(&[], &named).in_scope);
        assert!(!read(&[], &[]).in_scope, "named, but none of them is left");
        let both = read(&[("tokenGroups", &[&sid(3000), &sid(2000)])], &named);
        assert!(both.in_scope && both.denied && !both.may_receive_code(), "a denied group wins");
    }

    #[test]
    fn an_account_is_functional_by_its_unit() {
        let functional = |dn: &str| read_at(dn, &[]).expect("an account").account.functional;
        assert!(functional("CN=Hemvard,OU=FUNKTIONSKONTON,OU=Skola,DC=orebro,DC=se"));
        assert!(functional("CN=Natt,OU=Norr,OU=Funktionskonton,OU=Skola,DC=orebro,DC=se"));
        assert!(!functional("CN=Anna,OU=Skola,DC=orebro,DC=se"));
        assert!(!functional("CN=Anna,OU=Funktionskonton,DC=orebro,DC=se"));
    }

    #[test]
    fn an_account_is_functional_by_its_groups() {
        assert!(account(&[("tokenGroups", &[&sid(513), &sid(2500)])]).functional);
        assert!(account(&[("primaryGroupID", &[b"2500"])]).functional);
        assert!(!account(&[]).functional);
        let both = account(&[("tokenGroups", &[&sid(2500), &sid(2000)])]);
        assert!(both.functional && !both.may_receive_code(), "a denied group wins");
        let elsewhere = read_at("CN=Natt,OU=Annat,DC=orebro,DC=se", &[("tokenGroups", &[&sid(2500)])]);
        assert!(!elsewhere.expect("an account").account.in_scope, "the group serves nobody outside the units");
    }

    #[test]
    fn what_is_no_user_is_no_account() {
        assert!(read(&[("objectClass", &[b"top", b"contact"])]).is_none());
        assert!(read(&[("objectGUID", &[])]).is_none());
        assert!(read(&[("sAMAccountName", &[])]).is_none());
    }
}
