//! The steps at pwreset: username, code, choice, new password, done. The code page serves pwreg too.

use askama::Template;
use chrono::TimeDelta;
use portvakt_domain::account::Choice;

use super::{Layout, Page, Problem};

mod password;
mod rejection;
mod rules;

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

    fn step(&self) -> Option<(u32, u32)> {
        Some((1, 3))
    }

    fn problems(&self) -> Vec<Problem> {
        let key = self.problem.map(|problem| match problem {
            StartProblem::Empty => "username-empty",
            StartProblem::Malformed => "username-malformed",
            StartProblem::Stale => "form-stale",
        });
        key.map(|key| Problem::of("username", self.page.text(key))).into_iter().collect()
    }
}

/// What a code is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFor<'a> {
    /// To get back in. Nothing is said of the number: nothing is proved yet.
    Reset,
    /// To change a password that is known: it was right, so the code was sent.
    Change,
    /// To change a number that is registered; masked.
    OldNumber(&'a str),
    /// To confirm the number being registered; masked.
    NewNumber(&'a str),
}

/// What is wrong with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeProblem {
    /// Nothing was typed.
    Empty,
    /// Not six digits.
    Format,
    /// Not the code.
    Wrong,
    /// Wrong three times: it is dead, a new one has to be asked for.
    Dead,
    /// Too old.
    Expired,
}

/// What came of asking for a new code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Nobody asked.
    NotAsked,
    /// A new code is on its way.
    Sent,
    /// Too early, or too often.
    Refused,
}

/// Step 2, and the codes at pwreg: POST `/code`, POST `/code/again`, POST `/cancel`.
#[derive(Template)]
#[template(path = "reset/code.html")]
pub struct CodeView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// What the code is for.
    pub purpose: CodeFor<'a>,
    /// What was wrong with what was typed.
    pub problem: Option<CodeProblem>,
    /// How long a code is valid.
    pub minutes: u32,
    /// What came of asking for a new code, if that was just done.
    pub again: Again,
    /// How long it is until the next may be asked for; `None`: now.
    pub resend_wait_seconds: Option<i64>,
    /// Whether the flow may ask for more codes at all.
    pub can_ask_again: bool,
}

impl Layout for CodeView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text(match self.purpose {
            CodeFor::Reset | CodeFor::Change => "code-heading-reset",
            CodeFor::OldNumber(_) | CodeFor::NewNumber(_) => "code-heading-register",
        })
    }

    fn step(&self) -> Option<(u32, u32)> {
        Some(match self.purpose {
            CodeFor::Reset | CodeFor::Change => (2, 3),
            CodeFor::OldNumber(_) | CodeFor::NewNumber(_) => (3, 3),
        })
    }

    fn problems(&self) -> Vec<Problem> {
        let key = self.problem.map(|problem| match problem {
            CodeProblem::Empty => "code-empty",
            CodeProblem::Format => "code-format",
            CodeProblem::Wrong => "code-wrong",
            CodeProblem::Dead => "code-dead",
            CodeProblem::Expired => "code-expired",
        });
        key.map(|key| Problem::of("code", self.page.text(key))).into_iter().collect()
    }
}

impl CodeView<'_> {
    fn intro(&self) -> String {
        match self.purpose {
            CodeFor::Reset => self.page.text("code-sent"),
            CodeFor::Change => self.page.text("code-sent-change"),
            CodeFor::OldNumber(number) => self.page.text_with("code-sent-old", "number", &unbroken(number)),
            CodeFor::NewNumber(number) => self.page.text_with("code-sent-new", "number", &unbroken(number)),
        }
    }

    /// What came of asking for a new code.
    fn again_line(&self) -> Option<String> {
        match (self.again, self.purpose) {
            (Again::NotAsked, _) => None,
            (Again::Sent, CodeFor::Reset) => Some(self.page.text("code-resent")),
            (Again::Sent, _) => Some(self.page.text("code-resent-register")),
            (Again::Refused, _) if !self.can_ask_again => Some(self.page.text("code-again-none")),
            (Again::Refused, _) => {
                self.resend_wait_seconds.map(|seconds| self.page.text_with("code-again-wait", "seconds", seconds))
            }
        }
    }

    /// The way out for those who can't receive the SMS.
    fn way_out(&self) -> String {
        let name = &self.page.help_desk.name;
        match self.purpose {
            CodeFor::Reset | CodeFor::Change => self.page.text_with("code-no-phone", "name", name),
            CodeFor::OldNumber(_) => self.page.text_with("code-no-phone-old", "name", name),
            CodeFor::NewNumber(_) => self.page.text("code-other-number"),
        }
    }
}

/// A number that stays on one line.
fn unbroken(number: &str) -> String {
    number.replace(' ', "\u{a0}")
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

    fn step(&self) -> Option<(u32, u32)> {
        Some((3, 3))
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
}

impl Layout for DoneView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
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
