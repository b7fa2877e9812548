//! Registered recovery numbers.

use diesel::{prelude::*, upsert::excluded};
use portvakt_domain::{
    id::{AccountKey, TenantId},
    keys::{KeyedHash, Sealed},
    time::Instant,
};
use uuid::Uuid;

use super::{Conn, schema::numbers};
use crate::{
    error::Outcome,
    numbers::StoredNumber,
    values::{At, Id, at, hash},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = numbers, check_for_backend(super::Db))]
struct NumberRow {
    id: Id,
    number: Vec<u8>,
    number_hash: Vec<u8>,
    registered_at: At,
}

pub(crate) fn find(c: &mut Conn, tenant: TenantId, account: &AccountKey) -> Outcome<Option<StoredNumber>> {
    let row: Option<NumberRow> =
        numbers::table.find((Id(tenant.0), Id(account.0))).select(NumberRow::as_select()).first(c).optional()?;
    row.map(|row| {
        Ok(StoredNumber {
            row_id: row.id.0,
            sealed: Sealed(row.number),
            number_hash: hash(row.number_hash, "numbers.number_hash")?,
            registered_at: row.registered_at.0,
        })
    })
    .transpose()
}

pub(crate) fn import(
    c: &mut Conn,
    tenant: TenantId,
    account: &AccountKey,
    row_id: &Uuid,
    sealed: &Sealed,
    number_hash: &KeyedHash,
    since: &Instant,
) -> Outcome<()> {
    diesel::insert_into(numbers::table)
        .values((
            numbers::tenant_id.eq(Id(tenant.0)),
            numbers::account.eq(Id(account.0)),
            numbers::id.eq(Id(*row_id)),
            numbers::number.eq(&sealed.0),
            numbers::number_hash.eq(number_hash.0.to_vec()),
            numbers::registered_at.eq(at(*since)),
        ))
        .on_conflict((numbers::tenant_id, numbers::account))
        .do_update()
        .set((
            numbers::id.eq(excluded(numbers::id)),
            numbers::number.eq(excluded(numbers::number)),
            numbers::number_hash.eq(excluded(numbers::number_hash)),
            numbers::registered_at.eq(excluded(numbers::registered_at)),
        ))
        .execute(c)?;
    Ok(())
}
