//! The section for the page on personal data (GDPR, art. 13): what the platform can't know of itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    MailSettings, SmsSettings,
    contact::{Contact, unfit_url},
    plain::{Words, unfit, unfit_words},
    values::WebUrl,
    whereabouts::Whereabouts,
};
use crate::language::Language;

const LONGEST: usize = 600;
const LONGEST_NAME: usize = 100;

/// What the tenant says of personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct PrivacySettings {
    /// The controller ("personuppgiftsansvarig"): the name of the board ("nämnd"), and how to reach it. The municipality and
    /// its help desk where it is left out.
    #[serde(skip_serializing_if = "Contact::is_unset")]
    pub controller: Contact,
    /// The data protection officer ("dataskyddsombud").
    #[serde(skip_serializing_if = "Contact::is_unset")]
    pub data_protection_officer: Contact,
    /// Who runs the service on the municipality's behalf ("personuppgiftsbiträde").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processor: Option<String>,
    /// On which ground data are processed.
    pub legal_basis: LegalBasis,
    /// Where data leave the EU and EEA, and under which safeguards. Beside it the page names those suppliers that are known
    /// to be in the United States.
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
        let mut problems = self.controller.problems("privacy.controller");
        problems.extend(self.data_protection_officer.problems("privacy.data_protection_officer"));
        let processor = self.processor.as_ref().and_then(|name| unfit(name, LONGEST_NAME));
        problems.extend(processor.map(|why| format!("privacy.processor: {why}")));
        if !self.transfers.is_empty() {
            problems.extend(unfit_words("privacy.transfers", &self.transfers, languages, LONGEST));
        }
        problems.extend(self.url.as_ref().and_then(unfit_url).map(|why| format!("privacy.url: {why}")));
        problems
    }

    /// What the page lacks.
    pub(super) fn shortfalls(&self, sms: &SmsSettings, mail: &MailSettings) -> Vec<String> {
        let mut lacks = Vec::new();
        if self.controller.is_empty() {
            lacks.push(
                "privacy.controller: the page names no board, and the help desk as the way to reach it".to_owned(),
            );
        }
        if self.data_protection_officer.is_empty() {
            lacks.push("privacy.data_protection_officer: the page on personal data names none".to_owned());
        }
        if self.processor.is_none() {
            lacks.push("privacy.processor: the page on personal data does not say who runs the service".to_owned());
        }
        if self.transfers.is_empty() {
            lacks.extend(unsaid_transfers(sms, mail));
        }
        lacks
    }
}

/// What would have to be said of suppliers who are outside the EU and EEA, or of whom nobody knows where they are.
fn unsaid_transfers(sms: &SmsSettings, mail: &MailSettings) -> Vec<String> {
    let american = sms.accounts.iter().filter(|account| account.whereabouts() == Whereabouts::UnitedStates);
    let by_sms = american.map(|account| format!("{} sends SMS from the United States", account.provider.as_str()));
    let by_mail = mail.american_supplier().map(|name| format!("{name} in the United States sends mail"));
    let abroad = by_sms.chain(by_mail);
    let abroad = abroad.map(|who| format!("privacy.transfers: {who}; say under which safeguards data get there"));
    let unknown = sms.accounts.iter().any(|account| account.whereabouts() == Whereabouts::Unknown);
    let unknown = unknown.then(|| {
        "privacy.transfers: nobody knows where the SMS gateway is; say whether data leave the EU and EEA".to_owned()
    });
    abroad.chain(unknown).collect()
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
                     data_protection_officer = { name = \"Åsa\", mail = \"dso@orebro.se\" }\n\
                     controller = { name = \"Kommunstyrelsen\", phone = \"019-21 10 00\" }";
        assert_eq!(problems(right), Vec::<String>::new());
        for (wrong, key) in [
            ("processor = \"\"", "privacy.processor: write something"),
            ("transfers = { sv = \"Till USA.\" }", "privacy.transfers: say it in \"en\" too"),
            ("data_protection_officer = { mail = \"dso\" }", "privacy.data_protection_officer.mail: "),
            ("controller = { name = \"Kommunstyrelsen\" }", "privacy.controller: give"),
            ("controller = { mail = \"ks\" }", "privacy.controller.mail: "),
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
        let (sms, mail) = (sms("46elks", ""), mail("smtp.orebro.se"));
        assert_eq!(PrivacySettings::default().shortfalls(&sms, &mail).len(), 3);
        assert_eq!(whole().shortfalls(&sms, &mail), Vec::<String>::new());
    }

    #[test]
    fn who_sends_from_abroad_is_told_until_it_is_said_what_guards_the_data() {
        for (provider, more, host, told) in [
            ("46elks", "", "smtp.orebro.se", &[][..]),
            ("sinch", "region = \"eu\"", "smtp.orebro.se", &[]),
            ("sinch", "region = \"us\"", "smtp.orebro.se", &["sinch sends SMS from the United States"]),
            (
                "twilio",
                "",
                "smtp.office365.com",
                &["twilio sends SMS from the United States", "Microsoft in the United States"],
            ),
            ("http", "", "smtp.orebro.se", &["nobody knows where the SMS gateway is"]),
        ] {
            let (sms, mail) = (sms(provider, more), mail(host));
            let found = whole().shortfalls(&sms, &mail);
            assert_eq!(found.len(), told.len(), "{provider} {more} {host}: {found:?}");
            for (line, words) in found.iter().zip(told) {
                assert!(line.starts_with("privacy.transfers: ") && line.contains(words), "{found:?}");
            }
            let said = PrivacySettings { transfers: [(Language::Sv, "Avtal.".to_owned())].into(), ..whole() };
            assert_eq!(said.shortfalls(&sms, &mail), Vec::<String>::new());
        }
    }

    fn whole() -> PrivacySettings {
        toml::from_str(
            "processor = \"IT AB\"\ndata_protection_officer = { mail = \"dso@orebro.se\" }\n\
             controller = { name = \"Kommunstyrelsen\", mail = \"ks@orebro.se\" }",
        )
        .expect("a section")
    }

    fn sms(provider: &str, more: &str) -> SmsSettings {
        toml::from_str(&format!("provider = \"{provider}\"\nsender = \"Orebro\"\n{more}")).expect("an account")
    }

    fn mail(host: &str) -> MailSettings {
        let rest = "security = \"starttls\"\nfrom = \"a@orebro.se\"\nfrom_name = \"Örebro\"";
        toml::from_str(&format!("host = \"{host}\"\n{rest}")).expect("a mail server")
    }
}
