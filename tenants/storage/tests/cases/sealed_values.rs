//! Sealed values: the list of their columns against the catalogue, and their exchange.

use std::collections::BTreeSet;

use portvakt_domain::keys::Sealed;
use portvakt_storage::{
    numbers,
    sealed_values::{self, Resealed, SealedColumn},
};

use crate::{
    fixture::{Fixture, account, hash, new_number},
    number_changes::delayed_change,
    wall::{database, filled},
};

/// Columns of bytes that hold no sealed value, and why they need no rotation.
const OTHERS: [(&str, &str); 19] = [
    ("numbers.number_hash", "hashed anew with its number"),
    ("number_changes.number_hash", "hashed anew with its number, forgotten when that is gone"),
    ("number_attributes.number_hash", "hashed anew with the account's numbers, or when next compared"),
    ("messages.number_hash", "compared by every key, and used within minutes"),
    ("flows.pending_number_hash", "not read: the number beside it is hashed when it is needed"),
    ("flows.token_hash", "gone with the flow"),
    ("flows.start_hash", "gone with the flow"),
    ("flows.login_hash", "gone with the flow"),
    ("flows.code_hash", "gone with the flow"),
    ("flows.network", "gone with the flow"),
    ("number_changes.network", "never looked up"),
    ("sms_log.network", "gone within a day"),
    ("limit_counters.subject", "gone with its window"),
    ("proven_networks.network", "gone within a month, and proven anew by the next flow"),
    ("sign_in_guards.subject", "gone within a week"),
    ("audit_events.network", "never looked up"),
    ("audit_seals.seal", "says its key, and is covered by a checkpoint"),
    ("audit_checkpoints.digest", "no key"),
    ("audit_checkpoints.seal", "says its key, and is covered by the next one"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_column_of_bytes_is_forgotten() {
    let f = Fixture::postgres().await;
    let sql = "select table_name || '.' || column_name from information_schema.columns
               where table_schema = 'public' and data_type = 'bytea'";
    let rows = database(&f).superuser().await.query(sql, &[]).await.expect("the catalogue");
    let found: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let sealed = SealedColumn::ALL.map(|column| format!("{}.{}", column.table(), column.column()));
    let others = OTHERS.iter().map(|(column, _)| (*column).to_owned());
    let known: BTreeSet<String> = others.chain(sealed).collect();
    assert_eq!(found, known, "a column is sealed and listed, or stands above with the reason why it need not be");
}

fn under(key: &str) -> Sealed {
    Sealed([&[1, key.len() as u8], key.as_bytes(), &[7; 40]].concat())
}

async fn exchanged(f: Fixture) {
    let mine = account();
    let new = [("old", f.now), ("older", f.now), ("new", f.now)]
        .map(|(key, now)| portvakt_storage::numbers::NewNumber { sealed: under(key), ..new_number(now) });
    numbers::import(&f.store, f.a, mine, new.to_vec()).await.expect("imported");
    let counted = sealed_values::count_by_key(&f.store, f.a).await.expect("counted");
    let of_numbers: Vec<_> = counted.iter().filter(|found| found.column == SealedColumn::Number).collect();
    let keys: BTreeSet<(&str, i64)> =
        of_numbers.iter().map(|found| (found.key.as_deref().expect("a name"), found.values)).collect();
    assert_eq!(keys, BTreeSet::from([("new", 1), ("old", 1), ("older", 1)]));
    assert!(sealed_values::count_by_key(&f.store, f.b).await.expect("counted").is_empty());

    let others = async |after| {
        let column = SealedColumn::Number;
        sealed_values::under_other_keys(&f.store, f.a, column, "new".to_owned(), after, 1).await.expect("found")
    };
    let first = others(None).await.remove(0);
    let second = others(Some(first.row)).await.remove(0);
    assert_eq!(others(Some(second.row)).await, []);
    assert_eq!((first.account, second.account), (Some(mine.0), Some(mine.0)));

    // Somebody wrote another value meanwhile: it stays. The other one is exchanged, with its hash.
    let anew = |old: &portvakt_storage::sealed_values::SealedValue, hash| Resealed {
        old: old.clone(),
        new: under("new"),
        hash: Some(hash),
    };
    let stale =
        Resealed { old: sealed_values::SealedValue { sealed: under("gone"), ..first.clone() }, ..anew(&first, hash()) };
    let (fresh, theirs) = (hash(), f.b);
    let all = vec![stale, anew(&second, fresh)];
    let count = async |tenant, values| {
        sealed_values::exchange(&f.store, tenant, SealedColumn::Number, values).await.expect("exchanged")
    };
    assert_eq!(count(theirs, all.clone()).await, 0, "another tenant's");
    assert_eq!(count(f.a, all.clone()).await, 1);
    assert_eq!(count(f.a, all).await, 0, "once");
    let stored = numbers::list(&f.store, f.a, mine).await.expect("listed");
    let found = |row| stored.iter().find(|number| number.row_id == row).expect("a number");
    assert_eq!(found(first.row).sealed, first.sealed);
    assert_eq!((&found(second.row).sealed, found(second.row).number_hash), (&under("new"), fresh));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_are_exchanged_for_what_they_were_found_as_on_sqlite() {
    exchanged(Fixture::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_are_exchanged_for_what_they_were_found_as_on_postgres() {
    exchanged(Fixture::postgres().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_sealed_column_can_be_read_and_exchanged() {
    let f = filled().await;
    let others = async |tenant, column, key: &str| {
        sealed_values::under_other_keys(&f.store, tenant, column, key.to_owned(), None, 100).await.expect("read")
    };
    let keys = async |tenant, column| {
        let counted = sealed_values::count_by_key(&f.store, tenant).await.expect("counted");
        let of_column = counted.into_iter().filter(|found| found.column == column);
        of_column.map(|found| (found.key, found.values)).collect::<Vec<_>>()
    };
    for column in SealedColumn::ALL {
        // All rows, those too that have no value there as they are made.
        let (table, name) = (column.table(), column.column());
        let value = "'\\x01036f6c64'::bytea || decode(replace(tenant_id::text, '-', ''), 'hex')";
        f.execute(&format!("update {table} set {name} = {value}")).await;
        let found = others(f.a, column, "k").await;
        let rows = found.len();
        assert!(rows > 0, "{column:?}");
        let mine = [b"\x01\x03old", f.a.0.as_bytes().as_slice()].concat();
        assert!(found.iter().all(|value| value.sealed.0 == mine), "{column:?}");
        assert_eq!(keys(f.a, column).await, [(Some("old".to_owned()), rows as i64)], "{column:?}");
        for old in found {
            let new = Resealed { old, new: under("k"), hash: column.is_looked_up().then(hash) };
            assert_eq!(sealed_values::exchange(&f.store, f.b, column, vec![new.clone()]).await.expect("an answer"), 0);
            assert_eq!(sealed_values::exchange(&f.store, f.a, column, vec![new]).await.expect("exchanged"), 1);
        }
        assert_eq!(others(f.a, column, "k").await, [], "{column:?}");
        assert_eq!(others(f.a, column, "old").await.len(), rows, "{column:?}");
        assert_eq!(keys(f.a, column).await, [(Some("k".to_owned()), rows as i64)], "{column:?}");
        assert!(!others(f.b, column, "k").await.is_empty(), "another tenant's {column:?}");
    }
}

pub(crate) async fn a_damaged_name_is_no_key(f: Fixture) {
    let values: [(&[u8], Option<&str>); 10] = [
        (b"", None),
        (b"\x01", None),
        (b"\x01\x05four", None),
        (b"\x01\x05four", None),
        (b"\x01\x00rest", None),
        (b"\x01\x04fo\xffr rest", None),
        (b"\x01\x04fo r rest", None),
        (b"\x02\x04four rest", None),
        (b"\x01\x04four rest", Some("four")),
        (b"\x01\x03four rest", Some("fou")),
    ];
    let long = [&[1, 33], [b'x'; 40].as_slice()].concat();
    let all = values.iter().map(|(value, _)| value.to_vec()).chain([long]);
    let all = all.map(|value| numbers::NewNumber { sealed: Sealed(value), ..new_number(f.now) }).collect();
    numbers::import(&f.store, f.a, account(), all).await.expect("imported");
    let counted = sealed_values::count_by_key(&f.store, f.a).await.expect("counted, whatever stands there");
    let counted: BTreeSet<_> = counted.iter().map(|found| (found.key.as_deref(), found.values)).collect();
    assert_eq!(counted, BTreeSet::from([(None, 9), (Some("four"), 1), (Some("fou"), 1)]));
    let others = sealed_values::under_other_keys(&f.store, f.a, SealedColumn::Number, "four".to_owned(), None, 100);
    assert_eq!(others.await.expect("read").len(), 10, "the damaged ones are found, to be told");
}

pub(crate) async fn hashes_of_changes_that_are_over_are_forgotten(f: Fixture) {
    let (mine, number) = (account(), new_number(f.now));
    let target = number.row_id;
    numbers::import(&f.store, f.a, mine, vec![number]).await.expect("imported");
    delayed_change(&f, f.a, mine, target).await;
    let zeros = if f.store.is_sqlite() { "zeroblob(32)" } else { "decode(repeat('00', 32), 'hex')" };
    let hashed = format!("select count(*) from number_changes where number_hash <> {zeros}");
    let forget = async |tenant| sealed_values::forget_settled_hashes(&f.store, tenant).await.expect("an answer");
    assert_eq!((forget(f.a).await, f.number(&hashed).await), (0, 1), "one that waits is looked up");
    f.execute("update number_changes set state = 'done'").await;
    assert_eq!((forget(f.b).await, f.number(&hashed).await), (0, 1), "another tenant's");
    assert_eq!((forget(f.a).await, f.number(&hashed).await), (1, 0));
    assert_eq!(forget(f.a).await, 0, "once");
}
