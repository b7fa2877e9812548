//! Messages on the wire: bounded frames around `ldap3_proto`, and a way through it for assertion values that are bytes.

use std::io;

use ldap3_proto::{LdapCodec, LdapMsg};
use tokio_util::{
    bytes::{Buf, BytesMut},
    codec::{Decoder, Encoder},
};
use tracing::dispatcher::{Dispatch, with_default};

use super::{
    controls::element,
    sid::{from_hex, to_hex},
};

/// The longest request; a thumbnail photo is the longest value that the schema takes.
const LONGEST: usize = 256 * 1024;
const SEARCH: u8 = 0x63;
const CONTROLS: u8 = 0xa0;
/// What a client may send: bind, unbind, search, modify, add, delete, modify DN, compare, abandon, extended.
const REQUESTS: [u8; 10] = [0x60, 0x42, SEARCH, 0x66, 0x68, 0x4a, 0x6c, 0x6e, 0x50, 0x77];

/// Frames of one connection.
pub(crate) struct Frames(LdapCodec);

impl Default for Frames {
    fn default() -> Self {
        Self(LdapCodec::new(Some(2 * LONGEST), Some(64)))
    }
}

fn broken(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl Decoder for Frames {
    type Item = LdapMsg;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<LdapMsg>, io::Error> {
        let Some(length) = frame_length(buffer)? else { return Ok(None) };
        if buffer.len() < length {
            buffer.reserve(length - buffer.len());
            return Ok(None);
        }
        let frame = &buffer[..length];
        let operation = element(frame)
            .and_then(|(_, body, _)| element(body))
            .and_then(|(_, _, rest)| rest.first().copied())
            .ok_or_else(|| broken("no operation"))?;
        if !REQUESTS.contains(&operation) {
            return Err(broken("not a request"));
        }
        let mut readable = match (operation, readable_search(frame)) {
            (SEARCH, Some(rewritten)) => BytesMut::from(rewritten.as_slice()),
            _ => BytesMut::from(frame),
        };
        buffer.advance(length);
        // The library traces whole messages, and passwords stand in them: nobody listens while it reads.
        let message = with_default(&Dispatch::none(), || self.0.decode(&mut readable))?;
        message.map(Some).ok_or_else(|| broken("a message that ends early"))
    }
}

impl Encoder<LdapMsg> for Frames {
    type Error = io::Error;

    fn encode(&mut self, message: LdapMsg, buffer: &mut BytesMut) -> Result<(), io::Error> {
        with_default(&Dispatch::none(), || self.0.encode(message, buffer))
    }
}

/// The length of the next frame, header included, once enough of the header is there.
fn frame_length(buffer: &[u8]) -> Result<Option<usize>, io::Error> {
    let (tag, first) = match buffer {
        [] => return Ok(None),
        [tag] => (*tag, None),
        [tag, first, ..] => (*tag, Some(*first)),
    };
    if tag != 0x30 {
        return Err(broken("not a message"));
    }
    let Some(first) = first else { return Ok(None) };
    let (header, length) = if first < 0x80 {
        (2, usize::from(first))
    } else {
        let count = usize::from(first & 0x7f);
        if !(1..=4).contains(&count) {
            return Err(broken("a length of no use"));
        }
        let Some(digits) = buffer.get(2..2 + count) else { return Ok(None) };
        (2 + count, digits.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)))
    };
    if length > LONGEST {
        return Err(broken("a message that is too long"));
    }
    Ok(Some(header + length))
}

/// Marks an assertion value that was not text; a noncharacter, so no text begins with it.
const MARK: char = '\u{fdd0}';

/// The bytes of an assertion value.
pub(crate) fn assertion_bytes(value: &str) -> Vec<u8> {
    value.strip_prefix(MARK).and_then(from_hex).unwrap_or_else(|| value.as_bytes().to_vec())
}

/// A search whose filter holds bytes, with those written as marked digits: `ldap3_proto` keeps assertion values as
/// text and would refuse `(objectGUID=\c3\28…)`, which Active Directory answers. `None` when nothing needs it.
fn readable_search(frame: &[u8]) -> Option<Vec<u8>> {
    let (0x30, body, _) = element(frame)? else { return None };
    let (id_tag, id, rest) = element(body)?;
    let (SEARCH, search, rest) = element(rest)? else { return None };
    let mut parts = Vec::new();
    let mut left = search;
    while !left.is_empty() {
        let (tag, content, after) = element(left)?;
        parts.push((tag, content));
        left = after;
    }
    let (tag, filter) = *parts.get(6)?;
    if !holds_bytes(tag, filter, 0)? {
        return None;
    }
    let mut out = Vec::new();
    for (at, (tag, content)) in parts.iter().enumerate() {
        if at == 6 { rewrite(&mut out, *tag, content)? } else { put(&mut out, *tag, content) }
    }
    let mut message = Vec::new();
    put(&mut message, id_tag, id);
    put(&mut message, SEARCH, &out);
    if let Some((CONTROLS, controls, _)) = element(rest) {
        put(&mut message, CONTROLS, controls);
    }
    let mut whole = Vec::new();
    put(&mut whole, 0x30, &message);
    Some(whole)
}

/// `[4]` of an extensible match is a truth value, not text.
const DN_ATTRIBUTES: u8 = 0x84;
const DEEPEST: usize = 64;

fn holds_bytes(tag: u8, content: &[u8], depth: usize) -> Option<bool> {
    if depth > DEEPEST {
        return None;
    }
    if tag & 0x20 == 0 {
        return Some(tag != DN_ATTRIBUTES && std::str::from_utf8(content).is_err());
    }
    let mut left = content;
    while !left.is_empty() {
        let (tag, inner, after) = element(left)?;
        if holds_bytes(tag, inner, depth + 1)? {
            return Some(true);
        }
        left = after;
    }
    Some(false)
}

fn rewrite(out: &mut Vec<u8>, tag: u8, content: &[u8]) -> Option<()> {
    if tag & 0x20 == 0 {
        if tag != DN_ATTRIBUTES && std::str::from_utf8(content).is_err() {
            put(out, tag, format!("{MARK}{}", to_hex(content)).as_bytes());
        } else {
            put(out, tag, content);
        }
        return Some(());
    }
    let mut inner = Vec::new();
    let mut left = content;
    while !left.is_empty() {
        let (tag, content, after) = element(left)?;
        rewrite(&mut inner, tag, content)?;
        left = after;
    }
    put(out, tag, &inner);
    Some(())
}

fn put(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    out.push(tag);
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            out.push(0x84);
            out.extend_from_slice(&u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
        }
    }
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ldap3_proto::proto::{LdapFilter, LdapOp};

    /// `(&(objectClass=user)(objectGUID=…))` with a value that is no text.
    fn search(value: &[u8]) -> Vec<u8> {
        let mut class = Vec::new();
        put(&mut class, 0x04, b"objectClass");
        put(&mut class, 0x04, b"user");
        let mut guid = Vec::new();
        put(&mut guid, 0x04, b"objectGUID");
        put(&mut guid, 0x04, value);
        let mut both = Vec::new();
        put(&mut both, 0xa3, &class);
        put(&mut both, 0xa3, &guid);
        let mut body = Vec::new();
        put(&mut body, 0x04, b"DC=x");
        for (tag, byte) in [(0x0a, 2), (0x0a, 0), (0x02, 0), (0x02, 0), (0x01, 0)] {
            put(&mut body, tag, &[byte]);
        }
        put(&mut body, 0xa0, &both);
        put(&mut body, 0x30, &[]);
        let mut message = vec![0x02, 0x01, 0x07];
        put(&mut message, SEARCH, &body);
        let mut whole = Vec::new();
        put(&mut whole, 0x30, &message);
        whole
    }

    fn decode(bytes: &[u8]) -> Result<Option<LdapMsg>, io::Error> {
        Frames::default().decode(&mut BytesMut::from(bytes))
    }

    #[test]
    fn bytes_in_a_filter_come_through() {
        let value = [0xc3, 0x28, 0x00, 0xff];
        let message = decode(&search(&value)).expect("readable").expect("whole");
        let LdapOp::SearchRequest(request) = message.op else { panic!("a search") };
        let LdapFilter::And(parts) = request.filter else { panic!("and") };
        let Some(LdapFilter::Equality(name, found)) = parts.get(1) else { panic!("equality") };
        assert_eq!(name, "objectGUID");
        assert_eq!(assertion_bytes(found), value);
        assert_eq!(assertion_bytes("åäö"), "åäö".as_bytes());
    }

    #[test]
    fn a_frame_is_waited_for_and_a_bad_one_refused() {
        let whole = search(b"text");
        for cut in 0..whole.len() {
            assert!(matches!(decode(&whole[..cut]), Ok(None)), "{cut}");
        }
        for bad in [
            &[0x31, 0x00][..],
            &[0x30, 0x80],
            &[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff],
            &[0x30, 0x85, 0, 0, 0, 0, 1],
            &[0x30, 0x00],
            &[0x30, 0x05, 0x02, 0x01, 0x01, 0x61, 0x00],
            &[0x30, 0x06, 0x02, 0x01, 0x01, 0x63, 0x05, 0x04],
        ] {
            assert!(decode(bad).is_err(), "{bad:02x?}");
        }
    }

    #[test]
    fn deep_nesting_ends_in_an_error() {
        let mut filter = vec![0x87, 0x01, b'x'];
        for _ in 0..5000 {
            let mut around = Vec::new();
            put(&mut around, 0xa2, &filter);
            filter = around;
        }
        let mut body = Vec::new();
        put(&mut body, 0x04, b"");
        for (tag, byte) in [(0x0a, 2), (0x0a, 0), (0x02, 0), (0x02, 0), (0x01, 0)] {
            put(&mut body, tag, &[byte]);
        }
        body.extend_from_slice(&filter);
        put(&mut body, 0x30, &[]);
        let mut message = vec![0x02, 0x01, 0x07];
        put(&mut message, SEARCH, &body);
        let mut whole = Vec::new();
        put(&mut whole, 0x30, &message);
        assert!(decode(&whole).is_err());
    }
}
