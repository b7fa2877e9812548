//! What a right code will do to the account's numbers: prepared before the code is looked at, done in its transaction.

use portvakt_domain::{
    audit::AuditKind,
    flow::{Flow, FlowState, NumberTask},
    id::{AccountKey, NumberChangeId},
    message::{Channel, MessageKind},
    number::MobileNumber,
    number_change::{self, ChangeOrigin},
};
use portvakt_storage::{
    flows::{AskChange, NumberEffect, RemoveNumber, SaveNumber, StopChange},
    number_changes::NewNumberChange,
    numbers::NewNumber,
};
use uuid::Uuid;

use crate::{
    FlowError, Platform, Tenant, Visitor,
    event::{EventExt as _, flow_event},
    notices::{self, About},
    number_attribute, open,
    registered::{self, Registered},
};

/// What the right code does, if it does something to the numbers. `Err(())`: the tenant does not offer it any more.
pub(crate) async fn prepare(
    platform: &Platform,
    tenant: &Tenant,
    flow: &Flow,
    visitor: &Visitor,
) -> Result<Result<Option<NumberEffect>, ()>, FlowError> {
    let task = task_of(flow);
    if flow.state == FlowState::AwaitingStopCode || (flow.state, task) == (FlowState::AwaitingOldCode, NumberTask::Stop)
    {
        return Ok(Ok(Some(NumberEffect::Stop(stop(platform, flow, visitor)))));
    }
    let removes = (flow.state, task) == (FlowState::AwaitingOldCode, NumberTask::Remove);
    if !removes && flow.state != FlowState::AwaitingNewCode {
        return Ok(Ok(None));
    }
    let account = flow.account.ok_or(FlowError::Corrupt("flows.account"))?;
    let numbers = registered::numbers(platform, tenant, account).await?;
    let context = Context { platform, tenant, flow, visitor, account, numbers };
    Ok(match task {
        NumberTask::Remove => Ok(Some(NumberEffect::Remove(context.remove()?))),
        NumberTask::Delay => context.ask()?.map(|ask| Some(NumberEffect::Ask(ask))).ok_or(()),
        _ => Ok(Some(NumberEffect::Save(context.save()?))),
    })
}

/// What the flow is about to do. One that the release before began says nothing: it knew a first number and a changed one.
pub(crate) fn task_of(flow: &Flow) -> NumberTask {
    flow.task.unwrap_or(NumberTask::Change)
}

/// The same preparations whether there is somebody behind the flow or not, and whether a change waits or not.
fn stop(platform: &Platform, flow: &Flow, visitor: &Visitor) -> StopChange {
    let about = About::flow(MessageKind::ChangeStopped, flow);
    StopChange {
        account: flow.account.unwrap_or(AccountKey(Uuid::nil())),
        mail: about.unaddressed(platform, Channel::Mail),
        sms: about.unaddressed(platform, Channel::Sms),
        event: flow_event(platform, flow, visitor, AuditKind::NumberChangeCancelled)
            .detail("reason", "stopped")
            .holder(flow.code_number),
    }
}

struct Context<'a> {
    platform: &'a Platform,
    tenant: &'a Tenant,
    flow: &'a Flow,
    visitor: &'a Visitor,
    account: AccountKey,
    numbers: Vec<Registered>,
}

impl Context<'_> {
    /// The number that was proved, and who is told: the old numbers of their end, a first number that it is one now.
    fn save(&self) -> Result<SaveNumber, FlowError> {
        let (platform, tenant, flow) = (self.platform, self.tenant, self.flow);
        let number = self.pending()?;
        let first = self.numbers.first();
        let replaced = match task_of(flow) {
            NumberTask::Add | NumberTask::First => None,
            _ => flow.target.or(first.map(|first| first.row)),
        };
        let (kind, notice) = match replaced {
            Some(_) => (AuditKind::NumberChanged, MessageKind::NumberChanged),
            None => (AuditKind::NumberAdded, MessageKind::NumberAdded),
        };
        let row = replaced.unwrap_or_else(|| open::new_row(platform.now(), platform.random.as_ref()));
        let holder = open::pending_holder(platform, tenant, flow)?;
        let is_personal = holder.is_none();
        let holder = holder
            .map(|holder| open::seal(platform, tenant, registered::holder_place(self.account, row), holder.reveal()));
        let old: Vec<&MobileNumber> = self.numbers.iter().map(|number| &number.number).collect();
        let told = if old.is_empty() { vec![&number] } else { old };
        Ok(SaveNumber {
            account: self.account,
            replaces: replaced.is_some(),
            number: NewNumber {
                row_id: row,
                sealed: open::seal(platform, tenant, registered::number_place(self.account, row), number.e164())?,
                holder: holder.transpose()?,
                number_hash: registered::look_up_hash(platform, tenant, &number),
                at: platform.now(),
            },
            notices: notices::to_all(platform, tenant, &About::flow(notice, flow), told)?,
            write_attribute: is_personal && number_attribute::follows(tenant, &self.numbers, row),
            event: flow_event(platform, flow, self.visitor, kind).holder(Some(row)),
            overtaken: self.overtaken(),
        })
    }

    fn remove(&self) -> Result<RemoveNumber, FlowError> {
        let (platform, flow) = (self.platform, self.flow);
        let row = flow.target.ok_or(FlowError::Corrupt("flows.target"))?;
        let about = About::flow(MessageKind::NumberRemoved, flow);
        let told = self.numbers.iter().map(|number| &number.number);
        Ok(RemoveNumber {
            account: self.account,
            row_id: row,
            notices: notices::to_all(platform, self.tenant, &about, told)?,
            write_attribute: number_attribute::follows(self.tenant, &self.numbers, row),
            event: flow_event(platform, flow, self.visitor, AuditKind::NumberRemoved).holder(Some(row)),
            overtaken: self.overtaken(),
        })
    }

    /// The delayed change, and its notices; `None` where the tenant offers none any more.
    fn ask(&self) -> Result<Option<AskChange>, FlowError> {
        let (platform, flow) = (self.platform, self.flow);
        let Some(wait) = number_change::wait(self.tenant.settings.registration.delayed_change_hours) else {
            return Ok(None);
        };
        let (now, number) = (platform.now(), self.pending()?);
        let id = NumberChangeId::new(now, platform.random.as_ref());
        let (target, due_at) = (flow.target.ok_or(FlowError::Corrupt("flows.target"))?, now + wait);
        let about = About { at: Some(due_at), ..About::flow(MessageKind::ChangeAsked, flow) };
        let told = self.numbers.iter().map(|number| &number.number);
        let place = open::change_place_of(id, self.account);
        Ok(Some(AskChange {
            change: NewNumberChange {
                id,
                account: self.account,
                target,
                number: open::seal(platform, self.tenant, place, number.e164())?,
                number_hash: registered::look_up_hash(platform, self.tenant, &number),
                origin: ChangeOrigin::Person,
                flow: flow.id,
                network: self.visitor.network,
                language: flow.language,
                requested_at: now,
                due_at,
            },
            notices: notices::to_all(platform, self.tenant, &about, told)?,
            event: flow_event(platform, flow, self.visitor, AuditKind::NumberChangeAsked)
                .holder(Some(target))
                .detail("change", &id.to_string())
                .detail("due_at", &due_at.to_rfc3339()),
        }))
    }

    fn pending(&self) -> Result<MobileNumber, FlowError> {
        open::pending_number(self.platform, self.tenant, self.flow)?.ok_or(FlowError::Corrupt("flows.pending_number"))
    }

    fn overtaken(&self) -> portvakt_domain::audit::NewEvent {
        let cancelled = flow_event(self.platform, self.flow, self.visitor, AuditKind::NumberChangeCancelled);
        cancelled.detail("reason", "overtaken")
    }
}
