//! Sinch: a batch in JSON, at the address of a service plan, with a bearer token.

use std::time::SystemTime;

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::{
    Dialect, Fate, Http, Received, ReportRequest, Reporting,
    report::{base64, is_address, signature},
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
        let callback = text("callback_url");
        let kind = text("delivery_report");
        let known = ["none", "summary", "full", "per_recipient", "per_recipient_final"];
        if callback.is_some_and(|address| !is_address(address)) || kind.is_some_and(|kind| !known.contains(&kind)) {
            return Err((400, "callback_url or delivery_report"));
        }
        let expires = text("expire_at");
        if expires.is_some_and(|at| at.parse::<chrono::DateTime<chrono::Utc>>().is_err()) {
            return Err((400, "expire_at"));
        }
        // Without both, nothing of one recipient is reported.
        let callback = callback.filter(|_| kind.is_some_and(|kind| kind.starts_with("per_recipient")));
        Ok(Received {
            to: to.to_owned(),
            from: from.to_owned(),
            message: text("body").ok_or((400, "body"))?.to_owned(),
            unkept: false,
            reference: reference.map(str::to_owned),
            at: SystemTime::now(),
            callback: callback.map(str::to_owned),
            expires: expires.map(str::to_owned),
        })
    }

    fn id(&self, number: usize) -> String {
        format!("01SINCH{number:019}")
    }

    fn report(&self, report: Reporting<'_>) -> Option<ReportRequest> {
        let (status, code) = match report.fate {
            Fate::Sent => ("Dispatched", 401),
            Fate::Delivered => ("Delivered", 0),
            Fate::Failed => ("Failed", 402),
            Fate::Expired => ("Expired", 406),
            Fate::Odd => ("Wondering", 400),
        };
        let body = json!({
            "type": "recipient_delivery_report_sms",
            "batch_id": report.id,
            "recipient": report.sms.to.trim_start_matches('+'),
            "code": code,
            "status": status,
            "at": "2026-11-22T10:15:38.000Z",
            "client_reference": report.sms.reference,
        });
        let request = ReportRequest::json(report.address, &body);
        let (nonce, at) = ("01FJA8B4A7BM43YGWSG9GBV067", report.at.to_string());
        let text = [&request.body, b".".as_slice(), nonce.as_bytes(), b".", at.as_bytes()].concat();
        let signed = base64(&signature(hmac::HMAC_SHA256, report.secret, &text));
        Some(
            request
                .with("x-sinch-webhook-signature", signed)
                .with("x-sinch-webhook-signature-algorithm", "HmacSHA256".to_owned())
                .with("x-sinch-webhook-signature-nonce", nonce.to_owned())
                .with("x-sinch-webhook-signature-timestamp", at),
        )
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
