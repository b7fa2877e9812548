//! The twins: same steps, same tables and columns, and every step can be taken back.

use std::{collections::BTreeSet, path::Path};

use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query, sql_types};
use portvakt_storage::{DatabaseSettings, MigrateSettings, Store, migrate};
use tokio::runtime::Handle;

use crate::fixture::{Database, Fixture, TestDatabase};

/// Table, column, and whether it may be null.
type Columns = BTreeSet<(String, String, bool)>;

fn folders(database: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
    let mut names: Vec<String> = std::fs::read_dir(root)
        .expect("the migrations")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    names
}

fn down(database: &str, name: &str) -> String {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database).join(name).join("down.sql");
    std::fs::read_to_string(file).expect("down.sql")
}

async fn columns(database: &Database) -> Columns {
    match database {
        Database::Sqlite { path, .. } => {
            #[derive(QueryableByName)]
            struct Row {
                #[diesel(sql_type = sql_types::Text)]
                t: String,
                #[diesel(sql_type = sql_types::Text)]
                c: String,
                #[diesel(sql_type = sql_types::Bool)]
                n: bool,
            }
            let mut c = SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("the file opens");
            let sql = "select t.name as t, c.name as c, c.\"notnull\" = 0 as n
                       from sqlite_schema t join pragma_table_info(t.name) c
                       where t.type = 'table' and t.name not like '\\_\\_%' escape '\\'";
            let rows: Vec<Row> = sql_query(sql).load(&mut c).expect("the columns");
            rows.into_iter().map(|row| (row.t, row.c, row.n)).collect()
        }
        Database::Postgres(database) => {
            let sql = "select table_name::text, column_name::text, is_nullable = 'YES' from information_schema.columns
                       where table_schema = 'public' and table_name not like '\\_\\_%'";
            let rows = database.superuser().await.query(sql, &[]).await.expect("the columns");
            rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
        }
    }
}

fn migrate_settings(database: &Database) -> MigrateSettings {
    match database {
        Database::Sqlite { path, .. } => MigrateSettings::Sqlite { path: path.clone() },
        Database::Postgres(database) => database.migrate_settings(),
    }
}

pub(crate) async fn a_second_migration_has_nothing_to_do(f: Fixture) {
    let again = migrate(migrate_settings(&f.database), Handle::current()).await.expect("migrated");
    assert_eq!(again, Vec::<String>::new());
    // All the way back, with rows in the tables, and forth again.
    let full = columns(&f.database).await;
    let name = if f.store.is_sqlite() { "sqlite" } else { "postgres" };
    for folder in folders(name).iter().rev() {
        f.execute(&down(name, folder)).await;
    }
    assert_eq!(columns(&f.database).await, Columns::new());
    f.execute("delete from __diesel_schema_migrations").await;
    let applied = migrate(migrate_settings(&f.database), Handle::current()).await.expect("migrated");
    assert_eq!(applied, folders(name), "named by folder");
    assert_eq!(columns(&f.database).await, full);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_twins_are_alike() {
    assert_eq!(folders("sqlite"), folders("postgres"));
    let sqlite = columns(&Fixture::sqlite().await.database).await;
    let postgres = columns(&Database::Postgres(TestDatabase::migrated().await)).await;
    assert!(sqlite.len() > 100, "{sqlite:?}");
    let difference: Vec<_> = sqlite.symmetric_difference(&postgres).collect();
    assert!(difference.is_empty(), "{difference:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_file_may_be_opened_twice_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("new.db");
        let open = || Store::open(DatabaseSettings::Sqlite { path: path.clone() }, Handle::current());
        for store in futures_util::future::join_all((0..4).map(|_| open())).await {
            store.expect("opened").ping().await.expect("a sign of life");
        }
        #[cfg(unix)]
        for entry in std::fs::read_dir(folder.path()).expect("the folder") {
            let entry = entry.expect("an entry");
            let mode = std::os::unix::fs::PermissionsExt::mode(&entry.metadata().expect("metadata").permissions());
            assert_eq!(mode & 0o077, 0, "{:?} is private", entry.file_name());
        }
    }
}
