//! Messages: what is sent to people, why, and what became of it.

use crate::{
    code::CodePurpose,
    id::{AccountKey, FlowId, MessageId},
    keys::{KeyedHash, Sealed},
    language::Language,
    report::Report,
    time::Instant,
};

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Text message to a mobile number.
    Sms,
    /// Mail.
    Mail,
}

impl Channel {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Sms => "sms",
            Channel::Mail => "mail",
        }
    }

    /// The channel of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        [Channel::Sms, Channel::Mail].into_iter().find(|channel| channel.as_str() == name)
    }
}

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// A code, to the number registered for a name.
    ResetCode,
    /// A code, to the number registered for an account whose current password was given.
    ChangeCode,
    /// A code, to the number already there, before it is changed.
    OldNumberCode,
    /// A code, to a number already there, before another is added.
    AddNumberCode,
    /// A code, to a number already there, before one is removed.
    RemoveNumberCode,
    /// A code, to a number already there, to stop a delayed change.
    StopChangeCode,
    /// A code, to a number being registered.
    NewNumberCode,
    /// Notice: the password was set.
    PasswordSet,
    /// Notice: the password was changed by who knew it.
    PasswordChanged,
    /// Notice: the account was unlocked.
    Unlocked,
    /// Notice: a number was registered.
    NumberAdded,
    /// Notice: a number was changed. Goes to the old number, to all others and by mail.
    NumberChanged,
    /// Notice: a number was removed. Goes to that number, to all others and by mail.
    NumberRemoved,
    /// Notice: a delayed change was asked for, when it happens, and how to stop it.
    ChangeAsked,
    /// Notice: others wrote another number in the directory, when it counts, and how to stop it.
    ChangeSeen,
    /// Notice: a delayed change was stopped.
    ChangeStopped,
}

impl MessageKind {
    /// All of them.
    pub const ALL: [MessageKind; 16] = [
        MessageKind::ResetCode,
        MessageKind::ChangeCode,
        MessageKind::OldNumberCode,
        MessageKind::AddNumberCode,
        MessageKind::RemoveNumberCode,
        MessageKind::StopChangeCode,
        MessageKind::NewNumberCode,
        MessageKind::PasswordSet,
        MessageKind::PasswordChanged,
        MessageKind::Unlocked,
        MessageKind::NumberAdded,
        MessageKind::NumberChanged,
        MessageKind::NumberRemoved,
        MessageKind::ChangeAsked,
        MessageKind::ChangeSeen,
        MessageKind::ChangeStopped,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            MessageKind::ResetCode => "reset_code",
            MessageKind::ChangeCode => "change_code",
            MessageKind::OldNumberCode => "old_number_code",
            MessageKind::AddNumberCode => "add_number_code",
            MessageKind::RemoveNumberCode => "remove_number_code",
            MessageKind::StopChangeCode => "stop_change_code",
            MessageKind::NewNumberCode => "new_number_code",
            MessageKind::PasswordSet => "password_set",
            MessageKind::PasswordChanged => "password_changed",
            MessageKind::Unlocked => "unlocked",
            MessageKind::NumberAdded => "number_added",
            MessageKind::NumberChanged => "number_changed",
            MessageKind::NumberRemoved => "number_removed",
            MessageKind::ChangeAsked => "change_asked",
            MessageKind::ChangeSeen => "change_seen",
            MessageKind::ChangeStopped => "change_stopped",
        }
    }

    /// The kind of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether it tells of a change that waits: when it happens, and how to stop it.
    pub fn announces_change(self) -> bool {
        matches!(self, MessageKind::ChangeAsked | MessageKind::ChangeSeen)
    }

    /// The purpose of the code the message carries, if it carries one.
    pub fn code_purpose(self) -> Option<CodePurpose> {
        match self {
            MessageKind::ResetCode => Some(CodePurpose::Reset),
            MessageKind::ChangeCode => Some(CodePurpose::Change),
            MessageKind::OldNumberCode => Some(CodePurpose::OldNumber),
            MessageKind::AddNumberCode => Some(CodePurpose::AddNumber),
            MessageKind::RemoveNumberCode => Some(CodePurpose::RemoveNumber),
            MessageKind::StopChangeCode => Some(CodePurpose::StopChange),
            MessageKind::NewNumberCode => Some(CodePurpose::NewNumber),
            _ => None,
        }
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// Asked for; nothing was done yet.
    Queued,
    /// Nothing is to be sent: nobody to send to, or a limit. Looks like any other from outside.
    Suppressed,
    /// The call to the provider begins now. Found in this state later, its outcome is unknown.
    Sending,
    /// The provider took it.
    Sent,
    /// The provider refused it, or could not be reached in time. Surely not sent.
    Failed,
    /// Handed over and never answered; may have been sent, is never sent again.
    Unknown,
}

impl MessageState {
    const ALL: [MessageState; 6] = [
        MessageState::Queued,
        MessageState::Suppressed,
        MessageState::Sending,
        MessageState::Sent,
        MessageState::Failed,
        MessageState::Unknown,
    ];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            MessageState::Queued => "queued",
            MessageState::Suppressed => "suppressed",
            MessageState::Sending => "sending",
            MessageState::Sent => "sent",
            MessageState::Failed => "failed",
            MessageState::Unknown => "unknown",
        }
    }

    /// The state of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A message to be asked for, in the transaction of what causes it.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Its id; the job's payload.
    pub id: MessageId,
    /// What it says.
    pub kind: MessageKind,
    /// How it travels.
    pub channel: Channel,
    /// The flow it belongs to.
    pub flow: FlowId,
    /// Whom it concerns, when that is known already.
    pub account: Option<AccountKey>,
    /// The recipient, sealed (`messages.recipient`), where it must be fixed now: an old number is gone when the notice
    /// is sent. `None`: looked up when it is sent.
    pub recipient: Option<Sealed>,
    /// The one registered number it goes to, hashed, where the recipient is looked up by it; it goes nowhere when no such
    /// number is registered.
    pub number_hash: Option<KeyedHash>,
    /// The time that it speaks of, such as when a delayed change is carried out.
    pub about_at: Option<Instant>,
    /// The language it is written in.
    pub language: Language,
    /// When it was asked for.
    pub requested_at: Instant,
}

/// A message as stored.
#[derive(Debug, Clone)]
pub struct Message {
    /// What was asked for.
    pub asked: NewMessage,
    /// What became of it.
    pub state: MessageState,
    /// How often a send was begun.
    pub attempts: i32,
    /// What the provider reported of it last.
    pub report: Option<Report>,
}

/// Where a message is, for those who wait for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// On its way, as far as anybody knows.
    OnItsWay,
    /// The phone has it.
    Delivered,
    /// It won't arrive, and that may be for the number.
    NotDelivered,
    /// It was not sent, which is not for the number.
    NotSent,
}

impl Message {
    /// Where it is; `None` where nothing is sent.
    pub fn delivery(&self) -> Option<Delivery> {
        Some(match (self.state, self.report) {
            (MessageState::Suppressed, _) => return None,
            (_, Some(Report::Delivered)) => Delivery::Delivered,
            (_, Some(Report::Failed | Report::Expired)) => Delivery::NotDelivered,
            (MessageState::Failed, _) => Delivery::NotSent,
            _ => Delivery::OnItsWay,
        })
    }
}
