//! What an entry shows: the attributes that were asked for, and those that are computed for the question.

use ldap3_proto::proto::{LdapPartialAttribute, LdapSearchResultEntry};

use super::{
    descriptor,
    entry::{EntryId, Values},
    expiry, groups, policy,
    rights::{self, Caller},
    schema::{self, Attribute, Class, Source},
    store::State,
};

/// Which attributes a search asks for.
#[derive(Debug)]
pub(crate) struct Selection {
    /// Everything that is stored.
    everything: bool,
    /// By name.
    named: Vec<&'static Attribute>,
    /// Names without values.
    types_only: bool,
    /// Parts of the security descriptor, where the request says which.
    descriptor: Option<i32>,
}

impl Selection {
    /// From the list in the request: nothing means everything, `1.1` nothing; unknown names are passed over.
    pub(crate) fn new(names: &[String], types_only: bool, descriptor: Option<i32>) -> Self {
        let asked = |attribute: &&Attribute| names.iter().any(|name| name.eq_ignore_ascii_case(attribute.name));
        let named = schema::all().iter().filter(asked).collect();
        Self { everything: names.is_empty() || names.iter().any(|name| name == "*"), named, types_only, descriptor }
    }

    /// Whether something was asked for that only a base search may (MS-ADTS 3.1.1.4.5.19).
    pub(crate) fn needs_base(&self) -> bool {
        self.named.iter().any(|attribute| attribute.name == "tokenGroups")
    }

    fn attributes(&self) -> impl Iterator<Item = &'static Attribute> {
        let shown = |attribute: &&Attribute| attribute.filterable();
        let all = self.everything.then(|| schema::all().iter().filter(shown)).into_iter().flatten();
        let named = self.named.iter().copied().filter(|attribute| attribute.source != Source::Secret);
        let extra: Vec<_> = named.filter(|attribute| !self.everything || !shown(attribute)).collect();
        all.chain(extra)
    }
}

/// One entry of a search's answer.
pub(crate) fn entry(
    state: &State,
    caller: Caller,
    id: EntryId,
    selection: &Selection,
    now: i64,
) -> Option<LdapSearchResultEntry> {
    let dn = state.get(id)?.dn.clone();
    let attributes = selection
        .attributes()
        .filter_map(|attribute| {
            let vals = match attribute.source {
                _ if attribute.name == "nTSecurityDescriptor" => {
                    descriptor::bytes(state, caller, id, selection.descriptor).into_iter().collect()
                }
                Source::Constructed => constructed(state, caller, id, attribute, now),
                _ => state.values(id, attribute),
            };
            (!vals.is_empty()).then(|| LdapPartialAttribute {
                atype: attribute.name.to_owned(),
                vals: if selection.types_only { Vec::new() } else { vals },
            })
        })
        .collect();
    Some(LdapSearchResultEntry { dn, attributes })
}

/// Attributes that exist only while they are asked for (MS-ADTS 3.1.1.4.5).
pub(crate) fn constructed(state: &State, caller: Caller, id: EntryId, attribute: &Attribute, now: i64) -> Values {
    let Some(entry) = state.get(id) else { return Vec::new() };
    let text = |value: String| vec![value.into_bytes()];
    let account = entry.class.is_account();
    match attribute.name {
        "msDS-User-Account-Control-Computed" if account => text(expiry::computed_flags(state, id, now).to_string()),
        "msDS-UserPasswordExpiryTimeComputed" if account => text(expiry::expires_at(state, id).to_string()),
        "msDS-ResultantPSO" => {
            let pso = policy::resultant(state, id).and_then(|pso| state.get(pso));
            pso.map(|pso| text(pso.dn.clone())).unwrap_or_default()
        }
        "tokenGroups" if account || entry.class == Class::Group => {
            let sids = groups::of(state, id).into_iter().filter_map(|group| state.get(group)?.sid.as_ref());
            sids.map(super::sid::Sid::bytes).collect()
        }
        "allowedAttributesEffective" => {
            rights::writable(state, caller, id).into_iter().map(|name| name.as_bytes().to_vec()).collect()
        }
        _ => Vec::new(),
    }
}
