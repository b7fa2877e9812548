//! The password policy control (draft-behera-ldap-password-policy-10, section 6): asked for with a request, it says why
//! a password was refused, where the result code alone does not.

use ldap3::{
    LdapResult,
    controls::{Control, RawControl},
};

/// Its name, in requests and in answers.
pub(crate) const PPOLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

/// The `error` of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The password was right, and has expired.
    Expired,
    /// The account is locked out.
    Locked,
    /// The password was right, and must be changed before anything else.
    ChangeAfterReset,
    /// The policy does not let this password be changed.
    NotAllowed,
    /// The old password must come along (`pwdSafeModify`).
    OldMissing,
    /// The server's own check found it too simple.
    TooSimple,
    /// Too few characters.
    TooShort,
    /// Set too recently to be changed.
    TooYoung,
    /// One of the earlier ones.
    InHistory,
    /// Too many characters.
    TooLong,
}

/// The control of a request. Not critical: a server that lacks the overlay answers without it.
pub(crate) fn request() -> RawControl {
    RawControl { ctype: PPOLICY.to_owned(), crit: false, val: None }
}

impl Reason {
    /// The reason that came with an answer.
    pub(crate) fn of(result: &LdapResult) -> Option<Self> {
        let Control(_, control) = result.ctrls.iter().find(|Control(_, control)| control.ctype == PPOLICY)?;
        Self::new(error(control.val.as_deref()?)?)
    }

    fn new(error: u8) -> Option<Self> {
        Some(match error {
            0 => Reason::Expired,
            1 => Reason::Locked,
            2 => Reason::ChangeAfterReset,
            3 => Reason::NotAllowed,
            4 => Reason::OldMissing,
            5 => Reason::TooSimple,
            6 => Reason::TooShort,
            7 => Reason::TooYoung,
            8 => Reason::InHistory,
            9 => Reason::TooLong,
            _ => return None,
        })
    }
}

/// The `error [1] ENUMERATED` of `SEQUENCE { warning [0] … OPTIONAL, error [1] … OPTIONAL }`, in BER with lengths of one
/// byte: nothing in it is longer.
fn error(value: &[u8]) -> Option<u8> {
    const SEQUENCE: u8 = 0x30;
    const ERROR: u8 = 0x81;
    let (&[tag, length], content) = value.split_first_chunk::<2>()?;
    let mut rest = content.get(..usize::from(length)).filter(|_| tag == SEQUENCE)?;
    while let Some((&[tag, length], after)) = rest.split_first_chunk::<2>() {
        let (element, next) = after.split_at_checked(usize::from(length))?;
        if let (ERROR, [error]) = (tag, element) {
            return Some(*error);
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_as_slapd_sends_them() {
        let cases: [(&[u8], Option<u8>); 9] = [
            (&[0x30, 0x03, 0x81, 0x01, 0x06], Some(6)),
            (&[0x30, 0x03, 0x81, 0x01, 0x00], Some(0)),
            (&[0x30, 0x00], None),
            // timeBeforeExpiration 604799 seconds, then accountLocked
            (&[0x30, 0x0a, 0xa0, 0x05, 0x80, 0x03, 0x09, 0x3a, 0x7f, 0x81, 0x01, 0x01], Some(1)),
            (&[0x30, 0x07, 0xa0, 0x05, 0x80, 0x03, 0x09, 0x3a, 0x7f], None),
            (&[0x30, 0x7f, 0x81, 0x01, 0x06], None),
            (&[0x30, 0x03, 0x81, 0x7f, 0x06], None),
            (&[0x31, 0x03, 0x81, 0x01, 0x06], None),
            (&[], None),
        ];
        for (value, expected) in cases {
            assert_eq!(error(value), expected, "{value:02x?}");
        }
        assert_eq!(Reason::new(8), Some(Reason::InHistory));
        assert_eq!(Reason::new(77), None);
    }
}
