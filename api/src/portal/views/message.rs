//! Pages that only say something: what happened, in one plain sentence, and what to do next.

use askama::Template;
use portvakt_domain::{rejection::RejectionReason, tenant::HostPurpose};

use super::{Layout, Page, reset::rejection, shown};

/// What there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// The person cancelled.
    Cancelled,
    /// Time ran out, or nothing was begun.
    FlowOver,
    /// Too many wrong codes or passwords; minutes to wait, where there is a wait.
    Exhausted {
        /// The wait.
        minutes: Option<u32>,
    },
    /// A limit on the client's network; minutes to wait, where that is known.
    TooMany {
        /// The wait.
        minutes: Option<u32>,
    },
    /// The client's network is held while codes are being guessed.
    Held {
        /// Until then at most, as people read it.
        until: String,
    },
    /// The directory was not reached; nothing was changed.
    Unavailable,
    /// A write was sent and nobody knows whether it happened.
    OutcomeUnknown,
    /// The account is not served here. Said only after possession of the number was proved.
    NotAllowed,
    /// The account is locked out: its password can't be changed. Said only to who gave the right one before.
    Locked,
    /// A change needs a code and no number is registered. Said only to who gave the right password.
    NoNumber,
    /// 400.
    BadRequest,
    /// 404.
    NotFound,
    /// 405.
    MethodNotAllowed,
    /// 413.
    TooLarge,
    /// 500.
    Internal {
        /// What the log knows it by.
        reference: String,
    },
    /// A write is under way.
    InProgress,
    /// The form came from elsewhere.
    BadOrigin,
}

/// A page that says it.
#[derive(Template)]
#[template(path = "message.html")]
pub struct MessageView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// What there is to say.
    pub message: Message,
    /// pwreg's address, without a slash at the end.
    pub register_url: &'a str,
}

impl Layout for MessageView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn is_dead_end(&self) -> bool {
        true
    }

    fn heading(&self) -> String {
        self.page.text(match self.message {
            Message::Cancelled => "cancelled-heading",
            Message::FlowOver => "flow-over-heading",
            Message::Exhausted { .. } => "exhausted-heading",
            Message::TooMany { .. } => "too-many-heading",
            Message::Held { .. } => "held-heading",
            Message::Unavailable => "unavailable-heading",
            Message::OutcomeUnknown => "unknown-heading",
            Message::NotAllowed => "not-allowed-heading",
            Message::Locked => "locked-heading",
            Message::NoNumber => "no-number-heading",
            Message::BadRequest => "bad-request-heading",
            Message::NotFound => "not-found-heading",
            Message::MethodNotAllowed => "method-heading",
            Message::TooLarge => "too-large-heading",
            Message::Internal { .. } => "internal-heading",
            Message::InProgress => "in-progress-heading",
            Message::BadOrigin => "bad-origin-heading",
        })
    }
}

impl MessageView<'_> {
    /// What happened and what to do, one sentence or few each.
    fn paragraphs(&self) -> Vec<String> {
        let page = &self.page;
        let name = ("name", (&page.help_desk.name).into());
        let say = |key: &str| page.texts.text(page.language, key, &[name]);
        let wait = |key: &str, minutes: u32| page.texts.text(page.language, key, &[name, ("minutes", minutes.into())]);
        vec![match &self.message {
            Message::Cancelled => say("cancelled"),
            Message::FlowOver => say("flow-over"),
            Message::Exhausted { minutes: None } => say("exhausted"),
            Message::Exhausted { minutes: Some(minutes) } => wait("exhausted-wait", *minutes),
            Message::TooMany { minutes: None } => say("too-many"),
            Message::TooMany { minutes: Some(minutes) } => wait("too-many-wait", *minutes),
            Message::Held { until } => {
                let until = page.texts.text(page.language, "held-until", &[name, ("until", until.into())]);
                return vec![say("held"), until, say("held-help")];
            }
            Message::Unavailable => match page.service {
                HostPurpose::Reset => say("unavailable-reset"),
                HostPurpose::Register => say("unavailable-register"),
            },
            Message::OutcomeUnknown => {
                return ["unknown", "unknown-wait", "unknown-try", "unknown-help"].map(say).to_vec();
            }
            Message::NotAllowed => match page.service {
                HostPurpose::Reset => rejection(page, RejectionReason::NoRight, None),
                HostPurpose::Register => say("not-allowed"),
            },
            Message::Locked => rejection(page, RejectionReason::Locked, None),
            Message::NoNumber => {
                let address = ("address", shown(self.register_url).into());
                let register = page.texts.text(page.language, "no-number-register", &[name, address]);
                return vec![say("no-number"), register];
            }
            Message::BadRequest => say("bad-request"),
            Message::NotFound => say("not-found"),
            Message::MethodNotAllowed => say("method"),
            Message::TooLarge => say("too-large"),
            Message::Internal { reference } => {
                page.texts.text(page.language, "internal", &[name, ("reference", reference.into())])
            }
            Message::InProgress => say("in-progress"),
            Message::BadOrigin => say("bad-origin"),
        }]
    }

    /// The link that goes on: address, without the query, and words.
    fn next(&self) -> (&str, String) {
        match self.message {
            Message::InProgress => (self.page.path, self.page.text("link-reload")),
            _ => ("/", self.page.text("link-start-over")),
        }
    }
}
