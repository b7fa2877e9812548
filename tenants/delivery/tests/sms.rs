//! What becomes of an SMS at a gateway that does every wrong thing.
#![expect(clippy::expect_used, reason = "tests say what they take for granted")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use portvakt_delivery::{
    sms::{FortySixElks, SmsDeadlines},
    sms_sender,
};
use portvakt_domain::{
    delivery::{Secret, Sent, Sms, SmsSender},
    gsm7::{ONE_PART, septets},
    number::MobileNumber,
    tenant::SmsSettings,
};
use secrecy::SecretString;
use tokio::net::TcpListener;

#[expect(unreachable_pub, reason = "a module of the suites' harness")]
#[path = "../../../tests/harness/certificate.rs"]
mod certificate;
#[expect(dead_code, unreachable_pub, reason = "a module of the suites' harness, which uses more of it")]
#[path = "../../../tests/harness/elks.rs"]
mod elks;
mod log;

use certificate::LoopbackCertificate;
use elks::{ElksDouble, Mode};

const NUMBER: &str = "+46701740605";
const TEXT: &str = "Din säkerhetskod är kod9q8w7e. 100 % å ä ö Å Ä Ö é & = + ; #€\n\n@pwreset.orebro.se #kod9q8w7e";
const SHORT: SmsDeadlines = SmsDeadlines { connect: Duration::from_millis(900), whole: Duration::from_millis(1_500) };
const SOON: Duration = Duration::from_secs(10);

fn sms() -> Sms {
    Sms {
        to: MobileNumber::from_e164(NUMBER).expect("a number"),
        text: Secret(TEXT.to_owned()),
        reference: "01890a5d".to_owned(),
    }
}

fn settings(url: &str, ca_pem: Option<&str>, username: &str) -> SmsSettings {
    let json = serde_json::json!({
        "provider": "46elks", "sender": "Orebro", "username": username, "url": url, "ca_pem": ca_pem,
    });
    serde_json::from_value(json).expect("settings")
}

fn right(elks: &ElksDouble) -> SmsSettings {
    settings(&elks.url(), Some(elks.ca_pem()), elks.username())
}

fn sender_with(settings: &SmsSettings, password: &str) -> Arc<dyn SmsSender> {
    log::keep();
    Arc::new(FortySixElks::with_deadlines(settings, SecretString::from(password), SHORT).expect("a sender"))
}

fn sender(elks: &ElksDouble) -> Arc<dyn SmsSender> {
    sender_with(&right(elks), elks.password())
}

/// The kind of an outcome and its reason. No reason names the number, the code, the text or the password.
fn kind(sent: &Sent) -> (&'static str, &str) {
    no_secret_in(&format!("{sent:?}"));
    match sent {
        Sent::Accepted { provider_id } => ("accepted", provider_id.as_deref().unwrap_or_default()),
        Sent::Refused { reason } => ("refused", reason),
        Sent::NotSent { reason } => ("not sent", reason),
        Sent::Unknown { reason } => ("unknown", reason),
    }
}

fn no_secret_in(text: &str) {
    for secret in ["701740605", "kod9q8w7e", "kerhetskod", "elks-password", "a3MtcGFzc3dvcmQ"] {
        if let Some(at) = text.find(secret) {
            let start = text.floor_char_boundary(at.saturating_sub(200));
            assert!(!text.contains(secret), "{secret} in …{}", &text[start..at + secret.len()]);
        }
    }
}

#[tokio::test]
async fn an_sms_arrives_once_and_as_it_was_written() {
    let elks = ElksDouble::start();
    let sender = sms_sender(&right(&elks), SecretString::from(elks.password())).expect("a sender");
    let sent = sender.send(&sms()).await;
    assert_eq!(sent, Sent::Accepted { provider_id: Some(format!("s{:032x}", 1)) });
    let received = elks.wait_for(1, SOON).await;
    assert_eq!(received.len(), 1);
    assert_eq!((received[0].to.as_str(), received[0].from.as_str()), (NUMBER, "Orebro"));
    assert_eq!(received[0].message, TEXT);
    assert_eq!(received[0].dontlog.as_deref(), Some("message"));
    assert!(septets(&received[0].message).is_some_and(|septets| septets <= ONE_PART));
    for n in 2..=5 {
        assert_eq!(sender.send(&sms()).await, Sent::Accepted { provider_id: Some(format!("s{n:032x}")) });
    }
    assert_eq!((elks.received().len(), elks.refused().len()), (5, 0));
}

#[tokio::test]
async fn every_status_has_its_meaning() {
    let elks = ElksDouble::start();
    let sender = sender(&elks);
    let body = format!("Invalid: {NUMBER} {TEXT} {}", elks.password());
    for (status, expected) in [
        (301, "refused"),
        (302, "unknown"),
        (303, "unknown"),
        (307, "refused"),
        (308, "refused"),
        (400, "refused"),
        (401, "refused"),
        (402, "refused"),
        (403, "refused"),
        (404, "refused"),
        (405, "refused"),
        (408, "unknown"),
        (413, "refused"),
        (422, "refused"),
        (429, "not sent"),
        (500, "unknown"),
        (502, "unknown"),
        (503, "not sent"),
        (504, "unknown"),
    ] {
        elks.next(1, Mode::Refuse(status, body.clone()));
        let sent = sender.send(&sms()).await;
        let (kind, reason) = kind(&sent);
        assert_eq!(kind, expected, "{status}");
        assert!(reason.contains(&status.to_string()), "{reason}");
    }
    elks.next(1, Mode::Throttle429);
    assert_eq!(kind(&sender.send(&sms()).await).0, "not sent");
    // Each was asked once, and nothing was sent after all.
    assert_eq!((elks.received().len(), elks.refused().len()), (0, 20));
    assert_eq!(kind(&sender.send(&sms()).await).0, "accepted");
}

#[tokio::test]
async fn a_200_is_read_before_it_is_believed() {
    let elks = ElksDouble::start();
    let sender = sender(&elks);
    for (mode, expected) in [
        (Mode::Ok200ButFailed, "refused"),
        (Mode::NotJson, "unknown"),
        (Mode::HugeAnswer, "unknown"),
        (Mode::CloseInAnswer, "unknown"),
        (Mode::Refuse(200, String::new()), "unknown"),
        (Mode::Refuse(204, String::new()), "unknown"),
        (Mode::Refuse(200, "{}".to_owned()), "unknown"),
        (Mode::Refuse(200, "[]".to_owned()), "unknown"),
        (Mode::Refuse(200, r#"{"error":"no such thing"}"#.to_owned()), "refused"),
        (Mode::Refuse(200, r#"{"error":null}"#.to_owned()), "unknown"),
        (Mode::Refuse(200, r#"{"id":"s1","status":"wondering"}"#.to_owned()), "unknown"),
        (Mode::Refuse(200, r#"{"id":"s1","status":"rejected"}"#.to_owned()), "refused"),
        (Mode::Refuse(200, r#"{"status":"created"}"#.to_owned()), "unknown"),
        (Mode::Refuse(200, r#"{"id":7,"status":"created"}"#.to_owned()), "unknown"),
        (Mode::Refuse(201, r#"{"id":"s1","status":"sent"}"#.to_owned()), "accepted"),
    ] {
        elks.next(1, mode.clone());
        assert_eq!(kind(&sender.send(&sms()).await).0, expected, "{mode:?}");
    }
    // An id that is none is not kept: it could be anything, such as the number.
    elks.next(1, Mode::Refuse(200, format!(r#"{{"id":"{NUMBER}","status":"created"}}"#)));
    assert_eq!(sender.send(&sms()).await, Sent::Accepted { provider_id: None });
    assert_eq!(elks.received().len(), 3);
}

#[tokio::test]
async fn what_was_read_and_not_answered_is_unknown() {
    let elks = ElksDouble::start();
    let sender = sender(&elks);
    for (count, mode) in
        [Mode::HangAfterRead, Mode::CloseAfterRead, Mode::Slow(SHORT.whole * 2)].into_iter().enumerate()
    {
        elks.next(1, mode.clone());
        let begun = Instant::now();
        let sent = sender.send(&sms()).await;
        assert_eq!(kind(&sent).0, "unknown", "{mode:?}");
        assert!(begun.elapsed() < SHORT.whole + Duration::from_secs(1), "{mode:?}");
        assert_eq!(elks.wait_for(count + 1, SOON).await.len(), count + 1, "{mode:?}: once");
    }
    elks.next(1, Mode::Slow(SHORT.whole / 3));
    assert_eq!(kind(&sender.send(&sms()).await).0, "accepted");
    assert_eq!(elks.received().len(), 4);
}

#[tokio::test]
async fn closed_before_it_was_read_depends_on_what_we_can_know() {
    let elks = ElksDouble::start();
    let sender = sender(&elks);
    // Protected already: the request may be written when the connection goes.
    elks.next(1, Mode::CloseBeforeRead);
    assert_eq!(kind(&sender.send(&sms()).await).0, "unknown");
    elks.next(1, Mode::CloseBeforeTls);
    assert_eq!(kind(&sender.send(&sms()).await).0, "not sent");
    assert!(elks.received().is_empty());
    // Nothing of it hangs on.
    assert_eq!(kind(&sender.send(&sms()).await).0, "accepted");
}

#[tokio::test]
async fn a_gateway_that_is_not_reached_sends_nothing() {
    let elks = ElksDouble::start();
    let to = |url: &str| sender_with(&settings(url, Some(elks.ca_pem()), "u"), "p");

    let nobody = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = nobody.local_addr().expect("an address").port();
    // Silent: the connection is made and no handshake comes.
    let begun = Instant::now();
    let sent = to(&format!("https://127.0.0.1:{port}/")).send(&sms()).await;
    assert_eq!(kind(&sent), ("not sent", "the SMS gateway: it did not answer in time"));
    assert!((SHORT.connect..SHORT.whole).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    drop(nobody);
    let sent = to(&format!("https://127.0.0.1:{port}/")).send(&sms()).await;
    assert_eq!(kind(&sent), ("not sent", "the SMS gateway: the connection was refused"));

    assert_eq!(kind(&to("https://gateway.invalid/").send(&sms()).await).0, "not sent");

    let other = LoopbackCertificate::new();
    for authority in [Some(other.ca_pem.as_str()), None] {
        let sent = sender_with(&settings(&elks.url(), authority, "u"), "p").send(&sms()).await;
        assert_eq!(kind(&sent), ("not sent", "the SMS gateway: its certificate is not trusted"));
    }
    assert_eq!((elks.received().len(), elks.refused().len()), (0, 0));
}

#[tokio::test]
async fn a_wrong_name_or_password_is_refused() {
    let elks = ElksDouble::start();
    for (name, password) in [(elks.username(), "elks-password-wrong"), ("somebody", elks.password())] {
        let sent = sender_with(&settings(&elks.url(), Some(elks.ca_pem()), name), password).send(&sms()).await;
        assert_eq!(kind(&sent), ("refused", "the SMS gateway answered 401: the user name or password is wrong"));
    }
    assert!(elks.received().is_empty());
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let certificate = LoopbackCertificate::new();
    let elks = ElksDouble::with_certificate(0, &certificate);
    let elsewhere = ElksDouble::with_certificate(0, &certificate);
    let sender = sender(&elks);
    for status in [301, 302, 303, 307, 308] {
        elks.next(1, Mode::Redirect(status, elsewhere.url()));
        assert_ne!(kind(&sender.send(&sms()).await).0, "accepted", "{status}");
    }
    assert_eq!((elsewhere.received().len(), elsewhere.refused().len()), (0, 0));
    assert_eq!((elks.received().len(), elks.refused().len()), (0, 5));
}

#[tokio::test]
async fn many_at_once_are_each_sent_once() {
    let elks = ElksDouble::start();
    elks.set(Mode::FailPercent(30));
    let sender = sender_with(&right(&elks), elks.password());
    let mut sends = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let sender = Arc::clone(&sender);
        sends.spawn(async move { sender.send(&sms()).await });
    }
    let kinds: Vec<_> = sends.join_all().await.iter().map(|sent| kind(sent).0).collect();
    let count = |wanted: &str| kinds.iter().filter(|kind| **kind == wanted).count();
    assert_eq!((count("accepted"), count("not sent")), (28, 12));
    assert_eq!((elks.received().len(), elks.refused().len()), (28, 12));
}

#[test]
fn settings_that_cannot_work_are_named() {
    let url = "https://gateway.test/";
    let error = |settings: &SmsSettings, password: &str| match sms_sender(settings, SecretString::from(password)) {
        Ok(_) => "none".to_owned(),
        Err(error) => {
            no_secret_in(&format!("{error:?} {error}"));
            error.to_string()
        }
    };
    let password = "elks-password";
    let broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    for pem in ["", "certificate", broken, "-----BEGIN CERTIFICATE-----\n!\n"] {
        assert!(error(&settings(url, Some(pem), "u"), password).starts_with("sms.ca_pem: "), "{pem}");
    }
    assert!(error(&settings(url, None, ""), password).starts_with("sms.username: "));
    assert!(error(&settings(url, None, "a:b"), password).starts_with("sms.username: "));
    assert!(error(&settings(url, None, "u"), "").starts_with("sms.password: "));
    assert_eq!(error(&settings(url, None, "u"), password), "none");
}

#[tokio::test]
async fn no_secret_is_printed_or_logged() {
    log::keep();
    let elks = ElksDouble::start();
    let sender =
        FortySixElks::with_deadlines(&right(&elks), SecretString::from(elks.password()), SHORT).expect("a sender");
    no_secret_in(&format!("{sender:?} {sender:#?} {:?}", sms()));
    tracing::trace!("planted canary");
    for mode in [Mode::Accept, Mode::Refuse(400, format!("{NUMBER} {TEXT}")), Mode::CloseAfterRead, Mode::NotJson] {
        elks.next(1, mode);
        sender.send(&sms()).await;
    }
    let log = log::kept();
    assert!(log.contains("planted canary"));
    assert!(log.contains("SMS handed to 46elks"), "the debug line is there to be searched");
    no_secret_in(&log);
}
