//! Plain words that a tenant writes for people: what has no place in them.

use std::collections::BTreeMap;

use crate::language::Language;

/// The same words in several languages.
pub type Words = BTreeMap<Language, String>;

/// What is wrong with words that people read in each of these languages, as `key: what to do`.
pub(super) fn unfit_words(key: &str, words: &Words, languages: &[Language], longest: usize) -> Vec<String> {
    let wrong = words
        .iter()
        .filter_map(|(language, text)| unfit(text, longest).map(|why| format!("{key}.{}: {why}", language.tag())));
    let lacking = languages.iter().filter(|language| !words.contains_key(language));
    wrong.chain(lacking.map(|language| format!("{key}: say it in {:?} too", language.tag()))).collect()
}

/// Why a text of one line can't be shown; `None` where it can.
pub(super) fn unfit(text: &str, longest: usize) -> Option<String> {
    if !says_something(text) {
        return Some("write something that can be read".to_owned());
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

/// Whether somebody who reads it learns anything: signs alone are no words on a button.
pub fn says_something(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Characters that are not seen but change what is: controls, marks that turn the direction of writing or join and part
/// letters, and letters that are drawn as nothing. The soft hyphen is none of them: it says where a long Swedish word may
/// be broken. Nor are the two marks that choose between a sign and its picture.
pub fn is_unseen(c: char) -> bool {
    let fillers = matches!(c, '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}');
    let marks = matches!(c, '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}')
        || matches!(c, '\u{fe00}'..='\u{fe0d}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    c.is_control() || fillers || marks
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
        for fit in
            ["Örebro kommun", "A & O", "5 < 7", "lösen\u{ad}ord", "Vård & omsorg; hälsa", "1 %&/#", "☎\u{fe0f} 112"]
        {
            assert_eq!(unfit(fit, 60), None, "{fit}");
        }
        for (wrong, why) in [
            ("", "write something"),
            ("  ", "write something"),
            ("\u{ad}", "write something"),
            ("– …", "write something"),
            ("a\u{3164}b", "U+3164"),
            ("a\u{34f}b", "U+034F"),
            ("a\u{e0101}b", "U+E0101"),
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
