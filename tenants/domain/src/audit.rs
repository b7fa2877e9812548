//! The audit trail: what is recorded, how it is encoded, and how events are sealed to each other.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{
    id::{AccountKey, EventId, FlowId, TenantId},
    keys::{AuditKey, KeyedHash},
    time::Instant,
};

macro_rules! audit_kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AuditKind { $($(#[$doc])* $name,)* }

        impl AuditKind {
            /// The stored name.
            pub fn as_str(self) -> &'static str {
                match self { $(AuditKind::$name => $text,)* }
            }

            /// The kind of a stored name.
            pub fn from_stored(name: &str) -> Option<Self> {
                [$(AuditKind::$name),*].into_iter().find(|kind| kind.as_str() == name)
            }
        }
    };
}

audit_kinds! {
    /// A flow was begun.
    FlowBegun = "flow.begun",
    /// A flow was cancelled by the person.
    FlowCancelled = "flow.cancelled",
    /// A flow ended for too many wrong codes or passwords.
    FlowExhausted = "flow.exhausted",
    /// A code was asked for once more.
    CodeAskedAgain = "code.asked_again",
    /// A code was made and its turn at the gateway begun, or nothing is to be sent: the outcome says which.
    CodeSent = "code.sent",
    /// A right code.
    CodeRight = "code.right",
    /// A wrong code.
    CodeWrong = "code.wrong",
    /// A name and the current password were right, at registration or for a change.
    SignedIn = "sign_in.accepted",
    /// A name and a password were refused by the directory, or not passed on.
    SignInRefused = "sign_in.refused",
    /// A password is about to be written.
    PasswordIntended = "password.intended",
    /// What came of writing a password.
    PasswordOutcome = "password.outcome",
    /// A password is about to be changed with the old one.
    ChangeIntended = "change.intended",
    /// What came of changing a password with the old one.
    ChangeOutcome = "change.outcome",
    /// An unlock is about to be written.
    UnlockIntended = "unlock.intended",
    /// What came of an unlock.
    UnlockOutcome = "unlock.outcome",
    /// A recovery number was registered for the first time.
    NumberAdded = "number.added",
    /// A recovery number was changed.
    NumberChanged = "number.changed",
    /// A recovery number was removed.
    NumberRemoved = "number.removed",
    /// A delayed change of a number was asked for.
    NumberChangeAsked = "number_change.asked",
    /// A delayed change was cancelled: by a code to the old number, or overtaken by another change.
    NumberChangeCancelled = "number_change.cancelled",
    /// A delayed change was due and not carried out, since the account is not served any more.
    NumberChangeRefused = "number_change.refused",
    /// A number is about to be written to the directory's attribute, or taken away there.
    AttributeIntended = "number_attribute.intended",
    /// What came of that.
    AttributeOutcome = "number_attribute.outcome",
    /// What is known after an SMS or a mail was handed over: the outcome says it.
    MessageSettled = "message.settled",
    /// Somebody asked for a run of reminders by hand.
    RemindersAsked = "reminders.asked",
    /// A run of reminders ended: its details say how, and what it found.
    RemindersRun = "reminders.run",
    /// What is known after a reminder was handed over, or why it was not.
    ReminderSettled = "reminder.settled",
    /// Numbers of accounts that are not served any more were removed, or too many were to be: the outcome says which.
    NumbersReconciled = "numbers.reconciled",
    /// Somebody had a job tried again that was laid aside.
    JobRetried = "job.retried",
    /// Rows were removed that had served their time.
    Swept = "rows.swept",
    /// A limit answered or acted: for the first time in its window, or in this hour.
    LimitHit = "limit.hit",
    /// Most or all of the tenant's SMS budget of an hour or a day is used.
    BudgetAlarm = "sms_budget.alarm",
    /// Too few of the tenant's codes are used: networks that nobody got through from get less.
    BreakerOpened = "breaker.opened",
    /// Enough of them are used again, or they are few.
    BreakerClosed = "breaker.closed",
    /// A sealed value did not open where it was found.
    SealRejected = "seal.rejected",
    /// The tenant's stored values are being sealed anew with another key.
    KeysRotationBegun = "keys.rotation_begun",
    /// No stored value of the tenant is left under an older key.
    KeysRotationEnded = "keys.rotation_ended",
    /// The tenant's settings were changed.
    SettingsApplied = "settings.applied",
    /// The tenant was suspended: its hosts answer nobody, and nothing is sent or written for it.
    TenantSuspended = "tenant.suspended",
    /// The tenant is served again.
    TenantResumed = "tenant.resumed",
    /// The tenant is to be deleted when a grace period is over.
    TenantDeletionAsked = "tenant.deletion_asked",
    /// It is not to be deleted after all.
    TenantRestored = "tenant.restored",
    /// The canary is about to be reset by a check of the directory.
    CanaryIntended = "check.canary_intended",
    /// What came of that.
    CanaryOutcome = "check.canary_outcome",
}

/// An event to be recorded, in the transaction of what it tells.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Its id.
    pub id: EventId,
    /// When it happened.
    pub at: Instant,
    /// What happened.
    pub kind: AuditKind,
    /// Whom it concerns. Stored as a random subject id, so that a person can be forgotten and the chain stays whole.
    pub account: Option<AccountKey>,
    /// The flow it belongs to.
    pub flow: Option<FlowId>,
    /// The client's network, hashed.
    pub network: Option<KeyedHash>,
    /// Who acted, where it was not the person: an operator's or a command's name.
    pub actor: Option<String>,
    /// Details by name, such as `outcome`. No names of people, numbers, codes or passwords.
    pub details: BTreeMap<String, String>,
}

/// An event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// When it happened.
    pub at: Instant,
    /// What happened, by its stored name: a newer release may know kinds that this one does not.
    pub kind: String,
    /// The pseudonym of whom it concerns.
    pub subject: Option<Uuid>,
    /// The flow it belongs to.
    pub flow: Option<FlowId>,
    /// The client's network, hashed.
    pub network: Option<KeyedHash>,
    /// Who acted.
    pub actor: Option<String>,
    /// Details by name.
    pub details: BTreeMap<String, String>,
}

/// A link of the chain: event number `seq`, from 1 without gaps, and the seal over the seal before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The event's place in the chain.
    pub seq: i64,
    /// The event.
    pub event: EventId,
    /// HMAC-SHA-256, see [`seal`].
    pub seal: [u8; 32],
    /// The name of the key that it was sealed with; `None`: by a release that did not write which.
    pub key: Option<String>,
}

/// The seal before the first.
pub const GENESIS: [u8; 32] = [0; 32];

/// Seals an event: HMAC with the tenant's audit key over the tenant, the previous seal, the place in the chain and the
/// event's canonical encoding.
pub fn seal(key: &AuditKey, tenant: TenantId, previous: &[u8; 32], seq: i64, event: &Event) -> [u8; 32] {
    key.mac(&[b"portvakt/audit/1", tenant.0.as_bytes(), previous, &seq.to_be_bytes(), &canonical(event)])
}

/// One encoding for one event: every field preceded by its length, absent ones told from empty ones, details in the
/// order of their names, time in microseconds since 1970 (what both databases keep).
pub(crate) fn canonical(event: &Event) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    put(&mut out, Some(event.id.0.as_bytes()));
    put(&mut out, Some(&event.at.timestamp_micros().to_be_bytes()));
    put(&mut out, Some(event.kind.as_bytes()));
    put(&mut out, event.subject.as_ref().map(|subject| subject.as_bytes().as_slice()));
    put(&mut out, event.flow.as_ref().map(|flow| flow.0.as_bytes().as_slice()));
    put(&mut out, event.network.as_ref().map(|network| network.0.as_slice()));
    put(&mut out, event.actor.as_ref().map(|actor| actor.as_bytes()));
    put(&mut out, Some(&(event.details.len() as u64).to_be_bytes()));
    for (name, value) in &event.details {
        put(&mut out, Some(name.as_bytes()));
        put(&mut out, Some(value.as_bytes()));
    }
    out
}

fn put(out: &mut Vec<u8>, field: Option<&[u8]>) {
    match field {
        None => out.push(0),
        Some(bytes) => {
            out.push(1);
            out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
            out.extend_from_slice(bytes);
        }
    }
}

/// What is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A link is missing.
    #[error("link {expected} is missing: found {found} after it")]
    Gap {
        /// The link that should come next.
        expected: i64,
        /// The link found.
        found: i64,
    },
    /// A sealed event is gone.
    #[error("the event of link {0} is gone")]
    EventMissing(i64),
    /// An event, its place or a seal was altered.
    #[error("the seal of link {0} does not fit: the event, its place or the seal was altered")]
    Broken(i64),
    /// The chain ends before a link that is known to have existed.
    #[error("the chain ends at link {found}, but link {known} was sealed once")]
    Truncated {
        /// The last link found.
        found: i64,
        /// The link that is known.
        known: i64,
    },
    /// A link or a checkpoint needs a key that is not in the ring.
    #[error("link {0} was sealed with key {1:?}, which is not in the key ring")]
    UnknownKey(i64, String),
    /// What a checkpoint covers was altered, or the checkpoint itself.
    #[error("the checkpoint at link {0} does not fit: a link or an event before it, or the checkpoint, was altered")]
    CheckpointBroken(i64),
    /// A known link has another seal than it had.
    #[error("link {0} has another seal than the one that is known: the chain was written anew")]
    Replaced(i64),
}

/// Where a chain stands: its last link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Links so far.
    pub seq: i64,
    /// The last link's seal.
    pub seal: [u8; 32],
}

impl Head {
    /// A chain without links.
    pub const EMPTY: Head = Head { seq: 0, seal: GENESIS };

    /// Goes on by one stored link and its event; `Err` names what does not fit.
    ///
    /// # Errors
    /// A gap, a missing event, or a seal that does not fit.
    pub fn advance(
        self,
        key: &AuditKey,
        tenant: TenantId,
        link: &Seal,
        event: Option<&Event>,
    ) -> Result<Head, ChainError> {
        let seq = self.seq + 1;
        if link.seq != seq {
            return Err(ChainError::Gap { expected: seq, found: link.seq });
        }
        let event = event.ok_or(ChainError::EventMissing(seq))?;
        let fits = seal(key, tenant, &self.seal, seq, event) == link.seal && event.id == link.event;
        if fits { Ok(Head { seq, seal: link.seal }) } else { Err(ChainError::Broken(seq)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyRing;
    use chrono::DateTime;

    const TENANT: TenantId = TenantId(Uuid::from_u128(1));

    fn key() -> AuditKey {
        KeyRing::new("k", [("k".to_owned(), vec![9; 32])]).expect("a ring").audit_key(TENANT)
    }

    fn event(n: u128) -> Event {
        Event {
            id: EventId(Uuid::from_u128(n)),
            at: DateTime::from_timestamp_micros(1_800_000_000_000_001).expect("a time"),
            kind: AuditKind::CodeRight.as_str().to_owned(),
            subject: Some(Uuid::from_u128(5)),
            flow: None,
            network: None,
            actor: None,
            details: BTreeMap::from([("outcome".to_owned(), "ok".to_owned())]),
        }
    }

    fn chain(n: i64) -> Vec<(Seal, Event)> {
        let mut head = Head::EMPTY;
        (1..=n)
            .map(|seq| {
                let event = event(seq as u128);
                let link =
                    Seal { seq, event: event.id, seal: seal(&key(), TENANT, &head.seal, seq, &event), key: None };
                head = Head { seq, seal: link.seal };
                (link, event)
            })
            .collect()
    }

    fn walk(chain: &[(Seal, Event)]) -> Result<Head, ChainError> {
        chain.iter().try_fold(Head::EMPTY, |head, (link, event)| head.advance(&key(), TENANT, link, Some(event)))
    }

    #[test]
    fn a_whole_chain_holds_and_every_change_breaks_it() {
        let whole = chain(4);
        assert_eq!(walk(&whole).expect("whole").seq, 4);
        let changes: [fn(&mut Event); 7] = [
            |e| e.kind.push('x'),
            |e| e.subject = None,
            |e| e.flow = Some(FlowId(Uuid::nil())),
            |e| e.network = Some(KeyedHash([0; 32])),
            |e| e.actor = Some(String::new()),
            |e| e.at += chrono::TimeDelta::microseconds(1),
            |e| _ = e.details.insert("more".to_owned(), String::new()),
        ];
        for change in changes {
            let mut altered = whole.clone();
            change(&mut altered[1].1);
            assert_eq!(walk(&altered), Err(ChainError::Broken(2)));
        }
        let mut gap = whole.clone();
        gap.remove(1);
        assert_eq!(walk(&gap), Err(ChainError::Gap { expected: 2, found: 3 }));
        let mut swapped = whole.clone();
        let (a, b) = (swapped[1].1.clone(), swapped[2].1.clone());
        (swapped[1].1, swapped[2].1) = (b, a);
        assert_eq!(walk(&swapped), Err(ChainError::Broken(2)));
        assert_eq!(Head::EMPTY.advance(&key(), TENANT, &whole[0].0, None), Err(ChainError::EventMissing(1)));
    }

    #[test]
    fn a_link_of_another_history_does_not_fit() {
        // The same key sealed both, as after a database was set back and went on from there.
        let whole = chain(3);
        let mut first = event(1);
        first.details.insert("outcome".to_owned(), "another".to_owned());
        let link =
            Seal { seq: 1, event: first.id, seal: seal(&key(), TENANT, &Head::EMPTY.seal, 1, &first), key: None };
        let mixed = [vec![(link, first)], whole[1..].to_vec()].concat();
        assert_eq!(walk(&mixed), Err(ChainError::Broken(2)));
    }

    #[test]
    fn another_tenants_seal_does_not_fit() {
        let (link, event) = chain(1).remove(0);
        let other = TenantId(Uuid::from_u128(2));
        assert_eq!(Head::EMPTY.advance(&key(), other, &link, Some(&event)), Err(ChainError::Broken(1)));
    }
}
