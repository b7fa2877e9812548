//! Messages.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use diesel::prelude::*;
use portvakt_domain::{
    audit::{AuditKind, NewEvent},
    breaker::Codes,
    code::CodePurpose,
    flow::{Flow, FlowState, IDLE_LIFE, WHOLE_LIFE},
    id::{AccountKey, FlowId, MessageId, TenantId},
    job::Job,
    keys::KeyedHash,
    limit::{DAY, SMS_PER_ACCOUNT, SMS_SHORT_WINDOW, SmsHistory, Standing},
    message::{Channel, Message, MessageKind, MessageState, NewMessage},
    report::Report,
    tenant::SmsProvider,
    time::Instant,
};
use uuid::Uuid;

use super::{
    Conn, audit, breakers, flows as flow_queries, jobs, lock, networks, numbers, reports,
    schema::{flows, messages, sms_log},
    trips,
};
use crate::{
    error::{Outcome, corrupt},
    lock::Lock,
    messages::{BeginCode, BegunCode, CodeTurn, NoticeTurn, Taker},
    values::{At, Id, at, language, optional_hash, optional_sealed},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = messages, check_for_backend(super::Db))]
struct MessageRow {
    id: Id,
    kind: String,
    channel: String,
    flow: Id,
    account: Option<Id>,
    recipient: Option<Vec<u8>>,
    language: String,
    requested_at: At,
    state: String,
    attempts: i32,
    number_hash: Option<Vec<u8>>,
    about_at: Option<At>,
    report: Option<String>,
}

impl MessageRow {
    fn read(self) -> Outcome<Message> {
        Ok(Message {
            asked: NewMessage {
                id: MessageId(self.id.0),
                kind: MessageKind::from_stored(&self.kind).ok_or_else(|| corrupt("messages.kind"))?,
                channel: Channel::from_stored(&self.channel).ok_or_else(|| corrupt("messages.channel"))?,
                flow: FlowId(self.flow.0),
                account: self.account.map(|account| AccountKey(account.0)),
                recipient: optional_sealed(self.recipient),
                number_hash: optional_hash(self.number_hash, "messages.number_hash")?,
                about_at: self.about_at.map(|about| about.0),
                language: language(&self.language, "messages.language")?,
                requested_at: self.requested_at.0,
            },
            state: MessageState::from_stored(&self.state).ok_or_else(|| corrupt("messages.state"))?,
            attempts: self.attempts,
            report: self
                .report
                .map(|name| Report::from_stored(&name).ok_or_else(|| corrupt("messages.report")))
                .transpose()?,
        })
    }
}

/// Asks for a message and its job, due at once.
pub(crate) fn ask(c: &mut Conn, tenant: TenantId, message: &NewMessage, now: Instant) -> Outcome<()> {
    diesel::insert_into(messages::table)
        .values((
            messages::tenant_id.eq(Id(tenant.0)),
            messages::id.eq(Id(message.id.0)),
            messages::kind.eq(message.kind.as_str()),
            messages::channel.eq(message.channel.as_str()),
            messages::flow.eq(Id(message.flow.0)),
            messages::account.eq(message.account.map(|account| Id(account.0))),
            messages::recipient.eq(message.recipient.as_ref().map(|sealed| sealed.0.clone())),
            messages::language.eq(message.language.tag()),
            messages::requested_at.eq(at(message.requested_at)),
            messages::state.eq(MessageState::Queued.as_str()),
            messages::attempts.eq(0),
            messages::number_hash.eq(message.number_hash.map(|hash| hash.0.to_vec())),
            messages::about_at.eq(message.about_at.map(at)),
        ))
        .execute(c)?;
    let job = match message.kind.code_purpose() {
        Some(_) => Job::SendCode { message: message.id },
        None => Job::SendNotice { message: message.id },
    };
    jobs::ask(c, tenant, &job, now, now)?;
    Ok(())
}

pub(crate) fn find(c: &mut Conn, tenant: TenantId, message: &MessageId) -> Outcome<Option<Message>> {
    let row: Option<MessageRow> =
        messages::table.find((Id(tenant.0), Id(message.0))).select(MessageRow::as_select()).first(c).optional()?;
    row.map(MessageRow::read).transpose()
}

pub(crate) fn find_with_flow(c: &mut Conn, tenant: TenantId, message: &MessageId) -> Outcome<Option<(Message, Flow)>> {
    let Some(message) = find(c, tenant, message)? else { return Ok(None) };
    let flow = flow_queries::find_by_id(c, tenant, &message.asked.flow)?;
    Ok(flow.map(|flow| (message, flow)))
}

/// The message, held until the transaction ends: two workers can't both begin it.
fn hold(c: &mut Conn, tenant: TenantId, message: &MessageId) -> Outcome<Option<Message>> {
    let row: Option<MessageRow> = diesel::update(messages::table.find((Id(tenant.0), Id(message.0))))
        .set(messages::attempts.eq(messages::attempts))
        .returning(MessageRow::as_returning())
        .get_result(c)
        .optional()?;
    row.map(MessageRow::read).transpose()
}

/// Notes a message's state, and when it was settled if it is now.
fn note(c: &mut Conn, tenant: TenantId, message: &Message, state: MessageState, now: Instant) -> Outcome<()> {
    let begins = matches!(state, MessageState::Sending);
    diesel::update(messages::table.find((Id(tenant.0), Id(message.asked.id.0))))
        .set((
            messages::state.eq(state.as_str()),
            messages::attempts.eq(message.attempts + i32::from(begins)),
            messages::settled_at.eq((!begins).then(|| at(now))),
        ))
        .execute(c)?;
    Ok(())
}

/// Gives a message up that was found in the middle of a call. Where its provider reported of it, it has it.
fn give_up(c: &mut Conn, tenant: TenantId, message: &Message, now: Instant) -> Outcome<()> {
    let state = if message.report.is_some() { MessageState::Sent } else { MessageState::Unknown };
    note(c, tenant, message, state, now)?;
    // Who began the call did not live to tell.
    let told = [("channel", message.asked.channel.as_str()), ("outcome", state.as_str())];
    let mut details = BTreeMap::from(told.map(|(name, value)| (name.to_owned(), value.to_owned())));
    details.insert("message".to_owned(), message.asked.id.0.to_string());
    if message.report.is_some() {
        details.insert("by".to_owned(), "report".to_owned());
    }
    audit::record(c, tenant, &[audit::made(AuditKind::MessageSettled, now, details)])
}

/// The states in which a flow waits for a code of this purpose.
fn awaiting(purpose: CodePurpose) -> &'static [FlowState] {
    match purpose {
        CodePurpose::Reset => &[FlowState::AwaitingCode],
        CodePurpose::Change => &[FlowState::AwaitingChangeCode],
        CodePurpose::OldNumber | CodePurpose::AddNumber | CodePurpose::RemoveNumber => &[FlowState::AwaitingOldCode],
        // By name, and signed in.
        CodePurpose::StopChange => &[FlowState::AwaitingStopCode, FlowState::AwaitingOldCode],
        CodePurpose::NewNumber => &[FlowState::AwaitingNewCode],
    }
}

pub(crate) fn begin_code(c: &mut Conn, tenant: TenantId, begin: &BeginCode) -> Outcome<BegunCode> {
    // A suppressed message takes the same way under an account that nobody has.
    let nobody = AccountKey(Id::random().0);
    let only = |turn| BegunCode { turn, limit: None, breaker: None };
    lock(c, Lock::Account(tenant, begin.account.unwrap_or(nobody)))?;
    let Some(message) = hold(c, tenant, &begin.message)? else { return Ok(only(CodeTurn::Gone)) };
    match message.state {
        MessageState::Queued => {}
        MessageState::Sending => {
            give_up(c, tenant, &message, begin.now)?;
            return Ok(only(CodeTurn::AlreadyBegun));
        }
        _ => return Ok(only(CodeTurn::AlreadyBegun)),
    }
    let Some(purpose) = message.asked.kind.code_purpose() else { return Ok(only(CodeTurn::Gone)) };

    let breaker = breakers::settle(c, tenant, &begin.now)?;
    let history = history(c, tenant, begin.account.unwrap_or(nobody), begin)?;
    let proven = networks::is_proven(c, tenant, &begin.network, &begin.now)?;
    let allowed = history.allows_one_more(match breaker.open_since {
        _ if begin.trusted_network => Standing::Own,
        _ if proven => Standing::Proven,
        Some(_) if !begin.proved => Standing::Held,
        _ => Standing::New,
    });
    let stands = numbers::stands(c, tenant, begin.account.unwrap_or(nobody), begin.number)?;
    let (turn, reason, limit) = match (begin.send && begin.account.is_some(), begin.held_back, allowed) {
        (false, ..) => (CodeTurn::Suppressed, "nobody", None),
        // Replaced since it was read: a code there would be one for whoever has the old phone.
        (true, ..) if !stands => (CodeTurn::Suppressed, "changed", None),
        (true, Some(limit), _) | (true, None, Err(limit)) => (CodeTurn::Suppressed, "limit", Some(limit)),
        (true, None, Ok(())) => (CodeTurn::Send, "send", None),
    };
    let breaker = breaker.changed.then_some(breaker);
    let (state, code_hash, logged) = match turn {
        CodeTurn::Send => (MessageState::Sending, begin.code_hash, begin.account.unwrap_or(nobody)),
        _ => (MessageState::Suppressed, begin.decoy_hash, nobody),
    };
    let number = begin.number.filter(|_| turn == CodeTurn::Send).map(|number| number.row_id);
    if !store_code(c, tenant, begin, &message.asked, purpose, (code_hash, number))? {
        note(c, tenant, &message, MessageState::Suppressed, begin.now)?;
        return Ok(BegunCode { breaker, ..only(CodeTurn::Gone) });
    }
    note(c, tenant, &message, state, begin.now)?;
    diesel::insert_into(sms_log::table)
        .values((
            sms_log::tenant_id.eq(Id(tenant.0)),
            sms_log::id.eq(Id(begin.message.0)),
            sms_log::account.eq(Id(logged.0)),
            sms_log::network.eq(begin.network.0.to_vec()),
            sms_log::trusted.eq(begin.trusted_network),
            sms_log::sent_at.eq(at(begin.now)),
        ))
        .execute(c)?;
    // A code whose call did not reach the gateway the first time is one code all the same.
    let sent = i64::from(turn == CodeTurn::Send && message.attempts == 0);
    breakers::count(c, tenant, Codes { sent, used: 0 }, begin.now)?;
    tell(c, tenant, begin, reason, limit)?;
    Ok(BegunCode { turn, limit, breaker })
}

/// Counts and records what became of a code. The first time in an hour that a limit holds codes back has an event of its own.
fn tell(c: &mut Conn, tenant: TenantId, begin: &BeginCode, turn: &str, limit: Option<&'static str>) -> Outcome<()> {
    let trips = trips::count(c, tenant, limit.unwrap_or(SMS_PER_ACCOUNT), i64::from(limit.is_some()), begin.now)?;
    let mut event = begin.event.clone();
    event.details.insert("turn".to_owned(), turn.to_owned());
    let mut hit = None;
    if let Some(limit) = limit {
        event.details.insert("limit".to_owned(), limit.to_owned());
        let made =
            audit::made(AuditKind::LimitHit, begin.now, BTreeMap::from([("limit".to_owned(), limit.to_owned())]));
        let (account, flow, network) = (event.account, event.flow, event.network);
        hit = (trips == 1).then_some(NewEvent { account, flow, network, ..made });
    }
    audit::record_beside(c, tenant, event, hit)
}

/// What the account was sent lately, as this request sees it.
fn history(c: &mut Conn, tenant: TenantId, account: AccountKey, begin: &BeginCode) -> Outcome<SmsHistory> {
    let rows: Vec<(Vec<u8>, bool, At)> = sms_log::table
        .filter(sms_log::tenant_id.eq(Id(tenant.0)))
        .filter(sms_log::account.eq(Id(account.0)))
        .filter(sms_log::sent_at.gt(at(begin.now - TimeDelta::seconds(DAY))))
        .select((sms_log::network, sms_log::trusted, sms_log::sent_at))
        .load(c)?;
    let short = at(begin.now - TimeDelta::seconds(SMS_SHORT_WINDOW));
    let (mut history, mut others) = (SmsHistory::default(), std::collections::BTreeSet::new());
    for (network, trusted, sent_at) in rows {
        if network == begin.network.0 {
            history.same_network_day += 1;
            history.same_network_short += i64::from(sent_at > short);
        } else if !trusted {
            others.insert(network);
        }
    }
    history.other_networks_day = i64::try_from(others.len()).unwrap_or(i64::MAX);
    Ok(history)
}

#[derive(AsChangeset)]
#[diesel(table_name = flows)]
struct Code {
    code_hash: Vec<u8>,
    /// `None` leaves it as it is.
    account: Option<Option<Id>>,
    code_number: Option<Option<Id>>,
}

/// Stores the code's hash with the flow, if the flow still waits for the code of this very message.
fn store_code(
    c: &mut Conn,
    tenant: TenantId,
    begin: &BeginCode,
    message: &NewMessage,
    purpose: CodePurpose,
    (code_hash, number): (KeyedHash, Option<Uuid>),
) -> Outcome<bool> {
    // Where only a name was typed the directory was asked just now; after a sign-in the account is known and stays.
    let by_name = matches!(purpose, CodePurpose::Reset | CodePurpose::StopChange);
    let account = by_name.then_some(begin.account.map(|account| Id(account.0)));
    let stored = diesel::update(flows::table.find((Id(tenant.0), Id(message.flow.0))))
        .filter(flows::code_message.eq(Id(begin.message.0)))
        .filter(flows::state.eq_any(awaiting(purpose).iter().map(|state| state.as_str())))
        .filter(flows::touched_at.gt(at(begin.now - IDLE_LIFE)))
        .filter(flows::created_at.gt(at(begin.now - WHOLE_LIFE)))
        .set(Code { code_hash: code_hash.0.to_vec(), account, code_number: Some(number.map(Id)) })
        .execute(c)?;
    Ok(stored == 1)
}

pub(crate) fn back_to_queue(c: &mut Conn, tenant: TenantId, message: &MessageId) -> Outcome<bool> {
    let changed = diesel::update(messages::table.find((Id(tenant.0), Id(message.0))))
        .filter(messages::state.eq(MessageState::Sending.as_str()))
        .set(messages::state.eq(MessageState::Queued.as_str()))
        .execute(c)?;
    if changed == 1 {
        diesel::delete(sms_log::table.find((Id(tenant.0), Id(message.0)))).execute(c)?;
    }
    Ok(changed == 1)
}

pub(crate) fn begin_notice(c: &mut Conn, tenant: TenantId, message: &MessageId, now: &Instant) -> Outcome<NoticeTurn> {
    let Some(mut found) = hold(c, tenant, message)? else { return Ok(NoticeTurn::Gone) };
    match found.state {
        MessageState::Queued => {
            note(c, tenant, &found, MessageState::Sending, *now)?;
            found.state = MessageState::Sending;
            found.attempts += 1;
            Ok(NoticeTurn::Send(Box::new(found)))
        }
        MessageState::Sending => {
            give_up(c, tenant, &found, *now)?;
            Ok(NoticeTurn::AlreadyBegun)
        }
        _ => Ok(NoticeTurn::AlreadyBegun),
    }
}

pub(crate) fn settle(
    c: &mut Conn,
    tenant: TenantId,
    message: &MessageId,
    state: &MessageState,
    taker: &Taker,
    now: &Instant,
    event: &NewEvent,
) -> Outcome<bool> {
    if let Some(provider) = taker.provider {
        reports::forget_others(c, tenant, message.0, provider)?;
    }
    let known_better = *state == MessageState::Unknown && reports::is_reported(c, tenant, message.0)?;
    let state = if known_better { MessageState::Sent } else { *state };
    let unsettled = [MessageState::Queued, MessageState::Sending, MessageState::Unknown].map(MessageState::as_str);
    let changed = diesel::update(messages::table.find((Id(tenant.0), Id(message.0))))
        .filter(messages::state.eq_any(unsettled))
        .set((messages::state.eq(state.as_str()), TakerColumns::of(taker), messages::settled_at.eq(at(*now))))
        .execute(c)?;
    if changed == 1 {
        let mut event = event.clone();
        if known_better {
            event.details.insert("outcome".to_owned(), state.as_str().to_owned());
            event.details.insert("by".to_owned(), "report".to_owned());
        }
        audit::record(c, tenant, std::slice::from_ref(&event))?;
    }
    Ok(changed == 1)
}

/// Who took a message. What is not known leaves what a report told.
#[derive(AsChangeset)]
#[diesel(table_name = messages)]
struct TakerColumns {
    provider: Option<&'static str>,
    provider_id: Option<String>,
}

impl TakerColumns {
    fn of(taker: &Taker) -> Self {
        Self { provider: taker.provider.map(SmsProvider::as_str), provider_id: taker.provider_id.clone() }
    }
}
