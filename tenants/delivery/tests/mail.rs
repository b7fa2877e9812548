//! What becomes of a mail at a server that does every wrong thing.
#![expect(clippy::expect_used, reason = "tests say what they take for granted")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use portvakt_delivery::{
    mail::{MailDeadlines, SmtpMail},
    mail_sender,
};
use portvakt_domain::{
    delivery::{Mail, MailSender, Secret, Sent},
    tenant::MailSettings,
};
use secrecy::SecretString;
use tokio::net::TcpListener;

mod allowed_mail;
#[expect(unreachable_pub, reason = "a module of the suites' harness")]
#[path = "../../../tests/harness/certificate.rs"]
mod certificate;
mod injection;
mod log;
#[expect(unreachable_pub, reason = "a module of the suites' harness")]
#[path = "../../../tests/harness/mailserver.rs"]
mod mailserver;
mod ways;

use certificate::LoopbackCertificate;
use mailserver::{MailServer, Protection};

const SUBJECT: &str =
    "Ditt lösenord går ut om 7 dagar: byt det på sidan för återställning, så slipper du ringa oss – åäö";
const TEXT: &str = "Hej Åsa Öberg!\n.\n..\nKod kod9q8w7e, å ä ö Å Ä Ö é – ”citat” 😀\n\nFrom: ingen\n";
const HTML: &str = "<p>Hej <b>Åsa Öberg</b>!</p>\n<p>Kod kod9q8w7e</p>\n";
const SOON: Duration = Duration::from_secs(10);
const SHORT: MailDeadlines = MailDeadlines { reach: Duration::from_secs(2), hand_over: Duration::from_secs(1) };

fn mail(to: &str) -> Mail {
    Mail {
        to: Secret(to.to_owned()),
        reply_to: None,
        subject: SUBJECT.to_owned(),
        text: Secret(TEXT.to_owned()),
        html: None,
        message_id: "01890a5d.reminder@orebro.se".to_owned(),
    }
}

fn settings(port: u16, security: &str, ca_pem: Option<&str>) -> MailSettings {
    let json = serde_json::json!({
        "host": "127.0.0.1", "port": port, "security": security, "username": MailServer::USERNAME,
        "from": "losenord@orebro.se", "from_name": "Örebro kommun, IT", "ca_pem": ca_pem,
    });
    serde_json::from_value(json).expect("settings")
}

fn right(server: &MailServer, security: &str) -> MailSettings {
    settings(server.port, security, Some(&server.ca_pem))
}

fn password() -> Option<SecretString> {
    Some(SecretString::from(MailServer::PASSWORD))
}

fn sender(settings: &MailSettings) -> Arc<dyn MailSender> {
    log::keep();
    mail_sender(settings, password(), &ways::here()).expect("a sender")
}

fn short(settings: &MailSettings) -> SmtpMail {
    SmtpMail::with_deadlines(settings, password(), &ways::here(), SHORT).expect("a sender")
}

fn no_secret_in(text: &str) {
    for secret in ["kod9q8w7e", "berg", "mail-password", "bWFpbC1wYXNzd29yZ", "orebro.se"] {
        if let Some(at) = text.find(secret) {
            let start = text.floor_char_boundary(at.saturating_sub(200));
            assert!(!text.contains(secret), "{secret} in …{}", &text[start..at + secret.len()]);
        }
    }
}

/// The kind of an outcome and its reason. No reason names the recipient, the code, the text or the password.
fn kind(sent: &Sent) -> (&'static str, &str) {
    no_secret_in(&format!("{sent:?}"));
    match sent {
        Sent::Accepted { .. } => ("accepted", ""),
        Sent::Refused { reason } => ("refused", reason),
        Sent::NotSent { reason } => ("not sent", reason),
        Sent::Unknown { reason } => ("unknown", reason),
    }
}

#[tokio::test]
async fn a_mail_arrives_once_and_as_it_was_written() {
    for (protection, security) in [(Protection::Starttls, "starttls"), (Protection::Tls, "tls")] {
        let server = MailServer::start(protection);
        let sender = sender(&right(&server, security));
        assert_eq!(sender.send(&mail("asa@orebro.se")).await, Sent::Accepted { provider_id: None });
        let mails = server.wait_for(1, SOON).await;
        assert_eq!(mails.len(), 1);
        let arrived = &mails[0];
        assert!(arrived.signed_in && arrived.protected, "{security}");
        assert_eq!(arrived.sender, "losenord@orebro.se");
        assert_eq!(arrived.recipients, ["asa@orebro.se"]);
        assert_eq!(arrived.header("From"), Some("\"Örebro kommun, IT\" <losenord@orebro.se>"));
        assert_eq!(arrived.header("To"), Some("asa@orebro.se"));
        assert_eq!(arrived.header("Subject"), Some(SUBJECT));
        assert_eq!(arrived.header("Message-ID"), Some("<01890a5d.reminder@orebro.se>"));
        assert_eq!(arrived.header("Auto-Submitted"), Some("auto-generated"));
        assert!(arrived.header("Date").is_some());
        assert_eq!(arrived.content_type, "text/plain");
        assert_eq!(arrived.text.as_deref().map(lines), Some(lines(TEXT)));
        assert!(arrived.raw.is_ascii(), "nothing depends on 8BITMIME");
        assert!(arrived.raw.lines().all(|line| line.len() <= 998));
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn html_comes_with_its_text() {
    let server = MailServer::start(Protection::Tls);
    let with_html = Mail { html: Some(Secret(HTML.to_owned())), ..mail("asa@orebro.se") };
    let sender = sender(&right(&server, "tls"));
    assert_eq!(kind(&sender.send(&with_html).await).0, "accepted");
    let arrived = server.wait_for(1, SOON).await.remove(0);
    assert_eq!(arrived.content_type, "multipart/alternative");
    assert_eq!(arrived.text.as_deref().map(lines), Some(lines(TEXT)));
    assert_eq!(arrived.html.as_deref().map(lines), Some(lines(HTML)));
    let (text, html) = (arrived.raw.find("text/plain"), arrived.raw.find("text/html"));
    assert!(text.is_some() && text < html, "the best version comes last (RFC 2046)");
}

#[tokio::test]
async fn answers_go_where_the_mail_says() {
    let server = MailServer::start(Protection::Tls);
    let sender = sender(&right(&server, "tls"));
    let answered = Mail { reply_to: Some(Secret("it-helpdesk@orebro.se".to_owned())), ..mail("asa@orebro.se") };
    let cases = [(answered, Some("it-helpdesk@orebro.se")), (mail("asa@orebro.se"), None)];
    for (at, (mail, expected)) in cases.into_iter().enumerate() {
        assert_eq!(kind(&sender.send(&mail).await).0, "accepted");
        assert_eq!(server.wait_for(at + 1, SOON).await[at].header("Reply-To"), expected);
    }
}

#[tokio::test]
async fn every_no_of_a_server_has_its_meaning() {
    for (protection, security) in [(Protection::Starttls, "starttls"), (Protection::Tls, "tls")] {
        let server = MailServer::start(protection);
        let sender = sender(&right(&server, security));
        // Twice: on a new connection, and on one that is kept from a mail before.
        for _ in 0..2 {
            for (to, expected) in [
                ("refuse@orebro.se", ("refused", "the mail server answered 550 to the recipient")),
                ("later@orebro.se", ("not sent", "the mail server answered 451 to the recipient")),
                ("gone@orebro.se", ("not sent", "the mail server: the connection was lost")),
                ("spam@orebro.se", ("refused", "the mail server answered 554 to the mail")),
                ("full@orebro.se", ("not sent", "the mail server answered 452 to the mail")),
                (
                    "cut@orebro.se",
                    (
                        "unknown",
                        "the mail was handed over, and the mail server was lost or not understood before it answered",
                    ),
                ),
                ("asa@orebro.se", ("accepted", "")),
            ] {
                let sent = sender.send(&mail(to)).await;
                let (found, reason) = kind(&sent);
                // How the loss of a connection shows depends on who is faster.
                assert_eq!((found, reason.strip_prefix(expected.1).is_some()), (expected.0, true), "{to}: {reason}");
            }
        }
        let arrived: Vec<_> =
            server.wait_for(4, SOON).await.iter().map(|mail| (mail.recipients[0].clone(), mail.answered)).collect();
        let once = [("cut@orebro.se".to_owned(), false), ("asa@orebro.se".to_owned(), true)];
        assert_eq!(arrived, [once.clone(), once].concat(), "each was handed over once");
    }
}

#[tokio::test]
async fn silence_means_what_came_before_it() {
    let server = MailServer::start(Protection::Tls);
    let sender = short(&right(&server, "tls"));
    let begun = Instant::now();
    let sent = sender.send(&mail("mute@orebro.se")).await;
    assert_eq!(kind(&sent), ("not sent", "the mail server: it did not answer in time"));
    assert!((SHORT.reach..SHORT.reach * 2).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    let begun = Instant::now();
    let sent = sender.send(&mail("stall@orebro.se")).await;
    assert_eq!(kind(&sent), ("unknown", "the mail was handed over, and the mail server did not answer in time"));
    assert!((SHORT.hand_over..SHORT.hand_over + SHORT.reach).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    // A connection on which an answer is still owed is not used again: the next mail would take it for its own.
    assert_eq!(kind(&sender.send(&mail("slow@orebro.se")).await).0, "unknown");
    let sent = sender.send(&mail("refuse@orebro.se")).await;
    assert_eq!(kind(&sent), ("refused", "the mail server answered 550 to the recipient"));
    assert_eq!(kind(&sender.send(&mail("asa@orebro.se")).await).0, "accepted");
    let arrived: Vec<_> = server.mails().into_iter().map(|mail| mail.recipients.concat()).collect();
    assert_eq!(arrived, ["stall@orebro.se", "slow@orebro.se", "asa@orebro.se"]);
}

#[tokio::test]
async fn a_server_that_is_not_reached_gets_nothing() {
    let server = MailServer::start(Protection::Starttls);
    let other = LoopbackCertificate::new();
    for authority in [Some(other.ca_pem.as_str()), None] {
        let sent = sender(&settings(server.port, "starttls", authority)).send(&mail("asa@orebro.se")).await;
        assert_eq!(kind(&sent), ("not sent", "the mail server: its certificate is not trusted"));
    }
    let protected = MailServer::start(Protection::Tls);
    let sent = sender(&settings(protected.port, "tls", Some(&other.ca_pem))).send(&mail("asa@orebro.se")).await;
    assert_eq!(kind(&sent), ("not sent", "the mail server: its certificate is not trusted"));
    // The right certificate for another name.
    let mut elsewhere = right(&protected, "tls");
    elsewhere.host = "ip6-localhost".parse().expect("a host");
    assert_eq!(kind(&sender(&elsewhere).send(&mail("asa@orebro.se")).await).0, "not sent");

    let nobody = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = nobody.local_addr().expect("an address").port();
    for security in ["tls", "starttls"] {
        let sent = short(&settings(port, security, None)).send(&mail("asa@orebro.se")).await;
        assert_eq!(kind(&sent), ("not sent", "the mail server: it did not answer in time"));
    }
    drop(nobody);
    for security in ["tls", "starttls"] {
        let sent = sender(&settings(port, security, None)).send(&mail("asa@orebro.se")).await;
        assert_eq!(kind(&sent), ("not sent", "the mail server: the connection was refused"));
    }
    assert!(server.sign_ins().is_empty() && protected.sign_ins().is_empty());
    assert!(server.mails().is_empty() && protected.mails().is_empty());
}

#[tokio::test]
async fn nothing_goes_to_a_server_that_protects_nothing() {
    let server = MailServer::start(Protection::Plain);
    let sent = sender(&right(&server, "starttls")).send(&mail("asa@orebro.se")).await;
    assert_eq!(kind(&sent), ("not sent", "the mail server: it offers no protection (STARTTLS)"));
    assert_eq!(kind(&short(&right(&server, "tls")).send(&mail("asa@orebro.se")).await).0, "not sent");
    assert!(server.mails().is_empty() && server.sign_ins().is_empty());
}

#[tokio::test]
async fn answers_slipped_in_before_the_protection_are_not_believed() {
    log::keep();
    let certificate = LoopbackCertificate::new();
    let port = injection::serve(&certificate).await;
    let sent = sender(&settings(port, "starttls", Some(&certificate.ca_pem))).send(&mail("asa@orebro.se")).await;
    assert_eq!(kind(&sent).0, "not sent");
}

#[tokio::test]
async fn a_wrong_or_missing_sign_in_is_refused() {
    let server = MailServer::start(Protection::Starttls);
    let wrong = SecretString::from("mail-password-wrong");
    let sender = mail_sender(&right(&server, "starttls"), Some(wrong), &ways::here()).expect("a sender");
    let sent = sender.send(&mail("asa@orebro.se")).await;
    assert_eq!(kind(&sent), ("refused", "the mail server answered 535 to the sign-in"));
    assert_eq!(server.sign_ins(), [false]);
    let anonymous = MailSettings { username: None, ..right(&server, "starttls") };
    let sent = mail_sender(&anonymous, None, &ways::here()).expect("a sender").send(&mail("asa@orebro.se")).await;
    assert_eq!(kind(&sent), ("refused", "the mail server answered 530 to the sender"));
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn a_connection_is_kept_and_its_end_is_survived() {
    let certificate = LoopbackCertificate::new();
    let server = MailServer::with_certificate(Protection::Tls, 0, &certificate);
    let sender = sender(&right(&server, "tls"));
    for _ in 0..5 {
        assert_eq!(kind(&sender.send(&mail("asa@orebro.se")).await).0, "accepted");
    }
    assert_eq!((server.wait_for(5, SOON).await.len(), server.connections()), (5, 1));
    let port = server.port;
    drop(server);
    assert_eq!(kind(&sender.send(&mail("asa@orebro.se")).await).0, "not sent");
    let server = MailServer::with_certificate(Protection::Tls, port, &certificate);
    assert_eq!(kind(&sender.send(&mail("asa@orebro.se")).await).0, "accepted");
    drop(server);
    let server = MailServer::with_certificate(Protection::Tls, port, &certificate);
    assert_eq!(kind(&sender.send(&mail("asa@orebro.se")).await).0, "accepted", "the dead connection costs no mail");
    assert_eq!(server.wait_for(1, SOON).await.len(), 1);
}

#[tokio::test]
async fn many_at_once_are_each_sent_once() {
    let server = MailServer::start(Protection::Tls);
    let sender = sender(&right(&server, "tls"));
    let mut sends = tokio::task::JoinSet::new();
    for n in 0..20 {
        let sender = Arc::clone(&sender);
        sends.spawn(async move { sender.send(&mail(&format!("asa{n}@orebro.se"))).await });
    }
    assert!(sends.join_all().await.iter().all(|sent| kind(sent).0 == "accepted"));
    let mut recipients: Vec<_> = server.wait_for(20, SOON).await.into_iter().flat_map(|mail| mail.recipients).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!((recipients.len(), server.mails().len()), (20, 20));
}

#[tokio::test]
async fn what_is_no_address_is_refused_and_headers_stay_their_own() {
    let server = MailServer::start(Protection::Tls);
    let sender = sender(&right(&server, "tls"));
    for to in [
        "",
        "asa",
        "asa@",
        "@orebro.se",
        "asa@orebro.se\r\nRCPT TO:<eva@orebro.se>",
        "a b@orebro.se",
        "<asa@orebro.se>",
    ] {
        let sent = sender.send(&mail(to)).await;
        assert_eq!(kind(&sent), ("refused", "the recipient's address is not a mail address"), "{to}");
    }
    let sent = sender.send(&mail("åsa@orebro.se")).await;
    assert_eq!(kind(&sent), ("refused", "the mail server takes no addresses with letters beyond a-z"));
    for id in ["", "a b@x", "a@x>\r\nBcc: eva@orebro.se", "<a@x>"] {
        let sent = sender.send(&Mail { message_id: id.to_owned(), ..mail("asa@orebro.se") }).await;
        assert_eq!(kind(&sent).0, "refused", "{id}");
    }
    let subject = "Hej\r\nBcc: eva@orebro.se\r\n\r\nå".to_owned();
    assert_eq!(kind(&sender.send(&Mail { subject, ..mail("asa@orebro.se") }).await).0, "accepted");
    let arrived = server.wait_for(1, SOON).await.remove(0);
    assert_eq!(arrived.header("Bcc"), None);
    assert_eq!(arrived.header("Subject"), Some("Hej  Bcc: eva@orebro.se    å"));
    assert_eq!(arrived.text.as_deref().map(lines), Some(lines(TEXT)));
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn settings_that_cannot_work_are_named() {
    let error = |settings: &MailSettings, password: Option<&str>| match mail_sender(
        settings,
        password.map(SecretString::from),
        &ways::here(),
    ) {
        Ok(_) => "none".to_owned(),
        Err(error) => {
            no_secret_in(&format!("{error:?} {error}"));
            error.to_string()
        }
    };
    let right = settings(465, "tls", None);
    let secret = Some("mail-password");
    assert_eq!(error(&right, secret), "none");
    assert!(error(&right, None).starts_with("mail.password: "));
    for pem in ["", "certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"] {
        assert!(error(&settings(465, "tls", Some(pem)), secret).starts_with("mail.ca_pem: "), "{pem}");
    }
    for from in ["", "losenord", "a@b@c", "a@b\r\nBcc: x@y"] {
        assert!(error(&MailSettings { from: from.to_owned(), ..right.clone() }, secret).starts_with("mail.from: "));
    }
    let two_lines = MailSettings { from_name: "a\nb".to_owned(), ..right.clone() };
    assert!(error(&two_lines, secret).starts_with("mail.from_name: "));
    let nameless = MailSettings { username: Some(String::new()), ..right };
    assert!(error(&nameless, secret).starts_with("mail.username: "));
}

#[tokio::test]
async fn no_secret_is_printed_or_logged() {
    log::keep();
    let server = MailServer::start(Protection::Starttls);
    let sender = short(&right(&server, "starttls"));
    let mail = |to: &str| Mail { subject: "Kort".to_owned(), ..mail(to) };
    no_secret_in(&format!("{sender:?} {sender:#?}"));
    no_secret_in(&format!("{:?}", Mail { message_id: "m".to_owned(), ..mail("asa@orebro.se") }));
    tracing::trace!("planted canary");
    for to in ["asa@orebro.se", "refuse@orebro.se", "spam@orebro.se", "cut@orebro.se", "no address at orebro.se"] {
        sender.send(&mail(to)).await;
    }
    let log = log::kept();
    assert!(log.contains("planted canary"));
    assert!(log.contains("mail handed to the mail server"), "the debug line is there to be searched");
    no_secret_in(&log);
}
