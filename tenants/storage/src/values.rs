//! Single values as both databases keep them. PostgreSQL has types for ids and times; SQLite keeps 16 bytes and
//! microseconds since 1970, which compare and come back exactly.

use chrono::{DateTime, SubsecRound as _};
use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sql_types,
    sqlite::Sqlite,
};
use portvakt_domain::{
    account::Choice,
    keys::{KeyedHash, Sealed},
    language::Language,
    time::Instant,
};
use uuid::Uuid;

use crate::error::{Outcome, corrupt};

/// Any id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Uuid)]
#[diesel(sql_type = sql_types::Binary)]
pub(crate) struct Id(pub(crate) Uuid);

impl ToSql<sql_types::Uuid, Pg> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<sql_types::Uuid, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<sql_types::Uuid, Pg> for Id {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <Uuid as FromSql<sql_types::Uuid, Pg>>::from_sql(value).map(Self)
    }
}

impl ToSql<sql_types::Binary, Sqlite> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().to_vec());
        Ok(IsNull::No)
    }
}

impl FromSql<sql_types::Binary, Sqlite> for Id {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<sql_types::Binary, Sqlite>>::from_sql(value)?;
        Ok(Self(Uuid::from_slice(&bytes)?))
    }
}

impl Id {
    /// A fresh id that sorts by `at`.
    pub(crate) fn at(at: Instant) -> Self {
        let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
        Self(Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, at.timestamp_subsec_nanos())))
    }

    /// An id that nothing has.
    pub(crate) fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

/// Any time, to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Timestamptz)]
#[diesel(sql_type = sql_types::BigInt)]
pub(crate) struct At(pub(crate) Instant);

/// A time as it is stored.
pub(crate) fn at(instant: Instant) -> At {
    At(instant.trunc_subsecs(6))
}

impl ToSql<sql_types::Timestamptz, Pg> for At {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<sql_types::Timestamptz, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<sql_types::Timestamptz, Pg> for At {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <Instant as FromSql<sql_types::Timestamptz, Pg>>::from_sql(value).map(Self)
    }
}

impl ToSql<sql_types::BigInt, Sqlite> for At {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.timestamp_micros());
        Ok(IsNull::No)
    }
}

impl FromSql<sql_types::BigInt, Sqlite> for At {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let micros = <i64 as FromSql<sql_types::BigInt, Sqlite>>::from_sql(value)?;
        DateTime::from_timestamp_micros(micros).map(Self).ok_or_else(|| "a time out of range".into())
    }
}

/// A stored hash.
pub(crate) fn hash(bytes: Vec<u8>, column: &str) -> Outcome<KeyedHash> {
    bytes.try_into().map(KeyedHash).map_err(|_| corrupt(column))
}

/// A stored hash that may be missing.
pub(crate) fn optional_hash(bytes: Option<Vec<u8>>, column: &str) -> Outcome<Option<KeyedHash>> {
    bytes.map(|bytes| hash(bytes, column)).transpose()
}

/// A sealed value that may be missing.
pub(crate) fn optional_sealed(bytes: Option<Vec<u8>>) -> Option<Sealed> {
    bytes.map(Sealed)
}

/// A stored language.
pub(crate) fn language(tag: &str, column: &str) -> Outcome<Language> {
    Language::from_tag(tag).ok_or_else(|| corrupt(column))
}

/// The stored name of a choice.
pub(crate) fn choice_name(choice: Choice) -> &'static str {
    match choice {
        Choice::KeepAndUnlock => "keep_and_unlock",
        Choice::NewPassword => "new_password",
    }
}

/// The choice of a stored name.
pub(crate) fn choice(name: &str, column: &str) -> Outcome<Choice> {
    [Choice::KeepAndUnlock, Choice::NewPassword]
        .into_iter()
        .find(|choice| choice_name(*choice) == name)
        .ok_or_else(|| corrupt(column))
}
