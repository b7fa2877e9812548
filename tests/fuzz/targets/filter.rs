//! Whatever is typed as a name stays one value of a search filter (RFC 4515), and comes back unchanged.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portvakt_directory::fuzzing::equality_filter;

/// The bytes of a value, by the RFC's rules and not by those of the code under test.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        assert!(!b"*()\0".contains(&first), "{text:?} holds a sign that means something");
        match (first, after) {
            (b'\\', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).expect("two digits");
                bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal"));
                rest = after;
            }
            (b'\\', _) => panic!("an escape that ends too early: {text:?}"),
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    bytes
}

fuzz_target!(|typed: &str| {
    let filter = equality_filter(typed);
    let value = filter.strip_prefix("(&(objectClass=user)(sAMAccountName=").and_then(|rest| rest.strip_suffix("))"));
    assert_eq!(unescape(value.expect("the shape of the filter")), typed.as_bytes());
    assert!(ldap3::parse_filter(&filter).is_ok(), "{filter}");
});
