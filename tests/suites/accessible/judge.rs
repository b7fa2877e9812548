//! What is wrong with the page a browser shows, at every width, in both schemes, with the reader's own settings.

use std::collections::BTreeSet;

use fantoccini::key::Key;
use harness::chromium::{Chromium, Script};
use serde_json::{Value, json};

use crate::tools;

const LOOK: &str = include_str!("../chromium/look.js");
const AXE: &str = include_str!("axe.js");
const REACH: &str = include_str!("reach.js");
const SPACING: &str = include_str!("spacing.js");
const STOPS: &str = include_str!("stops.js");
/// What is written on a page, however its lines break, and whatever a countdown has come to.
const TEXT: &str = "return document.body.innerText.replace(/[\\s\\u00ad]+/g, ' ').replace(/\\d+/g, '0').trim()";
/// A browser gives the focus with the next picture that it draws, not with the page's last byte. Where the errors never get
/// it, that is found later.
const FOCUSED: &str = "
  return (async () => {
    const summary = document.querySelector('.summary');
    for (let picture = 0; summary && document.activeElement !== summary && picture < 30; picture += 1) {
      await new Promise(requestAnimationFrame);
    }
  })()";
/// A sheet of A4 within its margins, in pixels of CSS.
const SHEET: u32 = 718;

/// How a problem is told that is there on a narrow screen.
const ZOOM: &str = "400 % zoom";
/// A window of 1280 pixels at 400 %, and a whole one: name, width, height, and whether dark, one after the other.
const SCREENS: [(&str, u32, u32, [bool; 2]); 2] =
    [(ZOOM, 320, 256, [true, false]), ("desktop", 1200, 800, [false, true])];

/// A browser that may run script, with axe-core on every page that it opens.
pub async fn start() -> Chromium {
    let browser = Chromium::phone(Script::On).await;
    prepare(&browser).await;
    browser
}

/// Puts axe-core on every page that the browser opens from now on.
pub async fn prepare(browser: &Chromium) {
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": tools::axe() })).await;
}

/// What has not been judged of a page yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum New {
    /// Everything.
    Page,
    /// Its words alone: the same page was judged in another language, with the same colours and stops.
    Words,
}

/// All that is wrong with the page that is shown: sentences, each after what it was shown as.
pub async fn judge(browser: &Chromium, new: New) -> Vec<String> {
    let mut problems = Problems::default();
    browser.ask(FOCUSED).await;
    let mut texts = Vec::new();
    for (name, width, height, schemes) in SCREENS {
        browser.size(width, height).await;
        for dark in schemes {
            browser.dark(dark).await;
            let shade = if dark { "dark" } else { "light" };
            // axe-core is slow: narrow in light, and wide in the dark. The contrast of all four is looked at without it.
            let by_axe = if name == ZOOM { !dark } else { dark && new == New::Page };
            let checks: &[&str] = if by_axe { &[LOOK, AXE] } else { &[LOOK] };
            problems.add(&format!("{name}, {shade}"), ask(browser, checks).await);
        }
        texts.push(browser.ask(TEXT).await);
    }
    if texts[0] != texts[1] {
        problems.add(ZOOM, vec![format!("reads {} where a wide screen reads {}", texts[0], texts[1])]);
    }
    if new == New::Page {
        media(browser, "", Some(("forced-colors", "active"))).await;
        problems.add("forced colours", ask(browser, &[LOOK]).await);
        print(browser, &mut problems).await;
    }
    browser.dark(false).await;
    browser.size(320, 640).await;
    if new == New::Page {
        problems.add("narrow", ask(browser, &[REACH]).await);
        problems.add("by keyboard", walk(browser).await);
    }
    // Last of all: the spacing stays until the next page.
    browser.ask(SPACING).await;
    problems.add("with wide spacing", ask(browser, &[LOOK_AT_BOXES, REACH]).await);
    browser.size(360, 740).await;
    problems.told
}

/// The same without what a wrong form's focus is asked for: Tab has been pressed since.
const LOOK_AT_BOXES: &str =
    concat!("document.querySelector('.summary')?.focus();", include_str!("../chromium/look.js"));

#[derive(Default)]
struct Problems {
    told: Vec<String>,
    known: BTreeSet<String>,
}

impl Problems {
    /// What is wrong everywhere is told once.
    fn add(&mut self, at: &str, problems: Vec<String>) {
        for problem in problems {
            if self.known.insert(problem.clone()) {
                self.told.push(format!("[{at}] {problem}"));
            }
        }
    }
}

/// Runs checks on the page, each of which returns a list of sentences.
async fn ask(browser: &Chromium, checks: &[&str]) -> Vec<String> {
    let checks: String = checks.iter().map(|check| format!("...await (async () => {{ {check}\n}})(),")).collect();
    let told = browser.ask(&format!("return (async () => [{checks}])()")).await;
    serde_json::from_value(told).expect("a list of sentences")
}

/// What a page is shown on and how. Nothing moves: a colour is never met on its way to another.
async fn media(browser: &Chromium, media: &str, feature: Option<(&str, &str)>) {
    let features = [Some(("prefers-reduced-motion", "reduce")), feature].into_iter().flatten();
    let features: Vec<Value> = features.map(|(name, value)| json!({ "name": name, "value": value })).collect();
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": media, "features": features })).await;
}

/// On paper: what is written in `main`, but for its forms, steps and what is said of the screen, is there, and it can be read.
async fn print(browser: &Chromium, problems: &mut Problems) {
    let written = "
      const seen = (e) => e.checkVisibility() && !e.closest('form, .unseen, .step, .paper, .more');
      return [...document.querySelectorAll('main h1, main h2, main p, main li')].filter(seen).length";
    let on_screen = browser.ask(written).await;
    browser.size(SHEET, 1000).await;
    media(browser, "print", None).await;
    // Nobody taps on paper.
    let looked = ask(browser, &[LOOK]).await.into_iter().filter(|problem| !problem.starts_with("is small"));
    problems.add("print", looked.collect());
    let on_paper = browser.ask(written).await;
    if on_paper != on_screen || on_paper == json!(0) {
        problems.add("print", vec![format!("{on_paper} paragraphs, and {on_screen} on the screen")]);
    }
    media(browser, "", None).await;
}

/// Presses Tab once for every stop of the page: it comes to all of them, in their order, and the focus can be seen.
async fn walk(browser: &Chromium) -> Vec<String> {
    let stops = browser.ask(STOPS).await.as_u64().expect("a count") as usize;
    // The window itself is a stop between the last and the first.
    browser.press(std::iter::repeat_n(Key::Tab.into(), stops + 1)).await;
    let walk: Value = browser.ask("return window.walk").await;
    let mut problems: Vec<String> = serde_json::from_value(walk["problems"].clone()).expect("sentences");
    let order: Vec<i64> = serde_json::from_value(walk["order"].clone()).expect("numbers");
    let from = walk["from"].as_u64().expect("a number") as usize;
    let expected: Vec<i64> = (0..stops).map(|at| ((from + at) % stops) as i64).collect();
    if order.get(..stops) != Some(&expected[..]) {
        problems.push(format!("Tab leads to {order:?}, and the page's order is {expected:?}"));
    }
    problems
}

/// Fails with all that was found, page by page.
pub fn nothing_is_wrong(pages: usize, found: &[(String, Vec<String>)]) {
    let wrong: Vec<_> = found.iter().filter(|(_, problems)| !problems.is_empty()).collect();
    let told: String = wrong.iter().map(|(name, problems)| format!("{name}\n  {}\n", problems.join("\n  "))).collect();
    assert!(wrong.is_empty(), "{} of {pages} pages:\n{told}", wrong.len());
}
