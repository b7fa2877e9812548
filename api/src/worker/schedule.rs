//! What is asked for by the clock: clean-up, comparisons, reconciliations, rotations, reminders.

use std::{
    sync::PoisonError,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use portvakt_domain::{
    id::{JobId, TenantId},
    job::Job,
    reconciliation::Occasion,
    time::Instant as Moment,
};
use portvakt_flows::{Tenant, reconcile, remind};
use portvakt_storage::{jobs, operator, reconciliations, reminders};

use super::{Worker, chain};

/// How often each tenant's rows are swept, and its numbers compared with the directory's.
const HOURLY: Duration = Duration::from_secs(3600);
/// How often the clock is looked at for reminders and reconciliations.
const MINUTELY: Duration = Duration::from_secs(60);
/// After so long a day's reminders that are not done are asked for again.
const AGAIN: TimeDelta = TimeDelta::hours(1);

impl Worker {
    /// What every tenant needs from time to time.
    pub(super) async fn schedule_all(&self) {
        let mut swept: Option<Instant> = None;
        loop {
            if swept.is_none_or(|swept| swept.elapsed() >= HOURLY) {
                swept = Some(Instant::now());
                self.schedule_hourly().await;
            }
            self.schedule_reminders().await;
            self.schedule_reconciliations().await;
            tokio::time::sleep(MINUTELY).await;
        }
    }

    async fn schedule_hourly(&self) {
        for tenant in self.registry.tenants() {
            self.schedule(tenant.id, Job::Sweep).await;
            self.measure_reminders(tenant.id).await;
            self.measure_reconciliations(tenant.id).await;
            if tenant.settings.directory.number_attribute.is_some() {
                self.schedule(tenant.id, Job::CompareNumbers).await;
            }
        }
        for tenant in self.registry.suspended().into_iter().chain(self.registry.unserved()) {
            self.schedule(tenant, Job::Sweep).await;
        }
        self.schedule_rotations().await;
        self.tell_unknown_jobs().await;
    }

    /// Asks for the reminders of each tenant whose time has come; what the job finds decides whether there is anything to
    /// do. Once an hour it is asked again: the directory may be back, and the day is not over.
    pub(super) async fn schedule_reminders(&self) {
        if !self.settings.reminders {
            return;
        }
        let now = self.platform.now();
        for tenant in self.registry.tenants() {
            let settings = &tenant.settings.reminders;
            let starts_at = if settings.send { remind::starts_at(settings, tenant.id, now) } else { None };
            let Some(starts_at) = starts_at.filter(|at| *at <= now) else { continue };
            let asked = self.reminded.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant.id).copied();
            let is_asked = asked.is_some_and(|(of, at)| of == starts_at && now < at + AGAIN);
            if !is_asked && self.ask_for_reminders(&tenant, starts_at).await {
                self.reminded.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant.id, (starts_at, now));
            }
        }
    }

    /// `false` when nobody knows whether there is anything to do: to be asked again.
    async fn ask_for_reminders(&self, tenant: &Tenant, starts_at: Moment) -> bool {
        match remind::is_to_be_asked(&self.platform, tenant).await {
            Ok(true) => {
                self.metrics.reminders_due(tenant.id, starts_at);
                self.revive_reminders(tenant.id).await || self.schedule(tenant.id, Job::Remind { by_hand: false }).await
            }
            Ok(false) => true,
            Err(error) => {
                tracing::error!(tenant.id = %tenant.id, error = %chain(&error), "whether reminders are due is not known");
                false
            }
        }
    }

    /// Has a day's run tried again that was laid aside, rather than lay another one beside it. `false`: there is none.
    async fn revive_reminders(&self, tenant: TenantId) -> bool {
        let dead = match operator::list_dead_jobs(&self.platform.store, Some(tenant)).await {
            Ok(dead) => dead,
            Err(error) => {
                tracing::error!(tenant.id = %tenant, error = %chain(&error), "jobs can't be listed");
                return false;
            }
        };
        let by_schedule = Job::Remind { by_hand: false };
        let is_it = |payload: &str| serde_json::from_str::<Job>(payload).is_ok_and(|job| job == by_schedule);
        let Some(job) = dead.into_iter().rfind(|job| is_it(&job.payload)) else { return false };
        operator::revive_job(&self.platform.store, job.id, self.platform.now()).await.unwrap_or(false)
    }

    /// Asks for each tenant's reconciliation of the day once its time has come. The database tells whether it took place, so
    /// that neither a restart nor another replica makes it two.
    pub(super) async fn schedule_reconciliations(&self) {
        let now = self.platform.now();
        for tenant in self.registry.tenants() {
            let starts_at = reconcile::starts_at(tenant.settings.reminders.time_zone, tenant.id, now);
            let asked = self.reconciled.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant.id).copied();
            if starts_at > now || asked == Some(starts_at) {
                continue;
            }
            let known = match reconcile::is_due(&self.platform, &tenant).await {
                Ok(true) => self.schedule(tenant.id, Job::Reconcile { occasion: Occasion::Schedule }).await,
                Ok(false) => true,
                Err(error) => {
                    tracing::error!(tenant.id = %tenant.id, error = %chain(&error), "nobody knows when numbers were reconciled");
                    false
                }
            };
            if known {
                self.reconciled.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant.id, starts_at);
            }
        }
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

    /// How a tenant's reminders stand, for whoever watches.
    pub(super) async fn measure_reminders(&self, tenant: TenantId) {
        match reminders::figures(&self.platform.store, tenant).await {
            Ok(figures) => self.metrics.reminders(tenant, figures),
            Err(error) => {
                tracing::error!(tenant.id = %tenant, error = %chain(&error), "reminders can't be counted");
            }
        }
    }

    /// How a tenant's reconciliations stand, for whoever watches.
    pub(super) async fn measure_reconciliations(&self, tenant: TenantId) {
        match reconciliations::glance(&self.platform.store, tenant).await {
            Ok(glance) => self.metrics.reconciliations(tenant, glance),
            Err(error) => {
                tracing::error!(tenant.id = %tenant, error = %chain(&error), "reconciliations can't be read");
            }
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

    /// Asks for a job that is due now, unless one like it waits. `false` when nobody knows whether one does.
    pub(super) async fn schedule(&self, tenant: TenantId, job: Job) -> bool {
        let (due, kind) = (self.platform.now(), job.kind());
        let id = JobId::new(due, self.platform.random.as_ref());
        let asked = jobs::enqueue(&self.platform.store, tenant, job, due, id).await;
        if let Err(error) = &asked {
            tracing::error!(tenant.id = %tenant, job.kind = kind, error = %chain(error), "a job can't be scheduled");
        }
        asked.is_ok()
    }
}
