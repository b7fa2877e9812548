//! Counts of passwords that were not taken.

use chrono::{Days, TimeDelta};
use futures_util::future::join_all;
use portvakt_domain::rejection::RejectionReason::{self, Earlier, TooShort, TooSimple};
use portvakt_storage::rejections;

use crate::fixture::Fixture;

async fn counted(f: &Fixture, tenant: portvakt_domain::id::TenantId, days_ago: u64) -> Vec<(String, String, i64)> {
    let first = f.now.date_naive().checked_sub_days(Days::new(days_ago)).expect("a day");
    let rows = rejections::since(&f.store, tenant, first).await.expect("counts");
    rows.into_iter().map(|row| (row.day.to_string(), row.reason, row.count)).collect()
}

pub(crate) async fn reasons_are_counted_by_day_and_tenant(f: Fixture) {
    let (today, yesterday) = (f.now, f.now - TimeDelta::days(1));
    for (reasons, at) in [
        (vec![TooShort, TooSimple, TooShort], today),
        (vec![TooShort], today),
        (vec![Earlier], yesterday),
        (vec![], today),
    ] {
        rejections::count(&f.store, f.a, reasons, at).await.expect("counted");
    }
    rejections::count(&f.store, f.b, vec![Earlier], today).await.expect("counted");

    let row = |at: portvakt_domain::time::Instant, reason: RejectionReason, count| {
        (at.date_naive().to_string(), reason.as_str().to_owned(), count)
    };
    let two = [row(today, TooShort, 2), row(today, TooSimple, 1)];
    assert_eq!(counted(&f, f.a, 0).await, two, "from today on");
    let three = [row(yesterday, Earlier, 1), two[0].clone(), two[1].clone()];
    assert_eq!(counted(&f, f.a, 1).await, three, "from yesterday on");
    assert_eq!(counted(&f, f.b, 9).await, [row(today, Earlier, 1)], "its own alone");
}

pub(crate) async fn many_at_once_are_all_counted(f: Fixture) {
    let one = |n: usize| {
        let reasons = if n.is_multiple_of(2) { vec![TooShort, Earlier] } else { vec![Earlier, TooShort] };
        rejections::count(&f.store, f.a, reasons, f.now)
    };
    for done in join_all((0..40).map(one)).await {
        done.expect("counted");
    }
    let counts: Vec<i64> = counted(&f, f.a, 0).await.into_iter().map(|(_, _, count)| count).collect();
    assert_eq!(counts, [40, 40]);
}
