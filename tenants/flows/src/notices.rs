//! Whom is told of what happened: the mailbox, and every number that it concerns.

use portvakt_domain::{
    flow::Flow,
    id::{AccountKey, FlowId, MessageId},
    language::Language,
    message::{Channel, MessageKind, NewMessage},
    number::MobileNumber,
    time::Instant,
};

use crate::{FlowError, Platform, Tenant, open};

/// What a notice is about.
pub(crate) struct About {
    pub(crate) kind: MessageKind,
    pub(crate) flow: FlowId,
    pub(crate) account: Option<AccountKey>,
    pub(crate) language: Language,
    /// The time it speaks of, where it does.
    pub(crate) at: Option<Instant>,
}

impl About {
    /// Something that happened in a flow.
    pub(crate) fn flow(kind: MessageKind, flow: &Flow) -> Self {
        Self { kind, flow: flow.id, account: flow.account, language: flow.language, at: None }
    }

    /// A notice whose recipient is looked up when it is sent.
    pub(crate) fn unaddressed(&self, platform: &Platform, channel: Channel) -> NewMessage {
        let now = platform.now();
        NewMessage {
            id: MessageId::new(now, platform.random.as_ref()),
            kind: self.kind,
            channel,
            flow: self.flow,
            account: self.account,
            recipient: None,
            number_hash: None,
            about_at: self.at,
            language: self.language,
            requested_at: now,
        }
    }
}

/// A notice by mail, and one by SMS to each number. The numbers are fixed now: an old one is gone from the store when its
/// notice is sent. The mail address is the directory's, looked up when it is needed.
pub(crate) fn to_all<'a>(
    platform: &Platform,
    tenant: &Tenant,
    about: &About,
    numbers: impl IntoIterator<Item = &'a MobileNumber>,
) -> Result<Vec<NewMessage>, FlowError> {
    let mut notices = vec![about.unaddressed(platform, Channel::Mail)];
    for number in numbers {
        let notice = about.unaddressed(platform, Channel::Sms);
        let recipient = open::seal(platform, tenant, open::recipient_place(notice.id), number.e164())?;
        notices.push(NewMessage { recipient: Some(recipient), ..notice });
    }
    Ok(notices)
}
