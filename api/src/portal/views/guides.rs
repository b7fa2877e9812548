//! The guides: what to do, step by step, as a tenant's settings have it, to be read or printed.

use askama::Template;
use portvakt_domain::{
    feedback::Guide,
    language::Language,
    policy::Rule,
    tenant::{KnownPassword, ReminderSettings},
};
use portvakt_texts::Argument;

use super::{Layout, Page, Problem, shown};

mod functional;
mod pictures;
mod registration;
mod reminders;
mod reset;
mod text;

#[cfg(test)]
pub(super) use pictures::{LISTED, NAMES};
use pictures::{Picture, Shot};
pub use pictures::{files, guides_css};
use text::{Line, Section, Step};

/// What guides tell of a tenant.
#[derive(Clone, Copy)]
pub struct GuideFacts<'a> {
    /// pwreset's address, without a slash at the end.
    pub reset_url: &'a str,
    /// pwreg's.
    pub register_url: &'a str,
    /// That of the two at which the guide is read.
    pub base: &'a str,
    /// An example of a username; may be empty.
    pub example: &'a str,
    /// The rules for a new password.
    pub rules: &'a [Rule],
    /// How long a code is valid.
    pub code_minutes: u32,
    /// Whether the password may be kept and the account unlocked.
    pub keep_and_unlock: bool,
    /// Whether who knows the password may change it.
    pub known_password: KnownPassword,
    /// Whether pwreg asks for the password once more.
    pub password_again: bool,
    /// After how many hours a number is changed without the old phone; 0 offers none.
    pub delayed_change_hours: u32,
    /// Whether there are accounts that units share.
    pub functional: bool,
    /// What the tenant lets be sent before passwords end; `None` where nothing is.
    pub reminders: Option<&'a ReminderSettings>,
    /// The language of mails about them.
    pub reminder_language: Language,
    /// What the tenant tells people after a reset, by language.
    pub after_reset: &'a [String],
    /// The same after an unlock.
    pub after_unlock: &'a [String],
    /// The same after a reset of an account that a unit shares.
    pub after_functional: &'a [String],
    /// What it tells those who are on the municipality's network.
    pub inside: &'a [String],
    /// What it tells those who are elsewhere.
    pub outside: &'a [String],
    /// The day on which the guide is read.
    pub date: &'a str,
}

impl GuideFacts<'_> {
    /// The guides that concern somebody there.
    pub fn guides(&self) -> Vec<Guide> {
        Guide::ALL.into_iter().filter(|guide| *guide != Guide::Functional || self.functional).collect()
    }
}

/// What is wrong with what a reader thought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackProblem {
    /// Neither yes nor no.
    NoChoice,
    /// The text is too long.
    TooLong,
}

/// What was chosen and typed before.
#[derive(Debug, Clone, Copy, Default)]
pub struct TypedFeedback<'a> {
    /// Yes or no, in field `helpful`.
    pub helpful: Option<bool>,
    /// The reader's words, in field `text`.
    pub text: &'a str,
}

/// One guide. POST `/guides/feedback` with `guide`, `helpful` and `text`.
#[derive(Template)]
#[template(path = "guides/guide.html")]
pub struct GuideView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// Which guide.
    pub guide: Guide,
    /// What it tells of the tenant.
    pub facts: GuideFacts<'a>,
    /// What was typed before.
    pub typed: TypedFeedback<'a>,
    /// What was wrong with it.
    pub problem: Option<FeedbackProblem>,
}

impl Layout for GuideView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text(heading_key(self.guide, &self.facts))
    }

    fn problems(&self) -> Vec<Problem> {
        let told = |problem| match problem {
            FeedbackProblem::NoChoice => Problem::of("helpful", self.page.text("guide-feedback-empty")),
            FeedbackProblem::TooLong => Problem::of("text", self.page.text("guide-feedback-long")),
        };
        self.problem.map(told).into_iter().collect()
    }
}

impl GuideView<'_> {
    fn css_href(&self) -> &'static str {
        &guides_css().href
    }

    fn dated(&self) -> String {
        self.say("guide-dated")
    }

    /// That nobody answers what is sent here, and who does.
    fn kept(&self) -> String {
        self.say("guide-feedback-kept")
    }

    /// Where the guide is, as people read it.
    fn address(&self) -> String {
        format!("{}/guides/{}", shown(self.facts.base), self.guide.as_str())
    }

    /// All that the guide says, in order.
    fn sections(&self) -> Vec<Section> {
        match self.guide {
            Guide::Registration => self.registration(),
            Guide::Reset => self.reset(),
            Guide::Functional => self.functional(),
            Guide::Reminders => self.reminders(),
        }
    }

    /// A text of the guides with whatever it tells of the tenant.
    fn say(&self, key: &str) -> String {
        let (page, facts, desk) = (&self.page, &self.facts, self.page.help_desk);
        let (next, sign_in, lost) = (page.text("button-next"), page.text("button-sign-in"), page.text("link-lost"));
        let (keep, leave, address) = (page.text("button-keep-number"), page.text("button-not-you"), self.address());
        let days = facts.reminders.map(|sent| sent.days.iter().map(u32::to_string).collect::<Vec<_>>().join(", "));
        let subject = page.texts.reminder_subject(facts.reminder_language);
        let age = facts.reminders.map_or(0, |sent| sent.functional_age_days);
        let arguments = [
            ("days", Argument::Text(days.as_deref().unwrap_or_default())),
            ("age", age.into()),
            ("subject", (&subject).into()),
            ("tenant", Argument::Text(page.tenant)),
            ("name", (&desk.name).into()),
            ("mail", desk.mail.as_deref().unwrap_or_default().into()),
            ("phone", desk.phone.as_deref().unwrap_or_default().into()),
            ("reset", facts.reset_url.into()),
            ("register", facts.register_url.into()),
            ("example", facts.example.into()),
            ("minutes", facts.code_minutes.into()),
            ("hours", facts.delayed_change_hours.into()),
            ("date", facts.date.into()),
            ("next", (&next).into()),
            ("signin", (&sign_in).into()),
            ("lost", (&lost).into()),
            ("keep", (&keep).into()),
            ("leave", (&leave).into()),
            ("address", (&address).into()),
        ];
        page.texts.text(page.language, key, &arguments)
    }

    /// What to do without phone and password: whom to write to or to call, and what to say.
    fn without_both(&self) -> Vec<Line> {
        let mut lines = vec![self.ask("guide-problem-both"), self.line("guide-problem-both-help")];
        lines.extend(self.to_help_desk("guide-problem-both-mail", "guide-problem-both-phone"));
        lines
    }

    /// By mail where the help desk has an address; else by telephone.
    fn to_help_desk(&self, by_mail: &str, by_phone: &str) -> Option<Line> {
        let desk = self.page.help_desk;
        let by_mail = desk.mail.is_some().then_some(by_mail);
        by_mail.or(desk.phone.is_some().then_some(by_phone)).map(|key| self.line(key))
    }

    fn line(&self, key: &str) -> Line {
        Line::Text(self.say(key))
    }

    fn ask(&self, key: &str) -> Line {
        Line::Question(self.say(key))
    }

    fn items(&self, keys: &[&str]) -> Line {
        Line::Items(keys.iter().map(|key| self.say(key)).collect())
    }

    /// Words and an address after them, which is written out for who reads on paper.
    fn link(&self, key: &str, base: &str, path: &str) -> Line {
        let shown = format!("{base}{path}");
        let href = format!("{base}{}{}", if path.is_empty() { "/" } else { path }, self.page.query);
        Line::Link { words: self.say(key), href, shown }
    }

    /// Words and another guide.
    fn to_guide(&self, key: &str, guide: Guide) -> Line {
        self.link(key, self.facts.base, &format!("/guides/{}", guide.as_str()))
    }

    fn step(&self, lines: Vec<Line>, picture: Option<Picture>) -> Step {
        Step { lines, shot: picture.map(|picture| picture.shot(&self.page)) }
    }

    fn section(&self, heading: &str, lines: Vec<Line>, steps: Vec<Step>) -> Section {
        Section { heading: self.say(heading), lines, steps }
    }

    /// Two texts of which one has an example of a username.
    fn with_example<'k>(&self, plain: &'k str, example: &'k str) -> &'k str {
        if self.facts.example.is_empty() { plain } else { example }
    }

    /// What the tenant says of its own.
    fn own(paragraphs: &[String]) -> Vec<Line> {
        paragraphs.iter().cloned().map(Line::Text).collect()
    }
}

fn heading_key(guide: Guide, facts: &GuideFacts<'_>) -> &'static str {
    match guide {
        Guide::Registration => "guide-registration-heading",
        Guide::Reset if facts.keep_and_unlock => "guide-reset-heading-unlock",
        Guide::Reset => "guide-reset-heading",
        Guide::Functional => "guide-functional-heading",
        Guide::Reminders => "guide-reminders-heading",
    }
}

/// The list of guides.
#[derive(Template)]
#[template(path = "guides/list.html")]
pub struct GuideListView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// What they tell of the tenant.
    pub facts: GuideFacts<'a>,
}

impl Layout for GuideListView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("guides-heading")
    }
}

impl GuideListView<'_> {
    /// Path, name and what it is about.
    fn guides(&self) -> Vec<(&'static str, String, String)> {
        let about = |guide| match guide {
            Guide::Registration => "guide-registration-about",
            Guide::Reset if self.facts.keep_and_unlock => "guide-reset-about-unlock",
            Guide::Reset => "guide-reset-about",
            Guide::Functional => "guide-functional-about",
            Guide::Reminders => "guide-reminders-about",
        };
        let told = |guide: Guide| {
            (guide.as_str(), self.page.text(heading_key(guide, &self.facts)), self.page.text(about(guide)))
        };
        self.facts.guides().into_iter().map(told).collect()
    }
}

/// Thanks to who told what they thought of a guide.
#[derive(Template)]
#[template(path = "guides/thanks.html")]
pub struct ThanksView<'a> {
    /// The frame.
    pub page: Page<'a>,
}

impl Layout for ThanksView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("guide-thanks-heading")
    }

    /// Whoever wants an answer gets none here: whom to ask is said at once.
    fn is_dead_end(&self) -> bool {
        true
    }
}
