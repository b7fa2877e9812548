//! The first step of a change by who knows the current password. The others are [`super::reset`]'s.

use askama::Template;

use super::{Layout, Page, Problem, register::SignInProblem};

/// Step 1: POST `/change` with `username` and `password`.
#[derive(Template)]
#[template(path = "reset/change.html")]
pub struct ChangeView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// The single-use token of the form, in field `start`.
    pub start_token: &'a str,
    /// What was typed before as username.
    pub username: &'a str,
    /// What was wrong.
    pub problem: Option<SignInProblem>,
}

impl Layout for ChangeView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("change-heading")
    }

    fn asks_password(&self) -> bool {
        true
    }

    fn problems(&self) -> Vec<Problem> {
        self.problem.map_or_else(Vec::new, |problem| problem.told(&self.page))
    }
}
