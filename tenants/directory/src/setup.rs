//! From a tenant's settings to its controllers, for every kind of directory.

use std::sync::Arc;

use portvakt_domain::{
    connect::Egress,
    directory::DirectoryError,
    number_attribute::NumberAttribute,
    tenant::{DirectoryKind, DirectorySettings},
    time::Clock,
};
use secrecy::SecretString;
use tokio::runtime::Handle;

use crate::{
    certificate,
    connection::Endpoint,
    controller::{Controller, Greeting},
    controllers::Controllers,
    dn::Dn,
    service_account::ServiceAccount,
};

/// Organisational units that the settings name.
pub(crate) struct Units {
    /// Those whose accounts are served.
    pub(crate) served: Vec<Dn>,
    /// Those whose accounts are functional.
    pub(crate) functional: Vec<Dn>,
}

/// The units.
///
/// # Errors
/// `Misconfigured`: a distinguished name in the settings, of a unit or of anything else, is none.
pub(crate) fn units(settings: &DirectorySettings) -> Result<Units, DirectoryError> {
    let parsed = |key: &str, text: &str| {
        Dn::parse(text)
            .ok_or_else(|| DirectoryError::Misconfigured(format!("directory.{key}: not a distinguished name")))
    };
    parsed("base", &settings.base)?;
    for (key, group) in settings.groups() {
        parsed(key, group)?;
    }
    let all = |key: &str, units: &[String]| units.iter().map(|unit| parsed(key, unit)).collect::<Result<Vec<_>, _>>();
    Ok(Units {
        served: all("units", &settings.units)?,
        functional: all("functional_units", &settings.functional_units)?,
    })
}

/// The name of the attribute that holds numbers.
///
/// # Errors
/// `Misconfigured`: the tenant has none.
pub(crate) fn number_attribute(configured: Option<NumberAttribute>) -> Result<&'static str, DirectoryError> {
    configured
        .map(NumberAttribute::as_str)
        .ok_or_else(|| DirectoryError::Misconfigured("directory.number_attribute: the tenant has none".to_owned()))
}

/// The controllers, in the order in which the tenant lists them.
///
/// # Errors
/// `Misconfigured`: the certificate authority can't be read.
pub(crate) fn controllers<G: Greeting>(
    settings: &DirectorySettings,
    service_password: SecretString,
    egress: &Egress,
    clock: Arc<dyn Clock>,
    greeting: G,
    runtime: &Handle,
) -> Result<Arc<Controllers<G>>, DirectoryError> {
    let reasons = settings.kind == DirectoryKind::OpenLdap;
    let connections = usize::try_from(settings.connections_per_controller).unwrap_or(usize::MAX);
    let controller = |url| {
        let (tls, shown) = certificate::client(&settings.ca_pem)?;
        Ok(Controller::new(Endpoint::new(url, tls, egress.clone(), reasons), shown, connections))
    };
    let all = settings.controllers.iter().map(controller).collect::<Result<_, DirectoryError>>()?;
    let service = ServiceAccount::new(settings.service_account.clone(), service_password, clock);
    Ok(Controllers::new(all, service, greeting, runtime))
}
