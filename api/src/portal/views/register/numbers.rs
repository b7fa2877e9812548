//! The pages about numbers: those that are there, a new one, one more, one less, one whose phone is lost.

use askama::Template;
use portvakt_domain::{
    holder::HolderError,
    number::{Country, NumberError},
    tenant::TenantSettings,
};
use portvakt_flows::registered::Registered;

use super::who;
use crate::portal::views::{Layout, Page, Problem, listed};

/// A registered number as its owner may see it.
#[derive(Debug, Clone)]
pub struct NumberItem {
    /// What a form names it by.
    pub row: String,
    /// Its last digits, and who holds it.
    pub shown: String,
}

impl NumberItem {
    /// The number, masked, after its holder's name where it has one.
    pub fn of(registered: &Registered) -> Self {
        let masked = registered.number.masked();
        let shown = match &registered.holder {
            Some(holder) => format!("{}, {masked}", holder.reveal()),
            None => masked,
        };
        Self { row: registered.row.to_string(), shown }
    }
}

/// What was typed or chosen before.
#[derive(Debug, Clone, Copy, Default)]
pub struct TypedNumber<'a> {
    /// In field `number`.
    pub number: &'a str,
    /// In field `holder`.
    pub holder: &'a str,
    /// In field `which`, or the only choice of the page.
    pub chosen: &'a str,
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
    /// It is one already registered.
    Same,
    /// Whose it is was not said.
    Holder(HolderError),
    /// Which one is meant was not said.
    NoChoice,
}

impl NumberProblem {
    /// Why it can't be registered with this tenant.
    pub fn invalid(error: NumberError, settings: &TenantSettings) -> Self {
        match error {
            NumberError::Empty => NumberProblem::Empty,
            NumberError::Malformed => NumberProblem::Malformed,
            NumberError::NotMobile => NumberProblem::NotMobile,
            NumberError::Country => NumberProblem::Country(settings.registration.countries.clone()),
        }
    }

    /// The sentence, and the field that it is about.
    pub(in crate::portal::views) fn told(&self, page: &Page<'_>) -> Problem {
        let text = match self {
            NumberProblem::Empty => page.text("number-empty"),
            NumberProblem::Malformed => page.text("number-malformed"),
            NumberProblem::NotMobile => page.text("number-not-mobile"),
            NumberProblem::Same => page.text("number-same"),
            NumberProblem::Country(accepted) => {
                let names: Vec<String> = accepted.iter().map(|country| country_name(page, *country)).collect();
                let countries = listed(&names, &page.text("word-and"));
                page.text_with("number-country", "countries", &countries)
            }
            NumberProblem::Holder(HolderError::Empty) => return Problem::of("holder", page.text("holder-empty")),
            NumberProblem::Holder(HolderError::Malformed) => {
                return Problem::of("holder", page.text("holder-malformed"));
            }
            NumberProblem::NoChoice => return Problem::of("which-1", page.text("numbers-choose")),
        };
        Problem::of("number", text)
    }
}

/// The country's name, or its code where we have no name for it.
fn country_name(page: &Page<'_>, country: Country) -> String {
    let code = String::from(country);
    let key = format!("country-{}", code.to_lowercase());
    page.texts.find(page.language, &key, &[]).unwrap_or(code)
}

/// Step 2: POST `/number` with `number`, `which` where there are several, and `holder` for a functional account's first;
/// POST `/keep` where there is one; POST `/stop/now` where a change waits; POST `/cancel`.
#[derive(Template)]
#[template(path = "register/number.html")]
pub struct NumberView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// Who is signed in.
    pub username: &'a str,
    /// The name the directory shows; may be empty.
    pub display_name: &'a str,
    /// Whether a unit shares the account.
    pub functional: bool,
    /// The numbers registered, the first one first.
    pub numbers: &'a [NumberItem],
    /// What was typed before.
    pub typed: TypedNumber<'a>,
    /// What was wrong with it.
    pub problem: Option<NumberProblem>,
    /// Whether one more may be registered.
    pub takes_more: bool,
    /// Whether a delayed change may be asked for.
    pub delay_offered: bool,
    /// When the change that waits is carried out.
    pub waits_until: Option<&'a str>,
}

impl Layout for NumberView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("number-heading")
    }

    fn problems(&self) -> Vec<Problem> {
        self.problem.as_ref().map(|problem| problem.told(&self.page)).into_iter().collect()
    }
}

impl NumberView<'_> {
    fn who(&self) -> String {
        who(&self.page, self.username, self.display_name)
    }

    /// The radio that is set: what was chosen before, or the first.
    fn chosen(&self) -> &str {
        chosen_or_first(self.typed.chosen, self.numbers)
    }
}

/// What is to be done to the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    /// One more.
    Add {
        /// Whether a unit shares the account, so that the number has a holder.
        functional: bool,
    },
    /// One less.
    Remove,
    /// A new one for a lost phone, after a wait of so many hours.
    Lost {
        /// The tenant's wait.
        hours: u32,
    },
}

/// A task: POST `/add` with `number`, `holder` and `to`; `/remove` with `which` and `to`; `/lost` with `number` and
/// `which`; POST `/cancel`.
#[derive(Template)]
#[template(path = "register/task.html")]
pub struct TaskView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// What is to be done.
    pub kind: TaskKind,
    /// The numbers registered; at least one.
    pub numbers: &'a [NumberItem],
    /// What was typed before.
    pub typed: TypedNumber<'a>,
    /// The number chosen before for the code.
    pub to: &'a str,
    /// What was wrong.
    pub problem: Option<NumberProblem>,
}

impl Layout for TaskView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text(match self.kind {
            TaskKind::Add { functional: false } => "add-heading",
            TaskKind::Add { functional: true } => "add-holder-heading",
            TaskKind::Remove => "remove-heading",
            TaskKind::Lost { .. } => "lost-heading",
        })
    }

    fn problems(&self) -> Vec<Problem> {
        let told = self.problem.as_ref().map(|problem| problem.told(&self.page));
        told.into_iter()
            .map(|problem| match (problem.field, self.kind) {
                // The only choice of that page is where the code goes.
                ("which-1", TaskKind::Add { .. }) => Problem { field: "to-1", ..problem },
                // Which one is removed is known where there is one only.
                ("which-1", _) if self.numbers.len() < 2 => Problem { field: "", ..problem },
                _ => problem,
            })
            .collect()
    }
}

impl TaskView<'_> {
    fn action(&self) -> &'static str {
        match self.kind {
            TaskKind::Add { .. } => "/add",
            TaskKind::Remove => "/remove",
            TaskKind::Lost { .. } => "/lost",
        }
    }

    /// What it means, one sentence or few each.
    fn paragraphs(&self) -> Vec<String> {
        let page = &self.page;
        match (self.kind, self.numbers) {
            (TaskKind::Add { functional: false }, _) => vec![page.text("add-intro"), page.text("task-code-first")],
            (TaskKind::Add { functional: true }, _) => {
                vec![page.text("add-holder-intro"), page.text("task-code-first")]
            }
            (TaskKind::Remove, [only]) => vec![
                page.text_with("remove-only", "number", &only.shown),
                page.text("remove-last"),
                page.text("task-code-first"),
            ],
            (TaskKind::Remove, _) => vec![page.text("task-code-first")],
            (TaskKind::Lost { hours }, _) => {
                vec![page.text_with("lost-wait", "hours", hours), page.text("lost-told"), page.text("lost-code")]
            }
        }
    }

    fn asks_holder(&self) -> bool {
        self.kind == TaskKind::Add { functional: true }
    }

    fn asks_number(&self) -> bool {
        self.kind != TaskKind::Remove
    }

    fn asks_which(&self) -> bool {
        !matches!(self.kind, TaskKind::Add { .. }) && self.numbers.len() > 1
    }

    fn which_legend(&self) -> String {
        self.page.text(if self.kind == TaskKind::Remove { "remove-which" } else { "lost-which" })
    }

    fn asks_to(&self) -> bool {
        !matches!(self.kind, TaskKind::Lost { .. }) && self.numbers.len() > 1
    }

    fn to_chosen(&self) -> &str {
        chosen_or_first(self.to, self.numbers)
    }
}

fn chosen_or_first<'a>(chosen: &'a str, numbers: &'a [NumberItem]) -> &'a str {
    let known = numbers.iter().any(|number| number.row == chosen);
    if known { chosen } else { numbers.first().map_or("", |first| &first.row) }
}
