//! What is wrong with a new password, and what the page says of it.

use chrono::TimeDelta;
use portvakt_domain::{policy::Rule, rejection::RejectionReason};
use portvakt_flows::unlock_account::Rejected;

use super::RuleView;
use crate::portal::views::{Page, Problem, listed};

/// What is wrong with a new password. Broken rules are marked in the list of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Nothing was typed in one of the fields.
    Empty,
    /// The two fields differ.
    Different,
    /// It breaks rules that the list names.
    Broken,
    /// The current password was not typed, and perhaps not the new one either.
    EmptyCurrent {
        /// Nothing was typed in one of the fields for the new one.
        new: bool,
    },
    /// It was not taken; the password is as it was, and the flow goes on.
    Rejected {
        /// Why.
        reason: RejectionReason,
        /// Hours until it may be changed, where that is why and known.
        wait_hours: Option<i64>,
    },
}

impl From<Rejected> for PasswordProblem {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected { reason: rejected.reason, wait_hours: rejected.wait.map(hours) }
    }
}

/// A wait in whole hours, rounded up.
fn hours(wait: TimeDelta) -> i64 {
    (wait.num_seconds() + 3_599) / 3_600
}

impl PasswordProblem {
    /// What the page says, each at its field.
    pub(super) fn told(self, page: &Page<'_>, rules: &[RuleView], words: &[String]) -> Vec<Problem> {
        let one = |field, key: &str| Problem::of(field, page.text(key));
        match self {
            PasswordProblem::Empty => vec![one("password", "password-empty")],
            PasswordProblem::EmptyCurrent { new } => {
                let new = new.then(|| one("password", "password-empty"));
                std::iter::once(one("current_password", "current-password-empty")).chain(new).collect()
            }
            PasswordProblem::Different => vec![one("password_again", "password-different")],
            PasswordProblem::Rejected { reason, wait_hours } => {
                let is_current = reason == RejectionReason::WrongPassword;
                let field = if is_current { "current_password" } else { "password" };
                vec![Problem::of(field, rejection(page, reason, wait_hours))]
            }
            PasswordProblem::Broken => {
                let broken = rules.iter().filter(|rule| rule.broken);
                broken.map(|rule| Problem::of("password", must(page, rule, words))).collect()
            }
        }
    }
}

/// A rule that is broken; guessed words are named, as they are the person's own typing.
fn must(page: &Page<'_>, rule: &RuleView, words: &[String]) -> String {
    if rule.rule == Rule::NotBanned && !words.is_empty() {
        return page.text_with("password-made-of", "words", &listed(words, &page.text("word-and")));
    }
    page.text_with("password-must", "rule", &rule.text(page))
}

/// Why a new password was not taken, and what to do, in a sentence or two.
pub(in crate::portal::views) fn rejection(page: &Page<'_>, reason: RejectionReason, wait_hours: Option<i64>) -> String {
    let name = ("name", (&page.help_desk.name).into());
    let key = format!("rejection-{}", reason.as_str());
    match wait_hours {
        Some(hours) => page.texts.text(page.language, &format!("{key}-wait"), &[name, ("hours", hours.into())]),
        None => page.texts.text(page.language, &key, &[name]),
    }
}
