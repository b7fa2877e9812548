//! The way to a gateway that all providers share: HTTP over TLS, once, and what is known afterwards.

use std::{sync::Arc, time::Duration};

use portvakt_domain::{
    connect::{ConnectError, ConnectKind, Egress},
    delivery::{Sent, Sms},
};
use reqwest::{
    Certificate, Client, Response, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
    redirect,
};
use secrecy::ExposeSecret as _;
use tokio::time::timeout;

use super::{
    account::Account,
    pinned::Pinned,
    provider::{Answer, Authorization, Provider, Reading, Request},
};
use crate::{
    obstacle::obstacle,
    setup::{DeliverySetupError, authorities, wrong},
};

const LONGEST_ANSWER: usize = 64 * 1024;

/// How long SMS gateways may take.
#[derive(Debug, Clone, Copy)]
pub struct SmsDeadlines {
    /// For its name, its connection and its certificate.
    pub connect: Duration,
    /// For everything, to the last byte of its answer.
    pub whole: Duration,
    /// How long after the first provider another may be begun. Together with the last one's whole time it is half the
    /// lease of the job that sends: a job that outlives its lease is taken for dead while an SMS is on its way.
    pub another: Duration,
}

impl Default for SmsDeadlines {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), whole: Duration::from_secs(15), another: Duration::from_secs(15) }
    }
}

/// A tenant's account at a provider, and the way there.
pub(crate) struct Gateway {
    client: Client,
    provider: Box<dyn Provider>,
    egress: Egress,
    pinned: Pinned,
    connect: Duration,
}

impl Gateway {
    pub(crate) fn new(
        account: Account<'_>,
        provider: Box<dyn Provider>,
        egress: Egress,
        deadlines: SmsDeadlines,
    ) -> Result<Self, DeliverySetupError> {
        let pinned = Pinned::default();
        let mut client = Client::builder()
            .https_only(true)
            .http1_only()
            .no_proxy()
            .dns_resolver(Arc::new(pinned.clone()))
            .redirect(redirect::Policy::none())
            .referer(false)
            // An SMS is a request of its own on a connection of its own, and is written to it once. A kept connection
            // that the gateway closes while we write would leave us not knowing whether an SMS went out.
            .pool_max_idle_per_host(0)
            .retry(reqwest::retry::never())
            .connect_timeout(deadlines.connect)
            .timeout(deadlines.whole)
            .user_agent("Portvakt");
        if let Some(pem) = &account.settings.ca_pem {
            let only = authorities("sms.ca_pem", pem)?
                .iter()
                .map(|der| Certificate::from_der(der))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|_| wrong("sms.ca_pem", "this certificate can't be read"))?;
            client = client.tls_certs_only(only);
        }
        let client =
            client.build().map_err(|error| DeliverySetupError::Protection { setting: "sms", source: error.into() })?;
        Ok(Self { client, provider, egress, pinned, connect: deadlines.connect })
    }

    /// Has the host looked at, and leaves the client no other way than to what was allowed. A port is part of it: every
    /// request of a gateway goes to the same one.
    async fn open_way(&self, url: &Url) -> Result<(), Sent> {
        let not_sent = |why: &str| Sent::NotSent { reason: format!("the SMS gateway: {why}") };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(not_sent("its address names no host"));
        };
        match timeout(self.connect, self.egress.addresses(ConnectKind::Sms, host, port)).await {
            Ok(Ok(addresses)) => {
                self.pinned.pin(host, addresses);
                Ok(())
            }
            // Surely nothing was sent, and an operator may mend it: a notice must not be lost for that.
            Ok(Err(ConnectError::Refused(why))) => Err(Sent::NotSent { reason: format!("the SMS gateway: {why}") }),
            Ok(Err(ConnectError::Unresolved(_))) => Err(not_sent("its name could not be resolved")),
            Err(_) => Err(not_sent("it did not answer in time")),
        }
    }

    async fn exchange(&self, request: Request<'_>) -> Sent {
        if let Err(closed) = self.open_way(&request.url).await {
            return closed;
        }
        let mut writing = self.client.request(request.method, request.url);
        writing = match request.authorization {
            Authorization::None => writing,
            Authorization::Basic(user, password) => writing.basic_auth(user, Some(password.expose_secret())),
            Authorization::Token { scheme, token } => {
                writing.header(AUTHORIZATION, concealed(&format!("{scheme} {}", token.expose_secret())))
            }
            Authorization::Header { name, value } => writing.header(name, concealed(value.expose_secret())),
        };
        if let Some(content_type) = request.content_type {
            writing = writing.header(CONTENT_TYPE, content_type);
        }
        for (name, value) in request.headers {
            writing = writing.header(name, value);
        }
        match writing.body(request.body).send().await {
            Ok(response) => self.meaning(response).await,
            Err(error) => unanswered(&error),
        }
    }

    /// What an answer means. Its status is read as HTTP has it; what a success holds is for the provider to tell.
    async fn meaning(&self, response: Response) -> Sent {
        let status = response.status().as_u16();
        let said = |what: &str| format!("the SMS gateway answered {status}: {what}");
        if !(200..=299).contains(&status) {
            return failed(status);
        }
        match body(response).await.map(|body| self.provider.read(&Answer { status, body: &body })) {
            Ok(Reading::Taken(provider_id)) => Sent::Accepted { provider_id },
            Ok(Reading::Refused(what)) => Sent::Refused { reason: said(what) },
            Ok(Reading::Unclear(what)) | Err(what) => Sent::Unknown { reason: said(what) },
        }
    }
}

impl Gateway {
    /// Sends one SMS, once.
    pub(super) async fn send(&self, sms: &Sms) -> Sent {
        let sent = match self.provider.request(sms) {
            Ok(request) => self.exchange(request).await,
            Err(why) => Sent::Refused { reason: format!("the SMS can't be handed over: {why}") },
        };
        let provider = self.provider.name();
        tracing::debug!(sms.reference = %sms.reference, outcome = ?sent, "SMS handed to {provider}");
        sent
    }
}

/// A header that is not printed. Settings are taken with tokens of plain characters only.
fn concealed(value: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(value).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
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

/// What a status other than success means.
fn failed(status: u16) -> Sent {
    let said = |what: &str| format!("the SMS gateway answered {status}: {what}");
    match status {
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
