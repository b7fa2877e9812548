//! Pages for requests that belong to no tenant: they name none, and speak both languages at once.

use askama::Template;
use portvakt_domain::language::Language;
use portvakt_texts::{Argument, Texts};

/// What there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BareMessage {
    /// 421: nobody has this host.
    Misdirected,
    /// 503: the tenant whose host this is was suspended.
    Suspended,
    /// 400: two hosts, or none that can be read.
    BadRequest,
    /// 404.
    NotFound,
    /// 500.
    Internal {
        /// What the log knows it by.
        reference: String,
    },
}

/// A page without a tenant, a style sheet or a link: nothing else is served where it is shown.
#[derive(Template)]
#[template(path = "bare.html")]
pub struct BareView<'a> {
    /// The words.
    pub texts: &'a Texts,
    /// What there is to say.
    pub message: BareMessage,
}

impl BareView<'_> {
    /// Tag, heading and sentence in each language.
    fn sections(&self) -> Vec<(&'static str, String, String)> {
        let (heading, sentence) = match self.message {
            BareMessage::Misdirected => ("bare-misdirected-heading", "bare-misdirected"),
            BareMessage::Suspended => ("bare-suspended-heading", "bare-suspended"),
            BareMessage::BadRequest => ("bare-bad-request-heading", "bare-bad-request"),
            BareMessage::NotFound => ("bare-not-found-heading", "bare-not-found"),
            BareMessage::Internal { .. } => ("bare-internal-heading", "bare-internal"),
        };
        let reference = match &self.message {
            BareMessage::Internal { reference } => reference.as_str(),
            _ => "",
        };
        let say = |language, key| self.texts.text(language, key, &[("reference", Argument::Text(reference))]);
        Language::ALL.into_iter().map(|l| (l.tag(), say(l, heading), say(l, sentence))).collect()
    }
}
