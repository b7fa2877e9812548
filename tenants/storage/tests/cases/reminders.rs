//! Reminders: one run at a time, every mark once, and what goes out is settled once.

use chrono::{NaiveDate, TimeDelta};
use futures_util::future::join_all;
use portvakt_domain::{
    audit::AuditKind,
    id::{AccountKey, ReminderMailId, ReminderRunId, TenantId},
    job::Job,
    language::Language,
    message::Channel,
    reminder::Mark,
    reminder_mail::UNIT_PART,
    reminder_run::{RunFigures, RunState},
    time::Instant,
};
use portvakt_storage::{
    StorageError,
    operator::{self, Lease},
    reminders::{self, Covered, EndRun, Marked, NewReminderMail, NewRun, RecordReminder, StoredRun},
    sweep::{self, SweepAges, SweepReport},
};
use uuid::Uuid;

use crate::fixture::{Fixture, account, event, minutes, sealed};

const FIGURES: RunFigures = RunFigures { accounts: 900, due: 9, mails: 0, sms: 0, unmapped: 2, failures: 1 };

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub(super) fn new_run(f: &Fixture) -> NewRun {
    NewRun {
        id: ReminderRunId(Uuid::new_v4()),
        day: day("2027-01-15"),
        reach: day("2027-01-17"),
        asked_by: "schedule".to_owned(),
        now: f.now,
    }
}

pub(super) async fn begin(f: &Fixture, tenant: TenantId, new: NewRun) -> ReminderRunId {
    reminders::begin_run(&f.store, tenant, new).await.expect("a run")
}

pub(super) fn end(f: &Fixture, run: ReminderRunId, state: RunState) -> EndRun {
    let at = f.now + minutes(3);
    EndRun { run, state, figures: FIGURES, problem: None, at, event: event(AuditKind::RemindersRun, at) }
}

pub(super) fn mark(f: &Fixture, account: AccountKey, days: u32) -> Marked {
    Marked { account, period: f.now - TimeDelta::days(100), mark: Mark::Days(days), part: "unit.1".to_owned() }
}

pub(super) fn reminder(f: &Fixture, run: ReminderRunId, channel: Channel, marks: Vec<Marked>) -> RecordReminder {
    let mail = NewReminderMail {
        id: ReminderMailId(Uuid::new_v4()),
        run,
        channel,
        part: if channel == Channel::Mail { UNIT_PART } else { "holder.1" }.to_owned(),
        recipient: sealed("to whom"),
        content: sealed("what"),
        language: Language::Sv,
        rows: marks.len() as i32,
    };
    RecordReminder { mail, marks, now: f.now, run_at: f.now + minutes(1) }
}

pub(super) async fn record(f: &Fixture, tenant: TenantId, new: RecordReminder) -> bool {
    reminders::record(&f.store, tenant, new).await.expect("an answer")
}

/// A reminder that waits to be sent.
pub(super) async fn asked(f: &Fixture, tenant: TenantId, channel: Channel) -> NewReminderMail {
    let run = begin(f, tenant, new_run(f)).await;
    let new = reminder(f, run, channel, vec![mark(f, account(), 30)]);
    assert!(record(f, tenant, new.clone()).await);
    new.mail
}

/// A row in every table, for who needs one.
pub(crate) async fn recorded(f: &Fixture, tenant: TenantId) {
    asked(f, tenant, Channel::Mail).await;
}

pub(super) async fn events(f: &Fixture, kind: AuditKind) -> i64 {
    f.number(&format!("select count(*) from audit_events where kind = '{}'", kind.as_str())).await
}

pub(crate) async fn one_run_of_a_tenant_is_under_way(f: Fixture) {
    let all = join_all((0..20).map(|_| begin(&f, f.a, new_run(&f)))).await;
    let run = all[0];
    assert!(all.iter().all(|other| *other == run), "who comes later goes on with the first one's");
    assert_ne!(begin(&f, f.b, new_run(&f)).await, run, "another tenant's");
    let covered = async || reminders::covered(&f.store, f.a, f.now + minutes(600)).await.expect("an answer");
    assert_eq!(covered().await, None, "it is not done");
    let so_far = Covered { reach: day("2027-01-17"), ended_at: f.now + minutes(3) };

    for (channel, days) in [(Channel::Mail, 30), (Channel::Mail, 15), (Channel::Sms, 7)] {
        assert!(record(&f, f.a, reminder(&f, run, channel, vec![mark(&f, account(), days)])).await);
    }
    let done = end(&f, run, RunState::Done);
    assert!(!reminders::end_run(&f.store, f.b, done.clone()).await.expect("an answer"), "another tenant's");
    assert!(reminders::end_run(&f.store, f.a, done.clone()).await.expect("an answer"));
    assert!(!reminders::end_run(&f.store, f.a, done.clone()).await.expect("an answer"), "once");
    assert_eq!(events(&f, AuditKind::RemindersRun).await, 1);
    assert_eq!(covered().await, Some(so_far));
    let stored = StoredRun {
        id: run,
        day: day("2027-01-15"),
        reach: day("2027-01-17"),
        asked_by: "schedule".to_owned(),
        state: RunState::Done,
        started_at: f.now,
        finished_at: Some(done.at),
        figures: RunFigures { mails: 2, sms: 1, ..FIGURES },
        problem: None,
    };
    let runs = async |limit| reminders::runs(&f.store, f.a, limit).await.expect("the runs");
    assert_eq!(runs(9).await, std::slice::from_ref(&stored));

    // The same day once more, and it fails: what is dealt with is what the one before said.
    let later = NewRun { now: f.now + minutes(60), asked_by: "anna".to_owned(), ..new_run(&f) };
    let second = begin(&f, f.a, later.clone()).await;
    assert_eq!(second, later.id);
    let failed = EndRun { problem: Some("the directory is away".to_owned()), ..end(&f, second, RunState::Failed) };
    assert!(reminders::end_run(&f.store, f.a, failed).await.expect("an answer"));
    assert_eq!(covered().await, Some(so_far));
    let both = runs(9).await;
    assert_eq!(both[1], stored, "the newest first");
    assert_eq!((both[0].id, both[0].asked_by.as_str(), both[0].state), (second, "anna", RunState::Failed));
    assert_eq!((both[0].figures.mails, both[0].problem.as_deref()), (0, Some("the directory is away")));
    assert_eq!(runs(1).await, both[..1]);
}

pub(crate) async fn a_run_that_was_left_behind_ends_as_failed(f: Fixture) {
    let left = begin(&f, f.a, new_run(&f)).await;
    assert!(record(&f, f.a, reminder(&f, left, Channel::Mail, vec![mark(&f, account(), 30)])).await);
    let next =
        NewRun { day: day("2027-01-18"), reach: day("2027-01-18"), now: f.now + TimeDelta::days(3), ..new_run(&f) };
    let all =
        join_all((0..8).map(|_| begin(&f, f.a, NewRun { id: ReminderRunId(Uuid::new_v4()), ..next.clone() }))).await;
    assert!(all.iter().all(|other| *other == all[0] && *other != left));
    // The same day may reach elsewhere, since the settings were changed.
    let other = NewRun { id: ReminderRunId(Uuid::new_v4()), reach: day("2027-01-19"), ..next.clone() };
    assert_eq!(begin(&f, f.a, other.clone()).await, other.id);

    let runs = reminders::runs(&f.store, f.a, 9).await.expect("the runs");
    let state_of = |id| runs.iter().find(|run| run.id == id).map(|run| (run.state, run.problem.is_some()));
    assert_eq!(runs.len(), 3);
    assert_eq!(state_of(left), Some((RunState::Failed, true)));
    assert_eq!(state_of(all[0]), Some((RunState::Failed, true)));
    assert_eq!(state_of(other.id), Some((RunState::Running, false)));
    assert_eq!(runs.iter().find(|run| run.id == left).map(|run| run.figures.mails), Some(1));
    assert_eq!(events(&f, AuditKind::RemindersRun).await, 2);
    let late = reminders::end_run(&f.store, f.a, end(&f, left, RunState::Done)).await.expect("an answer");
    assert!(!late, "who was left behind and comes back ends nothing");
    assert_eq!(reminders::covered(&f.store, f.a, f.now + minutes(600)).await.expect("an answer"), None);
}

pub(crate) async fn of_many_that_record_the_same_marks_one_does(f: Fixture) {
    let run = begin(&f, f.a, new_run(&f)).await;
    let people: Vec<AccountKey> = (0..40).map(|_| account()).collect();
    let all = (0..20).map(|i| {
        // Each in an order of its own, and each with one that nobody else has.
        let mut marks: Vec<Marked> = people.iter().map(|person| mark(&f, *person, 7)).collect();
        marks.rotate_left(2 * i);
        marks.push(mark(&f, account(), 7));
        if i % 2 == 0 {
            marks.reverse();
        }
        record(&f, f.a, reminder(&f, run, Channel::Mail, marks))
    });
    assert_eq!(join_all(all).await.into_iter().filter(|recorded| *recorded).count(), 1);
    assert_eq!(f.number("select count(*) from reminder_mails").await, 1);
    assert_eq!(f.number("select count(*) from reminder_marks").await, 41, "nothing of those that lost is left");
    let theirs = "select count(*) from reminder_marks where mail in (select id from reminder_mails)";
    assert_eq!(f.number(theirs).await, 41);
    assert_eq!(f.number("select count(*) from jobs where kind = 'send_reminder'").await, 1);

    // In a ring each shares a mark with the one before and the one after.
    let ring: Vec<Marked> = (0..20).map(|_| mark(&f, account(), 3)).collect();
    let all = (0..20).map(|i| {
        let marks = vec![ring[(i + 1) % 20].clone(), ring[i].clone()];
        record(&f, f.a, reminder(&f, run, Channel::Mail, marks))
    });
    let won: Vec<bool> = join_all(all).await;
    assert!((0..20).all(|i| !(won[i] && won[(i + 1) % 20])), "no mark is dealt with twice: {won:?}");
    let winners = won.iter().filter(|won| **won).count() as i64;
    assert!(winners > 0);
    assert_eq!(f.number("select count(*) from reminder_mails").await, 1 + winners);
    assert_eq!(f.number("select count(*) from reminder_marks").await, 41 + 2 * winners);
}

pub(crate) async fn a_reminder_is_recorded_whole_or_not_at_all(f: Fixture) {
    let run = begin(&f, f.a, new_run(&f)).await;
    let counted = async || {
        let rows = async |table: &str| f.number(&format!("select count(*) from {table}")).await;
        (rows("reminder_marks").await, rows("reminder_mails").await, rows("jobs").await)
    };
    let marks = vec![mark(&f, account(), 30), mark(&f, account(), 30)];
    assert!(!record(&f, f.a, reminder(&f, run, Channel::Mail, Vec::new())).await, "nobody hears of nothing");
    let theirs = begin(&f, f.b, new_run(&f)).await;
    for nowhere in [ReminderRunId(Uuid::new_v4()), theirs] {
        let lost = reminders::record(&f.store, f.a, reminder(&f, nowhere, Channel::Mail, marks.clone())).await;
        assert!(matches!(lost, Err(StorageError::Conflict(_))), "{lost:?}");
    }
    assert_eq!(counted().await, (0, 0, 0));

    let new = reminder(&f, run, Channel::Mail, [marks.clone(), marks.clone()].concat());
    assert!(record(&f, f.a, new.clone()).await);
    assert_eq!(counted().await, (2, 1, 1), "what is named twice is one mark");
    let lease = Lease::of("w", new.run_at - TimeDelta::microseconds(1), 9);
    assert!(operator::lease_jobs(&f.store, lease.clone()).await.expect("leased").is_empty(), "not before its time");
    let leased = operator::lease_jobs(&f.store, Lease { now: new.run_at, ..lease }).await.expect("leased");
    assert_eq!(leased.iter().map(|job| &job.job).collect::<Vec<_>>(), [&Job::SendReminder { reminder: new.mail.id }]);

    // One of them was dealt with: the others wait for who looks anew.
    let more = vec![mark(&f, account(), 30), marks[1].clone()];
    assert!(!record(&f, f.a, reminder(&f, run, Channel::Mail, more)).await);
    // Another mark, another password, another person or another tenant has a mark of its own.
    let own = [
        Marked { mark: Mark::Days(15), ..marks[0].clone() },
        Marked { mark: Mark::Period(day("2027-06-21")), ..marks[0].clone() },
        Marked { period: f.now, ..marks[0].clone() },
        Marked { part: "unit.2".to_owned(), ..marks[0].clone() },
    ];
    for own in own {
        assert!(record(&f, f.a, reminder(&f, run, Channel::Mail, vec![own.clone()])).await, "{own:?}");
        assert!(!record(&f, f.a, reminder(&f, run, Channel::Mail, vec![own.clone()])).await, "{own:?}");
    }
    assert!(record(&f, f.b, reminder(&f, theirs, Channel::Mail, marks)).await);
}

pub(crate) async fn what_was_marked_comes_back_for_many_at_once(f: Fixture) {
    let run = begin(&f, f.a, new_run(&f)).await;
    let many: Vec<Marked> = (0..2_500).map(|n| mark(&f, account(), n % 400)).collect();
    let period = Marked { mark: Mark::Period(day("2027-06-21")), part: "holder.2".to_owned(), ..many[0].clone() };
    let older = Marked { period: f.now - TimeDelta::days(300), ..many[1].clone() };
    let all = [many.clone(), vec![period.clone(), older.clone()]].concat();
    assert!(record(&f, f.a, reminder(&f, run, Channel::Mail, all.clone())).await, "thousands in one");
    let new = [many.clone(), vec![mark(&f, account(), 1)]].concat();
    assert!(!record(&f, f.a, reminder(&f, run, Channel::Mail, new)).await);
    assert_eq!(f.number("select count(*) from reminder_marks").await, 2_502, "nor is one of thousands left behind");

    let marked = async |tenant, passwords: Vec<(AccountKey, Instant)>| {
        let found = reminders::marked(&f.store, tenant, passwords).await.expect("the marks");
        assert!(found.iter().all(|(_, at)| *at == f.now), "when they were put down");
        let mut found: Vec<Marked> = found.into_iter().map(|(marked, _)| marked).collect();
        found.sort();
        found
    };
    let password = |mark: &Marked| (mark.account, mark.period);
    let nobodys = || (0..2_000).map(|_| (account(), f.now));
    let mut expected = all.clone();
    expected.sort();
    let asked: Vec<_> = all.iter().map(password).chain(nobodys()).collect();
    assert_eq!(marked(f.a, asked.clone()).await, expected);
    assert_eq!(marked(f.b, asked).await, [], "another tenant's");
    assert_eq!(marked(f.a, nobodys().collect()).await, []);
    assert_eq!(marked(f.a, Vec::new()).await, []);
    assert_eq!(marked(f.a, vec![password(&many[1])]).await, many[1..2], "not those of the password before");
    let twice = vec![password(&older), password(&older), password(&many[1])];
    assert_eq!(marked(f.a, twice).await, [older.clone(), many[1].clone()], "each once");
    // A newer release may have marks of its own.
    f.execute("update reminder_marks set mark = 'later' where part = 'holder.2'").await;
    assert_eq!(marked(f.a, vec![password(&many[0])]).await, many[..1]);
}

pub(crate) async fn runs_go_after_a_year_and_marks_when_no_password_is_that_old(f: Fixture) {
    let old = asked(&f, f.a, Channel::Mail).await;
    asked(&f, f.b, Channel::Mail).await;
    assert!(reminders::end_run(&f.store, f.a, end(&f, old.run, RunState::Done)).await.expect("an answer"));
    let younger = NewRun { now: f.now + TimeDelta::days(30), ..new_run(&f) };
    let younger = begin(&f, f.a, younger).await;
    assert!(record(&f, f.a, reminder(&f, younger, Channel::Sms, vec![mark(&f, account(), 1)])).await);
    let after = async |age: TimeDelta| {
        let swept = event(AuditKind::Swept, f.now + age);
        sweep::remove_expired(&f.store, f.a, f.now + age, SweepAges::default(), swept).await.expect("swept")
    };
    let (nothing, moment) = (SweepReport::default(), TimeDelta::microseconds(1));
    let given_up = SweepReport { reminder_contents: 2, ..nothing };
    assert_eq!(after(TimeDelta::days(30)).await, nothing);
    assert_eq!(after(TimeDelta::days(30) + moment).await, given_up, "nobody sends it any more");
    assert_eq!(
        f.number("select count(*) from reminder_mails where content is null and settled_at is not null").await,
        2
    );
    assert_eq!(f.number("select count(*) from reminder_mails where recipient is null").await, 1, "the holder's");
    assert_eq!(after(TimeDelta::days(400)).await, nothing);
    let gone = SweepReport { reminder_runs: 1, reminder_mails: 1, ..nothing };
    assert_eq!(after(TimeDelta::days(400) + moment).await, gone);
    let left = reminders::runs(&f.store, f.a, 9).await.expect("the runs");
    assert_eq!(left.iter().map(|run| run.id).collect::<Vec<_>>(), [younger]);
    assert_eq!(after(TimeDelta::days(500)).await, gone, "one that never ended");
    assert_eq!(after(TimeDelta::days(800)).await, nothing);
    assert_eq!(after(TimeDelta::days(800) + moment).await, SweepReport { reminder_marks: 2, ..nothing });
    assert_eq!(f.number("select count(*) from reminder_marks").await, 1, "another tenant's");
    assert_eq!(f.number("select count(*) from reminder_mails").await, 1, "another tenant's");
    let told = format!(
        "select count(*) from audit_events where tenant_id = {} and kind = 'rows.swept'
           and details like '%\"reminder_mails\":\"1\"%' and details like '%\"flows\":\"0\"%'",
        f.id(f.a.0)
    );
    assert_eq!(f.number(&told).await, 2, "what was removed is told by the sweep that removed it");
    assert_eq!(events(&f, AuditKind::Swept).await, 4, "where nothing was removed nothing is told");
}
