//! Looking at accounts, and putting them into a state, from inside the process: no rules and no rights.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    domain::Domain,
    entry::{EntryId, user_flags},
    lockout,
    password::Secret,
    policy, read,
    rights::Caller,
    schema::{self, Source},
    specs::BuildError,
    time,
};

/// One account or group of a domain, followed through renames and moves.
#[derive(Clone, Debug)]
pub struct Account {
    domain: Domain,
    id: EntryId,
}

impl Domain {
    /// The account or group of this `sAMAccountName`.
    #[must_use]
    pub fn account(&self, login: &str) -> Option<Account> {
        let id = self.read(|state, _| state.by_login(login))?;
        Some(Account { domain: self.clone(), id })
    }

    /// Changes how long the domain has a password kept before its owner may change it.
    pub fn set_minimum_age(&self, age: TimeDelta) {
        self.write(|state, _| {
            let head = state.head;
            if let Some(entry) = state.get_mut(head) {
                entry.set_number("minPwdAge", time::interval(Some(age)));
            }
        });
    }

    /// How many objects there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.read(|state, _| state.from(0).count())
    }
}

impl Account {
    /// Its present name.
    #[must_use]
    pub fn dn(&self) -> String {
        self.domain.read(|state, _| state.get(self.id).map(|entry| entry.dn.clone()).unwrap_or_default())
    }

    /// Its `objectGUID`; the same after a restart for an account that the builder made.
    #[must_use]
    pub fn guid(&self) -> Uuid {
        self.domain.read(|state, _| state.get(self.id).map(|entry| entry.guid).unwrap_or_default())
    }

    /// Whether this is its password now.
    #[must_use]
    pub fn password_is(&self, password: &str) -> bool {
        self.domain.read(|state, _| {
            state.get(self.id).and_then(|entry| entry.secret.as_ref()).is_some_and(|secret| secret.is(password))
        })
    }

    /// The stored `badPwdCount`.
    #[must_use]
    pub fn bad_password_count(&self) -> i64 {
        self.number("badPwdCount").unwrap_or_default()
    }

    /// Whether it is locked now.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.domain.read(|state, now| lockout::is_locked(state, self.id, now))
    }

    /// The values of any attribute, computed ones too.
    #[must_use]
    pub fn values(&self, attribute: &str) -> Vec<Vec<u8>> {
        let Some(attribute) = schema::find(attribute) else { return Vec::new() };
        self.domain.read(|state, now| match (attribute.source, Caller::new(state, self.id)) {
            (Source::Constructed, Some(caller)) => read::constructed(state, caller, self.id, attribute, now),
            _ => state.values(self.id, attribute),
        })
    }

    /// The first value of an attribute as text.
    #[must_use]
    pub fn text(&self, attribute: &str) -> Option<String> {
        String::from_utf8(self.values(attribute).into_iter().next()?).ok()
    }

    /// The first value of an attribute as a number.
    #[must_use]
    pub fn number(&self, attribute: &str) -> Option<i64> {
        self.text(attribute)?.parse().ok()
    }

    /// The first value of an attribute as a point in time; 0 and "never" are none.
    #[must_use]
    pub fn time(&self, attribute: &str) -> Option<DateTime<Utc>> {
        self.number(attribute).filter(|ticks| *ticks > 0 && *ticks != time::NEVER).and_then(time::from_ticks)
    }

    /// Stores values as they are, in spite of every rule: `pwdLastSet` in the past, for example. No values delete.
    ///
    /// # Errors
    /// When the attribute is not in the schema or not stored.
    pub fn overwrite(&self, attribute: &str, values: &[&str]) -> Result<(), BuildError> {
        let known = schema::find(attribute)
            .filter(|known| matches!(known.source, Source::Stored) || NOTES.contains(&known.name))
            .ok_or_else(|| BuildError::Attribute(attribute.to_owned()))?;
        self.domain.write(|state, _| {
            let Some(mut entry) = state.get(self.id).cloned() else { return };
            if values.is_empty() {
                entry.attributes.remove(known.name);
            } else {
                entry.attributes.insert(known.name, values.iter().map(|value| value.as_bytes().to_vec()).collect());
            }
            state.put(self.id, entry);
        });
        Ok(())
    }

    /// Stores a point in time.
    ///
    /// # Errors
    /// As [`Account::overwrite`].
    pub fn overwrite_time(&self, attribute: &str, at: DateTime<Utc>) -> Result<(), BuildError> {
        self.overwrite(attribute, &[&time::ticks(at).to_string()])
    }

    /// Gives it a password without asking the policy; the old one goes into the history, the date is now.
    pub fn set_password(&self, password: &str) {
        self.domain.write(|state, now| {
            let history = policy::effective(state, self.id).history;
            let Some(entry) = state.get_mut(self.id) else { return };
            entry.secret = Some(match &entry.secret {
                Some(secret) => secret.replaced(password, history),
                None => Secret::new(password),
            });
            entry.set_number("pwdLastSet", now);
        });
    }

    /// Locks it now.
    pub fn lock(&self) {
        self.domain.write(|state, now| {
            let threshold = policy::effective(state, self.id).lockout_threshold;
            let Some(entry) = state.get_mut(self.id) else { return };
            entry.set_number("badPwdCount", threshold);
            entry.set_number("badPasswordTime", now);
            entry.set_number("lockoutTime", now);
        });
    }

    /// Disables it, or enables it again.
    pub fn set_disabled(&self, disabled: bool) {
        self.domain.write(|state, _| {
            let Some(entry) = state.get_mut(self.id) else { return };
            let flags = entry.flags() & !user_flags::DISABLED;
            entry.set_number("userAccountControl", if disabled { flags | user_flags::DISABLED } else { flags });
        });
    }
}

/// What the directory keeps itself and a test may need to backdate.
const NOTES: &[&str] = &["badPwdCount", "badPasswordTime", "lastLogon", "logonCount", "whenCreated", "whenChanged"];
