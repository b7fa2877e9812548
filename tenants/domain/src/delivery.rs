//! The ports to SMS gateways and mail servers, and what is known after a send.

use async_trait::async_trait;

use crate::{number::MobileNumber, tenant::SmsProvider, time::Instant};

/// An SMS on its way out.
#[derive(Debug, Clone)]
pub struct Sms {
    /// The recipient.
    pub to: MobileNumber,
    /// The text; may hold a code, so it is redacted wherever it is printed.
    pub text: Secret,
    /// Our own reference of the message, for the gateway's log.
    pub reference: String,
    /// How long it is worth delivering; `None`: always.
    pub validity: Option<Validity>,
    /// The tenant's address that reports are posted below: scheme, host and perhaps a port.
    pub reports_to: String,
}

/// How long an SMS is worth delivering, for providers that want a time and for those that want a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Until when.
    pub until: Instant,
    /// For how many seconds from now; at least one.
    pub seconds: u32,
}

/// A mail on its way out.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The recipient's address.
    pub to: Secret,
    /// Where answers go, where that is elsewhere than to the sender.
    pub reply_to: Option<Secret>,
    /// The subject.
    pub subject: String,
    /// The body as plain text.
    pub text: Secret,
    /// The body as HTML; `None` where text says it all.
    pub html: Option<Secret>,
    /// A stable `Message-ID` (without angle brackets): a repeated send is recognised as the same mail.
    pub message_id: String,
}

/// A text that must not be printed.
#[derive(Clone)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}

/// What is known after a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The provider took the message; its own id of it, where it gave one.
    Accepted {
        /// The provider's id.
        provider_id: Option<String>,
    },
    /// The provider refused it for good: nothing was sent, and repeating changes nothing.
    Refused {
        /// The provider's reason, cleaned of numbers and texts.
        reason: String,
    },
    /// The provider was not reached, or said to come back later: surely nothing was sent.
    NotSent {
        /// What stood in the way.
        reason: String,
    },
    /// It was handed over and not answered. It may have been sent; it must not be sent again.
    Unknown {
        /// What happened.
        reason: String,
    },
}

/// What is known after an SMS was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsSent {
    /// What is known.
    pub sent: Sent,
    /// Who took it, or may have taken it.
    pub provider: Option<SmsProvider>,
}

/// A tenant's SMS gateway.
#[async_trait]
pub trait SmsSender: Send + Sync {
    /// Sends one SMS, once.
    async fn send(&self, sms: &Sms) -> SmsSent;
}

/// A tenant's mail server.
#[async_trait]
pub trait MailSender: Send + Sync {
    /// Sends one mail, once.
    async fn send(&self, mail: &Mail) -> Sent;
}
