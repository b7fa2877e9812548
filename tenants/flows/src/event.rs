//! Audit events, made the same way everywhere.

use std::collections::BTreeMap;

use portvakt_domain::{
    audit::{AuditKind, NewEvent},
    flow::Flow,
    id::{AccountKey, EventId, FlowId},
    keys::KeyedHash,
};
use uuid::Uuid;

use crate::{Platform, Visitor};

/// An event without subject, flow or network; the `with_*` functions add what is known.
pub(crate) fn event(platform: &Platform, kind: AuditKind) -> NewEvent {
    let at = platform.now();
    NewEvent {
        id: EventId::new(at, platform.random.as_ref()),
        at,
        kind,
        account: None,
        flow: None,
        network: None,
        actor: None,
        details: BTreeMap::new(),
    }
}

/// An event of a flow.
pub(crate) fn flow_event(platform: &Platform, flow: &Flow, visitor: &Visitor, kind: AuditKind) -> NewEvent {
    event(platform, kind).flow(flow.id).account(flow.account).network(visitor.network)
}

/// Adds what is known to an event.
pub(crate) trait EventExt {
    fn flow(self, flow: FlowId) -> Self;
    fn account(self, account: Option<AccountKey>) -> Self;
    fn network(self, network: KeyedHash) -> Self;
    fn detail(self, name: &str, value: &str) -> Self;
    /// Whose number it was about: the number's row, which names nobody.
    fn holder(self, row: Option<Uuid>) -> Self;
}

impl EventExt for NewEvent {
    fn flow(mut self, flow: FlowId) -> Self {
        self.flow = Some(flow);
        self
    }
    fn account(mut self, account: Option<AccountKey>) -> Self {
        self.account = account;
        self
    }
    fn network(mut self, network: KeyedHash) -> Self {
        self.network = Some(network);
        self
    }
    fn detail(mut self, name: &str, value: &str) -> Self {
        self.details.insert(name.to_owned(), value.to_owned());
        self
    }
    fn holder(self, row: Option<Uuid>) -> Self {
        match row {
            Some(row) => self.detail("holder", &row.to_string()),
            None => self,
        }
    }
}
