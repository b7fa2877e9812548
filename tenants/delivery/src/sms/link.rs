//! LINK Mobility's Common API: JSON, and a result code inside a 200. Reports have no signature and go to the address of a gate.

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

const USUAL_URL: &str = "https://n-eu.linkmobility.io/sms/send";

/// A tenant's account at LINK Mobility.
pub(crate) struct Link {
    url: Url,
    sender: SenderName,
    username: String,
    password: SecretString,
    platform_id: String,
    partner_id: String,
    reports: Option<ReportAddress>,
    gate: Option<String>,
}

impl Link {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        account.has_keys(&["username", "platform_id", "platform_partner_id", "report_gate"])?;
        let gate = &account.settings.report_gate;
        let gate = gate.is_some().then(|| account.identifier("sms.report_gate", gate)).transpose()?;
        Ok(Self {
            url: account.address(USUAL_URL)?,
            sender: account.sender(),
            username: account.username()?,
            password: account.password()?,
            platform_id: account.identifier("sms.platform_id", &account.settings.platform_id)?,
            partner_id: account.identifier("sms.platform_partner_id", &account.settings.platform_partner_id)?,
            reports: account.reports(),
            gate,
        })
    }
}

impl Provider for Link {
    fn name(&self) -> &'static str {
        "link"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let mut message = json!({
            "source": self.sender.as_str(),
            "sourceTON": "ALPHANUMERIC",
            "destination": sms.to.e164(),
            "userData": sms.text.0,
            "platformId": self.platform_id,
            "platformPartnerId": self.partner_id,
            "refId": sms.reference,
            "useDeliveryReport": self.reports.is_some(),
            // The usual is to answer before anything is known.
            "ignoreResponse": false,
        });
        if let Some(validity) = sms.validity {
            message["relativeValidityTime"] = (u64::from(validity.seconds) * 1_000).into();
        }
        // Without one, LINK takes the usual gate of the partner.
        if let (Some(gate), Some(_)) = (&self.gate, &self.reports) {
            message["deliveryReportGates"] = json!([gate]);
        }
        Ok(Request::json(&self.url, Authorization::Basic(&self.username, &self.password), &message))
    }

    fn read(&self, answer: &Answer<'_>) -> Reading {
        let Some(answer) = answer.json() else {
            return Reading::Unclear("not in its own format");
        };
        let id = answer.get("messageId").and_then(Value::as_str).unwrap_or_default();
        match answer.get("resultCode").and_then(Value::as_i64) {
            // Delivered; or queued and on its way.
            Some(1001 | 1000 | 1005 | 1007 | 1012 | 1013) if !id.is_empty() => Reading::taken(id),
            // Expired; not delivered; number or subscription; credentials, platform or gate.
            Some(1002 | 1006 | 2104..=2107 | 106_000..=106_999) => Reading::Refused("it says that it failed"),
            _ => Reading::Unclear("without an id, or with a result that is not known"),
        }
    }

    fn report(&self, posted: &Posted<'_>) -> Result<Option<DeliveryReport>, ReportRefusal> {
        let body = report::json(posted)?;
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        let said = match body.get("resultCode").and_then(Value::as_i64).ok_or(ReportRefusal::Unreadable)? {
            1001 => Report::Delivered,
            1000 | 1005 | 1007 | 1012 | 1013 => Report::Sent,
            1002 => Report::Expired,
            1006 | 2104..=2107 => Report::Failed,
            _ => Report::Unknown,
        };
        // A part of an SMS has the id of the whole and its own number behind it.
        let id = text("id").and_then(|id| id.split('$').next());
        report::report(posted, id, text("refId"), said)
    }
}
