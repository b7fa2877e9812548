//! One rule: what it asks for, and whether a password keeps it.

use super::{fold::composed, kinds, leaked::Leaked, names, words};

/// One rule, as it is listed on the page and named when it is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// At least so many characters.
    MinLength(u32),
    /// At most so many characters.
    MaxLength(u32),
    /// So many of the tenant's four kinds.
    Kinds(u32),
    /// So many of the tenant's four kinds, counted so that the directory's complexity is satisfied as well: letters
    /// beyond ASCII are one kind there, and a sign that it does not list, such as a space, is none.
    KindsForBoth(u32),
    /// Three of Active Directory's five kinds.
    DirectoryKinds,
    /// A capital letter.
    Upper,
    /// A small letter.
    Lower,
    /// A digit.
    Digit,
    /// A sign: neither letter nor number.
    Sign,
    /// None of these characters.
    Without(String),
    /// Letters and digits only.
    LettersAndDigits,
    /// The printable characters of ASCII only, 0x21 to 0x7E.
    Ascii,
    /// The printable characters of ASCII and the space, 0x20 to 0x7E.
    AsciiAndSpace,
    /// Not the username.
    NotUsername,
    /// No part of one's own name.
    NotName,
    /// Not made of words that are guessed first.
    NotBanned,
    /// Not among the common and leaked passwords. Checked when it is sent only.
    NotLeaked,
    /// None of the earlier passwords: so many of them, 0 where the number is not told. Only the directory can check it.
    NotEarlier(u32),
    /// Kept for a while first: hours, rounded up. See [`super::changeable_from`].
    MinAge(u32),
}

/// Whose password it is: what must not be part of it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The account's short name.
    pub username: &'a str,
    /// The name the directory shows.
    pub display_name: &'a str,
    /// The municipality's words, such as its name.
    pub tenant_words: &'a [String],
}

impl Rule {
    /// Whether a password keeps the rule. Those that only the directory can check count as kept.
    ///
    /// Lengths count what was typed, in code points; everything else looks at letters put together (NFC).
    pub fn is_met(&self, password: &str, subject: Subject<'_>) -> bool {
        let length = password.chars().count();
        let composed = composed(password);
        let any = |test: fn(char) -> bool| composed.chars().any(test);
        let all = |test: fn(char) -> bool| composed.chars().all(test);
        match self {
            Rule::MinLength(least) => length >= *least as usize,
            Rule::MaxLength(most) => length <= *most as usize,
            Rule::Kinds(least) => kinds::four(&composed) >= *least,
            Rule::KindsForBoth(least) => {
                kinds::four(&composed) >= *least && kinds::five(&composed) >= kinds::DIRECTORY_LEAST
            }
            Rule::DirectoryKinds => kinds::five(&composed) >= kinds::DIRECTORY_LEAST,
            Rule::Upper => any(kinds::is_upper),
            Rule::Lower => any(kinds::is_lower),
            Rule::Digit => any(kinds::is_digit),
            Rule::Sign => any(kinds::is_sign),
            Rule::Without(characters) => !composed.chars().any(|c| characters.contains(c)),
            Rule::LettersAndDigits => all(char::is_alphanumeric),
            Rule::Ascii => all(|c| c.is_ascii_graphic()),
            Rule::AsciiAndSpace => all(|c| c.is_ascii_graphic() || c == ' '),
            Rule::NotUsername => !names::holds_username(password, subject.username),
            Rule::NotName => !names::holds_name(password, subject.display_name),
            Rule::NotBanned => words::made_of(password, &words::list(subject.tenant_words)).is_none(),
            Rule::NotLeaked => Leaked::shipped().is_some_and(|leaked| !leaked.holds(password)),
            Rule::NotEarlier(_) | Rule::MinAge(_) => true,
        }
    }
}
