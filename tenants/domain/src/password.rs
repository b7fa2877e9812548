//! A password on its way from a form to the directory. It is never stored, and it can't be printed.

use secrecy::{ExposeSecret as _, SecretString};

/// The longest password that is looked at, in characters: Active Directory's limit (MS-SAMR 3.1.1.7.2).
pub const MAX_LENGTH: usize = 256;

/// A password in clear.
#[derive(Clone)]
pub struct Password(SecretString);

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(<redacted>)")
    }
}

impl Password {
    /// A password exactly as it was typed: nothing is trimmed, cut or folded. `None` when it is empty: a directory
    /// answers "success" to a bind without a password, which would let anyone in.
    pub fn new(typed: String) -> Option<Self> {
        (!typed.is_empty()).then(|| Self(typed.into()))
    }

    /// The characters, for the directory and the policy.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether the two fields of a form agree.
    pub fn same_as(&self, other: &Password) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.reveal().as_bytes(), other.reveal().as_bytes()).into()
    }
}
