//! Kinds of characters: the tenant's four, and Active Directory's five.

/// How many of the directory's five kinds its complexity asks for (MS-SAMR 3.1.1.7.2).
pub(super) const DIRECTORY_LEAST: u32 = 3;

/// The signs that Active Directory counts as a kind; a space is none.
const DIRECTORY_SIGNS: &str = "(`~!@#$%^&*_-+=|\\{}[]:;\"'<>,.?/)";

/// A capital letter of any alphabet.
pub(super) fn is_upper(c: char) -> bool {
    c.is_uppercase()
}

/// A small letter of any alphabet.
pub(super) fn is_lower(c: char) -> bool {
    c.is_lowercase()
}

/// 0 to 9.
pub(super) fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Neither letter nor number.
pub(super) fn is_sign(c: char) -> bool {
    !c.is_alphanumeric()
}

/// How many of the tenant's four kinds occur: capitals, small letters, digits, signs.
pub(super) fn four(password: &str) -> u32 {
    count(password, &[is_upper, is_lower, is_digit, is_sign])
}

/// How many of the directory's five kinds occur (MS-SAMR 3.1.1.7.2): A to Z, a to z, 0 to 9, its signs, other letters.
pub(super) fn five(password: &str) -> u32 {
    count(
        password,
        &[
            |c| c.is_ascii_uppercase(),
            |c| c.is_ascii_lowercase(),
            is_digit,
            |c| DIRECTORY_SIGNS.contains(c),
            |c| !c.is_ascii() && c.is_alphabetic(),
        ],
    )
}

fn count(password: &str, kinds: &[fn(char) -> bool]) -> u32 {
    kinds.iter().map(|kind| u32::from(password.chars().any(kind))).sum()
}
