//! A tenant's settings: typed sections, validated before they are stored, the same in a TOML file and in a row.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    language::Language,
    number::Country,
    policy::{PasswordPolicy, PolicyPreset},
};

mod accessibility;
mod branding;
mod contact;
mod destination;
mod difference;
mod directory;
mod help_desk;
mod hosts;
mod limits;
mod mail;
pub mod plain;
mod privacy;
mod reminders;
mod retention;
mod sms;
mod sms_http;
mod sms_report;
mod texts;
mod times;
mod values;
mod whereabouts;
pub use accessibility::{AccessibilitySettings, Assessment, Conformance, Exemption, Shortcoming};
pub use branding::{Branding, Colours, Palette, Scheme};
pub use contact::Contact;
pub use destination::Destination;
pub use difference::{Change, Difference, Document, SecretChange};
pub use directory::{DirectoryKind, DirectorySettings, HistoryRule};
pub use help_desk::HelpDesk;
pub use hosts::Hosts;
pub use limits::LimitSettings;
pub use mail::{MailSecurity, MailSettings};
pub use privacy::{LegalBasis, PrivacySettings};
pub use reminders::{
    DayOff, Period, PersonalWay, ReminderSettings, SendingDays, UnitAttribute, UnitRule, UnitSettings,
};
pub use retention::RetentionSettings;
pub use sms::{SmsAccount, SmsProvider, SmsRegion, SmsSecret, SmsSettings};
pub use sms_http::{HttpAuthentication, HttpCharset, HttpContent, HttpMethod, HttpNumberFormat, HttpVerdict, SmsHttp};
pub use sms_report::{HttpReport, HttpReportContent, HttpReportValue};
pub use texts::{Paragraphs, TenantTexts};
pub use times::{MonthDay, TimeOfDay, TimeZone};
pub use values::{BaseUrl, Day, HostName, LdapUrl, SenderName, Slug, WebUrl};
pub use whereabouts::Whereabouts;

/// The longest name of a municipality. It stands at the head of every page, and in every notice by SMS.
const LONGEST_NAME: usize = 100;

/// Everything a tenant decides. Secrets are not here: a file names where they are read when it is applied, and they are
/// stored sealed beside the settings.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantSettings {
    /// Short name, for commands and logs.
    pub slug: Slug,
    /// The municipality's name as people read it.
    pub name: String,
    /// Words of the municipality that must not be a password: its name, its parts of town.
    #[serde(default)]
    pub words: Vec<String>,
    /// The language where the browser asks for none that the tenant offers.
    #[serde(default)]
    pub default_language: Language,
    /// The languages that the tenant offers; both where it is left out.
    #[serde(default = "all_languages", skip_serializing_if = "is_all_languages")]
    pub languages: Vec<Language>,
    /// The two addresses that people know by heart.
    pub hosts: Hosts,
    /// Whom to turn to.
    pub help_desk: HelpDesk,
    /// Whom to turn to about an account that a unit shares, where that is somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub functional_help_desk: Option<HelpDesk>,
    /// The directory: where accounts are, and who is served.
    pub directory: DirectorySettings,
    /// The rules for a new password.
    pub policy: PolicyChoice,
    /// Registration of numbers.
    #[serde(default)]
    pub registration: RegistrationSettings,
    /// Getting back in.
    #[serde(default)]
    pub reset: ResetSettings,
    /// The SMS gateway; several, at most three, are these keys under `[[sms.providers]]` each, in the order in which they
    /// are asked.
    pub sms: SmsSettings,
    /// The mail server.
    pub mail: MailSettings,
    /// Networks and budgets.
    #[serde(default)]
    pub limits: LimitSettings,
    /// Texts of the tenant's own.
    #[serde(default)]
    pub texts: TenantTexts,
    /// How pages look.
    #[serde(default, skip_serializing_if = "is_plain")]
    pub branding: Branding,
    /// What the accessibility statement says beside what is known of the platform.
    #[serde(default, skip_serializing_if = "AccessibilitySettings::is_unset")]
    pub accessibility: AccessibilitySettings,
    /// What the page on personal data says beside what is known of the platform.
    #[serde(default, skip_serializing_if = "PrivacySettings::is_unset")]
    pub privacy: PrivacySettings,
    /// Reminders before passwords end.
    #[serde(default, skip_serializing_if = "ReminderSettings::is_unset")]
    pub reminders: ReminderSettings,
    /// How long records are kept.
    #[serde(default, skip_serializing_if = "RetentionSettings::is_unset")]
    pub retention: RetentionSettings,
}

fn all_languages() -> Vec<Language> {
    Language::ALL.to_vec()
}

fn is_all_languages(languages: &[Language]) -> bool {
    languages == Language::ALL
}

fn is_plain(branding: &Branding) -> bool {
    *branding == Branding::default()
}

/// The rules for a new password: a preset by name, or rules of one's own.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyChoice {
    /// A policy that comes with the platform.
    #[serde(default)]
    pub preset: Option<PolicyPreset>,
    /// Rules of one's own, instead of a preset.
    #[serde(default)]
    pub rules: Option<PasswordPolicy>,
}

/// Registration of numbers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrationSettings {
    /// Ask for the current password once more before the number is shown.
    pub password_again: bool,
    /// Countries whose numbers are accepted.
    pub countries: Vec<Country>,
    /// How long a delayed change waits, for those who lost their phone: 24 to 168 hours; 0 offers none.
    pub delayed_change_hours: u32,
    /// After how many days the numbers of an account are removed that is missing, disabled or expired: 1 to 365.
    #[serde(skip_serializing_if = "is_usual_absence")]
    #[schemars(extend("default" = USUAL_ABSENCE))]
    pub absent_days: u32,
}

/// What `absent_days` is where it is left out.
const USUAL_ABSENCE: u32 = 30;

fn is_usual_absence(days: &u32) -> bool {
    *days == USUAL_ABSENCE
}

impl Default for RegistrationSettings {
    fn default() -> Self {
        Self {
            password_again: false,
            countries: vec![Country::SWEDEN],
            delayed_change_hours: 48,
            absent_days: USUAL_ABSENCE,
        }
    }
}

/// Getting back in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ResetSettings {
    /// Offer "keep the password and unlock" beside a new password.
    pub keep_and_unlock: bool,
    /// How long a code is valid, 5 to 10 minutes. The SMS says the same figure.
    pub code_minutes: u32,
    /// Whether who knows the current password may change it, also when it is expired or must be changed.
    pub known_password: KnownPassword,
}

/// What a change needs beside the current password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum KnownPassword {
    /// It is not offered.
    Off,
    /// A code to the registered number: a password that was stolen lets nobody keep the account.
    #[default]
    WithCode,
    /// Nothing more.
    WithoutCode,
}

impl Default for ResetSettings {
    fn default() -> Self {
        Self { keep_and_unlock: false, code_minutes: 10, known_password: KnownPassword::default() }
    }
}

impl PolicyChoice {
    /// The rules chosen.
    ///
    /// # Errors
    /// Neither or both ways were used, or the rules can't be kept.
    pub fn policy(&self) -> Result<PasswordPolicy, Vec<String>> {
        let policy = match (self.preset, &self.rules) {
            (Some(preset), None) => preset.policy().map_err(|e| vec![e.to_string()])?,
            (None, Some(rules)) => rules.clone(),
            _ => return Err(vec!["name either a preset or rules of your own".to_owned()]),
        };
        let problems = policy.problems();
        if problems.is_empty() { Ok(policy) } else { Err(problems) }
    }
}

impl TenantSettings {
    /// Whether this address belongs to one of the tenant's own networks.
    pub fn trusts(&self, address: std::net::IpAddr) -> bool {
        self.limits.trust(address)
    }

    /// Whom to turn to about an account that a unit shares.
    pub fn desk_for_functional(&self) -> &HelpDesk {
        self.functional_help_desk.as_ref().unwrap_or(&self.help_desk)
    }

    /// Whether reminders go to persons, beside the units' recipients: to all of them, or to who holds a shared account.
    pub fn reminds_persons(&self) -> bool {
        !self.reminders.to_person.is_empty() || self.directory.has_functional()
    }

    /// The language that somebody is met in who asked for this one: it, where the tenant offers it.
    pub fn offered(&self, asked: Language) -> Language {
        if self.languages.contains(&asked) { asked } else { self.default_language }
    }

    /// What a page lacks that the law wants there, and days that can't be right or are over, as `key: what to do`. It keeps
    /// nobody from being served.
    pub fn shortfalls(&self, today: NaiveDate) -> Vec<String> {
        let mut all = self.accessibility.shortfalls(today);
        all.extend(self.privacy.shortfalls(&self.sms, &self.mail));
        all
    }

    /// Everything that is wrong beyond the form of single values, as `key: what to do`. Empty when nothing is.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut demand = |holds: bool, problem: &str| {
            if !holds {
                problems.push(problem.to_owned());
            }
        };
        demand(!self.languages.is_empty(), "languages: name at least one, such as [\"sv\", \"en\"]");
        let twice = self.languages.iter().enumerate().any(|(index, one)| self.languages[..index].contains(one));
        demand(!twice, "languages: name each once");
        demand(
            self.languages.is_empty() || self.languages.contains(&self.default_language),
            "default_language: name one of languages",
        );
        let shown = [Some(&self.name), Some(&self.help_desk.name), self.help_desk.mail.as_ref()];
        for text in shown.into_iter().flatten() {
            demand(
                !text.split(|c: char| !c.is_ascii_digit()).any(|group| group.len() == 6),
                &format!("{text:?}: six digits in a row would look like a code in a message"),
            );
        }
        demand(
            matches!(self.registration.delayed_change_hours, 0 | 24..=168),
            "registration.delayed_change_hours: 24 to 168 hours, or 0 to offer no delayed change",
        );
        demand(
            self.directory.number_attribute.is_none() || self.registration.delayed_change_hours > 0,
            "registration.delayed_change_hours: a number that was changed in the directory waits too; write 24 to 168 hours",
        );
        demand((1..=365).contains(&self.registration.absent_days), "registration.absent_days: 1 to 365 days");
        demand((5..=10).contains(&self.reset.code_minutes), "reset.code_minutes: 5 to 10 minutes");
        demand(!self.registration.countries.is_empty(), "registration.countries: name at least one country");
        demand(self.mail.from.contains('@'), "mail.from: write a mail address");
        problems.extend(plain::unfit(&self.name, LONGEST_NAME).map(|why| format!("name: {why}")));
        problems.extend(self.hosts.problems());
        problems.extend(self.help_desk.problems("help_desk"));
        problems.extend(self.functional_help_desk.iter().flat_map(|desk| desk.problems("functional_help_desk")));
        problems.extend(self.texts.problems());
        problems.extend(self.branding.problems(&self.languages));
        problems.extend(self.accessibility.problems(&self.languages, &self.help_desk));
        problems.extend(self.privacy.problems(&self.languages));
        problems.extend(self.reminders.problems());
        problems.extend(self.retention.problems());
        problems.extend(self.limits.problems());
        problems.extend(self.directory.problems());
        problems.extend(self.sms.problems());
        if let Err(found) = self.policy.policy() {
            problems.extend(found.into_iter().map(|problem| format!("policy: {problem}")));
        }
        problems
    }
}

/// A secret of a tenant, by the name it is stored under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SecretName {
    /// The service account's password.
    DirectoryPassword,
    /// The password or token at an SMS provider.
    SmsPassword(SmsProvider),
    /// The customer's password at Telenor, beside that of the user.
    SmsCustomerPassword,
    /// The last part of the address that an SMS provider reports to: random, made once.
    SmsReportPath(SmsProvider),
    /// What proves that a report is the provider's: a signature's key, or a password.
    SmsReportSecret(SmsProvider),
    /// The password at the mail server.
    MailPassword,
}

impl SecretName {
    /// All that there can be.
    pub fn all() -> Vec<SecretName> {
        let sms = SmsProvider::ALL.into_iter().map(SecretName::SmsPassword);
        let reports = SmsProvider::ALL.into_iter().flat_map(|provider| {
            let secret = provider.proves_reports().then_some(SecretName::SmsReportSecret(provider));
            [SecretName::SmsReportPath(provider)].into_iter().chain(secret)
        });
        let sms = sms.chain([SecretName::SmsCustomerPassword]).chain(reports);
        [SecretName::DirectoryPassword].into_iter().chain(sms).chain([SecretName::MailPassword]).collect()
    }

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            SecretName::DirectoryPassword => "directory_password",
            SecretName::SmsPassword(provider) => provider.password_name(),
            SecretName::SmsCustomerPassword => "sms_customer_password_telenor",
            SecretName::SmsReportPath(provider) => provider.report_path_name(),
            SecretName::SmsReportSecret(provider) => provider.report_secret_name(),
            SecretName::MailPassword => "mail_password",
        }
    }
}

/// Which of a tenant's two addresses was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HostPurpose {
    /// pwreset.
    Reset,
    /// pwreg.
    Register,
}

impl HostPurpose {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            HostPurpose::Reset => "reset",
            HostPurpose::Register => "register",
        }
    }

    /// The purpose of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        [HostPurpose::Reset, HostPurpose::Register].into_iter().find(|purpose| purpose.as_str() == name)
    }
}

#[cfg(test)]
mod tests;
