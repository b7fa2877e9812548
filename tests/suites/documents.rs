//! The documents: what they link to and what they name is there.

use std::path::{Path, PathBuf};

/// The README files and the pages under `api/docs`, by path.
fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let mut files = vec![root.join("README.md"), root.join("tests/README.md"), root.join("migrations/README.md")];
    for folder in ["api/docs", "tenants"] {
        let entries =
            std::fs::read_dir(root.join(folder)).expect("a folder").map(|entry| entry.expect("an entry").path());
        let pages = entries.map(|path| if path.is_dir() { path.join("README.md") } else { path });
        files.extend(pages.filter(|path| path.extension().is_some_and(|ending| ending == "md") && path.is_file()));
    }
    files.into_iter().map(|file| (file.clone(), std::fs::read_to_string(&file).expect("a text"))).collect()
}

/// What stands between these two, each time.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    text.split(begin).skip(1).filter_map(|rest| rest.split_once(end).map(|(found, _)| found)).collect()
}

#[test]
fn every_link_leads_to_a_file() {
    let mut seen = 0;
    for (file, text) in documents() {
        let links = between(&text, "](", ")").into_iter().chain(between(&text, "src=\"", "\""));
        for link in links.filter(|link| !link.starts_with("http") && !link.starts_with('#')) {
            let path = link.split('#').next().expect("a path");
            assert!(file.parent().expect("a folder").join(path).exists(), "{}: {link}", file.display());
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen} links");
}

#[test]
fn every_file_that_is_named_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let mut seen = 0;
    for (file, text) in documents() {
        // Within a block of code a sign of code means something else.
        let prose: String = text.split("```").step_by(2).collect();
        for named in prose.split('`').skip(1).step_by(2) {
            let ours =
                ["api/", "tenants/", "tests/", "migrations/", ".ci/"].iter().any(|folder| named.starts_with(folder));
            // A pattern such as `tests/suites/<noun>.rs` names none; a command's first word may be a file.
            let path = named.split(' ').next().expect("a word");
            if !ours || path.contains(['<', '*', '{', '$']) {
                continue;
            }
            let made_by_tests = path.starts_with("tests/fuzz/corpus") || path.starts_with("tests/fuzz/artifacts");
            // A crate's own page names files from its own folder.
            let found = root.join(path).exists() || file.parent().is_some_and(|folder| folder.join(path).exists());
            assert!(made_by_tests || found, "{}: {named}", file.display());
            seen += 1;
        }
    }
    assert!(seen > 80, "{seen} files");
}
