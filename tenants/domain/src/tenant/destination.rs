//! Where settings make us connect, as far as they say it themselves.

use super::TenantSettings;
use crate::connect::ConnectKind;

/// A host and a port that settings name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// What for.
    pub kind: ConnectKind,
    /// The setting, such as `mail.host`.
    pub key: String,
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl TenantSettings {
    /// Every host that the settings name. The usual addresses of SMS providers are not theirs and not among these.
    pub fn destinations(&self) -> Vec<Destination> {
        let controllers = self.directory.controllers.iter().map(|url| Destination {
            kind: ConnectKind::Ldap,
            key: "directory.controllers".to_owned(),
            host: url.host().to_owned(),
            port: url.port(),
        });
        let gateways = self.sms.placed().filter_map(|(place, account)| {
            let url = account.url.as_ref()?;
            let (host, port) = (url.host().to_owned(), url.port());
            Some(Destination { kind: ConnectKind::Sms, key: format!("{place}.url"), host, port })
        });
        let mail = Destination {
            kind: ConnectKind::Smtp,
            key: "mail.host".to_owned(),
            host: self.mail.host.as_str().to_owned(),
            port: self.mail.port(),
        };
        controllers.chain(gateways).chain([mail]).collect()
    }
}
