//! Why a new password was not taken: from what a directory answered, and what is known besides, to one reason that a
//! person can be told in a sentence.

use chrono::TimeDelta;

use crate::{
    account::Account,
    directory::{DirectoryError, EffectivePolicy, Rejection},
    policy::{Rule, changeable_from},
    time::Instant,
};

macro_rules! rejection_reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Why a new password was not taken.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum RejectionReason { $($(#[$doc])* $name,)* }

        impl RejectionReason {
            /// All reasons.
            pub const ALL: &'static [RejectionReason] = &[$(RejectionReason::$name),*];

            /// The name in statistics, metrics, audit events, and the end of its text's key.
            pub fn as_str(self) -> &'static str {
                match self { $(RejectionReason::$name => $text,)* }
            }
        }
    };
}

rejection_reasons! {
    /// Too few characters.
    TooShort = "too_short",
    /// Too many characters.
    TooLong = "too_long",
    /// Too few kinds of characters.
    TooSimple = "too_simple",
    /// A word that is guessed first.
    Guessable = "guessable",
    /// The username or the person's own name is part of it.
    ContainsName = "contains_name",
    /// Characters that are not taken.
    Characters = "characters",
    /// The current password, or an earlier one that the directory remembers.
    Earlier = "earlier",
    /// The present password was set too recently to be changed.
    TooYoung = "too_young",
    /// One of the two; Active Directory does not say which.
    EarlierOrTooYoung = "earlier_or_too_young",
    /// The directory's rules refuse it, by one that it does not name and that nobody told us of.
    Unnamed = "unnamed",
    /// The current password that was given is wrong.
    WrongPassword = "wrong_password",
    /// The account is locked out, so that its password can't be changed.
    Locked = "locked",
    /// The account is not to be written to by us: gone, protected, or without the right.
    NoRight = "no_right",
    /// The directory was not reached.
    Unavailable = "unavailable",
    /// The directory takes no such write from us as it is set up.
    NotTaken = "not_taken",
}

impl RejectionReason {
    /// The reason of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == name)
    }

    /// The reason behind a rule that a password breaks.
    pub fn of_rule(rule: &Rule) -> Self {
        match rule {
            Rule::MinLength(_) => Self::TooShort,
            Rule::MaxLength(_) => Self::TooLong,
            Rule::Kinds(_) | Rule::KindsForBoth(_) | Rule::DirectoryKinds => Self::TooSimple,
            Rule::Upper | Rule::Lower | Rule::Digit | Rule::Sign => Self::TooSimple,
            Rule::Without(_) | Rule::LettersAndDigits | Rule::Ascii | Rule::AsciiAndSpace => Self::Characters,
            Rule::NotUsername | Rule::NotName => Self::ContainsName,
            Rule::NotBanned | Rule::NotLeaked => Self::Guessable,
            Rule::NotEarlier(_) => Self::Earlier,
            Rule::MinAge(_) => Self::TooYoung,
        }
    }
}

/// What is known beside a directory's answer, for reasons that it does not tell apart.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The directory's rules for the account.
    pub policy: &'a EffectivePolicy,
    /// The account as it was before the write.
    pub account: &'a Account,
    /// Whether the directory was made to look at earlier passwords and at the minimum age: in a change always, in a reset
    /// only with policy hints.
    pub looks_back: bool,
    /// Now.
    pub now: Instant,
}

impl Circumstances<'_> {
    /// How long the present password has to be kept still; `None`: it may be changed, or nobody knows since when it holds.
    pub fn wait(&self) -> Option<TimeDelta> {
        // One that must be changed may be.
        let set_at = self.account.password_set_at.filter(|_| !self.account.must_change);
        let from = changeable_from(self.policy, self.looks_back, set_at, self.now)?;
        Some(from - self.now)
    }
}

/// The reason behind a write that came to nothing. `None`: nobody knows whether it did.
pub fn reason(error: &DirectoryError, known: &Circumstances<'_>) -> Option<RejectionReason> {
    Some(match error {
        DirectoryError::Rejected(Rejection::Policy) => unnamed(known),
        DirectoryError::Rejected(Rejection::TooShort) => RejectionReason::TooShort,
        DirectoryError::Rejected(Rejection::TooSimple) => RejectionReason::TooSimple,
        DirectoryError::Rejected(Rejection::InHistory) => RejectionReason::Earlier,
        DirectoryError::Rejected(Rejection::TooYoung) => RejectionReason::TooYoung,
        DirectoryError::Rejected(Rejection::IllFormed) => RejectionReason::Characters,
        DirectoryError::NoRight(_) | DirectoryError::NotFound => RejectionReason::NoRight,
        DirectoryError::Unavailable(_) => RejectionReason::Unavailable,
        DirectoryError::Misconfigured(_) => RejectionReason::NotTaken,
        DirectoryError::OutcomeUnknown(_) => return None,
    })
}

/// Active Directory names no rule. Length, kinds and names were checked before it was asked, so what is left is what only
/// it can look at, as far as it did.
fn unnamed(known: &Circumstances<'_>) -> RejectionReason {
    let history = known.looks_back && known.policy.history > 0;
    let age = known.looks_back && known.policy.min_age_seconds > 0 && !known.account.must_change;
    match (history, age) {
        (_, true) if known.wait().is_some() => RejectionReason::TooYoung,
        (true, true) if known.account.password_set_at.is_none() => RejectionReason::EarlierOrTooYoung,
        (true, _) => RejectionReason::Earlier,
        (false, true) => RejectionReason::TooYoung,
        (false, false) => RejectionReason::Unnamed,
    }
}

#[cfg(test)]
#[path = "rejection/tests.rs"]
mod tests;
