//! The audit trail.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::TimeDelta;
use diesel::{
    dsl::{exists, min},
    prelude::*,
};
use portvakt_domain::{
    audit::{self, AuditKind, Event, Head, NewEvent, Seal},
    audit_checkpoint::Checkpoint,
    id::{AccountKey, EventId, FlowId, TenantId},
    job::Job,
    keys::AuditKey,
    time::Instant,
};
use uuid::Uuid;

use super::{
    Conn, ask_to_seal,
    jobs::NewJob,
    lock, make_subject,
    schema::{audit_checkpoints, audit_events, audit_seals, subjects},
};
use crate::{
    audit::SealReport,
    error::{Outcome, StorageError, corrupt},
    lock::Lock,
    values::{At, Id, at, hash, optional_hash},
};

/// Events are sealed together: a job waits a little for more.
const SEAL_DELAY: TimeDelta = TimeDelta::seconds(2);

/// How far an event may come behind the last sealed one and still be found by the short search.
const LATE: TimeDelta = TimeDelta::days(1);

/// Most events sealed at once: so many go into one statement.
const BATCH: i64 = 1_000;

/// Records one event, and beside it that a limit acted, if one did. Otherwise the same event is written once more, which
/// changes nothing: that a limit acted must not cost more than that none did.
pub(crate) fn record_beside(c: &mut Conn, tenant: TenantId, event: NewEvent, hit: Option<NewEvent>) -> Outcome<()> {
    let beside = hit.unwrap_or_else(|| event.clone());
    record(c, tenant, &[event, beside])
}

/// An event that storage itself sees: a limit that acted, a breaker that changed.
pub(crate) fn made(kind: AuditKind, now: Instant, details: BTreeMap<String, String>) -> NewEvent {
    let id = EventId(Id::at(now).0);
    NewEvent { id, at: now, kind, account: None, flow: None, network: None, actor: None, details }
}

pub(crate) fn record(c: &mut Conn, tenant: TenantId, events: &[NewEvent]) -> Outcome<()> {
    let Some(latest) = events.iter().map(|event| event.at).max() else { return Ok(()) };
    let mut known: Option<(Option<AccountKey>, Option<Id>)> = None;
    for event in events {
        let subject = match known {
            Some((account, subject)) if account == event.account => subject,
            _ => subject(c, tenant, event.account)?,
        };
        known = Some((event.account, subject));
        insert(c, tenant, event, subject)?;
    }
    ask_to_seal(c, tenant, NewJob::of(&Job::SealAudit, latest, latest + SEAL_DELAY, Id::at(latest))?)
}

/// The event that ends a flow for too many tries, beside the one that tells of the last try.
pub(crate) fn exhausted(last: &NewEvent) -> NewEvent {
    NewEvent {
        id: EventId(Id::at(last.at).0),
        kind: AuditKind::FlowExhausted,
        details: BTreeMap::new(),
        ..last.clone()
    }
}

fn insert(c: &mut Conn, tenant: TenantId, event: &NewEvent, subject: Option<Id>) -> Outcome<()> {
    let details = serde_json::to_string(&event.details).map_err(|error| StorageError::Internal(error.into()))?;
    diesel::insert_into(audit_events::table)
        .values((
            audit_events::tenant_id.eq(Id(tenant.0)),
            audit_events::id.eq(Id(event.id.0)),
            audit_events::at.eq(at(event.at)),
            audit_events::kind.eq(event.kind.as_str()),
            audit_events::subject.eq(subject),
            audit_events::flow.eq(event.flow.map(|flow| Id(flow.0))),
            audit_events::network.eq(event.network.map(|network| network.0.to_vec())),
            audit_events::actor.eq(&event.actor),
            audit_events::details.eq(details),
        ))
        .on_conflict_do_nothing()
        .execute(c)?;
    Ok(())
}

/// The pseudonym of an account, made when it is first needed. The same also for nobody (who has a row under the nil key):
/// what is recorded of nobody must not cost less than what is recorded of somebody.
fn subject(c: &mut Conn, tenant: TenantId, account: Option<AccountKey>) -> Outcome<Option<Id>> {
    let key = Id(account.map_or(Uuid::nil(), |account| account.0));
    let subject = match make_subject(c, Id(tenant.0), key, Id::random())? {
        Some(subject) => subject,
        None => subjects::table.find((Id(tenant.0), key)).select(subjects::subject).first(c)?,
    };
    Ok(account.map(|_| subject))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_events, check_for_backend(super::Db))]
struct EventRow {
    id: Id,
    at: At,
    kind: String,
    subject: Option<Id>,
    flow: Option<Id>,
    network: Option<Vec<u8>>,
    actor: Option<String>,
    details: String,
}

impl EventRow {
    fn read(self) -> Outcome<Event> {
        Ok(Event {
            id: EventId(self.id.0),
            at: self.at.0,
            kind: self.kind,
            subject: self.subject.map(|subject| subject.0),
            flow: self.flow.map(|flow| FlowId(flow.0)),
            network: optional_hash(self.network, "audit_events.network")?,
            actor: self.actor,
            details: serde_json::from_str(&self.details).map_err(|_| corrupt("audit_events.details"))?,
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_seals, check_for_backend(super::Db))]
struct SealRow {
    seq: i64,
    event: Id,
    seal: Vec<u8>,
    key: Option<String>,
}

impl SealRow {
    fn read(self) -> Outcome<Seal> {
        let seal = hash(self.seal, "audit_seals.seal")?.0;
        Ok(Seal { seq: self.seq, event: EventId(self.event.0), seal, key: self.key })
    }
}

fn last(c: &mut Conn, tenant: TenantId) -> Outcome<Option<Seal>> {
    audit_seals::table
        .filter(audit_seals::tenant_id.eq(Id(tenant.0)))
        .order(audit_seals::seq.desc())
        .select(SealRow::as_select())
        .first(c)
        .optional()?
        .map(SealRow::read)
        .transpose()
}

pub(crate) fn head(c: &mut Conn, tenant: TenantId) -> Outcome<Head> {
    Ok(last(c, tenant)?.map_or(Head::EMPTY, |link| Head { seq: link.seq, seal: link.seal }))
}

/// Events that no link names, oldest first, from `since` on.
fn unsealed(c: &mut Conn, tenant: TenantId, since: Option<At>, limit: i64) -> Outcome<Vec<Event>> {
    let sealed = audit_seals::table
        .filter(audit_seals::tenant_id.eq(audit_events::tenant_id))
        .filter(audit_seals::event.eq(audit_events::id));
    let mut query = audit_events::table
        .filter(audit_events::tenant_id.eq(Id(tenant.0)))
        .filter(diesel::dsl::not(exists(sealed)))
        .order((audit_events::at, audit_events::id))
        .limit(limit)
        .select(EventRow::as_select())
        .into_boxed();
    if let Some(since) = since {
        query = query.filter(audit_events::at.ge(since));
    }
    query.load(c)?.into_iter().map(EventRow::read).collect()
}

pub(crate) fn seal_pending(c: &mut Conn, tenant: TenantId, key: &Arc<AuditKey>, batch: &i64) -> Outcome<SealReport> {
    let batch = (*batch).clamp(1, BATCH);
    lock(c, Lock::Recorded(tenant))?;
    let last = last(c, tenant)?;
    let sealed_until: Option<At> = match &last {
        None => None,
        Some(link) => {
            let row = audit_events::table.find((Id(tenant.0), Id(link.event.0))).select(audit_events::at);
            row.first::<At>(c).optional()?.map(|sealed| At(sealed.0 - LATE))
        }
    };
    let mut events = unsealed(c, tenant, sealed_until, batch + 1)?;
    if events.is_empty() && sealed_until.is_some() {
        // Nothing near the head, though a job was asked for: one may have come much later than its time says. This looks
        // at every event there is, so it is not the rule.
        events = unsealed(c, tenant, None, batch + 1)?;
    }
    let more = events.len() as i64 > batch;
    events.truncate(batch as usize);
    let mut head = last.map_or(Head::EMPTY, |link| Head { seq: link.seq, seal: link.seal });
    let mut links = Vec::with_capacity(events.len());
    for event in &events {
        let seq = head.seq + 1;
        let seal = audit::seal(key, tenant, &head.seal, seq, event);
        links.push((
            audit_seals::tenant_id.eq(Id(tenant.0)),
            audit_seals::seq.eq(seq),
            audit_seals::event.eq(Id(event.id.0)),
            audit_seals::seal.eq(seal.to_vec()),
            audit_seals::key.eq(key.name()),
        ));
        head = Head { seq, seal };
    }
    if !links.is_empty() {
        diesel::insert_into(audit_seals::table).values(links).execute(c)?;
    }
    Ok(SealReport { sealed: events.len(), head, more })
}

pub(crate) fn read_chain(
    c: &mut Conn,
    tenant: TenantId,
    from_seq: &i64,
    limit: &i64,
) -> Outcome<Vec<(Seal, Option<Event>)>> {
    let event = audit_events::tenant_id.eq(audit_seals::tenant_id).and(audit_events::id.eq(audit_seals::event));
    let rows: Vec<(SealRow, Option<EventRow>)> = audit_seals::table
        .left_join(audit_events::table.on(event))
        .filter(audit_seals::tenant_id.eq(Id(tenant.0)))
        .filter(audit_seals::seq.ge(from_seq))
        .order(audit_seals::seq)
        .limit(*limit)
        .select((SealRow::as_select(), Option::<EventRow>::as_select()))
        .load(c)?;
    rows.into_iter().map(|(seal, event)| Ok((seal.read()?, event.map(EventRow::read).transpose()?))).collect()
}

pub(crate) fn unsealed_older_than(c: &mut Conn, tenant: TenantId, than: &Instant) -> Outcome<i64> {
    let sealed = audit_seals::table
        .filter(audit_seals::tenant_id.eq(audit_events::tenant_id))
        .filter(audit_seals::event.eq(audit_events::id));
    let count = audit_events::table
        .filter(audit_events::tenant_id.eq(Id(tenant.0)))
        .filter(audit_events::at.lt(at(*than)))
        .filter(diesel::dsl::not(exists(sealed)))
        .count()
        .get_result(c)?;
    Ok(count)
}

pub(crate) fn last_checkpoint(c: &mut Conn, tenant: TenantId) -> Outcome<Option<Checkpoint>> {
    let row: Option<(i64, String, Vec<u8>, Vec<u8>)> = audit_checkpoints::table
        .filter(audit_checkpoints::tenant_id.eq(Id(tenant.0)))
        .order(audit_checkpoints::seq.desc())
        .select((audit_checkpoints::seq, audit_checkpoints::key, audit_checkpoints::digest, audit_checkpoints::seal))
        .first(c)
        .optional()?;
    let Some((seq, key, digest, seal)) = row else { return Ok(None) };
    let digest = hash(digest, "audit_checkpoints.digest")?.0;
    Ok(Some(Checkpoint { seq, key, digest, seal: hash(seal, "audit_checkpoints.seal")?.0 }))
}

pub(crate) fn add_checkpoint(c: &mut Conn, tenant: TenantId, new: &Checkpoint, now: &Instant) -> Outcome<bool> {
    let added = diesel::insert_into(audit_checkpoints::table)
        .values((
            audit_checkpoints::tenant_id.eq(Id(tenant.0)),
            audit_checkpoints::seq.eq(new.seq),
            audit_checkpoints::key.eq(&new.key),
            audit_checkpoints::digest.eq(new.digest.to_vec()),
            audit_checkpoints::seal.eq(new.seal.to_vec()),
            audit_checkpoints::made_at.eq(at(*now)),
        ))
        .on_conflict_do_nothing()
        .execute(c)?;
    Ok(added == 1)
}

/// The last checkpoint's place and key.
fn covered(c: &mut Conn, tenant: TenantId) -> Outcome<(i64, Option<String>)> {
    let last: Option<(i64, String)> = audit_checkpoints::table
        .filter(audit_checkpoints::tenant_id.eq(Id(tenant.0)))
        .order(audit_checkpoints::seq.desc())
        .select((audit_checkpoints::seq, audit_checkpoints::key))
        .first(c)
        .optional()?;
    Ok(last.map_or((0, None), |(seq, key)| (seq, Some(key))))
}

pub(crate) fn keys_in_use(c: &mut Conn, tenant: TenantId) -> Outcome<BTreeSet<Option<String>>> {
    let (covered, key) = covered(c, tenant)?;
    let behind = || {
        let links = audit_seals::table.filter(audit_seals::tenant_id.eq(Id(tenant.0)));
        links.filter(audit_seals::seq.gt(covered))
    };
    let mut keys: BTreeSet<Option<String>> = key.map(Some).into_iter().collect();
    if diesel::select(exists(behind().filter(audit_seals::key.is_null()))).get_result(c)? {
        keys.insert(None);
    }
    // From one key to the next by the index: no link is looked at but the first of each.
    let mut last = String::new();
    loop {
        let next = audit_seals::table
            .filter(audit_seals::tenant_id.eq(Id(tenant.0)))
            .filter(audit_seals::key.gt(&last))
            .select(min(audit_seals::key));
        let Some(key) = next.first::<Option<String>>(c)? else { return Ok(keys) };
        if diesel::select(exists(behind().filter(audit_seals::key.eq(&key)))).get_result(c)? {
            keys.insert(Some(key.clone()));
        }
        last = key;
    }
}

pub(crate) fn count_by_key(c: &mut Conn, tenant: TenantId) -> Outcome<Vec<(Option<String>, i64)>> {
    let (covered, key) = covered(c, tenant)?;
    let mut keys: Vec<(Option<String>, i64)> = audit_seals::table
        .filter(audit_seals::tenant_id.eq(Id(tenant.0)))
        .filter(audit_seals::seq.gt(covered))
        .group_by(audit_seals::key)
        .select((audit_seals::key, diesel::dsl::count_star()))
        .load(c)?;
    keys.extend(key.map(|key| (Some(key), 1)));
    Ok(keys)
}
