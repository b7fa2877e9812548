//! Who holds a number of a functional account: a name, for the people of the unit.

use secrecy::{ExposeSecret as _, SecretString};

/// The longest name, in characters.
const LONGEST: usize = 60;

/// A holder's name as the unit writes it. Personal: sealed where stored, never logged.
#[derive(Clone)]
pub struct Holder(SecretString);

impl std::fmt::Debug for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Holder(<redacted>)")
    }
}

/// Why what was typed is no name of a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HolderError {
    /// Nothing was typed.
    #[error("no name was typed")]
    Empty,
    /// Longer than 60 characters, or with characters that no name has.
    #[error("this is too long for a name, or has control characters")]
    Malformed,
}

impl Holder {
    /// Reads what a person typed: at most 60 characters on one line, white space made single.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(typed: &str) -> Result<Self, HolderError> {
        if typed.chars().count() > 4 * LONGEST {
            return Err(HolderError::Malformed);
        }
        let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err(HolderError::Empty);
        }
        if name.chars().count() > LONGEST || name.chars().any(char::is_control) {
            return Err(HolderError::Malformed);
        }
        Ok(Self(name.into()))
    }

    /// The name, for the page and the store.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line() {
        let parse = |typed: &str| Holder::parse(typed).map(|holder| holder.reveal().to_owned());
        assert_eq!(parse("  Maj-Britt\u{a0} Ödman\n"), Ok("Maj-Britt Ödman".to_owned()));
        assert_eq!(parse(" \t "), Err(HolderError::Empty));
        assert_eq!(parse(&"å".repeat(60)), Ok("å".repeat(60)));
        assert_eq!(parse(&"å".repeat(61)), Err(HolderError::Malformed));
        assert_eq!(parse("a\u{7}b"), Err(HolderError::Malformed));
        assert_eq!(parse(&" ".repeat(1_000)), Err(HolderError::Malformed));
        assert_eq!(format!("{:?}", Holder::parse("Fatima").expect("a name")), "Holder(<redacted>)");
    }
}
