//! What every SMS provider must keep, whatever its format: the same cases, run against the double that speaks it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use portvakt_delivery::sms::{AttemptObserver, SmsDeadlines, sender as make};
use portvakt_domain::{
    delivery::{Secret, Sent, Sms, SmsSender},
    gsm7::{ONE_PART, septets},
    number::MobileNumber,
    tenant::{SecretName, SmsAccount, SmsSettings},
};
use secrecy::SecretString;
use serde_json::Value;
use tokio::{net::TcpListener, time::timeout};

use crate::{
    certificate::LoopbackCertificate,
    gateway::{Dialect, GatewayDouble, Mode},
    log, ways,
};

pub(crate) const REFERENCE: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
pub(crate) const NUMBER: &str = "+46701740605";
/// With all that a format might trip over, and within one SMS and ISO-8859-1.
pub(crate) const TEXT: &str = "Din säkerhetskod är kod9q8w7e. 100 % å ä ö Å Ä Ö é ü & = + ; <b> ]]> \" ' \\ {{to}} &amp; \
                               %C3\n\n@pwreset.orebro.se #kod9q8w7e";
pub(crate) const SHORT: SmsDeadlines =
    SmsDeadlines { connect: Duration::from_millis(900), whole: Duration::from_millis(1_500), another: SOON };
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// The cases of the contract, for each of the providers.
macro_rules! contract {
    ($($provider:ident: $dialect:expr, $answers:expr;)*) => {$(
        mod $provider {
            use super::*;

            contract!(@cases $dialect;
                an_sms_arrives_once_and_as_it_was_written,
                every_status_has_its_meaning,
                what_holds_no_answer_is_unknown,
                what_was_read_and_not_answered_is_unknown,
                closed_before_it_was_read_depends_on_what_we_can_know,
                a_gateway_that_is_not_reached_sends_nothing,
                a_wrong_password_is_refused,
                redirects_are_not_followed,
                many_at_once_are_each_sent_once,
                no_secret_is_logged,
            );

            #[tokio::test]
            async fn a_success_is_read_before_it_is_believed() {
                contract::a_success_is_read_before_it_is_believed($dialect, &$answers).await;
            }
        }
    )*};
    (@cases $dialect:expr; $($case:ident,)*) => {$(
        #[tokio::test]
        async fn $case() {
            contract::$case($dialect).await;
        }
    )*};
}
pub(crate) use contract;

pub(crate) fn sms() -> Sms {
    sms_with(TEXT)
}

pub(crate) fn sms_with(text: &str) -> Sms {
    Sms {
        to: MobileNumber::from_e164(NUMBER).expect("a number"),
        text: Secret(text.to_owned()),
        reference: REFERENCE.to_owned(),
        validity: None,
        reports_to: "https://pwreg.orebro.se".to_owned(),
    }
}

pub(crate) fn settings(account: Value) -> SmsSettings {
    serde_json::from_value(account).expect("settings")
}

pub(crate) fn sender_with(account: Value, password: &str) -> Arc<dyn SmsSender> {
    log::keep();
    let settings = settings(account);
    make(&settings, &secrets(&settings, password), Arc::new(Attempts::default()), &ways::here(), SHORT)
        .expect("a sender")
}

/// The same secret for each that the accounts name.
pub(crate) fn secrets(settings: &SmsSettings, secret: &str) -> BTreeMap<SecretName, SecretString> {
    let names = settings.accounts.iter().flat_map(SmsAccount::secrets).map(|found| found.name);
    names.map(|name| (name, SecretString::from(secret))).collect()
}

/// The attempts that were told of, in order.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<Vec<(&'static str, &'static str)>>);

impl Attempts {
    pub(crate) fn take(&self) -> Vec<(&'static str, &'static str)> {
        std::mem::take(&mut self.0.lock().expect("nobody panicked"))
    }
}

impl AttemptObserver for Attempts {
    fn attempted(&self, provider: &'static str, outcome: &'static str) {
        self.0.lock().expect("nobody panicked").push((provider, outcome));
    }
}

pub(crate) fn sender(gateway: &GatewayDouble) -> Arc<dyn SmsSender> {
    sender_with(gateway.account(), gateway.password())
}

/// Sends, and does not wait for ever.
pub(crate) async fn send(sender: &Arc<dyn SmsSender>) -> Sent {
    timeout(SOON, sender.send(&sms())).await.expect("a send ends by itself").sent
}

/// The kind of an outcome and its reason. No reason names the number, the code, the text or the password.
pub(crate) fn kind(sent: &Sent) -> (&'static str, &str) {
    no_secret_in(&format!("{sent:?}"));
    match sent {
        Sent::Accepted { provider_id } => ("accepted", provider_id.as_deref().unwrap_or_default()),
        Sent::Refused { reason } => ("refused", reason),
        Sent::NotSent { reason } => ("not sent", reason),
        Sent::Unknown { reason } => ("unknown", reason),
    }
}

pub(crate) fn no_secret_in(text: &str) {
    for secret in
        ["701740605", "kod9q8w7e", "kerhetskod", "gateway-password", "Z2F0ZXdheS1wYXNzd29yZ", "gateway%2Dpassword"]
    {
        if let Some(at) = text.find(secret) {
            let start = text.floor_char_boundary(at.saturating_sub(200));
            assert!(!text.contains(secret), "{secret} in …{}", &text[start..at + secret.len()]);
        }
    }
}

pub(crate) async fn an_sms_arrives_once_and_as_it_was_written(dialect: impl Dialect) {
    let gateway = GatewayDouble::start(dialect);
    let sender = sender(&gateway);
    assert_eq!(send(&sender).await, Sent::Accepted { provider_id: Some(gateway.id(1)) }, "{:?}", gateway.refused());
    let received = gateway.wait_for(1, SOON).await;
    assert_eq!(received.len(), 1);
    assert_eq!((received[0].to.as_str(), received[0].from.as_str()), (NUMBER, "Orebro"));
    assert_eq!(received[0].message, TEXT);
    assert!(received[0].reference.as_deref().is_none_or(|reference| reference == sms().reference));
    assert!(septets(&received[0].message).is_some_and(|septets| septets <= ONE_PART));
    for n in 2..=5 {
        assert_eq!(send(&sender).await, Sent::Accepted { provider_id: Some(gateway.id(n)) });
    }
    assert_eq!((gateway.received().len(), gateway.refused().len()), (5, 0));
}

pub(crate) async fn every_status_has_its_meaning(dialect: impl Dialect) {
    let gateway = GatewayDouble::start(dialect);
    let sender = sender(&gateway);
    let body = format!("Invalid: {NUMBER} {TEXT} {}", gateway.password());
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
        gateway.next(1, Mode::Refuse(status, body.clone()));
        let sent = send(&sender).await;
        let (kind, reason) = kind(&sent);
        assert_eq!(kind, expected, "{status}");
        assert!(reason.contains(&status.to_string()), "{reason}");
    }
    gateway.next(1, Mode::Throttle429);
    assert_eq!(kind(&send(&sender).await).0, "not sent");
    // Each was asked once, and nothing was sent after all.
    assert_eq!((gateway.received().len(), gateway.refused().len()), (0, 20));
    assert_eq!(kind(&send(&sender).await).0, "accepted");
}

/// Answers of the provider's own: a status, a body, and what they mean.
pub(crate) async fn a_success_is_read_before_it_is_believed(
    dialect: impl Dialect,
    answers: &[(u16, &str, &'static str)],
) {
    let gateway = GatewayDouble::start(dialect);
    let sender = sender(&gateway);
    for (status, body, expected) in answers {
        gateway.next(1, Mode::Refuse(*status, (*body).to_owned()));
        assert_eq!(kind(&send(&sender).await).0, *expected, "{status} {body}");
    }
    assert_eq!((gateway.received().len(), gateway.refused().len()), (0, answers.len()));
}

pub(crate) async fn what_holds_no_answer_is_unknown(dialect: impl Dialect) {
    let gateway = GatewayDouble::start(dialect);
    let sender = sender(&gateway);
    for mode in [Mode::Garbage, Mode::HugeAnswer, Mode::CloseInAnswer, Mode::Refuse(200, String::new())] {
        gateway.next(1, mode.clone());
        assert_eq!(kind(&send(&sender).await).0, "unknown", "{mode:?}");
    }
    assert_eq!(gateway.received().len(), 3, "each was asked once");
}

pub(crate) async fn what_was_read_and_not_answered_is_unknown(dialect: impl Dialect) {
    let gateway = GatewayDouble::start(dialect);
    let sender = sender(&gateway);
    for (count, mode) in
        [Mode::HangAfterRead, Mode::CloseAfterRead, Mode::Slow(SHORT.whole * 2)].into_iter().enumerate()
    {
        gateway.next(1, mode.clone());
        assert_eq!(kind(&send(&sender).await).0, "unknown", "{mode:?}");
        assert_eq!(gateway.wait_for(count + 1, SOON).await.len(), count + 1, "{mode:?}: once");
    }
    gateway.next(1, Mode::Slow(SHORT.whole / 3));
    assert_eq!(kind(&send(&sender).await).0, "accepted");
    assert_eq!(gateway.received().len(), 4);
}

pub(crate) async fn closed_before_it_was_read_depends_on_what_we_can_know(dialect: impl Dialect) {
    let gateway = GatewayDouble::start(dialect);
    let sender = sender(&gateway);
    // Protected already: the request may be written when the connection goes.
    gateway.next(1, Mode::CloseBeforeRead);
    assert_eq!(kind(&send(&sender).await).0, "unknown");
    gateway.next(1, Mode::CloseBeforeTls);
    assert_eq!(kind(&send(&sender).await).0, "not sent");
    assert!(gateway.received().is_empty());
    // Nothing of it hangs on.
    assert_eq!(kind(&send(&sender).await).0, "accepted");
}

pub(crate) async fn a_gateway_that_is_not_reached_sends_nothing(dialect: impl Dialect) {
    let gateway = GatewayDouble::start(dialect);
    let to = |url: &str, ca_pem: Option<&str>| {
        let mut account = gateway.account();
        (account["url"], account["ca_pem"]) = (url.into(), ca_pem.into());
        sender_with(account, gateway.password())
    };
    let elsewhere = |url: &str| to(url, Some(gateway.ca_pem()));

    let nobody = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = nobody.local_addr().expect("an address").port();
    // Silent: the connection is made and no handshake comes.
    let silent = send(&elsewhere(&format!("https://127.0.0.1:{port}/"))).await;
    assert_eq!(kind(&silent), ("not sent", "the SMS gateway: it did not answer in time"));
    drop(nobody);
    let refused = send(&elsewhere(&format!("https://127.0.0.1:{port}/"))).await;
    assert_eq!(kind(&refused), ("not sent", "the SMS gateway: the connection was refused"));
    assert_eq!(kind(&send(&elsewhere("https://gateway.invalid/")).await).0, "not sent");

    let other = LoopbackCertificate::new();
    for authority in [Some(other.ca_pem.as_str()), None] {
        let sent = send(&to(&gateway.url(), authority)).await;
        assert_eq!(kind(&sent), ("not sent", "the SMS gateway: its certificate is not trusted"));
    }
    assert_eq!((gateway.received().len(), gateway.refused().len()), (0, 0));
}

pub(crate) async fn a_wrong_password_is_refused(dialect: impl Dialect) {
    let gateway = GatewayDouble::start(dialect);
    let sent = send(&sender_with(gateway.account(), "gateway-password-wrong")).await;
    assert_eq!(kind(&sent), ("refused", "the SMS gateway answered 401: the user name or password is wrong"));
    assert_eq!((gateway.received().len(), gateway.refused().len()), (0, 1));
}

pub(crate) async fn redirects_are_not_followed(dialect: impl Dialect + Copy) {
    let certificate = LoopbackCertificate::new();
    let gateway = GatewayDouble::with_certificate(dialect, &certificate);
    let elsewhere = GatewayDouble::with_certificate(dialect, &certificate);
    let sender = sender(&gateway);
    for status in [301, 302, 303, 307, 308] {
        gateway.next(1, Mode::Redirect(status, elsewhere.url()));
        assert_ne!(kind(&send(&sender).await).0, "accepted", "{status}");
    }
    assert_eq!((elsewhere.received().len(), elsewhere.refused().len()), (0, 0));
    assert_eq!((gateway.received().len(), gateway.refused().len()), (0, 5));
}

pub(crate) async fn many_at_once_are_each_sent_once(dialect: impl Dialect) {
    let gateway = GatewayDouble::start(dialect);
    gateway.set(Mode::FailPercent(30));
    let sender = sender(&gateway);
    let mut sends = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let sender = Arc::clone(&sender);
        sends.spawn(async move { send(&sender).await });
    }
    let kinds: Vec<_> = sends.join_all().await.iter().map(|sent| kind(sent).0).collect();
    let count = |wanted: &str| kinds.iter().filter(|kind| **kind == wanted).count();
    assert_eq!((count("accepted"), count("not sent")), (7, 3), "{kinds:?}");
    assert_eq!((gateway.received().len(), gateway.refused().len()), (7, 3));
}

pub(crate) async fn no_secret_is_logged(dialect: impl Dialect) {
    let gateway = GatewayDouble::start(dialect);
    let sender = sender(&gateway);
    no_secret_in(&format!("{:?} {:?}", settings(gateway.account()), sms()));
    tracing::trace!("planted canary");
    for mode in [Mode::Accept, Mode::Refuse(400, format!("{NUMBER} {TEXT}")), Mode::CloseAfterRead, Mode::Garbage] {
        gateway.next(1, mode);
        send(&sender).await;
    }
    let log = log::kept();
    assert!(log.contains("planted canary"));
    let handed = format!("SMS handed to {}", gateway.account()["provider"].as_str().expect("a provider"));
    assert!(log.contains(&handed), "the debug line is there to be searched");
    no_secret_in(&log);
}
