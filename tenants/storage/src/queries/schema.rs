//! The tables, as both migrations make them.

mod reconciliations;
mod reminders;
pub(crate) use reconciliations::{reconciliation_absences, reconciliation_runs};
pub(crate) use reminders::{reminder_mails, reminder_marks, reminder_runs};

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use super::super::sql::{Id, Ts};
    tenants (id) {
        id -> Id,
        slug -> Text,
        version -> Nullable<BigInt>,
        created_at -> Ts,
        suspended_at -> Nullable<Ts>,
        delete_asked_at -> Nullable<Ts>,
        delete_asked_by -> Nullable<Text>,
        delete_due_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use super::super::sql::{Id, Ts};
    deleted_tenants (id) {
        id -> Id,
        slug -> Text,
        created_at -> Ts,
        asked_at -> Ts,
        asked_by -> Text,
        deleted_at -> Ts,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use super::super::sql::Id;
    tenant_hosts (host) {
        host -> Text,
        tenant_id -> Id,
        purpose -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use super::super::sql::{Id, Ts};
    tenant_settings (tenant_id, version) {
        tenant_id -> Id,
        version -> BigInt,
        author -> Text,
        created_at -> Ts,
        document -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use super::super::sql::Id;
    tenant_secrets (tenant_id, name, version) {
        tenant_id -> Id,
        name -> Text,
        version -> BigInt,
        sealed -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable};
    use super::super::sql::{Id, Ts};
    numbers (tenant_id, id) {
        tenant_id -> Id,
        id -> Id,
        account -> Id,
        number -> Binary,
        number_hash -> Binary,
        registered_at -> Ts,
        position -> Integer,
        holder -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use super::super::sql::{Id, Ts};
    number_attributes (tenant_id, account) {
        tenant_id -> Id,
        account -> Id,
        number_hash -> Nullable<Binary>,
        to_write_since -> Nullable<Ts>,
        compared_at -> Ts,
        rehashed_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use super::super::sql::{Id, Ts};
    number_changes (tenant_id, id) {
        tenant_id -> Id,
        id -> Id,
        account -> Id,
        target -> Id,
        number -> Nullable<Binary>,
        number_hash -> Binary,
        flow -> Id,
        network -> Binary,
        language -> Text,
        state -> Text,
        requested_at -> Ts,
        due_at -> Ts,
        settled_at -> Nullable<Ts>,
        origin -> Text,
    }
}

diesel::table! {
    use super::super::sql::Id;
    subjects (tenant_id, account) {
        tenant_id -> Id,
        account -> Id,
        subject -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
    use super::super::sql::{Id, Ts};
    flows (tenant_id, id) {
        tenant_id -> Id,
        id -> Id,
        kind -> Text,
        state -> Text,
        token_hash -> Binary,
        start_hash -> Binary,
        login -> Binary,
        login_hash -> Binary,
        account -> Nullable<Id>,
        network -> Binary,
        trusted_network -> Bool,
        language -> Text,
        pending_number -> Nullable<Binary>,
        pending_number_hash -> Nullable<Binary>,
        choice -> Nullable<Text>,
        code_message -> Nullable<Id>,
        code_requested_at -> Nullable<Ts>,
        code_hash -> Nullable<Binary>,
        tries -> Integer,
        wrong_codes -> Integer,
        codes_sent -> Integer,
        created_at -> Ts,
        touched_at -> Ts,
        task -> Nullable<Text>,
        target -> Nullable<Id>,
        proof -> Nullable<Id>,
        pending_holder -> Nullable<Binary>,
        code_number -> Nullable<Id>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use super::super::sql::{Id, Ts};
    messages (tenant_id, id) {
        tenant_id -> Id,
        id -> Id,
        kind -> Text,
        channel -> Text,
        flow -> Id,
        account -> Nullable<Id>,
        recipient -> Nullable<Binary>,
        language -> Text,
        requested_at -> Ts,
        state -> Text,
        attempts -> Integer,
        provider_id -> Nullable<Text>,
        settled_at -> Nullable<Ts>,
        number_hash -> Nullable<Binary>,
        about_at -> Nullable<Ts>,
        provider -> Nullable<Text>,
        report -> Nullable<Text>,
        reported_at -> Nullable<Ts>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool};
    use super::super::sql::{Id, Ts};
    sms_log (tenant_id, id) {
        tenant_id -> Id,
        id -> Id,
        account -> Id,
        network -> Binary,
        trusted -> Bool,
        sent_at -> Ts,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use super::super::sql::{Id, Ts};
    limit_counters (tenant_id, name, subject, window_start) {
        tenant_id -> Id,
        name -> Text,
        subject -> Binary,
        window_start -> BigInt,
        count -> BigInt,
        expires_at -> Ts,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer};
    use super::super::sql::{Id, Ts};
    sign_in_guards (tenant_id, subject) {
        tenant_id -> Id,
        subject -> Binary,
        failed -> Integer,
        pending -> Integer,
        last_at -> Ts,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use super::super::sql::{Id, Ts};
    audit_events (tenant_id, id) {
        tenant_id -> Id,
        id -> Id,
        at -> Ts,
        kind -> Text,
        subject -> Nullable<Id>,
        flow -> Nullable<Id>,
        network -> Nullable<Binary>,
        actor -> Nullable<Text>,
        details -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use super::super::sql::Id;
    audit_seals (tenant_id, seq) {
        tenant_id -> Id,
        seq -> BigInt,
        event -> Id,
        seal -> Binary,
        key -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use super::super::sql::{Id, Ts};
    audit_checkpoints (tenant_id, seq) {
        tenant_id -> Id,
        seq -> BigInt,
        key -> Text,
        digest -> Binary,
        seal -> Binary,
        made_at -> Ts,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use super::super::sql::{Id, Ts};
    key_rotations (tenant_id, key) {
        tenant_id -> Id,
        key -> Text,
        begun_at -> Ts,
        ended_at -> Nullable<Ts>,
        rejected -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use super::super::sql::{Id, Ts};
    jobs (tenant_id, id) {
        tenant_id -> Id,
        id -> Id,
        kind -> Text,
        payload -> Text,
        dedupe_key -> Nullable<Text>,
        run_at -> Ts,
        attempts -> Integer,
        leased_by -> Nullable<Text>,
        leased_until -> Nullable<Ts>,
        dead_at -> Nullable<Ts>,
        last_error -> Nullable<Text>,
        created_at -> Ts,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use super::super::sql::Id;
    sms_budgets (tenant_id, span) {
        tenant_id -> Id,
        span -> Text,
        window_start -> BigInt,
        sent -> BigInt,
        alarmed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use super::super::sql::Id;
    rejections (tenant_id, day, reason) {
        tenant_id -> Id,
        day -> BigInt,
        reason -> Text,
        count -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use super::super::sql::{Id, Ts};
    proven_networks (tenant_id, network) {
        tenant_id -> Id,
        network -> Binary,
        last_at -> Ts,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use super::super::sql::Id;
    code_counts (tenant_id, minute) {
        tenant_id -> Id,
        minute -> BigInt,
        sent -> BigInt,
        used -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::Nullable;
    use super::super::sql::{Id, Ts};
    breakers (tenant_id) {
        tenant_id -> Id,
        open_since -> Nullable<Ts>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use super::super::sql::Id;
    limit_trips (tenant_id, name, hour) {
        tenant_id -> Id,
        name -> Text,
        hour -> BigInt,
        count -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    deployment_counters (name, window_start) {
        name -> Text,
        window_start -> BigInt,
        count -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    agreed_keys (usage) {
        usage -> Text,
        key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Nullable, Text};
    use super::super::sql::{Id, Ts};
    feedback (tenant_id, id) {
        tenant_id -> Id,
        id -> Id,
        guide -> Text,
        language -> Text,
        helpful -> Bool,
        text -> Nullable<Binary>,
        created_at -> Ts,
    }
}

diesel::allow_tables_to_appear_in_same_query!(audit_events, audit_seals, flows, messages);
diesel::allow_tables_to_appear_in_same_query!(jobs, tenants);
diesel::allow_tables_to_appear_in_same_query!(number_attributes, numbers);
