//! What belongs to no tenant, or to all of them: the list of tenants, their hosts, the job queue, SMS budgets, counts of all,
//! the key that replicas agreed on. The only
//! file whose functions do not take a tenant first. On PostgreSQL they run as a role of their own that sees nothing
//! personal.

use std::collections::HashMap;

use portvakt_domain::{
    id::{JobId, TenantId},
    job::LeasedJob,
    keys::KeyUse,
    limit::Limit,
    tenant::HostPurpose,
    time::Instant,
};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRow {
    /// Its id.
    pub id: TenantId,
    /// Its short name.
    pub slug: String,
    /// The settings in force; `None` until some were activated.
    pub version: Option<i64>,
    /// Since when it is not served for now.
    pub suspended_at: Option<Instant>,
    /// When it was asked to be deleted, if it is to be.
    pub delete_asked_at: Option<Instant>,
    /// From when the next sweep deletes it for good, if it is to be deleted.
    pub delete_due_at: Option<Instant>,
}

/// A tenant's deletion that is asked for.
#[derive(Debug, Clone)]
pub struct NewDeletion {
    /// Which.
    pub tenant: TenantId,
    /// Who wants it.
    pub author: String,
    /// Now.
    pub at: Instant,
    /// When the grace period is over.
    pub due_at: Instant,
}

/// What is known of a tenant that was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedTenant {
    /// The id that it had.
    pub id: TenantId,
    /// The short name that it had.
    pub slug: String,
    /// When it was made.
    pub created_at: Instant,
    /// When its deletion was asked for.
    pub asked_at: Instant,
    /// Who asked for it.
    pub asked_by: String,
    /// When it was deleted.
    pub deleted_at: Instant,
}

/// A tenant to be made.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its id, if it does not exist yet.
    pub id: TenantId,
    /// Its short name.
    pub slug: String,
    /// Now.
    pub at: Instant,
}

/// A host that is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRow {
    /// Lower case, without port and trailing dot.
    pub host: String,
    /// Whose.
    pub tenant: TenantId,
    /// What for.
    pub purpose: HostPurpose,
}

/// A worker's request for jobs.
#[derive(Debug, Clone)]
pub struct Lease {
    /// The worker; a name that no other one has, not even the same one after a restart.
    pub worker: String,
    /// Now.
    pub now: Instant,
    /// How many at most.
    pub limit: i64,
    /// Tenants that have as much under way as they may.
    pub saturated: Vec<TenantId>,
    /// Tenants that this worker can't serve: what does not look after rows alone is left to who can, and none of its
    /// attempts is used up.
    pub unserved: Vec<TenantId>,
    /// How many of them may be work that nobody waits for.
    pub background: BackgroundPlaces,
}

impl Lease {
    /// A request for jobs of all tenants and kinds.
    pub fn of(worker: &str, now: Instant, limit: i64) -> Self {
        let background = BackgroundPlaces { free: usize::MAX, per_tenant: usize::MAX, busy: HashMap::new() };
        Self { worker: worker.to_owned(), now, limit, saturated: Vec::new(), unserved: Vec::new(), background }
    }
}

/// Places for kinds that nobody waits for ([`BACKGROUND_KINDS`](portvakt_domain::job::BACKGROUND_KINDS)).
#[derive(Debug, Clone)]
pub struct BackgroundPlaces {
    /// Free ones.
    pub free: usize,
    /// Of one tenant, free and taken ones.
    pub per_tenant: usize,
    /// Taken ones of each tenant that has any.
    pub busy: HashMap<TenantId, usize>,
}

impl BackgroundPlaces {
    /// Whether every tenant has one left.
    pub fn is_open(&self) -> bool {
        self.free > 0 && self.saturated().is_empty()
    }

    /// Takes a place, if there is one for this tenant.
    pub(crate) fn take(&mut self, tenant: TenantId) -> bool {
        let busy = self.busy.entry(tenant).or_default();
        if self.free == 0 || *busy >= self.per_tenant {
            return false;
        }
        self.free -= 1;
        *busy += 1;
        true
    }

    /// Tenants that have none left.
    pub(crate) fn saturated(&self) -> Vec<TenantId> {
        self.busy.iter().filter(|(_, busy)| **busy >= self.per_tenant).map(|(tenant, _)| *tenant).collect()
    }
}

/// The queue at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobsOverview {
    /// Jobs that are not dead, those under way included.
    pub waiting: i64,
    /// Of these, due and not under way. Those that wait for a suspended tenant are not.
    pub due: i64,
    /// Laid aside for people to look at.
    pub dead: i64,
    /// Since when the oldest of those due is.
    pub oldest_due_at: Option<Instant>,
}

/// A job that was laid aside.
#[derive(Debug, Clone)]
pub struct DeadJob {
    /// The row.
    pub id: JobId,
    /// Whose.
    pub tenant: TenantId,
    /// Name of its kind.
    pub kind: String,
    /// JSON, ids only.
    pub payload: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it was due last.
    pub due_at: Instant,
    /// When it was laid aside.
    pub dead_at: Instant,
    /// Why.
    pub last_error: Option<String>,
}

/// A job that waits for its time or is under way.
#[derive(Debug, Clone)]
pub struct WaitingJob {
    /// The row.
    pub id: JobId,
    /// Whose.
    pub tenant: TenantId,
    /// Name of its kind.
    pub kind: String,
    /// JSON, ids only.
    pub payload: String,
    /// How often it was begun.
    pub attempts: i32,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it is due.
    pub due_at: Instant,
    /// Until when a worker holds it, if one took it. Under way until then; afterwards another worker may take it.
    pub leased_until: Option<Instant>,
    /// What went wrong last time.
    pub last_error: Option<String>,
}

/// Jobs of a kind that this release does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownJobs {
    /// Name of the kind.
    pub kind: String,
    /// How many are due.
    pub due: i64,
}

/// A tenant's SMS in the current hour and day (UTC), those just counted included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmsBudget {
    /// This hour.
    pub hour: i64,
    /// This day.
    pub day: i64,
    /// Whether a ceiling was passed by what was just counted; where nothing was, whether the next one would pass it.
    pub exhausted: bool,
    /// Set once an hour for each of [`BUDGET_ALARMS`] that was reached just now: how many percent of the hour's are used.
    pub hour_alarm: Option<i64>,
    /// The same for the day.
    pub day_alarm: Option<i64>,
}

/// At how many percent of a budget an alarm is raised.
pub const BUDGET_ALARMS: [i64; 2] = [80, 100];

storage_functions! { across operator:
    /// All tenants, by short name.
    read fn list_tenants() -> Vec<TenantRow>;

    /// A tenant by its short name.
    read fn find_tenant(slug: String) -> Option<TenantRow>;

    /// Makes a tenant; the id of the one of this name if there is one.
    write fn create_tenant(tenant: NewTenant) -> TenantId;

    /// Puts a version of a tenant's settings in force, with its hosts, which replace the ones before. A host that
    /// another tenant has, or a version that does not exist, is a
    /// [`StorageError::Conflict`](crate::StorageError::Conflict) and changes nothing.
    write fn activate(tenant: TenantId, version: i64, hosts: Vec<(String, HostPurpose)>) -> ();

    /// Suspends a tenant: its jobs wait, but for those that look after its rows. `false`: it is suspended already.
    write fn suspend(tenant: TenantId, at: Instant) -> bool;

    /// Ends a suspension, unless the tenant is to be deleted. Delayed changes of numbers wait longer by its length: nobody could stop them meanwhile. `false`:
    /// the tenant is not suspended.
    write fn resume(tenant: TenantId, at: Instant) -> bool;

    /// Suspends a tenant, if it was served, and sets the time of its deletion. `false`: that is set already.
    write fn ask_deletion(deletion: NewDeletion) -> bool;

    /// Takes that back; the tenant stays suspended. `false`: it is not to be deleted, or was already.
    write fn withdraw_deletion(tenant: TenantId) -> bool;

    /// Deletes every row of a tenant whose grace period is over, its audit trail included. `false`: it is not over.
    write fn delete_due(tenant: TenantId, now: Instant) -> bool;

    /// The tenants that were deleted, oldest first.
    read fn list_deleted() -> Vec<DeletedTenant>;

    /// All hosts.
    read fn list_hosts() -> Vec<HostRow>;

    /// Leases due jobs, one of each tenant in turn, what somebody waits for first. A job is leased to one worker only until
    /// its lease ends; one whose payload can't be read is laid aside instead. One whose worker died at the last attempt is
    /// leased once more, with an attempt too many: it is not to be begun, but given up.
    write fn lease_jobs(lease: Lease) -> Vec<LeasedJob>;

    /// Removes a job that is done; `false` when the worker does not hold it any more. The same goes for the next four.
    write fn complete_job(job: JobId, worker: String) -> bool;

    /// Gives a job back, to be tried again at `run_at`. `error` must name nobody.
    write fn retry_job(job: JobId, worker: String, run_at: Instant, error: String) -> bool;

    /// As [`retry_job`], of one that was not begun because it was not its turn: its attempt does not count.
    write fn defer_job(job: JobId, worker: String, run_at: Instant, error: String) -> bool;

    /// Lays a job aside for people to look at. `error` must name nobody.
    write fn bury_job(job: JobId, worker: String, now: Instant, error: String) -> bool;

    /// Holds a job until then that its worker is not done with. `false` when the worker does not hold it any more: what it
    /// does for it, another one may be doing.
    write fn extend_job(job: JobId, worker: String, until: Instant) -> bool;

    /// Makes a job that was laid aside due at once, with all its attempts before it. `false`: there is no such job, or
    /// another one like it waits and does the same.
    write fn revive_job(job: JobId, now: Instant) -> bool;

    /// The queue at a glance.
    read fn jobs_overview(now: Instant) -> JobsOverview;

    /// Jobs that were laid aside, of one tenant or of all, oldest first.
    read fn list_dead_jobs(of: Option<TenantId>) -> Vec<DeadJob>;

    /// Removes a tenant's jobs of a kind that were laid aside before then; how many.
    write fn remove_dead_jobs(of: TenantId, kind: String, before: Instant) -> usize;

    /// Jobs that were not laid aside, of one tenant or of all, those under way included; what is due first comes first.
    read fn list_waiting_jobs(of: Option<TenantId>, limit: i64) -> Vec<WaitingJob>;

    /// Jobs that are due and of a kind that this release does not know. They are left to a release that does.
    read fn list_unknown_jobs(now: Instant) -> Vec<UnknownJobs>;

    /// One tenant's part of the queue at a glance.
    read fn jobs_of(tenant: TenantId, now: Instant) -> JobsOverview;

    /// SMS of a tenant in the current hour and day.
    read fn sms_sent(tenant: TenantId, at: Instant) -> (i64, i64);

    /// Counts one against a limit of all tenants together, and forgets windows that are over for a day. How many there are.
    write fn count_deployment(limit: Limit, now: Instant) -> i64;

    /// Where the count of all tenants together stands.
    read fn deployment_count(limit: Limit, now: Instant) -> i64;

    /// The name of the key that all replicas agreed on for this use, if they did.
    read fn agreed_key(usage: KeyUse) -> Option<String>;

    /// Agrees on a key for this use: on the one before, where it is among `held`; otherwise on `proposed` from now on.
    write fn agree_on_key(usage: KeyUse, held: Vec<String>, proposed: String) -> String;

    /// Counts SMS of a tenant; 0 only looks, by the same statements.
    write fn spend_sms(tenant: TenantId, sms: i64, at: Instant, hour_ceiling: i64, day_ceiling: i64) -> SmsBudget;
}
