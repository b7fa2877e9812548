//! What a new password has to be: the tenant's rules and the directory's, as one list that is shown and checked.

mod age;
mod fold;
mod kinds;
mod leaked;
mod names;
mod preset;
mod rule;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{directory::EffectivePolicy, password};

pub use age::changeable_from;
pub use leaked::Leaked;
pub use names::{name_tokens, username_token};
pub use preset::PolicyPreset;
pub use rule::{Rule, Subject};
pub use words::{guessed as guessed_words, list as banned_words, made_of, of_tenant as tenant_words};

/// The least that a policy may allow as longest password (ASVS 6.2.9).
pub const LEAST_MAX_LENGTH: u32 = 64;

/// A tenant's password policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// At least one small letter.
    #[serde(default)]
    pub require_lower: bool,
    /// At least one digit.
    #[serde(default)]
    pub require_digit: bool,
    /// At least one sign: neither letter nor number.
    #[serde(default)]
    pub require_sign: bool,
    /// Characters that must not occur.
    #[serde(default)]
    pub forbidden_characters: String,
    /// Which characters may occur at all.
    #[serde(default)]
    pub characters: Characters,
    /// Only letters and digits.
    #[serde(default)]
    pub letters_and_digits_only: bool,
    /// The username must not be part of it.
    #[serde(default)]
    pub forbid_username: bool,
    /// It must not be made of one or two of the words that are guessed first: those under `tenants/presets/words/`, the
    /// tenant's own, and its name.
    #[serde(default)]
    pub forbid_banned_words: bool,
    /// It must not be among the common and leaked passwords that the platform ships a filter of.
    #[serde(default)]
    pub forbid_leaked: bool,
    /// How many earlier passwords the tenant tells people the directory refuses; 0 = it says nothing.
    #[serde(default)]
    pub history: u32,
}

/// Which characters a password may be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum Characters {
    /// All of Unicode.
    #[default]
    Any,
    /// Those that every keyboard and every old system has: ASCII, 0x21 to 0x7E.
    Ascii,
    /// The same, and the space.
    AsciiAndSpace,
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
        if self.letters_and_digits_only && self.require_sign {
            problems.push("letters_and_digits_only and require_sign can't both be kept".to_owned());
        }
        if self.forbid_leaked && (self.min_length as usize) < leaked::SHORTEST {
            problems.push(format!(
                "forbid_leaked needs min_length {} or more: the filter has none shorter",
                leaked::SHORTEST
            ));
        }
        if self.forbid_leaked && Leaked::shipped().is_none() {
            problems.push("forbid_leaked can't be kept: the built-in filter is damaged".to_owned());
        }
        problems
    }

    /// All rules that hold for a new password, the tenant's and the directory's, each once, in the order of the page.
    pub fn rules(&self, directory: &EffectivePolicy) -> Vec<Rule> {
        let min_age = u32::try_from(directory.min_age_seconds.max(0).saturating_add(3599) / 3600).unwrap_or(u32::MAX);
        // Said once: three of four kinds, counted strictly enough, are three of the directory's five as well.
        let kinds_for_both = directory.complexity && self.min_kinds >= kinds::DIRECTORY_LEAST;
        let when = |holds: bool, rule: Rule| holds.then_some(rule);
        let rules = [
            Some(Rule::MinLength(self.min_length.max(directory.min_length))),
            Some(Rule::MaxLength(self.max_length)),
            when(kinds_for_both, Rule::KindsForBoth(self.min_kinds)),
            when(self.min_kinds > 0 && !kinds_for_both, Rule::Kinds(self.min_kinds)),
            when(self.require_upper, Rule::Upper),
            when(self.require_lower, Rule::Lower),
            when(self.require_digit, Rule::Digit),
            when(self.require_sign, Rule::Sign),
            when(directory.complexity && !kinds_for_both, Rule::DirectoryKinds),
            when(!self.forbidden_characters.is_empty(), Rule::Without(self.forbidden_characters.clone())),
            when(self.letters_and_digits_only, Rule::LettersAndDigits),
            when(self.characters == Characters::Ascii, Rule::Ascii),
            when(self.characters == Characters::AsciiAndSpace, Rule::AsciiAndSpace),
            when(self.forbid_username || directory.complexity, Rule::NotUsername),
            when(directory.complexity, Rule::NotName),
            when(self.forbid_banned_words, Rule::NotBanned),
            when(self.forbid_leaked, Rule::NotLeaked),
            when(self.history > 0 || directory.history > 0, Rule::NotEarlier(self.history.max(directory.history))),
            when(min_age > 0, Rule::MinAge(min_age)),
        ];
        rules.into_iter().flatten().collect()
    }

    /// The rules that this password breaks, of those that can be checked without the directory.
    pub fn broken(&self, password: &str, subject: Subject<'_>, directory: &EffectivePolicy) -> Vec<Rule> {
        self.rules(directory).into_iter().filter(|rule| !rule.is_met(password, subject)).collect()
    }
}

#[cfg(test)]
mod tests;
