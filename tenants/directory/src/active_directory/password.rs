//! How a new password travels to Active Directory, and the control that makes a reset look at earlier ones.

use ldap3::controls::RawControl;

use crate::value::Value;

/// The value of `unicodePwd`: the password between quotation marks, in UTF-16, little-endian (MS-ADTS
/// 3.1.1.3.1.5.1). The buffer has its full size from the start: growing would leave copies behind.
pub(crate) fn unicode_pwd(password: &str) -> Value {
    let quoted = [u16::from(b'"')].into_iter().chain(password.encode_utf16()).chain([u16::from(b'"')]);
    let mut bytes = Vec::with_capacity((password.len() + 2) * 2);
    quoted.for_each(|unit| bytes.extend(unit.to_le_bytes()));
    Value::secret(bytes)
}

/// The policy-hints control (MS-ADTS 3.1.1.3.4.1.27), newest first: of Windows Server 2012, and its twin of 2008 R2.
const POLICY_HINTS: [&str; 2] = ["1.2.840.113556.1.4.2239", "1.2.840.113556.1.4.2066"];

/// `SEQUENCE { INTEGER 1 }`: look at the password's history (and its minimum age), as for a change.
const HINTS: [u8; 5] = [0x30, 0x03, 0x02, 0x01, 0x01];

/// The best of the policy-hints controls that a controller offers.
pub(crate) fn offered_policy_hints<'a>(supported: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    let supported: Vec<&str> = supported.collect();
    POLICY_HINTS.into_iter().find(|oid| supported.contains(oid))
}

/// The control as it is sent: critical, so that a controller that can't keep the promise refuses the write.
pub(crate) fn policy_hints(oid: &'static str) -> RawControl {
    RawControl { ctype: oid.to_owned(), crit: true, val: Some(HINTS.to_vec()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microsofts_example_comes_out_byte_for_byte() {
        assert_eq!(unicode_pwd("new").as_ref(), [0x22, 0x00, 0x6e, 0x00, 0x65, 0x00, 0x77, 0x00, 0x22, 0x00]);
        assert_eq!(unicode_pwd("å😀").as_ref(), [0x22, 0, 0xe5, 0, 0x3d, 0xd8, 0x00, 0xde, 0x22, 0]);
    }

    #[test]
    fn the_buffer_never_grows() {
        for password in ["", "new", "åäö😀€", &"x".repeat(256)] {
            assert!(unicode_pwd(password).as_ref().len() <= (password.len() + 2) * 2, "{password}");
        }
    }

    #[test]
    fn the_newer_control_is_preferred_and_always_critical() {
        let (new, old) = ("1.2.840.113556.1.4.2239", "1.2.840.113556.1.4.2066");
        assert_eq!(offered_policy_hints([old, "1.2.3", new].into_iter()), Some(new));
        assert_eq!(offered_policy_hints([old].into_iter()), Some(old));
        assert_eq!(offered_policy_hints(["1.2.840.113556.1.4.319"].into_iter()), None);
        let control = policy_hints(new);
        assert!(control.crit);
        assert_eq!(control.val.as_deref(), Some([0x30, 0x03, 0x02, 0x01, 0x01].as_slice()));
    }
}
