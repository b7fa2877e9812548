//! The port to the words: what a message says, in whose language.

use chrono::NaiveDate;

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

/// A line of a reminder's table.
#[derive(Clone, PartialEq, Eq)]
pub struct ReminderRow {
    /// Given name; empty when the directory has none.
    pub first_name: String,
    /// Family name; empty when the directory has none.
    pub last_name: String,
    /// The short name people know.
    pub username: String,
    /// The last day.
    pub ends: NaiveDate,
    /// Whole days until then; below 0 after it.
    pub days_left: i64,
}

/// Why somebody gets a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReminderReason {
    /// As a recipient of this unit.
    Unit(String),
    /// As the manager of those in it.
    Manager,
    /// Because those in it belong to no unit.
    Fallback,
}

/// What a mail to the recipient of units speaks of.
#[derive(Clone)]
pub struct UnitReminder<'a> {
    /// The reader's language.
    pub language: Language,
    /// On whose behalf.
    pub tenant: &'a TenantSettings,
    /// Where people are sent.
    pub links: &'a Links,
    /// The table.
    pub rows: &'a [ReminderRow],
    /// Why it comes here.
    pub reasons: &'a [ReminderReason],
    /// Some of it is told early, because a period that the tenant named is about to begin.
    pub in_period: bool,
}

/// Whose password a personal reminder speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// The reader's own.
    Own,
    /// That of an account that several people share.
    Shared,
}

/// What a reminder to one person, or to those who share an account, speaks of.
#[derive(Clone)]
pub struct PersonalReminder<'a> {
    /// The reader's language.
    pub language: Language,
    /// On whose behalf.
    pub tenant: &'a TenantSettings,
    /// Where people are sent.
    pub links: &'a Links,
    /// Whose password.
    pub whose: Personal,
    /// The account.
    pub username: &'a str,
    /// The last day.
    pub ends: NaiveDate,
    /// Whole days until then; below 0 after it.
    pub days_left: i64,
    /// Whether a number is registered for the account.
    pub registered: bool,
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

    /// The mail with a unit's table.
    fn unit_reminder(&self, facts: &UnitReminder<'_>) -> MailText;

    /// The mail to one person, or to the mailbox of a shared account.
    fn personal_reminder(&self, facts: &PersonalReminder<'_>) -> MailText;

    /// The same by SMS. Several parts where it must be.
    fn personal_reminder_sms(&self, facts: &PersonalReminder<'_>) -> Secret;
}
