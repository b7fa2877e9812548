//! The new password: the form with its rules, or how long there can't be one.

use askama::Template;
use chrono::TimeDelta;

use super::{PasswordProblem, RuleView};
use crate::portal::views::{Layout, Page, Problem, page_script, password_script};

/// What a new password is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFor {
    /// The old one is forgotten, or need not be known.
    Reset,
    /// The old one is known, and asked for on the page.
    Change,
}

/// The last step, the new password: POST `/password` with `password` and `password_again`; in a change POST
/// `/change/password` with `current_password` besides.
#[derive(Template)]
#[template(path = "reset/password.html")]
pub struct PasswordView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// What it is asked for.
    pub purpose: PasswordFor,
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

    fn asks_password(&self) -> bool {
        true
    }

    fn scripts(&self) -> Vec<&'static str> {
        [page_script(), password_script()].map(|script| script.href.as_str()).into()
    }

    fn problems(&self) -> Vec<Problem> {
        self.problem.map_or_else(Vec::new, |problem| problem.told(&self.page, &self.rules, self.words))
    }
}

impl PasswordView<'_> {
    fn who(&self) -> String {
        let key = if self.asks_for_current() { "change-who" } else { "choose-who" };
        self.page.text_with(key, "user", self.username)
    }

    fn asks_for_current(&self) -> bool {
        self.purpose == PasswordFor::Change
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
