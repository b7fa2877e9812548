#![doc = include_str!("../README.md")]

mod active_directory;
mod adapter;
mod breaker;
mod certificate;
mod check;
mod connection;
mod controller;
mod controllers;
pub mod delegation;
mod dn;
mod entry;
mod error_map;
mod filter;
#[cfg(fuzzing)]
pub mod fuzzing;
mod held;
mod observer;
mod open_ldap;
mod operation;
mod pages;
mod paging;
mod ppolicy;
mod service_account;
mod setup;
mod staff;
mod tls;
mod value;

use std::sync::Arc;

use portvakt_domain::{
    connect::Egress,
    directory::{Directory, DirectoryError},
    tenant::{DirectoryKind, DirectorySettings},
    time::Clock,
};
use secrecy::SecretString;
use tokio::runtime::Handle;

use self::{active_directory::Domain, adapter::Adapter, open_ldap::Tree};

pub use check::self_check;
pub use observer::OperationObserver;

/// A tenant's directory, of the kind its settings name. Nothing is asked of it yet; its connections go where `egress`
/// allows, and are made, driven and kept on `runtime`, whichever runtime asks.
///
/// # Errors
/// `Misconfigured`: the certificate authority or a distinguished name in the settings can't be read.
pub fn connect(
    settings: &DirectorySettings,
    service_password: SecretString,
    egress: Egress,
    clock: Arc<dyn Clock>,
    runtime: Handle,
    observer: Arc<dyn OperationObserver>,
) -> Result<Arc<dyn Directory>, DirectoryError> {
    Ok(match settings.kind {
        DirectoryKind::ActiveDirectory => {
            Arc::new(Adapter::<Domain>::new(settings, service_password, egress, clock, runtime, observer)?)
        }
        DirectoryKind::OpenLdap => {
            Arc::new(Adapter::<Tree>::new(settings, service_password, egress, clock, runtime, observer)?)
        }
    })
}
