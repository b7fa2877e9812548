//! What every page keeps, whatever a tenant writes: people and programs find their way by these words.

use portvakt_domain::language::Language;

/// A promise that a text holds, by language.
struct Promise {
    keys: &'static [&'static str],
    kept: fn(&str, &str) -> bool,
    swedish: &'static str,
    english: &'static str,
    told: &'static str,
}

const PROMISES: [Promise; 3] = [
    Promise {
        keys: &[
            "done-password-heading",
            "done-changed-heading",
            "done-unlock-heading",
            "done-saved-heading",
            "done-kept-heading",
            "done-removed-heading",
            "done-waiting-heading",
            "done-stopped-heading",
        ],
        kept: |text, word| text.starts_with(word),
        swedish: "Klart",
        english: "Done",
        told: "begin with",
    },
    Promise {
        keys: &["choose-keep"],
        kept: |text, word| text.to_lowercase().contains(word),
        swedish: "behåll",
        english: "keep",
        told: "hold the word",
    },
    Promise {
        keys: &["choose-new"],
        kept: |text, word| text.to_lowercase().contains(word),
        swedish: "nytt lösenord",
        english: "new password",
        told: "hold the words",
    },
];

/// Labels and headings are short: they stand on buttons, above fields and in the title.
const SHORT: [(&[&str], usize); 2] =
    [(&["button-", "label-", "link-", "subject-", "reminder-subject"], 60), (&["-heading"], 90)];
const LONGEST: usize = 600;

/// What a text breaks of it.
pub(super) fn broken(language: Language, key: &str, shown: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for Promise { keys, kept, swedish, english, told } in PROMISES {
        let word = match language {
            Language::Sv => swedish,
            Language::En => english,
        };
        if keys.contains(&key) && !kept(shown, word) {
            problems.push(format!("it has to {told} {word:?}: people and guides go by it"));
        }
    }
    let of_this = |parts: &[&str]| {
        parts.iter().any(|part| key.starts_with(part) || (part.starts_with('-') && key.ends_with(part)))
    };
    let longest = SHORT.iter().find(|(parts, _)| of_this(parts)).map_or(LONGEST, |(_, longest)| *longest);
    let length = shown.chars().count();
    if length > longest {
        problems.push(format!("{length} characters; write at most {longest}"));
    }
    problems
}
