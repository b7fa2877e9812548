//! Stopping a delayed change, without a sign-in.

use askama::Template;

use crate::portal::views::{Layout, Page, Problem, reset::StartProblem};

/// POST `/stop` with `username`.
#[derive(Template)]
#[template(path = "register/stop.html")]
pub struct StopView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// The single-use token of the form, in field `start`.
    pub start_token: &'a str,
    /// What was typed before.
    pub username: &'a str,
    /// What was wrong with it.
    pub problem: Option<StartProblem>,
}

impl Layout for StopView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("stop-heading")
    }

    fn problems(&self) -> Vec<Problem> {
        self.problem.map(|problem| Problem::of("username", problem.text(&self.page))).into_iter().collect()
    }
}
