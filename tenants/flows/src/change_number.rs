//! The job behind "the change is carried out at that time": the account is looked at once more, then the new number takes
//! the old one's place and everybody is told.

use portvakt_domain::{
    account::Account,
    audit::AuditKind,
    directory::DirectoryError,
    id::NumberChangeId,
    message::MessageKind,
    number::MobileNumber,
    number_change::{ChangeOrigin, NumberChange, NumberChangeState},
};
use portvakt_storage::number_changes::{self, CarryOut};

use crate::{
    FlowError, Platform, Tenant,
    event::{EventExt as _, event},
    notices::{self, About},
    number_attribute, open, registered,
    send_code::JobOutcome,
};

/// Carries out a delayed change, once, if it still waits.
///
/// # Errors
/// The database, or a directory that does not answer: the job is tried again.
pub async fn run(platform: &Platform, tenant: &Tenant, id: NumberChangeId) -> Result<JobOutcome, FlowError> {
    // 1. What was asked for, if nobody stopped it.
    let Some(change) = number_changes::find(&platform.store, tenant.id, id).await? else {
        return Ok(JobOutcome::Done);
    };
    let (NumberChangeState::Waiting, Some(sealed)) = (change.state, &change.number) else {
        return Ok(JobOutcome::Done);
    };
    let now = platform.now();
    if now < change.due_at {
        return Ok(JobOutcome::Retry("the change is not due yet".to_owned()));
    }

    // 2. The account and its numbers as they are now.
    let account = match tenant.directory.read(change.account).await {
        Err(DirectoryError::NotFound) => None,
        read => read?,
    };
    let stands = account.as_ref().is_some_and(|account| still_written(platform, tenant, &change, account));
    let served = account.is_some_and(|account| account.may_receive_code());
    let numbers = registered::numbers(platform, tenant, change.account).await?;
    let there = numbers.iter().any(|number| number.row == change.target);
    if !served || !there || !stands {
        let reason = match (served, there) {
            (false, _) => "the account is not served",
            (true, false) => "the number is gone",
            (true, true) => "the directory says another number",
        };
        let refused = told(platform, &change, AuditKind::NumberChangeRefused).detail("reason", reason);
        number_changes::refuse(&platform.store, tenant.id, id, now, refused).await?;
        return Ok(JobOutcome::Done);
    }

    // 3. The change and its notices, to the old numbers and the new one.
    let number = open::text(platform, tenant, open::change_place(&change), sealed)?;
    let number = MobileNumber::from_e164(&number).map_err(|_| FlowError::Corrupt("number_changes.number"))?;
    let about = About {
        kind: MessageKind::NumberChanged,
        flow: change.flow,
        account: Some(change.account),
        language: change.language,
        at: None,
    };
    let everybody = numbers.iter().map(|number| &number.number).chain([&number]);
    let due = CarryOut {
        change: id,
        account: change.account,
        now,
        sealed: open::seal(platform, tenant, registered::number_place(change.account, change.target), number.e164())?,
        number_hash: registered::look_up_hash(platform, tenant, &number),
        notices: notices::to_all(platform, tenant, &about, everybody)?,
        write_attribute: number_attribute::follows(tenant, &numbers, change.target),
        event: told(platform, &change, AuditKind::NumberChanged).detail("way", "delayed"),
    };
    if number_changes::carry_out(&platform.store, tenant.id, due).await? {
        (platform.wake)();
    }
    Ok(JobOutcome::Done)
}

/// Whether what others wrote in the directory is there still, where they were the ones who asked.
fn still_written(platform: &Platform, tenant: &Tenant, change: &NumberChange, account: &Account) -> bool {
    let there = || number_attribute::there(tenant, account);
    change.origin == ChangeOrigin::Person
        || tenant.settings.directory.number_attribute.is_some()
            && there().is_some_and(|number| registered::is_hash_of(platform, tenant, change.number_hash, &number))
}

fn told(platform: &Platform, change: &NumberChange, kind: AuditKind) -> portvakt_domain::audit::NewEvent {
    event(platform, kind)
        .flow(change.flow)
        .account(Some(change.account))
        .holder(Some(change.target))
        .detail("change", &change.id.to_string())
}
