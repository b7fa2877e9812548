//! SMS, to a double of each provider that does every wrong thing.
#![expect(clippy::expect_used, reason = "tests say what they take for granted")]

use std::sync::Arc;

use portvakt_delivery::sms_sender;
use portvakt_domain::delivery::Sent;
use serde_json::{Value, json};

mod allowed_sms;
#[expect(unreachable_pub, reason = "a module of the suites' harness")]
#[path = "../../../tests/harness/certificate.rs"]
mod certificate;
mod contract;
#[expect(unreachable_pub, reason = "a module of the suites' harness")]
#[path = "../../../tests/harness/gateway.rs"]
mod gateway;
mod generic_settings;
mod log;
mod order;
mod reports;
mod ways;

use contract::{Attempts, NUMBER, contract, kind, no_secret_in, secrets, send, sender, settings, sms, sms_with};
use gateway::{FortySixElks, GatewayApi, GatewayDouble, Generic, HelloSms, Link, Mode, Sinch, Telenor, Twilio};

contract! {
    forty_six_elks: FortySixElks, [
        (204, "", "unknown"),
        (200, "{}", "unknown"),
        (200, "[]", "unknown"),
        (200, r#"{"error":"no such thing"}"#, "refused"),
        (200, r#"{"error":null}"#, "unknown"),
        (200, r#"{"id":"s1","status":"wondering"}"#, "unknown"),
        (200, r#"{"id":"s1","status":"rejected"}"#, "refused"),
        (200, r#"{"status":"created"}"#, "unknown"),
        (200, r#"{"id":7,"status":"created"}"#, "unknown"),
        (201, r#"{"id":"s1","status":"sent"}"#, "accepted"),
    ];
    gatewayapi: GatewayApi, [
        (202, r#"{"msg_id":"01J","recipient":46701740605}"#, "accepted"),
        (200, r#"{"msg_id":17,"reference":"r"}"#, "accepted"),
        (204, "", "unknown"),
        (200, "{}", "unknown"),
        (200, "[]", "unknown"),
        (200, r#"{"msg_id":""}"#, "unknown"),
        (200, r#"{"msg_id":null}"#, "unknown"),
        (200, r#"{"ids":[1]}"#, "unknown"),
    ];
    sinch: Sinch, [
        (201, r#"{"id":"01FC66621XXXXX119Z8PMV1QPQ","canceled":false}"#, "accepted"),
        (200, r#"{"id":"b1"}"#, "accepted"),
        (201, r#"{"id":"b1","canceled":true}"#, "refused"),
        (204, "", "unknown"),
        (201, "{}", "unknown"),
        (201, r#"{"id":""}"#, "unknown"),
        (201, r#"{"id":7}"#, "unknown"),
        (201, "[]", "unknown"),
    ];
    twilio: Twilio, [
        (201, r#"{"sid":"SM1","status":"queued","error_code":null}"#, "accepted"),
        (201, r#"{"sid":"SM1","status":"accepted"}"#, "accepted"),
        (201, r#"{"sid":"SM1","status":"failed","error_code":30007}"#, "refused"),
        (201, r#"{"sid":"SM1","status":"undelivered"}"#, "refused"),
        (201, r#"{"sid":"SM1","status":"wondering"}"#, "unknown"),
        (201, r#"{"sid":"SM1"}"#, "unknown"),
        (201, r#"{"status":"queued"}"#, "unknown"),
        (204, "", "unknown"),
        (201, "[]", "unknown"),
    ];
    hellosms: HelloSms, [
        (200, r#"{"status":"success","messageIds":[{"apiMessageId":"h1","status":0}]}"#, "accepted"),
        (200, r#"{"status":"success","messageIds":[{"apiMessageId":17,"status":0}]}"#, "accepted"),
        (200, r#"{"status":"success","messageIds":[{"apiMessageId":"h1","status":-5}]}"#, "refused"),
        (200, r#"{"status":"error","statusText":"no credit"}"#, "refused"),
        (200, r#"{"status":"error","messageIds":[]}"#, "refused"),
        (200, r#"{"status":"success","messageIds":[]}"#, "unknown"),
        (200, r#"{"status":"success","messageIds":[{"status":0}]}"#, "unknown"),
        (200, r#"{"status":"success","messageIds":[{"apiMessageId":"h1"}]}"#, "unknown"),
        (204, "", "unknown"),
        (200, "[]", "unknown"),
    ];
    link: Link, [
        (200, r#"{"messageId":"l1","resultCode":1005,"description":"Queued"}"#, "accepted"),
        (200, r#"{"messageId":"l1","resultCode":2104}"#, "refused"),
        (200, r#"{"messageId":"l1","resultCode":106200}"#, "refused"),
        (200, r#"{"messageId":"l1","resultCode":9999}"#, "unknown"),
        (200, r#"{"resultCode":1005}"#, "unknown"),
        (200, r#"{"messageId":"l1"}"#, "unknown"),
        (204, "", "unknown"),
        (200, "[]", "unknown"),
    ];
    telenor: Telenor, [
        (200, "<mobilectrl_response><mobilectrl_id>5a:1</mobilectrl_id><status>0</status></mobilectrl_response>", "accepted"),
        (200, "<mobilectrl_response><mobilectrl_id>5a:1</mobilectrl_id><status>7</status></mobilectrl_response>", "refused"),
        (200, "<mobilectrl_response><status>1</status></mobilectrl_response>", "refused"),
        (200, "<mobilectrl_response><mobilectrl_id>5a:1</mobilectrl_id></mobilectrl_response>", "unknown"),
        (200, "<mobilectrl_response><status>0</status></mobilectrl_response>", "unknown"),
        (200, "<mobilectrl_response><status>ok</status></mobilectrl_response>", "unknown"),
        (200, "<mobilectrl_id>5a:1</mobilectrl_id><status>0</status>", "unknown"),
        (204, "", "unknown"),
    ];
    generic: Generic, [
        (200, r#"{"answers":[{"result":"OK","id":17}]}"#, "accepted"),
        (200, r#"{"answers":[{"result":"OK"}]}"#, "accepted"),
        (200, r#"{"answers":[{"result":"BLOCKED","id":17}]}"#, "refused"),
        (200, r#"{"answers":[{"result":1}]}"#, "refused"),
        (200, r#"{"answers":[]}"#, "unknown"),
        (200, "OK", "unknown"),
        (201, r#"{"answers":[{"result":"OK","id":17}]}"#, "unknown"),
        (204, "", "unknown"),
    ];
}

#[tokio::test]
async fn a_refusal_with_200_is_a_refusal() {
    for gateway in [
        GatewayDouble::start(FortySixElks),
        GatewayDouble::start(Twilio),
        GatewayDouble::start(HelloSms),
        GatewayDouble::start(Link),
        GatewayDouble::start(Telenor),
        GatewayDouble::start(Generic),
    ] {
        gateway.next(1, Mode::Ok200ButFailed);
        assert_eq!(kind(&send(&sender(&gateway)).await).0, "refused");
        assert_eq!(gateway.received().len(), 0);
    }
}

#[tokio::test]
async fn an_id_that_is_none_is_not_kept() {
    // It could be anything, such as the number.
    let gateway = GatewayDouble::start(FortySixElks);
    for id in [NUMBER, "a b", &"s".repeat(65)] {
        gateway.next(1, Mode::Refuse(200, format!(r#"{{"id":"{id}","status":"created"}}"#)));
        assert_eq!(send(&sender(&gateway)).await, Sent::Accepted { provider_id: None });
    }
}

#[tokio::test]
async fn codes_are_not_kept_where_the_provider_can_be_asked() {
    for gateway in [GatewayDouble::start(FortySixElks), GatewayDouble::start(Twilio)] {
        let settings = settings(gateway.account());
        let secrets = secrets(&settings, gateway.password());
        sms_sender(&settings, &secrets, Arc::new(Attempts::default()), &ways::here())
            .expect("a sender")
            .send(&sms())
            .await;
        assert!(gateway.received()[0].unkept);
    }
}

#[tokio::test]
async fn a_character_that_the_charset_has_not_is_refused_before_anything_is_sent() {
    let text = "10 € för Åsa";
    for (gateway, carried) in [
        (GatewayDouble::start(FortySixElks), true),
        (GatewayDouble::start(GatewayApi), true),
        (GatewayDouble::start(Telenor), false),
        (GatewayDouble::start(Generic), false),
    ] {
        let sent = sender(&gateway).send(&sms_with(text)).await.sent;
        assert_eq!(kind(&sent).0, if carried { "accepted" } else { "refused" });
        let received: Vec<_> = gateway.received().into_iter().map(|sms| sms.message).collect();
        assert_eq!(received, if carried { vec![text] } else { vec![] });
        assert_eq!(gateway.refused().len(), 0);
    }
}

#[test]
fn settings_that_cannot_work_are_named() {
    let account = |provider: &str, own: Value| {
        let mut account = json!({ "provider": provider, "sender": "Orebro", "url": "https://gateway.test/" });
        account.as_object_mut().expect("a table").extend(own.as_object().cloned().unwrap_or_default());
        account
    };
    let error = |account: Value, password: &str| {
        let settings = settings(account);
        match sms_sender(&settings, &secrets(&settings, password), Arc::new(Attempts::default()), &ways::here()) {
            Ok(_) => "none".to_owned(),
            Err(error) => {
                no_secret_in(&format!("{error:?} {error}"));
                error.to_string()
            }
        }
    };
    let password = "gateway-password";
    let broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    for pem in ["", "certificate", broken, "-----BEGIN CERTIFICATE-----\n!\n"] {
        let account = account("46elks", json!({ "username": "u", "ca_pem": pem }));
        assert!(error(account, password).starts_with("sms.ca_pem: "), "{pem}");
    }
    for (provider, own, password, expected) in [
        ("46elks", json!({ "username": "u" }), password, "none"),
        ("46elks", json!({}), password, "sms.username: write the API username"),
        ("46elks", json!({ "username": "" }), password, "sms.username: write the API username"),
        ("46elks", json!({ "username": "a:b" }), password, "sms.username: write the API username"),
        ("46elks", json!({ "username": "u" }), "", "sms.password: write the API password"),
        ("gatewayapi", json!({}), password, "none"),
        ("gatewayapi", json!({ "username": "u" }), password, "sms.username: this provider has no such setting"),
        ("gatewayapi", json!({}), "to ken", "sms.password: write the API token as it is"),
        ("sinch", json!({ "service_plan_id": "p1" }), password, "none"),
        ("sinch", json!({ "service_plan_id": "p1", "region": "us" }), password, "none"),
        ("sinch", json!({}), password, "sms.service_plan_id: write it as the provider gave it"),
        ("sinch", json!({ "service_plan_id": "p/1" }), password, "sms.service_plan_id: write it as"),
        ("sinch", json!({ "service_plan_id": "p1", "username": "u" }), password, "sms.username: this provider has no"),
        ("twilio", json!({ "account_sid": "AC1" }), password, "none"),
        ("twilio", json!({ "account_sid": "AC1", "username": "SK1" }), password, "none"),
        ("twilio", json!({}), password, "sms.account_sid: write it as the provider gave it"),
        (
            "twilio",
            json!({ "account_sid": "AC1", "username": "a:b" }),
            password,
            "sms.username: write the API username",
        ),
        ("hellosms", json!({ "username": "u" }), password, "none"),
        ("hellosms", json!({}), password, "sms.username: write the API username"),
        ("link", json!({ "username": "u", "platform_id": "P", "platform_partner_id": "1" }), password, "none"),
        ("link", json!({ "username": "u", "platform_id": "P" }), password, "sms.platform_partner_id: write it as"),
        ("link", json!({ "username": "u", "platform_partner_id": "1" }), password, "sms.platform_id: write it as"),
        ("link", json!({ "platform_id": "P", "platform_partner_id": "1" }), password, "sms.username: write the API"),
        ("telenor", json!({ "username": "u", "customer_id": "c" }), password, "none"),
        ("telenor", json!({ "username": "u", "customer_id": "c", "short_number": "71700" }), password, "none"),
        ("telenor", json!({ "username": "u" }), password, "sms.customer_id: write it as"),
        ("telenor", json!({ "customer_id": "c" }), password, "sms.username: write the API username"),
        (
            "telenor",
            json!({ "username": "u", "customer_id": "c", "short_number": "\"" }),
            password,
            "sms.short_number: ",
        ),
    ] {
        let error = error(account(provider, own.clone()), password);
        assert!(error.starts_with(expected), "{provider} {own}: {error}");
    }
}
