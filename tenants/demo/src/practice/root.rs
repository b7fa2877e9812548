//! The rootDSE: what a domain controller says of itself to anyone.

use ldap3_proto::proto::{LdapFilter, LdapPartialAttribute, LdapSearchRequest, LdapSearchResultEntry};

use super::{controls, forest_schema, store::State, time};

/// The rootDSE (MS-ADTS 3.1.1.3.2), if the filter lets it through; any presence filter does.
pub(crate) fn entry(state: &State, request: &LdapSearchRequest, now: i64) -> Option<LdapSearchResultEntry> {
    let attributes = attributes(state, now);
    if !passes(&request.filter, &attributes) {
        return None;
    }
    let wanted = |name: &str| {
        request.attrs.is_empty() || request.attrs.iter().any(|asked| asked == "*" || asked.eq_ignore_ascii_case(name))
    };
    let attributes = attributes
        .into_iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, values)| LdapPartialAttribute {
            atype: name.to_owned(),
            vals: if request.typesonly { Vec::new() } else { values.into_iter().map(String::into_bytes).collect() },
        })
        .collect();
    Some(LdapSearchResultEntry { dn: String::new(), attributes })
}

fn passes(filter: &LdapFilter, attributes: &[(&'static str, Vec<String>)]) -> bool {
    match filter {
        LdapFilter::And(parts) => parts.iter().all(|part| passes(part, attributes)),
        LdapFilter::Or(parts) => parts.iter().any(|part| passes(part, attributes)),
        LdapFilter::Not(part) => !passes(part, attributes),
        LdapFilter::Present(name) => {
            name.eq_ignore_ascii_case("objectClass")
                || attributes.iter().any(|(known, _)| name.eq_ignore_ascii_case(known))
        }
        _ => false,
    }
}

fn attributes(state: &State, now: i64) -> Vec<(&'static str, Vec<String>)> {
    let base = state.get(state.head).map_or_else(String::new, |head| head.dn.clone());
    let host = format!("dc1.{}", state.dns_name);
    let server = format!("CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,{base}");
    let one = |text: &str| vec![text.to_owned()];
    let capabilities = ["800", "1670", "1791", "1935", "2080", "2237"];
    vec![
        ("currentTime", time::from_ticks(now).map(time::generalized).into_iter().collect()),
        ("subschemaSubentry", vec![format!("CN=Aggregate,CN=Schema,CN=Configuration,{base}")]),
        ("dsServiceName", vec![format!("CN=NTDS Settings,{server}")]),
        ("serverName", vec![server]),
        ("namingContexts", one(&base)),
        ("defaultNamingContext", one(&base)),
        ("rootDomainNamingContext", one(&base)),
        ("configurationNamingContext", vec![format!("CN=Configuration,{base}")]),
        ("schemaNamingContext", vec![forest_schema::context(state)]),
        ("supportedControl", controls::supported(&state.dialect).into_iter().map(str::to_owned).collect()),
        ("supportedLDAPVersion", one("3")),
        ("supportedLDAPPolicies", ["MaxPageSize", "MaxValRange", "MaxQueryDuration"].map(str::to_owned).to_vec()),
        ("supportedCapabilities", capabilities.map(|last| format!("1.2.840.113556.1.4.{last}")).to_vec()),
        ("highestCommittedUSN", vec![state.usn.to_string()]),
        ("dnsHostName", one(&host)),
        ("ldapServiceName", vec![format!("{}:dc1$@{}", state.dns_name, state.dns_name.to_uppercase())]),
        ("isSynchronized", one("TRUE")),
        ("isGlobalCatalogReady", one("TRUE")),
        ("domainFunctionality", one("7")),
        ("forestFunctionality", one("7")),
        ("domainControllerFunctionality", one("7")),
    ]
}
