//! 46elks (<https://46elks.se/docs/send-sms>): one form by POST, and what each answer means for us.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use portvakt_domain::{
    delivery::{Sent, Sms, SmsSender},
    tenant::{SenderName, SmsSettings},
};
use reqwest::{Certificate, Client, Response, StatusCode, Url, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::{
    obstacle::obstacle,
    setup::{DeliverySetupError, authorities, wrong},
};

const USUAL_URL: &str = "https://api.46elks.com/a1/sms";
const LONGEST_ANSWER: usize = 64 * 1024;

/// How long a gateway may take.
#[derive(Debug, Clone, Copy)]
pub struct SmsDeadlines {
    /// For its name, its connection and its certificate.
    pub connect: Duration,
    /// For everything, to the last byte of its answer.
    pub whole: Duration,
}

impl Default for SmsDeadlines {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), whole: Duration::from_secs(15) }
    }
}

/// A tenant's account at 46elks.
pub struct FortySixElks {
    client: Client,
    url: Url,
    sender: SenderName,
    username: String,
    password: SecretString,
}

impl fmt::Debug for FortySixElks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FortySixElks").field("sender", &self.sender.as_str()).finish_non_exhaustive()
    }
}

impl FortySixElks {
    /// The account that the settings describe.
    ///
    /// # Errors
    /// A setting can't be used.
    pub fn new(settings: &SmsSettings, password: SecretString) -> Result<Self, DeliverySetupError> {
        Self::with_deadlines(settings, password, SmsDeadlines::default())
    }

    /// As [`FortySixElks::new`], with other deadlines.
    ///
    /// # Errors
    /// A setting can't be used.
    pub fn with_deadlines(
        settings: &SmsSettings,
        password: SecretString,
        deadlines: SmsDeadlines,
    ) -> Result<Self, DeliverySetupError> {
        if settings.username.is_empty() || settings.username.contains([':', '\r', '\n']) {
            return Err(wrong("sms.username", "write the API username, without a colon"));
        }
        if password.expose_secret().is_empty() {
            return Err(wrong("sms.password", "write the API password"));
        }
        let url = settings.url.as_ref().map_or(USUAL_URL, |url| url.as_str());
        let url = Url::parse(url).map_err(|_| wrong("sms.url", "this is not an address"))?;
        if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
            return Err(wrong(
                "sms.url",
                "write https://host/path; the user and the password have settings of their own",
            ));
        }
        let mut client = Client::builder()
            .https_only(true)
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            // An SMS is a request of its own on a connection of its own, and is written to it once. A kept connection
            // that the gateway closes while we write would leave us not knowing whether an SMS went out.
            .pool_max_idle_per_host(0)
            .retry(reqwest::retry::never())
            .connect_timeout(deadlines.connect)
            .timeout(deadlines.whole)
            .user_agent("Portvakt");
        if let Some(pem) = &settings.ca_pem {
            let only = authorities("sms.ca_pem", pem)?
                .iter()
                .map(|der| Certificate::from_der(der))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|_| wrong("sms.ca_pem", "this certificate can't be read"))?;
            client = client.tls_certs_only(only);
        }
        let client =
            client.build().map_err(|error| DeliverySetupError::Protection { setting: "sms", source: error.into() })?;
        Ok(Self { client, url, sender: settings.sender.clone(), username: settings.username.clone(), password })
    }
}

#[async_trait]
impl SmsSender for FortySixElks {
    async fn send(&self, sms: &Sms) -> Sent {
        let form = [
            ("from", self.sender.as_str()),
            ("to", sms.to.e164()),
            ("message", sms.text.0.as_str()),
            // Codes are not to be kept in the gateway's log.
            ("dontlog", "message"),
        ];
        let request = self
            .client
            .post(self.url.clone())
            .basic_auth(&self.username, Some(self.password.expose_secret()))
            .form(&form);
        let sent = match request.send().await {
            Ok(response) => meaning(response).await,
            Err(error) => unanswered(&error),
        };
        tracing::debug!(sms.reference = %sms.reference, outcome = ?sent, "SMS handed to 46elks");
        sent
    }
}

/// What a request without an answer means. `is_connect` covers the name, the connection, the certificate and their
/// deadline: nothing was written then. Any other error may come after the request was, in part or whole.
fn unanswered(error: &reqwest::Error) -> Sent {
    let reason = if error.is_connect() {
        let why = match (error.is_dns(), error.is_timeout()) {
            (true, _) => "its name could not be resolved",
            (false, true) => "it did not answer in time",
            (false, false) => obstacle(error),
        };
        return Sent::NotSent { reason: format!("the SMS gateway: {why}") };
    } else if error.is_builder() {
        return Sent::NotSent { reason: "the request to the SMS gateway could not be made".to_owned() };
    } else if error.is_timeout() {
        "the SMS gateway took the request and did not answer in time"
    } else {
        "the connection to the SMS gateway was lost before it answered"
    };
    Sent::Unknown { reason: reason.to_owned() }
}

/// What an answer means.
async fn meaning(response: Response) -> Sent {
    let status = response.status();
    let said = |what: &str| format!("the SMS gateway answered {}: {what}", status.as_u16());
    match status.as_u16() {
        200..=299 => match body(response).await {
            Ok(body) => taken(status, &body),
            Err(why) => Sent::Unknown { reason: said(why) },
        },
        // "See elsewhere for the result": what asks for that may have been done.
        302 | 303 => Sent::Unknown { reason: said("a redirect, which is not followed") },
        301 | 307 | 308 => Sent::Refused { reason: said("a redirect, which is not followed") },
        400 => Sent::Refused { reason: said("the number, the sender or the text is not accepted") },
        401 => Sent::Refused { reason: said("the user name or password is wrong") },
        402 => Sent::Refused { reason: said("the account must be paid for") },
        403 => Sent::Refused { reason: said("the account may not send, or has no credit left") },
        404 | 405 => Sent::Refused { reason: said("the address is not the one for SMS") },
        408 => Sent::Unknown { reason: said("it gave up waiting") },
        429 => Sent::NotSent { reason: said("too many at a time") },
        503 => Sent::NotSent { reason: said("out of service for now") },
        410..=499 | 406 | 407 | 409 => Sent::Refused { reason: said("the request is not accepted") },
        _ => Sent::Unknown { reason: said("an error of its own") },
    }
}

/// What a 2xx answer's body says.
fn taken(status: StatusCode, body: &[u8]) -> Sent {
    let said = |what: &str| format!("the SMS gateway answered {}: {what}", status.as_u16());
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        return Sent::Unknown { reason: said("not in its own format") };
    };
    let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
    match (text("status"), text("id")) {
        ("created" | "sent" | "delivered", id) if !id.is_empty() => {
            // An id goes into the audit trail, so only what looks like one does.
            let plain = id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
            Sent::Accepted { provider_id: plain.then(|| id.to_owned()) }
        }
        ("failed" | "rejected" | "refused" | "error", _) => Sent::Refused { reason: said("it says that it failed") },
        ("", "") if answer.get("error").is_some_and(|error| !error.is_null()) => {
            Sent::Refused { reason: said("it says that it failed") }
        }
        _ => Sent::Unknown { reason: said("without an id, or with a status that is not known") },
    }
}

/// An answer's body, up to the limit.
async fn body(mut response: Response) -> Result<Vec<u8>, &'static str> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= LONGEST_ANSWER => body.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err("its answer is too long"),
            Ok(None) => return Ok(body),
            Err(error) if error.is_timeout() => return Err("the rest did not come in time"),
            Err(_) => return Err("the connection was lost in the middle"),
        }
    }
}
