//! LINK Mobility: JSON with the ids of a platform, and a result code in answer.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::{
    Dialect, Fate, Http, Received, ReportRequest, Reporting,
    request::{Request, basic, is_e164, is_sender},
};

const USERNAME: &str = "link-user";
const PASSWORD: &str = "gateway-password-0123456789";
const PLATFORM: &str = "COMMON_API";
const PARTNER: &str = "10001";
const GATE: &str = "gate-7";
const KEYS: [&str; 12] = [
    "source",
    "sourceTON",
    "destination",
    "destinationTON",
    "userData",
    "platformId",
    "platformPartnerId",
    "useDeliveryReport",
    "deliveryReportGates",
    "refId",
    "relativeValidityTime",
    "ignoreResponse",
];

/// The double of LINK Mobility.
#[derive(Debug, Clone, Copy)]
pub struct Link;

impl Dialect for Link {
    fn target(&self) -> String {
        "/sms/send".to_owned()
    }

    fn account(&self) -> Value {
        json!({
            "provider": "link",
            "sender": "Orebro",
            "username": USERNAME,
            "platform_id": PLATFORM,
            "platform_partner_id": PARTNER,
        })
    }

    fn password(&self) -> &'static str {
        PASSWORD
    }

    fn check(&self, request: &Request) -> Result<Received, (u16, &'static str)> {
        request.posted_to(&self.target())?;
        request.authorized(&basic(USERNAME, PASSWORD))?;
        let message = request.json(&KEYS)?;
        let text = |key: &str| message.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        if (text("platformId"), text("platformPartnerId")) != (Some(PLATFORM), Some(PARTNER)) {
            return Err((403, "106200: the platform"));
        }
        // Left out it is true, and the answer is an empty 204 before anything is known.
        if message.get("ignoreResponse") != Some(&Value::Bool(false)) {
            return Err((400, "the answer would be ignored"));
        }
        let named = text("sourceTON") == Some("ALPHANUMERIC");
        let from = text("source").filter(|sender| named && is_sender(sender)).ok_or((400, "source"))?;
        let to = text("destination").filter(|to| is_e164(to)).ok_or((400, "destination"))?;
        let wanted = message.get("useDeliveryReport") == Some(&Value::Bool(true));
        if message.get("deliveryReportGates").is_some_and(|gates| !wanted || *gates != json!([GATE])) {
            return Err((400, "106300: the gate"));
        }
        let expires = message.get("relativeValidityTime").map(|millis| millis.as_u64().filter(|millis| *millis > 0));
        let expires = expires.map(|millis| millis.ok_or((400, "relativeValidityTime"))).transpose()?;
        Ok(Received {
            to: to.to_owned(),
            from: from.to_owned(),
            message: text("userData").ok_or((400, "userData"))?.to_owned(),
            unkept: false,
            reference: text("refId").map(str::to_owned),
            at: SystemTime::now(),
            callback: wanted.then(|| "yes".to_owned()),
            expires: expires.map(|millis| millis.to_string()),
        })
    }

    fn id(&self, number: usize) -> String {
        format!("Dcshuhod0PMAAAFQ{number:08}")
    }

    fn wants_reports(&self, account: &mut Value) {
        account["report_gate"] = GATE.into();
    }

    fn report(&self, report: Reporting<'_>) -> Option<ReportRequest> {
        let code = match report.fate {
            Fate::Sent => 1000,
            Fate::Delivered => 1001,
            Fate::Failed => 1006,
            Fate::Expired => 1002,
            Fate::Odd => 4711,
        };
        let body = json!({
            "refId": report.sms.reference,
            "id": format!("{}$0", report.id),
            "operator": "no.telia",
            "sentTimestamp": "2026-11-22T10:15:36Z",
            "timestamp": "2026-11-22T10:15:38Z",
            "resultCode": code,
            "operatorResultCode": "000",
            "segments": 1,
        });
        Some(ReportRequest::json(report.address, &body))
    }

    fn taken(&self, _: &Received, number: usize) -> Http {
        Http::json(200, &json!({ "messageId": self.id(number), "resultCode": 1005, "description": "Queued" }))
    }

    fn refused_though_200(&self, _: &Received) -> Option<Http> {
        let answer = json!({ "messageId": self.id(0), "resultCode": 2104, "description": "Invalid number" });
        Some(Http::json(200, &answer))
    }

    fn refusal(&self, status: u16, text: &str) -> Http {
        Http::json(status, &json!({ "timestamp": 0, "error": text, "status": 106_000 + u32::from(status % 100) }))
    }
}
