//! A tenant's providers in their order: the next one is asked where the one before surely sent nothing.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use portvakt_domain::{
    delivery::{Sent, Sms, SmsSender, SmsSent},
    tenant::SmsProvider,
};

use super::gateway::Gateway;

/// Told of each provider that was asked to send an SMS.
pub trait AttemptObserver: Send + Sync {
    /// A provider was asked, and this is what is known: `accepted`, `refused`, `not_sent` or `unknown`.
    fn attempted(&self, provider: &'static str, outcome: &'static str);
}

/// One of the providers.
pub(super) struct Choice {
    pub(super) provider: SmsProvider,
    pub(super) gateway: Gateway,
}

/// All of them.
pub(super) struct InOrder {
    pub(super) choices: Vec<Choice>,
    pub(super) observer: Arc<dyn AttemptObserver>,
    /// How long after the first another may be begun.
    pub(super) another: Duration,
}

#[async_trait]
impl SmsSender for InOrder {
    /// Sends through the first provider that takes it. One message is never handed to two that may both send it: an
    /// unknown outcome ends the round as a success does, and so it is that the job's one turn at "the gateway" stays one.
    async fn send(&self, sms: &Sms) -> SmsSent {
        let begun = Instant::now();
        let mut reasons = Vec::new();
        let mut may_pass = false;
        for choice in &self.choices {
            let provider = choice.provider.as_str();
            if !reasons.is_empty() && begun.elapsed() >= self.another {
                may_pass = true;
                reasons.push(format!("{provider}: there was no time left for it"));
                continue;
            }
            let sent = choice.gateway.send(sms).await;
            self.observer.attempted(provider, outcome(&sent));
            let (Sent::Refused { reason } | Sent::NotSent { reason }) = &sent else {
                return SmsSent { sent, provider: Some(choice.provider) };
            };
            if self.choices.len() == 1 {
                return SmsSent { sent, provider: None };
            }
            tracing::warn!(sms.reference = %sms.reference, provider, outcome = outcome(&sent), reason, "SMS not taken");
            may_pass |= matches!(sent, Sent::NotSent { .. });
            reasons.push(format!("{provider}: {reason}"));
        }
        // Surely nothing was sent. It is worth another try if one of them may take it then.
        let reason = reasons.join("; ");
        let sent = if may_pass { Sent::NotSent { reason } } else { Sent::Refused { reason } };
        SmsSent { sent, provider: None }
    }
}

fn outcome(sent: &Sent) -> &'static str {
    match sent {
        Sent::Accepted { .. } => "accepted",
        Sent::Refused { .. } => "refused",
        Sent::NotSent { .. } => "not_sent",
        Sent::Unknown { .. } => "unknown",
    }
}
