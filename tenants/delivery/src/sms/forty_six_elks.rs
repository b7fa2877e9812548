//! 46elks (<https://46elks.se/docs/send-sms>): a form, and JSON that says "created".

use portvakt_domain::{
    delivery::Sms,
    tenant::{SenderName, SmsSettings},
};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::{
    gateway::address,
    provider::{Answer, Authorization, Provider, Reading, Request},
};
use crate::setup::{DeliverySetupError, wrong};

const USUAL_URL: &str = "https://api.46elks.com/a1/sms";

/// A tenant's account at 46elks.
pub(crate) struct FortySixElks {
    url: Url,
    sender: SenderName,
    username: String,
    password: SecretString,
}

impl FortySixElks {
    pub(crate) fn new(settings: &SmsSettings, password: SecretString) -> Result<Self, DeliverySetupError> {
        if settings.username.is_empty() || settings.username.contains([':', '\r', '\n']) {
            return Err(wrong("sms.username", "write the API username, without a colon"));
        }
        if password.expose_secret().is_empty() {
            return Err(wrong("sms.password", "write the API password"));
        }
        Ok(Self {
            url: address(settings, USUAL_URL)?,
            sender: settings.sender.clone(),
            username: settings.username.clone(),
            password,
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
        let Ok(answer) = serde_json::from_slice::<Value>(answer.body) else {
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
