//! What a reader of a guide thought of it, and what of their words is kept: nothing that names a person, as far as a program
//! can tell.

use secrecy::{ExposeSecret as _, SecretString};

use crate::tenant::plain;

/// The longest text, in characters.
pub const LONGEST: usize = 1_000;
/// Digits that are no part of a number that names somebody: a year, an hour, a room.
const FEW_DIGITS: usize = 5;
/// Signs between two digits of one number, at most: `070 - 123`, `(019) 21`.
const MOST_BETWEEN: usize = 3;
/// What stands where something was left out.
const LEFT_OUT: &str = "***";

/// A guide that tenants offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Guide {
    /// Registering a number.
    Registration,
    /// Getting back in.
    Reset,
    /// An account that a unit shares.
    Functional,
    /// A mail about passwords that are about to expire.
    Reminders,
}

impl Guide {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Guide; 4] = [Guide::Registration, Guide::Reset, Guide::Functional, Guide::Reminders];

    /// The stored name, and the last part of its address.
    pub fn as_str(self) -> &'static str {
        match self {
            Guide::Registration => "registration",
            Guide::Reset => "reset",
            Guide::Functional => "functional",
            Guide::Reminders => "reminders",
        }
    }

    /// The guide of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|guide| guide.as_str() == name)
    }
}

/// A text that is longer than [`LONGEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is longer than 1,000 characters")]
pub struct TooLong;

/// A reader's own words, as they are kept. They may be personal in spite of all: sealed where stored, never logged.
#[derive(Clone)]
pub struct FeedbackText(SecretString);

impl std::fmt::Debug for FeedbackText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FeedbackText(<redacted>)")
    }
}

impl FeedbackText {
    /// Reads what a person typed, and leaves out mail addresses and numbers of six digits or more, however they are
    /// written. `None` where nothing was typed.
    ///
    /// # Errors
    /// It is too long.
    pub fn parse(typed: &str) -> Result<Option<Self>, TooLong> {
        // Browsers send two characters for a line's end and count one.
        let typed = typed.replace("\r\n", "\n");
        if typed.chars().count() > LONGEST {
            return Err(TooLong);
        }
        let seen: String = typed.chars().filter(|c| *c == '\n' || !plain::is_unseen(*c)).collect();
        let kept = without_numbers(&without_addresses(seen.trim()));
        Ok((!kept.is_empty()).then(|| Self(kept.into())))
    }

    /// The words, for the store.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The same without words that hold an `@` between other characters.
fn without_addresses(text: &str) -> String {
    let is_address = |word: &str| {
        let sign = |c| matches!(c, '@' | '＠' | '﹫');
        word.char_indices().any(|(at, c)| sign(c) && at > 0 && at + c.len_utf8() < word.len())
    };
    text.split_inclusive(char::is_whitespace)
        .map(|word| match word.trim_end() {
            address if is_address(address) => word.replacen(address, LEFT_OUT, 1),
            _ => word.to_owned(),
        })
        .collect()
}

/// The same without runs of many digits. What may stand between two digits of one number is left out with them.
fn without_numbers(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let (mut kept, mut at) = (String::with_capacity(text.len()), 0);
    while at < characters.len() {
        let (end, digits) = number_at(&characters, at);
        if digits > FEW_DIGITS {
            kept.push_str(LEFT_OUT);
        } else {
            kept.extend(&characters[at..end.max(at + 1)]);
        }
        at = end.max(at + 1);
    }
    kept
}

/// Where the number that begins here ends, and how many digits it has; none where it is no digit.
fn number_at(characters: &[char], start: usize) -> (usize, usize) {
    let (mut end, mut digits, mut between) = (start, 0, 0);
    for (at, c) in characters.iter().enumerate().skip(start) {
        if c.is_numeric() {
            (end, digits, between) = (at + 1, digits + 1, 0);
        } else {
            between += 1;
            if digits == 0 || !may_stand_between(*c) || between > MOST_BETWEEN {
                break;
            }
        }
    }
    (end, digits)
}

/// What people and word processors put between two digits of one number: spaces of any width, dashes, hyphens that are not
/// seen or do not break, and the signs of telephones and lists.
fn may_stand_between(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}' | '\u{fe0e}' | '\u{fe0f}')
        || matches!(c, '.' | ',' | ':' | '/' | '(' | ')' | '+' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(typed: &str) -> Option<String> {
        FeedbackText::parse(typed).expect("short enough").map(|text| text.reveal().to_owned())
    }

    #[test]
    fn what_names_a_person_is_left_out() {
        for (typed, expected) in [
            ("Mitt nummer är 070-123 45 67.", "Mitt nummer är ***."),
            ("+46 (0)70 123 45 67!", "+***!"),
            ("850709-9805 och 19850709 9805", "*** och ***"),
            ("koden 482913 kom inte", "koden *** kom inte"),
            ("skriv till anna.berg@orebro.se, tack", "skriv till *** tack"),
            ("a@b\nc@d e", "***\n*** e"),
            ("٠٧٠١٢٣٤٥٦٧", "***"),
            ("019_21.10/00", "***"),
            ("070\u{2011}12\u{2011}34\u{2011}56\u{2011}7 är det", "*** är det"),
            ("850709\u{2212}9805", "***"),
            ("070 12\n34 567", "***"),
            ("070\u{ad}123\u{2009}45,67", "***"),
        ] {
            assert_eq!(kept(typed).as_deref(), Some(expected), "{typed}");
        }
    }

    #[test]
    fn other_words_stay_as_they_are() {
        for typed in [
            "Steg 3 är svårt: bilden från 2026 stämmer inte.",
            "5 gånger av 10",
            "@ betyder snabel-a",
            "Rum 1201, kl. 8–16",
            "första raden\nandra raden",
            "Åäö 👍",
        ] {
            assert_eq!(kept(typed).as_deref(), Some(typed));
        }
        assert_eq!(kept("rad\r\nrad").as_deref(), Some("rad\nrad"));
        assert_eq!(kept(" \r\n\t "), None);
        assert_eq!(kept("a\u{1b}[31mb\u{202e}c").as_deref(), Some("a[31mbc"));
    }

    #[test]
    fn a_text_has_a_thousand_characters() {
        assert_eq!(kept(&"å".repeat(LONGEST)).map(|text| text.chars().count()), Some(LONGEST));
        assert_eq!(kept(&"\r\n".repeat(LONGEST)), None);
        assert!(matches!(FeedbackText::parse(&"å".repeat(LONGEST + 1)), Err(TooLong)));
        assert_eq!(format!("{:?}", FeedbackText::parse("ord")), "Ok(Some(FeedbackText(<redacted>)))");
    }
}
