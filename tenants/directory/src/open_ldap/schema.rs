//! Which attributes a server has (RFC 4512 4.2).

use crate::{
    connection::{Connection, Search},
    error_map::Failure,
};

/// Whether the server has an attribute of this name. `None`: the service account may not read the schema.
pub(crate) async fn has(connection: &Connection, name: &str) -> Result<Option<bool>, Failure> {
    let root = connection.entry(&Search::root(&["subschemaSubentry"])).await?;
    let Some(subschema) = root.as_ref().and_then(|root| root.text("subschemaSubentry")) else { return Ok(None) };
    let Some(entry) = connection.entry(&Search::entry(subschema, &["attributeTypes"])).await? else { return Ok(None) };
    let mut types = entry.texts("attributeTypes").peekable();
    Ok(types.peek().is_some().then(|| types.any(|written| is_called(written, name))))
}

/// Whether a description such as `( 2.5.4.10 NAME ( 'o' 'organizationName' ) … )` is that of this attribute.
fn is_called(written: &str, name: &str) -> bool {
    let mut words = written.split_whitespace().skip_while(|word| *word != "NAME").skip(1).peekable();
    let several = words.next_if_eq(&"(").is_some();
    let quoted = words.map_while(|word| word.strip_prefix('\'')?.strip_suffix('\''));
    quoted.take(if several { usize::MAX } else { 1 }).any(|found| found.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_slapd_writes_them() {
        let one = "( 2.16.840.1.113730.3.1.2 NAME 'departmentNumber' DESC 'RFC2798: title' EQUALITY caseIgnoreMatch )";
        assert!(is_called(one, "departmentNumber") && is_called(one, "DEPARTMENTNUMBER"));
        assert!(!is_called(one, "department") && !is_called(one, "RFC2798:") && !is_called(one, "title"));
        let two = "( 2.5.4.10 NAME ( 'o' 'organizationName' ) DESC 'x' SUP name )";
        assert!(is_called(two, "o") && is_called(two, "organizationName") && !is_called(two, "x"));
        assert!(!is_called("( 1.2.3 DESC 'title' )", "title"));
    }
}
