//! Security identifiers, and which of them are never served by self-service.

/// A security identifier (MS-DTYP 2.4.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Sid {
    authority: u64,
    parts: Vec<u32>,
}

const NT_AUTHORITY: u64 = 5;
/// First sub-authority of a domain's identifiers, S-1-5-21-….
const DOMAIN: u32 = 21;
/// First sub-authority of the built-in groups, S-1-5-32-….
const BUILTIN: u32 = 32;

/// Administrator, Guest, krbtgt.
const PROTECTED_ACCOUNTS: [u32; 3] = [500, 501, 502];

/// The groups whose members AdminSDHolder protects (MS-ADTS 3.1.1.6.1.2: 512 Domain Admins, 516 Domain Controllers, 518
/// Schema Admins, 519 Enterprise Admins, 521 Read-only Domain Controllers, 526 and 527 Key Admins), and those that are
/// as good as administrators without being protected there: 498 Enterprise Read-only Domain Controllers, 517 Cert
/// Publishers, 520 Group Policy Creator Owners, 525 Protected Users.
const PROTECTED_DOMAIN_GROUPS: [u32; 11] = [498, 512, 516, 517, 518, 519, 520, 521, 525, 526, 527];

/// Administrators, Account, Server, Print and Backup Operators, Replicator (MS-ADTS 3.1.1.6.1.2).
const PROTECTED_BUILTIN_GROUPS: [u32; 6] = [544, 548, 549, 550, 551, 552];

impl Sid {
    /// Reads the stored form: revision, count, authority (big-endian), sub-authorities (little-endian).
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (&[revision, count, a, b, c, d, e, f], rest) = bytes.split_first_chunk::<8>()?;
        if revision != 1 || count > 15 || rest.len() != usize::from(count) * 4 {
            return None;
        }
        let authority = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let parts = rest.as_chunks::<4>().0.iter().map(|part| u32::from_le_bytes(*part)).collect();
        Some(Self { authority, parts })
    }

    /// One that every system has, such as `S-1-1-0`.
    pub(crate) fn well_known(authority: u64, parts: &[u32]) -> Self {
        Self { authority, parts: parts.to_vec() }
    }

    /// The domain's group with this relative identifier, such as an account's primary group.
    pub(crate) fn sibling(&self, rid: u32) -> Option<Self> {
        let mut parts = self.parts.clone();
        *parts.last_mut()? = rid;
        (self.domain_rid().is_some()).then_some(Self { authority: self.authority, parts })
    }

    /// Whether this account is one of those that every domain has.
    pub(crate) fn is_protected_account(&self) -> bool {
        self.domain_rid().is_some_and(|rid| PROTECTED_ACCOUNTS.contains(&rid))
    }

    /// Whether members of this group are never served. Relative identifiers below 1000 mean the same in every domain, so
    /// the groups of the forest's other domains count too.
    pub(crate) fn is_protected_group(&self) -> bool {
        match (self.authority, self.parts.as_slice()) {
            (NT_AUTHORITY, [BUILTIN, rid]) => PROTECTED_BUILTIN_GROUPS.contains(rid),
            _ => self.domain_rid().is_some_and(|rid| PROTECTED_DOMAIN_GROUPS.contains(&rid)),
        }
    }

    /// Its relative identifier, where it is a domain's.
    pub(crate) fn domain_rid(&self) -> Option<u32> {
        match (self.authority, self.parts.as_slice()) {
            (NT_AUTHORITY, &[DOMAIN, _, _, _, rid]) => Some(rid),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(rid: u32) -> Sid {
        Sid { authority: 5, parts: vec![21, 1, 2, 3, rid] }
    }

    #[test]
    fn the_stored_form_is_read() {
        // S-1-5-21-1004336348-1177238915-682003330-512, the example of Microsoft's documentation.
        let bytes = [
            1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 0xdc, 0xf4, 0xdc, 0x3b, 0x83, 0x3d, 0x2b, 0x46, 0x82, 0x8b, 0xa6,
            0x28, 0, 2, 0, 0,
        ];
        let sid = Sid::parse(&bytes).expect("a SID");
        assert_eq!(sid, Sid { authority: 5, parts: vec![21, 1_004_336_348, 1_177_238_915, 682_003_330, 512] });
        for wrong in [&bytes[..27], &bytes[..4], &[], &[2, 0, 0, 0, 0, 0, 0, 5], &[1, 16, 0, 0, 0, 0, 0, 5]] {
            assert_eq!(Sid::parse(wrong), None);
        }
    }

    #[test]
    fn administrators_of_every_kind_are_protected() {
        for rid in [498, 512, 516, 517, 518, 519, 520, 521, 525, 526, 527] {
            assert!(domain(rid).is_protected_group(), "{rid}");
        }
        for rid in [544, 548, 549, 550, 551, 552] {
            assert!(Sid { authority: 5, parts: vec![32, rid] }.is_protected_group(), "{rid}");
        }
        for ordinary in [domain(513), domain(1512), domain(544), Sid { authority: 5, parts: vec![32, 545] }] {
            assert!(!ordinary.is_protected_group(), "{ordinary:?}");
        }
        assert!(!Sid { authority: 1, parts: vec![21, 1, 2, 3, 512] }.is_protected_group(), "not a domain's");
    }

    #[test]
    fn well_known_accounts_are_protected() {
        for rid in [500, 501, 502] {
            assert!(domain(rid).is_protected_account(), "{rid}");
        }
        assert!(!domain(1500).is_protected_account());
        assert_eq!(domain(1104).sibling(513), Some(domain(513)));
        assert_eq!(Sid { authority: 5, parts: vec![18] }.sibling(513), None);
    }
}
