//! The steps at pwreg: sign in, the password once more, the number, done. Its codes are asked for by
//! [`super::reset::CodeView`].

use askama::Template;
use portvakt_domain::number::Country;

use super::{Layout, Page, Problem, listed};

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

    fn step(&self) -> Option<(u32, u32)> {
        Some((1, 3))
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

    fn step(&self) -> Option<(u32, u32)> {
        Some((1, 3))
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

/// What is wrong with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberProblem {
    /// Nothing was typed.
    Empty,
    /// Not a telephone number.
    Malformed,
    /// It receives no SMS.
    NotMobile,
    /// Its country is not among these.
    Country(Vec<Country>),
    /// It is the one already registered.
    Same,
}

/// Step 2: POST `/number` with `number`; POST `/keep` where there is one; POST `/cancel`.
#[derive(Template)]
#[template(path = "register/number.html")]
pub struct NumberView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// Who is signed in.
    pub username: &'a str,
    /// The name the directory shows; may be empty.
    pub display_name: &'a str,
    /// The number registered, masked.
    pub masked: Option<&'a str>,
    /// What was typed before.
    pub value: &'a str,
    /// What was wrong with it.
    pub problem: Option<NumberProblem>,
}

impl Layout for NumberView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("number-heading")
    }

    fn step(&self) -> Option<(u32, u32)> {
        Some((2, 3))
    }

    fn problems(&self) -> Vec<Problem> {
        let text = match &self.problem {
            None => return Vec::new(),
            Some(NumberProblem::Empty) => self.page.text("number-empty"),
            Some(NumberProblem::Malformed) => self.page.text("number-malformed"),
            Some(NumberProblem::NotMobile) => self.page.text("number-not-mobile"),
            Some(NumberProblem::Same) => self.page.text("number-same"),
            Some(NumberProblem::Country(accepted)) => {
                let names: Vec<String> = accepted.iter().map(|country| country_name(&self.page, *country)).collect();
                let countries = listed(&names, &self.page.text("word-and"));
                self.page.text_with("number-country", "countries", &countries)
            }
        };
        vec![Problem::of("number", text)]
    }
}

impl NumberView<'_> {
    fn who(&self) -> String {
        who(&self.page, self.username, self.display_name)
    }
}

/// "You are signed in as name (username)."
fn who(page: &Page<'_>, username: &str, display_name: &str) -> String {
    let user = if display_name.is_empty() { username.to_owned() } else { format!("{display_name} ({username})") };
    page.text_with("confirm-who", "user", &user)
}

/// The country's name, or its code where we have no name for it.
fn country_name(page: &Page<'_>, country: Country) -> String {
    let code = String::from(country);
    let key = format!("country-{}", code.to_lowercase());
    page.texts.find(page.language, &key, &[]).unwrap_or(code)
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// A number was saved.
    Saved,
    /// The number was found right.
    Kept,
}

/// The last page.
#[derive(Template)]
#[template(path = "register/done.html")]
pub struct DoneView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// What was done.
    pub kind: Done,
    /// The number registered now, masked.
    pub masked: &'a str,
    /// pwreset's address, without a slash at the end.
    pub reset_url: &'a str,
}

impl Layout for DoneView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text(match self.kind {
            Done::Saved => "done-saved-heading",
            Done::Kept => "done-kept-heading",
        })
    }
}
