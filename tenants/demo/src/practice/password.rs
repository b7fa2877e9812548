//! Passwords: how they arrive, how they are kept, and Windows' complexity rule.

use std::fmt;

use sha2::{Digest, Sha256};
use uuid::Uuid;

type Hash = [u8; 32];

/// The longest password in UTF-16 units (MS-SAMR 3.1.1.7.2).
pub(crate) const LONGEST: usize = 256;

/// An account's password and the ones before it, hashed with one salt.
#[derive(Clone)]
pub(crate) struct Secret {
    salt: [u8; 16],
    current: Hash,
    /// The newest first.
    previous: Vec<Hash>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// The first password of an account.
    pub(crate) fn new(password: &str) -> Self {
        let salt = *Uuid::new_v4().as_bytes();
        Self { salt, current: hash(&salt, password), previous: Vec::new() }
    }

    /// Whether this is the password.
    pub(crate) fn is(&self, password: &str) -> bool {
        self.current == hash(&self.salt, password)
    }

    /// Whether it is one of the last `count`, of which the present one is the first (MS-SAMR 3.1.1.7.1).
    pub(crate) fn is_among_last(&self, password: &str, count: usize) -> bool {
        let hash = hash(&self.salt, password);
        std::iter::once(&self.current).chain(&self.previous).take(count).any(|known| *known == hash)
    }

    /// Whether it is one of the two before the present one: a device that was forgotten at the last change.
    pub(crate) fn is_one_of_two_before(&self, password: &str) -> bool {
        let hash = hash(&self.salt, password);
        self.previous.iter().take(2).any(|known| *known == hash)
    }

    /// The same with a new password; `history` old ones are kept.
    pub(crate) fn replaced(&self, password: &str, history: usize) -> Self {
        let mut previous = vec![self.current];
        previous.extend_from_slice(&self.previous);
        previous.truncate(history);
        Self { salt: self.salt, current: hash(&self.salt, password), previous }
    }
}

fn hash(salt: &[u8], password: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(password).finalize().into()
}

/// The password in a value of `unicodePwd`: UTF-16LE between quotation marks (MS-ADTS 3.1.1.3.1.5.1).
pub(crate) fn unquote(value: &[u8]) -> Option<String> {
    let (pairs, []) = value.as_chunks::<2>() else { return None };
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    let text = String::from_utf16(&units).ok()?;
    text.strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
}

/// Its length as Windows counts: UTF-16 units.
pub(crate) fn length(password: &str) -> usize {
    password.encode_utf16().count()
}

/// Windows' complexity rule (MS-SAMR 3.1.1.7.2): three classes of five, and nothing of the account's names.
pub(crate) fn is_complex(password: &str, account: &str, display: &str) -> bool {
    const SYMBOLS: &str = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/";
    let classes: [fn(char) -> bool; 5] = [
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_digit(),
        |c| SYMBOLS.contains(c),
        |c| !c.is_ascii() && c.is_alphabetic(),
    ];
    if classes.iter().filter(|class| password.chars().any(**class)).count() < 3 {
        return false;
    }
    let lower = password.to_lowercase();
    let tokens = display.split([' ', ',', '.', '\t', '-', '_', '#']);
    !std::iter::once(account).chain(tokens).any(|name| name.chars().count() > 2 && lower.contains(&name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn the_value_of_the_specification_is_read() {
        assert_eq!(unquote(&[0x22, 0, 0x6e, 0, 0x65, 0, 0x77, 0, 0x22, 0]).as_deref(), Some("new"));
        assert_eq!(unquote(&quoted("\"åäö😀\"")).as_deref(), Some("åäö😀"));
        for bad in ["new", "\"new", "new\"", "\"", ""] {
            assert_eq!(unquote(&quoted(bad)), None, "{bad}");
        }
        assert_eq!(unquote(b"\"utf8\""), None);
        assert_eq!(unquote(&[0x22]), None);
    }

    #[test]
    fn complexity_wants_three_of_five_classes() {
        for (password, expected) in [
            ("abcdefgh", false),
            ("abcdEFGH", false),
            ("abcdEF12", true),
            ("abcd12!!", true),
            ("abcd1234", false),
            ("åbcd1234", true),
            ("ÅÄÖåäö12", false),
            ("abcdEF  ", false),
            ("😀abcdEF", false),
        ] {
            assert_eq!(is_complex(password, "", ""), expected, "{password}");
        }
    }

    #[test]
    fn complexity_refuses_the_account_s_names() {
        for (password, account, display, expected) in [
            ("xLovStlin32!", "lovstlin32", "", false),
            ("Bo!sommar1", "bo", "", true),
            ("Sommar-2026-Anna", "x", "Anna Åström", false),
            ("ÅSTRÖM-1a", "x", "Anna Åström", false),
            ("Sommar2026!", "x", "Jo Ek", true),
            ("Karin2026!", "x", "Ek_Karin#Bo", false),
        ] {
            assert_eq!(is_complex(password, account, display), expected, "{password} {account} {display}");
        }
    }

    #[test]
    fn the_history_counts_the_present_password() {
        let secret = Secret::new("one").replaced("two", 24).replaced("three", 24).replaced("four", 24);
        assert!(secret.is("four"));
        assert!(!secret.is("three"));
        assert!(secret.is_among_last("four", 1));
        assert!(!secret.is_among_last("three", 1));
        assert!(secret.is_among_last("one", 4));
        assert!(!secret.is_among_last("one", 3));
        assert!(!secret.is_among_last("four", 0));
        assert!(secret.is_one_of_two_before("three") && secret.is_one_of_two_before("two"));
        assert!(!secret.is_one_of_two_before("one") && !secret.is_one_of_two_before("four"));
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("canary")), "Secret(…)");
    }
}
