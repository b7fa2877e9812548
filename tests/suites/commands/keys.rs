//! `portvakt keys rotate` and `keys status`, and what starts without a key that is needed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use harness::{
    process::{Installation, PATIENCE, Process, eventually, preset_table},
    services::Services,
};
use portvakt::system::{SystemClock, SystemRandom};
use portvakt_domain::{
    feedback::Guide,
    id::{AccountKey, TenantId},
    keys::{KeyRing, KeyUse, Place},
    language::Language,
    number::MobileNumber,
    time::Clock as _,
};
use portvakt_flows::{give_feedback::feedback_place, import_number, key_usage::Usage};
use portvakt_storage::{
    audit,
    feedback::{self, NewFeedback},
    numbers, operator,
};
use uuid::Uuid;

fn files(installation: &Installation, names: &[&str]) -> toml::Table {
    let path = |name: &&str| installation.path(&format!("{name}.key")).to_str().expect("UTF-8").to_owned();
    names.iter().map(|name| ((*name).to_owned(), toml::Value::from(path(name)))).collect()
}

/// Two tenants, with values under the first key.
async fn apply_both(installation: &Installation) {
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    for slug in ["orebro", "mjolby"] {
        installation.write(&format!("{slug}-ca.pem"), &ca);
        let secrets = BTreeMap::from([("directory", "a"), ("sms", "b"), ("mail", "c")]);
        let tenant = preset_table(installation, slug, &secrets);
        installation.apply(&tenant).await.succeeded();
    }
}

/// A ring of both keys, of which the second is active.
fn second_is_active(installation: &mut Installation) {
    installation.write("second.key", "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n");
    let both = files(installation, &["first", "second"]);
    installation.set("keys", "files", both);
    installation.set("keys", "active", "second");
}

async fn rotated(mut installation: Installation) {
    apply_both(&installation).await;
    installation.run(&["tenant", "suspend", "mjolby"]).await.succeeded();
    let only = installation.run(&["keys", "status"]).await.succeeded().stdout;
    assert!(only.contains("orebro               key first: ") && only.contains(" values (active)"), "{only}");

    // 1. A second key is active: the first is needed until everything is sealed anew.
    second_is_active(&mut installation);
    let before = installation.run(&["keys", "status"]).await.succeeded().stdout;
    assert!(before.ends_with("key first: still needed\n"), "{before}");

    // 2. Without it nothing starts, and it is named.
    let only_second = files(&installation, &["second"]);
    installation.set("keys", "files", only_second);
    for command in ["serve", "keys"] {
        let arguments: &[&str] = if command == "keys" { &["keys", "status"] } else { &[command] };
        let refused = installation.run(arguments).await;
        assert_eq!(refused.code, 1, "{command}");
        let said = "keys.files: the key \"first\" is missing, and values of mjolby, orebro need it";
        assert!(refused.stderr.contains(said), "{command}: {}", refused.stderr);
    }
    let checked = installation.run(&["config", "check"]).await;
    assert!(checked.code == 1 && checked.stderr.contains("the key \"first\" is missing"), "{}", checked.stderr);

    // 3. Rotated, a suspended tenant as well; twice does no harm, and the first key may go.
    let both = files(&installation, &["first", "second"]);
    installation.set("keys", "files", both);
    let told = installation.run(&["keys", "rotate"]).await.succeeded().stdout;
    assert!(told.contains("orebro: ") && told.contains("mjolby: ") && told.contains("values sealed anew"), "{told}");
    assert!(told.ends_with("key first: needed by nothing: it may be taken out of keys.files\n"), "{told}");
    let again = installation.run(&["keys", "rotate"]).await.succeeded().stdout;
    assert!(!again.contains("sealed anew"), "{again}");
    let only_second = files(&installation, &["second"]);
    installation.set("keys", "files", only_second);
    let checked = installation.run(&["config", "check"]).await.succeeded();
    assert_eq!(checked.stdout, "the settings are in order\n");
    for slug in ["orebro", "mjolby"] {
        let verified = installation.run(&["audit", "verify", slug]).await.succeeded();
        assert!(verified.stdout.contains("the chain holds"), "{}", verified.stdout);
        // A secret that does not open would be told as changed.
        let file = installation.path(&format!("{slug}.toml"));
        let same = installation.run(&["tenant", "apply", file.to_str().expect("UTF-8")]).await.succeeded();
        assert!(same.stdout.starts_with(&format!("{slug}: nothing differs\n")), "{}", same.stdout);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotated_on_sqlite() {
    rotated(Installation::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotated_on_postgres() {
    let installation = Installation::postgres().await;
    installation.run(&["migrate"]).await.succeeded();
    rotated(installation).await;
}

const NUMBERS: usize = 450;

/// A tenant with numbers under the first key, and a ring in which the second is active.
async fn with_numbers(installation: &mut Installation) -> (TenantId, AccountKey) {
    installation.run(&["migrate"]).await.succeeded();
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    installation.write("orebro-ca.pem", &ca);
    let secrets = BTreeMap::from([("directory", "a"), ("sms", "b"), ("mail", "c")]);
    let tenant = preset_table(installation, "orebro", &secrets);
    installation.apply(&tenant).await.succeeded();
    let store = installation.store().await;
    let tenant = operator::list_tenants(&store).await.expect("a list").remove(0).id;
    let (account, now) = (AccountKey(Uuid::new_v4()), SystemClock.now());
    let number = |i: usize| MobileNumber::from_e164(&format!("+46701740{:03}", 100 + i)).expect("a number");
    let numbers: Vec<_> = (0..NUMBERS).map(|i| (number(i), None)).collect();
    let keys = &installation.keys;
    import_number::run(&store, keys, &SystemRandom, tenant, account, &numbers, now).await.expect("stored");
    second_is_active(installation);
    (tenant, account)
}

/// Readers' words are no reason to serve nobody; what is lost is said where it is looked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_key_that_only_feedback_needs_keeps_nothing_from_starting() {
    let installation = Installation::sqlite();
    apply_both(&installation).await;
    let store = installation.store().await;
    let tenant = operator::find_tenant(&store, "orebro".to_owned()).await.expect("a database").expect("a tenant").id;
    let lost = KeyRing::new("lost", [("lost".to_owned(), vec![3; 32])]).expect("a ring");
    let id = Uuid::now_v7();
    let text = lost.seal(tenant, feedback_place(id), b"bilden saknas", &SystemRandom).expect("sealed");
    let answer = NewFeedback {
        id,
        guide: Guide::Reset,
        language: Language::Sv,
        helpful: true,
        text: Some(text),
        created_at: SystemClock.now(),
    };
    feedback::add(&store, tenant, answer).await.expect("kept");

    let checked = installation.run(&["config", "check"]).await.succeeded();
    assert_eq!(checked.stdout, "the settings are in order\n");
    drop(installation.serve().await);
    let told = installation.run(&["keys", "status"]).await.succeeded().stdout;
    assert!(told.contains("orebro               key lost: 1 values\n"), "{told}");
    let told = installation.run(&["tenant", "feedback", "orebro"]).await.succeeded().stdout;
    assert!(
        told.contains("orebro: 1 answers, helpful 1") && told.contains("helpful      (can't be opened)\n"),
        "{told}"
    );
    let json = installation.run(&["tenant", "feedback", "orebro", "--json"]).await.succeeded().stdout;
    let answers: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&answers[0]["text"], &answers[0]["unreadable"]), (&serde_json::Value::Null, &true.into()), "{json}");
    assert!(!told.contains("bilden") && !json.contains("bilden"), "{told}{json}");

    // A number under that key is another matter.
    let number = MobileNumber::from_e164("+46701740100").expect("a number");
    let (account, now) = (AccountKey(Uuid::new_v4()), SystemClock.now());
    import_number::run(&store, &lost, &SystemRandom, tenant, account, &[(number, None)], now).await.expect("stored");
    let refused = installation.run(&["config", "check"]).await;
    assert!(refused.code == 1 && refused.stderr.contains("the key \"lost\" is missing"), "{}", refused.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_midway_loses_nothing_and_seals_nothing_twice() {
    let mut installation = Installation::postgres().await;
    let (tenant, account) = with_numbers(&mut installation).await;
    let mut superuser = installation.superuser().await;
    superuser
        .batch_execute(
            "create table exchanges (id uuid);
             create function note_exchange() returns trigger language plpgsql security definer as $$
               begin insert into public.exchanges values (new.id); return new; end $$;
             create trigger note_exchange after update of number on numbers
               for each row execute function note_exchange()",
        )
        .await
        .expect("a trigger");

    // 1. Two processes come as far as a row that somebody holds; one of them is killed there, inside its third step.
    let hold = superuser.transaction().await.expect("a transaction");
    let row = "select 1 from numbers where id = (select id from numbers order by id limit 1 offset 250) for update";
    hold.execute(row, &[]).await.expect("held");
    let mut killed = Process::start(&mut installation.command(&["keys", "rotate"]));
    let mut goes_on = Process::start(&mut installation.command(&["keys", "rotate"]));
    killed.line("orebro: ").await;
    let look = installation.superuser().await;
    eventually("both wait for a lock", PATIENCE, async || {
        let waiting = "select count(*) from pg_stat_activity
                       where datname = current_database() and usename = 'portvakt_app' and wait_event_type = 'Lock'";
        (look.query_one(waiting, &[]).await.expect(waiting).get::<_, i64>(0) == 2).then_some(())
    })
    .await;
    killed.kill();
    let under = "select count(*) from numbers where substr(number, 3, 6) = 'second'::bytea";
    let midway: i64 = look.query_one(under, &[]).await.expect(under).get(0);
    assert_eq!(midway, 200, "what was done in whole steps");
    hold.rollback().await.expect("let go");

    // 2. The other one goes on to the end; once more, and there is nothing to do.
    goes_on.line("key first: ").await;
    drop(goes_on);
    let again = installation.run(&["keys", "rotate"]).await.succeeded().stdout;
    assert!(again.ends_with("key first: needed by nothing: it may be taken out of keys.files\n"), "{again}");
    let all: i64 = look.query_one(under, &[]).await.expect(under).get(0);
    assert_eq!(all, NUMBERS as i64);
    let exchanges = "select count(*), count(distinct id) from exchanges";
    let row = look.query_one(exchanges, &[]).await.expect(exchanges);
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (all, all), "each value was exchanged once");
    let told = "select kind, count(*) from audit_events where kind like 'keys.%' group by kind order by kind";
    let told: Vec<(String, i64)> =
        look.query(told, &[]).await.expect(told).iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(told, [("keys.rotation_begun".to_owned(), 1), ("keys.rotation_ended".to_owned(), 1)]);

    // 3. Without the first key every number opens, and is found by its hash.
    let ring = KeyRing::new("second", [("second".to_owned(), vec![2; 32])]).expect("a ring");
    let mut opened = BTreeSet::new();
    for stored in numbers::list(&installation.store().await, tenant, account).await.expect("listed") {
        let place = Place { table: "numbers", column: "number", row: stored.row_id, owner: Some(account.0) };
        let number = ring.open_text(tenant, place, &stored.sealed).expect("it opens").to_string();
        assert_eq!(stored.number_hash, ring.hash(tenant, KeyUse::Number, &[number.as_bytes()]));
        opened.insert(number);
    }
    assert_eq!(opened.len(), NUMBERS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_values_and_a_newer_releases_jobs_stop_nobody() {
    let mut installation = Installation::postgres().await;
    let (tenant, account) = with_numbers(&mut installation).await;
    let superuser = installation.superuser().await;
    let sql = format!(
        "update numbers set number = '\\x0105666972' where id = (select id from numbers order by id limit 1);
         insert into number_attributes (tenant_id, account, number_hash, compared_at)
           values ('{tenant}', '{account}', decode(repeat('07', 32), 'hex'), now());
         insert into jobs (tenant_id, id, kind, payload, run_at, attempts, created_at)
           values ('{tenant}', gen_random_uuid(), 'later', '{{\"kind\":\"later\"}}', now(), 0, now())",
        account = account.0
    );
    superuser.batch_execute(&sql).await.expect(&sql);

    // 1. They are told, and nothing more.
    let told = installation.run(&["keys", "rotate"]).await;
    assert_eq!(told.code, 1, "{}", told.output());
    assert!(told.stdout.contains("orebro: 1 values do not open where they stand"), "{}", told.stdout);
    let status = installation.run(&["keys", "status"]).await.succeeded().stdout;
    let damaged = "orebro               numbers.number: 1 values begin with no key's name: they are damaged\n";
    assert!(status.contains(damaged), "{status}");
    let hashes = "orebro               1 hashes of numbers in the directory, not compared since\n";
    assert!(status.contains(hashes), "{status}");
    let verdict = "key first: perhaps needed by hashes of numbers in directories, until these are next compared\n";
    assert!(status.ends_with(verdict), "{status}");
    let checked = installation.run(&["config", "check"]).await.succeeded().stdout;
    let said = "orebro: 1 values begin with no key's name: see `portvakt keys status`\nthe settings are in order\n";
    assert_eq!(checked, said);

    // 2. The server starts, and says so; the job waits for who knows it.
    let mut serving = installation.serve().await;
    let said = eventually("two lines of the log", PATIENCE, async || {
        let log = format!("{}{}", serving.process.stdout(), serving.process.stderr());
        let both =
            log.contains("values begin with no key's name") && log.contains("jobs wait for a release that knows");
        both.then_some(log)
    })
    .await;
    assert!(said.contains("later"), "{said}");
    serving.process.kill();
    let left = "select count(*) from jobs where kind = 'later' and dead_at is null and attempts = 0";
    assert_eq!(superuser.query_one(left, &[]).await.expect(left).get::<_, i64>(0), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_seals_anew_by_itself_also_for_a_suspended_tenant() {
    let mut installation = Installation::sqlite();
    apply_both(&installation).await;
    installation.run(&["tenant", "suspend", "mjolby"]).await.succeeded();
    second_is_active(&mut installation);
    let _serving = installation.serve().await;
    let store = installation.store().await;
    eventually("all values are under the second key", PATIENCE, async || {
        for tenant in operator::list_tenants(&store).await.expect("a list") {
            let usage = Usage::of(&store, tenant.id, "second").await.expect("counted");
            if usage.under_others("second") > 0 || usage.by_key().is_empty() {
                return None;
            }
        }
        Some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trail_that_does_not_hold_is_no_other_tenants_trouble_and_links_of_no_name_keep_a_key() {
    let mut installation = Installation::postgres().await;
    installation.run(&["migrate"]).await.succeeded();
    apply_both(&installation).await;
    let store = installation.store().await;
    let tenants = operator::list_tenants(&store).await.expect("a list");
    for tenant in &tenants {
        let key = Arc::new(installation.keys.audit_key(tenant.id));
        audit::seal_pending(&store, tenant.id, key, 1_000).await.expect("sealed");
    }
    let [broken, other] = &tenants[..] else { panic!("two tenants: {}", tenants.len()) };
    let superuser = installation.superuser().await;
    let sql = format!(
        "update audit_seals set seal = decode(repeat('07', 32), 'hex') where seq = 1 and tenant_id = '{}';
         update audit_seals set key = null where tenant_id = '{}'",
        broken.id, other.id
    );
    superuser.batch_execute(&sql).await.expect(&sql);
    second_is_active(&mut installation);
    let unnamed =
        |slug: &str, links: i64| format!("{slug:<20} {links} links of the audit trail from before keys were noted\n");
    let before = installation.run(&["keys", "status"]).await.succeeded().stdout;
    assert!(before.contains(&unnamed(&other.slug, 1)), "{before}");

    // 1. The first of them can't be dealt with, and the next one is.
    let told = installation.run(&["keys", "rotate"]).await;
    assert_eq!(told.code, 1, "{}", told.output());
    let trouble = format!("{}: not all is sealed anew: the audit trail does not hold", broken.slug);
    let done = format!("{}: ", other.slug);
    let lines: Vec<&str> = told.stdout.lines().collect();
    let at = lines.iter().position(|line| line.starts_with(&trouble));
    let at = at.unwrap_or_else(|| panic!("{trouble:?} in {}", told.stdout));
    let goes_on = lines[at..].iter().any(|line| line.starts_with(&done) && line.ends_with("values sealed anew"));
    assert!(goes_on && !told.stdout.contains("links of the audit trail"), "covered by now: {}", told.stdout);
    assert!(told.stdout.ends_with("key first: still needed\n"), "{}", told.stdout);

    // 2. Where nothing says which key it was, it may be any.
    let sql = format!("update audit_seals set key = null where seq = 1 and tenant_id = '{}'", broken.id);
    superuser.batch_execute(&sql).await.expect(&sql);
    let status = installation.run(&["keys", "status"]).await.succeeded().stdout;
    assert!(status.contains(&unnamed(&broken.slug, 1)), "{status}");
    let verdict = "key first: perhaps needed by the audit trail: run `portvakt keys rotate`\n";
    assert!(status.ends_with(verdict), "{status}");
}
