//! Twilio (<https://www.twilio.com/docs/messaging/api>): a form to the account's own address.

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use portvakt_domain::{
    delivery::Sms,
    report::{DeliveryReport, Posted, Report, ReportRefusal},
    tenant::SenderName,
};
use reqwest::Url;
use secrecy::SecretString;
use serde_json::Value;

use super::{
    account::Account,
    provider::{Answer, Authorization, Provider, Reading, Request},
    report::{self, ReportAddress},
};
use crate::setup::{DeliverySetupError, wrong};

/// The longest time that Twilio tries, in seconds.
const LONGEST_VALIDITY: u32 = 36_000;

/// A tenant's account at Twilio.
pub(crate) struct Twilio {
    url: Url,
    sender: SenderName,
    username: String,
    password: SecretString,
    reports: Option<ReportAddress>,
    /// What reports are signed with: always the account's own token.
    token: SecretString,
}

impl Twilio {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        account.has_keys(&["account_sid", "username", "report_secret"])?;
        let sid = account.identifier("sms.account_sid", &account.settings.account_sid)?;
        // The account signs in with its own token, or an API key with its secret.
        let username = if account.settings.username.is_some() { account.username()? } else { sid.clone() };
        let usual = format!("https://api.twilio.com/2010-04-01/Accounts/{sid}/Messages.json");
        let password = account.password()?;
        let token = match account.report_secret() {
            Some(token) => token,
            None if account.settings.reports && account.settings.username.is_some() => {
                let problem = "missing; an API key signs no reports: write report_secret_file with the account's token";
                return Err(wrong("sms.report_secret", problem));
            }
            None => password.clone(),
        };
        Ok(Self {
            url: account.address(&usual)?,
            sender: account.sender(),
            username,
            password,
            reports: account.reports(),
            token,
        })
    }
}

impl Provider for Twilio {
    fn name(&self) -> &'static str {
        "twilio"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let mut fields = vec![
            ("To", sms.to.e164()),
            ("From", self.sender.as_str()),
            ("Body", sms.text.0.as_str()),
            // Codes and numbers are not to be kept there.
            ("ContentRetention", "discard"),
            ("AddressRetention", "obfuscate"),
        ];
        let validity = sms.validity.map(|validity| validity.seconds.clamp(1, LONGEST_VALIDITY).to_string());
        fields.extend(validity.as_deref().map(|seconds| ("ValidityPeriod", seconds)));
        let reports = self.reports.as_ref().map(|address| address.of(sms));
        fields.extend(reports.as_deref().map(|address| ("StatusCallback", address)));
        Ok(Request::form(&self.url, Authorization::Basic(&self.username, &self.password), &fields))
    }

    fn read(&self, answer: &Answer<'_>) -> Reading {
        let Some(answer) = answer.json() else {
            return Reading::Unclear("not in its own format");
        };
        let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
        match (text("status"), text("sid")) {
            ("failed" | "undelivered" | "canceled", _) => Reading::Refused("it says that it failed"),
            ("accepted" | "queued" | "scheduled" | "sending" | "sent" | "delivered", id) if !id.is_empty() => {
                Reading::taken(id)
            }
            _ => Reading::Unclear("without an id, or with a status that is not known"),
        }
    }

    fn report(&self, posted: &Posted<'_>) -> Result<Option<DeliveryReport>, ReportRefusal> {
        let form = report::form(posted)?;
        // The address in full, then every field and its value in the order of the fields' names.
        let fields: String = form.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect();
        let signature =
            report::header(posted, "x-twilio-signature").and_then(|value| BASE64_STANDARD.decode(value).ok());
        let proved = spellings(&posted.url).into_iter().any(|url| {
            let (algorithm, signed) = (hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, url + &fields);
            report::signed(algorithm, &self.token, signed.as_bytes(), signature.clone()).is_ok()
        });
        if !proved {
            return Err(ReportRefusal::Forged);
        }
        let said = match form.get("MessageStatus").ok_or(ReportRefusal::Unreadable)?.as_str() {
            "accepted" | "queued" | "scheduled" | "sending" | "sent" => Report::Sent,
            "delivered" | "read" => Report::Delivered,
            "undelivered" | "failed" | "canceled" => Report::Failed,
            _ => Report::Unknown,
        };
        report::report(posted, form.get("MessageSid").map(String::as_str), None, said)
    }
}

/// An address with its port and without: Twilio signs either, and its own validators try both.
fn spellings(url: &str) -> [String; 2] {
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (host, port) = authority.split_once(':').unwrap_or((authority, if scheme == "http" { "80" } else { "443" }));
    [format!("{scheme}://{host}{path}"), format!("{scheme}://{host}:{port}{path}")]
}

#[cfg(test)]
mod tests {
    use super::spellings;

    #[test]
    fn an_address_is_tried_with_its_port_and_without() {
        let expected = |port: &str| ["https://a.se/b?c=d:1".to_owned(), format!("https://a.se:{port}/b?c=d:1")];
        assert_eq!(spellings("https://a.se/b?c=d:1"), expected("443"));
        assert_eq!(spellings("https://a.se:8443/b?c=d:1"), expected("8443"));
    }
}
