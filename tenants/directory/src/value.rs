//! A value on its way into the directory.

use zeroize::Zeroize as _;

/// The bytes of a modification, wiped when they are dropped. (What ldap3 copies of them is beyond our reach.)
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Value(Vec<u8>);

impl Value {
    /// A text as it is: names of attributes, values that are no secret.
    pub(crate) fn text(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }

    /// Bytes that nobody else has a copy of.
    pub(crate) fn secret(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl AsRef<[u8]> for Value {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
