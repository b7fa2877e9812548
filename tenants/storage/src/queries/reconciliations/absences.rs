//! Who of those with numbers is absent, and the removal of their numbers.

use diesel::{dsl::max, prelude::*, upsert::excluded};
use portvakt_domain::{
    id::{AccountKey, TenantId},
    reconciliation::Absence,
    time::Instant,
};

use super::super::{
    Conn, audit, flows, lock, number_attributes, number_changes,
    schema::{number_attributes as attributes_table, numbers, reconciliation_absences as table, reconciliation_runs},
};
use crate::{
    error::{Outcome, corrupt},
    lock::Lock,
    reconciliations::{Absent, AttributeEnd, RemoveNumbers},
    values::{At, Id, at},
};

/// Rows that go into one statement: a row has five values, and SQLite takes 32,766.
const BATCH: usize = 1_000;

pub(crate) fn registered(
    c: &mut Conn,
    tenant: TenantId,
    after: &Option<AccountKey>,
    limit: &i64,
) -> Outcome<Vec<AccountKey>> {
    let accounts: Vec<Id> = numbers::table
        .filter(numbers::tenant_id.eq(Id(tenant.0)))
        .filter(numbers::account.gt(Id(after.map_or(uuid::Uuid::nil(), |account| account.0))))
        .select(numbers::account)
        .distinct()
        .order(numbers::account)
        .limit(*limit)
        .load(c)?;
    Ok(accounts.into_iter().map(|account| AccountKey(account.0)).collect())
}

pub(crate) fn absences(c: &mut Conn, tenant: TenantId) -> Outcome<Vec<Absent>> {
    let rows: Vec<(Id, At, String, bool)> = table::table
        .filter(table::tenant_id.eq(Id(tenant.0)))
        .order(table::account)
        .select((table::account, table::since, table::reason, table::accepted))
        .load(c)?;
    let read = |(account, since, reason, accepted): (Id, At, String, bool)| {
        let reason = Absence::from_stored(&reason).ok_or_else(|| corrupt("reconciliation_absences.reason"))?;
        Ok(Absent { account: AccountKey(account.0), since: since.0, reason, accepted })
    };
    rows.into_iter().map(read).collect()
}

pub(crate) fn note_absences(c: &mut Conn, tenant: TenantId, absent: &[Absent]) -> Outcome<()> {
    // Everybody writes them in the same order: two never wait for each other in a circle.
    let mut absent = absent.to_vec();
    absent.sort_by_key(|absent| absent.account);
    let row = |absent: &Absent| {
        (
            table::tenant_id.eq(Id(tenant.0)),
            table::account.eq(Id(absent.account.0)),
            table::since.eq(at(absent.since)),
            table::reason.eq(absent.reason.as_str()),
            table::accepted.eq(absent.accepted),
        )
    };
    for batch in absent.chunks(BATCH) {
        diesel::insert_into(table::table)
            .values(batch.iter().map(row).collect::<Vec<_>>())
            .on_conflict((table::tenant_id, table::account))
            .do_update()
            .set((table::reason.eq(excluded(table::reason)), table::accepted.eq(excluded(table::accepted))))
            .execute(c)?;
    }
    Ok(())
}

pub(crate) fn forget_absences(c: &mut Conn, tenant: TenantId, accounts: &[AccountKey]) -> Outcome<()> {
    let mut accounts: Vec<Id> = accounts.iter().map(|account| Id(account.0)).collect();
    accounts.sort();
    for batch in accounts.chunks(BATCH) {
        diesel::delete(table::table)
            .filter(table::tenant_id.eq(Id(tenant.0)))
            .filter(table::account.eq_any(batch))
            .execute(c)?;
    }
    Ok(())
}

pub(crate) fn remove(c: &mut Conn, tenant: TenantId, removal: &RemoveNumbers) -> Outcome<bool> {
    let (account, now) = (removal.absent.account, removal.now);
    lock(c, Lock::Account(tenant, account))?;
    if was_there(c, tenant, &removal.absent)? {
        begin_anew(c, tenant, &removal.absent, now)?;
        return Ok(false);
    }
    // Of two that remove them, one finds it.
    let absence = diesel::delete(table::table.find((Id(tenant.0), Id(account.0))))
        .filter(table::since.eq(at(removal.absent.since)))
        .execute(c)?;
    if absence == 0 {
        return Ok(false);
    }
    let removed = diesel::delete(numbers::table)
        .filter(numbers::tenant_id.eq(Id(tenant.0)))
        .filter(numbers::account.eq(Id(account.0)))
        .execute(c)?;
    if removed == 0 {
        return Ok(false);
    }
    end_attribute(c, tenant, account, removal.attribute, now)?;
    flows::end_flows_of(c, tenant, account, None, now)?;
    let mut event = removal.event.clone();
    event.details.insert("numbers".to_owned(), removed.to_string());
    let mut events = vec![event];
    if number_changes::cancel(c, tenant, account, now)?.is_some() {
        events.push(removal.overtaken.clone());
    }
    audit::record(c, tenant, &events)?;
    diesel::update(reconciliation_runs::table.find((Id(tenant.0), Id(removal.id.0))))
        .set(reconciliation_runs::removed.eq(reconciliation_runs::removed + 1))
        .execute(c)?;
    Ok(true)
}

/// Whether a number was registered since the absence began: nobody can do that whose account is absent.
fn was_there(c: &mut Conn, tenant: TenantId, absent: &Absent) -> Outcome<bool> {
    let newest: Option<At> = numbers::table
        .filter(numbers::tenant_id.eq(Id(tenant.0)))
        .filter(numbers::account.eq(Id(absent.account.0)))
        .select(max(numbers::registered_at))
        .first(c)?;
    Ok(newest.is_some_and(|newest| newest.0 > absent.since))
}

fn begin_anew(c: &mut Conn, tenant: TenantId, absent: &Absent, now: Instant) -> Outcome<()> {
    diesel::update(table::table.find((Id(tenant.0), Id(absent.account.0))))
        .filter(table::since.eq(at(absent.since)))
        .set(table::since.eq(at(now)))
        .execute(c)?;
    Ok(())
}

/// No hash of a number stays. What is in the directory must not come back as a first number of somebody who returns: the
/// phone may be another's by then.
fn end_attribute(c: &mut Conn, tenant: TenantId, account: AccountKey, end: AttributeEnd, now: Instant) -> Outcome<()> {
    match end {
        AttributeEnd::Empty => {
            number_attributes::note(c, tenant, account, None, now)?;
            number_attributes::want(c, tenant, &account, &now)
        }
        AttributeEnd::Forget => {
            diesel::delete(attributes_table::table.find((Id(tenant.0), Id(account.0)))).execute(c)?;
            Ok(())
        }
    }
}
