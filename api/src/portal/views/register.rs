//! The steps at pwreg: sign in, the password once more, the numbers, done. Its codes are asked for by
//! [`super::reset::CodeView`].

use askama::Template;

use super::{Layout, Page, Problem};

mod numbers;
mod stop;
pub use numbers::{NumberItem, NumberProblem, NumberView, TaskKind, TaskView, TypedNumber};
pub use stop::StopView;

/// What is wrong with a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInProblem {
    /// A field was left empty: whether each of them was.
    Empty {
        /// No username.
        username: bool,
        /// No password.
        password: bool,
    },
    /// Wrong, or not served here: one answer for all.
    Refused,
    /// The form lay open too long, or was sent before: a new one is on the page.
    Stale,
}

/// Step 1: POST `/` with `username` and `password`.
#[derive(Template)]
#[template(path = "register/sign_in.html")]
pub struct SignInView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// The single-use token of the form, in field `start`.
    pub start_token: &'a str,
    /// What was typed before as username.
    pub username: &'a str,
    /// What was wrong.
    pub problem: Option<SignInProblem>,
    /// pwreset's address, without a slash at the end.
    pub reset_url: &'a str,
}

impl Layout for SignInView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("sign-in-heading")
    }

    fn asks_password(&self) -> bool {
        true
    }

    fn problems(&self) -> Vec<Problem> {
        self.problem.map_or_else(Vec::new, |problem| problem.told(&self.page))
    }
}

impl SignInProblem {
    /// What the page says, wherever the form stands.
    pub(super) fn told(self, page: &Page<'_>) -> Vec<Problem> {
        match self {
            SignInProblem::Empty { username, password } => {
                let username = username.then(|| Problem::of("username", page.text("sign-in-empty-username")));
                let password = password.then(|| Problem::of("password", page.text("sign-in-empty-password")));
                username.into_iter().chain(password).collect()
            }
            SignInProblem::Refused => {
                let name = &page.help_desk.name;
                vec![Problem::of("username", page.text_with("sign-in-refused", "name", name))]
            }
            SignInProblem::Stale => vec![Problem::of("username", page.text("form-stale"))],
        }
    }
}

/// What is wrong with the second password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmProblem {
    /// Nothing was typed.
    Empty,
    /// It is not the password.
    Wrong,
}

/// Step 1, once more, where the tenant wants it: POST `/confirm` with `password`; POST `/cancel`.
#[derive(Template)]
#[template(path = "register/confirm.html")]
pub struct ConfirmView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// Who is signed in.
    pub username: &'a str,
    /// The name the directory shows; may be empty.
    pub display_name: &'a str,
    /// What was wrong.
    pub problem: Option<ConfirmProblem>,
}

impl Layout for ConfirmView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("confirm-heading")
    }

    fn asks_password(&self) -> bool {
        true
    }

    fn problems(&self) -> Vec<Problem> {
        let key = self.problem.map(|problem| match problem {
            ConfirmProblem::Empty => "confirm-empty",
            ConfirmProblem::Wrong => "confirm-wrong",
        });
        key.map(|key| Problem::of("password", self.page.text(key))).into_iter().collect()
    }
}

impl ConfirmView<'_> {
    fn who(&self) -> String {
        who(&self.page, self.username, self.display_name)
    }
}

/// "You are signed in as name (username)."
fn who(page: &Page<'_>, username: &str, display_name: &str) -> String {
    let user = if display_name.is_empty() { username.to_owned() } else { format!("{display_name} ({username})") };
    page.text_with("confirm-who", "user", &user)
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// A number was saved.
    Saved,
    /// The number was found right.
    Kept,
    /// A number was removed.
    Removed,
    /// A delayed change was asked for.
    Waiting,
    /// A delayed change was stopped.
    Stopped,
}

/// The last page.
#[derive(Template)]
#[template(path = "register/done.html")]
pub struct DoneView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// What was done.
    pub kind: Done,
    /// The numbers registered now.
    pub numbers: &'a [NumberItem],
    /// When a change that waits is carried out.
    pub waits_until: Option<&'a str>,
    /// What the tenant tells people next.
    pub paragraphs: &'a [String],
    /// pwreset's address, without a slash at the end.
    pub reset_url: &'a str,
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
            Done::Saved => "done-saved-heading",
            Done::Kept => "done-kept-heading",
            Done::Removed => "done-removed-heading",
            Done::Waiting => "done-waiting-heading",
            Done::Stopped => "done-stopped-heading",
        })
    }
}
