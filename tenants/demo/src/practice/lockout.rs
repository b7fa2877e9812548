//! Counting wrong passwords, locking and unlocking.

use super::{entry::EntryId, policy, store::State};

/// Whether an account is locked now (MS-ADTS 3.1.1.4.5.17): `lockoutTime` alone does not tell, since it keeps its
/// value after the lockout has ended by itself.
pub(crate) fn is_locked(state: &State, id: EntryId, now: i64) -> bool {
    let since = state.get(id).and_then(|entry| entry.number("lockoutTime")).unwrap_or_default();
    since != 0
        && policy::effective(state, id).lockout_duration.is_none_or(|duration| since.saturating_add(duration) > now)
}

/// Counts a wrong password and locks at the threshold (MS-SAMR 3.1.5.14.6). The caller has seen that the account is
/// not locked: attempts on a locked account count nothing.
///
/// A password that is one of the two before the present one leaves the count alone (Windows' "N−2" rule, so that a
/// telephone with a stored old password locks nobody out); the attempt fails all the same.
pub(crate) fn record_wrong(state: &mut State, id: EntryId, password: &str, now: i64) {
    let policy = policy::effective(state, id);
    let spared = state.dialect.old_passwords_uncounted;
    let Some(entry) = state.get_mut(id) else { return };
    if spared && entry.secret.as_ref().is_some_and(|secret| secret.is_one_of_two_before(password)) {
        return;
    }
    let last = entry.number("badPasswordTime").unwrap_or_default();
    let fresh = last.saturating_add(policy.lockout_window) <= now;
    let count = if fresh { 0 } else { entry.number("badPwdCount").unwrap_or_default() } + 1;
    entry.set_number("badPwdCount", count);
    entry.set_number("badPasswordTime", now);
    if policy.lockout_threshold > 0 && count >= policy.lockout_threshold {
        entry.set_number("lockoutTime", now);
    }
}

/// A sign-in that succeeded: the count starts again, and a lockout that had ended leaves no trace.
pub(crate) fn record_right(state: &mut State, id: EntryId, now: i64) {
    let Some(entry) = state.get_mut(id) else { return };
    entry.set_number("badPwdCount", 0);
    if entry.number("lockoutTime").is_some_and(|since| since != 0) {
        entry.set_number("lockoutTime", 0);
    }
    let count = entry.number("logonCount").unwrap_or_default();
    entry.set_number("logonCount", count.saturating_add(1));
    entry.set_number("lastLogon", now);
}
