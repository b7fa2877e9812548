//! The outbox: phones and mailboxes in memory. It takes the place of gateways and mail servers in the demo, and nowhere
//! else.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use chrono::SecondsFormat;
use portvakt_domain::{
    delivery::{Mail, MailSender, Sent, Sms, SmsSender, SmsSent},
    time::Clock,
};
use serde::Serialize;

/// Messages kept; the oldest go first. A demo that runs for weeks must not fill the memory.
const KEPT: usize = 60_000;

/// A message that arrived.
#[derive(Clone, Serialize)]
pub struct Delivered {
    /// Rising from 1.
    pub id: u64,
    /// The tenant's slug.
    pub tenant: String,
    /// `sms` or `mail`.
    pub channel: &'static str,
    /// Number or address.
    pub to: String,
    /// A mail's subject.
    pub subject: Option<String>,
    /// What it says.
    pub text: String,
    /// When it arrived, UTC (RFC 3339).
    pub at: String,
}

impl std::fmt::Debug for Delivered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivered").field("id", &self.id).field("channel", &self.channel).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Inner {
    next: u64,
    messages: VecDeque<Delivered>,
}

/// All phones and mailboxes of a demo.
#[derive(Clone)]
pub struct Outbox {
    inner: Arc<Mutex<Inner>>,
    clock: Arc<dyn Clock>,
}

impl Outbox {
    /// An empty outbox.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { inner: Arc::default(), clock }
    }

    /// Everything that arrived, newest last.
    #[must_use]
    pub fn messages(&self) -> Vec<Delivered> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).messages.iter().cloned().collect()
    }

    /// The phones and mailboxes of one tenant's people.
    #[must_use]
    pub fn of(&self, tenant: &str) -> Arc<TenantOutbox> {
        Arc::new(TenantOutbox { tenant: tenant.to_owned(), outbox: self.clone() })
    }

    fn deliver(&self, tenant: &str, channel: &'static str, to: &str, subject: Option<String>, text: &str) -> Sent {
        let at = self.clock.now().to_rfc3339_opts(SecondsFormat::Millis, true);
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.next += 1;
        let id = inner.next;
        let (tenant, to, text) = (tenant.to_owned(), to.to_owned(), text.to_owned());
        inner.messages.push_back(Delivered { id, tenant, channel, to, subject, text, at });
        if inner.messages.len() > KEPT {
            inner.messages.pop_front();
        }
        Sent::Accepted { provider_id: Some(id.to_string()) }
    }
}

/// One tenant's gateway and mail server.
pub struct TenantOutbox {
    tenant: String,
    outbox: Outbox,
}

#[async_trait]
impl SmsSender for TenantOutbox {
    async fn send(&self, sms: &Sms) -> SmsSent {
        let sent = self.outbox.deliver(&self.tenant, "sms", sms.to.e164(), None, &sms.text.0);
        SmsSent { sent, provider: None }
    }
}

#[async_trait]
impl MailSender for TenantOutbox {
    async fn send(&self, mail: &Mail) -> Sent {
        self.outbox.deliver(&self.tenant, "mail", &mail.to.0, Some(mail.subject.clone()), &mail.text.0)
    }
}
