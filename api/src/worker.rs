//! Works on jobs: takes them by lease, runs them, and says how they ended. Replicas share the work.

mod places;
mod rotation;
mod schedule;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use portvakt_domain::{
    id::TenantId,
    job::{Job, LeasedJob, retry_after},
    time::Instant as Moment,
};
use portvakt_flows::{
    FlowError, Platform, change_number, compare_numbers, reconcile, remind, seal_audit,
    send_code::{self, JobOutcome},
    send_notice, send_reminder, sweep, write_number,
};
use portvakt_storage::{StorageError, operator, operator::Lease};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};
use tracing::{Instrument as _, Span, field::Empty};

use self::places::{Place, Places};
use crate::{metrics::Metrics, registry::Registry, settings::WorkerSection};

/// How long the worker sleeps when nothing is due and nobody wakes it: jobs of other replicas are seen this late.
const IDLE: Duration = Duration::from_millis(200);

/// The worker of one process.
pub struct Worker {
    platform: Arc<Platform>,
    registry: Arc<Registry>,
    metrics: Arc<Metrics>,
    settings: WorkerSection,
    name: String,
    wake: Arc<Notify>,
    places: Arc<Places>,
    /// For when each tenant's reminders were asked for here last, and when that was.
    reminded: Mutex<HashMap<TenantId, (Moment, Moment)>>,
    /// The last time at which each tenant's reconciliation was asked for here, or found done.
    reconciled: Mutex<HashMap<TenantId, Moment>>,
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
        let places = Arc::new(Places::of(&settings));
        let stop = watch::Sender::new(false);
        Self {
            platform,
            registry,
            metrics,
            settings,
            name,
            wake,
            places,
            reminded: Mutex::default(),
            reconciled: Mutex::default(),
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
        let _scheduler = abort_on_drop(tokio::spawn(async move { scheduler.schedule_all().await }));
        let mut running = JoinSet::new();
        while !*self.stop.borrow() {
            while running.try_join_next().is_some() {}
            // Before the look, so that a job which ends meanwhile is a reason for another one.
            self.left.store(true, Ordering::SeqCst);
            match self.lease().await {
                Ok(jobs) if !jobs.is_empty() => {
                    for job in jobs {
                        let worker = self.clone();
                        let place = Place::take(self.places.clone(), &job);
                        running.spawn(async move {
                            worker.work(&job).instrument(named(&job)).await;
                            drop(place);
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
        self.schedule_reminders().await;
        self.schedule_reconciliations().await;
        loop {
            let jobs = self.lease().await?;
            if jobs.is_empty() {
                return Ok(done);
            }
            for job in jobs {
                self.work(&job).instrument(named(&job)).await;
                done += 1;
            }
        }
    }

    async fn lease(&self) -> Result<Vec<LeasedJob>, StorageError> {
        let asked = self.places.ask(Lease::of(&self.name, self.platform.now(), 0));
        let lease = Lease { unserved: self.registry.unserved(), ..asked };
        if lease.limit == 0 {
            return Ok(Vec::new());
        }
        // Whether everything that is due could have been among what is leased.
        let is_open = lease.saturated.is_empty() && lease.background.is_open();
        let limit = usize::try_from(lease.limit).unwrap_or(usize::MAX);
        let jobs = operator::lease_jobs(&self.platform.store, lease).await?;
        let in_background = jobs.iter().any(|job| job.job.is_background());
        if is_open && jobs.len() < limit && !in_background {
            self.left.store(false, Ordering::SeqCst);
        }
        Ok(jobs)
    }

    /// Runs one job and records how it ended. A failure to record leaves the lease to run out: another worker goes on.
    async fn work(&self, leased: &LeasedJob) {
        let begun = Instant::now();
        let outcome = match self.keeping_lease(leased, self.perform(leased)).await {
            None => return tracing::warn!("the lease of this job is lost: it is left to whoever has it"),
            Some(Ok(outcome)) => outcome,
            Some(Err(error)) if send_code::is_passing(&error) => JobOutcome::Retry(chain(&error)),
            Some(Err(error)) => JobOutcome::Fail(chain(&error)),
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
            JobOutcome::Later { at, why } => {
                tracing::info!(why, until = %at, "job deferred");
                ("later", operator::defer_job(store, leased.id, self.name.clone(), at, why).await)
            }
            JobOutcome::Retry(reason) | JobOutcome::Fail(reason) => {
                tracing::error!(reason, "job laid aside");
                self.give_up(leased, &reason).await;
                ("dead", operator::bury_job(store, leased.id, self.name.clone(), now, reason).await)
            }
        };
        self.metrics.job(kind, label, seconds);
        match leased.job {
            Job::Remind { .. } => self.measure_reminders(leased.tenant).await,
            Job::SendReminder { .. } if label == "dead" => self.measure_reminders(leased.tenant).await,
            Job::Reconcile { .. } => self.measure_reconciliations(leased.tenant).await,
            _ => {}
        }
        tracing::info!(job.outcome = label, duration_ms = seconds * 1000.0, "job");
        if let Err(error) = recorded {
            tracing::error!(error = %chain(&error), "a job's end was not recorded");
        }
    }

    /// Works while the lease is renewed, so that a long job is not taken over while it lives. A third of the lease is left
    /// for the database to be slow in. `None`: it was taken over nevertheless, or may have been, because the database did
    /// not answer for as long as the lease is. What was under way here is cut off then, as if this process had died: two
    /// must not send the same.
    async fn keeping_lease<T>(&self, leased: &LeasedJob, work: impl Future<Output = T>) -> Option<T> {
        let lease = leased.job.lease();
        let whole = lease.to_std().unwrap_or(IDLE);
        let mut renewed = Instant::now();
        let mut work = std::pin::pin!(work);
        loop {
            // Not beyond the end of the lease, where it could not be renewed before.
            let span = (whole / 3).min(whole.saturating_sub(renewed.elapsed()));
            if let Ok(done) = tokio::time::timeout(span, work.as_mut()).await {
                return Some(done);
            }
            let (asked, until) = (Instant::now(), self.platform.now() + lease);
            match operator::extend_job(&self.platform.store, leased.id, self.name.clone(), until).await {
                Ok(true) => renewed = asked,
                Ok(false) => return None,
                Err(error) => {
                    tracing::error!(error = %chain(&error), "a job's lease was not renewed");
                    if renewed.elapsed() >= whole {
                        return None;
                    }
                }
            }
        }
    }

    /// What a job that is laid aside leaves undone is said of it.
    async fn give_up(&self, leased: &LeasedJob, reason: &str) {
        let (platform, tenant) = (&self.platform, leased.tenant);
        let told = match leased.job {
            Job::SendCode { message } | Job::SendNotice { message } => {
                send_code::give_up(platform, tenant, message).await
            }
            Job::Remind { by_hand } => remind::give_up(platform, tenant, by_hand, reason).await,
            Job::Reconcile { .. } => reconcile::give_up(platform, tenant, reason).await,
            // Another try sends it: `portvakt jobs retry`.
            _ => return,
        };
        if let Err(error) = told {
            tracing::error!(error = %chain(&error), "what is given up was not noted");
        }
    }

    async fn perform(&self, leased: &LeasedJob) -> Result<JobOutcome, FlowError> {
        if leased.attempt > leased.job.max_attempts() {
            return Ok(JobOutcome::Fail("every attempt was begun and none was finished".to_owned()));
        }
        let (platform, served) = (&self.platform, self.registry.tenant(leased.tenant));
        match (&leased.job, served) {
            // These look after rows alone, also while nobody is served.
            (Job::SealAudit, _) => seal_audit::run(platform, leased.tenant).await,
            (Job::RotateKeys, _) => self.rotate_keys(leased.tenant).await,
            (Job::Sweep, served) => sweep::run(platform, leased.tenant, served.as_deref()).await,
            (_, None) => Ok(JobOutcome::Retry("the tenant is not served here".to_owned())),
            (Job::SendCode { message }, Some(tenant)) => send_code::run(platform, &tenant, *message).await,
            (Job::SendNotice { message }, Some(tenant)) => send_notice::run(platform, &tenant, *message).await,
            (Job::ChangeNumber { change }, Some(tenant)) => change_number::run(platform, &tenant, *change).await,
            (Job::WriteNumber { account }, Some(tenant)) => write_number::run(platform, &tenant, *account).await,
            (Job::CompareNumbers, Some(tenant)) => compare_numbers::run(platform, &tenant).await,
            (Job::Remind { by_hand }, Some(tenant)) => remind::run(platform, &tenant, *by_hand).await,
            (Job::SendReminder { reminder }, Some(tenant)) => send_reminder::run(platform, &tenant, *reminder).await,
            (Job::Reconcile { occasion }, Some(tenant)) => reconcile::run(platform, &tenant, *occasion).await,
        }
    }
}

/// What all lines of a job's have in common. An error's span, so that warnings have it too where the log is set to nothing
/// finer.
fn named(leased: &LeasedJob) -> Span {
    let kind = leased.job.kind();
    tracing::error_span!("job", job.id = %leased.id, job.kind = kind, tenant.id = %leased.tenant, flow.id = Empty)
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
