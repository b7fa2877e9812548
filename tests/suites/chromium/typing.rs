//! Typing made easier: a password that can be looked at, paste that is never in the way, a code that the browser takes from
//! its SMS.

use harness::{
    chromium::Script,
    process::{PATIENCE, eventually},
};
use serde_json::json;

use crate::stage::Stage;

const NEXT: &str = "button.next";
const HOST: &str = "pwreset.mjolby.localhost";

/// A browser that reads codes from SMS, as Chrome on Android does; the test is the phone. What it was asked is kept.
const READS_SMS: &str = "
  window.OTPCredential = class {};
  window.asked = [];
  Object.defineProperty(navigator, 'credentials', { value: { get: (asked) => new Promise((give, refuse) => {
    window.asked.push(asked.otp);
    window.give = (code) => give({ code });
    asked.signal.addEventListener('abort', () => { window.aborted = true; refuse(new Error('aborted')); });
  }) } });";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_shown_and_hidden_and_sent_as_a_password() {
    let mut stage = Stage::with("show", Script::On).await;
    stage.phone.open(&stage.url("pwreg.mjolby.localhost", "/")).await;
    stage.phone.fill("#password", "Sol8Regn").await;
    let state = "
      const field = document.getElementById('password'), button = document.querySelector('.reveal');
      return [field.type, field.value, button.textContent, button.type]";
    let hidden = json!(["password", "Sol8Regn", "Visa lösenord", "button"]);
    assert_eq!(stage.phone.ask(state).await, hidden);
    stage.look("password-hidden").await;
    stage.phone.tap(".reveal").await;
    assert_eq!(stage.phone.ask(state).await, json!(["text", "Sol8Regn", "Dölj lösenord", "button"]));
    stage.look("password-shown").await;
    stage.phone.tap(".reveal").await;
    assert_eq!(stage.phone.ask(state).await, hidden);

    // Shown while it is sent in: it is a password again before the browser looks at it.
    stage.phone.tap(".reveal").await;
    let watch = "addEventListener('submit', (event) => {
        event.preventDefault();
        document.documentElement.dataset.sent = document.getElementById('password').type;
      })";
    stage.phone.ask(watch).await;
    stage.phone.tap(NEXT).await;
    assert_eq!(stage.phone.ask("return document.documentElement.dataset.sent").await, "password");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_script_there_is_no_button_that_does_nothing() {
    let stage = Stage::set("show-not").await;
    stage.phone.open(&stage.url("pwreg.mjolby.localhost", "/")).await;
    assert!(!stage.phone.has(".reveal").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_keeps_anybody_from_pasting() {
    let mut stage = Stage::with("paste", Script::On).await;
    let person = stage.account("mjolby", "normal").await;
    let pasted = "return [...document.querySelectorAll('main input:not([type=hidden], [readonly])')].map((field) => {
        const paste = new ClipboardEvent('paste', { bubbles: true, cancelable: true });
        const room = field.maxLength < 0 || field.maxLength >= 32;
        return field.dispatchEvent(paste) && room;
      })";
    let all_take_it = async |stage: &Stage, fields: usize| {
        assert_eq!(stage.phone.ask(pasted).await, json!(vec![true; fields]), "{}", stage.phone.path().await);
    };
    stage.phone.open(&stage.url("pwreg.mjolby.localhost", "/")).await;
    all_take_it(&stage, 2).await;
    stage.ask_for_code(HOST, &person.username).await;
    all_take_it(&stage, 2).await;
    // A code as it stands in some SMS, with what stands between its halves.
    let code = stage.code_at(person.number.as_deref().expect("a number")).await;
    stage.phone.fill("#code", &format!(" {} - {} ", &code[..3], &code[3..])).await;
    stage.phone.tap_through(NEXT).await;
    assert_eq!(stage.phone.path().await, "/choose");
    stage.phone.tap("label[for='choice-new']").await;
    stage.phone.tap_through(NEXT).await;
    all_take_it(&stage, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_code_of_the_sms_is_filled_in_and_sent_by_its_reader() {
    let mut stage = Stage::with("sms", Script::On).await;
    stage.phone.before_each_page(READS_SMS).await;
    let person = stage.account("mjolby", "normal").await;
    stage.phone.open(&stage.url(HOST, "/")).await;
    assert_eq!(stage.phone.ask("return window.asked").await, json!([]), "no code is asked for here");
    stage.ask_for_code(HOST, &person.username).await;
    assert_eq!(stage.phone.ask("return window.asked").await, json!([{ "transport": ["sms"] }]));
    let code = stage.code_at(person.number.as_deref().expect("a number")).await;
    stage.phone.requests().await;
    stage.phone.ask(&format!("window.give('{code}')")).await;
    eventually("the code", PATIENCE, async || {
        (stage.phone.ask("return document.getElementById('code').value").await == code).then_some(())
    })
    .await;
    stage.look("code-filled").await;
    assert!(stage.phone.text("#code-filled").await.starts_with("Koden från sms:et är ifylld"));
    assert_eq!(stage.phone.requests().await, Vec::<String>::new(), "it is not sent before it is looked at");
    stage.phone.tap_through(NEXT).await;
    assert_eq!(stage.phone.path().await, "/choose");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_the_form_is_not_asked_for_the_code_any_more() {
    let mut stage = Stage::with("sms-not", Script::On).await;
    stage.phone.before_each_page(READS_SMS).await;
    let person = stage.account("mjolby", "normal").await;
    stage.ask_for_code(HOST, &person.username).await;
    // The page stays, so that it can be seen.
    let keep = "addEventListener('submit', (event) => {
        document.documentElement.dataset.aborted = window.aborted;
        event.preventDefault();
      })";
    stage.phone.ask(keep).await;
    assert_eq!(stage.phone.ask("return window.aborted").await, json!(null));
    stage.phone.tap(NEXT).await;
    assert_eq!(stage.phone.ask("return document.documentElement.dataset.aborted").await, "true");
}
