//! Sinch: a batch in JSON, at the address of a service plan, with a bearer token.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::{
    Dialect, Http, Received,
    request::{Request, is_e164, is_sender, only_recipient},
};

const PLAN: &str = "0123456789abcdef0123456789abcdef";
const TOKEN: &str = "gateway-password-0123456789abcdef";
const KEYS: [&str; 11] = [
    "to",
    "from",
    "body",
    "type",
    "delivery_report",
    "callback_url",
    "client_reference",
    "expire_at",
    "send_at",
    "max_number_of_message_parts",
    "flash_message",
];

/// The double of Sinch.
#[derive(Debug, Clone, Copy)]
pub struct Sinch;

impl Dialect for Sinch {
    fn target(&self) -> String {
        format!("/xms/v1/{PLAN}/batches")
    }

    fn account(&self) -> Value {
        json!({ "provider": "sinch", "sender": "Orebro", "service_plan_id": PLAN })
    }

    fn password(&self) -> &'static str {
        TOKEN
    }

    fn check(&self, request: &Request) -> Result<Received, (u16, &'static str)> {
        request.posted_to(&self.target())?;
        request.authorized(&format!("Bearer {TOKEN}"))?;
        let batch = request.json(&KEYS)?;
        let text = |key: &str| batch.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        if text("type").is_some_and(|kind| kind != "mt_text") {
            return Err((400, "type"));
        }
        let to = only_recipient(batch.get("to")).filter(|to| is_e164(to)).ok_or((400, "to"))?;
        let from = text("from").filter(|sender| is_sender(sender)).ok_or((400, "from"))?;
        let reference = text("client_reference");
        if reference.is_some_and(|reference| reference.len() > 2048) {
            return Err((400, "client_reference"));
        }
        Ok(Received {
            to: to.to_owned(),
            from: from.to_owned(),
            message: text("body").ok_or((400, "body"))?.to_owned(),
            unkept: false,
            reference: reference.map(str::to_owned),
            at: SystemTime::now(),
        })
    }

    fn id(&self, number: usize) -> String {
        format!("01SINCH{number:019}")
    }

    fn taken(&self, sms: &Received, number: usize) -> Http {
        let answer = json!({
            "id": self.id(number),
            "to": [sms.to.trim_start_matches('+')],
            "from": sms.from,
            "body": sms.message,
            "type": "mt_text",
            "canceled": false,
            "client_reference": sms.reference,
        });
        Http::json(201, &answer)
    }

    fn refused_though_200(&self, _: &Received) -> Option<Http> {
        None
    }

    fn refusal(&self, status: u16, text: &str) -> Http {
        Http::json(status, &json!({ "code": "syntax_constraint_violation", "text": text }))
    }
}
