//! The wall between tenants, on PostgreSQL: what the roles may do past our own queries.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use portvakt_domain::{
    audit::AuditKind,
    audit_checkpoint::Checkpoint,
    flow::{FlowKind, FlowState as S},
    id::TenantId,
    keys::KeyUse,
    message::MessageKind,
    rejection::RejectionReason,
    sign_in::Allowance,
    tenant::{SecretName, SmsProvider},
};
use portvakt_storage::{
    audit, feedback, flows, key_rotations, limits,
    messages::{self, BeginCode},
    number_attributes, numbers, operator, rejections,
    settings::{self, NewSettings},
    sign_in,
};
use tokio_postgres::{Client, error::SqlState};

use crate::{
    fixture::{
        Database, Fixture, TestDatabase, account, audit_key, event, flow, hash, hit, message, new_number, sealed,
    },
    number_changes::delayed_change,
};

const SHARED: [&str; 7] =
    ["tenants", "deleted_tenants", "tenant_hosts", "jobs", "sms_budgets", DEPLOYMENT[0], DEPLOYMENT[1]];
/// What is one for all tenants together: it names none.
pub(crate) const DEPLOYMENT: [&str; 2] = ["deployment_counters", "agreed_keys"];

pub(crate) fn database(f: &Fixture) -> &TestDatabase {
    match &f.database {
        Database::Postgres(database) => database,
        Database::Sqlite { .. } => panic!("no PostgreSQL"),
    }
}

/// Every table of ours, from the catalogue; the ones with a tenant in them, and the others.
pub(crate) async fn tables(f: &Fixture) -> Vec<String> {
    let sql = "select c.relname::text from pg_class c
               where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
                 and c.relname not like '\\_\\_%' order by 1";
    let rows = database(f).superuser().await.query(sql, &[]).await.expect("the catalogue");
    rows.iter().map(|row| row.get(0)).collect()
}

/// Rows of both tenants in every table.
pub(crate) async fn filled() -> Fixture {
    let f = Fixture::postgres().await;
    for tenant in [f.a, f.b] {
        fill(&f, tenant).await;
    }
    let superuser = database(&f).superuser().await;
    for table in
        tables(&f).await.into_iter().filter(|table| table != "deleted_tenants" && !DEPLOYMENT.contains(&table.as_str()))
    {
        let column = if table == "tenants" { "id" } else { "tenant_id" };
        let sql = format!("select count(distinct {column}) from {table}");
        let found: i64 = superuser.query_one(&sql, &[]).await.expect(&sql).get(0);
        assert_eq!(found, 2, "{table} has rows of both tenants");
    }
    f
}

pub(crate) async fn fill(f: &Fixture, tenant: TenantId) {
    let store = &f.store;
    let new = NewSettings {
        author: "anna".to_owned(),
        at: f.now,
        document: "{}".to_owned(),
        secrets: vec![(SecretName::SmsPassword(SmsProvider::FortySixElks), sealed("s"))],
        event: event(AuditKind::SettingsApplied, f.now),
    };
    let version = settings::stage(store, tenant, new).await.expect("staged");
    let host = vec![(format!("{tenant}.example"), portvakt_domain::tenant::HostPurpose::Reset)];
    operator::activate(store, tenant, version, host).await.expect("activated");
    let new = flow(FlowKind::Reset, S::AwaitingCode, f.now);
    let first = message(new.id, MessageKind::ResetCode, f.now);
    let begun = event(AuditKind::FlowBegun, f.now);
    flows::begin(store, tenant, new, vec![hit("a", 9)], Some(first.clone()), begun).await.expect("begun");
    let turn = BeginCode {
        message: first.id,
        now: f.now,
        account: Some(account()),
        code_hash: hash(),
        decoy_hash: hash(),
        send: true,
        held_back: None,
        proved: false,
        number: None,
        network: hash(),
        trusted_network: false,
        event: event(AuditKind::CodeSent, f.now),
    };
    messages::begin_code(store, tenant, turn).await.expect("a turn");
    let mine = account();
    let number = new_number(f.now);
    let target = number.row_id;
    numbers::import(store, tenant, mine, vec![number]).await.expect("imported");
    delayed_change(f, tenant, mine, target).await;
    number_attributes::compared(store, tenant, mine, f.now).await.expect("noted");
    let allowance = Allowance { failures: 3, window_seconds: 1_800, already: 0 };
    sign_in::reserve(store, tenant, hash(), allowance, f.now).await.expect("reserved");
    rejections::count(store, tenant, vec![RejectionReason::Earlier], f.now).await.expect("counted");
    audit::seal_pending(store, tenant, audit_key(tenant), 10).await.expect("sealed");
    let checkpoint = Checkpoint { seq: 1, key: "k".to_owned(), digest: [1; 32], seal: [2; 32] };
    assert!(audit::add_checkpoint(store, tenant, checkpoint, f.now).await.expect("added"));
    let begun = event(AuditKind::KeysRotationBegun, f.now);
    assert!(key_rotations::begin(store, tenant, "k".to_owned(), f.now, begun).await.expect("begun"));
    operator::spend_sms(store, tenant, 1, f.now, 9, 9).await.expect("counted");
    operator::count_deployment(store, hit("a", 9).limit, f.now).await.expect("counted");
    operator::agree_on_key(store, KeyUse::Limit, vec![], "k".to_owned()).await.expect("agreed");
    feedback::add(store, tenant, crate::feedback::answer(f.now, Some("s"))).await.expect("kept");
    crate::reminders::recorded(f, tenant).await;
    crate::reconciliations::recorded(f, tenant).await;
    crate::guard::finished(f, tenant, hash(), f.now).await;
}

/// Rows seen, or `None` where the role may not look at all.
pub(crate) async fn seen(client: &Client, table: &str) -> Option<i64> {
    match client.query_one(&format!("select count(*) from {table}"), &[]).await {
        Ok(row) => Some(row.get(0)),
        Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => None,
        Err(error) => panic!("{table}: {error}"),
    }
}

pub(crate) async fn become_tenant(client: &Client, tenant: TenantId) {
    client.batch_execute(&format!("begin; set local portvakt.tenant = '{tenant}'")).await.expect("a transaction");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_has_its_wall() {
    let f = filled().await;
    let superuser = database(&f).superuser().await;
    let mut shared = BTreeSet::new();
    for table in tables(&f).await {
        let row = superuser
            .query_one(
                "select c.relrowsecurity and c.relforcerowsecurity,
                   exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'),
                   coalesce((select bool_and(pg_get_constraintdef(k.oid) like '%tenant\\_id%') from pg_constraint k
                     where k.conrelid = c.oid and k.contype in ('p', 'f')), false)
                 from pg_class c where c.oid = $1::text::regclass",
                &[&table],
            )
            .await
            .expect("the catalogue");
        assert!(row.get::<_, bool>(0), "{table}: row-level security is enabled and forced");
        if SHARED.contains(&table.as_str()) {
            shared.insert(table);
            continue;
        }
        assert!(row.get::<_, bool>(1), "{table} names its tenant");
        assert!(row.get::<_, bool>(2), "{table}: primary and foreign keys contain the tenant");
    }
    assert_eq!(shared.len(), SHARED.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_tenant_there_are_no_rows() {
    let f = filled().await;
    for role in ["portvakt_app", "portvakt_owner"] {
        let client = database(&f).connect(role).await;
        for setting in [None, Some("''"), Some("'00000000-0000-0000-0000-000000000000'")] {
            if let Some(setting) = setting {
                client.batch_execute(&format!("set portvakt.tenant = {setting}")).await.expect("set");
            }
            for table in tables(&f).await {
                assert!(matches!(seen(&client, &table).await, None | Some(0)), "{role} sees rows of {table}");
            }
        }
    }
    let client = database(&f).connect("portvakt_app").await;
    for table in tables(&f).await {
        become_tenant(&client, f.a).await;
        let count = seen(&client, &table).await;
        client.batch_execute("rollback").await.expect("rolled back");
        if SHARED.contains(&table.as_str()) {
            assert_eq!(count, None, "{table} is none of the server's business");
        } else {
            let all: i64 = f.number(&format!("select count(*) from {table}")).await;
            assert!(count.is_some_and(|count| count > 0 && count < all), "{table}: its own rows, not the others'");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_tenant_can_not_write_for_another() {
    let f = filled().await;
    let client = database(&f).connect("portvakt_app").await;
    let refused = async |sql: String| {
        become_tenant(&client, f.a).await;
        let result = client.execute(&sql, &[]).await;
        client.batch_execute("rollback").await.expect("rolled back");
        match result {
            Ok(0) => {}
            Ok(n) => panic!("{n} rows changed: {sql}"),
            Err(error) => {
                assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{sql}: {error:?}");
            }
        }
    };
    for table in tables(&f).await {
        let shared = ["tenants", "deleted_tenants", "tenant_hosts", "sms_budgets"];
        if shared.iter().chain(&DEPLOYMENT).any(|shared| *shared == table) {
            refused(format!("delete from {table}")).await;
            continue;
        }
        // A row like one of B's, new in its keys, for B.
        let columns: Vec<(String, String)> = database(&f)
            .superuser()
            .await
            .query(
                "select column_name::text, data_type::text from information_schema.columns where table_name = $1",
                &[&table],
            )
            .await
            .expect("the columns")
            .iter()
            .map(|row| (row.get(0), row.get(1)))
            .collect();
        let values: Vec<String> = columns
            .iter()
            .map(|(name, kind)| match (name.as_str(), kind.as_str()) {
                ("tenant_id", _) => format!("'{}'", f.b),
                (_, "uuid") => "gen_random_uuid()".to_owned(),
                (_, "text") => "'x'".to_owned(),
                (_, "bytea") => "'\\x00'".to_owned(),
                (_, "boolean") => "true".to_owned(),
                (_, "timestamp with time zone") => "now()".to_owned(),
                (_, "bigint" | "integer") => "77".to_owned(),
                other => panic!("{table}: {other:?}"),
            })
            .collect();
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        refused(format!("insert into {table} ({}) values ({})", names.join(", "), values.join(", "))).await;
        refused(format!("update {table} set tenant_id = '{}'", f.b)).await;
        refused(format!("update {table} set tenant_id = tenant_id where tenant_id = '{}'", f.b)).await;
        refused(format!("delete from {table} where tenant_id = '{}'", f.b)).await;
        refused(format!("truncate {table}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tenant_does_not_stay_with_the_connection() {
    let f = filled().await;
    // One connection, used in turn by both.
    let client = database(&f).connect("portvakt_app").await;
    for tenant in [f.a, f.b] {
        for end in ["commit", "rollback"] {
            become_tenant(&client, tenant).await;
            assert_eq!(seen(&client, "numbers").await, Some(1));
            client.batch_execute(end).await.expect("ended");
            assert_eq!(seen(&client, "numbers").await, Some(0), "after {end}");
        }
    }
    // The pool, used by both at once.
    let counts = join_all((0..200).map(|i| {
        let tenant = if i % 2 == 0 { f.a } else { f.b };
        let f = &f;
        async move {
            limits::count(&f.store, tenant, vec![hit("pool", 1_000)], f.now).await.expect("counted");
            audit::read_chain(&f.store, tenant, 1, 100).await.expect("read").len()
        }
    }))
    .await;
    assert!(counts.iter().all(|count| *count == counts[0]));
    for tenant in [f.a, f.b] {
        assert_eq!(limits::current(&f.store, tenant, vec![hit("pool", 1)], f.now).await.expect("counts"), [100]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trail_can_only_be_added_to() {
    let f = filled().await;
    let client = database(&f).connect("portvakt_app").await;
    for table in ["audit_events", "audit_seals", "audit_checkpoints"] {
        for sql in [
            format!("update {table} set tenant_id = tenant_id"),
            format!("delete from {table}"),
            format!("truncate {table} cascade"),
            format!("alter table {table} disable row level security"),
            format!("drop table {table}"),
        ] {
            become_tenant(&client, f.a).await;
            let error = client.execute(&sql, &[]).await.expect_err(&sql);
            client.batch_execute("rollback").await.expect("rolled back");
            assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{sql}: {error:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_control_role_sees_nothing_personal() {
    let f = filled().await;
    let client = database(&f).connect("portvakt_control").await;
    client.batch_execute(&format!("set portvakt.tenant = '{}'", f.a)).await.expect("set");
    for table in tables(&f).await {
        let count = seen(&client, &table).await;
        assert_eq!(count.is_some(), SHARED.contains(&table.as_str()), "{table}");
    }
    assert_eq!(seen(&client, "tenants").await, Some(2));
    for sql in [
        "delete from tenants",
        "insert into jobs default values",
        "delete from sms_budgets",
        "delete from deleted_tenants",
        "insert into deleted_tenants select id, slug, now(), now(), 'x', now() from tenants",
    ] {
        let error = client.execute(sql, &[]).await.expect_err(sql);
        assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{sql}: {error:?}");
    }
}
