//! HelloSMS (<https://docs.hellosms.se>): JSON, and a verdict for each recipient inside a 200.

use portvakt_domain::{delivery::Sms, tenant::SenderName};
use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    account::Account,
    provider::{Answer, Authorization, Provider, Reading, Request},
};
use crate::setup::DeliverySetupError;

const USUAL_URL: &str = "https://api.hellosms.se/api/v1/sms/send";

/// A tenant's account at HelloSMS.
pub(crate) struct HelloSms {
    url: Url,
    sender: SenderName,
    username: String,
    password: SecretString,
}

impl HelloSms {
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

impl Provider for HelloSms {
    fn name(&self) -> &'static str {
        "hellosms"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let message = json!({
            "to": [sms.to.e164()],
            "from": self.sender.as_str(),
            "message": sms.text.0,
        });
        Ok(Request::json(&self.url, Authorization::Basic(&self.username, &self.password), &message))
    }

    fn read(&self, answer: &Answer<'_>) -> Reading {
        let Some(answer) = answer.json() else {
            return Reading::Unclear("not in its own format");
        };
        let status = answer.get("status").and_then(Value::as_str).unwrap_or_default();
        // One recipient was asked for, so there is one verdict, unless the whole request is refused.
        match (status, answer.pointer("/messageIds/0")) {
            (_, Some(verdict)) => match verdict.get("status").and_then(Value::as_i64) {
                Some(0) => match verdict.get("apiMessageId") {
                    Some(Value::String(id)) if !id.is_empty() => Reading::taken(id),
                    Some(Value::Number(id)) => Reading::taken(&id.to_string()),
                    _ => Reading::Unclear("without an id"),
                },
                Some(_) => Reading::Refused("it does not accept the number"),
                None => Reading::Unclear("without a verdict on the number"),
            },
            ("error" | "failed" | "fail", None) => Reading::Refused("it says that it failed"),
            _ => Reading::Unclear("without a verdict on the number"),
        }
    }
}
