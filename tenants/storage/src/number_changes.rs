//! Delayed changes of numbers. They are asked for and stopped with a code: see [`crate::flows::NumberEffect`].

use chrono::TimeDelta;
use portvakt_domain::{
    audit::NewEvent,
    id::{AccountKey, FlowId, NumberChangeId},
    keys::{KeyedHash, Sealed},
    language::Language,
    message::NewMessage,
    number_change::{ChangeOrigin, NumberChange},
    time::Instant,
};
use uuid::Uuid;

/// A delayed change that is asked for.
#[derive(Debug, Clone)]
pub struct NewNumberChange {
    /// Its id; the job's payload.
    pub id: NumberChangeId,
    /// Whose number; must be the flow's account.
    pub account: AccountKey,
    /// The row of the number that it replaces.
    pub target: Uuid,
    /// The new number, sealed (`number_changes.number`, row: the change).
    pub number: Sealed,
    /// The new number, hashed for look-ups.
    pub number_hash: KeyedHash,
    /// Who asks.
    pub origin: ChangeOrigin,
    /// The flow it is asked for in; where nobody asks in one, an id that no flow has.
    pub flow: FlowId,
    /// The client's network, hashed; zeros where there is none.
    pub network: KeyedHash,
    /// The language of its notices.
    pub language: Language,
    /// Now.
    pub requested_at: Instant,
    /// When it is carried out.
    pub due_at: Instant,
}

/// A delayed change that is due.
#[derive(Debug, Clone)]
pub struct CarryOut {
    /// Which.
    pub change: NumberChangeId,
    /// Whose number.
    pub account: AccountKey,
    /// Now.
    pub now: Instant,
    /// The number, sealed (`numbers.number`, row: the change's target).
    pub sealed: Sealed,
    /// The number, hashed for look-ups.
    pub number_hash: KeyedHash,
    /// Whom to tell.
    pub notices: Vec<NewMessage>,
    /// The number is to be written to the directory's attribute. One that comes from there is not.
    pub write_attribute: bool,
    /// Recorded with it.
    pub event: NewEvent,
}

storage_functions! { of number_changes:
    /// A delayed change.
    read fn find(change: NumberChangeId) -> Option<NumberChange>;

    /// The delayed change that waits for an account.
    read fn waiting(account: AccountKey) -> Option<NumberChange>;

    /// Carries out a change that waits and is due: its number takes its target's place, and the account's open flows end as
    /// after a [`SaveNumber`](crate::flows::SaveNumber).
    /// `false`: it waits no longer, or not long enough; nothing is changed and nobody told.
    write fn carry_out(due: CarryOut) -> bool;

    /// Makes all changes that wait do so for longer, and says how many these are.
    write fn postpone(by: TimeDelta) -> usize;

    /// Gives up a change that waits. `false`: it waits no longer.
    write fn refuse(change: NumberChangeId, now: Instant, event: NewEvent) -> bool;
}
