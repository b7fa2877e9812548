//! Twilio: a form to the account's own address, and JSON in answer.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::{
    Dialect, Http, Received,
    request::{Request, basic, is_e164, is_sender},
};

const SID: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "gateway-password-0123456789abcdef";
const FIELDS: [&str; 9] = [
    "To",
    "From",
    "MessagingServiceSid",
    "Body",
    "StatusCallback",
    "ValidityPeriod",
    "SmartEncoded",
    "ContentRetention",
    "AddressRetention",
];

/// The double of Twilio.
#[derive(Debug, Clone, Copy)]
pub struct Twilio;

impl Dialect for Twilio {
    fn target(&self) -> String {
        format!("/2010-04-01/Accounts/{SID}/Messages.json")
    }

    fn account(&self) -> Value {
        json!({ "provider": "twilio", "sender": "Orebro", "account_sid": SID })
    }

    fn password(&self) -> &'static str {
        TOKEN
    }

    fn check(&self, request: &Request) -> Result<Received, (u16, &'static str)> {
        request.posted_to(&self.target())?;
        request.authorized(&basic(SID, TOKEN))?;
        let form = request.form(&FIELDS)?;
        let to = form.get("To").filter(|to| is_e164(to)).ok_or((400, "Invalid 'To' Phone Number"))?;
        let from = form.get("From").filter(|from| is_sender(from)).ok_or((400, "Invalid From"))?;
        let body = form.get("Body").filter(|body| !body.is_empty()).ok_or((400, "Message body is required"))?;
        let one_of = |name: &str, values: [&str; 2]| form.get(name).is_none_or(|value| values.contains(&value));
        if !one_of("ContentRetention", ["retain", "discard"]) || !one_of("AddressRetention", ["retain", "obfuscate"]) {
            return Err((400, "Invalid retention"));
        }
        Ok(Received {
            to: to.to_owned(),
            from: from.to_owned(),
            message: body.to_owned(),
            unkept: form.get("ContentRetention") == Some("discard"),
            reference: None,
            at: SystemTime::now(),
        })
    }

    fn id(&self, number: usize) -> String {
        format!("SM{number:032x}")
    }

    fn taken(&self, sms: &Received, number: usize) -> Http {
        let answer = json!({
            "sid": self.id(number),
            "account_sid": SID,
            "to": sms.to,
            "from": sms.from,
            "body": sms.message,
            "status": "queued",
            "num_segments": "1",
            "error_code": null,
            "error_message": null,
        });
        Http::json(201, &answer)
    }

    fn refused_though_200(&self, sms: &Received) -> Option<Http> {
        let answer = json!({ "sid": self.id(0), "to": sms.to, "status": "failed", "error_code": 30007 });
        Some(Http::json(201, &answer))
    }

    fn refusal(&self, status: u16, text: &str) -> Http {
        let code = if status == 429 { 20429 } else { 21211 };
        Http::json(status, &json!({ "code": code, "message": text, "more_info": "", "status": status }))
    }
}
