//! A run of reminders: one pass over everybody in a tenant's directory.

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunState {
    /// It was begun. At most one of a tenant is.
    Running,
    /// It went through everybody, and what was due is asked for.
    Done,
    /// It was given up, or another one began before it ended.
    Failed,
}

impl RunState {
    const ALL: [RunState; 3] = [RunState::Running, RunState::Done, RunState::Failed];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            RunState::Running => "running",
            RunState::Done => "done",
            RunState::Failed => "failed",
        }
    }

    /// The state of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// What a run found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunFigures {
    /// Accounts that were read.
    pub accounts: i64,
    /// Of these, those that somebody had to hear of.
    pub due: i64,
    /// Mails that were asked for.
    pub mails: i64,
    /// SMS that were asked for.
    pub sms: i64,
    /// Accounts that may sign in and belong to no unit with a recipient, due or not. Where managers are told, those without
    /// one, and of those that are due, those whose manager no mail reaches.
    pub unmapped: i64,
    /// Accounts that nobody could be told of.
    pub failures: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_come_back_by_their_names() {
        for state in RunState::ALL {
            assert_eq!(RunState::from_stored(state.as_str()), Some(state));
        }
        assert_eq!(RunState::from_stored("begun"), None);
    }
}
