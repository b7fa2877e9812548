//! Rotations of keys: begun and ended once, which one is newer, and what did not open.

use chrono::TimeDelta;
use portvakt_domain::{audit::AuditKind, id::TenantId, time::Instant};
use portvakt_storage::{audit, key_rotations};

use crate::fixture::{Fixture, audit_key, event};

async fn begin(f: &Fixture, key: &str, now: Instant) -> bool {
    let begun = event(AuditKind::KeysRotationBegun, now);
    key_rotations::begin(&f.store, f.a, key.to_owned(), now, begun).await.expect("an answer")
}

async fn end(f: &Fixture, key: &str) -> bool {
    let ended = event(AuditKind::KeysRotationEnded, f.now);
    key_rotations::end(&f.store, f.a, key.to_owned(), f.now, ended).await.expect("an answer")
}

async fn begun_at(f: &Fixture, tenant: TenantId, key: &str) -> Option<Instant> {
    key_rotations::begun_at(&f.store, tenant, key.to_owned()).await.expect("an answer")
}

async fn newer(f: &Fixture, key: &str, ring: &[&str]) -> Option<String> {
    let ring = ring.iter().map(|name| (*name).to_owned()).collect();
    key_rotations::newer_than(&f.store, f.a, key.to_owned(), ring).await.expect("an answer")
}

async fn events(f: &Fixture, kind: &str) -> i64 {
    f.number(&format!("select count(*) from audit_events where kind = '{kind}'")).await
}

pub(crate) async fn a_rotation_begins_and_ends_once(f: Fixture) {
    let later = f.now + TimeDelta::days(1);
    assert!(!end(&f, "second").await, "none was begun");
    assert_eq!((begin(&f, "second", f.now).await, begin(&f, "second", later).await), (true, false));
    assert_eq!(begun_at(&f, f.a, "second").await, Some(f.now));
    assert_eq!((begun_at(&f, f.b, "second").await, begun_at(&f, f.a, "first").await), (None, None));
    assert_eq!((end(&f, "second").await, end(&f, "second").await), (true, false));
    assert_eq!((events(&f, "keys.rotation_begun").await, events(&f, "keys.rotation_ended").await), (1, 1));

    assert!(begin(&f, "second", later).await, "something came under another key since");
    assert_eq!(begun_at(&f, f.a, "second").await, Some(later));
    let last = later + TimeDelta::days(1);
    assert!(begin(&f, "first", last).await);
    assert_eq!((begun_at(&f, f.a, "first").await, begun_at(&f, f.a, "second").await), (Some(last), None));
    let back = last + TimeDelta::days(1);
    assert!(begin(&f, "second", back).await, "another key was active meanwhile, though that one was never done");
    assert_eq!((begun_at(&f, f.a, "first").await, begun_at(&f, f.a, "second").await), (None, Some(back)));
    assert_eq!((events(&f, "keys.rotation_begun").await, events(&f, "keys.rotation_ended").await), (4, 1));
}

pub(crate) async fn of_two_keys_the_one_begun_later_is_newer(f: Fixture) {
    // The fixture's key is called k. It seals the trail from the first day on and was never rotated to.
    let all = ["k", "second", "third"];
    assert_eq!(newer(&f, "k", &all).await, None);
    audit::record(&f.store, f.a, vec![event(AuditKind::Swept, f.now)]).await.expect("recorded");
    audit::seal_pending(&f.store, f.a, audit_key(f.a), 10).await.expect("sealed");
    assert_eq!(newer(&f, "k", &all).await, None);

    // The second seals already, and its rotation has not begun.
    let at = |days| f.now + TimeDelta::days(days);
    audit::record(&f.store, f.a, vec![event(AuditKind::Swept, at(1))]).await.expect("recorded");
    audit::seal_pending(&f.store, f.a, audit_key(f.a), 10).await.expect("sealed");
    f.execute("update audit_seals set key = 'second' where seq = 2").await;
    assert_eq!(newer(&f, "k", &all).await.as_deref(), Some("second"));
    assert_eq!(newer(&f, "second", &all).await, None);

    assert!(begin(&f, "second", at(1)).await);
    assert_eq!(newer(&f, "k", &all).await.as_deref(), Some("second"));
    assert_eq!(newer(&f, "k", &["k"]).await, None, "one that is not in the ring");
    assert_eq!(newer(&f, "second", &all).await, None);
    assert_eq!(newer(&f, "third", &all).await, None, "nothing was sealed with it yet: it is the newest");
    assert!(begin(&f, "third", at(2)).await);
    assert_eq!(newer(&f, "k", &all).await.as_deref(), Some("third"), "of two the last");
    assert_eq!(newer(&f, "second", &all).await.as_deref(), Some("third"));
    assert!(begin(&f, "second", at(3)).await, "an operator goes back");
    assert_eq!(newer(&f, "second", &all).await, None);
    assert_eq!(newer(&f, "third", &all).await.as_deref(), Some("second"));
}

pub(crate) async fn what_does_not_open_is_told_when_its_number_changes(f: Fixture) {
    let reject = async |values| {
        let told = vec![event(AuditKind::SealRejected, f.now)];
        let told = if values == 0 { Vec::new() } else { told };
        key_rotations::reject(&f.store, f.a, "second".to_owned(), values, told).await.expect("an answer")
    };
    begin(&f, "second", f.now).await;
    assert!(!reject(0).await);
    assert_eq!((reject(2).await, reject(2).await), (true, false));
    assert_eq!(events(&f, "seal.rejected").await, 1);
    assert_eq!((reject(1).await, reject(0).await, reject(0).await), (true, true, false));
    assert_eq!(events(&f, "seal.rejected").await, 2);
    assert!(reject(1).await, "it comes back");
    end(&f, "second").await;
    begin(&f, "second", f.now + TimeDelta::days(1)).await;
    assert!(reject(1).await, "another rotation tells anew");
    assert_eq!(events(&f, "seal.rejected").await, 4);
}
