//! A delayed change of a number: asked for by somebody who lacks the phone, carried out after a wait, cancelled by the
//! old number.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    id::{AccountKey, FlowId, NumberChangeId},
    keys::{KeyedHash, Sealed},
    language::Language,
    time::Instant,
};

/// What became of a delayed change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberChangeState {
    /// It will be carried out when it is due. At most one of an account.
    Waiting,
    /// Cancelled by the old number, or overtaken by another change.
    Cancelled,
    /// Not carried out: the account is not served any more.
    Refused,
    /// Carried out.
    Done,
}

impl NumberChangeState {
    const ALL: [NumberChangeState; 4] =
        [NumberChangeState::Waiting, NumberChangeState::Cancelled, NumberChangeState::Refused, NumberChangeState::Done];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            NumberChangeState::Waiting => "waiting",
            NumberChangeState::Cancelled => "cancelled",
            NumberChangeState::Refused => "refused",
            NumberChangeState::Done => "done",
        }
    }

    /// The state of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// Who asked for a delayed change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeOrigin {
    /// The person, at registration.
    Person,
    /// Whoever wrote another number in the directory's attribute.
    Directory,
}

impl ChangeOrigin {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeOrigin::Person => "person",
            ChangeOrigin::Directory => "directory",
        }
    }

    /// The origin of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        [ChangeOrigin::Person, ChangeOrigin::Directory].into_iter().find(|origin| origin.as_str() == name)
    }
}

/// A delayed change as stored.
#[derive(Debug, Clone)]
pub struct NumberChange {
    /// Which.
    pub id: NumberChangeId,
    /// Whose number.
    pub account: AccountKey,
    /// The row of the number that it replaces.
    pub target: Uuid,
    /// The new number, sealed (`number_changes.number`); `None` as soon as the change is over.
    pub number: Option<Sealed>,
    /// The new number, hashed for look-ups.
    pub number_hash: KeyedHash,
    /// Who asked.
    pub origin: ChangeOrigin,
    /// The flow it was asked for in; where nobody asked in one, an id that no flow has.
    pub flow: FlowId,
    /// The language it was asked for in; notices follow it.
    pub language: Language,
    /// What became of it.
    pub state: NumberChangeState,
    /// When it was asked for.
    pub requested_at: Instant,
    /// When it is carried out.
    pub due_at: Instant,
}

/// The tenant's wait, where delayed changes are offered. `hours` is the setting; 0 offers none.
pub fn wait(hours: u32) -> Option<TimeDelta> {
    (hours > 0).then(|| TimeDelta::hours(i64::from(hours)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hours_is_no_offer() {
        assert_eq!(wait(0), None);
        assert_eq!(wait(48), Some(TimeDelta::days(2)));
    }

    #[test]
    fn states_come_back_by_their_names() {
        for state in NumberChangeState::ALL {
            assert_eq!(NumberChangeState::from_stored(state.as_str()), Some(state));
        }
        assert_eq!(NumberChangeState::from_stored("begun"), None);
    }
}
