//! GatewayAPI: JSON, the recipient as a number, and a token that is called one.

use std::time::SystemTime;

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::{
    Dialect, Fate, Http, Received, ReportRequest, Reporting,
    report::signature,
    request::{Request, is_e164, is_sender},
};

const TOKEN: &str = "gateway-password-ApiToken.0123456789";
const KEYS: [&str; 8] =
    ["sender", "message", "recipient", "reference", "label", "expiration", "priority", "direct_port"];

/// The double of GatewayAPI.
#[derive(Debug, Clone, Copy)]
pub struct GatewayApi;

impl Dialect for GatewayApi {
    fn target(&self) -> String {
        "/mobile/single".to_owned()
    }

    fn account(&self) -> Value {
        json!({ "provider": "gatewayapi", "sender": "Orebro" })
    }

    fn password(&self) -> &'static str {
        TOKEN
    }

    fn check(&self, request: &Request) -> Result<Received, (u16, &'static str)> {
        request.posted_to(&self.target())?;
        request.authorized(&format!("Token {TOKEN}"))?;
        let message = request.json(&KEYS)?;
        let text = |key: &str| message.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let to = message.get("recipient").and_then(Value::as_u64).ok_or((422, "recipient must be an integer"))?;
        let to = format!("+{to}");
        if !is_e164(&to) {
            return Err((422, "recipient is no MSISDN"));
        }
        let from = text("sender").filter(|sender| is_sender(sender)).ok_or((422, "sender"))?;
        let seconds = |text: &str| text.strip_prefix("PT")?.strip_suffix('S')?.parse::<u32>().ok();
        if text("expiration").is_some_and(|text| seconds(text).is_none_or(|seconds| seconds == 0)) {
            return Err((422, "expiration"));
        }
        Ok(Received {
            to,
            from: from.to_owned(),
            message: text("message").ok_or((422, "message"))?.to_owned(),
            unkept: false,
            reference: text("reference").map(str::to_owned),
            at: SystemTime::now(),
            callback: None,
            expires: text("expiration").map(str::to_owned),
        })
    }

    fn id(&self, number: usize) -> String {
        format!("01JGATEWAY{number:016}")
    }

    fn report(&self, report: Reporting<'_>) -> Option<ReportRequest> {
        let status = match report.fate {
            Fate::Sent => "ENROUTE",
            Fate::Delivered => "DELIVERED",
            Fate::Failed => "UNDELIVERABLE",
            Fate::Expired => "EXPIRED",
            Fate::Odd => "WONDERING",
        };
        let recipient: Value = report.sms.to.trim_start_matches('+').parse().unwrap_or(Value::Null);
        let body = json!({
            "event_id": "01JEVENT",
            "timestamp": "2026-11-22T10:15:38Z",
            "event_type": "message.status.sms",
            "event": {
                "msg_id": report.id,
                "recipient": recipient,
                "reference": report.sms.reference,
                "status": status,
            },
        });
        let request = ReportRequest::json(report.address, &body);
        let digest = signature(hmac::HMAC_SHA256, report.secret, &request.body);
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Some(request.with("signature", format!("v1={hex}")))
    }

    fn taken(&self, sms: &Received, number: usize) -> Http {
        let recipient: Value = sms.to.trim_start_matches('+').parse().unwrap_or(Value::Null);
        let answer = json!({ "msg_id": self.id(number), "recipient": recipient, "reference": sms.reference });
        Http::json(202, &answer)
    }

    fn refused_though_200(&self, _: &Received) -> Option<Http> {
        None
    }

    fn refusal(&self, status: u16, text: &str) -> Http {
        Http::json(status, &json!({ "code": "0x0000", "message": text, "variables": [] }))
    }
}
