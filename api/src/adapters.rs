//! Which adapter stands behind each of a tenant's ports. Wiring only.

use std::{collections::BTreeMap, sync::Arc};

use portvakt_delivery::{mail_sender, sms::AttemptObserver, sms_reports, sms_sender};
use portvakt_directory::OperationObserver;
use portvakt_domain::{
    compose::Links,
    connect::{ConnectKind, Egress, Refusal, RefusalObserver, Resolver},
    delivery::{MailSender, SmsSender},
    directory::Directory,
    report::SmsReports,
    tenant::{HostPurpose, SecretName, TenantSettings},
    time::Clock,
};
use secrecy::SecretString;
use tokio::runtime::Handle;

use crate::settings::ConnectSection;

/// A tenant's secrets in clear, by name.
pub type Secrets = BTreeMap<SecretName, SecretString>;

/// Told of every operation on a directory, of every attempt at an SMS provider and of every connection refused.
pub trait AdapterObserver: OperationObserver + AttemptObserver + RefusalObserver {}

impl<T: OperationObserver + AttemptObserver + RefusalObserver> AdapterObserver for T {}

/// Makes a tenant's adapters from its settings.
pub trait Adapters: Send + Sync {
    /// The directory.
    ///
    /// # Errors
    /// Settings that can't work; nothing is connected yet.
    fn directory(&self, settings: &TenantSettings, password: SecretString) -> Result<Arc<dyn Directory>, String>;

    /// The SMS providers.
    ///
    /// # Errors
    /// Settings that can't work.
    fn sms(&self, settings: &TenantSettings, secrets: &Secrets) -> Result<Arc<dyn SmsSender>, String>;

    /// Where the SMS providers' reports come in. They come from outside, so it is the same whatever SMS leave by.
    ///
    /// # Errors
    /// Settings that can't work.
    fn reports(&self, settings: &TenantSettings, secrets: &Secrets) -> Result<Arc<dyn SmsReports>, String> {
        sms_reports(&settings.sms, secrets).map_err(|error| error.to_string())
    }

    /// The mail server.
    ///
    /// # Errors
    /// Settings that can't work.
    fn mail(&self, settings: &TenantSettings, password: Option<SecretString>) -> Result<Arc<dyn MailSender>, String>;

    /// Where people are sent.
    fn links(&self, settings: &TenantSettings) -> Links;
}

/// The adapters that speak to the world.
pub struct RealAdapters {
    /// The runtime that connections live on: the web server's workers come and go with their requests.
    pub runtime: Handle,
    /// Now, for what a directory says of dates.
    pub clock: Arc<dyn Clock>,
    /// Where the operator lets tenants connect.
    pub connect: ConnectSection,
    /// Turns names into addresses.
    pub resolver: Arc<dyn Resolver>,
    /// Told of what they do.
    pub observer: Arc<dyn AdapterObserver>,
}

impl RealAdapters {
    /// The way out for what a tenant's settings name.
    pub fn egress(&self, settings: &TenantSettings) -> Egress {
        let slug = settings.slug.as_str();
        let told = Arc::new(Told { observer: self.observer.clone() });
        Egress::new(slug, self.connect.rules(slug), self.resolver.clone(), told)
    }
}

/// Logs what is refused, once here for every kind of connection, and passes it on.
struct Told {
    observer: Arc<dyn AdapterObserver>,
}

impl RefusalObserver for Told {
    fn refused(&self, tenant: &str, kind: ConnectKind, refusal: &Refusal, mend: &str) {
        let host = &refusal.host;
        tracing::warn!(tenant.slug = tenant, connect.kind = kind.as_str(), host, reason = %refusal, mend, "connection refused");
        self.observer.refused(tenant, kind, refusal, mend);
    }
}

impl Adapters for RealAdapters {
    fn directory(&self, settings: &TenantSettings, password: SecretString) -> Result<Arc<dyn Directory>, String> {
        let (clock, runtime, observer) = (self.clock.clone(), self.runtime.clone(), self.observer.clone());
        portvakt_directory::connect(&settings.directory, password, self.egress(settings), clock, runtime, observer)
            .map_err(|error| error.to_string())
    }

    fn sms(&self, settings: &TenantSettings, secrets: &Secrets) -> Result<Arc<dyn SmsSender>, String> {
        sms_sender(&settings.sms, secrets, self.observer.clone(), &self.egress(settings))
            .map_err(|error| error.to_string())
    }

    fn mail(&self, settings: &TenantSettings, password: Option<SecretString>) -> Result<Arc<dyn MailSender>, String> {
        mail_sender(&settings.mail, password, &self.egress(settings)).map_err(|error| error.to_string())
    }

    fn links(&self, settings: &TenantSettings) -> Links {
        Links { reset: settings.hosts.base(HostPurpose::Reset), register: settings.hosts.base(HostPurpose::Register) }
    }
}
