//! A flow as its row has it.

use diesel::prelude::*;
use portvakt_domain::{
    flow::{Flow, FlowKind, FlowState, NumberTask},
    id::{AccountKey, FlowId, MessageId, TenantId},
    keys::Sealed,
};

use super::super::{Db, schema::flows};
use crate::{
    error::{Outcome, corrupt},
    values::{At, Id, choice, hash, language, optional_hash, optional_sealed},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = flows, check_for_backend(Db))]
pub(super) struct FlowRow {
    tenant_id: Id,
    id: Id,
    kind: String,
    state: String,
    login: Vec<u8>,
    account: Option<Id>,
    network: Vec<u8>,
    trusted_network: bool,
    language: String,
    pending_number: Option<Vec<u8>>,
    pending_number_hash: Option<Vec<u8>>,
    choice: Option<String>,
    code_message: Option<Id>,
    code_requested_at: Option<At>,
    code_hash: Option<Vec<u8>>,
    tries: i32,
    wrong_codes: i32,
    codes_sent: i32,
    created_at: At,
    touched_at: At,
    task: Option<String>,
    target: Option<Id>,
    proof: Option<Id>,
    pending_holder: Option<Vec<u8>>,
    code_number: Option<Id>,
}

impl FlowRow {
    pub(super) fn read(self) -> Outcome<Flow> {
        Ok(Flow {
            tenant: TenantId(self.tenant_id.0),
            id: FlowId(self.id.0),
            kind: FlowKind::from_stored(&self.kind).ok_or_else(|| corrupt("flows.kind"))?,
            state: FlowState::from_stored(&self.state).ok_or_else(|| corrupt("flows.state"))?,
            login: Sealed(self.login),
            account: self.account.map(|account| AccountKey(account.0)),
            network: hash(self.network, "flows.network")?,
            trusted_network: self.trusted_network,
            language: language(&self.language, "flows.language")?,
            pending_number: optional_sealed(self.pending_number),
            pending_number_hash: optional_hash(self.pending_number_hash, "flows.pending_number_hash")?,
            task: self
                .task
                .map(|name| NumberTask::from_stored(&name).ok_or_else(|| corrupt("flows.task")))
                .transpose()?,
            target: self.target.map(|row| row.0),
            proof: self.proof.map(|row| row.0),
            pending_holder: optional_sealed(self.pending_holder),
            code_number: self.code_number.map(|row| row.0),
            code_message: self.code_message.map(|message| MessageId(message.0)),
            choice: self.choice.map(|name| choice(&name, "flows.choice")).transpose()?,
            code_requested_at: self.code_requested_at.map(|requested| requested.0),
            code_hash: optional_hash(self.code_hash, "flows.code_hash")?,
            tries: self.tries,
            wrong_codes: self.wrong_codes,
            codes_sent: self.codes_sent,
            created_at: self.created_at.0,
            touched_at: self.touched_at.0,
        })
    }
}
