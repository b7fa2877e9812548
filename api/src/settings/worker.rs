//! Work behind the replies.

use schemars::JsonSchema;
use serde::Deserialize;

/// The worker of this process. Replicas share the jobs among them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WorkerSection {
    /// Whether this process works on jobs.
    pub enabled: bool,
    /// Jobs at once.
    pub parallel: u32,
    /// Jobs at once for one tenant: one slow directory must not take all places.
    pub parallel_per_tenant: u32,
    /// Whether this process asks for each tenant's reminders when their time has come. What is asked for by hand
    /// (`portvakt expiry run`) is done in any case.
    pub reminders: bool,
    /// How long jobs in progress are waited for when the process is asked to stop, in seconds.
    pub drain_seconds: u32,
}

impl Default for WorkerSection {
    fn default() -> Self {
        Self { enabled: true, parallel: 32, parallel_per_tenant: 8, reminders: true, drain_seconds: 20 }
    }
}

impl WorkerSection {
    pub(super) fn check(&self, problems: &mut Vec<String>) {
        if self.parallel == 0 || self.parallel_per_tenant == 0 {
            problems.push("worker.parallel and worker.parallel_per_tenant: at least 1".to_owned());
        }
    }
}
