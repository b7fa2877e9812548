//! ISO-8859-1, which is the first 256 characters of Unicode, a byte each.

/// A text in it; `None` where it has a character beyond.
pub(crate) fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

/// What such bytes say.
pub(crate) fn from_latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_is_a_byte() {
        let text: String = (0..=255).map(char::from).collect();
        let bytes = latin1(&text).expect("all of them");
        assert_eq!(bytes, (0..=255).collect::<Vec<u8>>());
        assert_eq!(from_latin1(&bytes), text);
        assert_eq!(latin1("åäö"), Some(vec![0xe5, 0xe4, 0xf6]));
        assert_eq!(latin1("10 €"), None);
        assert_eq!(latin1("\u{100}"), None);
    }
}
