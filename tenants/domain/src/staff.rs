//! Everybody in a tenant's directory, gone through once: what is read of each, and nothing that needs a question of its own.

use crate::{
    expiry::Expiry,
    id::AccountKey,
    tenant::{ReminderSettings, UnitRule},
    time::Instant,
};

/// What else is wanted of each account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StaffQuestion {
    /// What tells an account's unit; `None`: nothing does.
    pub units_by: Option<UnitRule>,
    /// The units' values where they are distinguished names, of organisational units or of groups. Others are ignored.
    pub units: Vec<String>,
    /// A group that is not there has no members, instead of being a reason to read nobody.
    pub lenient: bool,
}

impl StaffQuestion {
    /// Whether a directory that is misconfigured says so of what is asked here, and not of the directory's own settings.
    pub fn is_blamed(problem: &str) -> bool {
        problem.starts_with("reminders.")
    }

    /// What a tenant's reminders ask.
    pub fn of(settings: &ReminderSettings) -> Self {
        let units = settings.units.iter().map(|unit| unit.value.clone()).collect();
        Self { units_by: settings.units_by, units, lenient: false }
    }
}

/// An account as it is passed by. Whether it is protected or excluded by a group takes a question of its own:
/// [`crate::directory::Directory::read`].
#[derive(Clone, PartialEq, Eq)]
pub struct StaffAccount {
    /// The directory's key.
    pub key: AccountKey,
    /// The short name people know.
    pub username: String,
    /// Given name; empty when the directory has none.
    pub first_name: String,
    /// Family name; empty when the directory has none.
    pub last_name: String,
    /// The name to show; empty when the directory has none. Shared accounts often have no other.
    pub display_name: String,
    /// Mail address, when there is one.
    pub mail: Option<String>,
    /// Disabled by an administrator.
    pub disabled: bool,
    /// Past the account's own end date.
    pub account_expired: bool,
    /// Shared by a unit.
    pub functional: bool,
    /// When the password ends, as the directory computes it.
    pub expiry: Expiry,
    /// When it was last set; `None` where it never was, has to be changed, or can't be told.
    pub password_set_at: Option<Instant>,
    /// What tells the unit: an attribute's value as it is written there, one of the question's `units` as it is written
    /// there, or the manager's distinguished name.
    pub unit: Option<String>,
}

impl std::fmt::Debug for StaffAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StaffAccount").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Somebody whom another entry names: a manager.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The short name people know; empty for a contact, which has none.
    pub username: String,
    /// The name to show; empty when the directory has none.
    pub display_name: String,
    /// Mail address, when there is one.
    pub mail: Option<String>,
    /// Disabled by an administrator.
    pub disabled: bool,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").finish_non_exhaustive()
    }
}
