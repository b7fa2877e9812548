//! The name a person types, and what it may be in a directory.

use secrecy::{ExposeSecret as _, SecretString};

/// The longest name that is looked at: mail addresses end at 254 characters (RFC 5321), the rest is not a name.
pub const MAX_LENGTH: usize = 256;

/// A typed name: `lovstlin32`, `OREBRO\lovstlin32`, a user principal name or a mail address. It is personal; it is
/// sealed where it is stored and never logged.
#[derive(Clone)]
pub struct Login(SecretString);

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login(<redacted>)")
    }
}

/// Why a typed name can't be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// Nothing was typed.
    #[error("no username was typed")]
    Empty,
    /// Longer than any name, or with control characters.
    #[error("this can't be a username")]
    Malformed,
}

impl Login {
    /// Trims what was typed and refuses what no directory could hold.
    ///
    /// # Errors
    /// Empty, longer than [`MAX_LENGTH`] characters, or with control characters.
    pub fn parse(typed: &str) -> Result<Self, LoginError> {
        let name = typed.trim();
        if name.is_empty() {
            return Err(LoginError::Empty);
        }
        if name.chars().count() > MAX_LENGTH || name.chars().any(char::is_control) {
            return Err(LoginError::Malformed);
        }
        Ok(Self(name.to_owned().into()))
    }

    /// The name as typed, without the spaces around it.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// The name inside the tenant's directory. `None` for another domain's (`ANNAN\anna`): that is nobody here.
    pub fn within(&self, netbios: &str) -> Option<DirectoryName<'_>> {
        let name = self.reveal();
        match name.split_once('\\') {
            Some((domain, account)) => {
                let ours =
                    domain.eq_ignore_ascii_case(netbios) && !account.is_empty() && !account.contains(['\\', '@']);
                ours.then_some(DirectoryName { text: account, account_name_only: true })
            }
            None => Some(DirectoryName { text: name, account_name_only: false }),
        }
    }

    /// One spelling for all of a name's (case, domain prefix): the subject of counters for names that nobody has.
    pub fn folded(&self, netbios: &str) -> String {
        self.within(netbios).map_or_else(|| self.reveal().to_lowercase(), |name| name.text.to_lowercase())
    }
}

/// A name to look up in one directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirectoryName<'a> {
    /// The text to compare with.
    pub text: &'a str,
    /// `DOMAIN\name` names a `sAMAccountName` and nothing else.
    pub account_name_only: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_guides_is_understood() {
        let within = |typed: &str| {
            let login = Login::parse(typed).expect("a name");
            login.within("OREBRO").map(|n| (n.text.to_owned(), n.account_name_only))
        };
        assert_eq!(within(" lovstlin32 "), Some(("lovstlin32".to_owned(), false)));
        assert_eq!(within("OREBRO\\lovstlin32"), Some(("lovstlin32".to_owned(), true)));
        assert_eq!(within("orebro\\lovstlin32"), Some(("lovstlin32".to_owned(), true)));
        assert_eq!(within("lovstlin32@orebro.se"), Some(("lovstlin32@orebro.se".to_owned(), false)));
        for foreign in ["ANNAN\\lovstlin32", "OREBRO\\", "\\x", "OREBRO\\a\\b", "OREBRO\\a@b"] {
            assert_eq!(within(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn what_no_directory_could_hold_is_refused() {
        assert_eq!(Login::parse("  ").err(), Some(LoginError::Empty));
        assert_eq!(Login::parse("a\0b").err(), Some(LoginError::Malformed));
        assert_eq!(Login::parse(&"å".repeat(257)).err(), Some(LoginError::Malformed));
        assert!(Login::parse(&"å".repeat(256)).is_ok());
    }
}
