//! Messages: begun at most once, settled when the provider answered.

use portvakt_domain::{
    audit::NewEvent,
    flow::Flow,
    id::{AccountKey, MessageId},
    keys::KeyedHash,
    message::{Message, MessageState},
    tenant::SmsProvider,
    time::Instant,
};

use crate::{breakers::Breaker, numbers::SeenNumber};

/// A message with a code that is about to be sent, or not.
#[derive(Debug, Clone)]
pub struct BeginCode {
    /// The message.
    pub message: MessageId,
    /// Now.
    pub now: Instant,
    /// Whom the directory knows by the name that was typed; `None`: nobody who is served.
    pub account: Option<AccountKey>,
    /// Hash of the code.
    pub code_hash: KeyedHash,
    /// Stored instead where nothing is sent: nothing is known to hash to it.
    pub decoy_hash: KeyedHash,
    /// Whether there is a number to send to.
    pub send: bool,
    /// What holds it back already, by the name of the limit.
    pub held_back: Option<&'static str>,
    /// Whether an earlier code of this flow was right: then an open breaker does not hold this one back.
    pub proved: bool,
    /// That number, where it is a registered one. Where another stands in its place by now, nothing is sent.
    pub number: Option<SeenNumber>,
    /// The network that asked, hashed.
    pub network: KeyedHash,
    /// Whether the tenant lists that network as its own.
    pub trusted_network: bool,
    /// Recorded, with `turn` = `send`, `nobody`, `changed` or `limit` among its details, and which `limit`.
    pub event: NewEvent,
}

/// A message with a code that was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BegunCode {
    /// What to do with it.
    pub turn: CodeTurn,
    /// Which limit held it back.
    pub limit: Option<&'static str>,
    /// The tenant's breaker, where this code opened or closed it.
    pub breaker: Option<Breaker>,
}

/// What to do with a message that carries a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeTurn {
    /// Send it now, once, and settle it.
    Send,
    /// Send nothing: there is nobody to send to, or the account was sent enough.
    Suppressed,
    /// It was begun before. Found in the middle of a call, it is settled as unknown. Nothing is to be done.
    AlreadyBegun,
    /// The flow does not wait for it any more, or there is no such message. Nothing is to be done.
    Gone,
}

/// What to do with a notice.
#[derive(Debug, Clone)]
pub enum NoticeTurn {
    /// Send it now, once, and settle it.
    Send(Box<Message>),
    /// It was begun before. Found in the middle of a call, it is settled as unknown. Nothing is to be done.
    AlreadyBegun,
    /// There is no such message.
    Gone,
}

/// Who took a message, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taker {
    /// The SMS provider.
    pub provider: Option<SmsProvider>,
    /// Its own id of the message.
    pub provider_id: Option<String>,
}

storage_functions! { of messages:
    /// Begins a message with a code: looks at what the account was sent lately, notes the outcome, and stores the code's
    /// hash, all in one transaction and with the same statements whether anything is sent or not (a suppressed one
    /// writes its row of the SMS log under a random account, and counts nought where the others count one).
    write fn begin_code(begin: BeginCode) -> BegunCode;

    /// Puts a message back whose call surely did not reach the provider: it may be begun again, with a new code, and it
    /// does not count against the account.
    write fn back_to_queue(message: MessageId) -> bool;

    /// Begins a notice.
    write fn begin_notice(message: MessageId, now: Instant) -> NoticeTurn;

    /// What became of a message. An answer that comes after the message was given up as unknown counts; one that comes
    /// after another answer does not: `false`, and `event` is not recorded. Unknown what was reported of is sent.
    write fn settle(
        message: MessageId,
        state: MessageState,
        taker: Taker,
        now: Instant,
        event: NewEvent,
    ) -> bool;

    /// A message.
    read fn find(message: MessageId) -> Option<Message>;

    /// A message with the flow that asked for it; `None` where either is gone.
    read fn find_with_flow(message: MessageId) -> Option<(Message, Flow)>;
}
