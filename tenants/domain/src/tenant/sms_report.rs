//! Delivery reports in a tenant's settings: which secrets they take, and how a gateway without a file of its own reports.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SecretName, SmsProvider, SmsSecret, sms::SmsAccount};

/// How a gateway that is described by template reports.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpReport {
    /// What it posts.
    #[serde(default)]
    pub content: HttpReportContent,
    /// Where its own id of the SMS stands: a JSON pointer, or a form's field.
    #[serde(default)]
    pub id: Option<String>,
    /// Where our reference stands, if it is not in the address that `{{callback_url}}` gave.
    #[serde(default)]
    pub reference: Option<String>,
    /// Where the status stands.
    pub status: String,
    /// What its statuses mean: `sent`, `delivered`, `failed` or `expired`. Others are `unknown`.
    pub values: BTreeMap<String, HttpReportValue>,
}

/// What a gateway posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum HttpReportContent {
    /// JSON.
    #[default]
    Json,
    /// A form.
    Form,
}

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HttpReportValue {
    /// On its way.
    Sent,
    /// The phone has it.
    Delivered,
    /// It can't be delivered.
    Failed,
    /// It was given up after its time.
    Expired,
}

impl SmsProvider {
    /// The provider of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == name)
    }

    /// Whether a report may be proved by a secret beside the one in its address: a signature's key, or a password.
    pub fn proves_reports(self) -> bool {
        use SmsProvider::{FortySixElks, GatewayApi, Sinch, Twilio};
        matches!(self, FortySixElks | GatewayApi | Sinch | Twilio)
    }

    /// The name that the secret part of the address for reports is stored under.
    pub(super) fn report_path_name(self) -> &'static str {
        match self {
            SmsProvider::FortySixElks => "sms_report_path_46elks",
            SmsProvider::GatewayApi => "sms_report_path_gatewayapi",
            SmsProvider::Sinch => "sms_report_path_sinch",
            SmsProvider::Twilio => "sms_report_path_twilio",
            SmsProvider::HelloSms => "sms_report_path_hellosms",
            SmsProvider::Link => "sms_report_path_link",
            SmsProvider::Telenor => "sms_report_path_telenor",
            SmsProvider::Http => "sms_report_path_http",
        }
    }

    /// The name that the secret which proves reports is stored under.
    pub(super) fn report_secret_name(self) -> &'static str {
        match self {
            SmsProvider::FortySixElks => "sms_report_secret_46elks",
            SmsProvider::GatewayApi => "sms_report_secret_gatewayapi",
            SmsProvider::Sinch => "sms_report_secret_sinch",
            SmsProvider::Twilio => "sms_report_secret_twilio",
            SmsProvider::HelloSms => "sms_report_secret_hellosms",
            SmsProvider::Link => "sms_report_secret_link",
            SmsProvider::Telenor => "sms_report_secret_telenor",
            SmsProvider::Http => "sms_report_secret_http",
        }
    }
}

impl SmsAccount {
    /// The secrets of the account's reports. The part of the address is made when the settings are applied, and read
    /// nowhere.
    pub(super) fn report_secrets(&self) -> Vec<SmsSecret<'_>> {
        let path = SmsSecret {
            name: SecretName::SmsReportPath(self.provider),
            key: "report_path",
            file: &None,
            variable: &None,
        };
        let secret = SmsSecret {
            name: SecretName::SmsReportSecret(self.provider),
            key: "report_secret",
            file: &self.report_secret_file,
            variable: &self.report_secret_env,
        };
        let paths = self.reports.then_some(path);
        paths.into_iter().chain(self.provider.proves_reports().then_some(secret)).collect()
    }
}

/// What is left out where it is not wanted, so that the release before reads the rest.
pub(super) fn is_not_wanted(reports: &bool) -> bool {
    !reports
}
