//! The pages people see, as typed views over templates: what a page needs to know, and nothing of how it came about.

use std::fmt::Write as _;

use portvakt_domain::{
    flow::{self, TimeLeft},
    language::Language,
    tenant::{HelpDesk, HostPurpose, plain::Words},
};
use portvakt_texts::{Argument, Texts};

use crate::portal::progress::{Journey, Progress, Step};

mod assets;
pub mod bare;
mod brand;
pub mod change;
pub mod demo;
pub mod guides;
pub mod message;
pub mod register;
pub mod reset;
pub mod statements;
#[cfg(test)]
mod tests;

pub use askama::Template;
pub use assets::{Asset, css_file, icon_file, page_script, password_script};
pub use brand::{Brand, LogoTag, OwnFile};

/// The built-in file of this name.
pub fn asset(name: &str) -> Option<&'static Asset> {
    let built_in = [css_file(), page_script(), password_script(), icon_file()];
    built_in.into_iter().chain(guides::files()).find(|file| file.name == name)
}

/// What every page of a tenant has around it. Made once per request.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    /// The words.
    pub texts: &'a Texts,
    /// The reader's language.
    pub language: Language,
    /// What carries a chosen language on: see [`query`]. Ends every address on the page.
    pub query: &'static str,
    /// Where this page is fetched with GET, such as `/code`: the language switch goes there.
    pub path: &'a str,
    /// Which of the two houses.
    pub service: HostPurpose,
    /// The municipality's name.
    pub tenant: &'a str,
    /// Whom to turn to.
    pub help_desk: &'a HelpDesk,
    /// The languages that the tenant offers.
    pub languages: &'a [Language],
    /// Logo and colours.
    pub brand: &'a Brand,
    /// Where it stands among the steps; `None` for a page that is none of them.
    pub progress: Option<Progress>,
    /// How long the flow has that it belongs to; `None` for a page of no flow.
    pub time: Option<TimeLeft>,
}

/// The query that carries a language which was chosen on a page; empty where none was.
pub fn query(chosen: Option<Language>) -> &'static str {
    match chosen {
        None => "",
        Some(Language::Sv) => "?lang=sv",
        Some(Language::En) => "?lang=en",
    }
}

impl Page<'_> {
    /// The page as this step of a journey.
    #[must_use]
    pub fn at(self, journey: Journey, step: Step) -> Self {
        Self { progress: journey.at(step), ..self }
    }

    /// How long a step and a whole attempt may take, said where it begins.
    fn time_limits(&self) -> String {
        let minutes = [("idle", flow::IDLE_LIFE), ("whole", flow::WHOLE_LIFE)];
        let minutes = minutes.map(|(name, life)| (name, life.num_minutes().into()));
        self.texts.text(self.language, "time-limits", &minutes)
    }

    /// How long there is for this page, where something is typed on it that would be lost.
    fn time_here(&self) -> Option<String> {
        let left = self.time?.shortest().num_minutes();
        Some(self.text_with("time-here", "minutes", left.max(1)))
    }

    fn text(&self, key: &str) -> String {
        self.texts.text(self.language, key, &[])
    }

    fn text_with<'v>(&self, key: &str, name: &str, value: impl Into<Argument<'v>>) -> String {
        self.texts.text(self.language, key, &[(name, value.into())])
    }

    fn service_name(&self) -> String {
        self.text(match self.service {
            HostPurpose::Reset => "service-reset",
            HostPurpose::Register => "service-register",
        })
    }

    fn css_href(&self) -> &'static str {
        &css_file().href
    }

    /// The languages that the page does not have just now, for the switch: tag and own name.
    fn other_languages(&self) -> Vec<(&'static str, String)> {
        let others = self.languages.iter().copied().filter(|language| *language != self.language);
        others.map(|language| (language.tag(), self.texts.text(language, "language-name", &[]))).collect()
    }

    fn logo(&self) -> Option<LogoTag<'_>> {
        self.brand.logo(self.language)
    }

    /// When the help desk answers, in the reader's language.
    fn help_hours(&self) -> Option<&str> {
        self.help_desk.hours.get(&self.language).map(String::as_str)
    }

    /// The help desk's page: its address, and as people read it.
    fn help_page(&self) -> Option<(&str, &str)> {
        let url = self.help_desk.url.as_ref()?.as_str();
        Some((url, shown(url).trim_end_matches('/')))
    }

    /// The telephone number as a link wants it, where it is nothing but a number.
    fn phone_link(&self) -> Option<String> {
        telephone_link(self.help_desk.phone.as_deref()?)
    }

    /// The pages about the service, for the foot of every page: address, without the query, and words.
    fn about(&self) -> Vec<(&'static str, String)> {
        vec![
            ("/help", self.text("about-help")),
            ("/guides", self.text("about-guides")),
            ("/accessibility", self.text("about-accessibility")),
            ("/privacy", self.text("about-privacy")),
            ("/cookies", self.text("about-cookies")),
        ]
    }

    /// Whether this is the page at an address.
    fn is_at(&self, address: &str) -> bool {
        self.path == address
    }

    /// What the tenant wrote, in the reader's language, or in another where it offers none such.
    fn own_words<'w>(&self, words: &'w Words) -> &'w str {
        words.get(&self.language).or_else(|| words.values().next()).map_or("", String::as_str)
    }
}

/// A telephone number as a link wants it, where it is nothing but a number.
fn telephone_link(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).collect();
    let number = digits.strip_prefix('+').unwrap_or(&digits);
    (number.len() >= 5 && number.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// Something that keeps the person from going on, and the field it concerns.
struct Problem {
    /// The id of the field; empty where none can be pointed at.
    field: &'static str,
    text: String,
}

impl Problem {
    fn of(field: &'static str, text: String) -> Self {
        Self { field, text }
    }
}

/// What the layout asks of each page.
trait Layout {
    fn page(&self) -> &Page<'_>;

    /// The page's own name: its `h1` and the first part of its title.
    fn heading(&self) -> String;

    /// Whether a password is typed here, which the script of all pages can show.
    fn asks_password(&self) -> bool {
        false
    }

    /// The scripts, beside which everything works without them.
    fn scripts(&self) -> Vec<&'static str> {
        let has_one = self.page().time.is_some() || self.asks_password();
        has_one.then(|| page_script().href.as_str()).into_iter().collect()
    }

    fn problems(&self) -> Vec<Problem> {
        Vec::new()
    }

    /// Whether somebody who came here is stuck: then whom to turn to is said at once, and not at the foot.
    fn is_dead_end(&self) -> bool {
        false
    }

    /// Whether it is the last page, which says that all went well.
    fn is_done(&self) -> bool {
        false
    }

    fn title(&self) -> String {
        let page = self.page();
        let key = if self.problems().is_empty() { "page-title" } else { "page-title-error" };
        let (step, service) = (self.heading(), page.service_name());
        let arguments =
            [("step", (&step).into()), ("service", (&service).into()), ("tenant", Argument::Text(page.tenant))];
        page.texts.text(page.language, key, &arguments)
    }

    fn step_line(&self) -> Option<String> {
        let page = self.page();
        let Progress { number, of } = page.progress?;
        Some(page.texts.text(page.language, "step", &[("number", number.into()), ("of", of.into())]))
    }

    /// What is wrong with one field, all in one; empty when nothing is.
    fn error_of(&self, field: &str) -> String {
        let mut all = String::new();
        for problem in self.problems().iter().filter(|problem| problem.field == field) {
            let space = if all.is_empty() { "" } else { " " };
            // Writing to a String can't fail.
            let _ = write!(all, "{space}{}", problem.text);
        }
        all
    }
}

/// An address as people read it: without its scheme.
fn shown(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

/// `a, b or c`.
fn listed(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [init @ .., end] => format!("{} {last} {end}", init.join(", ")),
    }
}
