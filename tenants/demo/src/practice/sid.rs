//! Security identifiers and GUIDs in the byte orders that the wire shows.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A security identifier (MS-DTYP 2.4.2) of authority 5.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sid(Vec<u32>);

impl Sid {
    /// The identifier of a domain, computed from its name so that a restart keeps it.
    pub(crate) fn of_domain(dns_name: &str) -> Self {
        let hash = Sha256::digest(format!("sid\0{dns_name}"));
        let part = |at: usize| hash.iter().skip(at).take(4).fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
        Self(vec![21, part(0), part(4), part(8)])
    }

    /// `S-1-5-32-…`: the groups that every domain has alike.
    pub(crate) fn builtin(rid: u32) -> Self {
        Self(vec![32, rid])
    }

    /// One that every system has, such as `S-1-5-11` of `[11]`.
    pub(crate) fn of(parts: &[u32]) -> Self {
        Self(parts.to_vec())
    }

    /// The identifier of an object of this domain.
    pub(crate) fn with(&self, rid: u32) -> Self {
        let mut parts = self.0.clone();
        parts.push(rid);
        Self(parts)
    }

    /// The last part.
    pub(crate) fn rid(&self) -> u32 {
        self.0.last().copied().unwrap_or_default()
    }

    /// As in `objectSid`.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = vec![1, u8::try_from(self.0.len()).unwrap_or_default(), 0, 0, 0, 0, 0, 5];
        for part in &self.0 {
            out.extend_from_slice(&part.to_le_bytes());
        }
        out
    }

    /// From the text `S-1-5-…` or from hexadecimal octets, as in `<SID=…>`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(parts) = text.strip_prefix("S-1-5-") {
            let parts: Result<Vec<u32>, _> = parts.split('-').map(str::parse).collect();
            return parts.ok().map(Self);
        }
        let bytes = from_hex(text)?;
        let (head, tail) = bytes.split_at_checked(8)?;
        let parts: Vec<u32> =
            tail.chunks_exact(4).map(|c| c.iter().rev().fold(0, |sum, byte| (sum << 8) | u32::from(*byte))).collect();
        let sid = Self(parts);
        (sid.bytes().starts_with(head)).then_some(sid)
    }
}

/// A GUID from `<GUID=…>`: dashed text, or the 16 octets of `objectGUID` in hexadecimal (MS-ADTS 3.1.1.3.1.2.4).
pub(crate) fn parse_guid(text: &str) -> Option<Uuid> {
    if text.contains('-') {
        return Uuid::parse_str(text).ok();
    }
    let octets: [u8; 16] = from_hex(text)?.try_into().ok()?;
    Some(Uuid::from_bytes_le(octets))
}

/// A GUID computed from what it names, so that registrations outlive a restart of the demo.
pub(crate) fn named_guid(dns_name: &str, what: &str) -> Uuid {
    let hash: [u8; 32] = Sha256::digest(format!("guid\0{dns_name}\0{what}")).into();
    let mut octets = [0; 16];
    octets.copy_from_slice(&hash[..16]);
    uuid::Builder::from_random_bytes(octets).into_uuid()
}

/// The bytes of hexadecimal digits.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let digit = |at: usize| text.as_bytes().get(at).and_then(|byte| char::from(*byte).to_digit(16));
    (0..text.len()).step_by(2).map(|at| u8::try_from(digit(at)? * 16 + digit(at + 1)?).ok()).collect()
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sid_goes_there_and_back() {
        let sid = Sid::of_domain("orebro.localhost").with(512);
        assert_eq!(sid.rid(), 512);
        assert_eq!(Sid::parse(&to_hex(&sid.bytes())), Some(sid));
        assert_eq!(Sid::parse("S-1-5-32-544"), Some(Sid::builtin(544)));
        assert_eq!(Sid::builtin(544).bytes(), [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0]);
        assert_eq!(Sid::parse("0105"), None);
    }

    #[test]
    fn a_guid_is_read_dashed_and_raw() {
        let guid = named_guid("orebro.localhost", "lovstlin32");
        assert_eq!(guid, named_guid("orebro.localhost", "lovstlin32"));
        assert_eq!(parse_guid(&guid.to_string()), Some(guid));
        assert_eq!(parse_guid(&to_hex(&guid.to_bytes_le())), Some(guid));
        assert_eq!(parse_guid("zz"), None);
    }
}
