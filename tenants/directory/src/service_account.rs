//! The account that the platform signs in with, and the patience with which its refusal is met.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use portvakt_domain::{
    directory::DirectoryError,
    time::{Clock, Instant as Moment},
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    connection::Connection,
    error_map::{self, Answer, Failure},
    ppolicy::Reason,
};

/// How long a refused service account is not tried again, at any controller: a wrong password tried with every request
/// would lock it, for whatever else uses it too.
const HOLD_OFF: TimeDelta = TimeDelta::seconds(60);
/// LDAP's result code for a wrong name or password.
const INVALID_CREDENTIALS: u32 = 49;

/// The service account.
pub(crate) struct ServiceAccount {
    name: String,
    password: SecretString,
    /// How long a refusal has held, and how long connections have rested.
    pub(crate) clock: Arc<dyn Clock>,
    refused: Mutex<Option<(Moment, Answer)>>,
}

impl ServiceAccount {
    /// An account that was not tried yet.
    pub(crate) fn new(name: String, password: SecretString, clock: Arc<dyn Clock>) -> Self {
        Self { name, password, clock, refused: Mutex::default() }
    }

    /// Whether it may be tried.
    ///
    /// # Errors
    /// `Misconfigured`: it was refused less than a minute ago.
    pub(crate) fn may_try(&self) -> Result<(), DirectoryError> {
        let Some((at, answer)) = *self.refused.lock().unwrap_or_else(PoisonError::into_inner) else { return Ok(()) };
        let since = self.clock.now() - at;
        if since >= TimeDelta::zero() && since < HOLD_OFF { Err(error_map::service_bind(answer)) } else { Ok(()) }
    }

    /// Signs in, and remembers a refusal.
    pub(crate) async fn sign_in(&self, connection: &Connection) -> Result<Option<Reason>, Failure> {
        let bound = connection.bind(&self.name, self.password.expose_secret()).await;
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = match &bound {
            Err(Failure::Answered(answer)) if answer.result == INVALID_CREDENTIALS => Some((self.clock.now(), *answer)),
            _ => None,
        };
        bound
    }
}
