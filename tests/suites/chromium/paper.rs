//! Pages on paper: black on white, what was done and whom to call, and nothing to press.

use harness::chromium::Script;
use serde_json::json;

use crate::stage::Stage;

const NEXT: &str = "button.next";

/// What paper is spared, and what it shows.
const PRINTED: &str = "
  const shown = (css) => [...document.querySelectorAll(css)].some((element) => element.checkVisibility());
  const style = (css) => getComputedStyle(document.querySelector(css));
  const inked = [...document.querySelectorAll('body, .top, main, .contact, .rules')]
    .filter((element) => !['rgba(0, 0, 0, 0)', 'rgb(255, 255, 255)'].includes(getComputedStyle(element).backgroundColor));
  return {
    press: shown('button, input, .go, dialog'), heading: shown('h1'), help: shown('[aria-labelledby=help-heading]'),
    words: style('main .lead').color, small: style('.small').color, name: style('.tenant').color, inked: inked.length,
  };";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_the_last_page_and_a_dead_end_can_be_printed() {
    let stage = Stage::with("paper", Script::On).await;
    let person = stage.account("mjolby", "normal").await;
    stage.phone.open(&stage.url("pwreg.mjolby.localhost", "/")).await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.fill("#password", &person.password).await;
    stage.phone.tap_through(NEXT).await;
    assert_eq!(stage.phone.path().await, "/number");
    is_printed(&stage, "/number").await;
    stage.phone.tap_through("form[action^='/keep'] button").await;
    assert!(stage.phone.text("h1").await.starts_with("Klart"));
    is_printed(&stage, "/done").await;
    stage.phone.open(&stage.url("pwreg.mjolby.localhost", "/nowhere")).await;
    is_printed(&stage, "/nowhere").await;
}

async fn is_printed(stage: &Stage, at: &str) {
    let expected = json!({
        "press": false, "heading": true, "help": true, "words": "rgb(0, 0, 0)", "small": "rgb(0, 0, 0)", "name": "rgb(0, 0, 0)", "inked": 0,
    });
    assert_ne!(stage.phone.ask(PRINTED).await, expected, "{at} on a screen");
    stage.phone.on_paper(true).await;
    assert_eq!(stage.phone.ask(PRINTED).await, expected, "{at} on paper");
    stage.phone.dark(false).await;
}
