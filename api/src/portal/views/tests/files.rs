//! The built-in files themselves: how large they are, and what the scripts can't do.

use std::collections::BTreeSet;

use super::{all_pages, css_file, html::tags, page_script, password_script, starts};

#[test]
fn the_style_sheet_is_small_and_named_after_its_content() {
    let file = css_file();
    assert!(file.bytes.len() < 16 * 1024, "{}", file.bytes.len());
    assert!(
        file.name.starts_with("portvakt.") && file.name.ends_with(".css") && file.name.len() == 29,
        "{}",
        file.name
    );
    let text = std::str::from_utf8(file.bytes).expect("UTF-8");
    assert!(!text.contains("url(") && !text.contains("@import"));
}

/// What a script of ours has no use for: ways to keep something, to run text, to write markup.
const NEVER: [&str; 16] = [
    "XMLHttp",
    "sendBeacon",
    "WebSocket",
    "EventSource",
    "import",
    "Storage",
    "cookie",
    "indexedDB",
    "postMessage",
    "innerHTML",
    "eval",
    "Function(",
    "open(",
    "console",
    ".src",
    "href",
];

#[test]
fn the_scripts_are_small_and_keep_nothing() {
    for (file, stem, most) in [(page_script(), "page", 7), (password_script(), "password", 5)] {
        assert!(file.bytes.len() <= most * 1024, "{stem}: {}", file.bytes.len());
        assert!(file.name.starts_with(&format!("{stem}.")) && file.name.ends_with(".js"), "{}", file.name);
        let text = std::str::from_utf8(file.bytes).expect("UTF-8");
        assert!(text.contains("\n'use strict';\n"), "{stem}");
        for way in NEVER {
            assert!(!text.contains(way), "{stem}: {way}");
        }
    }
}

#[test]
fn what_is_typed_as_a_password_is_read_by_a_script_that_can_send_nothing() {
    let rules = std::str::from_utf8(password_script().bytes).expect("UTF-8");
    for way in ["fetch", "location", "submit"] {
        assert!(!rules.contains(way), "{way}");
    }
    // The other one sends one thing, which holds nothing that was typed.
    let pages = std::str::from_utf8(page_script().bytes).expect("UTF-8");
    assert_eq!(pages.matches("fetch").count(), 1);
    let sent = "fetch(dialog.dataset.stay, { method: 'POST', body: new URLSearchParams(), redirect: 'error' })";
    assert!(pages.contains(sent));
    assert!(!pages.contains("location"));
    // It never submits a form: what a code is for is read before it is sent.
    assert!(!pages.contains(".submit(") && !pages.contains("requestSubmit") && !pages.contains(".click("));
}

#[test]
fn every_rule_is_ticked_by_the_script_or_said_to_be_checked_later() {
    let script = std::str::from_utf8(password_script().bytes).expect("UTF-8");
    let known: BTreeSet<&str> = script
        .split_once("const checks = {")
        .and_then(|(_, rest)| rest.split_once("};"))
        .map(|(checks, _)| checks.lines().filter_map(|line| Some(line.split_once(": (")?.0.trim())).collect())
        .expect("the checks");
    let mut asked = BTreeSet::new();
    for shown in all_pages().iter().filter(|shown| shown.name.starts_with("reset-4-password")) {
        let tags = tags(&shown.html);
        let rules: Vec<_> = starts(&tags, "li").into_iter().filter(|li| li.get("data-rule").is_some()).collect();
        let later = starts(&tags, "span").iter().filter(|span| span.has("hidden")).count();
        let list = &shown.html[shown.html.find("<ul data-met").expect("the list")..];
        let all = list[..list.find("</ul>").expect("its end")].matches("<li").count();
        assert_eq!(rules.len() + later, all, "{}", shown.name);
        asked.extend(rules.iter().filter_map(|li| li.get("data-rule")).map(str::to_owned));
    }
    assert_eq!(asked, known.into_iter().map(str::to_owned).collect(), "a check for every rule, a rule for every check");
}
