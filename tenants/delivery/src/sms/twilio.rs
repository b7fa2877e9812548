//! Twilio (<https://www.twilio.com/docs/messaging/api>): a form to the account's own address.

use portvakt_domain::{delivery::Sms, tenant::SenderName};
use reqwest::Url;
use secrecy::SecretString;
use serde_json::Value;

use super::{
    account::Account,
    provider::{Answer, Authorization, Provider, Reading, Request},
};
use crate::setup::DeliverySetupError;

/// A tenant's account at Twilio.
pub(crate) struct Twilio {
    url: Url,
    sender: SenderName,
    username: String,
    password: SecretString,
}

impl Twilio {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        account.has_keys(&["account_sid", "username"])?;
        let sid = account.identifier("sms.account_sid", &account.settings.account_sid)?;
        // The account signs in with its own token, or an API key with its secret.
        let username = if account.settings.username.is_some() { account.username()? } else { sid.clone() };
        let usual = format!("https://api.twilio.com/2010-04-01/Accounts/{sid}/Messages.json");
        Ok(Self { url: account.address(&usual)?, sender: account.sender(), username, password: account.password()? })
    }
}

impl Provider for Twilio {
    fn name(&self) -> &'static str {
        "twilio"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let fields = [
            ("To", sms.to.e164()),
            ("From", self.sender.as_str()),
            ("Body", sms.text.0.as_str()),
            // Codes and numbers are not to be kept there.
            ("ContentRetention", "discard"),
            ("AddressRetention", "obfuscate"),
        ];
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
}
