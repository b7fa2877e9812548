//! What the operator's allow-list says of a tenant's settings, before anything is connected. It is asked again at every
//! connection: names may lead elsewhere by then.

use std::{sync::Arc, time::Duration};

use portvakt_domain::{
    connect::{ConnectError, ConnectKind},
    tenant::TenantSettings,
};
use tokio::{runtime::Handle, time::timeout};

use super::Unobserved;
use crate::{
    adapters::RealAdapters,
    settings::ConnectSection,
    system::{SystemClock, SystemResolver},
};

/// How long a name may take. One that is not known here and now is no reason to refuse settings.
const PATIENCE: Duration = Duration::from_secs(3);

/// The adapters of a command, which nobody measures.
pub(in crate::command) fn adapters(connect: &ConnectSection) -> RealAdapters {
    RealAdapters {
        runtime: Handle::current(),
        clock: Arc::new(SystemClock),
        connect: connect.clone(),
        resolver: Arc::new(SystemResolver),
        observer: Arc::new(Unobserved),
    }
}

/// Hosts in the settings that the operator does not allow, each with its key and what to ask for.
pub(super) async fn refusals(settings: &TenantSettings, connect: &ConnectSection) -> Vec<(ConnectKind, String)> {
    let egress = adapters(connect).egress(settings);
    let mut refused = Vec::new();
    for destination in settings.destinations() {
        let asked = egress.addresses(destination.kind, &destination.host, destination.port);
        if let Ok(Err(ConnectError::Refused(why))) = timeout(PATIENCE, asked).await {
            refused.push((destination.kind, format!("{}: {why}", destination.key)));
        }
    }
    refused
}
