//! The daily look at who of those with registered numbers is still there: what counts as absent, when numbers go, and when
//! so many are missing that the directory is doubted instead.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{account::Account, calendar::local_day, staff::StaffAccount, tenant::TimeZone, time::Instant};

/// Above so many percent of missing accounts, the directory or the settings are doubted.
const DOUBTED_PERCENT: usize = 5;
/// As long as no more are missing than this, they are believed whatever their share: where few are registered, one who
/// leaves is more than five percent.
const BELIEVED: usize = 1;

/// Who asked for a reconciliation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The clock, once a day.
    #[default]
    Schedule,
    /// An operator.
    ByHand,
    /// An operator who knows that those who are missing now really are gone.
    Accepting,
}

impl Occasion {
    const ALL: [Occasion; 3] = [Occasion::Schedule, Occasion::ByHand, Occasion::Accepting];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Occasion::Schedule => "schedule",
            Occasion::ByHand => "by_hand",
            Occasion::Accepting => "accepting",
        }
    }

    /// The occasion of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.as_str() == name)
    }
}

/// How far a reconciliation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReconciliationState {
    /// It was begun. At most one of a tenant is.
    Running,
    /// Everybody was looked at, and what had to go is gone.
    Done,
    /// The directory is doubted: nothing was removed.
    Stopped,
    /// It was given up, or another one began before it ended.
    Failed,
}

impl ReconciliationState {
    const ALL: [ReconciliationState; 4] = [
        ReconciliationState::Running,
        ReconciliationState::Done,
        ReconciliationState::Stopped,
        ReconciliationState::Failed,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            ReconciliationState::Running => "running",
            ReconciliationState::Done => "done",
            ReconciliationState::Stopped => "stopped",
            ReconciliationState::Failed => "failed",
        }
    }

    /// The state of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// Why an account counts as absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Absence {
    /// It is not in the tenant's units: deleted, or moved elsewhere.
    Missing,
    /// An administrator disabled it.
    Disabled,
    /// It is past its own end date.
    Expired,
}

impl Absence {
    const ALL: [Absence; 3] = [Absence::Missing, Absence::Disabled, Absence::Expired];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Absence::Missing => "missing",
            Absence::Disabled => "disabled",
            Absence::Expired => "expired",
        }
    }

    /// The absence of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|absence| absence.as_str() == name)
    }

    /// Of an account that was passed by in the tenant's units; `None`: it is there.
    pub fn of_staff(staff: &StaffAccount) -> Option<Self> {
        Self::of_flags(staff.disabled, staff.account_expired)
    }

    /// Of an account that was read by its key; `None`: it is there.
    pub fn of_account(account: Option<&Account>) -> Option<Self> {
        let Some(account) = account.filter(|account| account.in_scope) else { return Some(Absence::Missing) };
        Self::of_flags(account.disabled, account.account_expired)
    }

    fn of_flags(disabled: bool, expired: bool) -> Option<Self> {
        match (disabled, expired) {
            (true, _) => Some(Absence::Disabled),
            (false, true) => Some(Absence::Expired),
            (false, false) => None,
        }
    }
}

/// Whether an absence has lasted for so many days, by the tenant's calendar: what begins on a day is thirty days old on the
/// thirtieth day after it, at whatever hour of either the look was taken.
pub fn has_lasted(since: Instant, day: NaiveDate, days: u32, zone: TimeZone) -> bool {
    (day - local_day(since, zone.tz())).num_days() >= i64::from(days)
}

/// Why a reconciliation stops before it removes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The directory named nobody at all.
    NobodyNamed,
    /// Too many of the accounts with numbers are missing.
    TooManyMissing,
}

impl Doubt {
    /// A stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Doubt::NobodyNamed => "nobody_named",
            Doubt::TooManyMissing => "too_many_missing",
        }
    }
}

/// What a look at the directory counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Accounts that the directory named, with numbers or without.
    pub named: usize,
    /// Accounts with numbers.
    pub registered: usize,
    /// Of these, those that are missing, whether since today or since long ago.
    pub missing: usize,
    /// Of those that are missing, the ones that an operator accepted as gone.
    pub accepted: usize,
}

impl Count {
    /// Whether the directory's answer is doubted. Missing accounts count for as long as their numbers are kept, or a slow
    /// loss would never be noticed; those that were accepted count neither way. Nobody is missed where nobody is
    /// registered. That a directory names nobody is accepted from no one.
    pub fn doubt(&self, accepting: bool) -> Option<Doubt> {
        if self.registered == 0 {
            return None;
        }
        if self.named == 0 {
            return Some(Doubt::NobodyNamed);
        }
        let missing = self.missing.saturating_sub(self.accepted);
        let registered = self.registered.saturating_sub(self.accepted);
        let many = missing > BELIEVED && missing * 100 > registered * DOUBTED_PERCENT;
        (many && !accepting).then_some(Doubt::TooManyMissing)
    }
}

/// What a reconciliation found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReconciliationFigures {
    /// Accounts with numbers.
    pub registered: i64,
    /// Of these, the missing ones.
    pub missing: i64,
    /// The disabled ones.
    pub disabled: i64,
    /// Those past their end date.
    pub expired: i64,
    /// Accounts whose numbers were removed.
    pub removed: i64,
}

#[cfg(test)]
mod tests;
