//! The rules for a new password in plain words, each a clause after "The password must".

use portvakt_domain::policy::Rule;

use crate::portal::views::{Page, listed};

/// A rule on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleView {
    /// The rule.
    pub rule: Rule,
    /// Whether what was typed breaks it.
    pub broken: bool,
}

impl RuleView {
    /// All rules, with those marked that are among `broken`.
    pub fn list(rules: Vec<Rule>, broken: &[Rule]) -> Vec<Self> {
        rules.into_iter().map(|rule| Self { broken: broken.contains(&rule), rule }).collect()
    }

    pub(super) fn text(&self, page: &Page<'_>) -> String {
        match &self.rule {
            Rule::MinLength(count) => page.text_with("rule-min-length", "count", count),
            Rule::MaxLength(count) => page.text_with("rule-max-length", "count", count),
            Rule::Kinds(count) => page.text_with("rule-kinds", "count", count),
            Rule::Upper => page.text("rule-upper"),
            Rule::Digit => page.text("rule-digit"),
            Rule::Without(characters) => {
                page.text_with("rule-without", "characters", &listed_characters(characters, page))
            }
            Rule::LettersAndDigits => page.text("rule-letters-digits"),
            Rule::NotUsername => page.text("rule-not-username"),
            Rule::NotName => page.text("rule-not-name"),
            Rule::NotBanned => page.text("rule-not-banned"),
            Rule::NotEarlier(0) => page.text("rule-not-earlier"),
            Rule::NotEarlier(count) => page.text_with("rule-not-last", "count", count),
            Rule::MinAge(hours) => page.text_with("rule-min-age", "hours", hours),
            Rule::DirectoryKinds => page.text("rule-directory-kinds"),
        }
    }
}

/// `å, ä or ö` for `åäöÅÄÖ`: a capital is left out where its small letter is named.
fn listed_characters(characters: &str, page: &Page<'_>) -> String {
    let mut named: Vec<String> = Vec::new();
    for character in characters.chars() {
        let small: String = character.to_lowercase().collect();
        let name = match character {
            c if c.is_whitespace() => page.text("character-space"),
            c if small != c.to_string() && characters.contains(&small) => continue,
            c => c.to_string(),
        };
        if !named.contains(&name) {
            named.push(name);
        }
    }
    listed(&named, &page.text("word-or"))
}
