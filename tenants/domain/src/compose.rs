//! The port to the words: what a message says, in whose language.

use crate::{
    code::Code, delivery::Secret, language::Language, message::MessageKind, tenant::TenantSettings, time::Instant,
};

/// The addresses people are sent to: scheme, host and, in the demo, a port; no trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// pwreset.
    pub reset: String,
    /// pwreg.
    pub register: String,
}

/// What a message may speak of.
#[derive(Debug, Clone, Copy)]
pub struct MessageFacts<'a> {
    /// What it says.
    pub kind: MessageKind,
    /// The reader's language.
    pub language: Language,
    /// On whose behalf.
    pub tenant: &'a TenantSettings,
    /// Where people are sent.
    pub links: &'a Links,
    /// The time that the message speaks of, where it speaks of one.
    pub about_at: Option<Instant>,
    /// The code, where the message carries one.
    pub code: Option<&'a Code>,
}

/// A mail's words.
#[derive(Debug, Clone)]
pub struct MailText {
    /// The subject.
    pub subject: String,
    /// The body as plain text.
    pub text: Secret,
    /// The body as HTML.
    pub html: Option<Secret>,
}

/// Finds the words.
pub trait Composer: Send + Sync {
    /// The text of an SMS. A code's fits one part (160 septets of GSM-7).
    fn sms(&self, facts: MessageFacts<'_>) -> Secret;

    /// A mail.
    fn mail(&self, facts: MessageFacts<'_>) -> MailText;
}
