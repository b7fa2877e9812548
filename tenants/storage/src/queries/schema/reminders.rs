//! The tables of reminders.

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use super::super::super::sql::{Id, Ts};
    reminder_runs (tenant_id, id) {
        tenant_id -> Id,
        id -> Id,
        day -> Text,
        reach -> Text,
        asked_by -> Text,
        state -> Text,
        started_at -> Ts,
        finished_at -> Nullable<Ts>,
        accounts -> BigInt,
        due -> BigInt,
        mails -> BigInt,
        sms -> BigInt,
        unmapped -> BigInt,
        failures -> BigInt,
        problem -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use super::super::super::sql::{Id, Ts};
    reminder_mails (tenant_id, id) {
        tenant_id -> Id,
        id -> Id,
        run -> Id,
        channel -> Text,
        part -> Text,
        recipient -> Nullable<Binary>,
        content -> Nullable<Binary>,
        language -> Text,
        rows -> Integer,
        state -> Text,
        attempts -> Integer,
        unknown_sends -> Integer,
        reason -> Nullable<Text>,
        created_at -> Ts,
        settled_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use super::super::super::sql::{Id, Ts};
    reminder_marks (tenant_id, account, period, mark, part) {
        tenant_id -> Id,
        account -> Id,
        period -> Ts,
        mark -> Text,
        part -> Text,
        mail -> Id,
        at -> Ts,
    }
}

diesel::allow_tables_to_appear_in_same_query!(reminder_mails, reminder_runs);
