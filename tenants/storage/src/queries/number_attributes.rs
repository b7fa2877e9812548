//! What is kept of the directory's attribute that holds numbers.

use diesel::{
    dsl::{exists, not},
    prelude::*,
    upsert::excluded,
};
use portvakt_domain::{
    audit::NewEvent,
    id::{AccountKey, TenantId},
    job::Job,
    keys::KeyedHash,
    number_attribute::AttributeRecord,
    number_change::ChangeOrigin,
    time::Instant,
};

use super::{
    Conn, audit, jobs, lock, messages, number_changes, numbers,
    schema::{number_attributes, numbers as numbers_table},
};
use crate::{
    error::Outcome,
    flows::AskChange,
    lock::Lock,
    number_attributes::{ImportNumber, Withdraw, WroteNumber},
    values::{At, Id, at, optional_hash},
};

pub(crate) fn find(c: &mut Conn, tenant: TenantId, account: &AccountKey) -> Outcome<AttributeRecord> {
    let row: Option<(Option<Vec<u8>>, Option<At>)> = number_attributes::table
        .find((Id(tenant.0), Id(account.0)))
        .select((number_attributes::number_hash, number_attributes::to_write_since))
        .first(c)
        .optional()?;
    let waits = number_changes::waiting(c, tenant, account)?;
    let (number_hash, to_write_since) = row.unwrap_or_default();
    Ok(AttributeRecord {
        number_hash: optional_hash(number_hash, "number_attributes.number_hash")?,
        to_write_since: to_write_since.map(|since| since.0),
        change_waits: waits.is_some_and(|change| change.origin == ChangeOrigin::Directory),
    })
}

pub(crate) fn import(c: &mut Conn, tenant: TenantId, imported: &ImportNumber) -> Outcome<bool> {
    lock(c, Lock::Account(tenant, imported.account))?;
    if !numbers::list(c, tenant, &imported.account)?.is_empty() {
        return Ok(false);
    }
    numbers::add(c, tenant, imported.account, &imported.number)?;
    note(c, tenant, imported.account, Some(imported.number.number_hash), imported.number.at)?;
    audit::record(c, tenant, std::slice::from_ref(&imported.event))?;
    Ok(true)
}

pub(crate) fn ask(c: &mut Conn, tenant: TenantId, asked: &AskChange, overtaken: &NewEvent) -> Outcome<bool> {
    let (change, now) = (&asked.change, asked.change.requested_at);
    lock(c, Lock::Account(tenant, change.account))?;
    if let Some(waits) = number_changes::waiting(c, tenant, &change.account)? {
        if waits.origin == ChangeOrigin::Person || waits.number_hash == change.number_hash {
            return Ok(false);
        }
        number_changes::cancel(c, tenant, change.account, now)?;
        audit::record(c, tenant, std::slice::from_ref(overtaken))?;
    }
    number_changes::ask(c, tenant, change)?;
    for notice in &asked.notices {
        messages::ask(c, tenant, notice, now)?;
    }
    audit::record(c, tenant, std::slice::from_ref(&asked.event))?;
    Ok(true)
}

pub(crate) fn withdraw(c: &mut Conn, tenant: TenantId, withdrawn: &Withdraw) -> Outcome<bool> {
    let (account, now) = (withdrawn.account, withdrawn.now);
    lock(c, Lock::Account(tenant, account))?;
    if let Some(agreed) = withdrawn.agreed {
        note(c, tenant, account, agreed, now)?;
    }
    let waits = number_changes::waiting(c, tenant, &account)?;
    if waits.is_none_or(|waits| waits.origin != ChangeOrigin::Directory) {
        return Ok(false);
    }
    number_changes::cancel(c, tenant, account, now)?;
    for notice in &withdrawn.notices {
        messages::ask(c, tenant, notice, now)?;
    }
    audit::record(c, tenant, std::slice::from_ref(&withdrawn.event))?;
    Ok(true)
}

pub(crate) fn want(c: &mut Conn, tenant: TenantId, account: &AccountKey, now: &Instant) -> Outcome<()> {
    diesel::insert_into(number_attributes::table)
        .values((
            number_attributes::tenant_id.eq(Id(tenant.0)),
            number_attributes::account.eq(Id(account.0)),
            number_attributes::to_write_since.eq(Some(at(*now))),
            number_attributes::compared_at.eq(at(*now)),
        ))
        .on_conflict((number_attributes::tenant_id, number_attributes::account))
        .do_update()
        .set(number_attributes::to_write_since.eq(excluded(number_attributes::to_write_since)))
        .execute(c)?;
    jobs::ask(c, tenant, &Job::WriteNumber { account: *account }, *now, *now)?;
    Ok(())
}

pub(crate) fn wrote(c: &mut Conn, tenant: TenantId, wrote: &WroteNumber) -> Outcome<bool> {
    let settled = diesel::update(number_attributes::table.find((Id(tenant.0), Id(wrote.account.0))))
        .filter(number_attributes::to_write_since.eq(Some(at(wrote.since))))
        .set((
            number_attributes::number_hash.eq(wrote.number_hash.map(|hash| hash.0.to_vec())),
            number_attributes::to_write_since.eq(None::<At>),
            number_attributes::compared_at.eq(at(wrote.now)),
        ))
        .execute(c)?;
    audit::record(c, tenant, std::slice::from_ref(&wrote.event))?;
    Ok(settled == 1)
}

pub(crate) fn not_compared_since(
    c: &mut Conn,
    tenant: TenantId,
    before: &Instant,
    limit: &i64,
) -> Outcome<Vec<AccountKey>> {
    let attribute = number_attributes::tenant_id
        .eq(numbers_table::tenant_id)
        .and(number_attributes::account.eq(numbers_table::account));
    let mut accounts: Vec<Id> = numbers_table::table
        .left_join(number_attributes::table.on(attribute))
        .filter(numbers_table::tenant_id.eq(Id(tenant.0)))
        .filter(numbers_table::holder.is_null())
        .filter(number_attributes::compared_at.is_null().or(number_attributes::compared_at.lt(at(*before))))
        .order((number_attributes::compared_at, numbers_table::account))
        .limit(*limit)
        .select(numbers_table::account)
        .load(c)?;
    // An account with two numbers came twice.
    accounts.dedup();
    Ok(accounts.into_iter().map(|account| AccountKey(account.0)).collect())
}

pub(crate) fn to_be_emptied(c: &mut Conn, tenant: TenantId) -> Outcome<Vec<AccountKey>> {
    let numbers = numbers_table::table
        .filter(numbers_table::tenant_id.eq(number_attributes::tenant_id))
        .filter(numbers_table::account.eq(number_attributes::account));
    let accounts: Vec<Id> = number_attributes::table
        .filter(number_attributes::tenant_id.eq(Id(tenant.0)))
        .filter(number_attributes::to_write_since.is_not_null())
        .filter(not(exists(numbers)))
        .order(number_attributes::account)
        .select(number_attributes::account)
        .load(c)?;
    Ok(accounts.into_iter().map(|account| AccountKey(account.0)).collect())
}

pub(crate) fn compared(c: &mut Conn, tenant: TenantId, account: &AccountKey, now: &Instant) -> Outcome<()> {
    diesel::insert_into(number_attributes::table)
        .values((
            number_attributes::tenant_id.eq(Id(tenant.0)),
            number_attributes::account.eq(Id(account.0)),
            number_attributes::compared_at.eq(at(*now)),
        ))
        .on_conflict((number_attributes::tenant_id, number_attributes::account))
        .do_update()
        .set(number_attributes::compared_at.eq(excluded(number_attributes::compared_at)))
        .execute(c)?;
    Ok(())
}

/// Keeps what the attribute says as dealt with.
pub(crate) fn note(
    c: &mut Conn,
    tenant: TenantId,
    account: AccountKey,
    number_hash: Option<KeyedHash>,
    now: Instant,
) -> Outcome<()> {
    diesel::insert_into(number_attributes::table)
        .values((
            number_attributes::tenant_id.eq(Id(tenant.0)),
            number_attributes::account.eq(Id(account.0)),
            number_attributes::number_hash.eq(number_hash.map(|hash| hash.0.to_vec())),
            number_attributes::compared_at.eq(at(now)),
        ))
        .on_conflict((number_attributes::tenant_id, number_attributes::account))
        .do_update()
        .set((
            number_attributes::number_hash.eq(excluded(number_attributes::number_hash)),
            number_attributes::compared_at.eq(excluded(number_attributes::compared_at)),
        ))
        .execute(c)?;
    Ok(())
}

/// Hashes that were not looked at since.
fn hashes(tenant: TenantId, before: Option<Instant>) -> number_attributes::BoxedQuery<'static, super::Db> {
    let held = number_attributes::table
        .filter(number_attributes::tenant_id.eq(Id(tenant.0)))
        .filter(number_attributes::number_hash.is_not_null())
        .into_boxed();
    match before {
        None => held,
        Some(before) => held
            .filter(number_attributes::compared_at.lt(at(before)))
            .filter(number_attributes::rehashed_at.is_null().or(number_attributes::rehashed_at.lt(Some(at(before))))),
    }
}

pub(crate) fn count_hashes(c: &mut Conn, tenant: TenantId, before: &Option<Instant>) -> Outcome<i64> {
    Ok(hashes(tenant, *before).count().get_result(c)?)
}

pub(crate) fn list_hashes(
    c: &mut Conn,
    tenant: TenantId,
    before: &Option<Instant>,
    after: &Option<AccountKey>,
    limit: &i64,
) -> Outcome<Vec<(AccountKey, KeyedHash)>> {
    let rows: Vec<(Id, Option<Vec<u8>>)> = hashes(tenant, *before)
        .filter(number_attributes::account.gt(Id(after.map_or(uuid::Uuid::nil(), |account| account.0))))
        .order(number_attributes::account)
        .limit(*limit)
        .select((number_attributes::account, number_attributes::number_hash))
        .load(c)?;
    let read = |(account, hash): (Id, Option<Vec<u8>>)| {
        let hash = optional_hash(hash, "number_attributes.number_hash")?;
        Ok(hash.map(|hash| (AccountKey(account.0), hash)))
    };
    rows.into_iter().filter_map(|row| read(row).transpose()).collect()
}

pub(crate) fn exchange_hash(
    c: &mut Conn,
    tenant: TenantId,
    account: &AccountKey,
    old: &KeyedHash,
    new: &KeyedHash,
    now: &Instant,
) -> Outcome<bool> {
    let exchanged = diesel::update(number_attributes::table.find((Id(tenant.0), Id(account.0))))
        .filter(number_attributes::number_hash.eq(Some(old.0.to_vec())))
        .set((
            number_attributes::number_hash.eq(Some(new.0.to_vec())),
            number_attributes::rehashed_at.eq(Some(at(*now))),
        ))
        .execute(c)?;
    Ok(exchanged == 1)
}
