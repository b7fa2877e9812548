//! Works on jobs: takes them by lease, runs them, and says how they ended. Replicas share the work.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use portvakt_domain::{
    id::{JobId, TenantId},
    job::{Job, LeasedJob, retry_after},
};
use portvakt_flows::{
    FlowError, Platform, change_number, compare_numbers,
    key_usage::Usage,
    rotate_keys::{RotateError, Rotation},
    seal_audit,
    send_code::{self, JobOutcome},
    send_notice, sweep, write_number,
};
use portvakt_storage::{StorageError, jobs, key_rotations, operator, operator::Lease};
use tokio::{
    sync::{Notify, Semaphore, watch},
    task::JoinSet,
};
use tracing::{Instrument as _, Span, field::Empty};

use crate::{metrics::Metrics, registry::Registry, settings::WorkerSection};

/// How long the worker sleeps when nothing is due and nobody wakes it: jobs of other replicas are seen this late.
const IDLE: Duration = Duration::from_millis(200);
/// How often each tenant's rows are swept, and its numbers compared with the directory's.
const HOURLY: Duration = Duration::from_secs(3600);
/// How long one job of a rotation goes on. Shorter than its lease.
const ROTATES_AT_MOST: Duration = Duration::from_secs(60);

/// The worker of one process.
pub struct Worker {
    platform: Arc<Platform>,
    registry: Arc<Registry>,
    metrics: Arc<Metrics>,
    settings: WorkerSection,
    name: String,
    wake: Arc<Notify>,
    places: Arc<Semaphore>,
    busy: Mutex<HashMap<TenantId, u32>>,
    /// Whether due jobs may wait for a place: only then is a job's end a reason to look for others.
    left: AtomicBool,
    stop: watch::Sender<bool>,
}

impl Worker {
    /// A worker; nothing runs yet.
    pub fn new(
        platform: Arc<Platform>,
        registry: Arc<Registry>,
        metrics: Arc<Metrics>,
        settings: WorkerSection,
        wake: Arc<Notify>,
    ) -> Self {
        let mut id = [0; 8];
        platform.random.fill(&mut id);
        let name =
            format!("{}-{}", std::process::id(), id.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        let places = Arc::new(Semaphore::new(settings.parallel as usize));
        let stop = watch::Sender::new(false);
        Self {
            platform,
            registry,
            metrics,
            settings,
            name,
            wake,
            places,
            busy: Mutex::default(),
            left: AtomicBool::new(true),
            stop,
        }
    }

    /// Takes no more jobs; [`Worker::run`] ends when those in progress have, or when their time is up.
    pub fn stop(&self) {
        self.stop.send_replace(true);
        self.wake.notify_one();
    }

    /// Works until it is told to stop.
    pub async fn run(self: Arc<Self>) {
        let scheduler = self.clone();
        let _scheduler = abort_on_drop(tokio::spawn(async move { scheduler.schedule_hourly().await }));
        let mut running = JoinSet::new();
        while !*self.stop.borrow() {
            while running.try_join_next().is_some() {}
            // Before the look, so that a job which ends meanwhile is a reason for another one.
            self.left.store(true, Ordering::SeqCst);
            let free = self.places.available_permits();
            let taken = if free == 0 { Ok(Vec::new()) } else { self.lease(free).await };
            match taken {
                Ok(jobs) if !jobs.is_empty() => {
                    for job in jobs {
                        let worker = self.clone();
                        let Ok(place) = self.places.clone().acquire_owned().await else { return };
                        let busy = Busy::with(worker.clone(), job.tenant);
                        running.spawn(async move {
                            worker.work(&job).instrument(named(&job)).await;
                            drop((busy, place));
                            if worker.left.load(Ordering::SeqCst) {
                                worker.wake.notify_one();
                            }
                        });
                    }
                    if !self.left.load(Ordering::SeqCst) {
                        self.rest().await;
                    }
                }
                Ok(_) => self.rest().await,
                Err(error) => {
                    tracing::error!(error = %chain(&error), "jobs can't be leased");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
        // A message that is cut off in the middle of its send is one that nobody knows of: better to wait for it.
        let drain = Duration::from_secs(u64::from(self.settings.drain_seconds));
        let _ = tokio::time::timeout(drain, async { while running.join_next().await.is_some() {} }).await;
    }

    /// Until somebody asks for a job, or a place becomes free for one that is left, or so long that jobs of others may be due.
    async fn rest(&self) {
        let _ = tokio::time::timeout(IDLE, self.wake.notified()).await;
    }

    /// Runs everything that is due now, and what becomes due meanwhile, one after the other. For tests that move the
    /// clock.
    ///
    /// # Errors
    /// The database.
    pub async fn run_due(&self) -> Result<usize, StorageError> {
        let mut done = 0;
        loop {
            let jobs = self.lease(16).await?;
            if jobs.is_empty() {
                return Ok(done);
            }
            for job in jobs {
                self.work(&job).instrument(named(&job)).await;
                done += 1;
            }
        }
    }

    async fn lease(&self, free: usize) -> Result<Vec<LeasedJob>, StorageError> {
        let saturated: Vec<TenantId> = {
            let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
            let full = |count: &&u32| **count >= self.settings.parallel_per_tenant;
            busy.iter().filter(|(_, count)| full(count)).map(|(tenant, _)| *tenant).collect()
        };
        let all_tenants = saturated.is_empty();
        let most = free.min(self.settings.parallel_per_tenant as usize);
        let lease = Lease {
            worker: self.name.clone(),
            now: self.platform.now(),
            limit: i64::try_from(most).unwrap_or(1),
            saturated,
            unserved: self.registry.unserved(),
        };
        let jobs = operator::lease_jobs(&self.platform.store, lease).await?;
        if all_tenants && jobs.len() < most {
            self.left.store(false, Ordering::SeqCst);
        }
        Ok(jobs)
    }

    fn mark(&self, tenant: TenantId, change: i32) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let count = busy.entry(tenant).or_default();
        *count = count.saturating_add_signed(change);
        if *count == 0 {
            busy.remove(&tenant);
        }
    }

    /// Runs one job and records how it ended. A failure to record leaves the lease to run out: another worker goes on.
    async fn work(&self, leased: &LeasedJob) {
        let begun = Instant::now();
        let outcome = match self.perform(leased).await {
            Ok(outcome) => outcome,
            Err(error) if send_code::is_passing(&error) => JobOutcome::Retry(chain(&error)),
            Err(error) => JobOutcome::Fail(chain(&error)),
        };
        let (kind, seconds) = (leased.job.kind(), begun.elapsed().as_secs_f64());
        let (store, now) = (&self.platform.store, self.platform.now());
        let (label, recorded) = match outcome {
            JobOutcome::Done => ("done", operator::complete_job(store, leased.id, self.name.clone()).await),
            JobOutcome::Retry(reason) if leased.attempt < leased.job.max_attempts() => {
                tracing::warn!(reason, "job retried");
                let at = now + retry_after(leased.attempt, self.platform.random.as_ref());
                ("retry", operator::retry_job(store, leased.id, self.name.clone(), at, reason).await)
            }
            JobOutcome::Retry(reason) | JobOutcome::Fail(reason) => {
                tracing::error!(reason, "job laid aside");
                self.give_up(leased).await;
                ("dead", operator::bury_job(store, leased.id, self.name.clone(), now, reason).await)
            }
        };
        self.metrics.job(kind, label, seconds);
        tracing::info!(job.outcome = label, duration_ms = seconds * 1000.0, "job");
        if let Err(error) = recorded {
            tracing::error!(error = %chain(&error), "a job's end was not recorded");
        }
    }

    /// What a job that is laid aside leaves undone is said of it.
    async fn give_up(&self, leased: &LeasedJob) {
        let (Job::SendCode { message } | Job::SendNotice { message }) = leased.job else { return };
        if let Err(error) = send_code::give_up(&self.platform, leased.tenant, message).await {
            tracing::error!(error = %chain(&error), "a message that is given up was not noted");
        }
    }

    async fn perform(&self, leased: &LeasedJob) -> Result<JobOutcome, FlowError> {
        let (platform, served) = (&self.platform, self.registry.tenant(leased.tenant));
        match (&leased.job, served) {
            // These look after rows alone, also while nobody is served.
            (Job::SealAudit, _) => seal_audit::run(platform, leased.tenant).await,
            (Job::RotateKeys, _) => self.rotate_keys(leased.tenant).await,
            (Job::Sweep, _) => sweep::run(platform, leased.tenant).await,
            (_, None) => Ok(JobOutcome::Retry("the tenant is not served here".to_owned())),
            (Job::SendCode { message }, Some(tenant)) => send_code::run(platform, &tenant, *message).await,
            (Job::SendNotice { message }, Some(tenant)) => send_notice::run(platform, &tenant, *message).await,
            (Job::ChangeNumber { change }, Some(tenant)) => change_number::run(platform, &tenant, *change).await,
            (Job::WriteNumber { account }, Some(tenant)) => write_number::run(platform, &tenant, *account).await,
            (Job::CompareNumbers, Some(tenant)) => compare_numbers::run(platform, &tenant).await,
        }
    }

    /// A part of a rotation, shorter than the lease; the next job goes on where this one ended.
    async fn rotate_keys(&self, tenant: TenantId) -> Result<JobOutcome, FlowError> {
        let platform = &self.platform;
        let (store, keys) = (&platform.store, platform.keys.as_ref());
        if keys.names().count() < 2 {
            // Another replica has the newer key already and asked for this.
            self.measure_keys(tenant).await?;
            return Ok(JobOutcome::Done);
        }
        let names = keys.names().map(str::to_owned).collect();
        if let Some(newer) = key_rotations::newer_than(store, tenant, keys.active().to_owned(), names).await? {
            tracing::info!(
                key = newer,
                active = keys.active(),
                "a rotation to a newer key is left to who has it active"
            );
            self.measure_keys(tenant).await?;
            return Ok(JobOutcome::Done);
        }
        let (clock, random) = (platform.clock.as_ref(), platform.random.as_ref());
        let rotation = Rotation { store, keys, clock, random, author: "portvakt serve" };
        let done = match rotation.run(tenant, ROTATES_AT_MOST, &|_| {}).await {
            Ok(done) => done,
            Err(RotateError::Storage(error)) => return Err(error.into()),
            Err(error) => return Ok(JobOutcome::Fail(chain(&error))),
        };
        if done.values > 0 {
            tracing::info!(tenant.id = %tenant, key = keys.active(), values = done.values, "values sealed anew");
        }
        self.measure_keys(tenant).await?;
        if done.unfinished {
            self.schedule(tenant, Job::RotateKeys).await;
        }
        let rejected = done.rejected;
        if done.rejected_anew {
            return Ok(JobOutcome::Fail(format!("{rejected} values do not open where they stand")));
        }
        if rejected > 0 {
            tracing::warn!(values = rejected, "values still do not open where they stand");
        }
        Ok(JobOutcome::Done)
    }

    async fn measure_keys(&self, tenant: TenantId) -> Result<(), StorageError> {
        let active = self.platform.keys.active();
        let usage = Usage::of(&self.platform.store, tenant, active).await?;
        self.metrics.under_older_keys(tenant, usage.under_others(active));
        Ok(())
    }

    /// Asks for rotations where there may be something to do: with one key there is nothing.
    async fn schedule_rotations(&self) {
        if self.platform.keys.names().count() < 2 {
            return;
        }
        let tenants = match operator::list_tenants(&self.platform.store).await {
            Ok(tenants) => tenants,
            Err(error) => return tracing::error!(error = %chain(&error), "tenants can't be listed"),
        };
        for tenant in tenants {
            self.schedule(tenant.id, Job::RotateKeys).await;
        }
    }

    async fn schedule_hourly(&self) {
        loop {
            for tenant in self.registry.tenants() {
                self.schedule(tenant.id, Job::Sweep).await;
                if tenant.settings.directory.number_attribute.is_some() {
                    self.schedule(tenant.id, Job::CompareNumbers).await;
                }
            }
            for tenant in self.registry.suspended().into_iter().chain(self.registry.unserved()) {
                self.schedule(tenant, Job::Sweep).await;
            }
            self.schedule_rotations().await;
            self.tell_unknown_jobs().await;
            tokio::time::sleep(HOURLY).await;
        }
    }

    /// Jobs of a newer release wait for it. Should it have been taken back, somebody has to know.
    async fn tell_unknown_jobs(&self) {
        match operator::list_unknown_jobs(&self.platform.store, self.platform.now()).await {
            Ok(kinds) => {
                for unknown in kinds {
                    tracing::warn!(
                        job.kind = unknown.kind,
                        due = unknown.due,
                        "jobs wait for a release that knows them"
                    );
                }
            }
            Err(error) => tracing::error!(error = %chain(&error), "jobs can't be listed"),
        }
    }

    /// Asks for a job that is due now, unless one like it waits.
    async fn schedule(&self, tenant: TenantId, job: Job) {
        let (due, kind) = (self.platform.now(), job.kind());
        let id = JobId::new(due, self.platform.random.as_ref());
        if let Err(error) = jobs::enqueue(&self.platform.store, tenant, job, due, id).await {
            tracing::error!(tenant.id = %tenant, job.kind = kind, error = %chain(&error), "a job can't be scheduled");
        }
    }
}

/// What all lines of a job's have in common. An error's span, so that warnings have it too where the log is set to nothing
/// finer.
fn named(leased: &LeasedJob) -> Span {
    let kind = leased.job.kind();
    tracing::error_span!("job", job.id = %leased.id, job.kind = kind, tenant.id = %leased.tenant, flow.id = Empty)
}

/// Counts a job of a tenant for as long as it lives, also when the job panics.
struct Busy {
    worker: Arc<Worker>,
    tenant: TenantId,
}

impl Busy {
    fn with(worker: Arc<Worker>, tenant: TenantId) -> Self {
        worker.mark(tenant, 1);
        Self { worker, tenant }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.worker.mark(self.tenant, -1);
    }
}

/// Ends a task with the value that holds it.
fn abort_on_drop(task: tokio::task::JoinHandle<()>) -> impl Drop {
    struct Abort(tokio::task::JoinHandle<()>);
    impl Drop for Abort {
        fn drop(&mut self) {
            self.0.abort();
        }
    }
    Abort(task)
}

/// An error with all its sources, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
