//! What the fuzzer reaches of this crate; nobody else does.

use crate::{dn::Dn, filter::Filter};

/// A filter that holds what somebody typed.
pub fn equality_filter(typed: &str) -> String {
    Filter::And(vec![Filter::Equal("objectClass", "user"), Filter::Equal("sAMAccountName", typed)]).to_string()
}

/// Whether a text is a distinguished name.
pub fn is_name(text: &str) -> bool {
    Dn::parse(text).is_some()
}

/// Whether the entry of one name lies below that of another.
pub fn is_below(name: &str, unit: &str) -> bool {
    match (Dn::parse(name), Dn::parse(unit)) {
        (Some(name), Some(unit)) => name.is_below(&unit),
        _ => false,
    }
}
