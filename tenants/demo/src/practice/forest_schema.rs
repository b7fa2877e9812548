//! The schema naming context: for each attribute one object that tells its name. It is no part of the domain's tree.

use ldap3_proto::proto::{
    LdapFilter, LdapPartialAttribute, LdapSearchRequest, LdapSearchResultEntry, LdapSearchScope as Scope,
};

use super::{name, schema, store::State};

/// The name of the context.
pub(crate) fn context(state: &State) -> String {
    format!("CN=Schema,CN=Configuration,{}", state.get(state.head).map_or("", |head| head.dn.as_str()))
}

/// Whether a search begins at the context.
pub(crate) fn is_context(state: &State, text: &str) -> bool {
    let folded = |text: &str| name::parse(text).map(|rdns| state.fold().name(&rdns));
    folded(text).is_some_and(|text| folded(&context(state)) == Some(text))
}

/// The attributes that a search below the context finds. The context itself and the classes are left out.
pub(crate) fn entries(state: &State, request: &LdapSearchRequest) -> Vec<LdapSearchResultEntry> {
    if request.scope == Scope::Base {
        return Vec::new();
    }
    let context = context(state);
    let found = schema::all().iter().filter(|attribute| passes(&request.filter, attribute.name));
    found.map(|attribute| entry(request, attribute.name, &context)).collect()
}

/// What is told of an attribute: names and values.
fn told(name: &str) -> [(&'static str, &str); 3] {
    [("objectClass", "attributeSchema"), ("cn", name), ("lDAPDisplayName", name)]
}

fn passes(filter: &LdapFilter, name: &str) -> bool {
    match filter {
        LdapFilter::And(parts) => parts.iter().all(|part| passes(part, name)),
        LdapFilter::Or(parts) => parts.iter().any(|part| passes(part, name)),
        LdapFilter::Not(part) => !passes(part, name),
        LdapFilter::Present(asked) => told(name).iter().any(|(known, _)| known.eq_ignore_ascii_case(asked)),
        LdapFilter::Equality(asked, value) => {
            told(name).iter().any(|(known, told)| known.eq_ignore_ascii_case(asked) && told.eq_ignore_ascii_case(value))
        }
        _ => false,
    }
}

fn entry(request: &LdapSearchRequest, name: &str, context: &str) -> LdapSearchResultEntry {
    let wanted = |name: &str| {
        request.attrs.is_empty() || request.attrs.iter().any(|asked| asked == "*" || asked.eq_ignore_ascii_case(name))
    };
    let shown = told(name).into_iter().filter(|(name, _)| wanted(name)).map(|(name, value)| LdapPartialAttribute {
        atype: name.to_owned(),
        vals: if request.typesonly { Vec::new() } else { vec![value.as_bytes().to_vec()] },
    });
    LdapSearchResultEntry { dn: format!("CN={name},{context}"), attributes: shown.collect() }
}
