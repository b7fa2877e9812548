//! The steps at pwreset: username, code, choice, new password, done. The code page serves pwreg too.

use askama::Template;
use portvakt_domain::{account::Choice, flow};

use super::{Layout, Page, Problem};

mod code;
mod rules;
pub use code::{Again, CodeFor, CodeProblem, CodeView};
pub use rules::RuleView;

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

    fn error(&self) -> String {
        self.problems().into_iter().map(|problem| problem.text).collect()
    }
}

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
                let must = |rule: &RuleView| self.page.text_with("password-must", "rule", &rule.text(&self.page));
                let broken = self.rules.iter().filter(|rule| rule.broken);
                broken.map(|rule| Problem::of("password", must(rule))).collect()
            }
        }
    }
}

impl PasswordView<'_> {
    fn minutes(&self) -> i64 {
        flow::IDLE_LIFE.num_minutes()
    }
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// The password was set.
    PasswordSet,
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
            Done::Unlocked => "done-unlock-heading",
        })
    }
}

impl DoneView<'_> {
    fn sentence(&self) -> String {
        self.page.text(match self.kind {
            Done::PasswordSet => "done-password",
            Done::Unlocked => "done-unlock",
        })
    }
}
