//! Every text that a page asks for exists, with the values it is given, and every text is asked for.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use portvakt_domain::language::Language;
use portvakt_texts::catalogue;

/// Ids of fields, which look like keys.
const NOT_KEYS: [&str; 5] = ["choice-keep", "choice-new", "which-1", "to-1", "no-sms"];
/// Keys put together from a value.
const FAMILIES: [&str; 3] = ["country-", "rejection-", "state-"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if !path.ends_with("tests") {
                files(&path, found);
            }
        } else if !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

fn sources() -> BTreeMap<PathBuf, String> {
    let portal = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/portal");
    let mut found = vec![portal.join("views.rs")];
    files(&portal.join("views"), &mut found);
    files(&portal.join("templates"), &mut found);
    found.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).expect("a source"))).collect()
}

/// The texts in quotes, outside comments.
fn quoted(source: &str) -> impl Iterator<Item = &str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split('"').skip(1).step_by(2))
}

fn looks_like_a_key(text: &str) -> bool {
    text.contains('-')
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[test]
fn what_pages_ask_for_exists_and_nothing_else_does() {
    let keys = catalogue::pages(Language::Sv);
    let mut asked = BTreeSet::new();
    for (path, source) in sources() {
        let check = |key: &str, given: Option<&str>| {
            let values = keys.get(key).unwrap_or_else(|| panic!("{}: no text {key}", path.display()));
            assert_eq!(*values, given.into_iter().collect(), "{}: {key}", path.display());
        };
        for rest in source.split("text(\"").skip(1) {
            check(rest.split('"').next().expect("a key"), None);
        }
        for rest in source.split("text_with(\"").skip(1) {
            let mut parts = rest.split('"');
            check(parts.next().expect("a key"), parts.nth(1));
        }
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        for text in quoted(&source).filter(|text| is_rust && looks_like_a_key(text)) {
            assert!(keys.contains_key(text) || NOT_KEYS.contains(&text), "{}: no text {text}", path.display());
        }
        asked.extend(keys.keys().copied().filter(|key| source.contains(&format!("\"{key}\""))));
    }
    let in_a_family = |key: &str| FAMILIES.iter().any(|family| key.starts_with(family));
    let unused: Vec<_> = keys.keys().filter(|key| !asked.contains(**key) && !in_a_family(key)).collect();
    assert!(unused.is_empty(), "never asked for: {unused:?}");
}
