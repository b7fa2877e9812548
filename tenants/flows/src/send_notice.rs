//! The job behind "we tell you": a notice of something that happened, by SMS or mail.

use portvakt_domain::{
    compose::MessageFacts,
    delivery::{Mail, Secret, Sms, SmsSent},
    id::MessageId,
    message::{Channel, Message},
    number::MobileNumber,
};
use portvakt_storage::messages::{self, NoticeTurn};

use crate::{
    FlowError, Platform, Tenant, open, registered,
    send_code::{self, JobOutcome},
};

/// Sends a notice, once.
///
/// # Errors
/// The database, or a directory that does not answer: the job is tried again.
pub async fn run(platform: &Platform, tenant: &Tenant, id: MessageId) -> Result<JobOutcome, FlowError> {
    // 1. To whom. A mail's address is the directory's, so it is asked before this worker takes its turn.
    let Some(message) = messages::find(&platform.store, tenant.id, id).await? else { return Ok(JobOutcome::Done) };
    crate::trace::of(message.asked.flow);
    let Some(to) = recipient(platform, tenant, &message).await? else {
        return Ok(JobOutcome::Fail("there is nowhere to send this notice".to_owned()));
    };

    // 2. The turn: a message found in the middle of a send is not sent again.
    match messages::begin_notice(&platform.store, tenant.id, id, platform.now()).await? {
        NoticeTurn::Send(_) => {}
        NoticeTurn::AlreadyBegun | NoticeTurn::Gone => return Ok(JobOutcome::Done),
    }

    // 3. The send, once, and what is known after it.
    let facts = MessageFacts {
        kind: message.asked.kind,
        language: message.asked.language,
        tenant: &tenant.settings,
        links: &tenant.links,
        about_at: message.asked.about_at,
        code: None,
    };
    let sent = match message.asked.channel {
        Channel::Sms => {
            let number = MobileNumber::from_e164(&to).map_err(|_| FlowError::Corrupt("messages.recipient"))?;
            let text = tenant.composer.sms(facts);
            let (reference, reports_to) = (id.to_string(), tenant.links.register.clone());
            tenant.sms.send(&Sms { to: number, text, reference, validity: None, reports_to }).await
        }
        Channel::Mail => {
            let mail = tenant.composer.mail(facts);
            let domain = tenant.settings.mail.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
            let mail = Mail {
                to: Secret(to.to_string()),
                reply_to: None,
                subject: mail.subject,
                text: mail.text,
                html: mail.html,
                message_id: format!("{id}@{domain}"),
            };
            SmsSent { sent: tenant.mail.send(&mail).await, provider: None }
        }
    };
    send_code::settle(platform, tenant, id, message.asked.channel, sent.sent, sent.provider).await
}

async fn recipient(
    platform: &Platform,
    tenant: &Tenant,
    message: &Message,
) -> Result<Option<zeroize::Zeroizing<String>>, FlowError> {
    if let Some(sealed) = &message.asked.recipient {
        return open::text(platform, tenant, open::recipient_place(message.asked.id), sealed).map(Some);
    }
    let Some(key) = message.asked.account else { return Ok(None) };
    if message.asked.channel == Channel::Sms {
        let numbers = registered::numbers(platform, tenant, key).await?;
        let asked = message.asked.number_hash;
        let is_asked =
            |number: &MobileNumber| asked.is_some_and(|hash| registered::is_hash_of(platform, tenant, hash, number));
        let one = numbers.into_iter().find(|number| is_asked(&number.number));
        return Ok(one.map(|number| zeroize::Zeroizing::new(number.number.e164().to_owned())));
    }
    let account = tenant.directory.read(key).await?;
    Ok(account.and_then(|account| account.mail).map(zeroize::Zeroizing::new))
}
