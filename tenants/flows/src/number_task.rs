//! What the tasks at pwreg have in common: somebody signed in, something is to be done to the numbers, a code goes out.
//! Nothing is saved yet.

use portvakt_domain::{
    audit::AuditKind,
    flow::{Flow, FlowKind, FlowState, NumberTask},
    holder::{Holder, HolderError},
    id::{AccountKey, MessageId},
    limit::{self, Hit},
    message::{Channel, MessageKind, NewMessage},
    number::{MobileNumber, NumberError},
    token::FlowToken,
};
use portvakt_storage::{
    flows::{self, BeginTask},
    limits,
};
use uuid::Uuid;

use crate::{
    FlowError, Platform, Tenant, Visitor,
    event::{EventExt as _, flow_event},
    new_numbers, open,
    registered::{self, Registered},
    trips,
};

/// What the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// A code goes to a number already there.
    CodeToOld,
    /// A code goes to the new number.
    CodeToNew,
    /// It is a number already there.
    Same,
    /// Nothing was entered, and there is a number: it stays.
    Kept,
    /// It can't be registered.
    Invalid(NumberError),
    /// Whose number it is was not said.
    NoHolder(HolderError),
    /// Which of the numbers is meant was not said.
    NoChoice,
    /// The account has as many numbers as it may have.
    Full,
    /// Too many codes were sent to this number, or from this network, lately.
    Limited,
    /// The flow is over or elsewhere, or there is nothing of that kind to do.
    Gone,
}

/// Where a person who signed in stands.
pub(crate) struct Standing {
    pub(crate) flow: Flow,
    pub(crate) account: AccountKey,
    pub(crate) numbers: Vec<Registered>,
}

/// Where the flow stands, if something may be done to the numbers there: also while a code is awaited, for the second
/// time.
pub(crate) async fn standing(
    platform: &Platform,
    tenant: &Tenant,
    token: &FlowToken,
) -> Result<Option<Standing>, FlowError> {
    let Some(flow) = open::run(platform, tenant, FlowKind::Register, token).await? else { return Ok(None) };
    if !flow.state.may_begin_task() {
        return Ok(None);
    }
    let account = flow.account.ok_or(FlowError::Corrupt("flows.account"))?;
    let numbers = registered::numbers(platform, tenant, account).await?;
    Ok(Some(Standing { flow, account, numbers }))
}

impl Standing {
    /// The number chosen in a form by its row; the only one needs no choice.
    pub(crate) fn chosen(&self, row: &str) -> Option<&Registered> {
        match self.numbers.as_slice() {
            [only] if row.is_empty() => Some(only),
            numbers => numbers.iter().find(|number| Uuid::try_parse(row).is_ok_and(|row| row == number.row)),
        }
    }

    /// As [`Standing::chosen`]; the first one where none was chosen.
    pub(crate) fn chosen_or_first(&self, row: &str) -> Option<&Registered> {
        if row.is_empty() { self.numbers.first() } else { self.chosen(row) }
    }

    /// A number that can receive SMS, and that the account does not have.
    pub(crate) fn new_number(&self, tenant: &Tenant, typed: &str) -> Result<MobileNumber, Offered> {
        let number = MobileNumber::parse(typed, &tenant.settings.registration.countries).map_err(Offered::Invalid)?;
        if self.numbers.iter().any(|registered| registered.number == number) {
            return Err(Offered::Same);
        }
        Ok(number)
    }
}

/// What is to be done, everything about it known to be right.
pub(crate) struct Task<'a> {
    pub(crate) task: NumberTask,
    pub(crate) target: Option<Uuid>,
    pub(crate) proof: Option<Uuid>,
    pub(crate) number: Option<&'a MobileNumber>,
    pub(crate) holder: Option<&'a Holder>,
}

/// Begins it: counts, keeps what was typed sealed in the flow, and asks for the first code.
pub(crate) async fn begin(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    token: &FlowToken,
    flow: &Flow,
    what: Task<'_>,
) -> Result<Offered, FlowError> {
    // 1. Limits: by network and by number, since anybody's number can be typed here, and any number of them.
    let now = platform.now();
    let mut hits = vec![visitor.hit(platform, limit::STARTS_PER_NETWORK)];
    if let Some(number) = what.number {
        let subject = platform.subjects.hash(tenant.id, &[b"new-number", number.e164().as_bytes()]);
        hits.push(Hit { limit: limit::SMS_PER_NEW_NUMBER, subject });
    }
    let mut passed = limits::count(&platform.store, tenant.id, hits, now).await?;
    if let (None, Some(number)) = (passed, what.number) {
        passed = new_numbers::count(platform, tenant, visitor, flow, number).await?;
    }
    if let Some(passed) = passed {
        trips::tell(platform, tenant, passed).await?;
        return Ok(Offered::Limited);
    }

    // 2. What was typed, sealed in the flow, and the first code: to a number already there where one has to agree.
    let (next_state, kind, offered) = match what.task.old_code() {
        Some(kind) => (FlowState::AwaitingOldCode, kind, Offered::CodeToOld),
        None => (FlowState::AwaitingNewCode, MessageKind::NewNumberCode, Offered::CodeToNew),
    };
    let sealed = |place, text: &str| open::seal(platform, tenant, place, text);
    let number = what.number.map(|number| sealed(open::pending_number_place(flow.id), number.e164())).transpose()?;
    let holder = what.holder.map(|holder| sealed(open::pending_holder_place(flow.id), holder.reveal())).transpose()?;
    let asked = flow_event(platform, flow, visitor, AuditKind::CodeAskedAgain).detail("purpose", what.task.as_str());
    let begun = BeginTask {
        token_hash: open::token_hash(platform, tenant, FlowKind::Register, token).await?,
        now,
        task: what.task,
        target: what.target,
        proof: what.proof,
        pending_number: number,
        pending_number_hash: what.number.map(|number| registered::look_up_hash(platform, tenant, number)),
        pending_holder: holder,
        next_state,
        message: code_message(platform, flow, kind),
        event: asked,
    };
    let took = flows::begin_task(&platform.store, tenant.id, begun).await?;
    (platform.wake)();
    Ok(if took { offered } else { Offered::Gone })
}

/// A message with a code. Its recipient is found when it is sent.
pub(crate) fn code_message(platform: &Platform, flow: &Flow, kind: MessageKind) -> NewMessage {
    let now = platform.now();
    NewMessage {
        id: MessageId::new(now, platform.random.as_ref()),
        kind,
        channel: Channel::Sms,
        flow: flow.id,
        account: flow.account,
        recipient: None,
        number_hash: None,
        about_at: None,
        language: flow.language,
        requested_at: now,
    }
}
