//! Delivery reports as the real gateways post them: where to, with which headers, and what they say.

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::request::basic;

/// What became of an SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Sent,
    Delivered,
    Failed,
    Expired,
    /// A status that no document has.
    Odd,
}

/// A report, ready to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRequest {
    /// The address in full, without a password.
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl ReportRequest {
    /// To an address that may hold user and password.
    pub(super) fn new(address: &str, content_type: &str, body: String) -> Self {
        let rest = address.strip_prefix("https://").expect("a protected address");
        let mut headers = vec![("content-type", content_type.to_owned())];
        let bare = match rest.split_once('@') {
            Some((credentials, bare)) => {
                let (user, password) = credentials.split_once(':').expect("a password");
                headers.push(("authorization", basic(user, password)));
                bare
            }
            None => rest,
        };
        Self { url: format!("https://{bare}"), headers, body: body.into_bytes() }
    }

    pub(super) fn form(address: &str, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        Self::new(address, "application/x-www-form-urlencoded; charset=UTF-8", pairs.join("&"))
    }

    pub(super) fn json(address: &str, body: &serde_json::Value) -> Self {
        Self::new(address, "application/json", body.to_string())
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Another value in the place of a header's.
    pub fn changed(mut self, name: &str, change: impl Fn(&str) -> String) -> Self {
        let header = self.headers.iter_mut().find(|(found, _)| *found == name).expect("the header");
        header.1 = change(&header.1);
        self
    }

    /// The same without a header.
    pub fn without(mut self, name: &str) -> Self {
        let before = self.headers.len();
        self.headers.retain(|(found, _)| *found != name);
        assert!(self.headers.len() < before, "{name} was there");
        self
    }
}

pub(super) fn signature(algorithm: hmac::Algorithm, key: &str, text: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(algorithm, key.as_bytes()), text).as_ref().to_vec()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// Whether an address is one that a gateway would report to.
pub(super) fn is_address(text: &str) -> bool {
    text.starts_with("https://") && text.is_ascii() && !text.contains(' ')
}

fn escaped(value: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    value.bytes().map(escape).collect()
}
