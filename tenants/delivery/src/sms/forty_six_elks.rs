//! 46elks (<https://46elks.se/docs/send-sms>): a form, and JSON that says "created".

use portvakt_domain::{delivery::Sms, tenant::SenderName};
use reqwest::Url;
use secrecy::SecretString;
use serde_json::Value;

use super::{
    account::Account,
    provider::{Answer, Authorization, Provider, Reading, Request},
};
use crate::setup::DeliverySetupError;

const USUAL_URL: &str = "https://api.46elks.com/a1/sms";

/// A tenant's account at 46elks.
pub(crate) struct FortySixElks {
    url: Url,
    sender: SenderName,
    username: String,
    password: SecretString,
}

impl FortySixElks {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        account.has_keys(&["username"])?;
        Ok(Self {
            url: account.address(USUAL_URL)?,
            sender: account.sender(),
            username: account.username()?,
            password: account.password()?,
        })
    }
}

impl Provider for FortySixElks {
    fn name(&self) -> &'static str {
        "46elks"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let fields = [
            ("from", self.sender.as_str()),
            ("to", sms.to.e164()),
            ("message", sms.text.0.as_str()),
            // Codes are not to be kept in the gateway's log.
            ("dontlog", "message"),
        ];
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
}
