//! 46elks (<https://46elks.se/docs/send-sms>): a form, and JSON that says "created". Reports are forms without a signature;
//! the address that they are sent to may hold a password.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use portvakt_domain::{
    delivery::Sms,
    report::{DeliveryReport, Posted, Report, ReportRefusal},
    tenant::SenderName,
};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::{
    account::Account,
    provider::{Answer, Authorization, Provider, Reading, Request},
    report::{self, ReportAddress},
};
use crate::setup::{DeliverySetupError, wrong};

/// Who signs in with the secret of reports, where there is one.
const REPORTER: &str = "portvakt";
const USUAL_URL: &str = "https://api.46elks.com/a1/sms";

/// A tenant's account at 46elks.
pub(crate) struct FortySixElks {
    url: Url,
    sender: SenderName,
    username: String,
    password: SecretString,
    reports: Option<ReportAddress>,
    report_secret: Option<SecretString>,
}

impl FortySixElks {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        account.has_keys(&["username", "report_secret"])?;
        let report_secret = account.report_secret();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if report_secret.as_ref().is_some_and(|secret| !secret.expose_secret().bytes().all(plain)) {
            return Err(wrong("sms.report_secret", "write letters, digits, '-', '_' and '.': it stands in an address"));
        }
        Ok(Self {
            url: account.address(USUAL_URL)?,
            sender: account.sender(),
            username: account.username()?,
            password: account.password()?,
            reports: account.reports(),
            report_secret,
        })
    }
}

impl Provider for FortySixElks {
    fn name(&self) -> &'static str {
        "46elks"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let mut fields = vec![
            ("from", self.sender.as_str()),
            ("to", sms.to.e164()),
            ("message", sms.text.0.as_str()),
            // Codes are not to be kept in the gateway's log.
            ("dontlog", "message"),
        ];
        let reports = self.reports.as_ref().map(|address| self.with_password(&address.of(sms)));
        fields.extend(reports.as_deref().map(|address| ("whendelivered", address)));
        Ok(Request::form(&self.url, Authorization::Basic(&self.username, &self.password), &fields))
    }

    fn read(&self, answer: &Answer<'_>) -> Reading {
        let Some(answer) = answer.json() else {
            return Reading::Unclear("not in its own format");
        };
        let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
        match (text("status"), text("id")) {
            ("created" | "sent" | "delivered", id) if !id.is_empty() => Reading::taken(id),
            ("failed" | "rejected" | "refused" | "error", _) => Reading::Refused("it says that it failed"),
            ("", "") if answer.get("error").is_some_and(|error| !error.is_null()) => {
                Reading::Refused("it says that it failed")
            }
            _ => Reading::Unclear("without an id, or with a status that is not known"),
        }
    }

    fn report(&self, posted: &Posted<'_>) -> Result<Option<DeliveryReport>, ReportRefusal> {
        if let Some(secret) = &self.report_secret {
            let expected = BASE64_STANDARD.encode(format!("{REPORTER}:{}", secret.expose_secret()));
            let given = report::header(posted, "authorization").and_then(|value| value.strip_prefix("Basic "));
            if !given.is_some_and(|given| report::same(expected.as_bytes(), given.trim().as_bytes())) {
                return Err(ReportRefusal::Forged);
            }
        }
        let form = report::form(posted)?;
        let said = match form.get("status").ok_or(ReportRefusal::Unreadable)?.as_str() {
            "created" | "sent" => Report::Sent,
            "delivered" => Report::Delivered,
            "failed" => Report::Failed,
            _ => Report::Unknown,
        };
        report::report(posted, form.get("id").map(String::as_str), None, said)
    }
}

impl FortySixElks {
    /// The address with the password in it, as 46elks takes it.
    fn with_password(&self, address: &str) -> String {
        match (&self.report_secret, address.split_once("://")) {
            (Some(secret), Some((scheme, rest))) => format!("{scheme}://{REPORTER}:{}@{rest}", secret.expose_secret()),
            _ => address.to_owned(),
        }
    }
}
