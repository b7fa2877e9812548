//! The demo's own pages, on a host of no tenant: where to begin, and what phones and mailboxes received.

use askama::Template;
use portvakt_domain::{language::Language, message::Channel};
use portvakt_texts::Texts;

use super::css_file;

/// What both pages have around them.
#[derive(Clone, Copy)]
pub struct DemoPage<'a> {
    /// The words.
    pub texts: &'a Texts,
    /// The reader's language.
    pub language: Language,
    /// What carries a chosen language on: see [`super::query`].
    pub query: &'static str,
    /// Where this page is fetched.
    pub path: &'a str,
}

impl DemoPage<'_> {
    fn text(&self, key: &str) -> String {
        self.texts.text(self.language, key, &[])
    }

    fn text_with(&self, key: &str, name: &str, value: &str) -> String {
        self.texts.text(self.language, key, &[(name, value.into())])
    }

    fn css_href(&self) -> &'static str {
        &css_file().href
    }

    fn other_languages(&self) -> Vec<(&'static str, String)> {
        let others = Language::ALL.into_iter().filter(|language| *language != self.language);
        others.map(|language| (language.tag(), self.texts.text(language, "language-name", &[]))).collect()
    }
}

/// An account of the practice directory.
#[derive(Debug, Clone)]
pub struct DemoAccount {
    /// What to type.
    pub username: String,
    /// What to type.
    pub password: String,
    /// Its state, as in `accounts.json`.
    pub state: String,
    /// Its numbers.
    pub numbers: Vec<String>,
}

/// A sample tenant.
#[derive(Debug, Clone)]
pub struct DemoTenant {
    /// Its short name.
    pub slug: &'static str,
    /// Name of the municipality.
    pub name: String,
    /// pwreset's address, without a slash at the end.
    pub reset_url: String,
    /// pwreg's address, without a slash at the end.
    pub register_url: String,
    /// Who works there.
    pub accounts: Vec<DemoAccount>,
}

/// Where the demo begins.
#[derive(Template)]
#[template(path = "demo/start.html")]
pub struct StartPageView<'a> {
    /// The frame.
    pub page: DemoPage<'a>,
    /// The sample tenants.
    pub tenants: &'a [DemoTenant],
}

impl StartPageView<'_> {
    /// Whom to try first in a state.
    fn first<'t>(&self, tenant: &'t DemoTenant, state: &str) -> &'t str {
        tenant.accounts.iter().find(|account| account.state == state).map_or("", |account| &account.username)
    }

    fn state(&self, account: &DemoAccount) -> String {
        let key = format!("state-{}", account.state);
        let page = &self.page;
        page.texts.find(page.language, &key, &[]).unwrap_or_else(|| account.state.clone())
    }
}

/// A message that arrived.
#[derive(Debug, Clone)]
pub struct OutboxMessage {
    /// Its number in the outbox.
    pub id: u64,
    /// A mail's subject.
    pub subject: Option<String>,
    /// What it says.
    pub text: String,
    /// When it came, as it is to be read.
    pub at: String,
    /// The code in it, to be marked and copied.
    pub code: Option<String>,
}

/// A phone or a mailbox.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// Number or address.
    pub to: String,
    /// Which of the two it is.
    pub channel: Channel,
    /// Name of the municipality that sends to it.
    pub tenant: String,
    /// What came, newest first.
    pub messages: Vec<OutboxMessage>,
}

/// What phones and mailboxes received: the one with the newest message first.
#[derive(Template)]
#[template(path = "demo/outbox.html")]
pub struct OutboxView<'a> {
    /// The frame.
    pub page: DemoPage<'a>,
    /// Whether the page loads itself anew; off with `?live=no`.
    pub live: bool,
    /// Phones and mailboxes.
    pub mailboxes: &'a [Mailbox],
}

impl OutboxView<'_> {
    /// What stands before a further query parameter.
    fn join(&self) -> &'static str {
        if self.page.query.is_empty() { "?" } else { "&" }
    }

    fn title_of(&self, mailbox: &Mailbox) -> String {
        match mailbox.channel {
            Channel::Sms => self.page.text_with("outbox-phone", "to", &mailbox.to),
            Channel::Mail => self.page.text_with("outbox-mailbox", "to", &mailbox.to),
        }
    }
}
