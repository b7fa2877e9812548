//! What is learnt on a fresh connection: who the service account is, and whether the server keeps password policies.

use portvakt_domain::{directory::DirectoryError, id::AccountKey};
use uuid::Uuid;

use crate::{
    connection::{Connection, Search},
    controller::Greeting,
    error_map::Failure,
    ppolicy::PPOLICY,
};

/// What to ask a server when a connection is new.
pub(crate) struct AskServer {
    /// The service account's distinguished name.
    pub(crate) account: String,
}

/// What it said.
pub(crate) struct Known {
    /// The service account itself.
    pub(crate) own: AccountKey,
    /// The server answers with the reasons of its password policy.
    pub(crate) ppolicy: bool,
}

impl Greeting for AskServer {
    type Known = Known;

    async fn greet(&self, connection: &Connection) -> Result<Known, Failure> {
        let root = connection.entry(&Search::root(&["supportedControl"])).await?;
        let ppolicy = root.is_some_and(|root| root.texts("supportedControl").any(|oid| oid == PPOLICY));
        let own = connection.entry(&Search::entry(&self.account, &["entryUUID"])).await?;
        let own = own.and_then(|own| own.text("entryUUID")?.parse().ok()).map(|uuid: Uuid| AccountKey(uuid));
        let own = own.ok_or_else(|| {
            DirectoryError::Misconfigured("the service account can't see its own entry and its entryUUID".to_owned())
        })?;
        Ok(Known { own, ppolicy })
    }
}
