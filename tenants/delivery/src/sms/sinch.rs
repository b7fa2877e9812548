//! Sinch (<https://developers.sinch.com/docs/sms>): a batch of one in JSON, at the address of the service plan's region.

use portvakt_domain::{
    delivery::Sms,
    tenant::{SenderName, SmsRegion},
};
use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    account::Account,
    provider::{Answer, Authorization, Provider, Reading, Request},
};
use crate::setup::DeliverySetupError;

/// A tenant's service plan at Sinch.
pub(crate) struct Sinch {
    url: Url,
    sender: SenderName,
    token: SecretString,
}

impl Sinch {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        account.has_keys(&["service_plan_id", "region"])?;
        let plan = account.identifier("sms.service_plan_id", &account.settings.service_plan_id)?;
        let region = match account.settings.region.unwrap_or(SmsRegion::Eu) {
            SmsRegion::Eu => "eu",
            SmsRegion::Us => "us",
        };
        let usual = format!("https://{region}.sms.api.sinch.com/xms/v1/{plan}/batches");
        Ok(Self { url: account.address(&usual)?, sender: account.sender(), token: account.token()? })
    }
}

impl Provider for Sinch {
    fn name(&self) -> &'static str {
        "sinch"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let batch = json!({
            "type": "mt_text",
            "to": [sms.to.e164()],
            "from": self.sender.as_str(),
            "body": sms.text.0,
            "client_reference": sms.reference,
        });
        Ok(Request::json(&self.url, Authorization::Token { scheme: "Bearer", token: &self.token }, &batch))
    }

    fn read(&self, answer: &Answer<'_>) -> Reading {
        let answer = answer.json();
        let found = |key: &str| answer.as_ref().and_then(|answer| answer.get(key));
        match (found("id").and_then(Value::as_str), found("canceled").and_then(Value::as_bool)) {
            (_, Some(true)) => Reading::Refused("it says that the batch is cancelled"),
            (Some(id), _) if !id.is_empty() => Reading::taken(id),
            _ => Reading::Unclear("without an id"),
        }
    }
}
