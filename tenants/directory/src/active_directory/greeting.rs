//! What is learnt on a fresh connection: who the service account is, and what the controller can do.

use ldap3::Scope;
use portvakt_domain::{directory::DirectoryError, id::AccountKey};

use super::{guid, password};
use crate::{
    connection::{Connection, Search},
    controller::Greeting,
    entry::Entry,
    error_map::Failure,
    filter::Filter,
};

/// Attributes by which the service account's own entry is recognised.
const OWN: [&str; 3] = ["objectGUID", "sAMAccountName", "userPrincipalName"];

/// What to ask a controller when a connection is new.
pub(crate) struct AskController {
    /// The service account's user principal name.
    pub(crate) account: String,
    /// The domain's naming context.
    pub(crate) base: String,
}

/// What it said.
pub(crate) struct Known {
    /// The service account itself.
    pub(crate) own: AccountKey,
    /// The policy-hints control that this controller offers.
    pub(crate) policy_hints: Option<&'static str>,
}

impl Greeting for AskController {
    type Known = Known;

    async fn greet(&self, connection: &Connection) -> Result<Known, Failure> {
        let root = connection.entry(&Search::root(&["supportedControl"])).await?;
        let policy_hints = root.and_then(|root| password::offered_policy_hints(root.texts("supportedControl")));
        Ok(Known { own: self.own_key(connection).await?, policy_hints })
    }
}

impl AskController {
    /// The service account's own key. Active Directory also lets an account in by an implicit user principal name (its
    /// `sAMAccountName` at the domain) that is written nowhere, so that is looked at second.
    async fn own_key(&self, connection: &Connection) -> Result<AccountKey, Failure> {
        let short = self.account.split('@').next().unwrap_or_default();
        let search = Search {
            base: &self.base,
            scope: Scope::Subtree,
            filter: Filter::And(vec![
                Filter::Equal("objectClass", "user"),
                Filter::Or(vec![
                    Filter::Equal("userPrincipalName", &self.account),
                    Filter::Equal("sAMAccountName", short),
                ]),
            ]),
            attributes: &OWN,
            limit: 10,
        };
        let found = connection.search(&search).await?;
        let named = |attribute: &'static str, name: &str| {
            let name = name.to_lowercase();
            let has_it = move |entry: &&Entry| entry.text(attribute).is_some_and(|found| found.to_lowercase() == name);
            found.entries.iter().find(has_it)
        };
        let own = named("userPrincipalName", &self.account).or_else(|| named("sAMAccountName", short));
        own.and_then(|own| guid::key(own.bytes("objectGUID")?)).ok_or_else(|| {
            let what = "the service account can't see its own entry below directory.base";
            DirectoryError::Misconfigured(what.to_owned()).into()
        })
    }
}
