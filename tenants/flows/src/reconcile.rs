//! The job that looks once a day who of those with registered numbers is still there, and removes the numbers of accounts
//! that have been missing, disabled or expired for as long as the tenant says. A directory that names nobody, or misses
//! too many, is not believed: nothing is removed, nothing is counted as a day of absence that was not one before, and
//! somebody is told.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use portvakt_domain::{
    account::Account,
    audit::AuditKind,
    calendar,
    directory::DirectoryError,
    id::{AccountKey, JobId, ReconciliationId, TenantId},
    job::Job,
    random::Random,
    reconciliation::{Absence, Count, Doubt, Occasion, ReconciliationFigures, ReconciliationState, has_lasted},
    staff::{StaffAccount, StaffQuestion},
    tenant::TimeZone,
    time::{Clock, Instant},
};
use portvakt_storage::{
    StorageError, Store, audit, jobs, number_attributes,
    reconciliations::{self, Absent, AttributeEnd, EndReconciliation, NewReconciliation, RemoveNumbers},
};

use crate::{
    FlowError, Platform, Tenant,
    event::{EventExt as _, event},
    send_code::JobOutcome,
    suspend_tenant, write_number,
};

/// Accounts that are read from the store at once.
const PAGE: i64 = 1_000;
/// Over so many seconds of the night the tenants' looks are spread.
const SPREAD_SECONDS: u128 = 3 * 3_600;

/// When a tenant's numbers are looked at on the local day of `now`: from two in the morning on, and up to three hours later,
/// always by the same span, so that not all tenants' directories are asked at once.
pub fn starts_at(zone: TimeZone, tenant: TenantId, now: Instant) -> Instant {
    let day = calendar::local_day(now, zone.tz());
    let spread = i64::try_from(tenant.0.as_u128() % SPREAD_SECONDS).unwrap_or(0);
    let two = NaiveTime::from_hms_opt(2, 0, 0).unwrap_or(NaiveTime::MIN);
    calendar::moment(day, two, zone.tz()) + TimeDelta::seconds(spread)
}

/// Whether this day's look is still to come and its time is there. A new tenant's first one is that of its first night.
///
/// # Errors
/// The database.
pub async fn is_due(platform: &Platform, tenant: &Tenant) -> Result<bool, FlowError> {
    let (zone, now) = (tenant.settings.reminders.time_zone, platform.now());
    let starts_at = starts_at(zone, tenant.id, now);
    if starts_at > now {
        return Ok(false);
    }
    let day = calendar::local_day(now, zone.tz());
    if reconciliations::covered(&platform.store, tenant.id, now).await?.is_some_and(|covered| covered >= day) {
        return Ok(false);
    }
    let since = reconciliations::tenant_since(&platform.store, tenant.id).await?;
    Ok(since.is_none_or(|since| since < starts_at))
}

/// Asks for a look at once, as an operator does; `accepting`: whoever is missing now is known to be gone. `false`: such a
/// look is asked for already.
///
/// # Errors
/// The database.
pub async fn ask(
    store: &Store,
    clock: &dyn Clock,
    random: &dyn Random,
    tenant: TenantId,
    accepting: bool,
    author: &str,
) -> Result<bool, StorageError> {
    let (now, mut occasion) = (clock.now(), Occasion::ByHand);
    if accepting {
        occasion = Occasion::Accepting;
        let event = suspend_tenant::event(clock, random, AuditKind::NumbersReconciled, author);
        audit::record(store, tenant, vec![event.detail("outcome", "missing_accepted")]).await?;
    }
    jobs::enqueue(store, tenant, Job::Reconcile { occasion }, now, JobId::new(now, random)).await
}

/// Looks at everybody who has numbers: for the schedule once a day, by hand at once.
///
/// # Errors
/// The database, or a directory that does not answer or breaks off: the job is tried again.
pub async fn run(platform: &Platform, tenant: &Tenant, occasion: Occasion) -> Result<JobOutcome, FlowError> {
    if occasion == Occasion::Schedule && !is_due(platform, tenant).await? {
        return Ok(JobOutcome::Done);
    }
    let now = platform.now();
    let day = calendar::local_day(now, tenant.settings.reminders.time_zone.tz());
    let id = ReconciliationId::new(now, platform.random.as_ref());
    let new = NewReconciliation { id, day, occasion, now };
    let id = reconciliations::begin(&platform.store, tenant.id, new).await?;

    let look = Look::take(platform, tenant, occasion).await?;
    // Whoever is there is there, also where the rest is doubted: what is removed in the end was absent throughout.
    reconciliations::forget_absences(&platform.store, tenant.id, look.back.clone()).await?;
    if let Some(doubt) = look.count.doubt(occasion == Occasion::Accepting) {
        tell_doubt(tenant.id, doubt, &look.count);
        let problem = Some(doubt.as_str().to_owned());
        end(platform, tenant.id, id, ReconciliationState::Stopped, look.figures(), problem).await?;
        return Ok(JobOutcome::Done);
    }
    reconciliations::note_absences(&platform.store, tenant.id, look.absent.clone()).await?;
    for absent in &look.absent {
        remove_if_due(platform, tenant, id, day, *absent).await?;
    }
    empty_attributes(platform, tenant, &look).await?;
    (platform.wake)();
    end(platform, tenant.id, id, ReconciliationState::Done, look.figures(), None).await?;
    Ok(JobOutcome::Done)
}

/// The reconciliation that is under way is given up: people see that it failed, and why.
///
/// # Errors
/// The database.
pub async fn give_up(platform: &Platform, tenant: TenantId, problem: &str) -> Result<(), FlowError> {
    let newest = reconciliations::list(&platform.store, tenant, 1).await?;
    if let Some(given_up) = newest.into_iter().find(|newest| newest.state == ReconciliationState::Running) {
        let (state, figures) = (ReconciliationState::Failed, ReconciliationFigures::default());
        end(platform, tenant, given_up.id, state, figures, Some(problem.to_owned())).await?;
    }
    Ok(())
}

/// What a look at the directory found.
struct Look {
    count: Count,
    /// Accounts with numbers that are not there.
    absent: Vec<Absent>,
    /// Accounts that were absent, and are there again or have no numbers any more.
    back: Vec<AccountKey>,
    /// Everybody who is there, with numbers or without.
    there: HashSet<AccountKey>,
}

impl Look {
    async fn take(platform: &Platform, tenant: &Tenant, occasion: Occasion) -> Result<Self, FlowError> {
        // Before the directory is asked: who registers meanwhile is not looked for in what was answered before.
        let registered = registered(platform, tenant.id).await?;
        let known = reconciliations::absences(&platform.store, tenant.id).await?;
        let known: HashMap<AccountKey, Absent> = known.into_iter().map(|absent| (absent.account, absent)).collect();

        let mut there = HashSet::new();
        let mut away = HashMap::new();
        let mut take = |page: Vec<StaffAccount>| {
            for staff in page {
                match Absence::of_staff(&staff) {
                    None => drop(there.insert(staff.key)),
                    Some(reason) => drop(away.insert(staff.key, reason)),
                }
            }
        };
        tenant.directory.survey(StaffQuestion::default(), &mut take).await?;

        let now = platform.now();
        let absence = |key: &AccountKey| match there.contains(key) {
            true => None,
            false => Some(away.get(key).copied().unwrap_or(Absence::Missing)),
        };
        let mut absent = Vec::new();
        for account in &registered {
            let Some(reason) = absence(account) else { continue };
            let known = known.get(account);
            let accepted = occasion == Occasion::Accepting || known.is_some_and(|known| known.accepted);
            absent.push(Absent {
                account: *account,
                since: known.map_or(now, |known| known.since),
                reason,
                accepted: accepted && reason == Absence::Missing,
            });
        }
        let missing = || absent.iter().filter(|absent| absent.reason == Absence::Missing);
        let accepted_before = |absent: &&Absent| known.get(&absent.account).is_some_and(|known| known.accepted);
        let count = Count {
            named: there.len() + away.len(),
            registered: registered.len(),
            missing: missing().count(),
            accepted: missing().filter(accepted_before).count(),
        };
        let still: HashSet<AccountKey> = absent.iter().map(|absent| absent.account).collect();
        let back = known.into_keys().filter(|account| !still.contains(account)).collect();
        Ok(Self { count, absent, back, there })
    }

    fn figures(&self) -> ReconciliationFigures {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let of = |reason| number(self.absent.iter().filter(|absent| absent.reason == reason).count());
        ReconciliationFigures {
            registered: number(self.count.registered),
            missing: of(Absence::Missing),
            disabled: of(Absence::Disabled),
            expired: of(Absence::Expired),
            removed: 0,
        }
    }
}

/// Every account with numbers.
async fn registered(platform: &Platform, tenant: TenantId) -> Result<Vec<AccountKey>, FlowError> {
    let mut all: Vec<AccountKey> = Vec::new();
    loop {
        let page = reconciliations::registered(&platform.store, tenant, all.last().copied(), PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

fn tell_doubt(tenant: TenantId, doubt: Doubt, count: &Count) {
    let Count { named, registered, missing, accepted } = *count;
    tracing::error!(
        tenant.id = %tenant,
        reason = doubt.as_str(),
        named,
        registered,
        missing,
        accepted,
        "the directory is doubted: no numbers are removed"
    );
}

/// Removes an account's numbers whose time is over, if the account, read once more, is still absent.
async fn remove_if_due(
    platform: &Platform,
    tenant: &Tenant,
    id: ReconciliationId,
    day: NaiveDate,
    absent: Absent,
) -> Result<(), FlowError> {
    let settings = &tenant.settings;
    if !has_lasted(absent.since, day, settings.registration.absent_days, settings.reminders.time_zone) {
        return Ok(());
    }
    let account = match tenant.directory.read(absent.account).await {
        Err(DirectoryError::NotFound) => None,
        read => read?,
    };
    let Some(reason) = Absence::of_account(account.as_ref()) else {
        reconciliations::forget_absences(&platform.store, tenant.id, vec![absent.account]).await?;
        return Ok(());
    };
    let about = |kind| event(platform, kind).account(Some(absent.account));
    let removal = RemoveNumbers {
        id,
        absent,
        attribute: attribute_end(tenant, account.as_ref()),
        now: platform.now(),
        event: about(AuditKind::NumbersReconciled)
            .detail("outcome", "removed")
            .detail("reason", reason.as_str())
            .detail("since", &absent.since.to_rfc3339()),
        overtaken: about(AuditKind::NumberChangeCancelled).detail("reason", "overtaken"),
    };
    reconciliations::remove(&platform.store, tenant.id, removal).await?;
    Ok(())
}

/// The attribute of an account that is still in the directory is emptied when it can be: what is there would be taken for a
/// first number of somebody who comes back. Those of shared accounts never hold ours.
fn attribute_end(tenant: &Tenant, account: Option<&Account>) -> AttributeEnd {
    let written = tenant.settings.directory.number_attribute.is_some();
    match account {
        Some(account) if written && !account.functional => AttributeEnd::Empty,
        _ => AttributeEnd::Forget,
    }
}

/// Empties the attributes of accounts that came back after their numbers were removed.
async fn empty_attributes(platform: &Platform, tenant: &Tenant, look: &Look) -> Result<(), FlowError> {
    if tenant.settings.directory.number_attribute.is_none() {
        return Ok(());
    }
    let unwritten = number_attributes::to_be_emptied(&platform.store, tenant.id).await?;
    for account in unwritten.into_iter().filter(|account| look.there.contains(account)) {
        let written = write_number::run(platform, tenant, account).await?;
        if let JobOutcome::Retry(reason) | JobOutcome::Fail(reason) = written {
            tracing::warn!(tenant.id = %tenant.id, reason, "a number is still in the directory");
        }
    }
    Ok(())
}

async fn end(
    platform: &Platform,
    tenant: TenantId,
    id: ReconciliationId,
    state: ReconciliationState,
    figures: ReconciliationFigures,
    problem: Option<String>,
) -> Result<(), FlowError> {
    let told = event(platform, AuditKind::NumbersReconciled);
    let event = match state {
        // A failure's reason may come from a directory; the log has it.
        ReconciliationState::Stopped => told.detail("reason", problem.as_deref().unwrap_or_default()),
        _ => told,
    };
    let end = EndReconciliation { id, state, figures, problem, at: platform.now(), event };
    reconciliations::end(&platform.store, tenant, end).await?;
    Ok(())
}
