//! Delivery reports: what is asked for, what each provider's words mean, and which settings can't work.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use portvakt_delivery::{sms_reports, sms_sender};
use portvakt_domain::{
    delivery::Validity,
    id::MessageId,
    report::{DeliveryReport, Posted, Report, ReportRefusal, SmsReports},
    tenant::{SecretName, SmsAccount, SmsProvider, SmsSettings},
};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    contract::{Attempts, REFERENCE, settings, sms},
    gateway::{
        Dialect, Fate, FortySixElks, GatewayApi, GatewayDouble, Generic, HelloSms, Link, ReportRequest, Sinch, Telenor,
        Twilio,
    },
    ways,
};

const PATH: &str = "pathkanarie0123456789";
const SECRET: &str = "secret-kanarie";
const AT: &str = "2026-11-22T16:20:00Z";

fn now() -> DateTime<Utc> {
    AT.parse().expect("a time")
}

fn secrets(settings: &SmsSettings, password: &str) -> BTreeMap<SecretName, SecretString> {
    let names = settings.accounts.iter().flat_map(SmsAccount::secrets).map(|secret| secret.name);
    let value = |name: &SecretName| match name {
        SecretName::SmsReportPath(_) => PATH,
        SecretName::SmsReportSecret(SmsProvider::Twilio) => password,
        SecretName::SmsReportSecret(_) => SECRET,
        _ => password,
    };
    names.map(|name| (name, SecretString::from(value(&name)))).collect()
}

/// Sends an SMS that asks for reports and is worth ten minutes.
async fn sent(dialect: impl Dialect) -> (GatewayDouble, Arc<dyn SmsReports>) {
    let gateway = GatewayDouble::start(dialect);
    let settings = settings(gateway.reporting_account());
    let secrets = secrets(&settings, gateway.password());
    let sender = sms_sender(&settings, &secrets, Arc::new(Attempts::default()), &ways::here()).expect("a sender");
    let mut sms = sms();
    sms.validity = Some(Validity { until: now() + chrono::TimeDelta::minutes(10), seconds: 600 });
    let sent = sender.send(&sms).await;
    assert_eq!(sent.provider, Some(settings.accounts[0].provider), "{sent:?} {:?}", gateway.refused());
    (gateway, sms_reports(&settings, &secrets).expect("an address"))
}

fn read(reports: &dyn SmsReports, request: &ReportRequest) -> Result<Option<DeliveryReport>, ReportRefusal> {
    let path = request.url.split("/reports/").nth(1).expect("a path");
    let (provider, path) = path.split_once('/').expect("a provider");
    let provider = reports.admitted(provider, path.split('?').next().expect("a path")).expect("its address");
    let headers = request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    reports.read(provider, &Posted { url: request.url.clone(), headers, body: &request.body, now: now() })
}

/// Sends, and reads a report of each kind. `expired`: what the provider makes of an SMS that was given up.
async fn every_word_has_its_meaning(dialect: impl Dialect, expired: Report) {
    let (gateway, reports) = sent(dialect).await;
    let provider = gateway.account()["provider"].as_str().expect("a provider").to_owned();
    let told = gateway.received()[0].callback.clone().filter(|told| told.starts_with("https://"));
    let expected = format!("pwreg.orebro.se/reports/{provider}/{PATH}");
    assert!(told.as_ref().is_none_or(|told| told.contains(&expected)), "{told:?}");
    let entered = format!("https://{expected}");
    let secret = if provider == "twilio" { gateway.password() } else { SECRET };
    for (fate, report) in [
        (Fate::Sent, Report::Sent),
        (Fate::Delivered, Report::Delivered),
        (Fate::Failed, Report::Failed),
        (Fate::Expired, expired),
        (Fate::Odd, Report::Unknown),
    ] {
        let address = told.is_none().then_some(entered.as_str());
        let request = gateway.report(1, fate, address, secret, now().timestamp());
        let said = read(reports.as_ref(), &request).expect("the provider's").expect("of an SMS");
        let reference = Some(MessageId(REFERENCE.parse().expect("an id")));
        assert_eq!(said, DeliveryReport { provider_id: Some(gateway.id(1)), reference, report }, "{provider} {fate:?}");

        let typed = request.clone().changed("content-type", |_| "text/html".to_owned());
        assert_eq!(read(reports.as_ref(), &typed), Err(ReportRefusal::Unreadable), "{provider}");
        if let Some(proof) = ["authorization", "signature", "x-sinch-webhook-signature", "x-twilio-signature"]
            .into_iter()
            .find(|proof| request.headers.iter().any(|(name, _)| name == proof))
        {
            assert_eq!(read(reports.as_ref(), &request.without(proof)), Err(ReportRefusal::Forged), "{provider}");
        }
    }
}

#[tokio::test]
async fn every_provider_is_understood() {
    every_word_has_its_meaning(FortySixElks, Report::Failed).await;
    every_word_has_its_meaning(GatewayApi, Report::Expired).await;
    every_word_has_its_meaning(Sinch, Report::Expired).await;
    every_word_has_its_meaning(Twilio, Report::Failed).await;
    every_word_has_its_meaning(HelloSms, Report::Expired).await;
    every_word_has_its_meaning(Link, Report::Expired).await;
    every_word_has_its_meaning(Generic, Report::Expired).await;
}

#[tokio::test]
async fn only_who_asks_is_reported_to() {
    for gateway in [
        GatewayDouble::start(FortySixElks),
        GatewayDouble::start(Sinch),
        GatewayDouble::start(Twilio),
        GatewayDouble::start(HelloSms),
        GatewayDouble::start(Link),
        GatewayDouble::start(Generic),
    ] {
        // Nobody asked; and somebody did whose address was not made yet.
        for (account, with_path) in [(gateway.account(), true), (gateway.reporting_account(), false)] {
            let settings = settings(account);
            let mut secrets = secrets(&settings, gateway.password());
            secrets.retain(|name, _| with_path || !matches!(name, SecretName::SmsReportPath(_)));
            let sender =
                sms_sender(&settings, &secrets, Arc::new(Attempts::default()), &ways::here()).expect("a sender");
            sender.send(&sms()).await;
            let reports = sms_reports(&settings, &secrets).expect("settings that hold");
            assert_eq!(reports.paths(), []);
            let name = settings.accounts[0].provider.as_str();
            assert_eq!((reports.admitted(name, PATH), reports.admitted(name, "")), (None, None));
        }
        let asked: Vec<_> = gateway.received().iter().map(|sms| sms.callback.clone().unwrap_or_default()).collect();
        assert_eq!(asked, ["", ""], "{:?}", gateway.refused());
    }
}

#[tokio::test]
async fn other_events_are_nothing_of_an_sms() {
    let (gateway, reports) = sent(GatewayApi).await;
    let address = format!("https://pwreg.orebro.se/reports/gatewayapi/{PATH}");
    let report = gateway.report(1, Fate::Delivered, Some(&address), SECRET, 0);
    let body = String::from_utf8(report.body.clone()).expect("text");
    for (kind, expected) in [("message.status.rcs", false), ("messaging.status.sms", true)] {
        let body = body.replace("message.status.sms", kind);
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
        let signature = aws_lc_rs::hmac::sign(&key, body.as_bytes());
        let hex: String = signature.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        let signed =
            ReportRequest { body: body.into_bytes(), ..report.clone() }.changed("signature", |_| format!("v1={hex}"));
        assert_eq!(read(reports.as_ref(), &signed).expect("signed").is_some(), expected, "{kind}");
        for wrong in [hex.clone(), format!("v2={hex}"), format!("v1={}", &hex[1..]), "v1=".to_owned()] {
            let wrong = signed.clone().changed("signature", |_| wrong.clone());
            assert_eq!(read(reports.as_ref(), &wrong), Err(ReportRefusal::Forged));
        }
    }
}

#[test]
fn reports_that_cannot_be_made_are_named() {
    let error = |provider: &str, own: Value, secret: &str| {
        let mut account = json!({ "provider": provider, "sender": "Orebro", "url": "https://gateway.test/" });
        account.as_object_mut().expect("a table").extend(own.as_object().cloned().expect("a table"));
        let settings = settings(account);
        let mut secrets = secrets(&settings, "password");
        let name = SecretName::SmsReportSecret(settings.accounts[0].provider);
        if secret.is_empty() {
            secrets.remove(&name)
        } else {
            secrets.insert(name, secret.into())
        };
        let made = sms_sender(&settings, &secrets, Arc::new(Attempts::default()), &ways::here()).map(drop);
        let read = sms_reports(&settings, &secrets).map(drop);
        let told = [made, read].map(|made| made.err().map_or_else(|| "none".to_owned(), |error| error.to_string()));
        let [made, read] = told;
        assert!(read == made || read == "none", "{made} {read}");
        made
    };
    let reports = |own: Value| {
        let mut own = own;
        own["reports"] = true.into();
        own
    };
    let http = |report: Value, template: &str| {
        let template = format!("t={{{{to}}}}&m={{{{text}}}}{template}");
        let mut http = json!({ "authentication": "none", "content": "form", "template": template });
        if !report.is_null() {
            http["report"] = report;
        }
        json!({ "http": http })
    };
    let described = json!({ "status": "/s", "id": "/i", "values": { "D": "delivered" } });
    let with = |key: &str, value: Value| {
        let mut changed = described.clone();
        changed[key] = value;
        reports(http(changed, ""))
    };
    let telenor = json!({ "username": "u", "customer_id": "c" });
    let link = json!({ "username": "u", "platform_id": "P", "platform_partner_id": "1", "report_gate": "a b" });
    for (provider, own, secret, expected) in [
        ("46elks", reports(json!({ "username": "u" })), "", "none"),
        ("46elks", reports(json!({ "username": "u" })), "right-1", "none"),
        ("46elks", reports(json!({ "username": "u" })), "p@ss", "sms.report_secret: write letters"),
        ("sinch", json!({ "service_plan_id": "p" }), "", "none"),
        ("sinch", reports(json!({ "service_plan_id": "p" })), "", "sms.report_secret: missing"),
        ("sinch", reports(json!({ "service_plan_id": "p" })), "s", "none"),
        ("gatewayapi", reports(json!({})), "", "sms.report_secret: missing"),
        ("gatewayapi", reports(json!({})), "s", "none"),
        ("twilio", reports(json!({ "account_sid": "AC1" })), "", "none"),
        ("twilio", reports(json!({ "account_sid": "AC1", "username": "SK1" })), "", "sms.report_secret: missing"),
        ("twilio", reports(json!({ "account_sid": "AC1", "username": "SK1" })), "t", "none"),
        ("telenor", telenor.clone(), "", "none"),
        ("telenor", reports(telenor), "", "sms.reports: reports of this provider can't be received yet"),
        ("link", reports(link), "", "sms.report_gate: write it as the provider gave it"),
        ("http", reports(http(Value::Null, "")), "", "sms.http.report: missing"),
        ("http", reports(http(described.clone(), "")), "", "none"),
        ("http", http(described.clone(), ""), "", "sms.reports: write true where http.report"),
        ("http", http(Value::Null, "&c={{callback_url}}"), "", "sms.reports: write true where the template"),
        ("http", with("status", "s".into()), "", "sms.http.report: write JSON pointers"),
        ("http", with("id", "i".into()), "", "sms.http.report: write JSON pointers"),
        ("http", with("id", Value::Null), "", "sms.http.report: write where reports have the id"),
        ("http", with("values", json!({})), "", "sms.http.report: write what the statuses mean"),
    ] {
        let error = error(provider, own.clone(), secret);
        assert!(error.starts_with(expected), "{provider} {own}: {error}");
    }
}

#[tokio::test]
async fn telenor_is_told_a_minute_and_asked_for_no_report() {
    let gateway = GatewayDouble::start(Telenor);
    let settings = settings(gateway.account());
    let secrets = secrets(&settings, gateway.password());
    let mut sms = sms();
    sms.validity = Some(Validity { until: now(), seconds: 1 });
    sms_sender(&settings, &secrets, Arc::new(Attempts::default()), &ways::here()).expect("a sender").send(&sms).await;
    let received = gateway.received();
    assert_eq!(received[0].expires.as_deref(), Some("202611221720"), "Swedish time");
    assert_eq!(received[0].callback, None);
}
