//! HelloSMS (<https://docs.hellosms.se>): JSON, and a verdict for each recipient inside a 200. Reports have no signature and go
//! to the address that its support enters.

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
    report::{self, ReportAddress},
};
use crate::setup::DeliverySetupError;

const USUAL_URL: &str = "https://api.hellosms.se/api/v1/sms/send";

/// A tenant's account at HelloSMS.
pub(crate) struct HelloSms {
    url: Url,
    sender: SenderName,
    username: String,
    password: SecretString,
    reports: Option<ReportAddress>,
}

impl HelloSms {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        account.has_keys(&["username"])?;
        Ok(Self {
            url: account.address(USUAL_URL)?,
            sender: account.sender(),
            username: account.username()?,
            password: account.password()?,
            reports: account.reports(),
        })
    }
}

impl Provider for HelloSms {
    fn name(&self) -> &'static str {
        "hellosms"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let mut message = json!({
            "to": [sms.to.e164()],
            "from": self.sender.as_str(),
            "message": sms.text.0,
        });
        if self.reports.is_some() {
            message["sendApiCallback"] = true.into();
            message["callbackRef"] = sms.reference.as_str().into();
        }
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

    fn report(&self, posted: &Posted<'_>) -> Result<Option<DeliveryReport>, ReportRefusal> {
        let body = report::json(posted)?;
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        let said = match text("status").ok_or(ReportRefusal::Unreadable)?.to_ascii_lowercase().as_str() {
            "sent" => Report::Sent,
            "delivered" => Report::Delivered,
            "failed" | "not delivered" => Report::Failed,
            "expired" => Report::Expired,
            _ => Report::Unknown,
        };
        let number = body.get("apiMessageId").filter(|id| id.is_number()).map(Value::to_string);
        report::report(posted, text("apiMessageId").or(number.as_deref()), text("callbackRef"), said)
    }
}
