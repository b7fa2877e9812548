//! The SMS alphabet (3GPP TS 23.038, GSM 7-bit default alphabet): what fits one part.

/// What one part holds, in septets.
pub const ONE_PART: usize = 160;

/// The characters that cost one septet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                     ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// The characters that cost two.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// The septets of a text; `None` where one of its characters is not in the alphabet and the whole SMS would be sent in
/// UCS-2, with 70 characters a part.
pub fn septets(text: &str) -> Option<usize> {
    text.chars()
        .map(|c| match c {
            _ if BASIC.contains(c) => Some(1),
            _ if EXTENDED.contains(c) => Some(2),
            _ => None,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swedish_letters_cost_one_and_typographers_signs_the_whole_alphabet() {
        assert_eq!(septets("åäöÅÄÖé@"), Some(8));
        assert_eq!(septets("[€]"), Some(6));
        for outside in ["–", "’", "”", "\u{a0}", "\u{2068}", "ë", "😀"] {
            assert_eq!(septets(outside), None, "{outside}");
        }
    }
}
