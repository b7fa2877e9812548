//! Forms of a password in which its rules are looked at. What is sent to the directory is never changed.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Letter and sign put together where a keyboard sent them apart (Unicode's form NFC), so that "a" and a ring is not
/// let past a rule against "å".
pub(super) fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// Put together and in lower case: how names are looked for.
pub(super) fn lowered(text: &str) -> String {
    composed(text).to_lowercase()
}

/// In lower case and without rings, dots and accents, as people write Swedish where å ä ö are not allowed; wide and
/// superscript characters become plain ones (NFKD).
pub(super) fn plain(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).collect::<String>().to_lowercase()
}
