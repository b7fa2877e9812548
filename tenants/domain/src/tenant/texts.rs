//! The section of a tenant's own texts: those that stand beside the built-in ones, and those that take their place.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plain::unfit;
use crate::language::Language;

const MOST_PARAGRAPHS: usize = 6;
const LONGEST_PARAGRAPH: usize = 600;
const LONGEST_EXAMPLE: usize = 40;

/// Paragraphs by language.
pub type Paragraphs = BTreeMap<Language, Vec<String>>;

/// Texts of the tenant's own. Of what happens now, one entry is one paragraph.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct TenantTexts {
    /// Shown when a password was set: what happens now, such as when the computer learns of it.
    pub after_reset: Paragraphs,
    /// Shown when an account was unlocked.
    pub after_unlock: Paragraphs,
    /// Shown when a number was registered, or found right.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub after_registration: Paragraphs,
    /// Shown in place of `after_reset` where the account is one that several people share.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub after_functional: Paragraphs,
    /// Shown after those when a password was set: what to do where the computer is on the municipality's network.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub inside_network: Paragraphs,
    /// The same for those who are elsewhere, such as at home. The page of help shows both.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub outside_network: Paragraphs,
    /// An example of a username, for the first page.
    pub username_example: String,
    /// Texts in the place of the built-in ones, in Swedish: key and Fluent pattern.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sv: BTreeMap<String, String>,
    /// Texts in the place of the built-in ones, in English.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub en: BTreeMap<String, String>,
}

impl TenantTexts {
    /// The texts in the place of the built-in ones.
    pub fn own(&self, language: Language) -> &BTreeMap<String, String> {
        match language {
            Language::Sv => &self.sv,
            Language::En => &self.en,
        }
    }

    /// What is wrong with the texts beside the built-in ones, as `key: what to do`. What is wrong with those in their
    /// place is known where the built-in ones are.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let sections = [
            ("after_reset", &self.after_reset),
            ("after_unlock", &self.after_unlock),
            ("after_registration", &self.after_registration),
            ("after_functional", &self.after_functional),
            ("inside_network", &self.inside_network),
            ("outside_network", &self.outside_network),
        ];
        for (section, paragraphs) in sections {
            for (language, paragraphs) in paragraphs {
                let key = format!("texts.{section}.{}", language.tag());
                if paragraphs.len() > MOST_PARAGRAPHS {
                    problems.push(format!("{key}: {} paragraphs; write at most {MOST_PARAGRAPHS}", paragraphs.len()));
                }
                let wrong = paragraphs.iter().filter_map(|paragraph| unfit(paragraph, LONGEST_PARAGRAPH));
                problems.extend(wrong.map(|why| format!("{key}: {why}")));
            }
        }
        if !self.username_example.is_empty() {
            let why = unfit(&self.username_example, LONGEST_EXAMPLE);
            problems.extend(why.map(|why| format!("texts.username_example: {why}")));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        toml::from_str::<TenantTexts>(text).expect("a section").problems()
    }

    #[test]
    fn what_happens_now_is_plain_words_of_some_length() {
        let right =
            "after_reset = { sv = [\"Testa.\", \"5 < 7 & så\"], en = [] }\nafter_functional = { sv = [\"Berätta.\"] }";
        assert_eq!(problems(right), Vec::<String>::new());
        let long = "å".repeat(601);
        for (wrong, key) in [
            ("after_reset = { sv = [\"<b>Klart</b>\"] }".to_owned(), "texts.after_reset.sv: there is no markup"),
            ("after_unlock = { en = [\"a\", \"\"] }".to_owned(), "texts.after_unlock.en: write something"),
            (format!("after_registration = {{ sv = [\"{long}\"] }}"), "texts.after_registration.sv: 601 characters"),
            (
                "after_functional = { sv = [\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"] }".to_owned(),
                "texts.after_functional.sv: 7 paragraphs",
            ),
            (
                "outside_network = { sv = [\"<i>Hemma</i>\"] }".to_owned(),
                "texts.outside_network.sv: there is no markup",
            ),
            ("inside_network = { en = [\"\"] }".to_owned(), "texts.inside_network.en: write something"),
            ("username_example = \"a\\nb\"".to_owned(), "texts.username_example: U+000A"),
        ] {
            let found = problems(&wrong);
            assert!(matches!(&found[..], [one] if one.starts_with(key)), "{wrong}: {found:?}");
        }
    }

    #[test]
    fn what_a_tenant_does_not_use_is_not_stored() {
        let stored = serde_json::to_string(&TenantTexts::default()).expect("JSON");
        for key in ["after_registration", "after_functional", "side_network", "\"sv\"", "\"en\""] {
            assert!(!stored.contains(key), "{stored}");
        }
    }
}
