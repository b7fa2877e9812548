//! Registered recovery numbers.

use diesel::{dsl::max, prelude::*};
use portvakt_domain::{
    id::{AccountKey, TenantId},
    keys::{KeyedHash, Sealed},
    time::Instant,
};
use uuid::Uuid;

use super::{Conn, schema::numbers};
use crate::{
    error::{Outcome, corrupt},
    numbers::{NewNumber, SeenNumber, StoredNumber},
    values::{At, Id, at, hash, optional_sealed},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = numbers, check_for_backend(super::Db))]
struct NumberRow {
    id: Id,
    number: Vec<u8>,
    holder: Option<Vec<u8>>,
    number_hash: Vec<u8>,
    registered_at: At,
}

pub(crate) fn list(c: &mut Conn, tenant: TenantId, account: &AccountKey) -> Outcome<Vec<StoredNumber>> {
    let rows: Vec<NumberRow> = numbers::table
        .filter(numbers::tenant_id.eq(Id(tenant.0)))
        .filter(numbers::account.eq(Id(account.0)))
        .order((numbers::position, numbers::id))
        .select(NumberRow::as_select())
        .load(c)?;
    let read = |row: NumberRow| {
        Ok(StoredNumber {
            row_id: row.id.0,
            sealed: Sealed(row.number),
            holder: optional_sealed(row.holder),
            number_hash: hash(row.number_hash, "numbers.number_hash")?,
            registered_at: row.registered_at.0,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Whether the number that was read is still the one in its row. The same is asked where none was read.
pub(crate) fn stands(c: &mut Conn, tenant: TenantId, account: AccountKey, seen: Option<SeenNumber>) -> Outcome<bool> {
    let row = seen.map_or(Uuid::nil(), |seen| seen.row_id);
    let since: Option<At> = numbers::table
        .find((Id(tenant.0), Id(row)))
        .filter(numbers::account.eq(Id(account.0)))
        .select(numbers::registered_at)
        .first(c)
        .optional()?;
    Ok(since.map(|since| since.0) == seen.map(|seen| seen.since))
}

pub(crate) fn import(c: &mut Conn, tenant: TenantId, account: &AccountKey, all: &[NewNumber]) -> Outcome<()> {
    diesel::delete(numbers::table)
        .filter(numbers::tenant_id.eq(Id(tenant.0)))
        .filter(numbers::account.eq(Id(account.0)))
        .execute(c)?;
    for number in all {
        add(c, tenant, *account, number)?;
    }
    Ok(())
}

/// Registers one more number, after those that are there.
pub(crate) fn add(c: &mut Conn, tenant: TenantId, account: AccountKey, number: &NewNumber) -> Outcome<()> {
    let last: Option<i32> = numbers::table
        .filter(numbers::tenant_id.eq(Id(tenant.0)))
        .filter(numbers::account.eq(Id(account.0)))
        .select(max(numbers::position))
        .first(c)?;
    diesel::insert_into(numbers::table)
        .values((
            numbers::tenant_id.eq(Id(tenant.0)),
            numbers::id.eq(Id(number.row_id)),
            numbers::account.eq(Id(account.0)),
            numbers::number.eq(&number.sealed.0),
            numbers::number_hash.eq(number.number_hash.0.to_vec()),
            numbers::registered_at.eq(at(number.at)),
            numbers::position.eq(last.map_or(0, |last| last + 1)),
            numbers::holder.eq(number.holder.as_ref().map(|holder| holder.0.clone())),
        ))
        .execute(c)?;
    Ok(())
}

/// Puts a number in the place of the one in `row`: the holder and the order stay.
pub(crate) fn replace(
    c: &mut Conn,
    tenant: TenantId,
    account: AccountKey,
    row: Uuid,
    sealed: &Sealed,
    number_hash: &KeyedHash,
    now: Instant,
) -> Outcome<()> {
    let changed = diesel::update(numbers::table.find((Id(tenant.0), Id(row))))
        .filter(numbers::account.eq(Id(account.0)))
        .set((
            numbers::number.eq(&sealed.0),
            numbers::number_hash.eq(number_hash.0.to_vec()),
            numbers::registered_at.eq(at(now)),
        ))
        .execute(c)?;
    one(changed)
}

/// Removes the number in `row`.
pub(crate) fn remove(c: &mut Conn, tenant: TenantId, account: AccountKey, row: Uuid) -> Outcome<()> {
    let removed = diesel::delete(numbers::table.find((Id(tenant.0), Id(row))))
        .filter(numbers::account.eq(Id(account.0)))
        .execute(c)?;
    one(removed)
}

/// Every change of an account's numbers ends its other flows, so a row that a flow speaks of is there.
fn one(rows: usize) -> Outcome<()> {
    if rows == 1 { Ok(()) } else { Err(corrupt("numbers.id")) }
}
