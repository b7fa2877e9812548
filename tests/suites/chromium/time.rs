//! Time that runs out while a page lies open: told two minutes before, extended without losing a letter, and said honestly
//! when it can't be or is over. And the seconds until a new code.

use fantoccini::key::Key;
use harness::{
    chromium::Script,
    process::{PATIENCE, eventually},
};
use serde_json::{Value, json};

use crate::stage::Stage;

const NEXT: &str = "button.next";
const HOST: &str = "pwreset.mjolby.localhost";

/// The page's clock, which tests move on; the server's stays what it is.
const CLOCK: &str = "
  window.skipped = 0;
  const now = Date.now;
  Date.now = () => now() + window.skipped;";

/// The page learns from the server that its whole time is nearly over.
const NEARLY_OVER: &str = "
  new MutationObserver(() => {
    const dialog = document.getElementById('time');
    if (dialog) dialog.dataset.whole = '100';
  }).observe(document, { childList: true, subtree: true });";

/// What the page tells of the time, if it does, and what has the focus.
async fn told(stage: &Stage) -> Value {
    let script = "
      const dialog = document.getElementById('time');
      return {
        open: dialog.open, role: dialog.getAttribute('role'), heading: document.getElementById('time-heading').textContent,
        focus: document.activeElement.id, again: dialog.querySelector('a').checkVisibility(),
        stays: document.getElementById('time-stay').checkVisibility(),
      };";
    stage.phone.ask(script).await
}

/// Moves the page's clock on, and waits until the page tells what is expected.
async fn after(stage: &Stage, seconds: u32, expected: Value) {
    // The page looks at once, as when somebody comes back to it: what it does not tell now it would not tell later.
    let skip = format!("window.skipped += {seconds} * 1000; document.dispatchEvent(new Event('visibilitychange'))");
    stage.phone.ask(&skip).await;
    is_told(stage, expected).await;
}

async fn is_told(stage: &Stage, expected: Value) {
    eventually(&expected.to_string(), PATIENCE, async || (told(stage).await == expected).then_some(())).await;
}

fn closed(heading: &str, focus: &str) -> Value {
    json!({ "open": false, "role": "alertdialog", "heading": heading, "focus": focus, "again": false, "stays": false })
}

fn warned(heading: &str) -> Value {
    json!({ "open": true, "role": "alertdialog", "heading": heading, "focus": "time-stay", "again": false, "stays": true })
}

fn over() -> Value {
    json!({
        "open": true, "role": "alertdialog", "heading": "Tiden gick ut", "focus": "time-heading", "again": true,
        "stays": false,
    })
}

async fn at_the_code(name: &'static str, before: &[&str]) -> Stage {
    let mut stage = Stage::with(name, Script::On).await;
    for script in before {
        stage.phone.before_each_page(script).await;
    }
    let person = stage.account("mjolby", "normal").await;
    stage.ask_for_code(HOST, &person.username).await;
    stage.phone.requests().await;
    stage
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_still_there_two_minutes_before_the_end_goes_on_with_what_was_typed() {
    let mut stage = at_the_code("time", &[CLOCK]).await;
    stage.phone.fill("#code", "12").await;
    // Nothing is said early, and looking costs nothing.
    after(&stage, 12 * 60, closed("Är du kvar?", "code")).await;
    assert_eq!(stage.phone.requests().await, Vec::<String>::new(), "nothing is asked while time passes");
    after(&stage, 70, warned("Är du kvar?")).await;
    stage.look("time-warning").await;

    // The button extends: one request, the page and what was typed stay, the focus goes back.
    stage.phone.tap("#time-stay").await;
    is_told(&stage, closed("Är du kvar?", "code")).await;
    let asked = stage.phone.requests().await;
    assert!(asked.len() == 1 && asked[0].starts_with("POST ") && asked[0].ends_with("/stay"), "{asked:?}");
    assert_eq!(stage.phone.ask("return document.getElementById('code').value").await, "12");

    // The time begun anew ends as the first one; Esc does what the button does.
    after(&stage, 12 * 60, closed("Är du kvar?", "code")).await;
    after(&stage, 70, warned("Är du kvar?")).await;
    stage.phone.press([Key::Escape.into()]).await;
    is_told(&stage, closed("Är du kvar?", "code")).await;
    assert_eq!(stage.phone.requests().await.len(), 1);

    // Nobody was there.
    after(&stage, 15 * 60, over()).await;
    stage.look("time-over").await;
    stage.phone.press([Key::Escape.into()]).await;
    is_told(&stage, over()).await;
    stage.phone.tap_through("#time a").await;
    stage.comes_to("/", "after-the-time").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn time_that_cannot_be_extended_is_said_to_be_so() {
    let mut stage = at_the_code("time-whole", &[CLOCK, NEARLY_OVER]).await;
    is_told(&stage, warned("Tiden är snart slut")).await;
    stage.look("time-whole").await;
    assert!(stage.phone.text("#time-text").await.contains("går inte att förlänga"));
    stage.phone.tap("#time-stay").await;
    is_told(&stage, closed("Tiden är snart slut", "")).await;
    assert_eq!(stage.phone.requests().await, Vec::<String>::new(), "there is nothing to ask for");
    after(&stage, 90, closed("Tiden är snart slut", "")).await;
    after(&stage, 20, over()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flow_that_ended_elsewhere_is_over_here_too_and_no_password_stays_on_the_page() {
    let stage = Stage::with("time-elsewhere", Script::On).await;
    stage.phone.before_each_page(CLOCK).await;
    let person = stage.account("orebro", "normal").await;
    stage.phone.open(&stage.url("pwreg.orebro.localhost", "/")).await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.fill("#password", &person.password).await;
    stage.phone.tap_through(NEXT).await;
    assert_eq!(stage.phone.path().await, "/confirm");
    stage.phone.fill("#password", "halvt-skri").await;
    // Another tab cancels.
    let cancelled = "
      const answer = await fetch('/cancel', { method: 'POST', body: new URLSearchParams() });
      return answer.url.endsWith('/cancelled')";
    assert_eq!(stage.phone.ask(cancelled).await, true);
    after(&stage, 13 * 60 + 10, warned("Är du kvar?")).await;
    stage.phone.tap("#time-stay").await;
    is_told(&stage, over()).await;
    assert_eq!(stage.phone.ask("return document.getElementById('password').value").await, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_does_not_come_is_said_and_may_be_asked_for_again() {
    let stage =
        at_the_code("time-failed", &[CLOCK, "window.real = fetch; window.fetch = () => Promise.reject(new Error());"])
            .await;
    after(&stage, 13 * 60 + 10, warned("Är du kvar?")).await;
    stage.phone.tap("#time-stay").await;
    is_told(&stage, warned("Vi fick inget svar")).await;
    stage.phone.ask("window.fetch = window.real").await;
    stage.phone.tap("#time-stay").await;
    is_told(&stage, closed("Vi fick inget svar", "")).await;
}

/// What is asked waits until the test lets it go: with the server's answer, or with none.
const HELD: &str = "
  window.real = fetch;
  window.held = [];
  window.fetch = (...asked) => new Promise((done, fail) => window.held.push({ asked, done, fail }));
  window.answered = async () => {
    const { asked, done } = window.held.shift();
    const answer = await window.real(...asked), left = await answer.json();
    done({ ok: answer.ok, status: answer.status, json: async () => left });
    await new Promise((next) => setTimeout(next));
    return answer.status;
  };
  window.lost = async () => {
    window.held.shift().fail(new Error());
    await new Promise((next) => setTimeout(next));
  };";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_comes_after_the_end_takes_nothing_back() {
    let stage = at_the_code("time-late", &[CLOCK, HELD]).await;
    after(&stage, 13 * 60 + 10, warned("Är du kvar?")).await;
    for _ in 0..2 {
        stage.phone.tap("#time-stay").await;
    }
    assert_eq!(stage.phone.ask("return window.held.length").await, 2, "both are under way");
    after(&stage, 2 * 60, over()).await;
    // The server's clock did not move: to it there was time left.
    assert_eq!(stage.phone.ask("return window.answered()").await, 200);
    assert_eq!(told(&stage).await, over(), "what was typed is gone, and the page says so");
    stage.phone.ask("return window.lost()").await;
    assert_eq!(told(&stage).await, over(), "there is nothing to ask for again");
    // Nor does it begin to count again.
    after(&stage, 14 * 60, over()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_script_the_limits_stand_on_the_page_beforehand() {
    let mut stage = Stage::set("time-words").await;
    for host in [HOST, "pwreg.mjolby.localhost"] {
        stage.phone.open(&stage.url(host, "/")).await;
        let words = stage.phone.text("main").await;
        assert!(words.contains("15 minuter på dig för varje steg och 30 minuter sammanlagt"), "{host}: {words}");
    }
    let person = stage.account("mjolby", "unregistered").await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.fill("#password", &person.password).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/number", "number").await;
    let words = stage.phone.text("main").await;
    assert!(words.contains("minuter på dig att gå vidare"), "{words}");
    assert!(!words.contains("Är du kvar?"), "the warning is a script's: {words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_seconds_until_a_new_code_are_counted_and_their_end_is_said_once() {
    let watch = "
      window.said = [];
      addEventListener('DOMContentLoaded', () => {
        const ready = document.getElementById('again-ready');
        if (ready) new MutationObserver(() => window.said.push(ready.textContent)).observe(ready, { childList: true });
      });";
    let mut stage = at_the_code("seconds", &[CLOCK, watch]).await;
    let line = "return document.getElementById('again-wait').textContent";
    let first = stage.phone.ask(line).await;
    assert!(first.as_str().is_some_and(|line| line.starts_with("Du kan begära en ny kod om ")), "{first}");
    // What counts is not read aloud.
    assert!(!stage.phone.has("#again-wait[role], #again-wait[aria-live], [aria-live] #again-wait").await);
    assert!(stage.phone.has("form[action^='/code/again'] button[aria-disabled]").await);
    stage.look("seconds").await;
    stage.phone.tap("form[action^='/code/again'] button").await;
    assert_eq!(stage.phone.requests().await, Vec::<String>::new(), "the button rests");
    stage.phone.ask("window.skipped += 10000").await;
    eventually("a lower count", PATIENCE, async || (stage.phone.ask(line).await != first).then_some(())).await;
    assert_eq!(stage.phone.ask("return window.said").await, json!([]));

    stage.phone.ask("window.skipped += 600 * 1000").await;
    eventually("the end of the wait", PATIENCE, async || {
        (stage.phone.ask("return window.said").await == json!(["Nu kan du begära en ny kod."])).then_some(())
    })
    .await;
    assert!(!stage.phone.has("form[action^='/code/again'] button[aria-disabled]").await);
    stage.look("seconds-over").await;
    // The server's clock did not move: it says so, and counts on.
    stage.phone.tap_through("form[action^='/code/again'] button").await;
    assert!(stage.phone.text(".status").await.contains("för tidigt"));
}
