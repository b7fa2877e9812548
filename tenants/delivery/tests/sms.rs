//! SMS, to a double of each provider that does every wrong thing.
#![expect(clippy::expect_used, reason = "tests say what they take for granted")]

use portvakt_delivery::sms_sender;
use portvakt_domain::delivery::Sent;
use secrecy::SecretString;
use serde_json::Value;

#[expect(unreachable_pub, reason = "a module of the suites' harness")]
#[path = "../../../tests/harness/certificate.rs"]
mod certificate;
mod contract;
#[expect(unreachable_pub, reason = "a module of the suites' harness")]
#[path = "../../../tests/harness/gateway.rs"]
mod gateway;
mod log;

use contract::{NUMBER, contract, kind, no_secret_in, send, sender, settings, sms};
use gateway::{FortySixElks, GatewayDouble, Mode};

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
}

#[tokio::test]
async fn a_refusal_with_200_is_a_refusal() {
    let gateway = GatewayDouble::start(FortySixElks);
    gateway.next(1, Mode::Ok200ButFailed);
    assert_eq!(kind(&send(&sender(&gateway)).await).0, "refused");
    assert_eq!(gateway.received().len(), 0);
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
    let gateway = GatewayDouble::start(FortySixElks);
    sms_sender(&settings(gateway.account()), SecretString::from(gateway.password()))
        .expect("a sender")
        .send(&sms())
        .await;
    assert!(gateway.received()[0].unkept);
}

#[test]
fn settings_that_cannot_work_are_named() {
    let with = |key: &str, value: Value| {
        let mut account = serde_json::json!({
            "provider": "46elks", "sender": "Orebro", "username": "u", "url": "https://gateway.test/",
        });
        account[key] = value;
        account
    };
    let error = |account: Value, password: &str| match sms_sender(&settings(account), SecretString::from(password)) {
        Ok(_) => "none".to_owned(),
        Err(error) => {
            no_secret_in(&format!("{error:?} {error}"));
            error.to_string()
        }
    };
    let password = "gateway-password";
    let broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    for pem in ["", "certificate", broken, "-----BEGIN CERTIFICATE-----\n!\n"] {
        assert!(error(with("ca_pem", pem.into()), password).starts_with("sms.ca_pem: "), "{pem}");
    }
    assert!(error(with("username", "".into()), password).starts_with("sms.username: "));
    assert!(error(with("username", "a:b".into()), password).starts_with("sms.username: "));
    assert!(error(with("username", "u".into()), "").starts_with("sms.password: "));
    assert_eq!(error(with("username", "u".into()), password), "none");
}
