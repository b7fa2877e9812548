//! The rules tick while a password is typed, and typing sends nothing.

use harness::{
    chromium::Script,
    process::{PATIENCE, eventually},
};
use serde_json::Value;

use crate::stage::Stage;

const NEXT: &str = "button.next";
const HOST: &str = "pwreset.mjolby.localhost";

/// To Mjölby's form for a new password.
async fn at_the_form(name: &'static str) -> Stage {
    let mut stage = Stage::with(name, Script::On).await;
    let person = stage.account("mjolby", "normal").await;
    stage.phone.open(&stage.url(HOST, "/")).await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.tap_through(NEXT).await;
    let code = stage.code_at(person.number.as_deref().expect("a number")).await;
    stage.phone.fill("#code", &code).await;
    stage.phone.tap_through(NEXT).await;
    stage.phone.tap("label[for='choice-new']").await;
    stage.phone.tap_through(NEXT).await;
    assert_eq!(stage.phone.path().await, "/password");
    stage
}

/// The state of each rule that the script knows, by its name.
async fn states(stage: &Stage) -> Value {
    let script = "return Object.fromEntries([...document.querySelectorAll('.rules li[data-rule]')]
        .map((rule) => [rule.dataset.rule, rule.dataset.state || '']))";
    stage.phone.ask(script).await
}

async fn summary(stage: &Stage, expected: &str) {
    eventually(expected, PATIENCE, async || {
        let said = stage.phone.ask("return document.getElementById('rules-count').textContent").await;
        (said == expected).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_tick_while_typing_and_nothing_is_sent() {
    let mut stage = at_the_form("ticks").await;
    stage.look("password-untouched").await;
    let loaded = stage.phone.requests().await;
    assert!(loaded.iter().any(|request| request.contains("/assets/password.")), "the script is loaded: {loaded:?}");

    // Nothing is said of an empty field but what is looked at later.
    assert!(states(&stage).await.as_object().expect("rules").values().all(|state| state == ""));
    let later = "(kontrolleras när du går vidare)";
    assert_eq!(stage.phone.text(".rules").await.matches(later).count(), 2, "leaked, and earlier passwords");

    // One letter: no capital, no digit, too short.
    stage.phone.fill("#password", "a").await;
    let state = states(&stage).await;
    for (rule, expected) in [
        ("min", "unmet"),
        ("max", "met"),
        ("upper", "unmet"),
        ("digit", "unmet"),
        ("without", "met"),
        ("directory", "unmet"),
    ] {
        assert_eq!(state[rule], expected, "{rule} of {state}");
    }
    summary(&stage, "5 av 9 krav är uppfyllda").await;
    stage.look("password-begun").await;

    // A word with digits and signs around it keeps all rules but one.
    stage.phone.fill("#password", "\u{e003}S0mm@r2026").await;
    let state = states(&stage).await;
    assert_eq!((&state["banned"], &state["min"], &state["upper"]), (&"unmet".into(), &"met".into(), &"met".into()));
    summary(&stage, "8 av 9 krav är uppfyllda").await;
    let listened = stage.phone.ask("return document.querySelector('[data-rule=banned]').textContent").await;
    assert!(listened.as_str().is_some_and(|text| text.starts_with("Inte uppfyllt: ")), "{listened}");

    stage.phone.element("#password").await.clear().await.expect("a field to empty");
    stage.phone.fill("#password", "Tallkotte52Vind").await;
    assert!(states(&stage).await.as_object().expect("rules").values().all(|state| state == "met"));
    summary(&stage, "9 av 9 krav är uppfyllda").await;
    stage.look("password-all-met").await;

    // What was typed has gone nowhere: not over the network, not into anything that is kept.
    assert_eq!(stage.phone.requests().await, Vec::<String>::new(), "while typing");
    let kept = "return [localStorage.length, sessionStorage.length, document.cookie, location.search]";
    assert_eq!(stage.phone.ask(kept).await, serde_json::json!([0, 0, "", ""]));

    // The watch does see what is sent, and the password is taken.
    stage.phone.fill("#password_again", "Tallkotte52Vind").await;
    stage.phone.tap_through(NEXT).await;
    assert!(stage.phone.requests().await.iter().any(|r| r.starts_with("POST ") && r.ends_with("/password")));
    assert!(stage.phone.text("h1").await.starts_with("Klart"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_refused_is_told_until_something_else_is_typed() {
    let mut stage = at_the_form("refused").await;
    for field in ["#password", "#password_again"] {
        stage.phone.fill(field, "Sommar26").await;
    }
    stage.phone.tap_through(NEXT).await;
    stage.is_told("password", "ord som är lätta att gissa: sommar", "made-of-words").await;
    assert!(stage.phone.has("[data-rule=banned].broken").await);
    stage.phone.fill("#password", "Tallkotte52Vind").await;
    assert!(!stage.phone.has(".rules .broken").await);
    assert!(states(&stage).await.as_object().expect("rules").values().all(|state| state == "met"));
    // A field that is emptied again is judged by nobody.
    stage.phone.fill("#password", &format!("\u{e010}{}", "\u{e003}".repeat(15))).await;
    assert!(states(&stage).await.as_object().expect("rules").values().all(|state| state == ""));
}

/// Pages that belong to no flow and ask for no password have no use for a script, and load none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_has_no_use_for_a_script_loads_none() {
    let stage = Stage::with("scripts", Script::On).await;
    stage.phone.requests().await;
    for (host, path, scripts) in [
        (HOST, "/", 0),
        (HOST, "/nowhere", 0),
        (HOST, "/cancelled", 0),
        (HOST, "/code", 0),
        ("pwreg.mjolby.localhost", "/stop", 0),
        ("pwreg.mjolby.localhost", "/", 1),
    ] {
        stage.phone.open(&stage.url(host, path)).await;
        let found = stage.phone.ask("return document.querySelectorAll('script').length").await;
        assert_eq!(found, scripts, "{host}{path}");
        let asked = stage.phone.requests().await;
        let loaded = asked.iter().filter(|request| request.ends_with(".js")).count();
        assert_eq!(loaded, scripts, "{host}{path}: {asked:?}");
        assert!(asked.iter().all(|request| !request.contains("password.")), "{asked:?}");
    }
}
