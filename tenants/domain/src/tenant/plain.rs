//! Plain words that a tenant writes for people: what has no place in them.

/// Why a text of one line can't be shown; `None` where it can.
pub(super) fn unfit(text: &str, longest: usize) -> Option<String> {
    if text.trim().is_empty() {
        return Some("write something, or leave the key out".to_owned());
    }
    let length = text.chars().count();
    if length > longest {
        return Some(format!("{length} characters; write at most {longest}"));
    }
    if let Some(c) = text.chars().find(|c| is_unseen(*c)) {
        return Some(format!("U+{:04X} is a character that nobody sees; take it out", u32::from(c)));
    }
    has_markup(text)
        .then(|| "there is no markup here: < and & would be shown as they are; write plain words".to_owned())
}

/// Characters that are not seen but change what is: controls, and marks that turn the direction of writing or join and
/// part letters. The soft hyphen is none of them: it says where a long Swedish word may be broken.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a text was written as HTML. It would be shown as it stands, since everything is escaped.
pub fn has_markup(text: &str) -> bool {
    let begins = |after: Option<char>| after.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    let tag = text.match_indices('<').any(|(at, _)| begins(text[at + 1..].chars().next()));
    let entity = text.match_indices('&').any(|(at, _)| {
        let name = text[at + 1..].split(';').next().filter(|name| text[at + 1 + name.len()..].starts_with(';'));
        name.is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#'))
    });
    tag || entity
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_are_taken_and_everything_else_is_named() {
        for fit in ["Örebro kommun", "A & O", "5 < 7", "lösen\u{ad}ord", "Vård & omsorg; hälsa", "%&/#"] {
            assert_eq!(unfit(fit, 60), None, "{fit}");
        }
        for (wrong, why) in [
            ("", "write something"),
            ("  ", "write something"),
            ("a\nb", "U+000A"),
            ("a\u{202e}b", "U+202E"),
            ("a\u{200b}b", "U+200B"),
            ("<b>fet</b>", "no markup"),
            ("<!-- a -->", "no markup"),
            ("</p", "no markup"),
            ("a&nbsp;b", "no markup"),
            ("&#60;script", "no markup"),
            ("12345678901", "11 characters; write at most 10"),
        ] {
            let found = unfit(wrong, if why.contains("at most") { 10 } else { 30 });
            assert!(found.as_deref().is_some_and(|found| found.contains(why)), "{wrong:?}: {found:?}");
        }
    }
}
