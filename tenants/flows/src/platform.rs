//! What every use case is given: the platform's parts, and one tenant's.

use std::sync::{Arc, Mutex};

use portvakt_domain::{
    compose::{Composer, Links},
    delivery::{MailSender, SmsSender},
    directory::Directory,
    id::TenantId,
    keys::KeyRing,
    policy::PasswordPolicy,
    random::Random,
    rejection::RejectionReason,
    report::{Report, SmsReports},
    tally::Tally,
    tenant::{SmsProvider, TenantSettings},
    time::{Clock, Instant},
};
use portvakt_storage::Store;

use crate::subjects::Subjects;

/// The parts that all tenants share. Wired once.
pub struct Platform {
    /// The database.
    pub store: Store,
    /// The operator's key ring.
    pub keys: Arc<KeyRing>,
    /// Whom limits count, hashed.
    pub subjects: Subjects,
    /// How often limits answered here in this hour.
    pub tally: Mutex<Tally>,
    /// Now.
    pub clock: Arc<dyn Clock>,
    /// The system's generator.
    pub random: Arc<dyn Random>,
    /// What is measured.
    pub meter: Arc<dyn Meter>,
    /// Told when a job was enqueued, so that a worker in this process looks at once.
    pub wake: Arc<dyn Fn() + Send + Sync>,
    /// How much wider than the default limits per client network are; 1 but in the demo.
    pub network_limit_factor: i64,
}

impl Platform {
    /// Now.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}

/// One tenant's parts, as its current settings say. Replaced as a whole when the settings change.
pub struct Tenant {
    /// Which.
    pub id: TenantId,
    /// Its settings.
    pub settings: Arc<TenantSettings>,
    /// The password rules chosen there.
    pub policy: PasswordPolicy,
    /// Where its people are sent.
    pub links: Links,
    /// The words of its messages.
    pub composer: Arc<dyn Composer>,
    /// Its directory.
    pub directory: Arc<dyn Directory>,
    /// Its SMS gateway.
    pub sms: Arc<dyn SmsSender>,
    /// Where its SMS gateway's reports come in.
    pub reports: Arc<dyn SmsReports>,
    /// Its mail server.
    pub mail: Arc<dyn MailSender>,
}

/// Something to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// An SMS, by what became of it.
    Sms(&'static str),
    /// A mail, by what became of it.
    Mail(&'static str),
    /// A delivery report that was news.
    SmsReport(SmsProvider, Report),
    /// A limit answered or acted, by its name.
    Limit(&'static str),
    /// A name and a current password that were given, by the outcome.
    SignIn(&'static str),
    /// A code that was entered, by its outcome.
    Code(&'static str),
    /// A password or an unlock that was written, by its outcome.
    Write(&'static str),
    /// A new password that was not taken, by the reason.
    Rejection(RejectionReason),
    /// A tenant's SMS budget is exhausted.
    BudgetExhausted,
    /// So much of a tenant's SMS budget is used.
    BudgetAlarm {
        /// `hour` or `day`.
        span: &'static str,
        /// How much, in percent.
        percent: i64,
    },
    /// A tenant's breaker changed: `opened` or `closed`.
    Breaker(&'static str),
}

/// Counts.
pub trait Meter: Send + Sync {
    /// Counts one.
    fn count(&self, tenant: TenantId, measure: Measure);
}
