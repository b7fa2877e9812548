//! The way into one controller, step by step, each step a check; and the questions that are asked inside.

use std::{sync::Arc, time::Duration};

use ldap3::controls::RawControl;
use portvakt_domain::{
    check::CheckKind,
    connect::{ConnectError, ConnectKind},
    directory::DirectoryError,
    tenant::{DirectoryKind, LdapUrl},
};
use secrecy::ExposeSecret as _;
use tokio::{net::TcpStream, sync::Semaphore, time::timeout};

use super::{Inspection, Told};
use crate::{
    certificate,
    connection::{Connection, Endpoint, Found, Search},
    entry::Entry,
    error_map::{self, Failure},
};

/// An answer, or in the operator's words why there is none.
pub(crate) type Asked<T> = Result<T, String>;

/// Why a controller's door stays closed.
enum Closed {
    /// The operator does not allow it.
    Forbidden(String),
    /// Nobody opens.
    Silent(String),
}

/// A connection to one controller, bound as the service account.
pub(crate) struct Visit {
    connection: Connection,
    patience: Duration,
}

impl Inspection {
    /// Connects, shakes hands, signs in. A refused password is not presented to the next controller: that would lock the
    /// account.
    pub(crate) async fn enter(&self, url: &LdapUrl, refused: &mut Option<String>, told: &Told<'_>) -> Option<Visit> {
        let patience = Duration::from_secs(self.settings.deadline_seconds.into());
        let skip = |kinds: &[CheckKind], why: &str| kinds.iter().for_each(|kind| told.skipped(*kind, why));

        // 1. What the operator allows, and TCP.
        let late = || Err(Closed::Silent("no answer in time".to_owned()));
        match timeout(patience, self.knock(url)).await.unwrap_or_else(|_| late()) {
            Ok(()) => told.passed(CheckKind::Reachable, "it takes connections"),
            Err(Closed::Forbidden(why)) => {
                told.failed(CheckKind::Allowed, why);
                skip(&[CheckKind::Reachable, CheckKind::Certificate, CheckKind::Bind], "not allowed");
                return None;
            }
            Err(Closed::Silent(why)) => {
                told.failed(CheckKind::Reachable, why);
                skip(&[CheckKind::Certificate, CheckKind::Bind], "not reachable");
                return None;
            }
        }

        // 2. TLS, as everywhere else; the certificate is kept.
        let opened = self.shake_hands(url, patience).await;
        let connection = match opened {
            Ok((connection, shown)) => {
                told.tell(CheckKind::Certificate, shown.verdict(self.clock.now()));
                connection
            }
            Err(error) => {
                told.failed(CheckKind::Certificate, reason(error));
                skip(&[CheckKind::Bind], "no protected connection");
                return None;
            }
        };

        // 3. The service account.
        if let Some(at) = refused {
            skip(&[CheckKind::Bind], &format!("refused at {at} already; tried once more, it might be locked"));
            return None;
        }
        let bound = timeout(patience, connection.bind(&self.settings.service_account, self.password.expose_secret()));
        match bound.await {
            Ok(Ok(None)) => told.passed(CheckKind::Bind, "the service account is let in"),
            Ok(Ok(Some(reason))) => {
                told.failed(CheckKind::Bind, format!("let in for a change of its own password only ({reason:?})"));
                return None;
            }
            Ok(Err(Failure::Answered(answer))) => {
                told.failed(CheckKind::Bind, reason(error_map::service_bind(answer)));
                if answer.result == INVALID_CREDENTIALS {
                    *refused = Some(url.to_string());
                }
                return None;
            }
            Ok(Err(_)) | Err(_) => {
                told.failed(CheckKind::Bind, "the connection was lost, or there was no answer in time");
                return None;
            }
        }
        Some(Visit { connection, patience })
    }

    /// Whether somebody opens, at an address that is allowed.
    async fn knock(&self, url: &LdapUrl) -> Result<(), Closed> {
        let addresses = match self.egress.addresses(ConnectKind::Ldap, url.host(), url.port()).await {
            Ok(addresses) => addresses,
            Err(ConnectError::Refused(why)) => return Err(Closed::Forbidden(why)),
            Err(ConnectError::Unresolved(error)) => return Err(Closed::Silent(error.to_string())),
        };
        TcpStream::connect(addresses.as_slice()).await.map(drop).map_err(|error| Closed::Silent(error.to_string()))
    }

    async fn shake_hands(
        &self,
        url: &LdapUrl,
        patience: Duration,
    ) -> Result<(Connection, Arc<certificate::Shown>), DirectoryError> {
        let (config, shown) = certificate::client(&self.settings.ca_pem)?;
        let endpoint = Endpoint::new(url, config, self.egress.clone(), self.settings.kind == DirectoryKind::OpenLdap);
        let slot = Arc::new(Semaphore::new(1)).acquire_owned().await;
        let slot = slot.map_err(|_| DirectoryError::Unavailable("closed".to_owned()))?;
        let late = || DirectoryError::Unavailable("the TLS handshake was not answered in time".to_owned());
        let connection = timeout(patience, endpoint.open(slot)).await.unwrap_or_else(|_| Err(late()))?;
        Ok((connection, shown))
    }
}

impl Visit {
    /// The connection itself.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Waits for an answer no longer than the tenant's deadline.
    pub(crate) async fn within<T>(&self, asked: impl Future<Output = Result<T, Failure>>) -> Asked<T> {
        match timeout(self.patience, asked).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(Failure::Answered(answer))) => Err(reason(error_map::reading(answer))),
            Ok(Err(Failure::Settled(error))) => Err(reason(error)),
            Ok(Err(Failure::NotSent | Failure::Lost)) => Err("the connection was lost".to_owned()),
            Err(_) => Err("no answer in time".to_owned()),
        }
    }

    /// One entry by its name.
    pub(crate) async fn entry(&self, name: &str, attributes: &[&'static str]) -> Asked<Option<Entry>> {
        self.within(self.connection.entry(&Search::entry(name, attributes))).await
    }

    /// One entry by its name, asked for with a control.
    pub(crate) async fn entry_with(
        &self,
        name: &str,
        attributes: &[&'static str],
        control: RawControl,
    ) -> Asked<Option<Entry>> {
        let search = Search::entry(name, attributes);
        let found = self.connection.search_with(&search, Some(control));
        self.within(async {
            match found.await {
                Ok(found) => Ok(found.entries.into_iter().next()),
                Err(Failure::Answered(answer)) if answer.is_absence() => Ok(None),
                Err(failure) => Err(failure),
            }
        })
        .await
    }

    /// Several entries.
    pub(crate) async fn search(&self, search: &Search<'_>) -> Asked<Found> {
        self.within(self.connection.search(search)).await
    }
}

const INVALID_CREDENTIALS: u32 = 49;

/// The reason alone: what kind of error it is, the table says.
pub(crate) fn reason(error: DirectoryError) -> String {
    match error {
        DirectoryError::Unavailable(what) | DirectoryError::Misconfigured(what) | DirectoryError::NoRight(what) => what,
        other => other.to_string(),
    }
}
