//! Search filters as values. The only place where a filter becomes text, and everything in it is escaped (RFC 4515).

use std::fmt::{self, Write as _};

/// A search filter. Attribute names are ours, values are anybody's.
#[derive(Debug, Clone)]
pub(crate) enum Filter<'a> {
    /// Every one holds.
    And(Vec<Filter<'a>>),
    /// At least one holds.
    Or(Vec<Filter<'a>>),
    /// The attribute has this value.
    Equal(&'static str, &'a str),
    /// The attribute has a value.
    Present(&'static str),
    /// Active Directory: the attribute leads to this name, also through others (MS-ADTS 3.1.1.3.4.4.3).
    InChain(&'static str, &'a str),
}

impl Filter<'_> {
    /// Holds for every entry.
    pub(crate) const ANY: Filter<'static> = Filter::Present("objectClass");
}

impl fmt::Display for Filter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, sign, filters: &[Filter<'_>]| {
            write!(f, "({sign}")?;
            filters.iter().try_for_each(|filter| filter.fmt(f))?;
            f.write_char(')')
        };
        match self {
            Filter::And(filters) => list(f, '&', filters),
            Filter::Or(filters) => list(f, '|', filters),
            Filter::Equal(attribute, value) => write!(f, "({attribute}={})", Escaped(value)),
            Filter::Present(attribute) => write!(f, "({attribute}=*)"),
            Filter::InChain(attribute, value) => {
                write!(f, "({attribute}:1.2.840.113556.1.4.1941:={})", Escaped(value))
            }
        }
    }
}

/// A value with everything escaped but letters, digits and three signs of names: whatever else it holds can't end the
/// value, and no parser's idea of spaces or of UTF-8 comes into play.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.bytes().try_for_each(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'@' => f.write_char(char::from(byte)),
            _ => write!(f, "\\{byte:02x}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4515's way back, written against the RFC and not against `Escaped`.
    fn unescape(text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((&first, after)) = rest.split_first() {
            assert!(!b"*()\0".contains(&first), "{text:?} holds a sign that means something");
            if first == b'\\' {
                let digits = std::str::from_utf8(&after[..2]).expect("two digits");
                bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal"));
                rest = &after[2..];
            } else {
                bytes.push(first);
                rest = after;
            }
        }
        bytes
    }

    #[test]
    fn a_filter_is_written_as_the_rfc_says() {
        let filter = Filter::And(vec![
            Filter::Equal("objectClass", "user"),
            Filter::Or(vec![Filter::Equal("mail", "a*)(b\\"), Filter::Present("uid")]),
        ]);
        assert_eq!(filter.to_string(), r"(&(objectClass=user)(|(mail=a\2a\29\28b\5c)(uid=*)))");
        let in_chain = Filter::InChain("memberOf", "CN=a)(b").to_string();
        assert_eq!(in_chain, r"(memberOf:1.2.840.113556.1.4.1941:=CN\3da\29\28b)");
    }

    #[test]
    fn ten_thousand_values_come_back_unchanged() {
        let alphabet: Vec<char> = "ab9.-@ *()\\\0=&|!<>~,+\"#;/\u{7f}åÄö€😀\u{301}".chars().collect();
        let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).expect("31 bits") % below
        };
        for _ in 0..10_000 {
            let value: String = (0..next(24)).map(|_| alphabet[next(alphabet.len())]).collect();
            let escaped = Escaped(&value).to_string();
            assert_eq!(unescape(&escaped), value.as_bytes(), "{value:?}");
            let filter = Filter::Equal("mail", &value).to_string();
            assert!(ldap3::parse_filter(&filter).is_ok(), "{filter}");
            let filter = Filter::InChain("memberOf", &value).to_string();
            assert!(ldap3::parse_filter(&filter).is_ok(), "{filter}");
        }
    }
}
