//! GatewayAPI (<https://gatewayapi.com/docs>): JSON with the number as a number, at its European address. Reports are signed,
//! and go to the address that is entered there.

use aws_lc_rs::hmac;
use portvakt_domain::{
    delivery::Sms,
    report::{DeliveryReport, Posted, Report, ReportRefusal},
    tenant::SenderName,
};
use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    account::Account,
    provider::{Answer, Authorization, Provider, Reading, Request},
    report,
};
use crate::setup::DeliverySetupError;

const USUAL_URL: &str = "https://messaging.gatewayapi.eu/mobile/single";

/// A tenant's account at GatewayAPI.
pub(crate) struct GatewayApi {
    url: Url,
    sender: SenderName,
    token: SecretString,
    report_secret: Option<SecretString>,
}

impl GatewayApi {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        account.has_keys(&["report_secret"])?;
        let report_secret = account.demanded_report_secret()?;
        Ok(Self { url: account.address(USUAL_URL)?, sender: account.sender(), token: account.token()?, report_secret })
    }
}

impl Provider for GatewayApi {
    fn name(&self) -> &'static str {
        "gatewayapi"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let recipient: u64 =
            sms.to.e164().trim_start_matches('+').parse().map_err(|_| "the number is not one of digits")?;
        let mut message = json!({
            "sender": self.sender.as_str(),
            "message": sms.text.0,
            "recipient": recipient,
            "reference": sms.reference,
        });
        if let Some(validity) = sms.validity {
            message["expiration"] = format!("PT{}S", validity.seconds).into();
        }
        Ok(Request::json(&self.url, Authorization::Token { scheme: "Token", token: &self.token }, &message))
    }

    fn read(&self, answer: &Answer<'_>) -> Reading {
        match answer.json().as_ref().and_then(|answer| answer.get("msg_id")) {
            Some(Value::String(id)) if !id.is_empty() => Reading::taken(id),
            Some(Value::Number(id)) => Reading::taken(&id.to_string()),
            _ => Reading::Unclear("without an id"),
        }
    }

    fn report(&self, posted: &Posted<'_>) -> Result<Option<DeliveryReport>, ReportRefusal> {
        let key = self.report_secret.as_ref().ok_or(ReportRefusal::Forged)?;
        let signature = report::header(posted, "signature").and_then(|value| bytes(value.trim().strip_prefix("v1=")?));
        report::signed(hmac::HMAC_SHA256, key, posted.body, signature)?;
        let envelope = report::json(posted)?;
        let text = |pointer: &str| envelope.pointer(pointer).and_then(Value::as_str);
        // The documents have both spellings. Other events are not of SMS.
        if !matches!(text("/event_type"), Some("message.status.sms" | "messaging.status.sms")) {
            return Ok(None);
        }
        let said = match text("/event/status").ok_or(ReportRefusal::Unreadable)?.to_ascii_lowercase().as_str() {
            "accepted" | "scheduled" | "buffered" | "enroute" | "sent" => Report::Sent,
            "delivered" => Report::Delivered,
            "undeliverable" | "undelivered" | "rejected" | "skipped" | "deleted" | "failed" => Report::Failed,
            "expired" => Report::Expired,
            _ => Report::Unknown,
        };
        report::report(posted, text("/event/msg_id"), text("/event/reference"), said)
    }
}

/// The bytes that hexadecimal digits say.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? * 16 + digit(*low)?),
            _ => None,
        })
        .collect()
}
