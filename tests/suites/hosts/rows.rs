//! Row-level security on what journeys really left behind, seen as the role that serves tenants.

use std::time::Duration;

use harness::{Database, State, World, journey, services::Services};
use portvakt_domain::{keys::KeyRing, number_attribute::NumberAttribute, reconciliation::Occasion};
use portvakt_flows::{reconcile, remind, rotate_keys::Rotation};
use portvakt_storage::DatabaseSettings;
use secrecy::ExposeSecret as _;
use tokio_postgres::{Client, error::SqlState};

async fn count(client: &Client, table: &str, condition: &str) -> i64 {
    let sql = format!("select count(*) from {table} where {condition}");
    client.query_one(&sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}")).get(0)
}

async fn refused(client: &Client, sql: &str) {
    let error = client.execute(sql, &[]).await.expect_err(sql);
    assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{sql}: {error:?}");
}

/// Seals both tenants' values anew with another key, which leaves a rotation and a checkpoint of each.
async fn exchange_keys(world: &World) {
    let names = [("test".to_owned(), world.master.clone()), ("newer".to_owned(), vec![5; 32])];
    let keys = KeyRing::new("newer", names).expect("a ring");
    let platform = &world.shared.platform;
    let (clock, random) = (platform.clock.as_ref(), platform.random.as_ref());
    let rotation = Rotation { store: &platform.store, keys: &keys, clock, random, author: "a test" };
    for tenant in world.tenants.values() {
        let done = rotation.run(tenant.id, Duration::MAX, &|_| {}).await.expect("rotated");
        assert!(done.values > 0 && done.rejected == 0, "{done:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_tenants_rows_are_all_that_a_transaction_sees() {
    let world = World::practice_with(Database::Postgres, |settings| {
        settings.directory.number_attribute = Some(NumberAttribute::Mobile);
        settings.reminders.send = true;
        settings.reminders.fallback = vec!["helpdesk@staff.test".to_owned()];
    })
    .await;
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Unregistered).await;
        let number = world.fresh_number();
        journey::register(&world, &mut world.browser(), slug, &person, &number).await;
        let person = harness::Person { number: Some(number), ..person };
        world.arrived().await;
        journey::lose_phone(&world, &mut world.browser(), slug, &person, &world.fresh_number()).await;
        world.arrived().await;
        // A password that is refused is counted; the one after it is set.
        let mut browser = world.browser();
        let page = journey::reset(&world, &mut browser, slug, &person, "kort").await;
        let fields = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
        let done = browser.submit_to(&page, "/password", &fields).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        // What somebody thought of a guide.
        let guide = [("guide", "reset"), ("helpful", "yes"), ("text", "tydligt")];
        browser.post(&world.tenant(slug).reset.clone(), "/guides/feedback", &guide).await;
        // A reminder, and somebody with a number who left.
        let (platform, tenant) = (&world.shared.platform, world.served(slug));
        remind::run(platform, &tenant, true).await.expect("a run");
        world.person(slug, State::Disabled).await;
        reconcile::run(platform, &tenant, Occasion::ByHand).await.expect("a look");
    }
    // Events are sealed a moment after they were recorded.
    world.clock.advance(chrono::TimeDelta::minutes(1));
    world.run_jobs().await;
    exchange_keys(&world).await;
    let DatabaseSettings::Postgres { app_url, .. } = &world.database else { panic!("PostgreSQL") };
    let postgres = &Services::get().postgres;
    let name = app_url.expose_secret().rsplit('/').next().and_then(|rest| rest.split('?').next()).expect("a name");
    let superuser = postgres.connect(&postgres.superuser_url.replace("/postgres?", &format!("/{name}?"))).await;
    let superuser = superuser.expect("the superuser can connect");
    let app = postgres.connect(app_url.expose_secret()).await.expect("the role can connect");
    let [a, b] = ["orebro", "mjolby"].map(|slug| world.tenant(slug).id.to_string());

    let sql = "select c.relname::text, has_table_privilege('portvakt_app', c.oid, 'select') from pg_class c
               join pg_attribute t on t.attrelid = c.oid and t.attname = 'tenant_id'
               where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1";
    let tables = superuser.query(sql, &[]).await.expect("the catalogue");
    let (own, others): (Vec<_>, Vec<_>) = tables.iter().partition(|row| row.get::<_, bool>(1));
    assert_eq!((own.len(), others.len()), (26, 3), "tenant tables, and those across tenants");

    for table in own.iter().map(|row| row.get::<_, String>(0)) {
        app.batch_execute("reset portvakt.tenant").await.expect("reset");
        assert_eq!(count(&app, &table, "true").await, 0, "{table} without a tenant");
        let mine = count(&superuser, &table, &format!("tenant_id = '{a}'")).await;
        let all = count(&superuser, &table, "true").await;
        assert!(mine > 0 && mine < all, "both tenants left rows in {table}: {mine} of {all}");

        app.batch_execute(&format!("set portvakt.tenant = '{a}'")).await.expect("set");
        assert_eq!(count(&app, &table, "true").await, mine, "{table}");
        assert_eq!(count(&app, &table, &format!("tenant_id <> '{a}'")).await, 0, "{table}");
        let foreign = format!(
            "insert into {table} select (jsonb_populate_record(null::{table},
             to_jsonb(x) || '{{\"tenant_id\": \"{b}\"}}')).* from {table} x limit 1"
        );
        refused(&app, &foreign).await;
        if table.starts_with("audit") {
            refused(&app, &format!("update {table} set tenant_id = tenant_id")).await;
            refused(&app, &format!("delete from {table}")).await;
        } else {
            let moved = app.execute(&format!("update {table} set tenant_id = '{b}'"), &[]).await;
            assert!(moved.is_err(), "{table}: rows moved to another tenant");
            let delete = format!("delete from {table} where tenant_id = '{b}'");
            // That values were sealed anew is never forgotten; a tenant's deletion takes it along, as another role.
            if table == "key_rotations" {
                refused(&app, &delete).await;
            } else {
                assert_eq!(app.execute(&delete, &[]).await.expect("deleted nothing"), 0, "{table}");
            }
        }
        assert_eq!(count(&superuser, &table, "true").await, all, "{table}");
    }
    for table in others.iter().map(|row| row.get::<_, String>(0)) {
        refused(&app, &format!("select * from {table}")).await;
    }
}
