//! How many wrong passwords are passed on to a directory, so that nobody can lock an account from outside.

use crate::{
    account::Account,
    directory::{Authentication, EffectivePolicy, Refusal},
    time::Instant,
};

/// Failures that stay the account owner's own: they may mistype twice elsewhere before the directory locks.
const RESERVE: u32 = 2;
/// Failures per window passed on where the directory never locks: a bound all the same, against guessing.
const WITHOUT_LOCKOUT: u32 = 10;
/// The window where the directory names none.
const DEFAULT_WINDOW_SECONDS: i64 = 30 * 60;

/// What a name and the current password are given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    /// To register a number.
    Registration,
    /// To change the password.
    Change,
}

impl Entrance {
    /// Whether an account may enter here; for others nothing is asked of the directory that counts against them.
    pub fn admits(self, account: &Account) -> bool {
        match self {
            Entrance::Registration => account.may_sign_in(),
            Entrance::Change => account.may_change_password(),
        }
    }

    /// Whether the directory's answer proves the password. An expired one, and one that must be changed, are told of only
    /// to who gave the right one; they let in where it is going to be changed, and nowhere else.
    pub fn is_proof(self, answer: Authentication) -> bool {
        match answer {
            Authentication::Accepted => true,
            Authentication::Refused(Refusal::PasswordExpired | Refusal::MustChange) => self == Entrance::Change,
            Authentication::Refused(_) => false,
        }
    }
}

/// What the guard of one account allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Failures that may be passed on in one window, all networks and replicas together, those under way included.
    pub failures: i32,
    /// The window, in seconds from the last failure.
    pub window_seconds: i64,
    /// Failures that the directory already counts, ours or not.
    pub already: i32,
}

/// What may be passed on for this account under its policy: threshold − 2 per window, less what the directory has
/// counted already.
pub fn allowance(account: &Account, policy: &EffectivePolicy, now: Instant) -> Allowance {
    let window_seconds = match policy.lockout_window_seconds {
        seconds if seconds > 0 => seconds,
        _ => DEFAULT_WINDOW_SECONDS,
    };
    let failures = match policy.lockout_threshold {
        0 => WITHOUT_LOCKOUT,
        threshold => threshold.saturating_sub(RESERVE),
    };
    // The directory forgets the count only with the next attempt; a count older than the window is none.
    let counts = account.bad_password_at.is_some_and(|at| (now - at).num_seconds() <= window_seconds);
    let already = if counts { account.bad_passwords } else { 0 };
    Allowance {
        failures: i32::try_from(failures).unwrap_or(i32::MAX),
        window_seconds,
        already: i32::try_from(already).unwrap_or(i32::MAX),
    }
}

/// The allowance for a name that nobody has: what an ordinary account would get, so that both are refused alike.
pub fn allowance_for_nobody(domain: &EffectivePolicy) -> Allowance {
    let window_seconds =
        if domain.lockout_window_seconds > 0 { domain.lockout_window_seconds } else { DEFAULT_WINDOW_SECONDS };
    let failures = match domain.lockout_threshold {
        0 => WITHOUT_LOCKOUT,
        threshold => threshold.saturating_sub(RESERVE),
    };
    Allowance { failures: i32::try_from(failures).unwrap_or(i32::MAX), window_seconds, already: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expired_password_is_a_proof_where_it_is_changed_and_nowhere_else() {
        use Refusal as R;
        for (answer, registration, change) in [
            (Authentication::Accepted, true, true),
            (Authentication::Refused(R::PasswordExpired), false, true),
            (Authentication::Refused(R::MustChange), false, true),
            (Authentication::Refused(R::WrongPassword), false, false),
            (Authentication::Refused(R::Locked), false, false),
            (Authentication::Refused(R::NotAllowed), false, false),
        ] {
            assert_eq!(Entrance::Registration.is_proof(answer), registration, "{answer:?}");
            assert_eq!(Entrance::Change.is_proof(answer), change, "{answer:?}");
        }
    }
}
