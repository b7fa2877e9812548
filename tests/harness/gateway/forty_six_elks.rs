//! 46elks: a form, and JSON in answer.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::{
    Dialect, Fate, Http, Received, ReportRequest, Reporting,
    report::is_address,
    request::{Request, basic, is_e164, is_sender},
};

const USERNAME: &str = "u0123456789abcdef0123456789abcdef";
const PASSWORD: &str = "gateway-password-0123456789ABCDEF";
const FIELDS: [&str; 7] = ["from", "to", "message", "whendelivered", "dontlog", "flashsms", "dryrun"];
const LONGEST_MESSAGE: usize = 1_600;

/// The double of 46elks.
#[derive(Debug, Clone, Copy)]
pub struct FortySixElks;

impl Dialect for FortySixElks {
    fn target(&self) -> String {
        "/a1/sms".to_owned()
    }

    fn account(&self) -> Value {
        json!({ "provider": "46elks", "sender": "Orebro", "username": USERNAME })
    }

    fn password(&self) -> &'static str {
        PASSWORD
    }

    fn check(&self, request: &Request) -> Result<Received, (u16, &'static str)> {
        request.posted_to(&self.target())?;
        request.authorized(&basic(USERNAME, PASSWORD))?;
        let form = request.form(&FIELDS)?;
        let required = |name: &str, text| form.get(name).filter(|value| !value.is_empty()).ok_or((400, text));
        let to = required("to", "Missing key to")?;
        if !is_e164(to) {
            return Err((400, "Invalid to number"));
        }
        let from = required("from", "Missing key from")?;
        if !is_sender(from) && !is_e164(from) {
            return Err((400, "Invalid from"));
        }
        let message = required("message", "Missing key message")?;
        if message.chars().count() > LONGEST_MESSAGE {
            return Err((400, "Message too long"));
        }
        let unlogged: Vec<_> = form.get("dontlog").into_iter().flat_map(|list| list.split(',')).collect();
        if unlogged.iter().any(|what| !["message", "from", "to"].contains(what)) {
            return Err((400, "Invalid dontlog"));
        }
        let callback = form.get("whendelivered");
        if callback.is_some_and(|address| !is_address(address)) {
            return Err((400, "Invalid whendelivered"));
        }
        Ok(Received {
            to: to.to_owned(),
            from: from.to_owned(),
            message: message.to_owned(),
            unkept: unlogged.contains(&"message"),
            reference: None,
            at: SystemTime::now(),
            callback: callback.map(str::to_owned),
            expires: None,
        })
    }

    fn id(&self, number: usize) -> String {
        format!("s{number:032x}")
    }

    fn report(&self, report: Reporting<'_>) -> Option<ReportRequest> {
        let status = match report.fate {
            Fate::Sent => "sent",
            Fate::Delivered => "delivered",
            // There is no other word for it here.
            Fate::Failed | Fate::Expired => "failed",
            Fate::Odd => "wondering",
        };
        let delivered = "2026-11-22T10:15:38.140000";
        Some(ReportRequest::form(report.address, &[("id", &report.id), ("status", status), ("delivered", delivered)]))
    }

    fn taken(&self, sms: &Received, number: usize) -> Http {
        let parts = sms.message.chars().count().div_ceil(153).max(1);
        let created = sms.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Http::json(
            200,
            &json!({
                "status": "created",
                "direction": "outgoing",
                "from": sms.from,
                "to": sms.to,
                "message": sms.message,
                "created": created.as_secs().to_string(),
                "parts": parts,
                "cost": 5200 * parts,
                "id": self.id(number),
            }),
        )
    }

    fn refused_though_200(&self, sms: &Received) -> Option<Http> {
        let answer = json!({ "id": "s0failed", "status": "failed", "to": sms.to, "message": sms.message });
        Some(Http::json(200, &answer))
    }

    fn refusal(&self, status: u16, text: &str) -> Http {
        Http::text(status, text)
    }
}
