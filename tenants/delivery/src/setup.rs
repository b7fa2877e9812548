//! From a tenant's settings to senders, and what is wrong with the settings where that fails.

use std::{collections::BTreeMap, sync::Arc};

use portvakt_domain::{
    connect::Egress,
    delivery::{MailSender, SmsSender},
    report::SmsReports,
    tenant::{MailSettings, SecretName, SmsSettings},
};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use secrecy::SecretString;

use crate::{
    mail::SmtpMail,
    sms::{self, AttemptObserver, SmsDeadlines},
};

/// Why no sender can be made of a tenant's settings.
#[derive(Debug, thiserror::Error)]
pub enum DeliverySetupError {
    /// A setting can't be used; says which and what to do.
    #[error("{setting}: {problem}")]
    Setting {
        /// The setting's key, such as `sms.ca_pem`.
        setting: String,
        /// What to do about it.
        problem: &'static str,
    },
    /// The settings are right, and this machine can't protect a connection, such as without a store of authorities.
    #[error("{setting}: protected connections can't be prepared on this machine")]
    Protection {
        /// The section, `sms` or `mail`.
        setting: &'static str,
        /// What stood in the way.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl DeliverySetupError {
    /// The same error where the section stands elsewhere, such as in a list.
    pub(crate) fn within(self, section: &str, place: &str) -> Self {
        match self {
            Self::Setting { setting, problem } => {
                let key = setting.strip_prefix(section).unwrap_or(&setting);
                Self::Setting { setting: format!("{place}{key}"), problem }
            }
            protection @ Self::Protection { .. } => protection,
        }
    }
}

/// The tenant's SMS providers, in order. The secrets are those that the accounts name, out of all of the tenant's;
/// connections go where `egress` allows.
///
/// # Errors
/// A setting can't be used, or a secret is missing.
pub fn sms_sender(
    settings: &SmsSettings,
    secrets: &BTreeMap<SecretName, SecretString>,
    observer: Arc<dyn AttemptObserver>,
    egress: &Egress,
) -> Result<Arc<dyn SmsSender>, DeliverySetupError> {
    sms::sender(settings, secrets, observer, egress, SmsDeadlines::default())
}

/// The tenant's addresses for delivery reports. The secrets are those that the accounts name, out of all of the tenant's.
///
/// # Errors
/// A setting can't be used, or a secret is missing.
pub fn sms_reports(
    settings: &SmsSettings,
    secrets: &BTreeMap<SecretName, SecretString>,
) -> Result<Arc<dyn SmsReports>, DeliverySetupError> {
    sms::reports(settings, secrets)
}

/// The tenant's mail server. The password is needed where the settings name a user; connections go where `egress`
/// allows.
///
/// # Errors
/// A setting can't be used.
pub fn mail_sender(
    settings: &MailSettings,
    password: Option<SecretString>,
    egress: &Egress,
) -> Result<Arc<dyn MailSender>, DeliverySetupError> {
    Ok(Arc::new(SmtpMail::new(settings, password, egress)?))
}

/// An error about one setting.
pub(crate) fn wrong(setting: impl Into<String>, problem: &'static str) -> DeliverySetupError {
    DeliverySetupError::Setting { setting: setting.into(), problem }
}

/// The authorities in a PEM text, each checked to be one that certificates can be verified against.
pub(crate) fn authorities(
    setting: &'static str,
    pem: &str,
) -> Result<Vec<CertificateDer<'static>>, DeliverySetupError> {
    let mut store = RootCertStore::empty();
    let mut found = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate =
            certificate.map_err(|_| wrong(setting, "this is not PEM: write the authority's file as it is"))?;
        store.add(certificate.clone()).map_err(|_| wrong(setting, "this certificate can't be read"))?;
        found.push(certificate);
    }
    if found.is_empty() {
        return Err(wrong(setting, "there is no certificate in it: leave it out to trust the public authorities"));
    }
    Ok(found)
}
