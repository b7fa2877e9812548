//! Reconciliations: one at a time, absences that begin once, and numbers that go once and whole.

use chrono::{NaiveDate, TimeDelta};
use futures_util::future::join_all;
use portvakt_domain::{
    audit::AuditKind,
    flow::FlowState as S,
    id::{AccountKey, ReconciliationId, TenantId},
    number_attribute::AttributeRecord,
    reconciliation::{Absence, Occasion, ReconciliationFigures, ReconciliationState},
    time::Instant,
};
use portvakt_storage::{
    flows, number_attributes, number_changes, numbers,
    reconciliations::{
        self, Absent, AttributeEnd, EndReconciliation, NewReconciliation, ReconciliationGlance, RemoveNumbers,
        StoredReconciliation,
    },
    sweep::{self, SweepAges, SweepReport},
};
use uuid::Uuid;

use crate::{
    fixture::{Fixture, account, event, minutes, new_number},
    number_changes::delayed_change,
    numbers::{by_name, list, parted, registering},
};

const FIGURES: ReconciliationFigures =
    ReconciliationFigures { registered: 900, missing: 4, disabled: 9, expired: 2, removed: 0 };

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn new(f: &Fixture) -> NewReconciliation {
    NewReconciliation {
        id: ReconciliationId(Uuid::new_v4()),
        day: day("2027-01-15"),
        occasion: Occasion::Schedule,
        now: f.now,
    }
}

async fn begin(f: &Fixture, tenant: TenantId, new: NewReconciliation) -> ReconciliationId {
    reconciliations::begin(&f.store, tenant, new).await.expect("a reconciliation")
}

fn end(f: &Fixture, id: ReconciliationId, state: ReconciliationState) -> EndReconciliation {
    let at = f.now + minutes(3);
    let problem = (state != ReconciliationState::Done).then(|| "why".to_owned());
    EndReconciliation { id, state, figures: FIGURES, problem, at, event: event(AuditKind::NumbersReconciled, at) }
}

async fn ended(f: &Fixture, tenant: TenantId, end: EndReconciliation) -> bool {
    reconciliations::end(&f.store, tenant, end).await.expect("an answer")
}

async fn events(f: &Fixture, kind: AuditKind) -> i64 {
    f.number(&format!("select count(*) from audit_events where kind = '{}'", kind.as_str())).await
}

async fn all(f: &Fixture) -> Vec<StoredReconciliation> {
    reconciliations::list(&f.store, f.a, 9).await.expect("a list")
}

async fn covered(f: &Fixture, now: Instant) -> Option<NaiveDate> {
    reconciliations::covered(&f.store, f.a, now).await.expect("an answer")
}

async fn glance(f: &Fixture) -> ReconciliationGlance {
    reconciliations::glance(&f.store, f.a).await.expect("an answer")
}

fn absent(account: AccountKey, since: Instant, reason: Absence) -> Absent {
    Absent { account, since, reason, accepted: false }
}

async fn note(f: &Fixture, tenant: TenantId, absent: Vec<Absent>) {
    reconciliations::note_absences(&f.store, tenant, absent).await.expect("noted");
}

async fn known(f: &Fixture, tenant: TenantId) -> Vec<Absent> {
    reconciliations::absences(&f.store, tenant).await.expect("a list")
}

/// A row in every table, for who needs one.
pub(crate) async fn recorded(f: &Fixture, tenant: TenantId) {
    begin(f, tenant, new(f)).await;
    note(f, tenant, vec![absent(account(), f.now, Absence::Missing)]).await;
}

pub(crate) async fn one_reconciliation_of_a_tenant_is_under_way(f: Fixture) {
    let later = f.now + minutes(600);
    assert_eq!((glance(&f).await, covered(&f, later).await), (ReconciliationGlance::default(), None));
    let many = join_all((0..20).map(|_| begin(&f, f.a, new(&f)))).await;
    let first = many[0];
    assert!(many.iter().all(|other| *other == first), "who comes later goes on with the first one's");
    assert_ne!(begin(&f, f.b, new(&f)).await, first, "another tenant's");
    assert_eq!((glance(&f).await, covered(&f, later).await), (ReconciliationGlance::default(), None), "it is not done");

    let done = end(&f, first, ReconciliationState::Done);
    assert!(!ended(&f, f.b, done.clone()).await, "another tenant's");
    let several = join_all((0..9).map(|_| ended(&f, f.a, done.clone()))).await;
    assert_eq!(several.into_iter().filter(|ended| *ended).count(), 1, "once");
    assert_eq!(events(&f, AuditKind::NumbersReconciled).await, 1);
    let told = "select count(*) from audit_events where details like '%\"outcome\":\"done\"%'
                and details like '%\"missing\":\"4\"%' and details like '%\"removed\":\"0\"%'";
    assert_eq!(f.number(told).await, 1);
    assert_eq!(covered(&f, later).await, Some(day("2027-01-15")));
    assert_eq!(covered(&f, f.now - minutes(1)).await, None, "one of a clock that was ahead");
    let done_at = Some(done.at);
    assert_eq!(glance(&f).await, ReconciliationGlance { last_done_at: done_at, stopped: false });
    let stored = StoredReconciliation {
        id: first,
        day: day("2027-01-15"),
        occasion: Occasion::Schedule,
        state: ReconciliationState::Done,
        started_at: f.now,
        finished_at: done_at,
        figures: FIGURES,
        problem: None,
    };
    assert_eq!(all(&f).await, std::slice::from_ref(&stored));

    // By hand, stopped: that is no day's own, and whoever watches sees it.
    let by_hand = NewReconciliation { occasion: Occasion::ByHand, day: day("2027-01-16"), now: later, ..new(&f) };
    let second = begin(&f, f.a, by_hand.clone()).await;
    assert_eq!(second, by_hand.id);
    assert!(ended(&f, f.a, end(&f, second, ReconciliationState::Stopped)).await);
    assert_eq!(covered(&f, later).await, Some(day("2027-01-15")));
    assert_eq!(glance(&f).await, ReconciliationGlance { last_done_at: done_at, stopped: true });
    let both = all(&f).await;
    assert_eq!((both[0].id, both[0].problem.as_deref(), &both[1]), (second, Some("why"), &stored), "the newest first");

    // One that the schedule asked for and that was stopped is that day's; one that was given up is not.
    for (state, expected) in [(ReconciliationState::Failed, "2027-01-15"), (ReconciliationState::Stopped, "2027-01-17")]
    {
        let next = NewReconciliation { day: day("2027-01-17"), now: later + minutes(1), ..new(&f) };
        let next = begin(&f, f.a, next).await;
        assert!(ended(&f, f.a, end(&f, next, state)).await);
        assert_eq!(covered(&f, later + minutes(9)).await, Some(day(expected)), "{state:?}");
        assert!(glance(&f).await.stopped, "{state:?}");
    }
}

pub(crate) async fn a_reconciliation_that_was_left_behind_ends_as_failed(f: Fixture) {
    let left = begin(&f, f.a, new(&f)).await;
    let next = NewReconciliation { day: day("2027-01-16"), now: f.now + TimeDelta::days(1), ..new(&f) };
    let fresh = || NewReconciliation { id: ReconciliationId(Uuid::new_v4()), ..next.clone() };
    let many = join_all((0..8).map(|_| begin(&f, f.a, fresh()))).await;
    assert!(many.iter().all(|other| *other == many[0] && *other != left));
    let by_hand = NewReconciliation { occasion: Occasion::Accepting, ..fresh() };
    assert_eq!(begin(&f, f.a, by_hand.clone()).await, by_hand.id);
    let states: Vec<_> = all(&f).await.iter().map(|it| (it.id, it.state)).collect();
    let failed = ReconciliationState::Failed;
    for expected in [(left, failed), (many[0], failed), (by_hand.id, ReconciliationState::Running)] {
        assert!(states.contains(&expected), "{expected:?}: {states:?}");
    }
    assert_eq!((states.len(), events(&f, AuditKind::NumbersReconciled).await), (3, 2));
    assert!(!ended(&f, f.a, end(&f, left, ReconciliationState::Done)).await, "who was left behind ends nothing");
}

pub(crate) async fn accounts_with_numbers_come_page_by_page(f: Fixture) {
    let mut people: Vec<AccountKey> = (0..7).map(|_| account()).collect();
    people.sort();
    for person in &people {
        numbers::import(&f.store, f.a, *person, vec![new_number(f.now), new_number(f.now)]).await.expect("imported");
    }
    numbers::import(&f.store, f.b, account(), vec![new_number(f.now)]).await.expect("imported");
    let page = async |after, limit| reconciliations::registered(&f.store, f.a, after, limit).await.expect("a page");
    assert_eq!(page(None, 3).await, people[..3]);
    assert_eq!(page(Some(people[2]), 3).await, people[3..6]);
    assert_eq!(page(Some(people[5]), 3).await, people[6..]);
    assert_eq!(page(Some(people[6]), 3).await, []);
    assert_eq!(page(None, 100).await, people, "each once");
}

pub(crate) async fn an_absence_begins_once_and_is_forgotten(f: Fixture) {
    let mut people: Vec<AccountKey> = (0..2_500).map(|_| account()).collect();
    people.sort();
    let first: Vec<Absent> = people.iter().map(|person| absent(*person, f.now, Absence::Disabled)).collect();
    note(&f, f.a, first.iter().rev().copied().collect()).await;
    note(&f, f.b, vec![absent(people[0], f.now, Absence::Expired)]).await;
    assert_eq!(known(&f, f.a).await, first);

    // Later they are gone altogether, and one is accepted: the time stays.
    let later = f.now + TimeDelta::days(20);
    let gone = [
        Absent { accepted: true, ..absent(people[0], later, Absence::Missing) },
        absent(people[1], later, Absence::Missing),
    ];
    note(&f, f.a, gone.to_vec()).await;
    let found = known(&f, f.a).await;
    assert_eq!(found[0], Absent { since: f.now, ..gone[0] });
    assert_eq!(found[1], Absent { since: f.now, ..gone[1] });
    assert_eq!(found[2..], first[2..]);

    // One comes back, and goes again.
    reconciliations::forget_absences(&f.store, f.a, people[1..].to_vec()).await.expect("forgotten");
    assert_eq!(known(&f, f.a).await, found[..1]);
    note(&f, f.a, vec![gone[1]]).await;
    assert_eq!(known(&f, f.a).await[1], gone[1], "it begins anew");
    assert_eq!(known(&f, f.b).await.len(), 1, "another tenant's");
    note(&f, f.a, Vec::new()).await;
    reconciliations::forget_absences(&f.store, f.a, Vec::new()).await.expect("forgotten");
    assert_eq!(known(&f, f.a).await.len(), 2);
}

fn removal(f: &Fixture, id: ReconciliationId, absent: Absent, attribute: AttributeEnd) -> RemoveNumbers {
    RemoveNumbers {
        id,
        absent,
        attribute,
        now: f.now + TimeDelta::days(30),
        event: event(AuditKind::NumbersReconciled, f.now),
        overtaken: event(AuditKind::NumberChangeCancelled, f.now),
    }
}

async fn remove(f: &Fixture, tenant: TenantId, removal: RemoveNumbers) -> bool {
    reconciliations::remove(&f.store, tenant, removal).await.expect("an answer")
}

pub(crate) async fn an_absent_accounts_numbers_go_once_and_whole(f: Fixture) {
    let id = begin(&f, f.a, new(&f)).await;
    let (mine, theirs) = (account(), account());
    let registered = vec![new_number(f.now), new_number(f.now)];
    let hashes: Vec<_> = registered.iter().map(|number| number.number_hash).collect();
    numbers::import(&f.store, f.a, mine, registered.clone()).await.expect("imported");
    numbers::import(&f.store, f.a, theirs, vec![new_number(f.now)]).await.expect("imported");
    numbers::import(&f.store, f.b, mine, vec![new_number(f.now)]).await.expect("imported");
    delayed_change(&f, f.a, mine, registered[0].row_id).await;
    number_attributes::compared(&f.store, f.a, mine, f.now).await.expect("noted");
    f.execute(
        "update number_attributes set number_hash = (
           select n.number_hash from numbers n
           where n.tenant_id = number_attributes.tenant_id and n.account = number_attributes.account limit 1)",
    )
    .await;
    let (task, others) = (registering(&f, mine).await, by_name(&f, mine).await);
    let away = absent(mine, f.now, Absence::Disabled);
    note(&f, f.a, vec![away, absent(theirs, f.now, Absence::Disabled)]).await;

    let due = removal(&f, id, away, AttributeEnd::Forget);
    assert!(!remove(&f, f.b, due.clone()).await, "another tenant's");
    let earlier = Absent { since: f.now - minutes(1), ..away };
    assert!(!remove(&f, f.a, RemoveNumbers { absent: earlier, ..due.clone() }).await, "another absence");
    assert_eq!(list(&f, mine).await.len(), 2);
    let all = join_all((0..9).map(|_| remove(&f, f.a, due.clone()))).await;
    assert_eq!(all.into_iter().filter(|removed| *removed).count(), 1, "once");

    assert_eq!(list(&f, mine).await.len(), 0);
    for hash in hashes {
        let hex: String = hash.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let literal = if f.id(Uuid::nil()).starts_with('x') { format!("x'{hex}'") } else { format!("'\\x{hex}'") };
        for table in ["numbers", "number_attributes"] {
            let sql = format!("select count(*) from {table} where number_hash = {literal}");
            assert_eq!(f.number(&sql).await, 0, "{table}: nothing is found by the number any more");
        }
    }
    assert_eq!(f.number("select count(*) from number_attributes").await, 0, "nothing of it is kept");
    assert!(
        number_changes::waiting(&f.store, f.a, mine).await.expect("an answer").is_none(),
        "nor a change that waits"
    );
    parted(&f, others).await;
    let task = flows::find_by_id(&f.store, f.a, task.id).await.expect("found").expect("a flow");
    assert_eq!(task.state, S::Ended);
    assert_eq!(known(&f, f.a).await, [absent(theirs, f.now, Absence::Disabled)], "the absence is over with them");
    assert_eq!((list(&f, theirs).await.len(), f.number("select count(*) from numbers").await), (1, 2));
    let counted = reconciliations::list(&f.store, f.a, 1).await.expect("a list").remove(0);
    assert_eq!(counted.figures.removed, 1);
    let told = "select count(*) from audit_events where kind = 'numbers.reconciled' and subject is null
                and details like '%\"numbers\":\"2\"%'";
    assert_eq!((f.number(told).await, events(&f, AuditKind::NumberChangeCancelled).await), (1, 1));
}

pub(crate) async fn a_number_that_was_registered_since_begins_the_absence_anew(f: Fixture) {
    let id = begin(&f, f.a, new(&f)).await;
    let mine = account();
    numbers::import(&f.store, f.a, mine, vec![new_number(f.now + minutes(1))]).await.expect("imported");
    let away = absent(mine, f.now, Absence::Disabled);
    note(&f, f.a, vec![away]).await;
    let due = removal(&f, id, away, AttributeEnd::Forget);
    assert!(!remove(&f, f.a, due.clone()).await);
    let anew = Absent { since: due.now, ..away };
    assert_eq!((known(&f, f.a).await, list(&f, mine).await.len()), (vec![anew], 1));
    assert!(remove(&f, f.a, RemoveNumbers { absent: anew, ..due }).await);
    assert_eq!(list(&f, mine).await.len(), 0);
}

pub(crate) async fn an_attribute_is_emptied_as_soon_as_it_can_be(f: Fixture) {
    let id = begin(&f, f.a, new(&f)).await;
    let (mine, theirs) = (account(), account());
    for person in [mine, theirs] {
        numbers::import(&f.store, f.a, person, vec![new_number(f.now)]).await.expect("imported");
    }
    // Somebody's number that is still to be written is none that is to be taken away.
    number_attributes::want(&f.store, f.a, theirs, f.now).await.expect("wanted");
    let away = absent(mine, f.now, Absence::Expired);
    note(&f, f.a, vec![away]).await;
    let unwritten = async || number_attributes::to_be_emptied(&f.store, f.a).await.expect("a list");
    assert_eq!(unwritten().await, []);
    let due = removal(&f, id, away, AttributeEnd::Empty);
    assert!(remove(&f, f.a, due.clone()).await);
    let kept = number_attributes::find(&f.store, f.a, mine).await.expect("a record");
    let expected = AttributeRecord { number_hash: None, to_write_since: Some(due.now), change_waits: false };
    assert_eq!((kept, unwritten().await), (expected, vec![mine]));
    assert_eq!(number_attributes::to_be_emptied(&f.store, f.b).await.expect("a list"), [], "another tenant's");
}

pub(crate) async fn reconciliations_go_after_a_year(f: Fixture) {
    let old = begin(&f, f.a, new(&f)).await;
    assert!(ended(&f, f.a, end(&f, old, ReconciliationState::Done)).await);
    begin(&f, f.b, new(&f)).await;
    note(&f, f.a, vec![absent(account(), f.now, Absence::Missing)]).await;
    let after = async |age: TimeDelta| {
        let swept = event(AuditKind::Swept, f.now + age);
        sweep::remove_expired(&f.store, f.a, f.now + age, SweepAges::default(), swept).await.expect("swept")
    };
    assert_eq!(after(TimeDelta::days(400)).await, SweepReport::default());
    let moment = TimeDelta::microseconds(1);
    let gone = SweepReport { reconciliations: 1, ..SweepReport::default() };
    assert_eq!(after(TimeDelta::days(400) + moment).await, gone);
    assert_eq!(f.number("select count(*) from reconciliation_runs").await, 1, "another tenant's");
    assert_eq!(known(&f, f.a).await.len(), 1, "an absence lasts for as long as it does");
}
