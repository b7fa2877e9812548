//! The job that looks at the directory's attribute account by account, so that a number which others changed there is
//! told and waits from that day on, and not from the day on which somebody needs it.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use portvakt_domain::{directory::DirectoryError, id::AccountKey};
use portvakt_storage::number_attributes;

use crate::{FlowError, Platform, Tenant, number_attribute, send_code::JobOutcome, write_number};

/// How often each attribute is looked at.
const EVERY: TimeDelta = TimeDelta::hours(6);
/// Accounts that are asked for at once.
const BATCH: i64 = 100;
/// How long one run goes on; the next one takes up where it ended. Shorter than the job's lease.
const LASTS_AT_MOST: Duration = Duration::from_secs(90);

/// Looks at those that were not looked at lately, one after the other: the directory has other work.
///
/// # Errors
/// The database, or a directory that does not answer: the job is tried again.
pub async fn run(platform: &Platform, tenant: &Tenant) -> Result<JobOutcome, FlowError> {
    if tenant.settings.directory.number_attribute.is_none() {
        return Ok(JobOutcome::Done);
    }
    let began = Instant::now();
    let before = platform.now() - EVERY;
    while began.elapsed() < LASTS_AT_MOST {
        let accounts = number_attributes::not_compared_since(&platform.store, tenant.id, before, BATCH).await?;
        if accounts.is_empty() {
            break;
        }
        for account in accounts {
            look_at(platform, tenant, account).await?;
            number_attributes::compared(&platform.store, tenant.id, account, platform.now()).await?;
        }
    }
    Ok(JobOutcome::Done)
}

async fn look_at(platform: &Platform, tenant: &Tenant, key: AccountKey) -> Result<(), FlowError> {
    // A write whose job was given up, or whose account was not served at the time.
    if let JobOutcome::Retry(reason) | JobOutcome::Fail(reason) = write_number::run(platform, tenant, key).await? {
        tracing::warn!(tenant.id = %tenant.id, reason, "a number is still not in the directory");
    }
    match tenant.directory.read(key).await {
        Ok(account) => number_attribute::numbers(platform, tenant, account.as_ref()).await.map(|_| ()),
        Err(DirectoryError::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
