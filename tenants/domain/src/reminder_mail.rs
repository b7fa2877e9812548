//! A reminder that goes out, a mail or an SMS: what became of it.

/// Who gets a reminder that is a table: the recipient of units. All others go to a person or to the holders of a shared
/// account.
pub const UNIT_PART: &str = "unit";

/// What became of a reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReminderState {
    /// Asked for, or to be tried again.
    Queued,
    /// The call to the provider begins now. Found in this state later, its outcome is unknown.
    Sending,
    /// The provider took it.
    Sent,
    /// Nothing of it was left to be said: all its passwords were changed meanwhile.
    Empty,
    /// It was not sent in time, or an SMS was handed over and never answered.
    GivenUp,
    /// The provider took it, and it came back later.
    Bounced,
}

impl ReminderState {
    /// All of them.
    pub const ALL: [ReminderState; 6] = [
        ReminderState::Queued,
        ReminderState::Sending,
        ReminderState::Sent,
        ReminderState::Empty,
        ReminderState::GivenUp,
        ReminderState::Bounced,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            ReminderState::Queued => "queued",
            ReminderState::Sending => "sending",
            ReminderState::Sent => "sent",
            ReminderState::Empty => "empty",
            ReminderState::GivenUp => "given_up",
            ReminderState::Bounced => "bounced",
        }
    }

    /// The state of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether nothing is done about it any more.
    pub fn is_settled(self) -> bool {
        !matches!(self, ReminderState::Queued | ReminderState::Sending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_come_back_by_their_names() {
        for state in ReminderState::ALL {
            assert_eq!(ReminderState::from_stored(state.as_str()), Some(state));
        }
        assert_eq!(ReminderState::from_stored("unknown"), None);
    }

    #[test]
    fn what_is_under_way_is_not_settled() {
        let open: Vec<_> = ReminderState::ALL.into_iter().filter(|state| !state.is_settled()).collect();
        assert_eq!(open, [ReminderState::Queued, ReminderState::Sending]);
    }
}
