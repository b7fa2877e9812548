//! The operator's key ring and what is derived from it: sealing of stored values, keyed look-up hashes, tokens.

use std::{collections::BTreeMap, sync::Arc};

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{id::TenantId, random::Random};

/// What a derived key is for. Each use has a key of its own, so that a value of one use is worthless for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// Sealing stored values.
    Seal,
    /// Look-up hashes of recovery numbers.
    Number,
    /// Hashes of codes sent by SMS.
    Code,
    /// Start tokens and the hashes of flow tokens.
    Token,
    /// Subjects of limits and guards: names and networks that must not be readable in the database.
    Limit,
    /// The audit trail's seals.
    Audit,
}

impl KeyUse {
    /// The name that is part of the derivation, and that is stored.
    pub fn label(self) -> &'static str {
        match self {
            KeyUse::Seal => "seal",
            KeyUse::Number => "number",
            KeyUse::Code => "code",
            KeyUse::Token => "token",
            KeyUse::Limit => "limit",
            KeyUse::Audit => "audit",
        }
    }
}

/// Where a sealed value lives. It is part of what is authenticated: a value copied to another place does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's key.
    pub row: Uuid,
    /// Whose row it is, where a column says so that could be changed alone: an account of a number.
    pub owner: Option<Uuid>,
}

/// A sealed value: format byte, length and name of the key, 24-byte nonce, ciphertext with tag.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl Sealed {
    /// The name of the key that sealed it; `None` for what is no sealed value.
    pub fn key(&self) -> Option<&str> {
        split(&self.0).map(|(name, ..)| name)
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// A keyed 256-bit hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyedHash(pub [u8; 32]);

impl std::fmt::Debug for KeyedHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyedHash({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

impl KeyedHash {
    /// A hash that nothing is known to hash to: stored where a real one must not be, so that rows look alike.
    pub fn random(random: &dyn Random) -> Self {
        let mut bytes = [0u8; 32];
        random.fill(&mut bytes);
        Self(bytes)
    }
}

/// Why a key ring or a sealed value was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    /// The ring names an active key that it does not hold.
    #[error("the active key {0:?} is not in the key ring")]
    NoActiveKey(String),
    /// A key is shorter or longer than 32 bytes.
    #[error("key {0:?} is not 32 bytes: make one with `openssl rand -base64 32`")]
    WrongLength(String),
    /// A key's name can't be stored beside what it sealed.
    #[error("key name {0:?} must be 1 to 32 letters, digits, '-' or '_'")]
    BadName(String),
    /// The value was sealed by a key that the ring does not hold (any more).
    #[error("sealed with key {0:?}, which is not in the key ring")]
    UnknownKey(String),
    /// Not a sealed value, sealed for another place or tenant, or altered.
    #[error("the sealed value does not belong here or was altered")]
    Rejected,
}

/// The first byte of a sealed value.
pub const FORMAT: u8 = 1;
const NONCE_BYTES: usize = 24;

/// The operator's master keys. One is active and seals; all of them open.
#[derive(Clone)]
pub struct KeyRing {
    active: String,
    keys: Arc<BTreeMap<String, Zeroizing<[u8; 32]>>>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing").field("active", &self.active).field("keys", &self.keys.keys()).finish()
    }
}

impl KeyRing {
    /// A ring of named 32-byte keys, one of them active.
    ///
    /// # Errors
    /// A name or a length that can't be used, or an active key that is missing.
    pub fn new(active: &str, keys: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, KeyError> {
        let mut ring = BTreeMap::new();
        for (name, bytes) in keys {
            let bytes = Zeroizing::new(bytes);
            if !is_key_name(&name) {
                return Err(KeyError::BadName(name));
            }
            let Ok(key) = <[u8; 32]>::try_from(bytes.as_slice()) else { return Err(KeyError::WrongLength(name)) };
            ring.insert(name, Zeroizing::new(key));
        }
        if !ring.contains_key(active) {
            return Err(KeyError::NoActiveKey(active.to_owned()));
        }
        Ok(Self { active: active.to_owned(), keys: Arc::new(ring) })
    }

    /// The name of the key that seals and hashes.
    pub fn active(&self) -> &str {
        &self.active
    }

    /// The names of all keys.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// The same keys with this one active; `None` when it is not among them.
    pub fn with(&self, active: &str) -> Option<KeyRing> {
        self.keys.contains_key(active).then(|| Self { active: active.to_owned(), keys: self.keys.clone() })
    }

    /// The ring once for each key, that key being active: first the one that is. What was hashed a moment ago may have
    /// been hashed with another.
    pub fn each(&self) -> impl Iterator<Item = KeyRing> {
        let others = self.names().filter(|name| **name != self.active);
        [self.active.as_str()].into_iter().chain(others).filter_map(|name| self.with(name))
    }

    fn derive(&self, name: &str, tenant: TenantId, usage: KeyUse) -> Result<Zeroizing<[u8; 32]>, KeyError> {
        let master = self.keys.get(name).ok_or_else(|| KeyError::UnknownKey(name.to_owned()))?;
        let mut key = Zeroizing::new([0u8; 32]);
        let info: [&[u8]; 3] = [b"portvakt/1/", usage.label().as_bytes(), b"/"];
        let info = [info.concat().as_slice(), tenant.0.as_bytes()].concat();
        // Expanding to 32 bytes can't exceed HKDF's limit; the length is fixed here.
        Hkdf::<Sha256>::new(None, master.as_slice())
            .expand(&info, key.as_mut_slice())
            .map_err(|_| KeyError::Rejected)?;
        Ok(key)
    }

    /// Seals `plain` for `place` with the active key (XChaCha20-Poly1305, random nonce).
    ///
    /// # Errors
    /// None in practice: the active key is known and the cipher takes any length a column can hold.
    pub fn seal(&self, tenant: TenantId, place: Place, plain: &[u8], random: &dyn Random) -> Result<Sealed, KeyError> {
        let key = self.derive(&self.active, tenant, KeyUse::Seal)?;
        let mut nonce = [0u8; NONCE_BYTES];
        random.fill(&mut nonce);
        let cipher = XChaCha20Poly1305::new(key.as_slice().try_into().map_err(|_| KeyError::Rejected)?);
        let aad = associated_data(tenant, place);
        let sealed =
            cipher.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad }).map_err(|_| KeyError::Rejected)?;
        let name_length = u8::try_from(self.active.len()).map_err(|_| KeyError::Rejected)?;
        Ok(Sealed([&[FORMAT, name_length], self.active.as_bytes(), &nonce, &sealed].concat()))
    }

    /// Opens what [`KeyRing::seal`] made for the same tenant and place.
    ///
    /// # Errors
    /// The key is not in the ring, or the value is not one that was sealed for this place.
    pub fn open(&self, tenant: TenantId, place: Place, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let (name, nonce, body) = split(&sealed.0).ok_or(KeyError::Rejected)?;
        let key = self.derive(name, tenant, KeyUse::Seal)?;
        let cipher = XChaCha20Poly1305::new(key.as_slice().try_into().map_err(|_| KeyError::Rejected)?);
        let aad = associated_data(tenant, place);
        cipher
            .decrypt(&XNonce::from(nonce), Payload { msg: body, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_| KeyError::Rejected)
    }

    /// Opens a sealed text.
    ///
    /// # Errors
    /// As [`KeyRing::open`]; also when what was sealed is not UTF-8.
    pub fn open_text(&self, tenant: TenantId, place: Place, sealed: &Sealed) -> Result<Zeroizing<String>, KeyError> {
        let bytes = self.open(tenant, place, sealed)?;
        std::str::from_utf8(&bytes).map(|text| Zeroizing::new(text.to_owned())).map_err(|_| KeyError::Rejected)
    }

    /// HMAC-SHA-256 of `parts` with the tenant's key of this use. Every part is preceded by its length, so that
    /// `["ab", "c"]` and `["a", "bc"]` differ.
    pub fn hash(&self, tenant: TenantId, usage: KeyUse, parts: &[&[u8]]) -> KeyedHash {
        // The active key is in the ring since `new`; a zero key would only make look-ups miss, never match.
        let key = self.derive(&self.active, tenant, usage).unwrap_or_default();
        KeyedHash(mac(&key, parts))
    }

    /// The tenant's audit key; the sealing job and the verifier need it where the ring is not at hand.
    pub fn audit_key(&self, tenant: TenantId) -> AuditKey {
        let key = self.derive(&self.active, tenant, KeyUse::Audit).unwrap_or_default();
        AuditKey { name: self.active.clone(), key }
    }
}

/// A tenant's key for sealing the audit trail.
pub struct AuditKey {
    name: String,
    key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuditKey(<redacted>)")
    }
}

impl AuditKey {
    /// The name of the ring's key that it is derived from.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// HMAC-SHA-256 over length-preceded parts.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.key, parts)
    }
}

/// Whether a key may be called so.
pub fn is_key_name(name: &str) -> bool {
    (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length.
    let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn associated_data(tenant: TenantId, place: Place) -> Vec<u8> {
    let mut data = Vec::with_capacity(128);
    let owner = place.owner.as_ref().map_or([].as_slice(), |owner| owner.as_bytes().as_slice());
    let (table, column) = (place.table.as_bytes(), place.column.as_bytes());
    for part in [tenant.0.as_bytes().as_slice(), table, column, place.row.as_bytes(), owner] {
        data.extend_from_slice(&(part.len() as u64).to_be_bytes());
        data.extend_from_slice(part);
    }
    data
}

fn split(sealed: &[u8]) -> Option<(&str, [u8; NONCE_BYTES], &[u8])> {
    let (&format, rest) = sealed.split_first()?;
    let (&name_length, rest) = rest.split_first()?;
    let (name, rest) = rest.split_at_checked(usize::from(name_length))?;
    let (nonce, body) = rest.split_at_checked(NONCE_BYTES)?;
    (format == FORMAT).then_some(())?;
    Some((std::str::from_utf8(name).ok()?, nonce.try_into().ok()?, body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::tests::Counting;

    fn ring() -> KeyRing {
        KeyRing::new("b", [("a".to_owned(), vec![1; 32]), ("b".to_owned(), vec![2; 32])]).expect("a valid ring")
    }

    const PLACE: Place = Place { table: "numbers", column: "number", row: Uuid::from_u128(7), owner: Some(OWNER) };
    const OWNER: Uuid = Uuid::from_u128(9);
    const A: TenantId = TenantId(Uuid::from_u128(1));
    const B: TenantId = TenantId(Uuid::from_u128(2));

    #[test]
    fn a_sealed_value_opens_only_at_its_place() {
        let (ring, random) = (ring(), Counting::new());
        let sealed = ring.seal(A, PLACE, b"+46701740605", &random).expect("sealed");
        assert_eq!(ring.open(A, PLACE, &sealed).expect("opens").as_slice(), b"+46701740605");
        assert_eq!(ring.open(B, PLACE, &sealed), Err(KeyError::Rejected));
        for place in [
            Place { table: "flows", ..PLACE },
            Place { column: "other", ..PLACE },
            Place { row: Uuid::from_u128(8), ..PLACE },
            Place { owner: None, ..PLACE },
            Place { owner: Some(Uuid::from_u128(8)), ..PLACE },
        ] {
            assert_eq!(ring.open(A, place, &sealed), Err(KeyError::Rejected));
        }
    }

    #[test]
    fn the_same_value_is_never_sealed_alike() {
        let (ring, random) = (ring(), Counting::new());
        let [first, second] = [(); 2].map(|()| ring.seal(A, PLACE, b"+46701740605", &random).expect("sealed"));
        let nonce = |sealed: &Sealed| split(&sealed.0).expect("its parts").1;
        assert_ne!(nonce(&first), nonce(&second), "a nonce that comes twice gives the key stream away");
        assert_ne!(first, second);
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let (ring, random) = (ring(), Counting::new());
        let sealed = ring.seal(A, PLACE, b"x", &random).expect("sealed");
        for i in 0..sealed.0.len() {
            let mut altered = sealed.clone();
            altered.0[i] ^= 1;
            assert!(ring.open(A, PLACE, &altered).is_err(), "byte {i}");
        }
        for length in 0..sealed.0.len() {
            assert!(ring.open(A, PLACE, &Sealed(sealed.0[..length].to_vec())).is_err(), "length {length}");
        }
    }

    #[test]
    fn an_older_key_still_opens_and_a_missing_one_is_named() {
        let old = KeyRing::new("a", [("a".to_owned(), vec![1; 32])]).expect("a valid ring");
        let sealed = old.seal(A, PLACE, b"x", &Counting::new()).expect("sealed");
        assert!(ring().open(A, PLACE, &sealed).is_ok());
        let without = KeyRing::new("b", [("b".to_owned(), vec![2; 32])]).expect("a valid ring");
        assert_eq!(without.open(A, PLACE, &sealed), Err(KeyError::UnknownKey("a".to_owned())));
    }

    #[test]
    fn hashes_differ_by_tenant_use_and_split() {
        let ring = ring();
        let hash = |t, u, p: &[&[u8]]| ring.hash(t, u, p);
        let base = hash(A, KeyUse::Code, &[b"ab", b"c"]);
        assert_eq!(base, hash(A, KeyUse::Code, &[b"ab", b"c"]));
        assert_ne!(base, hash(B, KeyUse::Code, &[b"ab", b"c"]));
        assert_ne!(base, hash(A, KeyUse::Token, &[b"ab", b"c"]));
        assert_ne!(base, hash(A, KeyUse::Code, &[b"a", b"bc"]));
    }

    #[test]
    fn a_ring_refuses_what_it_cannot_use() {
        assert_eq!(KeyRing::new("a", []).err(), Some(KeyError::NoActiveKey("a".to_owned())));
        assert!(matches!(KeyRing::new("a", [("a".to_owned(), vec![1; 31])]), Err(KeyError::WrongLength(_))));
        assert!(matches!(KeyRing::new("a b", [("a b".to_owned(), vec![1; 32])]), Err(KeyError::BadName(_))));
    }
}
