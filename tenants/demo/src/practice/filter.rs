//! From the filter on the wire to a test whose names are resolved and whose values are folded once.

use std::collections::BTreeSet;

use ldap3_proto::proto::{LdapFilter, LdapMatchingRuleAssertion, LdapSubstringFilter};

use super::{
    codec,
    entry::EntryId,
    groups,
    schema::{self, Attribute, Class, Source, Syntax},
    store::{INDEXED, State},
};

const BIT_AND: &str = "1.2.840.113556.1.4.803";
const BIT_OR: &str = "1.2.840.113556.1.4.804";
const IN_CHAIN: &str = "1.2.840.113556.1.4.1941";

/// A filter, ready to be tried on entries. It has three values (RFC 4511 4.5.1.7): what is `Unknown` stays so under
/// `not`, so that a filter on a computed or unknown attribute finds nothing either way.
#[derive(Debug)]
pub(crate) enum Test {
    /// All of them.
    All(Vec<Test>),
    /// Any of them.
    Any(Vec<Test>),
    /// Not this one.
    Not(Box<Test>),
    /// Text or bytes equal.
    Equal(&'static Attribute, Needle),
    /// Text containing these pieces in order.
    Pieces(&'static Attribute, Pieces),
    /// Not below.
    AtLeast(&'static Attribute, Needle),
    /// Not above.
    AtMost(&'static Attribute, Needle),
    /// Any value at all.
    Present(&'static Attribute),
    /// All these bits set.
    BitsAll(&'static Attribute, i64),
    /// Any of these bits set.
    BitsAny(&'static Attribute, i64),
    /// One of these objects.
    OneOf(BTreeSet<EntryId>),
    /// Ambiguous name resolution.
    Name(String),
    /// Cannot be told.
    Unknown,
}

/// A value to compare with, in the form its syntax asks for.
#[derive(Debug)]
pub(crate) enum Needle {
    /// Folded text.
    Text(String),
    /// A number.
    Number(i64),
    /// Bytes.
    Octets(Vec<u8>),
}

/// The pieces of a substring filter, folded.
#[derive(Debug)]
pub(crate) struct Pieces {
    pub(crate) first: Option<String>,
    pub(crate) middle: Vec<String>,
    pub(crate) last: Option<String>,
}

/// Readies a filter.
pub(crate) fn compile(state: &State, filter: &LdapFilter) -> Test {
    match filter {
        LdapFilter::And(parts) => Test::All(parts.iter().map(|part| compile(state, part)).collect()),
        LdapFilter::Or(parts) => Test::Any(parts.iter().map(|part| compile(state, part)).collect()),
        LdapFilter::Not(part) => Test::Not(Box::new(compile(state, part))),
        LdapFilter::Present(name) => known(name).map_or(Test::Unknown, Test::Present),
        LdapFilter::Equality(name, value) | LdapFilter::Approx(name, value) => equality(state, name, value),
        LdapFilter::GreaterOrEqual(name, value) => compared(state, name, value, Test::AtLeast),
        LdapFilter::LessOrEqual(name, value) => compared(state, name, value, Test::AtMost),
        LdapFilter::Substring(name, pieces) => substring(state, name, pieces),
        LdapFilter::Extensible(rule) => extensible(state, rule),
    }
}

fn known(name: &str) -> Option<&'static Attribute> {
    schema::find(name).filter(|attribute| attribute.filterable())
}

fn equality(state: &State, name: &str, value: &str) -> Test {
    if name.eq_ignore_ascii_case("anr") {
        return Test::Name(state.fold().text(value.trim_start_matches('=')));
    }
    let Some(attribute) = known(name) else { return Test::Unknown };
    match attribute.source {
        // A link is compared by what it names, in any spelling.
        Source::Link => state.resolve(value).map_or_else(nothing, |target| {
            Test::OneOf(state.get(target).map(|entry| entry.linking(attribute.name).collect()).unwrap_or_default())
        }),
        Source::BackLink(forward) => state.resolve(value).map_or_else(nothing, |target| {
            Test::OneOf(state.get(target).map(|entry| entry.linked(forward).collect()).unwrap_or_default())
        }),
        _ if attribute.name == "distinguishedName" => {
            state.resolve(value).map_or_else(nothing, |target| Test::OneOf(BTreeSet::from([target])))
        }
        _ if attribute.name == "objectCategory" => category(state, attribute, value),
        _ => needle(state, attribute, value).map_or(Test::Unknown, |needle| Test::Equal(attribute, needle)),
    }
}

fn nothing() -> Test {
    Test::OneOf(BTreeSet::new())
}

fn category(state: &State, attribute: &'static Attribute, value: &str) -> Test {
    let category = match Class::category_of(value) {
        Some(name) => name.to_owned(),
        None => value.split(',').next().and_then(|first| first.split_once('=')).map_or("", |(_, name)| name).to_owned(),
    };
    let base = state.get(state.head).map_or("", |head| head.dn.as_str());
    let whole = format!("CN={category},CN=Schema,CN=Configuration,{base}");
    Test::Equal(attribute, Needle::Text(state.fold().text(&whole)))
}

fn needle(state: &State, attribute: &Attribute, value: &str) -> Option<Needle> {
    match attribute.syntax {
        Syntax::Number => value.trim().parse().ok().map(Needle::Number),
        Syntax::Octets => Some(Needle::Octets(octets(attribute, value))),
        _ => Some(Needle::Text(state.fold().text(value))),
    }
}

/// The bytes of an assertion value. AD also takes a SID and a GUID as text here.
fn octets(attribute: &Attribute, value: &str) -> Vec<u8> {
    let readable = match attribute.name {
        "objectSid" => super::sid::Sid::parse(value).filter(|_| value.starts_with("S-")).map(|sid| sid.bytes()),
        "objectGUID" if value.len() == 36 => super::sid::parse_guid(value).map(|guid| guid.to_bytes_le().to_vec()),
        _ => None,
    };
    readable.unwrap_or_else(|| codec::assertion_bytes(value))
}

fn compared(state: &State, name: &str, value: &str, test: impl Fn(&'static Attribute, Needle) -> Test) -> Test {
    let attribute = known(name).filter(|attribute| !matches!(attribute.syntax, Syntax::Name));
    attribute.and_then(|attribute| Some(test(attribute, needle(state, attribute, value)?))).unwrap_or(Test::Unknown)
}

fn substring(state: &State, name: &str, pieces: &LdapSubstringFilter) -> Test {
    let fold = state.fold();
    // AD has no substring rule for names, numbers and bytes that clients use.
    let Some(attribute) = known(name).filter(|attribute| attribute.syntax == Syntax::Text) else {
        return Test::Unknown;
    };
    Test::Pieces(
        attribute,
        Pieces {
            first: pieces.initial.as_deref().map(|piece| fold.text(piece)),
            middle: pieces.any.iter().map(|piece| fold.text(piece)).collect(),
            last: pieces.final_.as_deref().map(|piece| fold.text(piece)),
        },
    )
}

/// Extensible matching (MS-ADTS 3.1.1.3.4.4): two bit rules and the transitive one.
fn extensible(state: &State, rule: &LdapMatchingRuleAssertion) -> Test {
    let Some(name) = rule.type_.as_deref() else { return Test::Unknown };
    let value = rule.match_value.as_str();
    match rule.matching_rule.as_deref() {
        None => equality(state, name, value),
        Some(BIT_AND) => bits(name, value, Test::BitsAll),
        Some(BIT_OR) => bits(name, value, Test::BitsAny),
        Some(IN_CHAIN) => in_chain(state, name, value),
        Some(_) => Test::Unknown,
    }
}

fn bits(name: &str, value: &str, test: impl Fn(&'static Attribute, i64) -> Test) -> Test {
    let attribute = known(name).filter(|attribute| attribute.syntax == Syntax::Number);
    attribute.and_then(|attribute| Some(test(attribute, value.trim().parse().ok()?))).unwrap_or(Test::Unknown)
}

fn in_chain(state: &State, name: &str, value: &str) -> Test {
    let Some(attribute) = known(name) else { return Test::Unknown };
    let Some(target) = state.resolve(value) else { return nothing() };
    let steps = |next: &dyn Fn(EntryId) -> Vec<EntryId>| Test::OneOf(groups::closure(target, next));
    match attribute.source {
        // "memberOf in chain G": who is in G through any number of groups.
        Source::BackLink("member") => Test::OneOf(groups::members(state, target)),
        Source::Link if attribute.name == "member" => Test::OneOf(groups::holding(state, target)),
        Source::Link => steps(&|id| state.get(id).map(|e| e.linking(attribute.name).collect()).unwrap_or_default()),
        Source::BackLink(forward) => {
            steps(&|id| state.get(id).map(|e| e.linked(forward).collect()).unwrap_or_default())
        }
        _ => Test::Unknown,
    }
}

/// The objects that can match at all, where an index or a resolved link tells; `None`: any.
pub(crate) fn candidates(state: &State, test: &Test) -> Option<BTreeSet<EntryId>> {
    match test {
        Test::OneOf(ids) => Some(ids.clone()),
        Test::Unknown => Some(BTreeSet::new()),
        Test::Equal(attribute, Needle::Text(text)) if INDEXED.contains(&attribute.name) => {
            Some(state.lookup(attribute.name, text))
        }
        Test::Equal(attribute, Needle::Octets(octets)) if attribute.name == "objectGUID" => {
            let guid = uuid::Uuid::from_slice_le(octets).ok();
            Some(guid.and_then(|guid| state.by_guid(&guid)).into_iter().collect())
        }
        Test::All(parts) => parts.iter().filter_map(|part| candidates(state, part)).min_by_key(BTreeSet::len),
        Test::Any(parts) => {
            let sets: Option<Vec<_>> = parts.iter().map(|part| candidates(state, part)).collect();
            sets.map(|sets| sets.into_iter().flatten().collect())
        }
        _ => None,
    }
}
