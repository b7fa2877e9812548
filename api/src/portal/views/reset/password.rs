//! The new password: the form with its rules, or how long there can't be one.

use askama::Template;
use chrono::TimeDelta;
use portvakt_domain::{flow, policy::Rule};

use super::RuleView;
use crate::portal::views::{Layout, Page, Problem, listed, password_script};

/// What is wrong with a new password. Broken rules are marked in the list of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Nothing was typed in one of the fields.
    Empty,
    /// The two fields differ.
    Different,
    /// It breaks rules that the list names.
    Broken,
    /// The directory refused it.
    RejectedByDirectory,
    /// The directory was not reached; the password is as it was, and the flow goes on.
    Unavailable,
}

/// Step 3, the new password: POST `/password` with `password` and `password_again`.
#[derive(Template)]
#[template(path = "reset/password.html")]
pub struct PasswordView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// Whose account it is.
    pub username: &'a str,
    /// The rules, each with whether what was typed breaks it.
    pub rules: Vec<RuleView>,
    /// The words that what was typed is made of, where that is what is wrong.
    pub words: &'a [String],
    /// What was wrong.
    pub problem: Option<PasswordProblem>,
}

impl Layout for PasswordView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("password-heading")
    }

    fn step(&self) -> Option<(u32, u32)> {
        Some((3, 3))
    }

    fn problems(&self) -> Vec<Problem> {
        let one = |key: &str| vec![Problem::of("password", self.page.text(key))];
        match self.problem {
            None => Vec::new(),
            Some(PasswordProblem::Empty) => one("password-empty"),
            Some(PasswordProblem::Different) => {
                vec![Problem::of("password_again", self.page.text("password-different"))]
            }
            Some(PasswordProblem::RejectedByDirectory) => one("password-rejected"),
            Some(PasswordProblem::Unavailable) => one("password-unavailable"),
            Some(PasswordProblem::Broken) => {
                let broken = self.rules.iter().filter(|rule| rule.broken);
                broken.map(|rule| Problem::of("password", self.must(rule))).collect()
            }
        }
    }
}

impl PasswordView<'_> {
    fn must(&self, rule: &RuleView) -> String {
        if rule.rule == Rule::NotBanned && !self.words.is_empty() {
            let words = listed(self.words, &self.page.text("word-and"));
            return self.page.text_with("password-made-of", "words", &words);
        }
        self.page.text_with("password-must", "rule", &rule.text(&self.page))
    }

    fn minutes(&self) -> i64 {
        flow::IDLE_LIFE.num_minutes()
    }

    fn script_href(&self) -> &'static str {
        &password_script().href
    }

    /// How many rules are met, with the places that the script fills in.
    fn count(&self) -> String {
        let page = &self.page;
        page.texts.text(page.language, "password-count", &[("met", "{met}".into()), ("of", "{of}".into())])
    }
}

/// Step 3 where the directory takes no new password yet: how long that lasts.
#[derive(Template)]
#[template(path = "reset/too_early.html")]
pub struct TooEarlyView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// Whose account it is.
    pub username: &'a str,
    /// How long it lasts.
    pub wait: TimeDelta,
}

impl Layout for TooEarlyView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("too-early-heading")
    }
}

impl TooEarlyView<'_> {
    fn earliest(&self) -> String {
        earliest(&self.page, self.wait)
    }
}

/// From when a password may be changed again, in the unit that says it best, rounded up.
pub(super) fn earliest(page: &Page<'_>, wait: TimeDelta) -> String {
    let minutes = wait.num_seconds().max(1).saturating_add(59) / 60;
    match minutes {
        ..120 => page.text_with("too-early-minutes", "minutes", minutes),
        120..2880 => page.text_with("too-early-hours", "hours", (minutes + 59) / 60),
        _ => page.text_with("too-early-days", "days", (minutes + 1439) / 1440),
    }
}
