//! What an adapter tells the metrics: which operation, how it ended, how long it took. Nothing about whom.

use portvakt_domain::directory::DirectoryError;

/// Is told about every operation on a directory when it has ended.
pub trait OperationObserver: Send + Sync {
    /// `operation` is one of `find`, `read`, `authenticate`, `policy`, `set_password`, `change_password`,
    /// `unlock`, `write_number`, `survey`, `person`, `probe`; `outcome` is `ok`, `refused` (a presented password),
    /// `left` (a survey that nobody waits for any more) or the name of an error.
    fn observed(&self, operation: &'static str, outcome: &'static str, seconds: f64);
}

/// The label of an error.
pub(crate) fn outcome(error: &DirectoryError) -> &'static str {
    match error {
        DirectoryError::NotFound => "not_found",
        DirectoryError::Rejected(_) => "rejected",
        DirectoryError::NoRight(_) => "no_right",
        DirectoryError::Unavailable(_) => "unavailable",
        DirectoryError::OutcomeUnknown(_) => "outcome_unknown",
        DirectoryError::Misconfigured(_) => "misconfigured",
    }
}
