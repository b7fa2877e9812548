//! The steps at pwreset: username, code, choice, new password, done. The code page serves pwreg too.

use askama::Template;
use chrono::TimeDelta;
use portvakt_domain::account::Choice;

use super::{Layout, Page, Problem};

mod code;
mod password;
mod rejection;
mod rules;

pub use code::{Again, CodeFor, CodeProblem, CodeView};
pub use password::{PasswordFor, PasswordView, TooEarlyView};
pub use rejection::PasswordProblem;
pub(super) use rejection::rejection;
pub use rules::{Check, RuleView};

/// What is wrong with the first form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartProblem {
    /// Nothing was typed.
    Empty,
    /// No directory could hold such a name.
    Malformed,
    /// The form lay open too long, or was sent before: a new one is on the page.
    Stale,
}

/// Step 1: who are you? POST `/`.
#[derive(Template)]
#[template(path = "reset/start.html")]
pub struct StartView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// The single-use token of the form, in field `start`.
    pub start_token: &'a str,
    /// What was typed before, in field `username`.
    pub username: &'a str,
    /// What was wrong with it.
    pub problem: Option<StartProblem>,
    /// An example of a username; may be empty.
    pub example: &'a str,
    /// pwreg's address, without a slash at the end.
    pub register_url: &'a str,
    /// Whether who knows the password may change it here.
    pub offers_change: bool,
}

impl Layout for StartView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("start-heading")
    }

    fn problems(&self) -> Vec<Problem> {
        self.problem.map(|problem| Problem::of("username", problem.text(&self.page))).into_iter().collect()
    }
}

impl StartProblem {
    pub(super) fn text(self, page: &Page<'_>) -> String {
        page.text(match self {
            StartProblem::Empty => "username-empty",
            StartProblem::Malformed => "username-malformed",
            StartProblem::Stale => "form-stale",
        })
    }
}

/// What is wrong with a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChooseProblem {
    /// None was made.
    Empty,
    /// The directory was not reached; the account is as it was, and the flow goes on.
    Unavailable,
}

/// Step 3, where there is a choice: POST `/choose` with `choice` = `keep` or `new`.
#[derive(Template)]
#[template(path = "reset/choose.html")]
pub struct ChooseView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// Whose account it is.
    pub username: &'a str,
    /// What is offered.
    pub choices: &'a [Choice],
    /// How long the directory takes no new password, where that is why none is offered.
    pub wait: Option<TimeDelta>,
    /// What was wrong.
    pub problem: Option<ChooseProblem>,
}

impl Layout for ChooseView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("choose-heading")
    }

    fn problems(&self) -> Vec<Problem> {
        let key = self.problem.map(|problem| match problem {
            ChooseProblem::Empty => "choose-empty",
            ChooseProblem::Unavailable => "unavailable-unlock",
        });
        // The link of the summary goes to the first radio.
        let first = self.options().first().map_or("", |option| option.id);
        key.map(|key| Problem::of(first, self.page.text(key))).into_iter().collect()
    }
}

/// One radio.
struct ChoiceOption {
    id: &'static str,
    value: &'static str,
    label: String,
    hint: String,
}

impl ChooseView<'_> {
    fn options(&self) -> Vec<ChoiceOption> {
        let option = |choice: &Choice| match choice {
            Choice::KeepAndUnlock => ChoiceOption {
                id: "choice-keep",
                value: "keep",
                label: self.page.text("choose-keep"),
                hint: self.page.text("choose-keep-hint"),
            },
            Choice::NewPassword => ChoiceOption {
                id: "choice-new",
                value: "new",
                label: self.page.text("choose-new"),
                hint: self.page.text("choose-new-hint"),
            },
        };
        self.choices.iter().map(option).collect()
    }

    /// Why no new password is offered.
    fn too_early(&self) -> Option<String> {
        self.wait.map(|wait| password::earliest(&self.page, wait))
    }

    fn error(&self) -> String {
        self.problems().into_iter().map(|problem| problem.text).collect()
    }
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// The password was set.
    PasswordSet,
    /// The password was changed by who knew it.
    PasswordChanged,
    /// The account was unlocked.
    Unlocked,
}

/// The last page.
#[derive(Template)]
#[template(path = "reset/done.html")]
pub struct DoneView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// What was done.
    pub kind: Done,
    /// Whose account it is.
    pub username: &'a str,
    /// What the tenant tells people next.
    pub paragraphs: &'a [String],
    /// What it tells those who are on its network.
    pub inside: &'a [String],
    /// What it tells those who are elsewhere.
    pub outside: &'a [String],
}

impl Layout for DoneView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn is_done(&self) -> bool {
        true
    }

    fn heading(&self) -> String {
        self.page.text(match self.kind {
            Done::PasswordSet => "done-password-heading",
            Done::PasswordChanged => "done-changed-heading",
            Done::Unlocked => "done-unlock-heading",
        })
    }
}

impl DoneView<'_> {
    fn sentence(&self) -> String {
        self.page.text(match self.kind {
            Done::PasswordSet | Done::PasswordChanged => "done-password",
            Done::Unlocked => "done-unlock",
        })
    }
}
