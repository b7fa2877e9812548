//! Key rotation, a part at a time.

use std::time::Duration;

use portvakt_domain::{id::TenantId, job::Job};
use portvakt_flows::{
    FlowError,
    key_usage::Usage,
    rotate_keys::{RotateError, Rotation},
    send_code::JobOutcome,
};
use portvakt_storage::{StorageError, key_rotations};

use super::{Worker, chain};

/// How long one job of a rotation goes on. Shorter than its lease.
const ROTATES_AT_MOST: Duration = Duration::from_secs(60);

impl Worker {
    /// A part of a rotation, shorter than the lease; the next job goes on where this one ended.
    pub(super) async fn rotate_keys(&self, tenant: TenantId) -> Result<JobOutcome, FlowError> {
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
}
