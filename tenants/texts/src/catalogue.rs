//! Which texts there are, and which values each of them takes: what tests and the lint of a tenant's own texts go by.

use std::collections::{BTreeMap, BTreeSet};

use portvakt_domain::language::Language;

use crate::FILES;

/// The files of what is sent; all others are read in a browser.
const MESSAGES: [&str; 2] = ["messages.ftl", "reminders.ftl"];

/// Keys, each with the names of the values that it takes.
pub type Keys = BTreeMap<&'static str, BTreeSet<&'static str>>;

/// What pages say.
pub fn pages(language: Language) -> Keys {
    keys(language, |file| !is_sent(file))
}

/// What messages say.
pub fn messages(language: Language) -> Keys {
    keys(language, is_sent)
}

fn is_sent(file: &str) -> bool {
    MESSAGES.iter().any(|name| file.ends_with(name))
}

fn keys(language: Language, of_these: fn(&str) -> bool) -> Keys {
    let mut keys = Keys::new();
    for (_, _, source) in FILES.iter().filter(|(of, file, _)| *of == language && of_these(file)) {
        let mut current = None;
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            // A text's further lines are indented, or close its variants.
            if let Some((key, _)) = line.split_once(" =").filter(|(key, _)| is_key(key)) {
                current = Some(key);
            }
            if let Some(key) = current {
                keys.entry(key).or_default().extend(values(line));
            }
        }
    }
    keys
}

fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn values(line: &'static str) -> impl Iterator<Item = &'static str> {
    line.split('$').skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}
