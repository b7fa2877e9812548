//! LINK Mobility's Common API: JSON, and a result code inside a 200.

use portvakt_domain::{delivery::Sms, tenant::SenderName};
use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    account::Account,
    provider::{Answer, Authorization, Provider, Reading, Request},
};
use crate::setup::DeliverySetupError;

const USUAL_URL: &str = "https://n-eu.linkmobility.io/sms/send";

/// A tenant's account at LINK Mobility.
pub(crate) struct Link {
    url: Url,
    sender: SenderName,
    username: String,
    password: SecretString,
    platform_id: String,
    partner_id: String,
}

impl Link {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        account.has_keys(&["username", "platform_id", "platform_partner_id"])?;
        Ok(Self {
            url: account.address(USUAL_URL)?,
            sender: account.sender(),
            username: account.username()?,
            password: account.password()?,
            platform_id: account.identifier("sms.platform_id", &account.settings.platform_id)?,
            partner_id: account.identifier("sms.platform_partner_id", &account.settings.platform_partner_id)?,
        })
    }
}

impl Provider for Link {
    fn name(&self) -> &'static str {
        "link"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let message = json!({
            "source": self.sender.as_str(),
            "sourceTON": "ALPHANUMERIC",
            "destination": sms.to.e164(),
            "userData": sms.text.0,
            "platformId": self.platform_id,
            "platformPartnerId": self.partner_id,
            "refId": sms.reference,
            "useDeliveryReport": false,
            // The usual is to answer before anything is known.
            "ignoreResponse": false,
        });
        Ok(Request::json(&self.url, Authorization::Basic(&self.username, &self.password), &message))
    }

    fn read(&self, answer: &Answer<'_>) -> Reading {
        let Some(answer) = answer.json() else {
            return Reading::Unclear("not in its own format");
        };
        let id = answer.get("messageId").and_then(Value::as_str).unwrap_or_default();
        match answer.get("resultCode").and_then(Value::as_i64) {
            // Delivered; or queued and on its way.
            Some(1001 | 1000 | 1005 | 1007 | 1012 | 1013) if !id.is_empty() => Reading::taken(id),
            // Expired; not delivered; number or subscription; credentials, platform or gate.
            Some(1002 | 1006 | 2104..=2107 | 106_000..=106_999) => Reading::Refused("it says that it failed"),
            _ => Reading::Unclear("without an id, or with a result that is not known"),
        }
    }
}
