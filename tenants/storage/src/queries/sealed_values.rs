//! Sealed values of every column, by the keys that sealed them: a value begins with a byte for the format, one for the
//! length of the key's name, and the name.

use std::collections::BTreeMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Binary, Nullable, Text},
};
use portvakt_domain::{
    id::TenantId,
    keys::{FORMAT, Sealed, is_key_name},
    number_change::NumberChangeState,
};
use uuid::Uuid;

use super::{Conn, schema::number_changes, sql};
use crate::{
    error::{Outcome, corrupt},
    sealed_values::{Resealed, SealedColumn, SealedValue, Sealings},
    values::Id,
};

#[derive(QueryableByName)]
struct Head {
    /// Of a value that is shorter nothing: on SQLite that is null.
    #[diesel(sql_type = Nullable<Binary>)]
    head: Option<Vec<u8>>,
    #[diesel(sql_type = BigInt)]
    found: i64,
}

/// The first two bytes of a column's values: the format, and the length of the key's name.
fn beginnings(c: &mut Conn, tenant: TenantId, column: SealedColumn) -> Outcome<Vec<Head>> {
    let (table, name) = (column.table(), column.column());
    let query = sql_query(format!(
        "select substr({name}, 1, 2) as head, count(*) as found from {table}
         where tenant_id = $1 and {name} is not null group by 1"
    ));
    Ok(query.bind::<sql::Id, _>(Id(tenant.0)).load(c)?)
}

/// The names of this length, and how many values each sealed.
fn names(c: &mut Conn, tenant: TenantId, column: SealedColumn, length: u8) -> Outcome<Vec<Head>> {
    let (table, name) = (column.table(), column.column());
    let query = sql_query(format!(
        "select substr({name}, 3, {length}) as head, count(*) as found from {table}
         where tenant_id = $1 and substr({name}, 1, 2) = $2 group by 1"
    ));
    Ok(query.bind::<sql::Id, _>(Id(tenant.0)).bind::<Binary, _>(vec![FORMAT, length]).load(c)?)
}

pub(crate) fn count_by_key(c: &mut Conn, tenant: TenantId) -> Outcome<Vec<Sealings>> {
    let mut all = Vec::new();
    for column in SealedColumn::ALL {
        let mut keys: BTreeMap<Option<String>, i64> = BTreeMap::new();
        // The length of the name first: it says where the name ends.
        for Head { head, found } in beginnings(c, tenant, column)? {
            let Some(&[FORMAT, length]) = head.as_deref() else {
                *keys.entry(None).or_default() += found;
                continue;
            };
            for Head { head, found } in names(c, tenant, column, length)? {
                let whole = head.filter(|head| head.len() == usize::from(length));
                let key = whole.and_then(|head| String::from_utf8(head).ok()).filter(|name| is_key_name(name));
                *keys.entry(key).or_default() += found;
            }
        }
        all.extend(keys.into_iter().map(|(key, values)| Sealings { column, key, values }));
    }
    Ok(all)
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = sql::Id)]
    row_id: Id,
    #[diesel(sql_type = Nullable<sql::Id>)]
    account: Option<Id>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Binary)]
    value: Vec<u8>,
}

pub(crate) fn under_other_keys(
    c: &mut Conn,
    tenant: TenantId,
    column: &SealedColumn,
    key: &str,
    after: &Option<Uuid>,
    limit: &i64,
) -> Outcome<Vec<SealedValue>> {
    if *column == SealedColumn::Secret && after.is_some() {
        // A tenant has few, and they come all at once: they have one row.
        return Ok(Vec::new());
    }
    let length = u8::try_from(key.len()).map_err(|_| corrupt("the key's name"))?;
    let prefix = [&[FORMAT, length], key.as_bytes()].concat();
    let (table, value) = (column.table(), column.column());
    let (row, account, name, version, limit) = match column {
        SealedColumn::Secret => ("tenant_id", "tenant_id", "name", "version", i64::MAX),
        SealedColumn::Number | SealedColumn::Holder | SealedColumn::ChangedNumber => {
            ("id", "account", "cast('' as text)", "cast(0 as bigint)", *limit)
        }
        SealedColumn::Recipient | SealedColumn::Login | SealedColumn::PendingNumber | SealedColumn::PendingHolder => {
            ("id", "account", "cast('' as text)", "cast(0 as bigint)", *limit)
        }
        // No account stands beside it: it is nobody's, or of several. The tenant does, and is not read.
        SealedColumn::Feedback | SealedColumn::ReminderRecipient | SealedColumn::ReminderContent => {
            ("id", "tenant_id", "cast('' as text)", "cast(0 as bigint)", *limit)
        }
    };
    let rows: Vec<Row> = sql_query(format!(
        "select {row} as row_id, {account} as account, {name} as name, {version} as version, {value} as value
         from {table}
         where tenant_id = $1 and {value} is not null and substr({value}, 1, {bytes}) is distinct from $2 and {row} > $3
         order by {row}, 3, 4 limit $4",
        bytes = prefix.len(),
    ))
    .bind::<sql::Id, _>(Id(tenant.0))
    .bind::<Binary, _>(prefix)
    .bind::<sql::Id, _>(Id(after.unwrap_or_default()))
    .bind::<BigInt, _>(limit)
    .load(c)?;
    let read = |row: Row| SealedValue {
        row: row.row_id.0,
        account: row.account.map(|account| account.0),
        secret: (row.name, row.version),
        sealed: Sealed(row.value),
    };
    Ok(rows.into_iter().map(read).collect())
}

pub(crate) fn exchange(c: &mut Conn, tenant: TenantId, column: &SealedColumn, values: &[Resealed]) -> Outcome<usize> {
    let (table, value) = (column.table(), column.column());
    let mut exchanged = 0;
    for Resealed { old, new, hash } in values {
        let tenant = Id(tenant.0);
        // In the order in which they stand: SQLite numbers names by that.
        exchanged += match (column, hash) {
            (SealedColumn::Secret, _) => sql_query(
                "update tenant_secrets set sealed = $1 where tenant_id = $2 and name = $3 and version = $4 and sealed = $5",
            )
            .bind::<Binary, _>(&new.0)
            .bind::<sql::Id, _>(tenant)
            .bind::<Text, _>(&old.secret.0)
            .bind::<BigInt, _>(old.secret.1)
            .bind::<Binary, _>(&old.sealed.0)
            .execute(c)?,
            (_, Some(hash)) => sql_query(format!(
                "update {table} set {value} = $1, number_hash = $2 where tenant_id = $3 and id = $4 and {value} = $5"
            ))
            .bind::<Binary, _>(&new.0)
            .bind::<Binary, _>(hash.0.to_vec())
            .bind::<sql::Id, _>(tenant)
            .bind::<sql::Id, _>(Id(old.row))
            .bind::<Binary, _>(&old.sealed.0)
            .execute(c)?,
            (_, None) => sql_query(format!(
                "update {table} set {value} = $1 where tenant_id = $2 and id = $3 and {value} = $4"
            ))
            .bind::<Binary, _>(&new.0)
            .bind::<sql::Id, _>(tenant)
            .bind::<sql::Id, _>(Id(old.row))
            .bind::<Binary, _>(&old.sealed.0)
            .execute(c)?,
        };
    }
    Ok(exchanged)
}

/// What stands where a hash was forgotten.
const FORGOTTEN: [u8; 32] = [0; 32];

pub(crate) fn forget_settled_hashes(c: &mut Conn, tenant: TenantId) -> Outcome<usize> {
    let forgotten = diesel::update(number_changes::table)
        .filter(number_changes::tenant_id.eq(Id(tenant.0)))
        .filter(number_changes::state.ne(NumberChangeState::Waiting.as_str()))
        .filter(number_changes::number_hash.ne(FORGOTTEN.to_vec()))
        .set(number_changes::number_hash.eq(FORGOTTEN.to_vec()))
        .execute(c)?;
    Ok(forgotten)
}
