//! How long a text is as an SMS: the alphabet of 3GPP TS 23.038, septets and parts.

/// How a text travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// The GSM 7 bit default alphabet with its extension table; units are septets.
    Gsm7,
    /// UCS-2, for a text with any character beyond it; units are UTF-16 code units.
    Ucs2,
}

/// A text's length as an SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmsLength {
    /// How it travels.
    pub alphabet: Alphabet,
    /// Septets or UTF-16 code units, without what joins the parts.
    pub units: usize,
    /// How many SMS it takes; 1 for an empty text.
    pub parts: usize,
}

impl Alphabet {
    /// Units that fit when the text is one SMS.
    fn alone(self) -> usize {
        match self {
            Alphabet::Gsm7 => 160,
            Alphabet::Ucs2 => 70,
        }
    }

    /// Units that fit in each of several parts, after the 6 octets that join them.
    fn joined(self) -> usize {
        match self {
            Alphabet::Gsm7 => 153,
            Alphabet::Ucs2 => 67,
        }
    }

    /// The units of a character that this alphabet holds.
    fn units(self, c: char) -> usize {
        match self {
            Alphabet::Gsm7 => septets(c).unwrap_or(0),
            Alphabet::Ucs2 => c.len_utf16(),
        }
    }
}

/// Measures a text.
pub fn measure(text: &str) -> SmsLength {
    let alphabet = if text.chars().all(|c| septets(c).is_some()) { Alphabet::Gsm7 } else { Alphabet::Ucs2 };
    let units = text.chars().map(|c| alphabet.units(c)).sum();
    let parts = if units <= alphabet.alone() { 1 } else { joined_parts(text, alphabet) };
    SmsLength { alphabet, units, parts }
}

/// Whether a text fits one SMS, as a code's must.
pub fn fits_one_part(text: &str) -> bool {
    measure(text).parts == 1
}

/// Fills parts in order. A character of two units never straddles two parts, so a part may stay one unit short.
fn joined_parts(text: &str, alphabet: Alphabet) -> usize {
    let (mut parts, mut used) = (1, 0);
    for units in text.chars().map(|c| alphabet.units(c)) {
        if used + units > alphabet.joined() {
            parts += 1;
            used = 0;
        }
        used += units;
    }
    parts
}

/// The septets of a character: 1 in the basic table, 2 in the extension table, none beyond.
fn septets(c: char) -> Option<usize> {
    match c {
        ' '..='#' | '%'..='?' | 'A'..='Z' | 'a'..='z' => Some(1),
        '@' | '£' | '$' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | '\n' | 'Ø' | 'ø' | '\r' | 'Å' | 'å' => {
            Some(1)
        }
        'Δ' | '_' | 'Φ' | 'Γ' | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' | 'Æ' | 'æ' | 'ß' | 'É' => {
            Some(1)
        }
        '¤' | '¡' | 'Ä' | 'Ö' | 'Ñ' | 'Ü' | '§' | '¿' | 'ä' | 'ö' | 'ñ' | 'ü' | 'à' => Some(1),
        '\u{c}' | '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '€' => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(alphabet: Alphabet, units: usize, parts: usize) -> SmsLength {
        SmsLength { alphabet, units, parts }
    }

    #[test]
    fn the_tables_are_those_of_23_038() {
        // By code, 0x00 to 0x7F, without the escape at 0x1B.
        let basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                     ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
        let extension = "\u{c}^{}\\[~]|€";
        assert_eq!((basic.chars().count(), extension.chars().count()), (127, 10));
        for c in (0..=0x2fff).filter_map(char::from_u32) {
            let expected = match (basic.contains(c), extension.contains(c)) {
                (true, _) => Some(1),
                (_, true) => Some(2),
                _ => None,
            };
            assert_eq!(septets(c), expected, "{c:?}");
        }
    }

    #[test]
    fn the_code_sms_is_114_septets_and_one_part() {
        let text = "Din säkerhetskod är 123456. Den gäller i 10 minuter. Lämna aldrig ut koden till någon.\n\n\
                    @pwreset.orebro.se #123456";
        assert_eq!(measure(text), length(Alphabet::Gsm7, 114, 1));
        assert!(fits_one_part(text));
    }

    #[test]
    fn parts_begin_where_the_standard_says() {
        let gsm = |n: usize| measure(&"å".repeat(n));
        assert_eq!(measure(""), length(Alphabet::Gsm7, 0, 1));
        assert_eq!(gsm(160), length(Alphabet::Gsm7, 160, 1));
        assert_eq!(gsm(161), length(Alphabet::Gsm7, 161, 2));
        assert_eq!(gsm(306), length(Alphabet::Gsm7, 306, 2));
        assert_eq!(gsm(307), length(Alphabet::Gsm7, 307, 3));
        let ucs = |n: usize| measure(&"–".repeat(n));
        assert_eq!(ucs(70), length(Alphabet::Ucs2, 70, 1));
        assert_eq!(ucs(71), length(Alphabet::Ucs2, 71, 2));
        assert_eq!(ucs(134), length(Alphabet::Ucs2, 134, 2));
        assert_eq!(ucs(135), length(Alphabet::Ucs2, 135, 3));
    }

    #[test]
    fn a_character_of_two_units_is_not_cut_in_two() {
        assert_eq!(measure(&"€".repeat(80)), length(Alphabet::Gsm7, 160, 1));
        // 153 is odd, so 76 characters fill a part and one septet of it stays empty.
        assert_eq!(measure(&"€".repeat(152)), length(Alphabet::Gsm7, 304, 2));
        assert_eq!(measure(&"€".repeat(153)), length(Alphabet::Gsm7, 306, 3));
        assert_eq!(measure(&"😀".repeat(35)), length(Alphabet::Ucs2, 70, 1));
        assert_eq!(measure(&"😀".repeat(67)), length(Alphabet::Ucs2, 134, 3));
    }

    #[test]
    fn one_foreign_character_makes_the_whole_text_ucs2() {
        for text in ["kod\u{a0}1", "kod ’1’", "a\u{30a}", "ç", "`", "\t"] {
            assert_eq!(measure(text).alphabet, Alphabet::Ucs2, "{text:?}");
        }
    }
}
