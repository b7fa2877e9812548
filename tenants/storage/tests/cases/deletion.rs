//! Tenants that are deleted: not before their time, and then all of them.

use chrono::TimeDelta;
use futures_util::future::join_all;
use portvakt_storage::{
    StorageError,
    operator::{self, DeletedTenant, NewDeletion, NewTenant},
};
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use crate::{
    fixture::{Database, Fixture},
    wall::{DEPLOYMENT, become_tenant, database, fill, filled, seen, tables as all_tables},
};

/// Every table with a tenant in it, from the catalogue.
async fn tables(f: &Fixture) -> Vec<String> {
    match &f.database {
        Database::Sqlite { path, .. } => {
            use diesel::{
                Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query, sql_types::Text,
            };
            #[derive(QueryableByName)]
            struct Table {
                #[diesel(sql_type = Text)]
                name: String,
            }
            let mut c = SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("the file opens");
            let sql = "select t.name as name from sqlite_schema t join pragma_table_info(t.name) c
                       where t.type = 'table' and c.name = 'tenant_id'";
            let rows: Vec<Table> = sql_query(sql).load(&mut c).expect("the tables");
            rows.into_iter().map(|row| row.name).collect()
        }
        Database::Postgres(database) => {
            let sql = "select table_name::text from information_schema.columns
                       where table_schema = 'public' and column_name = 'tenant_id'";
            let rows = database.superuser().await.query(sql, &[]).await.expect("the tables");
            rows.iter().map(|row| row.get(0)).collect()
        }
    }
}

async fn rows(f: &Fixture, table: &str, column: &str, tenant: Uuid) -> i64 {
    f.number(&format!("select count(*) from {table} where {column} = {}", f.id(tenant))).await
}

fn deletion(f: &Fixture) -> NewDeletion {
    NewDeletion { tenant: f.a, author: "anna".to_owned(), at: f.now, due_at: f.now + TimeDelta::days(30) }
}

pub(crate) async fn a_tenant_is_deleted_when_its_time_is_over(f: Fixture) {
    for tenant in [f.a, f.b] {
        fill(&f, tenant).await;
    }
    let asked = deletion(&f);
    let delete = async |at| operator::delete_due(&f.store, f.a, at).await.expect("an answer");
    assert!(!delete(asked.due_at).await, "nobody asked for it");
    assert!(operator::ask_deletion(&f.store, asked.clone()).await.expect("an answer"));
    assert!(!operator::ask_deletion(&f.store, asked.clone()).await.expect("an answer"), "only once");
    let row = operator::find_tenant(&f.store, "orebro".to_owned()).await.expect("found").expect("a tenant");
    assert_eq!((row.suspended_at, row.delete_due_at), (Some(f.now), Some(asked.due_at)));
    assert!(!operator::resume(&f.store, f.a, f.now).await.expect("an answer"), "not while it is to be deleted");
    assert!(!delete(asked.due_at - TimeDelta::microseconds(1)).await, "not yet");

    let tables = tables(&f).await;
    assert!(tables.len() > 10, "{tables:?}");
    for table in &tables {
        assert!(rows(&f, table, "tenant_id", f.a.0).await > 0, "{table} has something to delete");
    }
    let all = join_all((0..4).map(|_| operator::delete_due(&f.store, f.a, asked.due_at))).await;
    assert_eq!(all.into_iter().filter(|done| *done.as_ref().expect("an answer")).count(), 1, "once");
    for table in &tables {
        assert_eq!(rows(&f, table, "tenant_id", f.a.0).await, 0, "{table}");
        assert!(rows(&f, table, "tenant_id", f.b.0).await > 0, "{table}: the other tenant's rows stay");
    }
    assert_eq!(rows(&f, "tenants", "id", f.a.0).await, 0);
    let known = operator::list_deleted(&f.store).await.expect("a list");
    let [DeletedTenant { id, slug, asked_at, asked_by, deleted_at, .. }] = &known[..] else { panic!("{known:?}") };
    assert_eq!((*id, slug.as_str(), asked_by.as_str()), (f.a, "orebro", "anna"));
    assert_eq!((*asked_at, *deleted_at), (f.now, asked.due_at));

    // Nothing can be written for it any more, and its name is free.
    let late = operator::activate(&f.store, f.a, 1, Vec::new()).await;
    assert!(matches!(late, Err(StorageError::Conflict(_))), "{late:?}");
    let new = NewTenant { id: portvakt_domain::id::TenantId(Uuid::new_v4()), slug: "orebro".to_owned(), at: f.now };
    assert_eq!(operator::create_tenant(&f.store, new.clone()).await.expect("made"), new.id);
}

pub(crate) async fn a_deletion_is_taken_back(f: Fixture) {
    let asked = deletion(&f);
    assert!(!operator::withdraw_deletion(&f.store, f.a).await.expect("an answer"));
    operator::ask_deletion(&f.store, asked.clone()).await.expect("an answer");
    assert!(operator::withdraw_deletion(&f.store, f.a).await.expect("an answer"));
    assert!(!operator::delete_due(&f.store, f.a, asked.due_at).await.expect("an answer"));
    let row = operator::find_tenant(&f.store, "orebro".to_owned()).await.expect("found").expect("a tenant");
    assert_eq!((row.delete_asked_at, row.delete_due_at, row.suspended_at), (None, None, Some(f.now)));
    assert!(operator::list_deleted(&f.store).await.expect("a list").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_tenant_whose_time_is_over_is_deleted_and_only_by_the_control_role() {
    let f = filled().await;
    let call = format!("select delete_tenant('{}', now())", f.a);
    let app = database(&f).connect("portvakt_app").await;
    become_tenant(&app, f.a).await;
    let error = app.query_one(&call, &[]).await.expect_err("refused");
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{error:?}");

    // Nobody asked for it, and then not for now.
    let control = database(&f).connect("portvakt_control").await;
    assert!(!control.query_one(&call, &[]).await.expect("an answer").get::<_, bool>(0));
    let later = "update tenants set suspended_at = now(), delete_asked_at = now(), delete_asked_by = 'anna',
                   delete_due_at = now() + interval '1 hour'";
    control.batch_execute(later).await.expect("asked for");
    assert!(!control.query_one(&call, &[]).await.expect("an answer").get::<_, bool>(0));
    // What the function opens is closed when it ends, also within one transaction.
    let owner = database(&f).connect("portvakt_owner").await;
    owner.batch_execute(&format!("begin; {call}")).await.expect("an answer");
    for table in all_tables(&f).await {
        assert_eq!(seen(&owner, &table).await, Some(0), "{table}");
    }
    assert_eq!(f.number("select count(*) from tenants").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_table_of_a_tenant_can_be_emptied_by_its_deletion() {
    let f = Fixture::postgres().await;
    let superuser = database(&f).superuser().await;
    for table in all_tables(&f).await.into_iter().filter(|table| !DEPLOYMENT.contains(&table.as_str())) {
        let sql = "select count(*) from pg_policies where tablename = $1 and policyname = 'deletion'
                     and roles = '{portvakt_owner}'";
        let policies: i64 = superuser.query_one(sql, &[&table]).await.expect("the catalogue").get(0);
        assert_eq!(policies, 1, "{table} lacks the policy \"deletion\"; see migrations/README.md");
    }
}
