//! Delivery reports: what providers tell of the SMS they took. They never change a flow.

use portvakt_domain::{
    audit::NewEvent,
    report::{DeliveryReport, Report},
    tenant::SmsProvider,
    time::Instant,
};

/// A report to be noted.
#[derive(Debug, Clone)]
pub struct NewReport {
    /// Who made it. It says nothing of SMS that others took.
    pub provider: SmsProvider,
    /// What it says.
    pub said: DeliveryReport,
    /// Now.
    pub now: Instant,
    /// Recorded where the report tells that an SMS went out of which that was not known.
    pub settled: NewEvent,
}

/// What a report did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is noted.
    News,
    /// As much was known already, or more.
    NoNews,
    /// There is no such SMS of that provider's.
    NoMessage,
}

/// How many SMS went to a provider and what it reported of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The provider's name; `None` where it was not noted.
    pub provider: Option<String>,
    /// The last report; `None`: there is none.
    pub report: Option<Report>,
    /// How many.
    pub count: i64,
}

storage_functions! { of reports:
    /// Notes a report with its SMS, if it is news. An SMS of which it was not known whether it went out did, where its
    /// provider reports of it.
    write fn take(report: NewReport) -> Taken;

    /// What was sent from this time on, and may have been, by provider and report.
    read fn since(at: Instant) -> Vec<Reported>;
}
