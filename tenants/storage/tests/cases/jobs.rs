//! The job queue and the SMS budget.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use futures_util::future::join_all;
use portvakt_domain::{
    id::{JobId, MessageId, NumberChangeId, ReminderMailId, TenantId},
    job::{Job, LeasedJob},
    time::Instant,
};
use portvakt_storage::{
    jobs,
    operator::{self, BackgroundPlaces, Lease, NewTenant, UnknownJobs},
};
use uuid::Uuid;

use crate::fixture::{Fixture, minutes};

fn send() -> Job {
    Job::SendCode { message: MessageId(Uuid::new_v4()) }
}

async fn ask(f: &Fixture, tenant: TenantId, job: Job, run_at: Instant) -> Option<JobId> {
    let id = JobId(Uuid::new_v4());
    jobs::enqueue(&f.store, tenant, job, run_at, id).await.expect("asked for").then_some(id)
}

async fn lease(f: &Fixture, worker: &str, now: Instant, limit: i64, saturated: &[TenantId]) -> Vec<LeasedJob> {
    let lease = Lease { saturated: saturated.to_vec(), ..Lease::of(worker, now, limit) };
    operator::lease_jobs(&f.store, lease).await.expect("leased")
}

pub(crate) async fn a_waiting_job_is_not_asked_for_twice(f: Fixture) {
    let all = join_all((0..20).map(|_| ask(&f, f.a, Job::Sweep, f.now))).await;
    assert_eq!(all.iter().flatten().count(), 1);
    assert!(ask(&f, f.b, Job::Sweep, f.now).await.is_some(), "another tenant's");
    assert!(ask(&f, f.a, Job::SealAudit, f.now).await.is_some(), "another kind");
    assert!(ask(&f, f.a, send(), f.now).await.is_some());
    assert!(ask(&f, f.a, send(), f.now).await.is_some(), "each is work of its own");
    assert_eq!(lease(&f, "w", f.now, 10, &[]).await.len(), 5);
    assert!(ask(&f, f.a, Job::Sweep, f.now).await.is_some(), "one that runs may have missed what is new");
    assert!(ask(&f, f.a, Job::Sweep, f.now).await.is_none());
}

pub(crate) async fn who_can_not_serve_a_tenant_looks_after_its_rows_alone(f: Fixture) {
    for tenant in [f.a, f.b] {
        ask(&f, tenant, send(), f.now).await;
        ask(&f, tenant, Job::Sweep, f.now).await;
    }
    let lease = async |saturated: &[TenantId], unserved: &[TenantId]| {
        let (saturated, unserved) = (saturated.to_vec(), unserved.to_vec());
        let lease = Lease { saturated, unserved, ..Lease::of("w", f.now, 10) };
        let leased = operator::lease_jobs(&f.store, lease).await.expect("leased");
        leased.iter().map(|job| (job.tenant, job.job.kind())).collect::<BTreeSet<_>>()
    };
    assert_eq!(lease(&[f.b], &[f.a]).await, [(f.a, "sweep")].into());
    assert_eq!(lease(&[], &[f.b, f.a]).await, [(f.b, "sweep")].into());
    assert_eq!(lease(&[f.a], &[TenantId(Uuid::new_v4())]).await, [(f.b, "send_code")].into());
    assert_eq!(lease(&[], &[]).await, [(f.a, "send_code")].into(), "no attempt was used up");
}

pub(crate) async fn tenants_take_turns(f: Fixture) {
    let c = TenantId(Uuid::new_v4());
    operator::create_tenant(&f.store, NewTenant { id: c, slug: "karlstad".to_owned(), at: f.now }).await.expect("made");
    for i in 0..30 {
        ask(&f, f.a, send(), f.now - minutes(60) + TimeDelta::seconds(i)).await;
    }
    for i in 0..3 {
        ask(&f, f.b, send(), f.now - minutes(1) + TimeDelta::seconds(i)).await;
    }
    ask(&f, c, send(), f.now).await;
    ask(&f, c, send(), f.now + TimeDelta::microseconds(1)).await;
    let tenants = |jobs: &[LeasedJob]| jobs.iter().map(|job| job.tenant).collect::<Vec<_>>();
    let first = lease(&f, "w", f.now, 6, &[]).await;
    assert_eq!(tenants(&first), [f.a, f.b, c, f.a, f.b, f.a], "a long queue holds nobody up");
    assert!(first.windows(2).all(|pair| pair[0].tenant != pair[1].tenant || pair[0].due_at < pair[1].due_at));
    let rest = lease(&f, "w", f.now, 100, &[f.a]).await;
    assert_eq!(tenants(&rest), [f.b], "a busy tenant is passed over, what is not due yet is left");
    assert!(lease(&f, "w", f.now, 100, &[f.a, f.b]).await.is_empty());
    assert_eq!(lease(&f, "w", f.now, 100, &[]).await.len(), 27);
}

pub(crate) async fn what_nobody_waits_for_stands_before_no_code(f: Fixture) {
    let remind = || Job::SendReminder { reminder: ReminderMailId(Uuid::new_v4()) };
    for i in 0..20 {
        ask(&f, f.a, remind(), f.now - minutes(60) + TimeDelta::seconds(i)).await;
        ask(&f, f.b, remind(), f.now - minutes(30) + TimeDelta::seconds(i)).await;
    }
    let mut codes = BTreeSet::new();
    for _ in 0..3 {
        codes.extend(ask(&f, f.a, send(), f.now).await);
    }
    let leased = async |limit, free, busy: &[(TenantId, usize)]| {
        let background = BackgroundPlaces { free, per_tenant: 3, busy: busy.iter().copied().collect() };
        let lease = Lease { background, ..Lease::of("w", f.now, limit) };
        let leased = operator::lease_jobs(&f.store, lease).await.expect("leased");
        leased.iter().map(|job| (job.tenant, job.job.kind())).collect::<Vec<_>>()
    };
    let (reminder, code) = ("send_reminder", "send_code");
    assert_eq!(leased(2, 9, &[]).await, [(f.a, code), (f.a, code)], "however long the others have waited");
    assert_eq!(leased(9, 0, &[]).await, [(f.a, code)], "no place is left for reminders");
    assert_eq!(leased(3, 2, &[]).await, [(f.a, reminder), (f.b, reminder)], "two places are");
    let most = leased(20, 20, &[(f.a, 2)]).await;
    assert_eq!(most.iter().filter(|(tenant, _)| *tenant == f.a).count(), 1, "it has two of its three already");
    assert_eq!(most.iter().filter(|(tenant, _)| *tenant == f.b).count(), 3);
    let others = leased(20, 20, &[(f.a, 3), (f.b, 0)]).await;
    assert_eq!(others, [(f.b, reminder); 3], "whose places are taken is passed over");
}

pub(crate) async fn no_job_is_leased_twice(f: Fixture) {
    for _ in 0..60 {
        ask(&f, f.a, send(), f.now).await;
        ask(&f, f.b, send(), f.now).await;
    }
    let workers = (0..8).map(|n| {
        let f = &f;
        async move {
            let (worker, mut mine) = (format!("w{n}"), Vec::new());
            loop {
                let jobs = lease(f, &worker, f.now, 4, &[]).await;
                if jobs.is_empty() {
                    return mine;
                }
                mine.extend(jobs.iter().map(|job| job.id));
            }
        }
    });
    let all: Vec<JobId> = join_all(workers).await.into_iter().flatten().collect();
    let distinct: BTreeSet<JobId> = all.iter().copied().collect();
    // A worker may stop early while the others hold what is left; nothing is lost by that, nor doubled.
    let rest = lease(&f, "last", f.now, 200, &[]).await;
    assert_eq!(all.len(), distinct.len());
    assert_eq!(all.len() + rest.len(), 120);
}

pub(crate) async fn a_job_belongs_to_its_worker_until_the_lease_ends(f: Fixture) {
    let id = ask(&f, f.a, send(), f.now).await.expect("asked for");
    let (one, two) = (|| "one".to_owned(), || "two".to_owned());
    assert_eq!(lease(&f, "one", f.now, 1, &[]).await[0].attempt, 1);
    let end = f.now + send().lease();
    assert!(lease(&f, "two", end - TimeDelta::microseconds(1), 1, &[]).await.is_empty());
    let again = lease(&f, "two", end, 1, &[]).await;
    assert_eq!((again[0].id, again[0].attempt, again[0].due_at), (id, 2, f.now));
    let late = "late".to_owned();
    assert!(!operator::complete_job(&f.store, id, one()).await.expect("an answer"));
    assert!(!operator::retry_job(&f.store, id, one(), f.now, late.clone()).await.expect("an answer"));
    assert!(!operator::bury_job(&f.store, id, one(), f.now, late.clone()).await.expect("an answer"));
    let next = f.now + minutes(5);
    assert!(operator::retry_job(&f.store, id, two(), next, late.clone()).await.expect("an answer"));
    assert!(!operator::retry_job(&f.store, id, two(), next, late).await.expect("an answer"), "given back already");
    assert!(lease(&f, "one", next - TimeDelta::microseconds(1), 1, &[]).await.is_empty());
    assert_eq!(lease(&f, "one", next, 1, &[]).await[0].attempt, 3);
    assert!(operator::complete_job(&f.store, id, one()).await.expect("an answer"));
    assert!(!operator::complete_job(&f.store, id, one()).await.expect("an answer"));
}

pub(crate) async fn what_was_not_its_turn_was_no_attempt(f: Fixture) {
    let id = ask(&f, f.a, send(), f.now).await.expect("asked for");
    let (one, why) = (|| "one".to_owned(), || "no room".to_owned());
    let mut due = f.now;
    for _ in 0..3 {
        assert_eq!(lease(&f, "one", due, 1, &[]).await[0].attempt, 1);
        let next = due + minutes(60);
        assert!(!operator::defer_job(&f.store, id, "two".to_owned(), next, why()).await.expect("an answer"));
        assert!(operator::defer_job(&f.store, id, one(), next, why()).await.expect("an answer"));
        assert!(!operator::defer_job(&f.store, id, one(), next, why()).await.expect("an answer"), "given back already");
        assert!(lease(&f, "one", next - TimeDelta::microseconds(1), 1, &[]).await.is_empty());
        due = next;
    }
    assert_eq!(lease(&f, "one", due, 1, &[]).await[0].attempt, 1);
    assert!(operator::retry_job(&f.store, id, one(), due, why()).await.expect("an answer"));
    assert_eq!(lease(&f, "one", due, 1, &[]).await[0].attempt, 2, "one that was its turn counts");
}

pub(crate) async fn what_was_laid_aside_long_ago_is_removed_by_kind(f: Fixture) {
    let mut laid_aside = Vec::new();
    for (tenant, job) in [(f.a, send()), (f.a, Job::Sweep), (f.b, send())] {
        let id = ask(&f, tenant, job, f.now).await.expect("asked for");
        assert_eq!(lease(&f, "one", f.now, 1, &[]).await.len(), 1);
        assert!(operator::bury_job(&f.store, id, "one".to_owned(), f.now, "why".to_owned()).await.expect("an answer"));
        laid_aside.push(id);
    }
    ask(&f, f.a, send(), f.now).await.expect("asked for");
    let kind = send().kind().to_owned();
    let remove = async |before| operator::remove_dead_jobs(&f.store, f.a, kind.clone(), before).await.expect("a count");
    assert_eq!(remove(f.now).await, 0, "not before then");
    assert_eq!(remove(f.now + TimeDelta::microseconds(1)).await, 1);
    let left = operator::list_dead_jobs(&f.store, None).await.expect("a list");
    let left: BTreeSet<JobId> = left.iter().map(|job| job.id).collect();
    assert_eq!(left, laid_aside[1..].iter().copied().collect(), "another kind's and another tenant's");
    assert_eq!(lease(&f, "one", f.now, 9, &[]).await.len(), 1, "and what waits");
}

pub(crate) async fn what_can_not_be_done_is_laid_aside(f: Fixture) {
    let id = ask(&f, f.a, send(), f.now).await.expect("asked for");
    let unreadable = ask(&f, f.a, send(), f.now).await.expect("asked for");
    let killer = ask(&f, f.b, send(), f.now).await.expect("asked for");
    f.execute(&format!("update jobs set payload = '{{\"kind\":\"later\"}}' where id = {}", f.id(unreadable.0))).await;
    f.execute(&format!("update jobs set attempts = {} where id = {}", send().max_attempts(), f.id(killer.0))).await;
    let leased = lease(&f, "w", f.now, 10, &[]).await;
    let leased: BTreeMap<_, _> = leased.iter().map(|job| (job.id, job.attempt)).collect();
    assert_eq!(leased, [(id, 1), (killer, 7)].into());
    assert_eq!(send().max_attempts(), 6, "its worker died each time: the next one gives it up");
    assert!(operator::bury_job(&f.store, killer, "w".to_owned(), f.now, "e".to_owned()).await.expect("an answer"));
    let long = "x".repeat(2_000);
    assert!(operator::bury_job(&f.store, id, "w".to_owned(), f.now + minutes(1), long).await.expect("an answer"));
    assert!(!operator::complete_job(&f.store, id, "w".to_owned()).await.expect("an answer"));
    let dead = operator::list_dead_jobs(&f.store, None).await.expect("a list");
    assert_eq!(dead.len(), 3);
    assert_eq!((dead[2].id, dead[2].tenant, dead[2].dead_at, dead[2].attempts), (id, f.a, f.now + minutes(1), 1));
    assert_eq!(dead[2].kind, "send_code");
    assert!(dead.iter().all(|job| job.last_error.as_ref().is_some_and(|error| error.len() <= 500)));
    assert!(lease(&f, "w", f.now + minutes(600), 10, &[]).await.is_empty());
}

pub(crate) async fn a_worker_that_lives_keeps_its_job(f: Fixture) {
    let id = ask(&f, f.a, Job::Remind { by_hand: false }, f.now).await.expect("asked for");
    let extend = async |worker: &str, until| {
        operator::extend_job(&f.store, id, worker.to_owned(), until).await.expect("an answer")
    };
    let end = f.now + Job::Remind { by_hand: false }.lease();
    assert!(!extend("one", end).await, "nobody holds it");
    assert_eq!(lease(&f, "one", f.now, 1, &[]).await.len(), 1);
    assert!(!extend("two", end + minutes(2)).await);
    assert!(extend("one", end + minutes(2)).await);
    assert!(lease(&f, "two", end + minutes(2) - TimeDelta::microseconds(1), 1, &[]).await.is_empty());
    assert_eq!(lease(&f, "two", end + minutes(2), 1, &[]).await.len(), 1, "as if it had died");
    assert!(!extend("one", end + minutes(9)).await, "another one has it");
    assert!(operator::bury_job(&f.store, id, "two".to_owned(), f.now, "e".to_owned()).await.expect("an answer"));
    assert!(!extend("two", end + minutes(9)).await, "it was laid aside");
}

pub(crate) async fn what_was_laid_aside_is_done_after_all(f: Fixture) {
    let revive = async |id| operator::revive_job(&f.store, id, f.now + minutes(9)).await.expect("an answer");
    let bury = async |id| {
        lease(&f, "w", f.now, 9, &[]).await;
        operator::bury_job(&f.store, id, "w".to_owned(), f.now, "the server is away".to_owned())
            .await
            .expect("an answer")
    };
    let waiting = async |limit| operator::list_waiting_jobs(&f.store, None, limit).await.expect("a list");
    let id = ask(&f, f.a, Job::Remind { by_hand: false }, f.now - minutes(1)).await.expect("asked for");
    assert!(!revive(id).await, "it waits by itself");
    assert!(!revive(JobId(Uuid::new_v4())).await, "there is none");
    f.execute(&format!("update jobs set attempts = {}", Job::Remind { by_hand: false }.max_attempts() - 1)).await;
    assert!(bury(id).await);
    let dead = operator::list_dead_jobs(&f.store, None).await.expect("a list");
    assert_eq!((dead[0].kind.as_str(), dead[0].attempts, dead[0].due_at), ("remind", 12, f.now - minutes(1)));
    assert!(waiting(9).await.is_empty());
    let laid_aside = async |of| operator::list_dead_jobs(&f.store, Some(of)).await.expect("a list").len();
    assert_eq!((laid_aside(f.a).await, laid_aside(f.b).await), (1, 0));

    // While another one like it waits, that one does it.
    let other = ask(&f, f.a, Job::Remind { by_hand: false }, f.now).await.expect("asked for");
    assert!(ask(&f, f.b, Job::Remind { by_hand: false }, f.now).await.is_some(), "another tenant's is no hindrance");
    assert!(!revive(id).await);
    assert_eq!(operator::list_dead_jobs(&f.store, None).await.expect("a list").len(), 1, "it is as it was");
    assert_eq!(lease(&f, "w", f.now, 9, &[]).await.len(), 2);
    assert!(operator::complete_job(&f.store, other, "w".to_owned()).await.expect("an answer"));
    assert!(revive(id).await);
    assert!(!revive(id).await, "once");
    assert!(operator::list_dead_jobs(&f.store, None).await.expect("a list").is_empty());
    assert!(ask(&f, f.a, Job::Remind { by_hand: false }, f.now).await.is_none(), "it waits like any other");
    let listed = waiting(9).await;
    let seen = |n: usize| (listed[n].tenant, listed[n].kind.as_str(), listed[n].attempts, listed[n].due_at);
    assert_eq!(seen(0), (f.b, "remind", 1, f.now), "under way");
    assert_eq!(listed[0].leased_until, Some(f.now + Job::Remind { by_hand: false }.lease()));
    assert_eq!(seen(1), (f.a, "remind", 0, f.now + minutes(9)));
    assert_eq!((listed[1].id, listed[1].leased_until), (id, None));
    assert_eq!(listed[1].last_error.as_deref(), Some("the server is away"));
    assert_eq!((listed.len(), waiting(1).await.len()), (2, 1));
    let theirs = operator::list_waiting_jobs(&f.store, Some(f.a), 9).await.expect("a list");
    assert_eq!(theirs.iter().map(|job| job.id).collect::<Vec<_>>(), [id]);
    let again = lease(&f, "w", f.now + minutes(9), 1, &[f.b]).await;
    assert_eq!((again[0].id, again[0].attempt), (id, 1));

    // Each of these is work of its own: nothing like it could wait.
    let [one, two] =
        [ask(&f, f.a, send(), f.now).await, ask(&f, f.a, send(), f.now).await].map(|id| id.expect("asked"));
    assert!(bury(one).await);
    assert!(revive(one).await);
    assert!(operator::complete_job(&f.store, two, "w".to_owned()).await.expect("an answer"));
}

pub(crate) async fn a_newer_releases_job_is_left_to_it(f: Fixture) {
    let theirs = ask(&f, f.a, send(), f.now).await.expect("asked for");
    let ours = ask(&f, f.a, send(), f.now).await.expect("asked for");
    let row = f.id(theirs.0);
    let payload = f.number(&format!("select length(payload) from jobs where id = {row}")).await;
    f.execute(&format!("update jobs set kind = 'later' where id = {row}")).await;
    let unknown = async |now| operator::list_unknown_jobs(&f.store, now).await.expect("a list");
    assert_eq!(unknown(f.now - TimeDelta::microseconds(1)).await, [], "not due yet");
    for minute in 0..3 {
        let leased = lease(&f, "w", f.now + minutes(10 * minute), 10, &[]).await;
        assert_eq!(leased.iter().map(|job| job.id).collect::<Vec<_>>(), [ours]);
    }
    assert_eq!(unknown(f.now).await, [UnknownJobs { kind: "later".to_owned(), due: 1 }]);
    assert_eq!(operator::list_dead_jobs(&f.store, None).await.expect("a list").len(), 0);
    assert_eq!(f.number(&format!("select length(payload) from jobs where id = {row}")).await, payload);
    // The release that knows it finds it as it was asked for.
    f.execute(&format!("update jobs set kind = 'send_code' where id = {row}")).await;
    let leased = lease(&f, "w", f.now, 10, &[]).await;
    assert_eq!(leased.iter().map(|job| (job.id, job.attempt, job.due_at)).collect::<Vec<_>>(), [(theirs, 1, f.now)]);
    assert_eq!(unknown(f.now).await, []);
}

pub(crate) async fn the_queue_at_a_glance(f: Fixture) {
    let overview = || operator::jobs_overview(&f.store, f.now);
    assert_eq!(overview().await.expect("an overview"), operator::JobsOverview::default());
    let early = f.now - minutes(3);
    ask(&f, f.a, send(), early).await;
    ask(&f, f.a, send(), f.now).await;
    ask(&f, f.b, send(), f.now + minutes(1)).await;
    let seen = overview().await.expect("an overview");
    assert_eq!((seen.waiting, seen.due, seen.dead, seen.oldest_due_at), (3, 2, 0, Some(early)));
    let leased = lease(&f, "w", f.now, 1, &[]).await;
    assert!(operator::bury_job(&f.store, leased[0].id, "w".into(), f.now, "e".into()).await.expect("an answer"));
    lease(&f, "w", f.now, 1, &[]).await;
    let seen = overview().await.expect("an overview");
    assert_eq!((seen.waiting, seen.due, seen.dead, seen.oldest_due_at), (2, 0, 1, None));
}

pub(crate) async fn a_budget_counts_by_hour_and_day(f: Fixture) {
    let spend = async |at| operator::spend_sms(&f.store, f.a, 1, at, 3, 5).await.expect("counted");
    let all = join_all((0..4).map(|_| spend(f.now))).await;
    assert_eq!(all.iter().filter(|budget| budget.exhausted).count(), 1);
    assert_eq!(all.iter().map(|budget| budget.hour).max(), Some(4));
    let next_hour = spend(f.now + minutes(60)).await;
    assert_eq!((next_hour.hour, next_hour.day, next_hour.exhausted), (1, 5, false));
    let look = operator::spend_sms(&f.store, f.a, 0, f.now + minutes(61), 3, 5).await.expect("looked");
    assert_eq!(
        (look.hour, look.day, look.exhausted),
        (1, 5, true),
        "a look counts nothing, and sees that the day's is spent"
    );
    assert!(spend(f.now + minutes(61)).await.exhausted, "the day's");
    let next_day = spend(f.now + TimeDelta::days(1)).await;
    assert_eq!((next_day.hour, next_day.day, next_day.exhausted), (1, 1, false));
    let other = operator::spend_sms(&f.store, f.b, 1, f.now, 3, 5).await.expect("counted");
    assert_eq!((other.hour, other.day), (1, 1));
}

pub(crate) async fn a_suspended_tenants_jobs_wait(f: Fixture) {
    let change = Job::ChangeNumber { change: NumberChangeId(Uuid::new_v4()) };
    for (tenant, job) in [(f.a, send()), (f.a, Job::Sweep), (f.a, Job::SealAudit), (f.a, change.clone()), (f.b, send())]
    {
        ask(&f, tenant, job, f.now).await;
    }
    assert!(operator::suspend(&f.store, f.a, f.now).await.expect("an answer"));
    assert!(!operator::suspend(&f.store, f.a, f.now + minutes(1)).await.expect("an answer"), "only once");
    let row = operator::find_tenant(&f.store, "orebro".to_owned()).await.expect("an answer").expect("a tenant");
    assert_eq!(row.suspended_at, Some(f.now));
    let overview = operator::jobs_overview(&f.store, f.now).await.expect("an overview");
    assert_eq!((overview.waiting, overview.due), (5, 3), "those that wait for it are not late");
    let leased = lease(&f, "w", f.now, 10, &[]).await;
    let kinds: BTreeSet<_> = leased.iter().map(|job| (job.tenant, job.job.kind())).collect();
    assert_eq!(kinds, BTreeSet::from([(f.a, "sweep"), (f.a, "seal_audit"), (f.b, "send_code")]));

    let later = f.now + minutes(90);
    assert!(operator::resume(&f.store, f.a, later).await.expect("an answer"));
    assert!(!operator::resume(&f.store, f.a, later).await.expect("an answer"), "only once");
    let mine = |jobs: Vec<LeasedJob>| -> Vec<_> {
        let mine = jobs.into_iter().filter(|job| job.tenant == f.a && job.attempt == 1);
        mine.map(|job| (job.job.kind(), job.due_at)).collect()
    };
    assert_eq!(mine(lease(&f, "x", later - TimeDelta::microseconds(1), 10, &[]).await), [("send_code", f.now)]);
    assert_eq!(mine(lease(&f, "x", later, 10, &[]).await), [(change.kind(), later)], "by the length of the suspension");
}
