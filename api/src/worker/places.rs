//! Who takes up how many of a worker's places.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use portvakt_domain::{id::TenantId, job::LeasedJob};
use portvakt_storage::operator::{BackgroundPlaces, Lease};

use crate::settings::WorkerSection;

/// Of one tenant's places, those that are kept for what somebody waits for.
const KEPT_PER_TENANT: usize = 2;

/// The jobs that are under way, counted.
#[derive(Debug)]
pub(super) struct Places {
    all: usize,
    per_tenant: usize,
    taken: Mutex<HashMap<TenantId, Taken>>,
}

/// A tenant's jobs that are under way.
#[derive(Debug, Default, Clone, Copy)]
struct Taken {
    all: usize,
    background: usize,
}

impl Places {
    pub(super) fn of(settings: &WorkerSection) -> Self {
        let (all, per_tenant) = (settings.parallel as usize, settings.parallel_per_tenant as usize);
        Self { all, per_tenant, taken: Mutex::default() }
    }

    /// What to ask for: no more than there are places for, with `lease` telling who asks and when. Half of all places, and
    /// two of each tenant's, are kept for what somebody waits for.
    pub(super) fn ask(&self, lease: Lease) -> Lease {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.all.saturating_sub(taken.values().map(|taken| taken.all).sum());
        let most = free.min(self.per_tenant);
        let full = taken.iter().filter(|(_, taken)| taken.all >= self.per_tenant).map(|(tenant, _)| *tenant);
        let in_background: usize = taken.values().map(|taken| taken.background).sum();
        Lease {
            limit: i64::try_from(most).unwrap_or(1),
            saturated: full.collect(),
            background: BackgroundPlaces {
                free: self.all.div_ceil(2).saturating_sub(in_background),
                per_tenant: self.per_tenant.saturating_sub(KEPT_PER_TENANT).max(1),
                busy: taken.iter().map(|(tenant, taken)| (*tenant, taken.background)).collect(),
            },
            ..lease
        }
    }

    fn mark(&self, tenant: TenantId, is_background: bool, change: isize) {
        let mut all = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = all.entry(tenant).or_default();
        taken.all = taken.all.saturating_add_signed(change);
        if is_background {
            taken.background = taken.background.saturating_add_signed(change);
        }
        if taken.all == 0 {
            all.remove(&tenant);
        }
    }
}

/// A place that is taken for as long as this lives, also when the job panics.
pub(super) struct Place {
    places: Arc<Places>,
    tenant: TenantId,
    is_background: bool,
}

impl Place {
    pub(super) fn take(places: Arc<Places>, job: &LeasedJob) -> Self {
        let (tenant, is_background) = (job.tenant, job.job.is_background());
        places.mark(tenant, is_background, 1);
        Self { places, tenant, is_background }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.mark(self.tenant, self.is_background, -1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portvakt_domain::{id::JobId, job::Job};
    use uuid::Uuid;

    fn asked(places: &Places) -> (i64, usize, usize, usize) {
        let lease = places.ask(Lease::of("w", "2026-11-23T07:00:00Z".parse().expect("a moment"), 0));
        (lease.limit, lease.saturated.len(), lease.background.free, lease.background.per_tenant)
    }

    fn job(tenant: TenantId, job: Job) -> LeasedJob {
        let due_at = "2026-11-23T07:00:00Z".parse().expect("a moment");
        LeasedJob { id: JobId(Uuid::nil()), tenant, job, attempt: 1, due_at }
    }

    #[test]
    fn places_are_kept_for_what_somebody_waits_for() {
        let settings = WorkerSection { parallel: 6, parallel_per_tenant: 4, ..WorkerSection::default() };
        let places = Arc::new(Places::of(&settings));
        let [one, two] = [1, 2].map(|n| TenantId(Uuid::from_u128(n)));
        assert_eq!(asked(&places), (4, 0, 3, 2));
        let first = Place::take(places.clone(), &job(one, Job::Sweep));
        let _second = Place::take(places.clone(), &job(one, Job::CompareNumbers));
        let _third = Place::take(places.clone(), &job(two, Job::Sweep));
        assert_eq!(asked(&places), (3, 0, 0, 2), "the other half is for codes");
        let _code = [1, 2].map(|_| Place::take(places.clone(), &job(one, Job::SealAudit)));
        assert_eq!(asked(&places), (1, 1, 0, 2), "one tenant has all that it may have");
        drop(first);
        assert_eq!(asked(&places), (2, 0, 1, 2));
    }

    #[test]
    fn a_worker_with_one_place_does_everything() {
        let settings = WorkerSection { parallel: 1, parallel_per_tenant: 1, ..WorkerSection::default() };
        assert_eq!(asked(&Places::of(&settings)), (1, 0, 1, 1));
    }
}
