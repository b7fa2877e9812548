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
    /// Those of the served ones that lie in no other, each with its place in the settings: together they hold everybody,
    /// and nobody twice.
    pub(crate) outermost: Vec<(usize, String)>,
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
    let served = all("units", &settings.units)?;
    Ok(Units {
        outermost: outermost(&settings.units, &served),
        served,
        functional: all("functional_units", &settings.functional_units)?,
    })
}

fn outermost(names: &[String], units: &[Dn]) -> Vec<(usize, String)> {
    let outer = |(at, unit): (usize, &Dn)| {
        let inside = units.iter().any(|other| unit.is_below(other)) || units[..at].contains(unit);
        (!inside).then(|| Some((at, names.get(at)?.clone()))).flatten()
    };
    units.iter().enumerate().filter_map(outer).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_in_another_one_is_not_gone_through_twice() {
        let names = [
            "OU=Ettan,OU=Skola,DC=orebro,DC=se",
            "OU=Skola,DC=orebro,DC=se",
            "OU=Vård,DC=orebro,DC=se",
            "ou=skola,dc=orebro,dc=se",
        ]
        .map(str::to_owned);
        let units: Vec<Dn> = names.iter().filter_map(|name| Dn::parse(name)).collect();
        let kept: Vec<usize> = outermost(&names, &units).into_iter().map(|(at, _)| at).collect();
        assert_eq!(kept, [1, 2]);
    }
}
