//! `unicodePwd`: the two shapes in which a password arrives, and the rules for each.

use ldap3_proto::proto::{LdapModify, LdapModifyType as Type, LdapResult, LdapResultCode as Code};

use super::{
    answer::{self, Outcome},
    entry::{Entry, EntryId},
    lockout,
    password::{self, Secret},
    policy,
    rights::{self, Caller},
    store::State,
};

const ATTRIBUTE: &str = "unicodePwd";
/// ERROR_PASSWORD_RESTRICTION.
const RESTRICTION: &str = "0000052D";

/// What is to happen to a password (MS-ADTS 3.1.1.3.1.5.1).
#[derive(Debug)]
pub(crate) enum Wanted<'a> {
    /// One replace: whatever it was before.
    Reset(&'a [u8]),
    /// Delete the old value and add the new one in one request.
    Change {
        /// What the caller takes it to be.
        old: &'a [u8],
        /// What it shall be.
        new: &'a [u8],
    },
}

/// The circumstances of a password write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances {
    /// Whether the connection is encrypted.
    pub(crate) secure: bool,
    /// Whether the policy-hints control came along.
    pub(crate) hints: bool,
    /// Now, in ticks.
    pub(crate) now: i64,
}

/// Whether a change concerns the password.
pub(crate) fn concerns(change: &LdapModify) -> bool {
    change.modification.atype.eq_ignore_ascii_case(ATTRIBUTE)
}

/// The password write among the changes of one request; any third shape is refused.
pub(crate) fn wanted(changes: &[LdapModify]) -> Outcome<Option<Wanted<'_>>> {
    let parts: Vec<(&Type, &[Vec<u8>])> = changes
        .iter()
        .filter(|change| concerns(change))
        .map(|change| (&change.operation, change.modification.vals.as_slice()))
        .collect();
    match parts.as_slice() {
        [] => Ok(None),
        [(Type::Replace, [new])] => Ok(Some(Wanted::Reset(new))),
        [(Type::Delete, [old]), (Type::Add, [new])] => Ok(Some(Wanted::Change { old, new })),
        _ => Err(answer::unwilling("00000057")),
    }
}

/// Whether the caller may write the password in this way at all.
pub(crate) fn check_right(state: &State, caller: Caller, id: EntryId, wanted: &Wanted<'_>) -> Outcome<()> {
    let granted = match wanted {
        Wanted::Reset(_) => rights::may_reset(state, caller, id),
        Wanted::Change { .. } => rights::may_change(state, id),
    };
    if granted { Ok(()) } else { Err(answer::no_right("00000005")) }
}

/// Sets the password on `entry`, the copy that is stored if the rest of the request succeeds too. A wrong old
/// password is counted in `state` at once: that must outlive the failure.
pub(crate) fn write(
    state: &mut State,
    caller: Caller,
    id: EntryId,
    entry: &mut Entry,
    wanted: &Wanted<'_>,
    at: Circumstances,
) -> Outcome<()> {
    if !at.secure {
        return Err(answer::unwilling("0000001F"));
    }
    match wanted {
        Wanted::Reset(new) => {
            let new = plain(new)?;
            let refused = || answer::unwilling(RESTRICTION);
            check(state, id, entry, &new, at.hints, at.now).map_err(|()| refused())?;
            store(state, id, entry, &new);
            // Without Unexpire-Password the new password is expired from the start (MS-SAMR 3.1.1.8.7).
            let since = if rights::may_unexpire(state, caller) { at.now } else { 0 };
            entry.set_number("pwdLastSet", since);
        }
        Wanted::Change { old, new } => {
            let (old, new) = (plain(old)?, plain(new)?);
            if lockout::is_locked(state, id, at.now) {
                return Err(constraint("00000775"));
            }
            if !entry.secret.as_ref().is_some_and(|secret| secret.is(&old)) {
                lockout::record_wrong(state, id, &old, at.now);
                return Err(constraint("00000056"));
            }
            check(state, id, entry, &new, true, at.now).map_err(|()| constraint(RESTRICTION))?;
            store(state, id, entry, &new);
            entry.set_number("pwdLastSet", at.now);
        }
    }
    Ok(())
}

/// The first password of an object that is being added; only the rules of the domain hold.
pub(crate) fn first(state: &State, entry: &mut Entry, value: &[u8], at: Circumstances) -> Outcome<()> {
    if !at.secure {
        return Err(answer::unwilling("0000001F"));
    }
    let new = plain(value)?;
    check(state, state.head, entry, &new, false, at.now).map_err(|()| answer::unwilling(RESTRICTION))?;
    entry.secret = Some(Secret::new(&new));
    entry.set_number("pwdLastSet", at.now);
    Ok(())
}

fn constraint(win32: &str) -> LdapResult {
    answer::attribute(Code::ConstraintViolation, win32, ATTRIBUTE)
}

fn plain(value: &[u8]) -> Outcome<String> {
    password::unquote(value).ok_or_else(|| constraint("00000057"))
}

/// The policy (MS-SAMR 3.1.1.7): length and complexity always; history and minimum age for a change, and for a reset
/// only with policy hints. Windows does not tell which rule failed.
fn check(state: &State, id: EntryId, entry: &Entry, new: &str, past: bool, now: i64) -> Result<(), ()> {
    let policy = policy::effective(state, id);
    let length = password::length(new);
    if length < policy.minimum_length || length > password::LONGEST {
        return Err(());
    }
    let (account, display) = (entry.text("sAMAccountName"), entry.text("displayName"));
    if policy.complexity && !password::is_complex(new, account.unwrap_or_default(), display.unwrap_or_default()) {
        return Err(());
    }
    if past {
        let reused = entry.secret.as_ref().is_some_and(|secret| secret.is_among_last(new, policy.history));
        let since = entry.number("pwdLastSet").unwrap_or_default();
        let young = since != 0 && since.saturating_add(policy.minimum_age) > now;
        if reused || young {
            return Err(());
        }
    }
    Ok(())
}

fn store(state: &State, id: EntryId, entry: &mut Entry, new: &str) {
    let history = policy::effective(state, id).history;
    entry.secret = Some(match &entry.secret {
        Some(secret) => secret.replaced(new, history),
        None => Secret::new(new),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use ldap3_proto::proto::LdapPartialAttribute;

    fn change(operation: Type, vals: &[&[u8]]) -> LdapModify {
        let vals = vals.iter().map(|value| value.to_vec()).collect();
        LdapModify { operation, modification: LdapPartialAttribute { atype: "UNICODEPWD".to_owned(), vals } }
    }

    #[test]
    fn only_two_shapes_are_known() {
        assert!(matches!(wanted(&[]), Ok(None)));
        assert!(matches!(wanted(&[change(Type::Replace, &[b"n"])]), Ok(Some(Wanted::Reset(b"n")))));
        let both = [change(Type::Delete, &[b"o"]), change(Type::Add, &[b"n"])];
        assert!(matches!(wanted(&both), Ok(Some(Wanted::Change { old: b"o", new: b"n" }))));
        for bad in [
            vec![change(Type::Replace, &[])],
            vec![change(Type::Replace, &[b"a", b"b"])],
            vec![change(Type::Add, &[b"n"])],
            vec![change(Type::Delete, &[b"o"])],
            vec![change(Type::Add, &[b"n"]), change(Type::Delete, &[b"o"])],
        ] {
            assert!(wanted(&bad).is_err(), "{bad:?}");
        }
    }
}
