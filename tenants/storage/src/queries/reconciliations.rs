//! Reconciliations of registered numbers with the directory.

mod absences;
pub(crate) use absences::{absences, forget_absences, note_absences, registered, remove};

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::{
    dsl::{min, sql},
    prelude::*,
    sql_types::Bool,
};
use portvakt_domain::{
    audit::{AuditKind, NewEvent},
    id::{ReconciliationId, TenantId},
    reconciliation::{Occasion, ReconciliationFigures, ReconciliationState},
    time::Instant,
};

use super::{
    Conn, audit,
    schema::{reconciliation_runs as table, tenant_settings},
};
use crate::{
    error::{Outcome, corrupt},
    reconciliations::{EndReconciliation, NewReconciliation, ReconciliationGlance, StoredReconciliation},
    values::{At, Id, at},
};

/// Why one ended that was left behind.
const OVERTAKEN: &str = "another reconciliation began before it ended";

#[derive(Queryable, Selectable)]
#[diesel(table_name = table, check_for_backend(super::Db))]
struct ReconciliationRow {
    id: Id,
    day: String,
    asked_by: String,
    state: String,
    started_at: At,
    finished_at: Option<At>,
    registered: i64,
    missing: i64,
    disabled: i64,
    expired: i64,
    removed: i64,
    problem: Option<String>,
}

impl ReconciliationRow {
    fn read(self) -> Outcome<StoredReconciliation> {
        let occasion = Occasion::from_stored(&self.asked_by);
        Ok(StoredReconciliation {
            id: ReconciliationId(self.id.0),
            day: day(&self.day)?,
            occasion: occasion.ok_or_else(|| corrupt("reconciliation_runs.asked_by"))?,
            state: state(&self.state)?,
            started_at: self.started_at.0,
            finished_at: self.finished_at.map(|finished| finished.0),
            figures: ReconciliationFigures {
                registered: self.registered,
                missing: self.missing,
                disabled: self.disabled,
                expired: self.expired,
                removed: self.removed,
            },
            problem: self.problem,
        })
    }
}

fn day(text: &str) -> Outcome<NaiveDate> {
    text.parse().map_err(|_| corrupt("reconciliation_runs.day"))
}

fn state(name: &str) -> Outcome<ReconciliationState> {
    ReconciliationState::from_stored(name).ok_or_else(|| corrupt("reconciliation_runs.state"))
}

pub(crate) fn begin(c: &mut Conn, tenant: TenantId, new: &NewReconciliation) -> Outcome<ReconciliationId> {
    let mut standing = stand(c, tenant, new)?;
    if (standing.day, standing.occasion) != (new.day, new.occasion) {
        overtake(c, tenant, standing.id, new.now)?;
        standing = stand(c, tenant, new)?;
    }
    Ok(standing.id)
}

/// The one that is under way, held until the transaction ends; this one where none was.
fn stand(c: &mut Conn, tenant: TenantId, new: &NewReconciliation) -> Outcome<StoredReconciliation> {
    let row: ReconciliationRow = diesel::insert_into(table::table)
        .values((
            table::tenant_id.eq(Id(tenant.0)),
            table::id.eq(Id(new.id.0)),
            table::day.eq(new.day.to_string()),
            table::asked_by.eq(new.occasion.as_str()),
            table::state.eq(ReconciliationState::Running.as_str()),
            table::started_at.eq(at(new.now)),
            table::registered.eq(0),
            table::missing.eq(0),
            table::disabled.eq(0),
            table::expired.eq(0),
            table::removed.eq(0),
        ))
        // In words: a value that is bound does not tell the database which index is meant.
        .on_conflict(sql::<Bool>("(tenant_id) where state = 'running'"))
        .do_update()
        .set(table::state.eq(table::state))
        .returning(ReconciliationRow::as_returning())
        .get_result(c)?;
    row.read()
}

/// Ends one that was left behind.
fn overtake(c: &mut Conn, tenant: TenantId, id: ReconciliationId, now: Instant) -> Outcome<()> {
    let event = audit::made(AuditKind::NumbersReconciled, now, BTreeMap::new());
    let (state, problem) = (ReconciliationState::Failed, Some(OVERTAKEN.to_owned()));
    let figures = ReconciliationFigures::default();
    end(c, tenant, &EndReconciliation { id, state, figures, problem, at: now, event }).map(drop)
}

pub(crate) fn end(c: &mut Conn, tenant: TenantId, end: &EndReconciliation) -> Outcome<bool> {
    let ended: Option<ReconciliationRow> = diesel::update(table::table.find((Id(tenant.0), Id(end.id.0))))
        .filter(table::state.eq(ReconciliationState::Running.as_str()))
        .set((
            table::state.eq(end.state.as_str()),
            table::finished_at.eq(at(end.at)),
            table::problem.eq(&end.problem),
            table::registered.eq(end.figures.registered),
            table::missing.eq(end.figures.missing),
            table::disabled.eq(end.figures.disabled),
            table::expired.eq(end.figures.expired),
        ))
        .returning(ReconciliationRow::as_returning())
        .get_result(c)
        .optional()?;
    let Some(ended) = ended.map(ReconciliationRow::read).transpose()? else { return Ok(false) };
    audit::record(c, tenant, &[told(&end.event, &ended)])?;
    Ok(true)
}

fn told(event: &NewEvent, ended: &StoredReconciliation) -> NewEvent {
    let ReconciliationFigures { registered, missing, disabled, expired, removed } = ended.figures;
    let mut event = event.clone();
    event.details.extend([
        ("reconciliation".to_owned(), ended.id.to_string()),
        ("outcome".to_owned(), ended.state.as_str().to_owned()),
        ("asked_by".to_owned(), ended.occasion.as_str().to_owned()),
        ("registered".to_owned(), registered.to_string()),
        ("missing".to_owned(), missing.to_string()),
        ("disabled".to_owned(), disabled.to_string()),
        ("expired".to_owned(), expired.to_string()),
        ("removed".to_owned(), removed.to_string()),
    ]);
    event
}

pub(crate) fn list(c: &mut Conn, tenant: TenantId, limit: &i64) -> Outcome<Vec<StoredReconciliation>> {
    let rows: Vec<ReconciliationRow> = table::table
        .filter(table::tenant_id.eq(Id(tenant.0)))
        .order((table::started_at.desc(), table::id.desc()))
        .limit(*limit)
        .select(ReconciliationRow::as_select())
        .load(c)?;
    rows.into_iter().map(ReconciliationRow::read).collect()
}

pub(crate) fn covered(c: &mut Conn, tenant: TenantId, now: &Instant) -> Outcome<Option<NaiveDate>> {
    let over = [ReconciliationState::Done, ReconciliationState::Stopped];
    let newest: Option<String> = table::table
        .filter(table::tenant_id.eq(Id(tenant.0)))
        .filter(table::asked_by.eq(Occasion::Schedule.as_str()))
        .filter(table::state.eq_any(over.map(ReconciliationState::as_str)))
        .filter(table::started_at.le(at(*now)))
        .order((table::started_at.desc(), table::id.desc()))
        .select(table::day)
        .first(c)
        .optional()?;
    newest.map(|newest: String| day(&newest)).transpose()
}

pub(crate) fn tenant_since(c: &mut Conn, tenant: TenantId) -> Outcome<Option<Instant>> {
    let first: Option<At> = tenant_settings::table
        .filter(tenant_settings::tenant_id.eq(Id(tenant.0)))
        .select(min(tenant_settings::created_at))
        .first(c)?;
    Ok(first.map(|first| first.0))
}

pub(crate) fn glance(c: &mut Conn, tenant: TenantId) -> Outcome<ReconciliationGlance> {
    let ended = || {
        table::table
            .filter(table::tenant_id.eq(Id(tenant.0)))
            .filter(table::state.ne(ReconciliationState::Running.as_str()))
            .order((table::started_at.desc(), table::id.desc()))
    };
    let last_done: Option<Option<At>> = ended()
        .filter(table::state.eq(ReconciliationState::Done.as_str()))
        .select(table::finished_at)
        .first(c)
        .optional()?;
    let newest: Option<String> = ended().select(table::state).first(c).optional()?;
    let newest = newest.map(|newest: String| state(&newest)).transpose()?;
    Ok(ReconciliationGlance {
        last_done_at: last_done.flatten().map(|done| done.0),
        stopped: newest.is_some_and(|newest| newest != ReconciliationState::Done),
    })
}
