//! Trying a readied filter on one entry.

use std::cmp::Ordering;

use super::{
    entry::EntryId,
    filter::{Needle, Pieces, Test},
    schema::{self, Attribute, Syntax},
    store::State,
};

/// Whether an entry passes; `None` when it cannot be told, which never passes.
pub(crate) fn matches(state: &State, id: EntryId, test: &Test) -> Option<bool> {
    match test {
        Test::All(parts) => {
            let mut told = Some(true);
            for part in parts {
                match matches(state, id, part) {
                    Some(false) => return Some(false),
                    None => told = None,
                    Some(true) => {}
                }
            }
            told
        }
        Test::Any(parts) => {
            let mut told = Some(false);
            for part in parts {
                match matches(state, id, part) {
                    Some(true) => return Some(true),
                    None => told = None,
                    Some(false) => {}
                }
            }
            told
        }
        Test::Not(part) => matches(state, id, part).map(|told| !told),
        Test::Equal(attribute, needle) => {
            any(state, id, attribute, |value| order(state, attribute, value, needle) == Some(Ordering::Equal))
        }
        Test::AtLeast(attribute, needle) => {
            any(state, id, attribute, |value| order(state, attribute, value, needle).is_some_and(Ordering::is_ge))
        }
        Test::AtMost(attribute, needle) => {
            any(state, id, attribute, |value| order(state, attribute, value, needle).is_some_and(Ordering::is_le))
        }
        Test::Present(attribute) => any(state, id, attribute, |_| true),
        Test::Pieces(attribute, pieces) => {
            any(state, id, attribute, |value| contains(&state.fold().bytes(value), pieces))
        }
        Test::BitsAll(attribute, bits) => {
            any(state, id, attribute, |value| number(value).is_some_and(|n| n & bits == *bits))
        }
        Test::BitsAny(attribute, bits) => {
            any(state, id, attribute, |value| number(value).is_some_and(|n| n & bits != 0))
        }
        Test::OneOf(ids) => Some(ids.contains(&id)),
        Test::Name(text) => Some(is_called(state, id, text)),
        Test::Unknown => None,
    }
}

fn any(state: &State, id: EntryId, attribute: &'static Attribute, check: impl Fn(&[u8]) -> bool) -> Option<bool> {
    // Stored values are looked at in place: a search over a whole town should not copy it.
    if let Some(values) = state.get(id).and_then(|entry| entry.attributes.get(attribute.name)) {
        return Some(values.iter().any(|value| check(value)));
    }
    Some(state.values(id, attribute).iter().any(|value| check(value)))
}

fn number(value: &[u8]) -> Option<i64> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

fn order(state: &State, attribute: &Attribute, value: &[u8], needle: &Needle) -> Option<Ordering> {
    match needle {
        Needle::Number(wanted) => number(value).map(|number| number.cmp(wanted)),
        Needle::Octets(wanted) => Some(value.cmp(wanted.as_slice())),
        Needle::Text(wanted) if attribute.syntax == Syntax::Time => Some(value.cmp(wanted.to_uppercase().as_bytes())),
        Needle::Text(wanted) => Some(state.fold().bytes(value).as_str().cmp(wanted)),
    }
}

fn contains(text: &str, pieces: &Pieces) -> bool {
    let mut rest = text;
    if let Some(first) = &pieces.first {
        let Some(after) = rest.strip_prefix(first.as_str()) else { return false };
        rest = after;
    }
    for piece in &pieces.middle {
        let Some(at) = rest.find(piece.as_str()) else { return false };
        rest = &rest[at + piece.len()..];
    }
    pieces.last.as_ref().is_none_or(|last| rest.ends_with(last.as_str()))
}

/// Ambiguous name resolution (MS-ADTS 3.1.1.3.1.3.1): a prefix of one of the name attributes, or given name and
/// surname together.
fn is_called(state: &State, id: EntryId, text: &str) -> bool {
    let values = |name: &str| -> Vec<String> {
        let found = schema::find(name).map(|attribute| state.values(id, attribute)).unwrap_or_default();
        found.iter().map(|value| state.fold().bytes(value)).collect()
    };
    let starts = |name: &str, with: &str| values(name).iter().any(|value| value.starts_with(with));
    let names = ["displayName", "givenName", "sn", "physicalDeliveryOfficeName", "sAMAccountName", "name", "mail"];
    names.iter().any(|name| starts(name, text))
        || text.split_once(' ').is_some_and(|(one, other)| {
            (starts("givenName", one) && starts("sn", other)) || (starts("sn", one) && starts("givenName", other))
        })
}

#[cfg(test)]
mod tests {
    use ldap3_proto::{
        parse_ldap_filter_str,
        proto::{LdapFilter, LdapMatchingRuleAssertion},
    };

    use super::super::{DomainBuilder, GroupSpec, UserSpec, filter, system_clock};
    use super::*;

    /// `None`: nothing is found, and nothing by the negation either.
    #[test]
    fn filters_of_every_kind() {
        let domain = DomainBuilder::new("x.test", "X")
            .unit("Personal")
            .group(GroupSpec::new("inner").member_of("outer"))
            .group(GroupSpec::new("outer"))
            .user(
                UserSpec::new("lisa1", "Start-Losen2026")
                    .unit("Personal")
                    .common_name("Lisa-Å")
                    .person("Lisa", "Åström")
                    .mail("Lisa@x.test")
                    .member_of("inner"),
            )
            .build(system_clock())
            .expect("a domain");
        let outer = "CN=outer,CN=Users,DC=x,DC=test";
        let inner = "CN=inner,CN=Users,DC=x,DC=test";
        // The library's own parser takes no `=` in a value.
        let equal = |name: &str, value: &str| LdapFilter::Equality(name.to_owned(), value.to_owned());
        let in_chain = LdapFilter::Extensible(LdapMatchingRuleAssertion {
            matching_rule: Some("1.2.840.113556.1.4.1941".to_owned()),
            type_: Some("memberOf".to_owned()),
            match_value: outer.to_owned(),
            dn_attributes: false,
        });
        let names = [
            (equal("objectCategory", "CN=Person,CN=Schema,CN=Configuration,DC=x,DC=test"), Some(true)),
            (equal("memberOf", inner), Some(true)),
            (equal("memberOf", outer), Some(false)),
            (in_chain, Some(true)),
            (equal("distinguishedName", "cn=lisa-å, ou=personal,dc=x,dc=test"), Some(true)),
            (equal("anr", "Åström Lisa"), Some(true)),
        ];
        let parsed = [
            ("(sAMAccountName=LISA1)", Some(true)),
            ("(sn=åström)", Some(true)),
            ("(sn=astrom)", Some(true)),
            ("(sn=astro)", Some(false)),
            ("(sn~=ÅSTRÖM)", Some(true)),
            ("(displayName=li*STR*m)", Some(true)),
            ("(displayName=*lisa)", Some(false)),
            ("(cn=*a*)", Some(true)),
            ("(mobile=*)", Some(false)),
            ("(!(mobile=*))", Some(true)),
            ("(objectClass=person)", Some(true)),
            ("(objectCategory=user)", Some(true)),
            ("(objectCategory=group)", Some(false)),
            ("(userAccountControl:1.2.840.113556.1.4.803:=512)", Some(true)),
            ("(userAccountControl:1.2.840.113556.1.4.803:=514)", Some(false)),
            ("(userAccountControl:1.2.840.113556.1.4.804:=514)", Some(true)),
            ("(pwdLastSet>=1)", Some(true)),
            ("(pwdLastSet<=1)", Some(false)),
            ("(whenCreated>=20200101000000.0Z)", Some(true)),
            ("(anr=ÅSTR)", Some(true)),
            ("(anr=tröm)", Some(false)),
            ("(nosuch=1)", None),
            ("(unicodePwd=*)", None),
            ("(msDS-UserPasswordExpiryTimeComputed>=0)", None),
            ("(sn:1.2.3:=x)", None),
            ("(|(nosuch=1)(sn=åström))", Some(true)),
            ("(&(nosuch=1)(sn=x))", Some(false)),
            ("(&(nosuch=1)(sn=åström))", None),
        ]
        .map(|(text, expected)| (parse_ldap_filter_str(text).expect("a filter"), expected));
        for (text, expected) in names.into_iter().chain(parsed) {
            domain.read(|state, _| {
                let id = state.by_login("lisa1").expect("an account");
                let test = filter::compile(state, &text);
                assert_eq!(matches(state, id, &test), expected, "{text:?}");
                // What an index offers always holds what matches.
                if expected == Some(true) {
                    assert!(filter::candidates(state, &test).is_none_or(|ids| ids.contains(&id)), "{text:?}");
                }
            });
        }
    }
}
