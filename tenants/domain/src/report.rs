//! Delivery reports: what an SMS provider tells later of an SMS that it took, and the port that knows who tells it.

use std::collections::BTreeMap;

use crate::{id::MessageId, tenant::SmsProvider, time::Instant};

/// What became of an SMS, in one language for all providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Report {
    /// The provider says something that we have no word for.
    Unknown,
    /// It is on its way.
    Sent,
    /// It was given up after its time.
    Expired,
    /// It can't be delivered.
    Failed,
    /// The phone has it.
    Delivered,
}

impl Report {
    /// All of them.
    pub const ALL: [Report; 5] = [Report::Unknown, Report::Sent, Report::Expired, Report::Failed, Report::Delivered];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Report::Unknown => "unknown",
            Report::Sent => "sent",
            Report::Expired => "expired",
            Report::Failed => "failed",
            Report::Delivered => "delivered",
        }
    }

    /// The report of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|report| report.as_str() == name)
    }

    /// Those that this one takes the place of. Reports overtake each other on their way, so none goes back: of two ways
    /// to fail the first counts, and what the phone has it has.
    pub fn takes_the_place_of(self) -> &'static [Report] {
        match self {
            Report::Unknown => &[],
            Report::Sent => &[Report::Unknown],
            Report::Expired | Report::Failed => &[Report::Unknown, Report::Sent],
            Report::Delivered => &[Report::Unknown, Report::Sent, Report::Expired, Report::Failed],
        }
    }
}

/// A report of one SMS, in our words. It names the SMS by the provider's id, by our reference, or by both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The provider's id.
    pub provider_id: Option<String>,
    /// Our own reference.
    pub reference: Option<MessageId>,
    /// What became of it.
    pub report: Report,
}

/// A request that a provider posted to an address for reports. It holds secrets and is not printed.
pub struct Posted<'a> {
    /// The address in full, as the provider was told it.
    pub url: String,
    /// The headers that came once and are text, by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: &'a [u8],
    /// Now.
    pub now: Instant,
}

/// Why a report is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportRefusal {
    /// A signature or a password is missing or wrong, or too old.
    Forged,
    /// It can't be read.
    Unreadable,
}

/// A tenant's addresses for reports.
pub trait SmsReports: Send + Sync {
    /// The providers that are asked for reports, with the secret last part of each one's address.
    fn paths(&self) -> Vec<(SmsProvider, &str)>;

    /// Whose address this is. Compared in constant time.
    fn admitted(&self, provider: &str, path: &str) -> Option<SmsProvider>;

    /// What a request at the provider's address says; `None`: nothing of an SMS.
    ///
    /// # Errors
    /// It is not the provider's, or can't be read.
    fn read(&self, provider: SmsProvider, posted: &Posted<'_>) -> Result<Option<DeliveryReport>, ReportRefusal>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_report_goes_back() {
        for report in Report::ALL {
            assert_eq!(Report::from_stored(report.as_str()), Some(report));
            for earlier in report.takes_the_place_of() {
                assert!(!earlier.takes_the_place_of().contains(&report), "{report:?} and {earlier:?}");
            }
            assert!(!report.takes_the_place_of().contains(&report), "{report:?}: a replay is no news");
            assert!(!report.takes_the_place_of().contains(&Report::Delivered), "{report:?}");
        }
    }
}
