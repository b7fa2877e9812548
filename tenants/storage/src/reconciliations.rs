//! Reconciliations: the daily look at who of those with registered numbers is still there, who was absent since when, and
//! the removal of their numbers.

use chrono::NaiveDate;
use portvakt_domain::{
    audit::NewEvent,
    id::{AccountKey, ReconciliationId},
    reconciliation::{Absence, Occasion, ReconciliationFigures, ReconciliationState},
    time::Instant,
};

/// A reconciliation to be begun.
#[derive(Debug, Clone)]
pub struct NewReconciliation {
    /// Its id, if none is under way.
    pub id: ReconciliationId,
    /// The tenant's local day.
    pub day: NaiveDate,
    /// Who asked for it.
    pub occasion: Occasion,
    /// Now.
    pub now: Instant,
}

/// A reconciliation that ends.
#[derive(Debug, Clone)]
pub struct EndReconciliation {
    /// Which.
    pub id: ReconciliationId,
    /// How.
    pub state: ReconciliationState,
    /// What it found. Removals are counted where they are made: who took it up after a crash knows only of later ones.
    pub figures: ReconciliationFigures,
    /// Why it stopped or failed, naming nobody.
    pub problem: Option<String>,
    /// Now.
    pub at: Instant,
    /// Recorded, with `reconciliation`, `outcome` and the figures among its details.
    pub event: NewEvent,
}

/// A reconciliation as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReconciliation {
    /// Its id.
    pub id: ReconciliationId,
    /// The tenant's local day.
    pub day: NaiveDate,
    /// Who asked for it.
    pub occasion: Occasion,
    /// How far it is.
    pub state: ReconciliationState,
    /// When it was begun.
    pub started_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// What it found and did; noughts but for the removals until it ended.
    pub figures: ReconciliationFigures,
    /// Why it stopped or failed.
    pub problem: Option<String>,
}

/// An account with numbers that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absent {
    /// Which.
    pub account: AccountKey,
    /// When that was first seen.
    pub since: Instant,
    /// How it is absent, as was last seen.
    pub reason: Absence,
    /// An operator knows that it is gone.
    pub accepted: bool,
}

/// What becomes of the directory's attribute when numbers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeEnd {
    /// It is to be emptied as soon as the account can be written to.
    Empty,
    /// Nothing of it is kept.
    Forget,
}

/// The removal of an absent account's numbers.
#[derive(Debug, Clone)]
pub struct RemoveNumbers {
    /// The reconciliation that does it.
    pub id: ReconciliationId,
    /// The absence, as it was read.
    pub absent: Absent,
    /// The directory's attribute.
    pub attribute: AttributeEnd,
    /// Now.
    pub now: Instant,
    /// Recorded, with how many `numbers` there were among its details.
    pub event: NewEvent,
    /// Recorded where a delayed change waited.
    pub overtaken: NewEvent,
}

/// A tenant's reconciliations at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReconciliationGlance {
    /// When the last one that is done ended.
    pub last_done_at: Option<Instant>,
    /// The last one that ended was stopped, or given up.
    pub stopped: bool,
}

storage_functions! { of reconciliations:
    /// Accounts with numbers, in the order of their keys, after one of them.
    read fn registered(after: Option<AccountKey>, limit: i64) -> Vec<AccountKey>;

    /// Begins a reconciliation, or takes up the one that is under way: the id is that one's then. One that is under way for
    /// another day or occasion was left behind: it ends as failed, and an event tells of it.
    write fn begin(new: NewReconciliation) -> ReconciliationId;

    /// Ends a reconciliation. `false`: it had ended already, and nothing is recorded.
    write fn end(end: EndReconciliation) -> bool;

    /// The newest reconciliations, newest first.
    read fn list(limit: i64) -> Vec<StoredReconciliation>;

    /// The day of the newest reconciliation that the schedule asked for and that is done or stopped. One of a clock that was
    /// ahead does not count.
    read fn covered(now: Instant) -> Option<NaiveDate>;

    /// When the tenant's first settings were stored.
    read fn tenant_since() -> Option<Instant>;

    /// A tenant's reconciliations at a glance.
    read fn glance() -> ReconciliationGlance;

    /// Every account that was absent when it was last looked at.
    read fn absences() -> Vec<Absent>;

    /// Notes who is absent. Of those that were absent already, the time stays; the reason and whether it is accepted are
    /// what is said now.
    write fn note_absences(absent: Vec<Absent>) -> ();

    /// Forgets absences: the accounts are there, or have no numbers.
    write fn forget_absences(accounts: Vec<AccountKey>) -> ();

    /// Removes an absent account's numbers with what they are looked up by, ends its flows and the change that waits, and
    /// forgets the absence. `false`, and nothing is removed: the absence is another one by now or forgotten, or a number was
    /// registered since it began, which shows that the account was there: it begins anew.
    write fn remove(removal: RemoveNumbers) -> bool;
}
