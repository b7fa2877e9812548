//! What is not opened, on PostgreSQL: roles that pass the wall, a database that is too old, a server that nobody vouches for.

use portvakt_storage::{DatabaseSettings, StorageError, Store, migrate, operator};
use tokio::runtime::Handle;

use crate::{
    fixture::{Fixture, TestDatabase},
    wall::database,
};

const MIGRATIONS: [&str; 15] = [
    "2026-11-22-000000_initial",
    "2026-11-23-000000_numbers",
    "2026-11-23-000100_rejections",
    "2026-11-23-000200_number_attributes",
    "2026-11-23-000300_tenant_deletion",
    "2026-11-23-000400_sms_reports",
    "2026-11-23-000500_guard",
    "2026-11-23-000700_key_rotation",
    "2026-11-24-000100_agreed_keys",
    "2026-11-24-000200_rejected_values",
    "2026-11-24-000300_rehashed",
    "2026-11-25-000100_feedback",
    "2026-11-26-000100_reminders",
    "2026-11-27-000100_reconciliations",
    "2026-11-28-000100_reminder_recipients",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn roles_that_pass_the_wall_are_refused() {
    let f = Fixture::postgres().await;
    let database = database(&f);
    let open =
        async |app: &str, control: &str| Store::open(database.settings_as(app, control), Handle::current()).await;
    for (app, control, why) in [
        ("superuser", "portvakt_control", "superuser"),
        ("portvakt_app", "superuser", "superuser"),
        ("portvakt_owner", "portvakt_control", "owns tables"),
        ("portvakt_app", "portvakt_owner", "owns tables"),
        ("portvakt_control", "portvakt_app", "is not portvakt_app"),
        ("portvakt_app", "portvakt_app", "is not portvakt_control"),
    ] {
        match open(app, control).await {
            Err(StorageError::BadRole(text)) => assert!(text.contains(why), "{app}, {control}: {text}"),
            other => panic!("{app}, {control}: {other:?}"),
        }
    }
    assert!(open("portvakt_app", "portvakt_control").await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_database_is_refused_and_a_newer_one_is_not() {
    let database = TestDatabase::empty().await;
    let open = || Store::open(database.settings(), Handle::current());
    match open().await {
        Err(StorageError::MigrationsPending(names)) => assert_eq!(names, MIGRATIONS),
        other => panic!("{other:?}"),
    }
    let applied = migrate(database.migrate_settings(), Handle::current()).await.expect("migrated");
    assert_eq!(applied, MIGRATIONS);
    let newer = "insert into __diesel_schema_migrations (version) values ('29990101000000')";
    database.superuser().await.batch_execute(newer).await.expect("newer");
    let store = open().await.expect("opened");
    store.ping().await.expect("a sign of life");
    // A connection that was cut is replaced, not complained about.
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity
               where datname = current_database() and pid <> pg_backend_pid()";
    database.superuser().await.execute(cut, &[]).await.expect("cut");
    for _ in 0..20 {
        operator::list_tenants(&store).await.expect("a list");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unverified_server_is_refused() {
    let database = TestDatabase::empty().await;
    let DatabaseSettings::Postgres { app_url, control_url, pool_size, ca_pem } = database.settings() else {
        panic!("no PostgreSQL");
    };
    if ca_pem.is_none() {
        return; // A server without TLS: nothing to verify.
    }
    // The system's authorities did not sign this server's certificate.
    let settings = DatabaseSettings::Postgres { app_url, control_url, pool_size, ca_pem: None };
    let refused = Store::open(settings, Handle::current()).await;
    match refused {
        Err(StorageError::Unavailable(source)) => {
            assert!(source.to_string().contains("certificate"), "{source}");
        }
        other => panic!("{other:?}"),
    }
}
