//! GatewayAPI (<https://gatewayapi.com/docs>): JSON with the number as a number, at its European address.

use portvakt_domain::{delivery::Sms, tenant::SenderName};
use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    account::Account,
    provider::{Answer, Authorization, Provider, Reading, Request},
};
use crate::setup::DeliverySetupError;

const USUAL_URL: &str = "https://messaging.gatewayapi.eu/mobile/single";

/// A tenant's account at GatewayAPI.
pub(crate) struct GatewayApi {
    url: Url,
    sender: SenderName,
    token: SecretString,
}

impl GatewayApi {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        account.has_keys(&[])?;
        Ok(Self { url: account.address(USUAL_URL)?, sender: account.sender(), token: account.token()? })
    }
}

impl Provider for GatewayApi {
    fn name(&self) -> &'static str {
        "gatewayapi"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let recipient: u64 =
            sms.to.e164().trim_start_matches('+').parse().map_err(|_| "the number is not one of digits")?;
        let message = json!({
            "sender": self.sender.as_str(),
            "message": sms.text.0,
            "recipient": recipient,
            "reference": sms.reference,
        });
        Ok(Request::json(&self.url, Authorization::Token { scheme: "Token", token: &self.token }, &message))
    }

    fn read(&self, answer: &Answer<'_>) -> Reading {
        match answer.json().as_ref().and_then(|answer| answer.get("msg_id")) {
            Some(Value::String(id)) if !id.is_empty() => Reading::taken(id),
            Some(Value::Number(id)) => Reading::taken(&id.to_string()),
            _ => Reading::Unclear("without an id"),
        }
    }
}
