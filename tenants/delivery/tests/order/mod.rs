//! Several providers in order: who is asked, and who never is.

use std::{sync::Arc, time::Duration};

use portvakt_delivery::{
    sms::{SmsDeadlines, sender as make},
    sms_sender,
};
use portvakt_domain::{
    delivery::{Sent, SmsSender},
    tenant::{SecretName, SmsProvider},
};
use secrecy::SecretString;
use serde_json::json;

use crate::{
    contract::{Attempts, SHORT, kind, no_secret_in, secrets, send, settings},
    gateway::{FortySixElks, GatewayApi, GatewayDouble, Mode},
    log, ways,
};

/// Two providers, and the way to them in this order.
struct Two {
    first: GatewayDouble,
    second: GatewayDouble,
    attempts: Arc<Attempts>,
    sender: Arc<dyn SmsSender>,
}

impl Two {
    fn start() -> Self {
        Self::with(SHORT)
    }

    fn with(deadlines: SmsDeadlines) -> Self {
        log::keep();
        let (first, second) = (GatewayDouble::start(FortySixElks), GatewayDouble::start(GatewayApi));
        let settings = settings(json!({ "providers": [first.account(), second.account()] }));
        let secrets = [(SmsProvider::FortySixElks, &first), (SmsProvider::GatewayApi, &second)]
            .map(|(provider, double)| (SecretName::SmsPassword(provider), SecretString::from(double.password())));
        let attempts = Arc::new(Attempts::default());
        let sender = make(&settings, &secrets.into(), attempts.clone(), &ways::here(), deadlines).expect("a sender");
        Self { first, second, attempts, sender }
    }

    fn received(&self) -> (usize, usize) {
        (self.first.received().len(), self.second.received().len())
    }
}

#[tokio::test]
async fn the_second_is_asked_when_the_first_surely_sent_nothing() {
    let two = Two::start();
    for (sent, (mode, outcome)) in [
        (Mode::Refuse(403, String::new()), "refused"),
        (Mode::Ok200ButFailed, "refused"),
        (Mode::Refuse(503, String::new()), "not_sent"),
        (Mode::Throttle429, "not_sent"),
        (Mode::CloseBeforeTls, "not_sent"),
    ]
    .into_iter()
    .enumerate()
    {
        two.first.next(1, mode.clone());
        assert_eq!(send(&two.sender).await, Sent::Accepted { provider_id: Some(two.second.id(sent + 1)) }, "{mode:?}");
        assert_eq!(two.attempts.take(), [("46elks", outcome), ("gatewayapi", "accepted")], "{mode:?}");
        assert_eq!(two.received(), (0, sent + 1), "{mode:?}");
    }
}

#[tokio::test]
async fn the_second_is_never_asked_when_the_first_may_have_sent_it() {
    let two = Two::start();
    assert_eq!(send(&two.sender).await, Sent::Accepted { provider_id: Some(two.first.id(1)) });
    assert_eq!(two.attempts.take(), [("46elks", "accepted")]);
    for mode in [
        Mode::HangAfterRead,
        Mode::CloseAfterRead,
        Mode::CloseInAnswer,
        Mode::CloseBeforeRead,
        Mode::Garbage,
        Mode::HugeAnswer,
        Mode::Refuse(500, String::new()),
    ] {
        two.first.next(1, mode.clone());
        assert_eq!(kind(&send(&two.sender).await).0, "unknown", "{mode:?}");
        assert_eq!(two.attempts.take(), [("46elks", "unknown")], "{mode:?}");
    }
    assert_eq!((two.second.received().len(), two.second.refused().len()), (0, 0));
}

#[tokio::test]
async fn when_nobody_takes_it_the_outcome_says_whether_that_may_pass() {
    let two = Two::start();
    let (refuse, away) = (Mode::Refuse(400, String::new()), Mode::Refuse(503, String::new()));
    for (first, second, expected) in [
        (&refuse, &refuse, "refused"),
        (&refuse, &away, "not sent"),
        (&away, &refuse, "not sent"),
        (&away, &away, "not sent"),
        (&refuse, &Mode::CloseAfterRead, "unknown"),
    ] {
        two.first.next(1, first.clone());
        two.second.next(1, second.clone());
        let sent = send(&two.sender).await;
        let (kind, reason) = kind(&sent);
        assert_eq!(kind, expected, "{first:?} {second:?}: {reason}");
        assert_eq!(two.attempts.take().len(), 2);
        if kind != "unknown" {
            assert!(reason.starts_with("46elks: the SMS gateway answered "), "{reason}");
            assert!(reason.contains("; gatewayapi: the SMS gateway answered "), "{reason}");
        }
    }
    let log = log::kept();
    assert!(log.contains("SMS not taken") && log.contains("provider=\"46elks\""), "each attempt is in the log");
    no_secret_in(&log);
}

#[tokio::test]
async fn no_other_is_begun_when_the_time_is_up() {
    let two = Two::with(SmsDeadlines { another: Duration::ZERO, ..SHORT });
    two.first.next(1, Mode::Refuse(400, String::new()));
    let sent = send(&two.sender).await;
    assert_eq!(kind(&sent).0, "not sent", "{sent:?}");
    assert_eq!(two.attempts.take(), [("46elks", "refused")]);
    assert_eq!((two.second.received().len(), two.second.refused().len()), (0, 0));
}

#[test]
fn the_one_that_is_wrong_is_named() {
    let elks = json!({ "provider": "46elks", "sender": "Orebro", "username": "u" });
    let other = json!({ "provider": "gatewayapi", "sender": "Orebro", "username": "u" });
    let settings = settings(json!({ "providers": [elks, other] }));
    let of =
        |secret: &str| sms_sender(&settings, &secrets(&settings, secret), Arc::new(Attempts::default()), &ways::here());
    let error = of("p").err().expect("an error").to_string();
    assert_eq!(error, "sms.providers.2.username: this provider has no such setting; leave it out");
    let error = of("").err().expect("an error").to_string();
    assert_eq!(error, "sms.providers.1.password: write the API password");
    let none = sms_sender(&settings, &Default::default(), Arc::new(Attempts::default()), &ways::here());
    let error = none.err().expect("an error").to_string();
    assert_eq!(error, "sms.providers.1.password: missing; write password_file or password_env");
}
