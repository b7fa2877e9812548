//! Which attributes a forest has: Exchange brings some, and municipalities bring their own.

use ldap3::Scope;

use crate::{
    connection::{Connection, Search},
    error_map::Failure,
    filter::Filter,
};

/// An attribute that every forest has: who does not see it does not see the schema.
const EVERYWHERE: &str = "sAMAccountName";
/// The name by which LDAP calls an attribute (MS-ADA1).
const NAME: &str = "lDAPDisplayName";

/// Whether the forest has an attribute of this name. `None`: the service account may not read the schema.
pub(crate) async fn has(connection: &Connection, name: &str) -> Result<Option<bool>, Failure> {
    let root = connection.entry(&Search::root(&["schemaNamingContext"])).await?;
    let Some(context) = root.as_ref().and_then(|root| root.text("schemaNamingContext")) else { return Ok(None) };
    let search = Search {
        base: context,
        scope: Scope::OneLevel,
        filter: Filter::And(vec![
            Filter::Equal("objectClass", "attributeSchema"),
            Filter::Or(vec![Filter::Equal(NAME, name), Filter::Equal(NAME, EVERYWHERE)]),
        ]),
        attributes: &[NAME],
        limit: 2,
    };
    let found = match connection.search(&search).await {
        Ok(found) => found.entries,
        Err(Failure::Answered(answer)) if answer.is_absence() => return Ok(None),
        Err(failure) => return Err(failure),
    };
    let sees = |name: &str| found.iter().any(|entry| entry.texts(NAME).any(|found| found.eq_ignore_ascii_case(name)));
    Ok(sees(EVERYWHERE).then(|| sees(name)))
}
