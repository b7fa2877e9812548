//! The rules for a new password: in plain words, each a clause after "The password must", and as data for the script.

use portvakt_domain::policy::{self, Rule, Subject};

use crate::portal::views::{Page, listed};

/// A rule on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleView {
    /// The rule.
    pub rule: Rule,
    /// Whether what was typed breaks it.
    pub broken: bool,
    /// What the script ticks it by; `None` where only the server or the directory can tell.
    pub check: Option<Check>,
}

/// A rule as `assets/password.js` knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name there.
    pub name: &'static str,
    /// What it compares with: a number, characters, or words with spaces between them.
    pub value: String,
}

impl RuleView {
    /// All rules, with those marked that are among `broken`.
    pub fn list(rules: Vec<Rule>, broken: &[Rule], subject: Subject<'_>) -> Vec<Self> {
        let view = |rule: Rule| Self { broken: broken.contains(&rule), check: Check::of(&rule, subject), rule };
        rules.into_iter().map(view).collect()
    }

    pub(super) fn text(&self, page: &Page<'_>) -> String {
        Self::words(&self.rule, page)
    }

    /// A rule in words.
    pub(in crate::portal::views) fn words(rule: &Rule, page: &Page<'_>) -> String {
        match rule {
            Rule::MinLength(count) => page.text_with("rule-min-length", "count", count),
            Rule::MaxLength(count) => page.text_with("rule-max-length", "count", count),
            Rule::Kinds(count) | Rule::KindsForBoth(count) => page.text_with("rule-kinds", "count", count),
            Rule::DirectoryKinds => page.text("rule-directory-kinds"),
            Rule::Upper => page.text("rule-upper"),
            Rule::Lower => page.text("rule-lower"),
            Rule::Digit => page.text("rule-digit"),
            Rule::Sign => page.text("rule-sign"),
            Rule::Without(characters) => {
                page.text_with("rule-without", "characters", &listed_characters(characters, page))
            }
            Rule::LettersAndDigits => page.text("rule-letters-digits"),
            Rule::Ascii => page.text("rule-ascii"),
            Rule::AsciiAndSpace => page.text("rule-ascii-space"),
            Rule::NotUsername => page.text("rule-not-username"),
            Rule::NotName => page.text("rule-not-name"),
            Rule::NotBanned => page.text("rule-not-banned"),
            Rule::NotLeaked => page.text("rule-not-leaked"),
            Rule::NotEarlier(0) => page.text("rule-not-earlier"),
            Rule::NotEarlier(count) => page.text_with("rule-not-last", "count", count),
            Rule::MinAge(hours) => page.text_with("rule-min-age", "hours", hours),
        }
    }
}

impl Check {
    fn of(rule: &Rule, subject: Subject<'_>) -> Option<Self> {
        let (name, value) = match rule {
            Rule::MinLength(count) => ("min", count.to_string()),
            Rule::MaxLength(count) => ("max", count.to_string()),
            Rule::Kinds(count) => ("kinds", count.to_string()),
            Rule::KindsForBoth(count) => ("both", count.to_string()),
            Rule::DirectoryKinds => ("directory", String::new()),
            Rule::Upper => ("upper", String::new()),
            Rule::Lower => ("lower", String::new()),
            Rule::Digit => ("digit", String::new()),
            Rule::Sign => ("sign", String::new()),
            Rule::Without(characters) => ("without", characters.clone()),
            Rule::LettersAndDigits => ("alphanumeric", String::new()),
            Rule::Ascii => ("ascii", String::new()),
            Rule::AsciiAndSpace => ("asciispace", String::new()),
            Rule::NotUsername => ("username", policy::username_token(subject.username).unwrap_or_default()),
            Rule::NotName => ("name", policy::name_tokens(subject.display_name).join(" ")),
            Rule::NotBanned => ("banned", policy::banned_words(subject.tenant_words).join(" ")),
            Rule::NotLeaked | Rule::NotEarlier(_) | Rule::MinAge(_) => return None,
        };
        Some(Self { name, value })
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
