//! A flow: one attempt at something, kept on the server, step by step.

use chrono::TimeDelta;

use crate::{
    account::Choice,
    id::{AccountKey, FlowId, TenantId},
    keys::{KeyedHash, Sealed},
    language::Language,
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
    pub fn as_str(self) -> &'static str {
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
    /// Registration, end: the number is saved.
    NumberSaved = "number_saved",
    /// Registration, end: the person found the number right and left it.
    NumberKept = "number_kept",
    /// End: cancelled by the person.
    Cancelled = "cancelled",
    /// End: too many wrong codes or passwords.
    Exhausted = "exhausted",
    /// End: overtaken, because the account's number was changed meanwhile.
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
                | FlowState::Cancelled
                | FlowState::Exhausted
                | FlowState::Ended
        )
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

impl Flow {
    /// When the flow ends if nothing more is sent in.
    pub fn ends_at(&self) -> Instant {
        (self.touched_at + IDLE_LIFE).min(self.created_at + WHOLE_LIFE)
    }

    /// Whether the flow may still be gone on with, as far as time goes.
    pub fn is_live(&self, now: Instant) -> bool {
        now < self.ends_at()
    }
}
