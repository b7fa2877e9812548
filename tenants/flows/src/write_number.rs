//! The job that puts an account's first number in the directory's attribute, or takes it away there: the intent, the
//! write, the outcome. Until then Portvakt's own number holds.

use portvakt_domain::{
    account::Account, audit::AuditKind, directory::DirectoryError, id::AccountKey, number::MobileNumber, time::Instant,
};
use portvakt_storage::{
    audit,
    number_attributes::{self, WroteNumber},
};

use crate::{
    FlowError, Platform, Tenant,
    event::{EventExt as _, event},
    number_attribute,
    registered::{self, Registered},
    send_code::JobOutcome,
};

/// Writes it, if it is still to be written. Doing it again does no harm, so an unanswered write is simply repeated.
///
/// # Errors
/// The database, or a directory that does not answer: the job is tried again.
pub async fn run(platform: &Platform, tenant: &Tenant, key: AccountKey) -> Result<JobOutcome, FlowError> {
    // 1. What is to be written, and whether the account is one that is served. Of one that is not, the wish stays.
    if tenant.settings.directory.number_attribute.is_none() {
        return Ok(JobOutcome::Done);
    }
    let kept = number_attributes::find(&platform.store, tenant.id, key).await?;
    let Some(since) = kept.to_write_since else { return Ok(JobOutcome::Done) };
    let account = match tenant.directory.read(key).await {
        Err(DirectoryError::NotFound) => None,
        read => read?,
    };
    let Some(account) = account.filter(|account| account.may_receive_code()) else { return Ok(JobOutcome::Done) };
    let first = registered::numbers(platform, tenant, key).await?.into_iter().next();
    let write = Write { platform, tenant, account: &account, since, first };

    // 2. Nothing to be done where it is there already, and nothing to be written where several share the account.
    if account.functional {
        return write.settle("functional").await;
    }
    let as_it_is = number_attribute::there(tenant, &account).as_ref() == write.number();
    if as_it_is && account.attribute_numbers.len() == usize::from(write.first.is_some()) {
        return write.settle("there already").await;
    }

    // 3. The intent, the write, the outcome.
    write.record(AuditKind::AttributeIntended, None).await?;
    match tenant.directory.write_number(&account, write.number()).await {
        Ok(()) => write.settle("done").await,
        Err(error) => {
            let (label, passing) = match &error {
                DirectoryError::Unavailable(_) => ("unavailable", true),
                DirectoryError::Misconfigured(_) => ("misconfigured", true),
                DirectoryError::OutcomeUnknown(_) => ("unknown", true),
                DirectoryError::NotFound => ("not_found", true),
                DirectoryError::NoRight(_) => ("no_right", false),
                DirectoryError::Rejected(_) => ("rejected", false),
            };
            write.record(AuditKind::AttributeOutcome, Some(label)).await?;
            let reason = error.to_string();
            Ok(if passing { JobOutcome::Retry(reason) } else { JobOutcome::Fail(reason) })
        }
    }
}

struct Write<'a> {
    platform: &'a Platform,
    tenant: &'a Tenant,
    account: &'a Account,
    since: Instant,
    first: Option<Registered>,
}

impl Write<'_> {
    fn number(&self) -> Option<&MobileNumber> {
        self.first.as_ref().map(|first| &first.number)
    }

    fn event(&self, kind: AuditKind, outcome: Option<&str>) -> portvakt_domain::audit::NewEvent {
        let way = if self.first.is_some() { "write" } else { "clear" };
        let row = self.first.as_ref().map(|first| first.row);
        let event = event(self.platform, kind).account(Some(self.account.key)).holder(row).detail("way", way);
        match outcome {
            Some(outcome) => event.detail("outcome", outcome),
            None => event,
        }
    }

    async fn record(&self, kind: AuditKind, outcome: Option<&str>) -> Result<(), FlowError> {
        audit::record(&self.platform.store, self.tenant.id, vec![self.event(kind, outcome)]).await?;
        Ok(())
    }

    async fn settle(&self, outcome: &str) -> Result<JobOutcome, FlowError> {
        let wrote = WroteNumber {
            account: self.account.key,
            since: self.since,
            number_hash: self.first.as_ref().map(|first| first.hash),
            now: self.platform.now(),
            event: self.event(AuditKind::AttributeOutcome, Some(outcome)),
        };
        number_attributes::wrote(&self.platform.store, self.tenant.id, wrote).await?;
        Ok(JobOutcome::Done)
    }
}
