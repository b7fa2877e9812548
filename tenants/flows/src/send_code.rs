//! The job behind "we send you a code": who is this, is it allowed, which number; then the code is made and sent. It
//! reads and writes the same in every state; where nothing is to be sent, it stores a hash that nothing hashes to.

use chrono::TimeDelta;
use portvakt_domain::{
    account::Account,
    audit::AuditKind,
    code::Code,
    compose::MessageFacts,
    delivery::{Sent, Sms, SmsSent, Validity},
    directory::DirectoryError,
    flow::Flow,
    id::{AccountKey, MessageId, TenantId},
    keys::KeyedHash,
    login::DirectoryName,
    message::{Channel, Message, MessageKind, MessageState},
    number::MobileNumber,
    tenant::SmsProvider,
    time::Instant,
};
use portvakt_storage::{
    messages::{self, BeginCode, CodeTurn, Taker},
    number_changes,
    numbers::SeenNumber,
};

use crate::{
    FlowError, Measure, Platform, Tenant, breaker, budget,
    event::{EventExt as _, event},
    number_attribute::{self, NOBODY},
    number_effect, open,
    registered::{self, Registered},
};

/// How a job ended.
#[derive(Debug)]
pub enum JobOutcome {
    /// There is nothing more to do.
    Done,
    /// Something stood in the way that may pass.
    Retry(String),
    /// It is not its turn yet: it is begun then, and this was no attempt.
    Later {
        /// When it is.
        at: Instant,
        /// Why it waits, naming nobody.
        why: String,
    },
    /// It can't be done, now or later.
    Fail(String),
}

/// Nobody tries to send a code or a notice any more: its message says so, so that nobody is told that it is on its way.
///
/// # Errors
/// The database.
pub async fn give_up(platform: &Platform, tenant: TenantId, id: MessageId) -> Result<(), FlowError> {
    let found = messages::find(&platform.store, tenant, id).await?;
    let Some(message) = found.filter(|message| message.state == MessageState::Queued) else { return Ok(()) };
    let settled = event(platform, AuditKind::MessageSettled)
        .detail("channel", message.asked.channel.as_str())
        .detail("outcome", "given_up")
        .detail("message", &id.to_string());
    let (now, state) = (platform.now(), MessageState::Failed);
    messages::settle(&platform.store, tenant, id, state, Taker::default(), now, settled).await?;
    Ok(())
}

/// Sends the code of a message, once.
///
/// # Errors
/// The database, or a directory that does not answer: the job is tried again.
pub async fn run(platform: &Platform, tenant: &Tenant, id: MessageId) -> Result<JobOutcome, FlowError> {
    // 1. What was asked for, and in which flow.
    let found = messages::find_with_flow(&platform.store, tenant.id, id).await?;
    let Some((message, flow)) = found else { return Ok(JobOutcome::Done) };
    crate::trace::of(flow.id);
    let Some(purpose) = message.asked.kind.code_purpose() else {
        return Ok(JobOutcome::Fail("the message carries no code".to_owned()));
    };

    // 2. Who this is, whether it is allowed, and which number.
    let recipient = recipient(platform, tenant, &message, &flow).await?;
    let in_time = platform.now() < message.asked.requested_at + code_life(tenant);
    let held_back = budget::holds_back(platform, tenant, &flow, recipient.number.is_some()).await?;

    // 3. The code. Only its hash is stored, and from here on this worker has the one turn at the gateway.
    let code = Code::generate(platform.random.as_ref());
    let sent_event = event(platform, AuditKind::CodeSent)
        .flow(flow.id)
        .account(recipient.account)
        .network(flow.network)
        .detail("purpose", purpose.as_str())
        .holder(recipient.seen.map(|seen| seen.row_id));
    let begun = messages::begin_code(
        &platform.store,
        tenant.id,
        BeginCode {
            message: id,
            now: platform.now(),
            account: recipient.account,
            code_hash: code.hash(&open::ring_of(platform, &flow), tenant.id, flow.id, purpose),
            decoy_hash: KeyedHash::random(platform.random.as_ref()),
            send: recipient.number.is_some() && in_time,
            held_back,
            proved: has_proved(&message, &flow),
            number: recipient.seen,
            network: flow.network,
            trusted_network: flow.trusted_network,
            event: sent_event,
        },
    )
    .await?;
    if matches!(begun.turn, CodeTurn::Send | CodeTurn::Suppressed) {
        // What a limit held back costs the tenant nothing, or strangers could use up its budget without an SMS.
        budget::spend(platform, tenant, i64::from(matches!(begun.turn, CodeTurn::Send))).await?;
    }
    if let Some(limit) = begun.limit {
        platform.meter.count(tenant.id, Measure::Limit(limit));
    }
    if let Some(changed) = begun.breaker {
        breaker::tell(platform, tenant.id, changed);
    }
    let number = match (begun.turn, recipient.number) {
        (CodeTurn::Send, Some(number)) => number,
        (CodeTurn::Suppressed, _) => {
            platform.meter.count(tenant.id, Measure::Sms("suppressed"));
            return Ok(JobOutcome::Done);
        }
        _ => return Ok(JobOutcome::Done),
    };

    // 4. The call, once, and what is known after it.
    let text = tenant.composer.sms(MessageFacts {
        kind: message.asked.kind,
        language: message.asked.language,
        tenant: &tenant.settings,
        links: &tenant.links,
        about_at: None,
        code: Some(&code),
    });
    let until = message.asked.requested_at + code_life(tenant);
    let seconds = u32::try_from((until - platform.now()).num_seconds()).unwrap_or(0).max(1);
    let sms = Sms {
        to: number,
        text,
        reference: id.to_string(),
        validity: Some(Validity { until, seconds }),
        reports_to: tenant.links.register.clone(),
    };
    let SmsSent { sent, provider } = tenant.sms.send(&sms).await;
    settle(platform, tenant, id, Channel::Sms, sent, provider).await
}

/// Records what is known after a send.
pub(crate) async fn settle(
    platform: &Platform,
    tenant: &Tenant,
    id: MessageId,
    channel: Channel,
    sent: Sent,
    provider: Option<SmsProvider>,
) -> Result<JobOutcome, FlowError> {
    let measure = |label| match channel {
        Channel::Sms => Measure::Sms(label),
        Channel::Mail => Measure::Mail(label),
    };
    let (state, provider_id, label, reason) = match sent {
        Sent::Accepted { provider_id } => (MessageState::Sent, provider_id, "sent", String::new()),
        Sent::Refused { reason } => (MessageState::Failed, None, "refused", reason),
        Sent::Unknown { reason } => (MessageState::Unknown, None, "unknown", reason),
        Sent::NotSent { reason } => {
            platform.meter.count(tenant.id, measure("not_sent"));
            messages::back_to_queue(&platform.store, tenant.id, id).await?;
            return Ok(JobOutcome::Retry(reason));
        }
    };
    platform.meter.count(tenant.id, measure(label));
    if state != MessageState::Sent {
        tracing::warn!(tenant.id = %tenant.id, message.id = %id, channel = channel.as_str(), outcome = label, reason, "not delivered");
    }
    let settled = event(platform, AuditKind::MessageSettled)
        .detail("channel", channel.as_str())
        .detail("outcome", label)
        .detail("message", &id.to_string());
    messages::settle(&platform.store, tenant.id, id, state, Taker { provider, provider_id }, platform.now(), settled)
        .await?;
    Ok(if state == MessageState::Failed { JobOutcome::Fail(reason) } else { JobOutcome::Done })
}

struct Recipient {
    account: Option<AccountKey>,
    number: Option<MobileNumber>,
    /// Where it was read, if it is a registered one.
    seen: Option<SeenNumber>,
}

impl Recipient {
    fn registered(account: Option<AccountKey>, number: Option<Registered>) -> Self {
        let seen = number.as_ref().map(|number| SeenNumber { row_id: number.row, since: number.since });
        Self { account, number: number.map(|number| number.number), seen }
    }
}

/// The number a code goes to, if it goes anywhere. The same reads are made when there is nobody.
async fn recipient(
    platform: &Platform,
    tenant: &Tenant,
    message: &Message,
    flow: &Flow,
) -> Result<Recipient, FlowError> {
    match (message.asked.kind, flow.proof) {
        (MessageKind::ResetCode, _) => {
            let (account, number) = by_name(platform, tenant, message, flow).await?;
            Ok(Recipient::registered(account, number))
        }
        // By name, and there may be nothing to stop.
        (MessageKind::StopChangeCode, None) => {
            let (account, number) = by_name(platform, tenant, message, flow).await?;
            let key = account.unwrap_or(NOBODY);
            let waits = number_changes::waiting(&platform.store, tenant.id, key).await?.is_some();
            Ok(Recipient::registered(account, number.filter(|_| waits)))
        }
        (MessageKind::ChangeCode, _) => {
            let key = flow.account.ok_or(FlowError::Corrupt("flows.account"))?;
            let account = tenant.directory.read(key).await?.filter(Account::may_change_password);
            let mut numbers = number_attribute::numbers(platform, tenant, account.as_ref()).await?.into_iter();
            let number = numbers.find(|number| is_wanted(platform, tenant, message, number));
            Ok(Recipient::registered(Some(key), number.filter(|_| account.is_some())))
        }
        (MessageKind::NewNumberCode, _) => {
            let number = open::pending_number(platform, tenant, flow)?;
            Ok(Recipient { account: flow.account, number, seen: None })
        }
        (_, proof) => {
            let key = flow.account.ok_or(FlowError::Corrupt("flows.account"))?;
            let mut numbers = registered::numbers(platform, tenant, key).await?.into_iter();
            let number = numbers.find(|number| proof.is_none_or(|row| row == number.row));
            Ok(Recipient::registered(Some(key), number))
        }
    }
}

/// Whom the name that was typed means, if it is somebody who is served, and the number: the first one, or the other one
/// that was asked for, if it is registered.
async fn by_name(
    platform: &Platform,
    tenant: &Tenant,
    message: &Message,
    flow: &Flow,
) -> Result<(Option<AccountKey>, Option<Registered>), FlowError> {
    let login = open::login(platform, tenant, flow)?;
    let name = login
        .within(&tenant.settings.directory.netbios)
        .unwrap_or(DirectoryName { text: login.reveal(), account_name_only: false });
    let found = tenant.directory.find(name).await?;
    let served = found.filter(|account| account.may_receive_code());
    let numbers = number_attribute::numbers(platform, tenant, served.as_ref()).await?;
    Ok((
        served.map(|account| account.key),
        numbers.into_iter().find(|number| is_wanted(platform, tenant, message, number)),
    ))
}

/// Whether a code that was asked for may go to this number: any, or the one that was typed.
fn is_wanted(platform: &Platform, tenant: &Tenant, message: &Message, number: &Registered) -> bool {
    message.asked.number_hash.is_none_or(|hash| registered::is_hash_of(platform, tenant, hash, &number.number))
}

/// Whether an earlier code of this flow was right: one to a number already there goes before the one to a new number.
fn has_proved(message: &Message, flow: &Flow) -> bool {
    message.asked.kind == MessageKind::NewNumberCode && number_effect::task_of(flow).old_code().is_some()
}

fn code_life(tenant: &Tenant) -> TimeDelta {
    TimeDelta::minutes(i64::from(tenant.settings.reset.code_minutes))
}

/// Whether a fault is one that a retry may mend. A directory that is set up wrongly is mended by somebody while the code
/// may still be worth sending.
pub fn is_passing(error: &FlowError) -> bool {
    match error {
        FlowError::Storage(_) => true,
        FlowError::Directory(error) => {
            matches!(error, DirectoryError::Unavailable(_) | DirectoryError::Misconfigured(_))
        }
        _ => false,
    }
}
