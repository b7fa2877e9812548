//! HTML that is valid, by html-validate: every state of every page, and the pages of a running demo that need no journey.

use std::{collections::BTreeMap, path::Path};

use harness::chromium::Script;
use portvakt_domain::language::Language;
use serde::Deserialize;

use crate::{
    served::{self, Served},
    shown,
    stage::Stage,
    tools,
};

/// What the tool says of a file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    file_path: String,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    rule_id: String,
    message: String,
    line: u32,
    column: u32,
    selector: Option<String>,
}

/// The faults of each page, after pages are written into a folder.
fn faults(pages: &[(String, String)]) -> BTreeMap<String, Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, html) in pages {
        let file = folder.path().join(format!("{name}.html"));
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, html).expect("a page");
    }
    let files: Vec<File> = serde_json::from_str(&tools::html_validate(folder.path())).expect("what it found");
    let name = |path: &str| {
        let path = Path::new(path).strip_prefix(folder.path()).expect("a page").with_extension("");
        path.to_string_lossy().into_owned()
    };
    let told = |message: Message| {
        let Message { rule_id, message, line, column, selector } = message;
        format!("{rule_id} {line}:{column} {}: {message}", selector.unwrap_or_default())
    };
    files
        .into_iter()
        .filter(|file| !file.messages.is_empty())
        .map(|file| (name(&file.file_path), file.messages.into_iter().map(told).collect()))
        .collect()
}

#[test]
fn every_state_of_every_page_is_valid() {
    let pages: Vec<_> = Language::ALL.into_iter().flat_map(shown::pages).collect();
    let faults = faults(&pages);
    let told: String = faults.iter().map(|(name, faults)| format!("{name}\n  {}\n", faults.join("\n  "))).collect();
    assert!(faults.is_empty(), "{} of {} pages:\n{told}", faults.len(), pages.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_that_needs_no_journey_is_valid_as_it_is_served() {
    let stage = Stage::with("markup", Script::On).await;
    let mut pages = Vec::new();
    for slug in ["orebro", "mjolby"] {
        for Served { house, path, html, .. } in served::pages(&stage, slug).await {
            pages.push((format!("{slug}-{}{}", house.as_str(), path.trim_end_matches('/')), html));
        }
    }
    let faults = faults(&pages);
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_fault_is_found() {
    let page = |body: &str| {
        format!(
            "<!DOCTYPE html>\n<html lang=\"sv\">\n<head>\n<title>En sida</title>\n</head>\n<body>\n{body}</body>\n</html>\n"
        )
    };
    let pages = [
        ("whole", page("<p>hel</p>\n")),
        ("unclosed", page("<div><p>öppen</p>\n")),
        ("unlabelled", page("<input type=\"text\" name=\"x\">\n")),
        ("twice", page("<p id=\"a\">en</p><p id=\"a\">två</p>\n")),
    ];
    let faults = faults(&pages.map(|(name, html)| (name.to_owned(), html)));
    for (name, rule) in [("unclosed", "close-order"), ("unlabelled", "input-missing-label"), ("twice", "no-dup-id")] {
        let found = faults.get(name).map(|faults| faults.join("\n")).unwrap_or_default();
        assert!(found.contains(rule), "{name}: {faults:#?}");
    }
    assert!(!faults.contains_key("whole"), "{faults:#?}");
}
