//! The guides in a browser: narrow and wide, light and dark, on paper; and their pictures, which are taken here.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use harness::chromium::{Chromium, Script};
use serde_json::{Value, json};

use crate::stage::Stage;

/// A folder with the pages that pictures are to be taken of; `tests/screens guides` sets it.
const PAGES: &str = "PORTVAKT_GUIDES_DIR";

/// What a picture shows: from the top of the page's main part to the first button that goes on, or to the end. What depends
/// on the tenant, as the rules for a password do, is told beside it.
const PART: &str = "
  for (const element of document.querySelectorAll('.rules')) element.style.display = 'none';
  const main = document.querySelector('main').getBoundingClientRect();
  const next = document.querySelector('main button.next');
  const last = (next ?? document.querySelector('main').lastElementChild).getBoundingClientRect().bottom;
  const top = Math.ceil(main.top) + 1;
  return [main.left, top, main.width, Math.ceil(last + 10 - top)];";

/// How much larger than on the phone. They are shown smaller than there, with two of their pixels for one of the page.
const SCALE: f64 = 1.5;

fn side(part: &Value, at: usize) -> f64 {
    part[at].as_f64().expect("a side")
}

/// A picture of the page that a phone is on, and its size in pixels.
async fn take(phone: &Chromium) -> (Vec<u8>, u32, u32) {
    let part = phone.ask(PART).await;
    let part = [side(&part, 0), side(&part, 1), side(&part, 2), side(&part, 3)];
    let bytes = phone.part(part, SCALE).await;
    (bytes, (part[2] * SCALE) as u32, (part[3] * SCALE) as u32)
}

/// Where the pictures are kept.
fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/src/portal/assets/guides")
}

/// With `PORTVAKT_GUIDES_DIR` set, takes every picture anew and lists what it was taken of.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_are_taken() {
    let Some(folder) = std::env::var_os(PAGES).map(PathBuf::from) else { return };
    let phone = Chromium::phone(Script::Off).await;
    let mut taken = String::new();
    for line in std::fs::read_to_string(folder.join("pages.txt")).expect("the pages").lines() {
        let (name, hash) = line.split_once(' ').expect("a name and a hash");
        let page = folder.join(format!("{}.html", name.replace('/', "-")));
        phone.open(&format!("file://{}", page.display())).await;
        let (bytes, width, height) = take(&phone).await;
        std::fs::write(kept().join(format!("{name}.webp")), bytes).expect("a picture is kept");
        writeln!(taken, "{name} {width}x{height} {hash}").expect("a line");
    }
    std::fs::write(kept().join("taken.txt"), taken).expect("the list");
}

const HOSTS: [(&str, &[&str]); 2] = [
    ("pwreset.orebro.localhost", &["registration", "reset", "functional", "reminders"]),
    ("pwreg.mjolby.localhost", &["registration", "reset", "reminders"]),
];

/// Whether all pictures are drawn in their own shape, and how many there are.
const DRAWN: &str = "
  const pictures = [...document.querySelectorAll('.shot')];
  return pictures.map((picture) => {
    const box = picture.getBoundingClientRect();
    const shape = picture.naturalWidth / picture.naturalHeight;
    return picture.complete && box.width >= 100 && Math.abs(box.width / box.height - shape) < 0.02;
  });";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guides_are_read_at_every_width_and_their_pictures_are_drawn() {
    let mut stage = Stage::set("guides").await;
    for (host, guides) in HOSTS {
        stage.phone.open(&stage.url(host, "/guides")).await;
        stage.comes_to("/guides", &format!("{host}-list")).await;
        for guide in guides {
            stage.phone.open(&stage.url(host, &format!("/guides/{guide}"))).await;
            let drawn = stage.phone.ask(DRAWN).await;
            let drawn = drawn.as_array().expect("pictures");
            assert!(drawn.len() >= 2 && drawn.iter().all(|drawn| *drawn == Value::Bool(true)), "{guide}: {drawn:?}");
            stage.comes_to(&format!("/guides/{guide}"), &format!("{host}-{guide}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_tells_what_they_thought() {
    let mut stage = Stage::set("feedback").await;
    stage.phone.open(&stage.url("pwreset.mjolby.localhost", "/")).await;
    stage.phone.tap_through("main .aside a[href^='/guides']").await;
    assert_eq!(stage.phone.path().await, "/guides/reset");
    stage.phone.fill("#text", "Bilden är för liten.").await;
    stage.phone.tap_through("main button.next").await;
    assert_eq!(stage.phone.path().await, "/guides/feedback");
    stage.is_told("helpful", "Välj ja eller nej.", "no-choice").await;
    assert_eq!(stage.phone.ask("return document.querySelector('#text').value").await, "Bilden är för liten.");
    stage.phone.tap("label[for=unhelpful]").await;
    stage.phone.tap_through("main button.next").await;
    stage.comes_to("/guides/thanks", "thanks").await;
}

/// What is seen on paper: no form, no button; no step torn apart; addresses in full.
const ON_PAPER: &str = "
  const seen = (css) => [...document.querySelectorAll(css)].filter((element) => element.checkVisibility()).length;
  const address = (link) => link.href.replace(/\\/?(\\?.*)?$/, '');
  const hidden = [...document.querySelectorAll('main section a')].filter((link) => link.textContent !== address(link));
  return {
    forms: seen('form, button, textarea, .skip, .paper'),
    whole: [...document.querySelectorAll('.one')].every((step) => getComputedStyle(step).breakInside === 'avoid'),
    head: seen('.tenant') + seen('.logo') + seen('.dated'),
    hidden: hidden.map((link) => link.textContent),
    ink: getComputedStyle(document.querySelector('main section p')).color,
  };";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guide_is_printed_on_few_sheets() {
    let stage = Stage::set("paper").await;
    for (host, guides) in HOSTS {
        for guide in guides {
            stage.phone.open(&stage.url(host, &format!("/guides/{guide}"))).await;
            let pdf = stage.phone.printed().await;
            let pages = pdf.windows(12).filter(|bytes| bytes.starts_with(b"/Type /Page\n")).count();
            assert!((2..=6).contains(&pages), "{host}, {guide}: {pages} sheets");
            if let Some(folder) = std::env::var_os("PORTVAKT_TEST_PICTURES").map(PathBuf::from) {
                std::fs::write(folder.join(format!("guide-{guide}-{host}.pdf")), &pdf).expect("kept");
            }
            stage.phone.on_paper(true).await;
            let shown = stage.phone.ask(ON_PAPER).await;
            let expected = json!({ "forms": 0, "whole": true, "head": 3, "hidden": [], "ink": "rgb(0, 0, 0)" });
            assert_eq!(shown, expected, "{host}, {guide}");
            stage.phone.on_paper(false).await;
        }
    }
}
