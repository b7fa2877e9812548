//! The password and lockout rules that hold for an account: a fine-grained policy (PSO), or the domain's.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::TimeDelta;
use portvakt_domain::{
    directory::{DirectoryError, EffectivePolicy},
    time::Instant,
};

use super::time::interval_seconds;
use crate::{
    connection::{Connection, Search},
    entry::Entry,
    error_map::Failure,
};

/// How long a policy is remembered.
const KEPT: TimeDelta = TimeDelta::seconds(60);
/// Flag of `pwdProperties`: complexity.
const COMPLEX: i64 = 1;

/// Attributes of the domain's head.
const DOMAIN: [&str; 6] =
    ["minPwdLength", "pwdProperties", "pwdHistoryLength", "minPwdAge", "lockoutThreshold", "lockOutObservationWindow"];

/// Attributes of a PSO.
pub(super) const PSO: [&str; 6] = [
    "msDS-MinimumPasswordLength",
    "msDS-PasswordComplexityEnabled",
    "msDS-PasswordHistoryLength",
    "msDS-MinimumPasswordAge",
    "msDS-LockoutThreshold",
    "msDS-LockoutObservationWindow",
];

/// The policies of a domain.
pub(crate) struct Policies {
    /// The domain's naming context, which holds the domain's policy.
    pub(crate) base: String,
    /// What was looked up lately, by name. `None`: the service account may not read that PSO.
    pub(crate) known: Mutex<HashMap<String, (Instant, Option<EffectivePolicy>)>>,
    /// The log has been told that a PSO can't be read.
    pub(crate) told: AtomicBool,
}

impl Policies {
    /// The domain's policy.
    pub(crate) async fn domain(&self, connection: &Connection, now: Instant) -> Result<EffectivePolicy, Failure> {
        self.policy(connection, &self.base, &DOMAIN, domain, now).await?.ok_or_else(|| {
            let what = "the service account may not read the domain's password policy";
            DirectoryError::Misconfigured(what.to_owned()).into()
        })
    }

    /// The policy that holds where `msDS-ResultantPSO` names one, else the domain's. Which accounts have a PSO is readable
    /// for all, what it says only where that right was given; without it the domain's policy has to do.
    pub(crate) async fn of(
        &self,
        connection: &Connection,
        pso_name: Option<&str>,
        now: Instant,
    ) -> Result<EffectivePolicy, Failure> {
        let Some(name) = pso_name else { return self.domain(connection, now).await };
        if let Some(policy) = self.policy(connection, name, &PSO, pso, now).await? {
            return Ok(policy);
        }
        if !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "the service account may not read a fine-grained password policy; the domain's is used instead"
            );
        }
        self.domain(connection, now).await
    }

    async fn policy(
        &self,
        connection: &Connection,
        name: &str,
        attributes: &[&'static str],
        read: fn(&Entry) -> Option<EffectivePolicy>,
        now: Instant,
    ) -> Result<Option<EffectivePolicy>, Failure> {
        if let Some(known) = self.fresh(name, now) {
            return Ok(known);
        }
        let policy = connection.entry(&Search::entry(name, attributes)).await?.as_ref().and_then(read);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(name.to_owned(), (now, policy.clone()));
        Ok(policy)
    }

    fn fresh(&self, name: &str, now: Instant) -> Option<Option<EffectivePolicy>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, policy) = known.get(name)?;
        (*at <= now && now - *at < KEPT).then(|| policy.clone())
    }
}

fn domain(entry: &Entry) -> Option<EffectivePolicy> {
    let [length, properties, history, age, threshold, window] = DOMAIN.map(|attribute| entry.number(attribute));
    Some(policy(length?, properties? & COMPLEX != 0, history, age, threshold?, window))
}

/// What a PSO says; `None` when not all of it may be read.
pub(super) fn pso(entry: &Entry) -> Option<EffectivePolicy> {
    let [length, _, history, age, threshold, window] = PSO.map(|attribute| entry.number(attribute));
    let complexity = entry.text(PSO[1])?.eq_ignore_ascii_case("TRUE");
    Some(policy(length?, complexity, history, age, threshold?, window))
}

fn policy(
    length: i64,
    complexity: bool,
    history: Option<i64>,
    age: Option<i64>,
    threshold: i64,
    window: Option<i64>,
) -> EffectivePolicy {
    let count = |value: i64| u32::try_from(value).unwrap_or(0);
    EffectivePolicy {
        min_length: count(length),
        complexity,
        history: count(history.unwrap_or(0)),
        min_age_seconds: interval_seconds(age.unwrap_or(0)),
        lockout_threshold: count(threshold),
        lockout_window_seconds: interval_seconds(window.unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domains_policy_is_read() {
        let attributes: [(&str, &[&[u8]]); 6] = [
            ("minPwdLength", &[b"10"]),
            ("pwdProperties", &[b"17"]),
            ("pwdHistoryLength", &[b"24"]),
            ("minPwdAge", &[b"-864000000000"]),
            ("lockoutThreshold", &[b"5"]),
            ("lockOutObservationWindow", &[b"-18000000000"]),
        ];
        let expected = EffectivePolicy {
            min_length: 10,
            complexity: true,
            history: 24,
            min_age_seconds: 86_400,
            lockout_threshold: 5,
            lockout_window_seconds: 1_800,
        };
        assert_eq!(domain(&Entry::made_of("DC=orebro,DC=se", &attributes)), Some(expected));
        assert_eq!(domain(&Entry::made_of("DC=orebro,DC=se", &attributes[..4])), None, "no threshold is not \"never\"");
    }

    #[test]
    fn a_fine_grained_policy_is_read_or_known_to_be_hidden() {
        let attributes: [(&str, &[&[u8]]); 6] = [
            ("msDS-MinimumPasswordLength", &[b"14"]),
            ("msDS-PasswordComplexityEnabled", &[b"FALSE"]),
            ("msDS-PasswordHistoryLength", &[b"3"]),
            ("msDS-MinimumPasswordAge", &[b"0"]),
            ("msDS-LockoutThreshold", &[b"0"]),
            ("msDS-LockoutObservationWindow", &[b"-18000000000"]),
        ];
        let read = pso(&Entry::made_of("CN=p", &attributes)).expect("a policy");
        assert_eq!((read.min_length, read.complexity, read.history), (14, false, 3));
        assert_eq!((read.lockout_threshold, read.lockout_window_seconds), (0, 1_800));
        assert_eq!(pso(&Entry::made_of("CN=p", &[("cn", &[b"p"])])), None);
    }
}
