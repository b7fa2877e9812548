//! From a tenant's settings to its controllers, for every kind of directory.

use std::sync::Arc;

use portvakt_domain::{
    directory::DirectoryError,
    tenant::{DirectoryKind, DirectorySettings},
    time::Clock,
};
use secrecy::SecretString;
use tokio::runtime::Handle;

use crate::{
    connection::Endpoint,
    controller::{Controller, Greeting},
    controllers::Controllers,
    dn::Dn,
    service_account::ServiceAccount,
    tls,
};

/// The units that are served.
///
/// # Errors
/// `Misconfigured`: a distinguished name in the settings is none.
pub(crate) fn names(settings: &DirectorySettings) -> Result<Vec<Dn>, DirectoryError> {
    let parsed = |key: &str, text: &str| {
        Dn::parse(text)
            .ok_or_else(|| DirectoryError::Misconfigured(format!("directory.{key}: not a distinguished name")))
    };
    parsed("base", &settings.base)?;
    for group in &settings.allowed_groups {
        parsed("allowed_groups", group)?;
    }
    for group in &settings.denied_groups {
        parsed("denied_groups", group)?;
    }
    settings.units.iter().map(|unit| parsed("units", unit)).collect()
}

/// The controllers, in the order in which the tenant lists them.
///
/// # Errors
/// `Misconfigured`: the certificate authority can't be read.
pub(crate) fn controllers<G: Greeting>(
    settings: &DirectorySettings,
    service_password: SecretString,
    clock: Arc<dyn Clock>,
    greeting: G,
    runtime: &Handle,
) -> Result<Arc<Controllers<G>>, DirectoryError> {
    let reasons = settings.kind == DirectoryKind::OpenLdap;
    let tls = tls::client(&settings.ca_pem)?;
    let connections = usize::try_from(settings.connections_per_controller).unwrap_or(usize::MAX);
    let controller = |url| Controller::new(Endpoint::new(url, tls.clone(), reasons), connections);
    let service = ServiceAccount::new(settings.service_account.clone(), service_password, clock);
    Ok(Controllers::new(settings.controllers.iter().map(controller).collect(), service, greeting, runtime))
}
