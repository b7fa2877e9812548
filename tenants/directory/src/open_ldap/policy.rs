//! Password policies: the entry that an account's `pwdPolicySubentry` names, or the server's default.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;
use portvakt_domain::{
    directory::{DirectoryError, EffectivePolicy},
    time::Instant,
};

use crate::{
    connection::{Connection, Search},
    entry::Entry,
    error_map::Failure,
};

/// How long a policy is remembered.
const KEPT: TimeDelta = TimeDelta::seconds(60);
/// A window that does not end: slapd forgets wrong passwords only after a right one when the interval is 0.
const FOR_EVER: i64 = 100 * 365 * 24 * 60 * 60;

/// What is read of a policy.
const RULES: [&str; 9] = [
    "objectClass",
    "pwdMinLength",
    "pwdInHistory",
    "pwdMinAge",
    "pwdMaxAge",
    "pwdLockout",
    "pwdMaxFailure",
    "pwdFailureCountInterval",
    "pwdLockoutDuration",
];

/// What a policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rules {
    /// What other adapters know as well.
    pub(crate) effective: EffectivePolicy,
    /// Age at which a password expires, in seconds; 0 = never.
    pub(crate) max_age_seconds: i64,
    /// How long an account stays locked, in seconds; 0 = until somebody unlocks it.
    pub(crate) lockout_seconds: i64,
}

/// The policies of a server.
pub(crate) struct Policies {
    /// The one that holds where an entry names none.
    default: String,
    known: Mutex<HashMap<String, (Instant, Rules)>>,
}

impl Policies {
    /// Policies that were not looked up yet.
    pub(crate) fn new(default: String) -> Self {
        Self { default, known: Mutex::default() }
    }

    /// The policy of this name, or the default one.
    ///
    /// # Errors
    /// `Misconfigured`: it can't be read. Without it nobody could tell who is locked out or expired.
    pub(crate) async fn of(&self, connection: &Connection, name: Option<&str>, now: Instant) -> Result<Rules, Failure> {
        let name = name.unwrap_or(&self.default);
        if let Some(known) = self.fresh(name, now) {
            return Ok(known);
        }
        let entry = connection.entry(&Search::entry(name, &RULES)).await?;
        let rules = entry.as_ref().and_then(rules).ok_or_else(|| {
            let what = if name == self.default {
                "directory.default_policy is no policy that the service account may read"
            } else {
                "an account's policy is none that the service account may read"
            };
            DirectoryError::Misconfigured(what.to_owned())
        })?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(name.to_owned(), (now, rules.clone()));
        Ok(rules)
    }

    fn fresh(&self, name: &str, now: Instant) -> Option<Rules> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, rules) = known.get(name)?;
        (*at <= now && now - *at < KEPT).then(|| rules.clone())
    }
}

/// An absent attribute is 0 or FALSE (slapo-ppolicy(5)); a value that is no number makes the whole policy unreadable.
fn rules(entry: &Entry) -> Option<Rules> {
    if !entry.texts("objectClass").any(|class| class.eq_ignore_ascii_case("pwdPolicy")) {
        return None;
    }
    let number = |attribute| match entry.text(attribute) {
        None => Some(0),
        Some(text) => text.parse::<i64>().ok().filter(|number| *number >= 0),
    };
    let count = |attribute| u32::try_from(number(attribute)?).ok();
    let locks = entry.text("pwdLockout").is_some_and(|value| value.eq_ignore_ascii_case("TRUE"));
    let max_failures = count("pwdMaxFailure")?;
    let window = number("pwdFailureCountInterval")?;
    Some(Rules {
        effective: EffectivePolicy {
            min_length: count("pwdMinLength")?,
            complexity: false,
            history: count("pwdInHistory")?,
            min_age_seconds: number("pwdMinAge")?,
            lockout_threshold: if locks { max_failures } else { 0 },
            lockout_window_seconds: if window == 0 { FOR_EVER } else { window },
        },
        max_age_seconds: number("pwdMaxAge")?,
        lockout_seconds: number("pwdLockoutDuration")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(attributes: &[(&str, &str)]) -> Option<Rules> {
        let attributes: Vec<(&str, [&[u8]; 1])> =
            attributes.iter().map(|(name, value)| (*name, [value.as_bytes()])).collect();
        let attributes: Vec<(&str, &[&[u8]])> =
            attributes.iter().map(|(name, value)| (*name, value.as_slice())).collect();
        rules(&Entry::made_of("cn=default,dc=falun,dc=test", &attributes))
    }

    #[test]
    fn a_policy_is_read_and_absence_is_no_rule() {
        let nothing = read(&[("objectClass", "pwdPolicy")]).expect("a policy");
        let none = EffectivePolicy { lockout_window_seconds: FOR_EVER, ..Default::default() };
        assert_eq!(nothing, Rules { effective: none, max_age_seconds: 0, lockout_seconds: 0 });
        let full = read(&[
            ("objectClass", "pwdPolicy"),
            ("pwdMinLength", "10"),
            ("pwdInHistory", "5"),
            ("pwdMinAge", "60"),
            ("pwdMaxAge", "7776000"),
            ("pwdLockout", "TRUE"),
            ("pwdMaxFailure", "4"),
            ("pwdFailureCountInterval", "900"),
            ("pwdLockoutDuration", "1800"),
        ])
        .expect("a policy");
        assert_eq!((full.max_age_seconds, full.lockout_seconds), (7_776_000, 1800));
        let effective = full.effective;
        assert_eq!((effective.min_length, effective.history, effective.min_age_seconds), (10, 5, 60));
        assert_eq!((effective.lockout_threshold, effective.lockout_window_seconds), (4, 900));
    }

    #[test]
    fn without_lockout_the_number_of_failures_means_nothing() {
        let policy = [("objectClass", "pwdPolicy"), ("pwdLockout", "FALSE"), ("pwdMaxFailure", "4")];
        assert_eq!(read(&policy).expect("a policy").effective.lockout_threshold, 0);
    }

    #[test]
    fn what_is_no_policy_is_not_taken_for_one_without_rules() {
        assert_eq!(read(&[("objectClass", "device")]), None);
        assert_eq!(read(&[("objectClass", "pwdPolicy"), ("pwdMaxAge", "x")]), None);
        assert_eq!(read(&[("objectClass", "pwdPolicy"), ("pwdMinLength", "-1")]), None);
    }
}
