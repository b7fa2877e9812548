//! The page for a code that came by SMS; it serves both houses.

use askama::Template;
use portvakt_domain::message::Delivery;
use portvakt_texts::Argument;

use crate::portal::views::{
    Layout, Page, Problem,
    register::{NumberItem, NumberProblem},
};

/// What a code is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFor<'a> {
    /// To get back in. Nothing is said of the number: nothing is proved yet.
    Reset,
    /// To change a password that is known. Nothing is said of the number: who stole the password must not learn it.
    Change,
    /// To change a number that is registered; masked.
    OldNumber(&'a str),
    /// To add another number; masked.
    AddNumber(&'a str),
    /// To remove a number; masked.
    RemoveNumber(&'a str),
    /// To stop a delayed change, after a sign-in; masked.
    Stop(&'a str),
    /// To stop a delayed change. Nothing is said of the number: nothing is proved yet.
    StopByName,
    /// To confirm the number being registered; masked.
    NewNumber(&'a str),
}

impl CodeFor<'_> {
    /// Whether nothing is said of any number, so that another one has to be typed in full.
    fn tells_no_number(self) -> bool {
        matches!(self, CodeFor::Reset | CodeFor::Change | CodeFor::StopByName)
    }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Again {
    /// Nobody asked.
    #[default]
    NotAsked,
    /// A new code is on its way.
    Sent,
    /// Too early, or too often.
    Refused,
}

/// Step 2, and the codes at pwreg: POST `/code`, POST `/code/again`, POST `/code/another` with `number`
/// or `to`, POST `/cancel`.
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
    /// The numbers that the code may go to instead; at pwreg alone.
    pub others: &'a [NumberItem],
    /// Whether who lacks the phone may ask for a delayed change.
    pub delay_offered: bool,
    /// The other number as it was typed, in field `number`.
    pub another: &'a str,
    /// What was wrong with it.
    pub another_problem: Option<NumberProblem>,
    /// Where the SMS is, where the number was just typed by who signed in, and nowhere else.
    pub delivery: Option<Delivery>,
}

impl Layout for CodeView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text(match self.purpose {
            CodeFor::Reset | CodeFor::Change => "code-heading-reset",
            CodeFor::Stop(_) | CodeFor::StopByName => "stop-heading",
            _ => "code-heading-register",
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
        let code = key.map(|key| Problem::of("code", self.page.text(key)));
        code.into_iter().chain(self.another_problem.as_ref().map(|problem| problem.told(&self.page))).collect()
    }
}

impl CodeView<'_> {
    fn intro(&self) -> String {
        match self.purpose {
            CodeFor::Reset => self.page.text("code-sent"),
            CodeFor::Change => self.page.text("code-sent-change"),
            CodeFor::OldNumber(number) => self.page.text_with("code-sent-old", "number", &unbroken(number)),
            CodeFor::AddNumber(number) => self.page.text_with("code-sent-add", "number", &unbroken(number)),
            CodeFor::RemoveNumber(number) => self.page.text_with("code-sent-remove", "number", &unbroken(number)),
            CodeFor::Stop(number) => self.page.text_with("code-sent-stop", "number", &unbroken(number)),
            CodeFor::StopByName => self.page.text("code-sent-stop-name"),
            CodeFor::NewNumber(number) => self.page.text_with("code-sent-new", "number", &unbroken(number)),
        }
    }

    /// What came of asking for a new code.
    fn again_line(&self) -> Option<String> {
        match (self.again, self.purpose) {
            (Again::NotAsked, _) => None,
            (Again::Sent, CodeFor::Change) => Some(self.page.text("code-resent-register")),
            (Again::Sent, purpose) if purpose.tells_no_number() => Some(self.page.text("code-resent")),
            (Again::Sent, _) => Some(self.page.text("code-resent-register")),
            (Again::Refused, _) if !self.can_ask_again => Some(self.page.text("code-again-none")),
            (Again::Refused, _) => self.resend_wait_seconds.map(|_| self.page.text("code-again-early")),
        }
    }

    /// The line that counts the seconds, for the script to fill in: for one second, and for others.
    fn wait_lines(&self) -> (String, String) {
        let line = |seconds: Argument<'_>| self.page.text_with("code-again-wait", "seconds", seconds);
        (line(Argument::Number(1)), line(Argument::Text("{seconds}")))
    }

    /// Where the SMS is, in words.
    fn delivery_line(&self) -> Option<String> {
        let key = match (self.purpose, self.delivery?) {
            (CodeFor::NewNumber(_), Delivery::OnItsWay) => "delivery-on-its-way",
            (CodeFor::NewNumber(_), Delivery::Delivered) => "delivery-delivered",
            (CodeFor::NewNumber(_), Delivery::NotDelivered) => "delivery-not-delivered",
            (CodeFor::NewNumber(_), Delivery::NotSent) => "delivery-not-sent",
            // Whether a phone rang that is registered already is nobody's to learn.
            _ => return None,
        };
        Some(self.page.text(key))
    }

    fn first_other(&self) -> &str {
        self.others.first().map_or("", |first| &first.row)
    }

    /// Whether the way out is a delayed change.
    fn offers_delay(&self) -> bool {
        let old = matches!(self.purpose, CodeFor::OldNumber(_) | CodeFor::AddNumber(_) | CodeFor::RemoveNumber(_));
        old && self.delay_offered
    }

    /// The way out for those who can't receive the SMS.
    fn way_out(&self) -> String {
        let name = &self.page.help_desk.name;
        match self.purpose {
            CodeFor::Reset | CodeFor::Change | CodeFor::StopByName | CodeFor::Stop(_) => {
                self.page.text_with("code-no-phone", "name", name)
            }
            CodeFor::OldNumber(_) | CodeFor::AddNumber(_) | CodeFor::RemoveNumber(_) => {
                self.page.text_with("code-no-phone-old", "name", name)
            }
            CodeFor::NewNumber(_) => self.page.text("code-other-number"),
        }
    }
}

/// A number that stays on one line.
fn unbroken(number: &str) -> String {
    number.replace(' ', "\u{a0}")
}
