//! The tables of reconciliations.

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use super::super::super::sql::{Id, Ts};
    reconciliation_runs (tenant_id, id) {
        tenant_id -> Id,
        id -> Id,
        day -> Text,
        asked_by -> Text,
        state -> Text,
        started_at -> Ts,
        finished_at -> Nullable<Ts>,
        registered -> BigInt,
        missing -> BigInt,
        disabled -> BigInt,
        expired -> BigInt,
        removed -> BigInt,
        problem -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Text};
    use super::super::super::sql::{Id, Ts};
    reconciliation_absences (tenant_id, account) {
        tenant_id -> Id,
        account -> Id,
        since -> Ts,
        reason -> Text,
        accepted -> Bool,
    }
}
