//! `objectGUID`: 16 bytes, the first three fields little-endian, and the name `<GUID=…>` that addresses an entry by it.

use portvakt_domain::id::AccountKey;
use uuid::Uuid;

/// The key of these 16 bytes.
pub(crate) fn key(bytes: &[u8]) -> Option<AccountKey> {
    let bytes: [u8; 16] = bytes.try_into().ok()?;
    Some(AccountKey(Uuid::from_bytes_le(bytes)))
}

/// The alternative form of a DN (MS-ADTS 3.1.1.3.1.2.4) that keeps meaning the same entry when it is renamed or moved:
/// the 16 bytes as the directory stores them, in hexadecimal.
pub(crate) fn name(key: AccountKey) -> String {
    let digits: String = key.0.to_bytes_le().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("<GUID={digits}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_keeps_its_written_form_and_its_bytes() {
        let stored = [0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff];
        let key = key(&stored).expect("a key");
        assert_eq!(key.0.to_string(), "00112233-4455-6677-8899-aabbccddeeff");
        assert_eq!(name(key), "<GUID=33221100554477668899aabbccddeeff>");
    }

    #[test]
    fn anything_but_sixteen_bytes_is_no_guid() {
        assert_eq!(key(&[0; 15]), None);
        assert_eq!(key(&[0; 17]), None);
    }
}
