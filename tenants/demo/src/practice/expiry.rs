//! When passwords expire, and the two computed attributes that tell.

use super::{
    entry::{EntryId, user_flags},
    lockout, policy,
    store::State,
    time::NEVER,
};

/// What stands between a right password and a sign-in on account of its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PasswordState {
    /// Nothing.
    Valid,
    /// It must be changed first.
    MustChange,
    /// It is too old.
    Expired,
}

/// `msDS-UserPasswordExpiryTimeComputed` (MS-ADTS 3.1.1.4.5.34): the largest number means never, 0 means that it
/// must be changed.
pub(crate) fn expires_at(state: &State, id: EntryId) -> i64 {
    let Some(entry) = state.get(id) else { return NEVER };
    let unaged = user_flags::PASSWORD_NEVER_EXPIRES | user_flags::SMARTCARD_REQUIRED | user_flags::WORKSTATION;
    if entry.flags() & unaged != 0 {
        return NEVER;
    }
    match entry.number("pwdLastSet").unwrap_or_default() {
        0 => 0,
        set => policy::effective(state, id).maximum_age.map_or(NEVER, |age| set.saturating_add(age)),
    }
}

/// What the password's age means for a sign-in now.
pub(crate) fn password_state(state: &State, id: EntryId, now: i64) -> PasswordState {
    match expires_at(state, id) {
        0 => PasswordState::MustChange,
        at if at <= now => PasswordState::Expired,
        _ => PasswordState::Valid,
    }
}

/// `msDS-User-Account-Control-Computed` (MS-ADTS 3.1.1.4.5.17).
pub(crate) fn computed_flags(state: &State, id: EntryId, now: i64) -> i64 {
    let mut flags = 0;
    if lockout::is_locked(state, id, now) {
        flags |= user_flags::LOCKOUT;
    }
    if password_state(state, id, now) != PasswordState::Valid {
        flags |= user_flags::PASSWORD_EXPIRED;
    }
    flags
}

/// Whether the account itself has expired; 0 and the largest number both mean never.
pub(crate) fn is_account_expired(state: &State, id: EntryId, now: i64) -> bool {
    let expires = state.get(id).and_then(|entry| entry.number("accountExpires")).unwrap_or_default();
    expires != 0 && expires != NEVER && expires <= now
}
