//! Answers in pages (RFC 2696): the control with which a page is asked for, and the cookie that asks for the next one.

use ldap3::{
    LdapResult,
    asn1::{StructureTag, parse_tag},
    controls::{Control, PagedResults, RawControl},
};

/// The control's name, in requests and in answers.
const PAGED: &str = "1.2.840.113556.1.4.319";

/// Asks for so many entries, from where the cookie says. Critical: a server that passed it over would cut its answer off
/// at a limit of its own.
pub(crate) fn request(size: usize, cookie: Vec<u8>) -> RawControl {
    let control = PagedResults { size: i32::try_from(size).unwrap_or(i32::MAX), cookie };
    RawControl { crit: true, ..control.into() }
}

/// The cookie that came with a page; empty with the last one. `None`: it was not sent as a page.
pub(crate) fn cookie(result: &LdapResult) -> Option<Vec<u8>> {
    let Control(_, control) = result.ctrls.iter().find(|Control(_, control)| control.ctype == PAGED)?;
    value(control.val.as_deref()?)
}

/// The second part of `SEQUENCE { size INTEGER, cookie OCTET STRING }`. (ldap3's own reading panics at anything else.)
fn value(value: &[u8]) -> Option<Vec<u8>> {
    let (_, control) = parse_tag(value).ok()?;
    let mut parts = control.expect_constructed()?.into_iter();
    let _estimate = parts.next()?;
    parts.next().and_then(StructureTag::expect_primitive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_asked_for_as_the_rfc_says() {
        let control = request(1000, vec![1, 2]);
        assert!(control.crit && control.ctype == PAGED);
        assert_eq!(control.val, Some(vec![0x30, 0x08, 0x02, 0x02, 0x03, 0xe8, 0x04, 0x02, 1, 2]));
    }

    #[test]
    fn cookies_of_any_length_come_back() {
        let long: Vec<u8> = (0..=255).cycle().take(300).collect();
        // Windows writes lengths in four bytes, whatever they are.
        let mut windows = vec![0x30, 0x84, 0, 0, 1, 0x35, 0x02, 0x01, 0, 0x04, 0x84, 0, 0, 1, 0x2c];
        windows.extend(&long);
        let cases: [(&[u8], Option<&[u8]>); 7] = [
            (&[0x30, 0x05, 0x02, 0x01, 0x00, 0x04, 0x00], Some(&[])),
            (&[0x30, 0x07, 0x02, 0x01, 0x00, 0x04, 0x02, 0xff, 0x00], Some(&[0xff, 0x00])),
            (&windows, Some(&long)),
            (&[0x30, 0x03, 0x02, 0x01, 0x00], None),
            (&[0x30, 0x07, 0x02, 0x01, 0x00, 0x04, 0x09, 0xff, 0x00], None),
            (&[0x04, 0x01, 0x00], None),
            (&[], None),
        ];
        for (sent, expected) in cases {
            assert_eq!(value(sent).as_deref(), expected, "{sent:02x?}");
        }
    }
}
