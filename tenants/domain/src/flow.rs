//! A flow: one attempt at something, kept on the server, step by step.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    account::Choice,
    id::{AccountKey, FlowId, MessageId, TenantId},
    keys::{KeyedHash, Sealed},
    language::Language,
    message::MessageKind,
    time::Instant,
};

/// A flow ends when nothing was sent in for this long.
pub const IDLE_LIFE: TimeDelta = TimeDelta::minutes(15);
/// A flow ends after this long, whatever happens in it.
pub const WHOLE_LIFE: TimeDelta = TimeDelta::minutes(30);

/// Which house the flow belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlowKind {
    /// At pwreset: unlock, or a new password, also by who knows the old one.
    Reset,
    /// At pwreg: a recovery number.
    Register,
}

impl FlowKind {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            FlowKind::Reset => "reset",
            FlowKind::Register => "register",
        }
    }

    /// The kind of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        [FlowKind::Reset, FlowKind::Register].into_iter().find(|kind| kind.as_str() == name)
    }
}

macro_rules! flow_states {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Where a flow stands.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FlowState { $($(#[$doc])* $name,)* }

        impl FlowState {
            /// All states.
            pub const ALL: &'static [FlowState] = &[$(FlowState::$name),*];

            /// The stored name.
            pub fn as_str(self) -> &'static str {
                match self { $(FlowState::$name => $text,)* }
            }
        }
    };
}

flow_states! {
    /// Reset: a code was asked for.
    AwaitingCode = "awaiting_code",
    /// Reset: the code was right; unlock or a new password may follow.
    Verified = "verified",
    /// Change: the current password was right; a code was asked for.
    AwaitingChangeCode = "awaiting_change_code",
    /// Change: the current password was right, and the code where one is asked for; a new password may follow.
    Changing = "changing",
    /// Reset: a write to the directory is under way. A flow found here later is one whose outcome nobody knows.
    Writing = "writing",
    /// Reset, end: the password was set.
    PasswordSet = "password_set",
    /// Change, end: the password was changed.
    PasswordChanged = "password_changed",
    /// Reset, end: the account was unlocked.
    Unlocked = "unlocked",
    /// Reset, end: a write was sent and nobody knows whether it happened.
    OutcomeUnknown = "outcome_unknown",
    /// Registration: signed in; the password has to be entered again before anything is shown.
    SignedIn = "signed_in",
    /// Registration: the number may be seen and entered.
    EnteringNumber = "entering_number",
    /// Registration: a code to the number already there was asked for.
    AwaitingOldCode = "awaiting_old_code",
    /// Registration: a code to the new number was asked for.
    AwaitingNewCode = "awaiting_new_code",
    /// Registration, not signed in: a code was asked for, to stop a delayed change.
    AwaitingStopCode = "awaiting_stop_code",
    /// Registration, end: the number is saved.
    NumberSaved = "number_saved",
    /// Registration, end: the person found the number right and left it.
    NumberKept = "number_kept",
    /// Registration, end: a number is removed.
    NumberRemoved = "number_removed",
    /// Registration, end: a delayed change waits.
    ChangeWaiting = "change_waiting",
    /// Registration, end: a delayed change was stopped.
    ChangeStopped = "change_stopped",
    /// End: cancelled by the person.
    Cancelled = "cancelled",
    /// End: too many wrong codes or passwords.
    Exhausted = "exhausted",
    /// End: overtaken, because the account's number was changed meanwhile. Never of a flow that waits for a code by name.
    Ended = "ended",
}

impl FlowState {
    /// The state of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == name)
    }

    /// Whether a code may be entered here.
    pub fn awaits_code(self) -> bool {
        matches!(
            self,
            FlowState::AwaitingCode
                | FlowState::AwaitingChangeCode
                | FlowState::AwaitingOldCode
                | FlowState::AwaitingNewCode
                | FlowState::AwaitingStopCode
        )
    }

    /// Whether nothing but a name was given so far: whoever gave it may be a stranger, who is to learn nothing.
    pub fn is_by_name(self) -> bool {
        matches!(self, FlowState::AwaitingCode | FlowState::AwaitingStopCode)
    }

    /// Whether a person who signed in may say here what is to be done to the numbers, also for the second time.
    pub fn may_begin_task(self) -> bool {
        matches!(self, FlowState::EnteringNumber | FlowState::AwaitingOldCode | FlowState::AwaitingNewCode)
    }

    /// Whether the flow came to the end that the person wanted, which takes a code or the password.
    pub fn is_success(self) -> bool {
        matches!(
            self,
            FlowState::PasswordSet
                | FlowState::PasswordChanged
                | FlowState::Unlocked
                | FlowState::NumberSaved
                | FlowState::NumberRemoved
                | FlowState::ChangeWaiting
                | FlowState::ChangeStopped
        )
    }

    /// Whether the flow is over.
    pub fn is_end(self) -> bool {
        matches!(
            self,
            FlowState::PasswordSet
                | FlowState::PasswordChanged
                | FlowState::Unlocked
                | FlowState::OutcomeUnknown
                | FlowState::NumberSaved
                | FlowState::NumberKept
                | FlowState::NumberRemoved
                | FlowState::ChangeWaiting
                | FlowState::ChangeStopped
                | FlowState::Cancelled
                | FlowState::Exhausted
                | FlowState::Ended
        )
    }
}

/// What a registration is about to do to the account's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberTask {
    /// Register a number where there is none.
    First,
    /// Put a new number in the place of one.
    Change,
    /// Register one more.
    Add,
    /// Remove one.
    Remove,
    /// Ask for a delayed change: the phone is lost.
    Delay,
    /// Stop a delayed change.
    Stop,
}

impl NumberTask {
    const ALL: [NumberTask; 6] = [
        NumberTask::First,
        NumberTask::Change,
        NumberTask::Add,
        NumberTask::Remove,
        NumberTask::Delay,
        NumberTask::Stop,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            NumberTask::First => "first",
            NumberTask::Change => "change",
            NumberTask::Add => "add",
            NumberTask::Remove => "remove",
            NumberTask::Delay => "delay",
            NumberTask::Stop => "stop",
        }
    }

    /// The task of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.as_str() == name)
    }

    /// What is sent to a number already there before the task goes on; `None` where no such code is demanded.
    pub fn old_code(self) -> Option<MessageKind> {
        match self {
            NumberTask::First | NumberTask::Delay => None,
            NumberTask::Change => Some(MessageKind::OldNumberCode),
            NumberTask::Add => Some(MessageKind::AddNumberCode),
            NumberTask::Remove => Some(MessageKind::RemoveNumberCode),
            NumberTask::Stop => Some(MessageKind::StopChangeCode),
        }
    }

    /// Where the flow goes when the code to a number already there was right.
    pub fn after_old_code(self) -> FlowState {
        match self {
            NumberTask::Remove => FlowState::NumberRemoved,
            NumberTask::Stop => FlowState::ChangeStopped,
            NumberTask::First | NumberTask::Change | NumberTask::Add | NumberTask::Delay => FlowState::AwaitingNewCode,
        }
    }

    /// Where the flow goes when the code to the new number was right.
    pub fn after_new_code(self) -> FlowState {
        match self {
            NumberTask::Delay => FlowState::ChangeWaiting,
            _ => FlowState::NumberSaved,
        }
    }
}

/// A flow as stored.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub id: FlowId,
    /// Which house.
    pub kind: FlowKind,
    /// Where it stands.
    pub state: FlowState,
    /// The name as typed, sealed (`flows.login`).
    pub login: Sealed,
    /// The account, once the directory was asked; `None` also where there is nobody to serve.
    pub account: Option<AccountKey>,
    /// The client's network, hashed.
    pub network: KeyedHash,
    /// Whether the tenant lists that network as its own.
    pub trusted_network: bool,
    /// The language the flow was begun in; messages follow it.
    pub language: Language,
    /// Registration: the number being registered, sealed (`flows.pending_number`).
    pub pending_number: Option<Sealed>,
    /// Registration: look-up hash of the number being registered.
    pub pending_number_hash: Option<KeyedHash>,
    /// Registration: what is done to the numbers.
    pub task: Option<NumberTask>,
    /// Registration: the row of the number that is changed or removed.
    pub target: Option<Uuid>,
    /// Registration: the row of the number that gets the code which proves the right to the task.
    pub proof: Option<Uuid>,
    /// Registration: who holds the number being registered, sealed (`flows.pending_holder`).
    pub pending_holder: Option<Sealed>,
    /// The row of the number that the current code was sent to; `None` where none was.
    pub code_number: Option<Uuid>,
    /// The message that carries the current code.
    pub code_message: Option<MessageId>,
    /// The choice made at a reset.
    pub choice: Option<Choice>,
    /// When the current code was asked for; lives and waits count from here.
    pub code_requested_at: Option<Instant>,
    /// Hash of the current code; `None` until it was made.
    pub code_hash: Option<KeyedHash>,
    /// Wrong tries at the current code.
    pub tries: i32,
    /// Wrong tries at all codes.
    pub wrong_codes: i32,
    /// Codes asked for, in this step.
    pub codes_sent: i32,
    /// When it was begun.
    pub created_at: Instant,
    /// When something was last sent in.
    pub touched_at: Instant,
}

/// How long a flow still has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLeft {
    /// Until it ends because nothing was sent in.
    pub idle: TimeDelta,
    /// Until it ends whatever is sent in.
    pub whole: TimeDelta,
}

impl TimeLeft {
    /// Until it ends if nothing more is sent in.
    pub fn shortest(self) -> TimeDelta {
        self.idle.min(self.whole)
    }
}

impl Flow {
    /// How long the flow still has; nothing is below zero.
    pub fn time_left(&self, now: Instant) -> TimeLeft {
        let left = |end: Instant| (end - now).max(TimeDelta::zero());
        TimeLeft { idle: left(self.touched_at + IDLE_LIFE), whole: left(self.created_at + WHOLE_LIFE) }
    }

    /// When the flow ends if nothing more is sent in.
    pub fn ends_at(&self) -> Instant {
        (self.touched_at + IDLE_LIFE).min(self.created_at + WHOLE_LIFE)
    }

    /// Whether the flow may still be gone on with, as far as time goes.
    pub fn is_live(&self, now: Instant) -> bool {
        now < self.ends_at()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_first_number_and_a_lost_phone_go_without_a_code_to_a_number_already_there() {
        for task in NumberTask::ALL {
            assert_eq!(NumberTask::from_stored(task.as_str()), Some(task));
            let without = matches!(task, NumberTask::First | NumberTask::Delay);
            assert_eq!(task.old_code().is_none(), without, "{task:?}");
            assert!(task.old_code().is_none_or(|kind| kind.code_purpose().is_some()), "{task:?}");
            // What is asked for without the old phone is never done at once.
            assert_eq!(task.after_new_code() == FlowState::ChangeWaiting, task == NumberTask::Delay, "{task:?}");
        }
    }

    #[test]
    fn no_state_that_awaits_a_code_is_an_end() {
        assert!(FlowState::ALL.iter().all(|state| !(state.awaits_code() && state.is_end())));
    }
}
