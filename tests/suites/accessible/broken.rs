//! The judge sees what is wrong: pages that are broken on purpose, each in one way, and one that is whole.

use crate::{
    judge::{self, New, judge},
    shown::{Server, Shown},
};

/// A page that is right, but for what stands in its head and its body.
fn page(language: &str, style: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html{language}><head><meta charset=\"utf-8\"><title>En sida</title>
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">
         <style>body, input {{ font: 17px sans-serif; background: #fff; color: #222 }} :focus-visible {{ outline: 3px solid }} input, button {{ border: 2px solid; height: 3rem }}
         {style}</style></head>
         <body><main><h1>En sida</h1><form><label for=\"field\">Ett fält</label> <input id=\"field\"> {body} <button>Vidare</button></form></main></body></html>"
    )
}

/// A name, a page, and what has to be said of it.
fn broken() -> Vec<(&'static str, String, &'static str)> {
    const SV: &str = " lang=\"sv\"";
    vec![
        ("language", page("", "", ""), "axe violation html-has-lang"),
        ("label", page(SV, "", "<input type=\"email\">"), "axe violation label"),
        ("contrast", page(SV, "h1 { color: #999; background: #fff }", ""), "axe violation color-contrast"),
        (
            "contrast-in-the-dark",
            page(SV, "@media (prefers-color-scheme: dark) { h1 { color: #ddd } }", ""),
            "[400 % zoom, dark] is hard to read",
        ),
        ("wide", page(SV, "form { width: 400px }", ""), "scrolls sideways"),
        (
            "lost",
            page(SV, "@media (width < 600px) { label + input + p { display: none } }", "<p>Viktigt</p>"),
            "where a wide screen reads",
        ),
        (
            "spacing",
            page(
                SV,
                ".line { height: 1.2em; width: 9rem; overflow: hidden }",
                "<p class=\"line\">Det här får plats</p>",
            ),
            "[with wide spacing] cuts off what is written",
        ),
        (
            "covered",
            page(SV, "form { position: relative } .over { position: absolute; inset: 0 }", "<p class=\"over\"></p>"),
            "can't be reached",
        ),
        ("ring", page(SV, ":focus-visible { outline: none }", ""), "the focus can't be seen"),
        ("order", page(SV, "", "<button tabindex=\"5\">Först</button>"), "Tab leads to"),
        ("unreachable", page(SV, "", "<a href=\"#field\" tabindex=\"-1\">Länk</a>"), "Tab leads to"),
        (
            "above",
            page(SV, "form { display: flex; flex-direction: column-reverse }", "<a href=\"#field\">Länk</a>"),
            "stands above what comes before it",
        ),
        ("paper", page(SV, "@media print { h1 { display: none } }", ""), "[print]"),
        (
            "forced",
            page(
                SV,
                "@media (forced-colors: active) { h1 { forced-color-adjust: none; color: #fff; background: #fff } }",
                "",
            ),
            "[forced colours]",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_is_seen_and_a_whole_page_has_none() {
    let mut pages: Vec<Shown> = vec![("whole".to_owned(), page(" lang=\"sv\"", "", ""))];
    pages.extend(broken().into_iter().map(|(name, html, _)| (name.to_owned(), html)));
    let server = Server::start(&pages).await;
    let browser = judge::start().await;
    browser.open(&server.url("whole")).await;
    assert_eq!(judge(&browser, New::Page).await, Vec::<String>::new());
    let mut unseen = Vec::new();
    for (name, _, expected) in broken() {
        browser.open(&server.url(name)).await;
        let problems = judge(&browser, New::Page).await;
        if !problems.iter().any(|problem| problem.contains(expected)) {
            unseen.push(format!("{name}: {problems:#?}"));
        }
    }
    assert!(unseen.is_empty(), "{}", unseen.join("\n"));
}
