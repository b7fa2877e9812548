//! A gateway that is described by template: every way to describe one, and what can't be described.

use std::sync::Arc;

use portvakt_delivery::sms_sender;
use serde_json::{Value, json};

use crate::{
    contract::{Attempts, kind, secrets, send, sender_with, settings},
    gateway::{GatewayDouble, Generic, Mode},
    ways,
};

/// An account with this under `http`, and the rest as the double has it.
fn account(gateway: &GatewayDouble, http: Value) -> Value {
    let mut account = gateway.account();
    account["http"].as_object_mut().expect("a table").extend(http.as_object().cloned().expect("a table"));
    account
}

/// What is wrong with a description, if anything.
fn problem(http: Value) -> String {
    let mut whole =
        json!({ "content": "json", "template": r#"{"t":"{{to}}","m":"{{text}}"}"#, "authentication": "none" });
    whole.as_object_mut().expect("a table").extend(http.as_object().cloned().expect("a table"));
    let account = json!({ "provider": "http", "sender": "Orebro", "url": "https://gateway.test/", "http": whole });
    let settings = settings(account);
    let made = sms_sender(&settings, &secrets(&settings, "p"), Arc::new(Attempts::default()), &ways::here());
    made.err().map_or_else(|| "none".to_owned(), |error| error.to_string())
}

#[test]
fn descriptions_that_cannot_work_are_named() {
    let json = |text: &str| json!({ "template": text });
    for (http, expected) in [
        (json!({}), "none"),
        (json(r#"{"t":{{to}},"m":"{{ text }}","r":"{{reference}}","s":"{{from}}"}"#), "none"),
        (json(r#"{"t":"{{to}}","m":{{text}}}"#), "sms.http.template: this is not JSON"),
        (json(r#"{"t":"{{to}}"}"#), "sms.http.template: {{text}} is missing"),
        (json(r#"{"m":"{{text}}"}"#), "sms.http.template: {{to}} is missing"),
        (json(r#"{"t":"{{to}}","m":"{{text}}","x":"{{secret}}"}"#), "sms.http.template: there are {{to}}"),
        (json(r#"{"t":"{{to}}","m":"{{text"}"#), "sms.http.template: a {{ has no }}"),
        (json(r#"{"t":"{{to}}","m":"{{text}}","p":"{{password}}"}"#), "sms.http.template: write {{password}}"),
        (json!({ "authentication": "template" }), "sms.http.template: write {{password}}"),
        (json!({ "authentication": "basic" }), "sms.username: "),
        (json!({ "authentication": "bearer" }), "none"),
        (json!({ "authentication": "header" }), "sms.http.password_header: "),
        (json!({ "authentication": "header", "password_header": "Host" }), "sms.http.password_header: "),
        (json!({ "authentication": "header", "password_header": "X-Api-Key" }), "none"),
        (json!({ "password_header": "X-Api-Key" }), "sms.http.password_header: "),
        (json!({ "headers": { "Content-Type": "text/plain" } }), "sms.http.headers: "),
        (json!({ "headers": { "X A": "b" } }), "sms.http.headers: "),
        (json!({ "headers": { "X-A": "b\n" } }), "sms.http.headers: "),
        (json!({ "charset": "iso-8859-1" }), "sms.http.template: JSON is written in UTF-8"),
        (json!({ "content": "xml", "template": "<a><![CDATA[{{text}}]]>{{to}}</a>" }), "sms.http.template: write the"),
        (
            json!({ "content": "form", "charset": "iso-8859-1", "template": "€={{to}}{{text}}" }),
            "sms.http.template: it",
        ),
        (json!({ "success_codes": [] }), "sms.http.success_codes: "),
        (json!({ "success_codes": [302] }), "sms.http.success_codes: "),
        (json!({ "id_pointer": "id" }), "sms.http.id_pointer: "),
        (json!({ "verdict": { "pointer": "x", "taken": ["OK"] } }), "sms.http.verdict: "),
        (json!({ "verdict": { "taken": [] } }), "sms.http.verdict: "),
        (json!({ "verdict": { "taken": [""] } }), "sms.http.verdict: "),
    ] {
        let found = problem(http.clone());
        assert!(found.starts_with(expected), "{http}: {found}");
    }
}

#[tokio::test]
async fn a_verdict_in_plain_text_is_what_the_answer_begins_with() {
    let gateway = GatewayDouble::start(Generic);
    let verdict = json!({ "verdict": { "taken": ["OK", "QUEUED"], "refused": ["ERR"] }, "id_pointer": null });
    let sender = sender_with(account(&gateway, verdict), gateway.password());
    for (body, expected) in [
        ("OK 17", "accepted"),
        (" QUEUED", "accepted"),
        ("ERR: no such number", "refused"),
        ("<html>", "unknown"),
        ("not OK", "unknown"),
        ("", "unknown"),
    ] {
        gateway.next(1, Mode::Refuse(200, body.to_owned()));
        assert_eq!(kind(&send(&sender).await).0, expected, "{body}");
    }
}

#[tokio::test]
async fn what_the_description_says_is_what_is_sent() {
    let gateway = GatewayDouble::start(Generic);
    for (http, expected) in [
        (json!({}), "accepted"),
        // Each of these is turned down by the double, which wants the form that its own account describes.
        (json!({ "method": "put" }), "the SMS gateway answered 405: the address is not the one for SMS"),
        (json!({ "number_format": "plus" }), "the SMS gateway answered 400: the number, the sender or the text"),
        (json!({ "number_format": "digits" }), "the SMS gateway answered 400: the number, the sender or the text"),
        (json!({ "number_format": "national" }), "the SMS gateway answered 400: the number, the sender or the text"),
        (json!({ "headers": {} }), "the SMS gateway answered 400: the number, the sender or the text"),
        // In UTF-8 the password is another one.
        (json!({ "charset": "utf-8" }), "the SMS gateway answered 401: the user name or password is wrong"),
    ] {
        let sent = send(&sender_with(account(&gateway, http.clone()), gateway.password())).await;
        let (kind, reason) = kind(&sent);
        assert!(kind == expected || (kind == "refused" && reason.starts_with(expected)), "{http}: {reason}");
    }
    assert_eq!(gateway.received().len(), 1);
}
