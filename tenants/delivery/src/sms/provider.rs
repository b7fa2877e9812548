//! What tells one SMS provider from another: how a request is built, what an answer to it says, and what a report says
//! later. Nothing here touches a network.

use portvakt_domain::{
    delivery::Sms,
    report::{DeliveryReport, Posted, ReportRefusal},
};
use reqwest::{Method, Url};
use secrecy::SecretString;
use serde_json::Value;

/// One provider's language.
pub(crate) trait Provider: Send + Sync {
    /// The provider's name, for logs and metrics.
    fn name(&self) -> &'static str;

    /// The request that asks for an SMS.
    ///
    /// # Errors
    /// The provider's format can't carry it; says why without quoting it. Nothing is sent then.
    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str>;

    /// What an answer of success says. "200" alone is no promise: several providers refuse with it.
    fn read(&self, answer: &Answer<'_>) -> Reading;

    /// What a report says that came to the provider's own address; `None`: nothing of an SMS.
    ///
    /// # Errors
    /// The provider would sign it otherwise, or write it otherwise.
    fn report(&self, posted: &Posted<'_>) -> Result<Option<DeliveryReport>, ReportRefusal>;
}

/// A request, ready to be written.
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) authorization: Authorization<'a>,
    /// Beyond the type of the content.
    pub(crate) headers: Vec<(&'a str, &'a str)>,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: Vec<u8>,
}

impl<'a> Request<'a> {
    /// A form by POST.
    pub(crate) fn form(url: &Url, authorization: Authorization<'a>, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Self::post(url, authorization, "application/x-www-form-urlencoded", body.into_bytes())
    }

    /// JSON by POST.
    pub(crate) fn json(url: &Url, authorization: Authorization<'a>, body: &Value) -> Self {
        Self::post(url, authorization, "application/json", body.to_string().into_bytes())
    }

    /// A body by POST.
    pub(crate) fn post(url: &Url, authorization: Authorization<'a>, content_type: &'a str, body: Vec<u8>) -> Self {
        Self {
            method: Method::POST,
            url: url.clone(),
            authorization,
            headers: Vec::new(),
            content_type: Some(content_type),
            body,
        }
    }
}

/// How a request says whose it is.
pub(crate) enum Authorization<'a> {
    /// Not in its head.
    None,
    /// User name and password, by HTTP's Basic.
    Basic(&'a str, &'a SecretString),
    /// A token, after the word that says what it is.
    Token { scheme: &'static str, token: &'a SecretString },
    /// A header of the gateway's own.
    Header { name: &'a str, value: &'a SecretString },
}

/// An answer of success.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Answer<'_> {
    /// The body as JSON, where it is.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.body).ok()
    }
}

/// What an answer says. The words are fixed: what a provider writes may hold the number or the text.
pub(crate) enum Reading {
    /// It was taken, with this id.
    Taken(Option<String>),
    /// It was refused after all.
    Refused(&'static str),
    /// It does not say.
    Unclear(&'static str),
}

impl Reading {
    /// Taken, and the id as the provider wrote it. It goes into the audit trail, so only what looks like an id does.
    pub(crate) fn taken(id: &str) -> Self {
        Self::Taken(plain_id(id))
    }
}

/// An id, where it looks like one.
pub(crate) fn plain_id(id: &str) -> Option<String> {
    let plain = (1..=64).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'));
    plain.then(|| id.to_owned())
}
