//! How many wrong passwords are passed on to a directory, so that nobody can lock an account from outside.

use crate::{account::Account, directory::EffectivePolicy, time::Instant};

/// Failures that stay the account owner's own: they may mistype twice elsewhere before the directory locks.
const RESERVE: u32 = 2;
/// Failures per window passed on where the directory never locks: a bound all the same, against guessing.
const WITHOUT_LOCKOUT: u32 = 10;
/// The window where the directory names none.
const DEFAULT_WINDOW_SECONDS: i64 = 30 * 60;

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
