//! Twilio: a form to the account's own address, and JSON in answer.

use std::time::SystemTime;

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::{
    Dialect, Fate, Http, Received, ReportRequest, Reporting,
    report::{base64, is_address, signature},
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
        let callback = form.get("StatusCallback");
        if callback.is_some_and(|address| !is_address(address)) {
            return Err((400, "Invalid StatusCallback"));
        }
        let validity = form.get("ValidityPeriod");
        if validity.is_some_and(|seconds| !seconds.parse().is_ok_and(|n: u32| (1..=36_000).contains(&n))) {
            return Err((400, "Invalid ValidityPeriod"));
        }
        Ok(Received {
            to: to.to_owned(),
            from: from.to_owned(),
            message: body.to_owned(),
            unkept: form.get("ContentRetention") == Some("discard"),
            reference: None,
            at: SystemTime::now(),
            callback: callback.map(str::to_owned),
            expires: validity.map(str::to_owned),
        })
    }

    fn id(&self, number: usize) -> String {
        format!("SM{number:032x}")
    }

    fn report(&self, report: Reporting<'_>) -> Option<ReportRequest> {
        let (status, error) = match report.fate {
            Fate::Sent => ("sent", ""),
            Fate::Delivered => ("delivered", ""),
            // There is no other word for it here.
            Fate::Failed | Fate::Expired => ("undelivered", "30005"),
            Fate::Odd => ("wondering", ""),
        };
        let mut fields = vec![
            ("MessageStatus", status),
            ("MessageSid", &report.id),
            ("AccountSid", SID),
            ("To", &report.sms.to),
            ("From", &report.sms.from),
            ("ErrorCode", error),
        ];
        let request = ReportRequest::form(report.address, &fields);
        fields.sort_unstable();
        let text: String =
            [request.url.as_str()].into_iter().chain(fields.iter().flat_map(|(name, value)| [*name, *value])).collect();
        let signed = base64(&signature(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, report.secret, text.as_bytes()));
        Some(request.with("x-twilio-signature", signed))
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
