//! Asking for work. Leasing it is across tenants: `operator`.

use portvakt_domain::{id::JobId, job::Job, time::Instant};

storage_functions! { of jobs:
    /// Asks for a job, due at `run_at`; `false` when one like it waits already.
    write fn enqueue(job: Job, run_at: Instant, id: JobId) -> bool;
}
