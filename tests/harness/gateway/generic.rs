//! A gateway of its own kind: a form in ISO-8859-1 that holds user and password, and a verdict in JSON.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::{
    Dialect, Fate, Http, Received, ReportRequest, Reporting,
    report::is_address,
    request::{Request, is_e164, is_sender},
};

const USERNAME: &str = "orebro & co";
const PASSWORD: &str = "gateway-password-å=&%";
const FIELDS: [&str; 7] = ["usr", "pwd", "dst", "src", "msg", "ref", "dlr"];

/// The double of a gateway that is described by template.
#[derive(Debug, Clone, Copy)]
pub struct Generic;

impl Dialect for Generic {
    fn target(&self) -> String {
        "/send".to_owned()
    }

    fn account(&self) -> Value {
        json!({
            "provider": "http",
            "sender": "Orebro",
            "username": USERNAME,
            "http": {
                "authentication": "template",
                "headers": { "X-Municipality": "orebro" },
                "content": "form",
                "template": "usr={{username}}&pwd={{password}}&dst={{to}}&src={{from}}&msg={{text}}&ref={{reference}}",
                "charset": "iso-8859-1",
                "number_format": "zeros",
                "success_codes": [200],
                "verdict": { "pointer": "/answers/0/result", "taken": ["OK"] },
                "id_pointer": "/answers/0/id",
            },
        })
    }

    fn password(&self) -> &'static str {
        PASSWORD
    }

    fn check(&self, request: &Request) -> Result<Received, (u16, &'static str)> {
        request.posted_to(&self.target())?;
        if request.header("x-municipality") != Some("orebro") {
            return Err((400, "whose is it?"));
        }
        let form = request.form_in_latin1(&FIELDS)?;
        let required = |name: &str| form.get(name).filter(|value| !value.is_empty()).ok_or((400, "a field"));
        if (required("usr")?, required("pwd")?) != (USERNAME, PASSWORD) {
            return Err((401, "who are you?"));
        }
        let to = required("dst")?.strip_prefix("00").map(|digits| format!("+{digits}"));
        let from = required("src")?;
        if !is_sender(from) {
            return Err((400, "src"));
        }
        let callback = form.get("dlr").filter(|address| !address.is_empty());
        if callback.is_some_and(|address| !is_address(address)) {
            return Err((400, "dlr"));
        }
        Ok(Received {
            to: to.filter(|to| is_e164(to)).ok_or((400, "dst"))?,
            from: from.to_owned(),
            message: required("msg")?.to_owned(),
            unkept: false,
            reference: Some(required("ref")?.to_owned()),
            at: SystemTime::now(),
            callback: callback.map(str::to_owned),
            expires: None,
        })
    }

    fn id(&self, number: usize) -> String {
        format!("{}", 7000 + number)
    }

    fn wants_reports(&self, account: &mut Value) {
        let http = &mut account["http"];
        http["template"] =
            format!("{}&dlr={{{{callback_url}}}}", http["template"].as_str().expect("a template")).into();
        http["report"] = json!({
            "content": "form",
            "id": "msgid",
            "status": "state",
            "values": { "BUFFRED": "sent", "DELIVRD": "delivered", "UNDELIV": "failed", "EXPIRED": "expired" },
        });
    }

    fn report(&self, report: Reporting<'_>) -> Option<ReportRequest> {
        let status = match report.fate {
            Fate::Sent => "BUFFRED",
            Fate::Delivered => "DELIVRD",
            Fate::Failed => "UNDELIV",
            Fate::Expired => "EXPIRED",
            Fate::Odd => "WONDERING",
        };
        Some(ReportRequest::form(report.address, &[("msgid", &report.id), ("state", status)]))
    }

    fn taken(&self, _: &Received, number: usize) -> Http {
        Http::json(200, &json!({ "answers": [{ "result": "OK", "id": 7000 + number }] }))
    }

    fn refused_though_200(&self, _: &Received) -> Option<Http> {
        Some(Http::json(200, &json!({ "answers": [{ "result": "BLOCKED" }] })))
    }

    fn refusal(&self, status: u16, text: &str) -> Http {
        Http::text(status, text)
    }
}
