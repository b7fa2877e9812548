//! What is wrong with a tenant's own texts, before anybody reads them: each problem with its key, its language and what
//! to do.

use std::collections::BTreeSet;

use fluent_syntax::ast::Pattern;
use portvakt_domain::{
    language::Language,
    tenant::{
        TenantSettings,
        plain::{has_markup, is_unseen, says_something},
    },
};

use crate::{Argument, Texts, alone, catalogue};

mod messages;
mod nearest;
mod pattern;
mod promises;
#[cfg(test)]
mod tests;

/// The longest pattern, with all its variants.
const LONGEST_PATTERN: usize = 2_000;
/// Counts that Swedish and English inflect by, and figures of each length that pages count in.
const SAMPLES: [i64; 8] = [0, 1, 2, 3, 5, 10, 48, 240];

/// Where a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Page,
    /// In SMS, and in mails too.
    Sms,
    /// In mails alone.
    Mail,
}

impl Place {
    fn of(key: &str, is_message: bool) -> Self {
        match is_message {
            false => Place::Page,
            true if is_subject(key) || key.starts_with("reminder-") => Place::Mail,
            true if key.starts_with("mail-") || key == "not-you-phone-or-mail" => Place::Mail,
            true => Place::Sms,
        }
    }
}

/// Whether a text is a mail's subject.
fn is_subject(key: &str) -> bool {
    key.starts_with("subject-") || key == "reminder-subject" || key.contains("-reminder-subject")
}

/// A text that a tenant wrote.
struct Own<'a> {
    language: Language,
    key: &'a str,
    pattern: &'a str,
    place: Place,
    /// The values that the built-in text takes.
    known: BTreeSet<&'static str>,
}

/// Everything that is wrong with a tenant's own texts, as `texts.sv.key: what to do`. Empty when nothing is.
pub fn problems(built_in: &Texts, settings: &TenantSettings) -> Vec<String> {
    let mut problems = Vec::new();
    for language in Language::ALL {
        let (pages, sent) = (catalogue::pages(language), catalogue::messages(language));
        for (key, pattern) in settings.texts.own(language) {
            let found = match pages
                .get(key.as_str())
                .map(|known| (known, false))
                .or(sent.get(key.as_str()).map(|known| (known, true)))
            {
                None => vec![nearest::unknown(key, pages.keys().chain(sent.keys()).copied())],
                Some(_) if of_no_tenant(key) => vec!["this text is on no page of a tenant; take it out".to_owned()],
                Some((known, is_message)) => {
                    let place = Place::of(key, is_message);
                    Own { language, key, pattern, place, known: known.clone() }.problems()
                }
            };
            problems.extend(found.into_iter().map(|problem| format!("texts.{}.{key}: {problem}", language.tag())));
        }
    }
    // Whole messages can be looked at when each of their texts can be read; what was refused is not read once more.
    if !problems.is_empty() {
        return problems;
    }
    match built_in.with_own(&settings.texts) {
        Ok(texts) => messages::problems(&texts, settings),
        Err(error) => vec![format!("texts: {error}")],
    }
}

/// Hosts that nobody has and the demo answer in the built-in words.
fn of_no_tenant(key: &str) -> bool {
    ["bare-", "demo-", "outbox-", "state-"].iter().any(|prefix| key.starts_with(prefix)) || key == "language-name"
}

impl Own<'_> {
    fn problems(&self) -> Vec<String> {
        if self.pattern.chars().count() > LONGEST_PATTERN {
            return vec![format!("write at most {LONGEST_PATTERN} characters")];
        }
        // 1. Its form, and the values that it names.
        let read = match pattern::read(self.key, self.pattern) {
            Ok(read) => read,
            Err(problem) => return vec![problem],
        };
        let mut problems = self.values(&read);
        problems.extend(pattern::foreign(&read));
        let (numbers, never) = pattern::choices(&read);
        problems.extend(never);
        if !problems.is_empty() {
            return problems;
        }
        // 2. What people would read, whichever of its variants that is.
        let Some(all_shown) = self.all_shown(numbers) else {
            return vec!["it has too many values in { } to be shown whole; write it with fewer".to_owned()];
        };
        for shown in all_shown {
            problems.extend(self.characters(&shown));
            problems.extend(promises::broken(self.language, self.key, &shown));
        }
        let once: BTreeSet<String> = problems.into_iter().collect();
        once.into_iter().collect()
    }

    /// Values that are unknown here, and values that have to be told and are not.
    fn values(&self, read: &Pattern<String>) -> Vec<String> {
        let mut problems = Vec::new();
        let all = || match self.known.is_empty() {
            true => "it takes no values".to_owned(),
            false => format!(
                "it takes {}",
                self.known.iter().map(|name| format!("{{ ${name} }}")).collect::<Vec<_>>().join(", ")
            ),
        };
        for name in pattern::named(read) {
            if !self.known.contains(name.as_str()) {
                problems.push(format!("there is no value {{ ${name} }} here; {}", all()));
            }
        }
        let mut told = pattern::told_to_all(read);
        // Kinds of characters are four: where the first three have a variant each, the default is for all of them.
        if self.key == "rule-kinds" && (1..=3).all(|count| pattern::choices(read).0.contains(&count)) {
            told.insert("count".to_owned());
        }
        for name in &self.known {
            if !told.contains(*name) && !self.may_leave_out(name) {
                problems
                    .push(format!("{{ ${name} }} is missing, in the text or in one of its variants; people need it"));
            }
        }
        problems
    }

    /// Who is asked for help and whose page it is stand elsewhere on a page; in a message they stand nowhere else.
    fn may_leave_out(&self, name: &str) -> bool {
        self.place == Place::Page && matches!(name, "name" | "tenant" | "user" | "example")
    }

    /// The text with values of each kind, and with each number that a variant is chosen by. `None` where pages would fall
    /// back to the built-in text.
    fn all_shown(&self, numbers: BTreeSet<i64>) -> Option<BTreeSet<String>> {
        let counts = numbers.into_iter().chain(SAMPLES).map(Argument::Number);
        let shown = counts.chain([Argument::Text("ord")]).map(|value| {
            // A code is looked at in whole messages; here it must not look like one.
            let of = |name: &'static str| if name == "code" { Argument::Text("ord") } else { value };
            let arguments: Vec<_> = self.known.iter().map(|name| (*name, of(name))).collect();
            alone(self.language, self.key, self.pattern, &arguments)
        });
        shown.collect()
    }

    fn characters(&self, shown: &str) -> Vec<String> {
        let mut problems = Vec::new();
        if !says_something(shown) {
            problems.push("write something".to_owned());
        }
        let breaks_allowed = self.place == Place::Page;
        for c in shown.chars().filter(|c| is_unseen(*c) && !(*c == '\n' && breaks_allowed)) {
            problems.push(match c {
                '\n' => "write it on one line; a message is one sentence or few".to_owned(),
                c => format!("U+{:04X} is a character that nobody sees; take it out", u32::from(c)),
            });
        }
        if has_markup(shown) {
            problems.push("there is no markup here: < and & are shown as they are; write plain words".to_owned());
        }
        if self.place == Place::Sms {
            for c in shown
                .chars()
                .filter(|c| portvakt_domain::gsm7::septets(&c.to_string()).is_none() && *c != '\n' && !is_unseen(*c))
            {
                problems.push(format!(
                    "{c:?} (U+{:04X}) is not in the alphabet of SMS; {}",
                    u32::from(c),
                    instead_of(c)
                ));
            }
        }
        if self.place == Place::Sms && self.key.starts_with("code-") && looks_like_a_link(shown) {
            problems
                .push("it looks as if it held a link; nobody is to follow one out of an SMS with a code".to_owned());
        }
        if self.place != Place::Page && has_six_digits(shown) {
            problems.push("six digits in a row would look like a code; write them in pairs".to_owned());
        }
        problems
    }
}

/// What to write instead of a sign that SMS lacks.
fn instead_of(c: char) -> &'static str {
    match c {
        '–' | '—' | '‑' | '−' => "write -",
        '’' | '‘' | '´' | '`' => "write '",
        '”' | '“' | '„' | '»' | '«' => "write \"",
        '…' => "write three full stops",
        '\u{a0}' | '\u{202f}' | '\u{2009}' => "write a space",
        _ => "write it otherwise",
    }
}

/// Whether phones would make a link of something in it.
fn looks_like_a_link(text: &str) -> bool {
    let dotted = |word: &str| {
        let mut parts = word.split('.').peekable();
        while let (Some(before), Some(after)) = (parts.next(), parts.peek()) {
            if before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphabetic) {
                return true;
            }
        }
        false
    };
    text.contains("://") || text.split_whitespace().any(dotted)
}

fn has_six_digits(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|group| group.len() == 6)
}
