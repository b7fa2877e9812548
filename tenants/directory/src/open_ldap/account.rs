//! From an entry's attributes to the facts of an account, as ppolicy judges them.

use chrono::TimeDelta;
use portvakt_domain::{account::Account, id::AccountKey, number_attribute::NumberAttribute, time::Instant};
use uuid::Uuid;

use super::{policy::Rules, time};
use crate::{dn::Dn, entry::Entry};

/// Everything that is read of an account. The `pwd…` attributes are operational: they come only when they are named.
pub(crate) const FACTS: [&str; 14] = [
    "entryUUID",
    "objectClass",
    "uid",
    "cn",
    "displayName",
    "givenName",
    "mail",
    "pwdAccountLockedTime",
    "pwdChangedTime",
    "pwdFailureTime",
    "pwdPolicySubentry",
    "pwdReset",
    "pwdStartTime",
    "pwdEndTime",
];

/// `pwdAccountLockedTime` of an account that an administrator locked: a lock that no time and no password opens.
const LOCKED_BY_ADMINISTRATOR: &str = "000001010000Z";

/// What the facts are judged against.
pub(crate) struct Surroundings<'a> {
    /// The units that are served.
    pub(crate) units: &'a [Dn],
    /// The units whose accounts are functional.
    pub(crate) functional: &'a [Dn],
    /// Member of a group whose members are functional.
    pub(crate) functional_member: bool,
    /// Member of a group that is served, or everybody is.
    pub(crate) allowed: bool,
    /// Member of a group that is not.
    pub(crate) denied: bool,
    /// Its groups could not be followed to their end.
    pub(crate) unclear: bool,
    /// The attribute that holds numbers, where one does.
    pub(crate) numbers: Option<NumberAttribute>,
    /// The service account.
    pub(crate) own: AccountKey,
    /// Now.
    pub(crate) now: Instant,
}

/// The key of an entry.
pub(crate) fn key(entry: &Entry) -> Option<AccountKey> {
    entry.text("entryUUID")?.parse().ok().map(|uuid: Uuid| AccountKey(uuid))
}

/// The account of an entry under its policy. `None` when it is no person at all.
pub(crate) fn facts(entry: &Entry, rules: &Rules, around: &Surroundings<'_>) -> Option<Account> {
    let key = key(entry)?;
    let username = entry.text("uid")?.to_owned();
    if !entry.texts("objectClass").any(|class| class.eq_ignore_ascii_case("person") || is_below_person(class)) {
        return None;
    }
    let text = |attribute| entry.text(attribute).unwrap_or_default().to_owned();
    let locked_at = entry.text("pwdAccountLockedTime");
    let by_administrator = is_disabled(entry);
    let must_change = must_change(entry);
    let failures = failures(entry, rules, around.now);
    let dn = Dn::parse(&entry.dn);
    let lies_in = |units: &[Dn]| dn.as_ref().is_some_and(|dn| units.iter().any(|unit| dn.is_below(unit)));
    Some(Account {
        key,
        dn: entry.dn.clone(),
        username,
        display_name: shown_name(entry),
        given_name: text("givenName"),
        mail: entry.text("mail").filter(|mail| !mail.is_empty()).map(str::to_owned),
        disabled: by_administrator,
        account_expired: has_ended(entry, around.now),
        locked: locked_at.is_some() && !by_administrator && is_locked(locked_at, rules, around.now),
        password_expired: !must_change && is_expired(entry, rules, around.now),
        must_change,
        password_set_at: moment(entry, "pwdChangedTime").filter(|_| !must_change),
        protected: around.unclear,
        own_service_account: key == around.own,
        in_scope: around.allowed && lies_in(around.units),
        functional: around.functional_member || lies_in(around.functional),
        denied: around.denied,
        bad_passwords: u32::try_from(failures.len()).unwrap_or(u32::MAX),
        bad_password_at: failures.into_iter().max(),
        attribute_numbers: entry.values_of(around.numbers),
    })
}

/// The name to show.
pub(super) fn shown_name(entry: &Entry) -> String {
    let named = |attribute| entry.text(attribute).filter(|name| !name.is_empty());
    named("displayName").or_else(|| named("cn")).unwrap_or_default().to_owned()
}

/// Locked by an administrator, for good: OpenLDAP has no other way to disable an account.
pub(super) fn is_disabled(entry: &Entry) -> bool {
    entry.text("pwdAccountLockedTime") == Some(LOCKED_BY_ADMINISTRATOR)
}

/// The password has to be changed before anything else.
pub(super) fn must_change(entry: &Entry) -> bool {
    entry.text("pwdReset").is_some_and(|value| value.eq_ignore_ascii_case("TRUE"))
}

/// Past the account's own end, or before its beginning.
pub(super) fn has_ended(entry: &Entry, now: Instant) -> bool {
    moment(entry, "pwdEndTime").is_some_and(|at| at <= now) || moment(entry, "pwdStartTime").is_some_and(|at| at > now)
}

/// The instant of an attribute.
pub(super) fn moment(entry: &Entry, attribute: &str) -> Option<Instant> {
    entry.text(attribute).and_then(time::instant)
}

/// When a password that was set then ends under these rules. `None`: it does not.
pub(super) fn ends_at(changed: Instant, rules: &Rules) -> Option<Instant> {
    (rules.max_age_seconds > 0).then(|| after(changed, rules.max_age_seconds)).flatten()
}

/// A server sends `objectClass` as it was written, which need not name the superior classes.
fn is_below_person(class: &str) -> bool {
    ["organizationalPerson", "inetOrgPerson"].into_iter().any(|person| class.eq_ignore_ascii_case(person))
}

/// Locked until somebody unlocks, or for a time. A value that is no time locks, as it does at the server.
fn is_locked(since: Option<&str>, rules: &Rules, now: Instant) -> bool {
    let Some(since) = since.and_then(time::instant) else { return true };
    rules.lockout_seconds == 0 || after(since, rules.lockout_seconds).is_none_or(|until| until > now)
}

/// A password that never was changed under the overlay has no age.
fn is_expired(entry: &Entry, rules: &Rules, now: Instant) -> bool {
    let Some(changed) = moment(entry, "pwdChangedTime") else { return false };
    ends_at(changed, rules).is_some_and(|until| until <= now)
}

/// Wrong passwords that the server still counts.
fn failures(entry: &Entry, rules: &Rules, now: Instant) -> Vec<Instant> {
    let counts = |at: &Instant| after(*at, rules.effective.lockout_window_seconds).is_none_or(|until| until > now);
    entry.texts("pwdFailureTime").filter_map(time::instant).filter(counts).collect()
}

fn after(at: Instant, seconds: i64) -> Option<Instant> {
    at.checked_add_signed(TimeDelta::try_seconds(seconds)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use portvakt_domain::{account::AccountState, directory::EffectivePolicy};

    /// 2027-01-15 08:00 UTC.
    const NOW: i64 = 1_800_000_000;

    fn rules() -> Rules {
        let effective =
            EffectivePolicy { lockout_threshold: 5, lockout_window_seconds: 1800, ..EffectivePolicy::default() };
        Rules { effective, max_age_seconds: 90 * 86_400, lockout_seconds: 1800 }
    }

    fn read_by(rules: &Rules, changes: &[(&str, &[&str])]) -> Option<Account> {
        let mut attributes: Vec<(&str, Vec<&[u8]>)> = vec![
            ("entryUUID", vec![b"00112233-4455-6677-8899-aabbccddeeff"]),
            ("objectClass", vec![b"inetOrgPerson"]),
            ("uid", vec![b"anna"]),
            ("cn", vec!["Anna Åström".as_bytes()]),
            ("pwdChangedTime", vec![b"20270101000000Z"]),
        ];
        for (name, values) in changes {
            attributes.retain(|(kept, _)| kept != name);
            attributes.push((name, values.iter().map(|value| value.as_bytes()).collect()));
        }
        let attributes: Vec<(&str, &[&[u8]])> =
            attributes.iter().filter(|(_, all)| !all.is_empty()).map(|(name, all)| (*name, all.as_slice())).collect();
        let around = Surroundings {
            units: &[Dn::parse("ou=people,dc=falun,dc=test").expect("a unit")],
            functional: &[],
            functional_member: false,
            allowed: true,
            denied: false,
            unclear: false,
            numbers: None,
            own: AccountKey(Uuid::nil()),
            now: DateTime::from_timestamp(NOW, 0).expect("a time"),
        };
        facts(&Entry::made_of("uid=anna,ou=people,dc=falun,dc=test", &attributes), rules, &around)
    }

    fn read(changes: &[(&str, &[&str])]) -> Account {
        read_by(&rules(), changes).expect("an account")
    }

    #[test]
    fn an_ordinary_account_is_served() {
        let account = read(&[]);
        assert_eq!(account.state(), AccountState::Normal);
        assert_eq!((account.shown_name(), account.username.as_str()), ("Anna Åström", "anna"));
        assert_eq!(account.key.0.to_string(), "00112233-4455-6677-8899-aabbccddeeff");
    }

    #[test]
    fn locks_end_with_their_time_unless_an_administrator_set_them() {
        assert!(read(&[("pwdAccountLockedTime", &["20270115073001Z"])]).locked, "half an hour less a second ago");
        assert!(!read(&[("pwdAccountLockedTime", &["20270115073000Z"])]).locked, "half an hour ago");
        let for_ever = Rules { lockout_seconds: 0, ..rules() };
        let account = read_by(&for_ever, &[("pwdAccountLockedTime", &["20200101000000Z"])]).expect("an account");
        assert!(account.locked && !account.disabled);
        let by_administrator = read(&[("pwdAccountLockedTime", &["000001010000Z"])]);
        assert!(by_administrator.disabled && !by_administrator.locked, "no code opens it");
        assert!(read(&[("pwdAccountLockedTime", &["nonsense"])]).locked);
    }

    #[test]
    fn passwords_expire_by_their_age_or_must_be_changed() {
        assert!(read(&[("pwdChangedTime", &["20261017080000Z"])]).password_expired, "90 days, to the second");
        assert!(!read(&[("pwdChangedTime", &["20261017080001Z"])]).password_expired);
        assert!(!read(&[("pwdChangedTime", &[])]).password_expired);
        let ageless = Rules { max_age_seconds: 0, ..rules() };
        let account = read_by(&ageless, &[("pwdChangedTime", &["20000101000000Z"])]).expect("an account");
        assert!(!account.password_expired);
        let must = read(&[("pwdReset", &["TRUE"]), ("pwdChangedTime", &["20000101000000Z"])]);
        assert!(must.must_change && !must.password_expired);
        assert!(!read(&[("pwdReset", &["FALSE"])]).must_change);
    }

    #[test]
    fn the_accounts_own_dates_hold() {
        assert!(read(&[("pwdEndTime", &["20270115080000Z"])]).account_expired, "the very instant");
        assert!(!read(&[("pwdEndTime", &["20270115080001Z"])]).account_expired);
        assert!(read(&[("pwdStartTime", &["20270115080001Z"])]).account_expired, "not begun yet");
    }

    #[test]
    fn failures_count_within_the_window() {
        let times: &[&str] = &["20270115075900Z", "20270115073000Z", "20270115074000.000001Z", "20270114000000Z"];
        let account = read(&[("pwdFailureTime", times)]);
        assert_eq!(account.bad_passwords, 2);
        assert_eq!(account.bad_password_at, time::instant("20270115075900Z"));
    }

    #[test]
    fn what_is_no_person_is_no_account() {
        assert!(read_by(&rules(), &[("objectClass", &["device", "simpleSecurityObject"])]).is_none());
        assert!(read_by(&rules(), &[("uid", &[])]).is_none());
        assert!(read_by(&rules(), &[("entryUUID", &["x"])]).is_none());
    }
}
