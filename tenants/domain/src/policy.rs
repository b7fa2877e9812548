//! What a new password has to be: the tenant's rules and the directory's, as one list that is shown and checked.

use serde::{Deserialize, Serialize};

use crate::{directory::EffectivePolicy, password};

/// The least that a policy may allow as longest password (ASVS 6.2.9).
pub const LEAST_MAX_LENGTH: u32 = 64;

/// A tenant's password policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordPolicy {
    /// Least number of characters.
    pub min_length: u32,
    /// Most characters; at least 64.
    pub max_length: u32,
    /// How many of the four kinds (capitals, lower case, digits, other signs) must occur; 0 = no such rule.
    #[serde(default)]
    pub min_kinds: u32,
    /// At least one capital letter.
    #[serde(default)]
    pub require_upper: bool,
    /// At least one digit.
    #[serde(default)]
    pub require_digit: bool,
    /// Characters that must not occur.
    #[serde(default)]
    pub forbidden_characters: String,
    /// Only letters and digits.
    #[serde(default)]
    pub letters_and_digits_only: bool,
    /// The username must not be part of it.
    #[serde(default)]
    pub forbid_username: bool,
    /// It must not be one or two of the words that are guessed first.
    #[serde(default)]
    pub forbid_banned_words: bool,
    /// How many earlier passwords the tenant tells people the directory refuses; 0 = it says nothing.
    #[serde(default)]
    pub history: u32,
}

/// The name of a policy that comes with the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyPreset {
    /// Örebro: staff and functional accounts.
    Orebro,
    /// Örebro: external contractors.
    OrebroExternal,
    /// Mjölby.
    Mjolby,
    /// What we advise.
    Baseline,
}

impl PolicyPreset {
    /// All presets.
    pub const ALL: [PolicyPreset; 4] =
        [PolicyPreset::Orebro, PolicyPreset::OrebroExternal, PolicyPreset::Mjolby, PolicyPreset::Baseline];

    fn source(self) -> &'static str {
        match self {
            PolicyPreset::Orebro => include_str!("../../presets/policies/orebro.toml"),
            PolicyPreset::OrebroExternal => include_str!("../../presets/policies/orebro-external.toml"),
            PolicyPreset::Mjolby => include_str!("../../presets/policies/mjolby.toml"),
            PolicyPreset::Baseline => include_str!("../../presets/policies/baseline.toml"),
        }
    }

    /// The policy.
    ///
    /// # Errors
    /// The shipped file is wrong; a test reads them all.
    pub fn policy(self) -> Result<PasswordPolicy, toml::de::Error> {
        toml::from_str(self.source())
    }
}

/// One rule, as it is listed on the page and named when it is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// At least so many characters.
    MinLength(u32),
    /// At most so many characters.
    MaxLength(u32),
    /// So many of the four kinds.
    Kinds(u32),
    /// A capital letter.
    Upper,
    /// A digit.
    Digit,
    /// None of these characters.
    Without(String),
    /// Letters and digits only.
    LettersAndDigits,
    /// Not the username.
    NotUsername,
    /// No part of one's own name.
    NotName,
    /// Not words that are guessed first.
    NotBanned,
    /// None of the earlier passwords: so many of them, 0 where the number is not told. Only the directory can check it.
    NotEarlier(u32),
    /// Kept for a while first: hours, rounded up. Only the directory can check it.
    MinAge(u32),
    /// Three of Active Directory's five kinds.
    DirectoryKinds,
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

impl PasswordPolicy {
    /// What is wrong with the policy itself; empty when nothing is.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.max_length < LEAST_MAX_LENGTH || self.max_length as usize > password::MAX_LENGTH {
            problems.push(format!("max_length must be {LEAST_MAX_LENGTH} to {}", password::MAX_LENGTH));
        }
        if self.min_length == 0 || self.min_length > LEAST_MAX_LENGTH {
            problems.push(format!("min_length must be 1 to {LEAST_MAX_LENGTH}"));
        }
        if self.min_kinds > 4 {
            problems.push("min_kinds must be 0 to 4".to_owned());
        }
        if self.letters_and_digits_only && self.min_kinds > 3 {
            problems.push("letters_and_digits_only leaves three kinds: min_kinds can't be 4".to_owned());
        }
        problems
    }

    /// All rules that hold for a new password, the tenant's and the directory's, each once, in the order of the page.
    pub fn rules(&self, directory: &EffectivePolicy) -> Vec<Rule> {
        let mut rules = vec![Rule::MinLength(self.min_length.max(directory.min_length))];
        rules.push(Rule::MaxLength(self.max_length));
        if self.min_kinds > 0 {
            rules.push(Rule::Kinds(self.min_kinds));
        }
        if self.require_upper {
            rules.push(Rule::Upper);
        }
        if self.require_digit {
            rules.push(Rule::Digit);
        }
        // Three of the tenant's four kinds are three of the directory's five as well.
        if directory.complexity && self.min_kinds < 3 {
            rules.push(Rule::DirectoryKinds);
        }
        if !self.forbidden_characters.is_empty() {
            rules.push(Rule::Without(self.forbidden_characters.clone()));
        }
        if self.letters_and_digits_only {
            rules.push(Rule::LettersAndDigits);
        }
        if self.forbid_username || directory.complexity {
            rules.push(Rule::NotUsername);
        }
        if directory.complexity {
            rules.push(Rule::NotName);
        }
        if self.forbid_banned_words {
            rules.push(Rule::NotBanned);
        }
        if self.history > 0 || directory.history > 0 {
            rules.push(Rule::NotEarlier(self.history.max(directory.history)));
        }
        if directory.min_age_seconds > 0 {
            rules.push(Rule::MinAge(u32::try_from((directory.min_age_seconds + 3599) / 3600).unwrap_or(u32::MAX)));
        }
        rules
    }

    /// The rules that this password breaks, of those that can be checked without the directory.
    pub fn broken(&self, password: &str, subject: Subject<'_>, directory: &EffectivePolicy) -> Vec<Rule> {
        self.rules(directory).into_iter().filter(|rule| !rule.is_met(password, subject)).collect()
    }
}

impl Rule {
    /// Whether a password keeps the rule. Those that only the directory can check count as kept.
    pub fn is_met(&self, password: &str, subject: Subject<'_>) -> bool {
        let length = password.chars().count();
        match self {
            Rule::MinLength(least) => length >= *least as usize,
            Rule::MaxLength(most) => length <= *most as usize,
            Rule::Kinds(least) => four_kinds(password) >= *least,
            Rule::Upper => password.chars().any(char::is_uppercase),
            Rule::Digit => password.chars().any(|c| c.is_ascii_digit()),
            Rule::Without(characters) => !composed(password).chars().any(|c| characters.contains(c)),
            Rule::LettersAndDigits => password.chars().all(char::is_alphanumeric),
            Rule::NotUsername => !holds_username(password, subject.username),
            Rule::NotName => !holds_name(password, subject.display_name),
            Rule::NotBanned => !is_banned(password, subject.tenant_words),
            Rule::DirectoryKinds => directory_kinds(password) >= 3,
            Rule::NotEarlier(_) | Rule::MinAge(_) => true,
        }
    }
}

/// Puts the Swedish letters together where a keyboard sent letter and sign apart, so that "a" + ring is not let past a
/// rule against "å".
fn composed(password: &str) -> String {
    const PAIRS: [(&str, &str); 6] = [
        ("a\u{30a}", "å"),
        ("a\u{308}", "ä"),
        ("o\u{308}", "ö"),
        ("A\u{30a}", "Å"),
        ("A\u{308}", "Ä"),
        ("O\u{308}", "Ö"),
    ];
    PAIRS.iter().fold(password.to_owned(), |text, (apart, together)| text.replace(apart, together))
}

fn four_kinds(password: &str) -> u32 {
    let kind = |test: fn(char) -> bool| u32::from(password.chars().any(test));
    kind(char::is_uppercase) + kind(char::is_lowercase) + kind(|c| c.is_ascii_digit()) + kind(|c| !c.is_alphanumeric())
}

/// MS-SAMR 3.1.1.7.2: European capitals, European lower case, digits, the listed signs, and any other letter.
fn directory_kinds(password: &str) -> u32 {
    const SIGNS: &str = "(`~!@#$%^&*_-+=|\\{}[]:;\"'<>,.?/)";
    let kind = |test: fn(char) -> bool| u32::from(password.chars().any(test));
    kind(|c| c.is_ascii_uppercase())
        + kind(|c| c.is_ascii_lowercase())
        + kind(|c| c.is_ascii_digit())
        + kind(|c| SIGNS.contains(c))
        + kind(|c| c.is_alphabetic() && !c.is_ascii())
}

/// MS-SAMR 3.1.1.7.2: names of up to two characters are not looked for.
fn holds_username(password: &str, username: &str) -> bool {
    username.chars().count() > 2 && password.to_lowercase().contains(&username.to_lowercase())
}

/// MS-SAMR 3.1.1.7.2: the display name, cut at these signs, in parts of three characters and more.
fn holds_name(password: &str, display_name: &str) -> bool {
    let password = password.to_lowercase();
    display_name
        .split([',', '.', '-', '_', ' ', '#', '\t', '\u{a3}'])
        .filter(|part| part.chars().count() > 2)
        .any(|part| password.contains(&part.to_lowercase()))
}

/// Whether the password, without digits and signs, is one or two banned words.
fn is_banned(password: &str, tenant_words: &[String]) -> bool {
    let letters = plain_letters(password);
    if letters.is_empty() {
        return true;
    }
    let shipped = include_str!("policy/banned.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let words: std::collections::HashSet<String> =
        shipped.map(plain_letters).chain(tenant_words.iter().map(|w| plain_letters(w))).collect();
    let is_word = |part: &str| words.contains(part);
    is_word(&letters)
        || letters.char_indices().skip(1).any(|(at, _)| {
            let (first, second) = letters.split_at(at);
            is_word(first) && is_word(second)
        })
}

/// Lower case, letters only, Swedish letters folded as people write them when å ä ö are not allowed.
fn plain_letters(text: &str) -> String {
    composed(text)
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphabetic())
        .map(|c| match c {
            'å' | 'ä' | 'à' | 'á' => 'a',
            'ö' => 'o',
            'é' | 'è' => 'e',
            'ü' => 'u',
            other => other,
        })
        .collect()
}

#[cfg(test)]
#[path = "policy/tests.rs"]
mod tests;
