//! The page of help: common questions, answered by what the tenant offers.

use askama::Template;
use portvakt_domain::tenant::{HostPurpose, KnownPassword, TenantSettings};

use super::{Layout, Page, Ways};

/// GET `/help`.
#[derive(Template)]
#[template(path = "statements/help.html")]
pub struct HelpView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// The page of a flow that is going on.
    pub back: Option<&'a str>,
    /// The tenant's settings.
    pub settings: &'a TenantSettings,
    /// What is said to who is on the municipality's network.
    pub inside: &'a [String],
    /// What is said to who is elsewhere.
    pub outside: &'a [String],
    /// pwreset's address, without a slash at the end.
    pub reset_url: &'a str,
    /// pwreg's address, without a slash at the end.
    pub register_url: &'a str,
}

/// A question and its answer.
struct Answer<'a> {
    id: &'static str,
    heading: String,
    paragraphs: Vec<String>,
    inside: &'a [String],
    outside: &'a [String],
    ways: Vec<Way>,
    /// Who helps, where it is not the one at the head of the page.
    desk: Option<Ways<'a>>,
}

impl<'a> Answer<'a> {
    fn inside(&self) -> Option<&'a [String]> {
        (!self.inside.is_empty()).then_some(self.inside)
    }

    fn outside(&self) -> Option<&'a [String]> {
        (!self.outside.is_empty()).then_some(self.outside)
    }
}

/// Where to go.
struct Way {
    words: String,
    address: String,
}

impl Layout for HelpView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("help-page-heading")
    }

    fn is_dead_end(&self) -> bool {
        true
    }
}

impl HelpView<'_> {
    fn answers(&self) -> Vec<Answer<'_>> {
        let for_all = [self.no_sms(), self.lost(), self.locked(), self.expired(), self.never(), self.network()];
        let functional = self.settings.directory.has_functional().then(|| self.functional());
        for_all.into_iter().chain(functional).collect()
    }

    fn answer(&self, id: &'static str, heading: String, paragraphs: Vec<String>, ways: Vec<Way>) -> Answer<'_> {
        Answer { id, heading, paragraphs, inside: &[], outside: &[], ways, desk: None }
    }

    /// A text with whom to turn to in it.
    fn desk(&self, key: &str) -> String {
        self.page.texts.text(self.page.language, key, &[("name", (&self.page.help_desk.name).into())])
    }

    fn to_reset(&self) -> Way {
        Way { words: self.page.text("help-to-reset"), address: format!("{}/", self.reset_url) }
    }

    fn to_register(&self) -> Way {
        Way { words: self.page.text("help-to-register"), address: format!("{}/", self.register_url) }
    }

    fn no_sms(&self) -> Answer<'_> {
        let paragraphs = vec![self.page.text("help-no-sms"), self.page.text("help-no-sms-why")];
        self.answer("no-sms", self.page.text("help-no-sms-heading"), paragraphs, vec![self.to_reset()])
    }

    fn lost(&self) -> Answer<'_> {
        let second = self.page.text("help-lost-second");
        let heading = self.page.text("help-lost-heading");
        match self.settings.registration.delayed_change_hours {
            0 => self.answer("lost", heading, vec![self.desk("help-lost-no-delay"), second], Vec::new()),
            hours => {
                let delay = self.page.text_with("help-lost-delay", "hours", hours);
                let paragraphs = vec![delay, self.desk("help-lost-desk"), second];
                self.answer("lost", heading, paragraphs, vec![self.to_register()])
            }
        }
    }

    fn locked(&self) -> Answer<'_> {
        let keep = self.settings.reset.keep_and_unlock;
        let paragraph = self.page.text(if keep { "help-locked-keep" } else { "help-locked-new" });
        self.answer("locked", self.page.text("help-locked-heading"), vec![paragraph], vec![self.to_reset()])
    }

    fn expired(&self) -> Answer<'_> {
        let mut paragraphs = vec![self.page.text("help-expired-reset")];
        let mut ways = vec![self.to_reset()];
        let change = match self.settings.reset.known_password {
            KnownPassword::Off => None,
            KnownPassword::WithCode => Some("help-expired-change-code"),
            KnownPassword::WithoutCode => Some("help-expired-change"),
        };
        if let Some(key) = change {
            paragraphs.push(self.page.text(key));
            let address = format!("{}/change", self.reset_url);
            ways.push(Way { words: self.page.text("help-to-change"), address });
        }
        self.answer("expired", self.page.text("help-expired-heading"), paragraphs, ways)
    }

    fn never(&self) -> Answer<'_> {
        let paragraphs = vec![self.page.text("help-never"), self.desk("help-never-desk")];
        self.answer("never", self.page.text("help-never-heading"), paragraphs, vec![self.to_register()])
    }

    fn network(&self) -> Answer<'_> {
        let mut paragraphs = vec![self.page.text("help-network")];
        if self.inside.is_empty() && self.outside.is_empty() {
            paragraphs.push(self.desk("help-network-built-in"));
        }
        let heading = self.page.text("help-network-heading");
        let answer = self.answer("network", heading, paragraphs, Vec::new());
        Answer { inside: self.inside, outside: self.outside, ..answer }
    }

    fn functional(&self) -> Answer<'_> {
        let here = if self.page.service == HostPurpose::Reset { self.reset_url } else { self.register_url };
        let guide = Way { words: self.page.text("help-to-functional"), address: format!("{here}/guides/functional") };
        let mut paragraphs = vec![self.page.text("help-functional")];
        let own = self.settings.functional_help_desk.as_ref();
        paragraphs.extend(own.map(|desk| self.page.text_with("help-functional-desk", "name", &desk.name)));
        let answer = self.answer("functional", self.page.text("help-functional-heading"), paragraphs, vec![guide]);
        // Its name has just been said.
        let ways = |desk| Ways { name: None, ..Ways::of_help_desk(desk, self.page.language) };
        Answer { desk: own.map(ways), ..answer }
    }
}
