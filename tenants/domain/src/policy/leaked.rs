//! Common and leaked passwords, as a binary fuse filter (Graf and Lemire 2022) of 16 bits a fingerprint.
//!
//! The filter knows every password it was built from. Of all others it takes one in 65,536 for a leaked one, which
//! costs somebody a second idea and nothing else. It is made by `examples/leaked_filter.rs`; what is in the shipped
//! one is written in `tenants/presets/README.md`.

use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};
use xorf::{BinaryFuse16, Descriptor, Filter as _};

use super::fold::lowered;

/// Shorter passwords are not in the filter: every policy with the rule asks for at least so many characters.
pub(super) const SHORTEST: usize = 8;

const MAGIC: &[u8; 8] = b"PVLEAK1\n";
/// Magic, entries, seed, segment length, length of all segments.
const HEADER: usize = 8 + 4 + 8 + 4 + 4;

/// A filter of leaked passwords.
#[derive(Debug)]
pub struct Leaked {
    entries: u32,
    filter: BinaryFuse16,
}

impl Leaked {
    /// The filter that is built in; `None` when its file is damaged, which keeps every policy with the rule from being
    /// used ([`super::PasswordPolicy::problems`]).
    pub fn shipped() -> Option<&'static Self> {
        static FILTER: LazyLock<Option<Leaked>> =
            LazyLock::new(|| Leaked::read(include_bytes!("../../../presets/leaked.filter")));
        FILTER.as_ref()
    }

    /// A filter of these passwords; those that are too short are left out.
    ///
    /// # Errors
    /// No filter can be built of them, which is as good as impossible.
    pub fn of<'a>(passwords: impl IntoIterator<Item = &'a str>) -> Result<Self, &'static str> {
        let long = passwords.into_iter().map(lowered).filter(|password| password.chars().count() >= SHORTEST);
        let mut keys: Vec<u64> = long.map(|password| key(&password)).collect();
        keys.sort_unstable();
        keys.dedup();
        let entries = u32::try_from(keys.len()).map_err(|_| "too many passwords")?;
        Ok(Self { entries, filter: BinaryFuse16::try_from(&keys)? })
    }

    /// Reads a filter. `None` when the bytes are none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (header, body) = bytes.split_at_checked(HEADER)?;
        let number = |at: usize| Some(u32::from_le_bytes(header.get(at..at + 4)?.try_into().ok()?));
        let (entries, segment_length, segment_count_length) = (number(8)?, number(20)?, number(24)?);
        let seed = u64::from_le_bytes(header.get(12..20)?.try_into().ok()?);
        // Each of the three places of a key lies in a segment of its own, up to two behind the last that is counted.
        let places = u64::from(segment_count_length) + 2 * u64::from(segment_length);
        let sound = header.starts_with(MAGIC)
            && segment_length.is_power_of_two()
            && segment_count_length > 0
            && segment_count_length % segment_length == 0
            && body.len() as u64 == 2 * places;
        let fingerprints = body.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        let descriptor = Descriptor {
            seed,
            segment_length,
            segment_length_mask: segment_length.wrapping_sub(1),
            segment_count_length,
        };
        sound.then_some(Self { entries, filter: BinaryFuse16 { descriptor, fingerprints } })
    }

    /// The filter as [`Leaked::read`] reads it.
    pub fn write(&self) -> Vec<u8> {
        let Descriptor { seed, segment_length, segment_count_length, .. } = self.filter.descriptor;
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.entries.to_le_bytes());
        bytes.extend(seed.to_le_bytes());
        bytes.extend(segment_length.to_le_bytes());
        bytes.extend(segment_count_length.to_le_bytes());
        bytes.extend(self.filter.fingerprints.iter().flat_map(|print| print.to_le_bytes()));
        bytes
    }

    /// How many passwords it was built from.
    pub fn entries(&self) -> u32 {
        self.entries
    }

    /// Whether a password is among them, whatever its case.
    pub fn holds(&self, password: &str) -> bool {
        self.filter.contains(&key(&lowered(password)))
    }
}

/// The filter wants numbers that are spread evenly, and the same on every machine.
fn key(lowered: &str) -> u64 {
    Sha256::digest(lowered).iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}
