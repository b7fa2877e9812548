//! HelloSMS: JSON, and a verdict for each recipient.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::{
    Dialect, Fate, Http, Received, ReportRequest, Reporting,
    request::{Request, basic, is_e164, is_sender, only_recipient},
};

const USERNAME: &str = "t0123456789abcdef";
const PASSWORD: &str = "gateway-password-0123456789";
const KEYS: [&str; 6] = ["to", "from", "message", "sendApiCallback", "callbackRef", "testMode"];

/// The double of HelloSMS.
#[derive(Debug, Clone, Copy)]
pub struct HelloSms;

impl Dialect for HelloSms {
    fn target(&self) -> String {
        "/api/v1/sms/send".to_owned()
    }

    fn account(&self) -> Value {
        json!({ "provider": "hellosms", "sender": "Orebro", "username": USERNAME })
    }

    fn password(&self) -> &'static str {
        PASSWORD
    }

    fn check(&self, request: &Request) -> Result<Received, (u16, &'static str)> {
        request.posted_to(&self.target())?;
        request.authorized(&basic(USERNAME, PASSWORD))?;
        let message = request.json(&KEYS)?;
        let text = |key: &str| message.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        if message.get("testMode").is_some_and(|test| *test != Value::Bool(false)) {
            return Err((400, "a test would send nothing"));
        }
        let to = only_recipient(message.get("to")).filter(|to| is_e164(to)).ok_or((400, "to"))?;
        let from = text("from").filter(|sender| is_sender(sender)).ok_or((400, "from"))?;
        let wanted = message.get("sendApiCallback") == Some(&Value::Bool(true));
        if wanted != text("callbackRef").is_some() {
            return Err((400, "callbackRef"));
        }
        Ok(Received {
            to: to.to_owned(),
            from: from.to_owned(),
            message: text("message").ok_or((400, "message"))?.to_owned(),
            unkept: false,
            reference: text("callbackRef").map(str::to_owned),
            at: SystemTime::now(),
            callback: wanted.then(|| "yes".to_owned()),
            expires: None,
        })
    }

    fn id(&self, number: usize) -> String {
        format!("hello-{number:08}")
    }

    fn report(&self, report: Reporting<'_>) -> Option<ReportRequest> {
        let status = match report.fate {
            Fate::Sent => "sent",
            Fate::Delivered => "delivered",
            Fate::Failed => "not delivered",
            Fate::Expired => "expired",
            Fate::Odd => "wondering",
        };
        let body = json!({
            "apiMessageId": report.id,
            "status": status,
            "timestamp": report.at,
            "callbackRef": report.sms.reference,
        });
        Some(ReportRequest::json(report.address, &body))
    }

    fn taken(&self, sms: &Received, number: usize) -> Http {
        let verdict = json!({ "apiMessageId": self.id(number), "to": sms.to, "status": 0, "message": "Message sent" });
        Http::json(200, &json!({ "status": "success", "statusText": "1 message", "messageIds": [verdict] }))
    }

    fn refused_though_200(&self, sms: &Received) -> Option<Http> {
        let verdict = json!({ "apiMessageId": "", "to": sms.to, "status": -5, "message": "Invalid number" });
        Some(Http::json(200, &json!({ "status": "success", "statusText": "", "messageIds": [verdict] })))
    }

    fn refusal(&self, status: u16, text: &str) -> Http {
        Http::json(status, &json!({ "status": "error", "statusText": text }))
    }
}
