//! Sinch (<https://developers.sinch.com/docs/sms>): a batch of one in JSON, at the address of the service plan's region.

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::SecondsFormat;
use portvakt_domain::{
    delivery::Sms,
    report::{DeliveryReport, Posted, Report, ReportRefusal},
    tenant::{SenderName, SmsRegion},
};
use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    account::Account,
    provider::{Answer, Authorization, Provider, Reading, Request},
    report::{self, ReportAddress},
};
use crate::setup::DeliverySetupError;

/// How old a signature may be, and how far ahead its clock, in seconds.
const REPLAY_WINDOW: i64 = 300;
/// The one way to sign that is taken, whatever a report says of itself.
const ALGORITHM: &str = "HmacSHA256";

/// A tenant's service plan at Sinch.
pub(crate) struct Sinch {
    url: Url,
    sender: SenderName,
    token: SecretString,
    reports: Option<ReportAddress>,
    report_secret: Option<SecretString>,
}

impl Sinch {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        account.has_keys(&["service_plan_id", "region", "report_secret"])?;
        let report_secret = account.demanded_report_secret()?;
        let plan = account.identifier("sms.service_plan_id", &account.settings.service_plan_id)?;
        let region = match account.settings.region.unwrap_or(SmsRegion::Eu) {
            SmsRegion::Eu => "eu",
            SmsRegion::Us => "us",
        };
        let usual = format!("https://{region}.sms.api.sinch.com/xms/v1/{plan}/batches");
        Ok(Self {
            url: account.address(&usual)?,
            sender: account.sender(),
            token: account.token()?,
            reports: account.reports(),
            report_secret,
        })
    }
}

impl Provider for Sinch {
    fn name(&self) -> &'static str {
        "sinch"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let mut batch = json!({
            "type": "mt_text",
            "to": [sms.to.e164()],
            "from": self.sender.as_str(),
            "body": sms.text.0,
            "client_reference": sms.reference,
        });
        if let Some(validity) = sms.validity {
            batch["expire_at"] = validity.until.to_rfc3339_opts(SecondsFormat::Millis, true).into();
        }
        if let Some(address) = &self.reports {
            batch["delivery_report"] = "per_recipient_final".into();
            batch["callback_url"] = address.of(sms).into();
        }
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

    fn report(&self, posted: &Posted<'_>) -> Result<Option<DeliveryReport>, ReportRefusal> {
        self.is_from_sinch(posted)?;
        let body = report::json(posted)?;
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        if text("type") != Some("recipient_delivery_report_sms") {
            return Ok(None);
        }
        let said = match text("status").ok_or(ReportRefusal::Unreadable)? {
            "Queued" | "Dispatched" => Report::Sent,
            "Delivered" => Report::Delivered,
            "Aborted" | "Cancelled" | "Rejected" | "Deleted" | "Failed" => Report::Failed,
            "Expired" => Report::Expired,
            _ => Report::Unknown,
        };
        report::report(posted, text("batch_id"), text("client_reference"), said)
    }
}

impl Sinch {
    /// Whether it is signed, and lately. What is replayed within the window is no news.
    fn is_from_sinch(&self, posted: &Posted<'_>) -> Result<(), ReportRefusal> {
        let named = |part: &str| report::header(posted, &format!("x-sinch-webhook-signature{part}"));
        let (Some(key), Some(nonce), Some(timestamp)) = (&self.report_secret, named("-nonce"), named("-timestamp"))
        else {
            return Err(ReportRefusal::Forged);
        };
        let text = [posted.body, b".", nonce.as_bytes(), b".", timestamp.as_bytes()].concat();
        report::signed(hmac::HMAC_SHA256, key, &text, named("").and_then(|value| BASE64_STANDARD.decode(value).ok()))?;
        let age = timestamp.parse::<i64>().ok().and_then(|at| posted.now.timestamp().checked_sub(at));
        let fresh = age.is_some_and(|age| (-REPLAY_WINDOW..=REPLAY_WINDOW).contains(&age));
        if fresh && named("-algorithm") == Some(ALGORITHM) { Ok(()) } else { Err(ReportRefusal::Forged) }
    }
}
