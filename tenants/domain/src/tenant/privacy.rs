//! The section for the page on personal data (GDPR, art. 13): what the platform can't know of itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    contact::{Contact, unfit_url},
    plain::{Words, unfit, unfit_words},
    values::WebUrl,
};
use crate::language::Language;

const LONGEST: usize = 600;
const LONGEST_NAME: usize = 100;

/// What the tenant says of personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PrivacySettings {
    /// The data protection officer ("dataskyddsombud").
    #[serde(skip_serializing_if = "Contact::is_unset")]
    pub data_protection_officer: Contact,
    /// Who runs the service on the municipality's behalf ("personuppgiftsbiträde").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processor: Option<String>,
    /// On which ground data are processed.
    pub legal_basis: LegalBasis,
    /// Where data leave the EU and EEA, and under which safeguards.
    #[serde(skip_serializing_if = "Words::is_empty")]
    pub transfers: Words,
    /// The municipality's own page on personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<WebUrl>,
}

/// The ground on which data are processed (GDPR, art. 6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum LegalBasis {
    /// A task carried out in the public interest (e).
    #[default]
    PublicInterest,
    /// A legal obligation (c).
    LegalObligation,
}

impl PrivacySettings {
    pub(super) fn is_unset(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong beyond the form of single values, as `key: what to do`.
    pub(super) fn problems(&self, languages: &[Language]) -> Vec<String> {
        let mut problems = self.data_protection_officer.problems("privacy.data_protection_officer");
        let processor = self.processor.as_ref().and_then(|name| unfit(name, LONGEST_NAME));
        problems.extend(processor.map(|why| format!("privacy.processor: {why}")));
        if !self.transfers.is_empty() {
            problems.extend(unfit_words("privacy.transfers", &self.transfers, languages, LONGEST));
        }
        problems.extend(self.url.as_ref().and_then(unfit_url).map(|why| format!("privacy.url: {why}")));
        problems
    }

    /// What the page lacks.
    pub(super) fn shortfalls(&self) -> Vec<String> {
        let mut lacks = Vec::new();
        if self.data_protection_officer.is_empty() {
            lacks.push("privacy.data_protection_officer: the page on personal data names none".to_owned());
        }
        if self.processor.is_none() {
            lacks.push("privacy.processor: the page on personal data does not say who runs the service".to_owned());
        }
        lacks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        toml::from_str::<PrivacySettings>(text)
            .unwrap_or_else(|error| panic!("{text}: {error}"))
            .problems(&Language::ALL)
    }

    #[test]
    fn what_people_could_not_read_or_reach_is_refused() {
        let right = "processor = \"IT AB\"\nlegal_basis = \"legal_obligation\"\nurl = \"https://orebro.se/gdpr\"\n\
                     transfers = { sv = \"Till USA.\", en = \"To the USA.\" }\n\
                     data_protection_officer = { name = \"Åsa\", mail = \"dso@orebro.se\" }";
        assert_eq!(problems(right), Vec::<String>::new());
        for (wrong, key) in [
            ("processor = \"\"", "privacy.processor: write something"),
            ("transfers = { sv = \"Till USA.\" }", "privacy.transfers: say it in \"en\" too"),
            ("data_protection_officer = { mail = \"dso\" }", "privacy.data_protection_officer.mail: "),
            ("data_protection_officer = { name = \"Åsa\" }", "privacy.data_protection_officer: give"),
            ("url = \"https://orebro.se/\u{202e}x\"", "privacy.url: U+202E"),
        ] {
            let found = problems(wrong);
            assert!(matches!(&found[..], [one] if one.starts_with(key)), "{wrong}: {found:?}");
        }
        for wrong in ["legal_basis = \"consent\"", "url = \"http://orebro.se\"", "officer = \"Åsa\""] {
            assert!(toml::from_str::<PrivacySettings>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_lacking_is_told() {
        assert_eq!(PrivacySettings::default().shortfalls().len(), 2);
        let whole: PrivacySettings =
            toml::from_str("processor = \"IT AB\"\ndata_protection_officer = { mail = \"dso@orebro.se\" }")
                .expect("a section");
        assert_eq!(whole.shortfalls(), Vec::<String>::new());
    }
}
