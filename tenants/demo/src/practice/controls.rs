//! Request controls: which are known, what they carry, and what is answered to the others.

use ldap3_proto::{control::LdapControl, proto::LdapResultCode as Code};

use super::{
    answer::{self, Outcome},
    specs::Dialect,
};

/// Paged results (RFC 2696).
pub(crate) const PAGED: &str = "1.2.840.113556.1.4.319";
/// Policy hints, Windows Server 2012 and later.
pub(crate) const HINTS: &str = "1.2.840.113556.1.4.2239";
/// Policy hints, the deprecated twin of Windows Server 2008 R2.
pub(crate) const HINTS_DEPRECATED: &str = "1.2.840.113556.1.4.2066";
/// Deletes with everything below.
pub(crate) const TREE_DELETE: &str = "1.2.840.113556.1.4.805";
/// Adding what is there, and deleting what is not, succeeds.
pub(crate) const PERMISSIVE: &str = "1.2.840.113556.1.4.1413";
/// Searches stay in this domain; here they always do.
pub(crate) const DOMAIN_SCOPE: &str = "1.2.840.113556.1.4.1339";

/// Which parts of `nTSecurityDescriptor` are asked for.
pub(crate) const SD_FLAGS: &str = "1.2.840.113556.1.4.801";

/// What the controls of one request ask for.
#[derive(Debug, Default)]
pub(crate) struct Controls {
    /// Page size and cookie.
    pub(crate) page: Option<(i64, Vec<u8>)>,
    /// Whether a reset honours history and minimum age (MS-ADTS 3.1.1.3.4.1.27).
    pub(crate) policy_hints: bool,
    /// [`TREE_DELETE`].
    pub(crate) tree_delete: bool,
    /// [`PERMISSIVE`].
    pub(crate) permissive: bool,
    /// [`SD_FLAGS`].
    pub(crate) descriptor: Option<i32>,
}

/// The object identifiers that the rootDSE lists.
pub(crate) fn supported(dialect: &Dialect) -> Vec<&'static str> {
    let mut oids = vec![PAGED, TREE_DELETE, PERMISSIVE, DOMAIN_SCOPE, SD_FLAGS];
    if dialect.policy_hints {
        oids.extend([HINTS, HINTS_DEPRECATED]);
    }
    oids
}

/// Reads the controls of a request. An unknown one is passed over unless it is critical (RFC 4511 4.1.11).
pub(crate) fn read(dialect: &Dialect, controls: &[LdapControl]) -> Outcome<Controls> {
    let mut read = Controls::default();
    for control in controls {
        match control {
            LdapControl::SimplePagedResults { size, cookie } => read.page = Some((*size, cookie.clone())),
            LdapControl::SdFlags { flags, .. } => read.descriptor = Some(*flags),
            LdapControl::Unknown { oid, criticality, value } => match oid.as_str() {
                HINTS | HINTS_DEPRECATED if dialect.policy_hints => {
                    read.policy_hints = hint_flags(value.as_deref()).ok_or_else(malformed)? & 1 == 1;
                }
                TREE_DELETE => read.tree_delete = true,
                PERMISSIVE => read.permissive = true,
                DOMAIN_SCOPE => {}
                _ if *criticality => return Err(unknown()),
                _ => {}
            },
            LdapControl::ManageDsaIT { criticality }
            | LdapControl::SearchOptions { criticality, .. }
            | LdapControl::ShowDeleted { criticality }
            | LdapControl::ExtendedDn { criticality, .. }
            | LdapControl::PasswordPolicyRequest { criticality }
            | LdapControl::SyncRequest { criticality, .. }
                if *criticality =>
            {
                return Err(unknown());
            }
            _ => {}
        }
    }
    Ok(read)
}

fn unknown() -> ldap3_proto::proto::LdapResult {
    answer::service(Code::UnavailableCriticalExtension, "00002040")
}

fn malformed() -> ldap3_proto::proto::LdapResult {
    answer::protocol(Code::UnavailableCriticalExtension, "00000057", "Error processing control")
}

/// `SEQUENCE { INTEGER }` with either form of length: Microsoft's own tools write `30 84 00 00 00 03 02 01 01`.
fn hint_flags(value: Option<&[u8]>) -> Option<i64> {
    let (0x30, inner, []) = element(value?)? else { return None };
    let (0x02, digits, []) = element(inner)? else { return None };
    if digits.is_empty() || digits.len() > 4 {
        return None;
    }
    Some(digits.iter().fold(0, |sum, byte| (sum << 8) | i64::from(*byte)))
}

/// The first BER element: its tag, its content and what follows.
pub(crate) fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        if !(1..=4).contains(&count) {
            return None;
        }
        let (digits, rest) = rest.split_at_checked(count)?;
        (digits.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_read_in_both_forms_of_length() {
        for (value, expected) in [
            (&[0x30, 0x03, 0x02, 0x01, 0x01][..], Some(1)),
            (&[0x30, 0x84, 0, 0, 0, 0x03, 0x02, 0x01, 0x01], Some(1)),
            (&[0x30, 0x81, 0x03, 0x02, 0x01, 0x00], Some(0)),
            (&[0x02, 0x01, 0x01], None),
            (&[0x30, 0x03, 0x02, 0x01], None),
            (&[0x30, 0x03, 0x02, 0x01, 0x01, 0x00], None),
            (&[0x30, 0x80], None),
            (&[], None),
        ] {
            assert_eq!(hint_flags(Some(value)), expected, "{value:02x?}");
        }
        assert_eq!(hint_flags(None), None);
    }

    #[test]
    fn an_unlisted_control_is_refused_only_when_critical() {
        let control = |criticality| {
            [LdapControl::Unknown { oid: HINTS.to_owned(), criticality, value: Some(vec![0x30, 3, 2, 1, 1]) }]
        };
        let windows = read(&Dialect::windows(), &control(true));
        assert!(windows.is_ok_and(|controls| controls.policy_hints));
        let samba = read(&Dialect::samba(), &control(true));
        assert_eq!(samba.map(|_| ()).map_err(|result| result.code), Err(Code::UnavailableCriticalExtension));
        assert!(read(&Dialect::samba(), &control(false)).is_ok_and(|controls| !controls.policy_hints));
    }
}
