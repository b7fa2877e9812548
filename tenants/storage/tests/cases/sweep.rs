//! Removing what has served its time.

use chrono::TimeDelta;
use portvakt_domain::{
    audit::AuditKind,
    flow::{FlowKind, FlowState as S},
    message::MessageKind,
    rejection::RejectionReason,
    sign_in::Allowance,
};
use portvakt_storage::{
    feedback, flows, limits,
    messages::{self, BeginCode},
    rejections, sign_in,
    sweep::{self, SweepAges, SweepReport},
};

use crate::{
    feedback::answer,
    fixture::{Fixture, account, event, flow, hash, hit, message},
};

pub(crate) async fn what_has_served_its_time_goes(f: Fixture) {
    let new = flow(FlowKind::Reset, S::AwaitingCode, f.now);
    let first = message(new.id, MessageKind::ResetCode, f.now);
    let hits = vec![hit("a", 9)];
    let begun = event(AuditKind::FlowBegun, f.now);
    flows::begin(&f.store, f.a, new, hits.clone(), Some(first.clone()), begun).await.expect("begun");
    let turn = BeginCode {
        message: first.id,
        now: f.now,
        account: Some(account()),
        code_hash: hash(),
        decoy_hash: hash(),
        send: true,
        held_back: None,
        proved: false,
        number: None,
        network: hash(),
        trusted_network: false,
        event: event(AuditKind::CodeSent, f.now),
    };
    messages::begin_code(&f.store, f.a, turn).await.expect("a turn");
    let allowance = Allowance { failures: 3, window_seconds: 1_800, already: 0 };
    sign_in::reserve(&f.store, f.a, hash(), allowance, f.now).await.expect("an answer");
    feedback::add(&f.store, f.a, answer(f.now, None)).await.expect("kept");
    rejections::count(&f.store, f.a, vec![RejectionReason::TooShort], f.now).await.expect("counted");
    let after = async |age: TimeDelta| {
        let swept = event(AuditKind::Swept, f.now + age);
        sweep::remove_expired(&f.store, f.a, f.now + age, SweepAges::default(), swept).await.expect("swept")
    };
    let nothing = SweepReport::default();
    assert_eq!(after(TimeDelta::zero()).await, nothing);
    assert_eq!(after(TimeDelta::hours(1)).await, SweepReport { limit_counters: 1, ..nothing });
    assert_eq!(limits::current(&f.store, f.a, hits, f.now).await.expect("counts"), [0]);
    assert_eq!(after(TimeDelta::days(1)).await, nothing, "a day, not a moment less");
    let day = SweepReport { flows: 1, sms_log: 1, ..nothing };
    assert_eq!(after(TimeDelta::days(1) + TimeDelta::microseconds(1)).await, day);
    assert_eq!(after(TimeDelta::days(8)).await, SweepReport { guards: 1, trips: 1, code_counts: 1, ..nothing });
    let (late, swept) = (f.now + TimeDelta::days(99), event(AuditKind::Swept, f.now));
    let other = sweep::remove_expired(&f.store, f.b, late, SweepAges::default(), swept).await;
    assert_eq!(other.expect("swept"), nothing, "another tenant's");
    assert_eq!(after(TimeDelta::days(31)).await, SweepReport { messages: 1, ..nothing });
    assert_eq!(after(TimeDelta::days(365)).await, nothing, "a year, not a moment less");
    assert_eq!(after(TimeDelta::days(366)).await, SweepReport { feedback: 1, ..nothing });
    assert_eq!(after(TimeDelta::days(396)).await, nothing, "thirteen months, not a day less");
    assert_eq!(after(TimeDelta::days(397)).await, SweepReport { rejections: 1, ..nothing });
    assert_eq!(f.number("select count(*) from audit_events where kind <> 'rows.swept'").await, 2, "the trail stays");
    assert_eq!(
        f.number("select count(*) from audit_events where kind = 'rows.swept'").await,
        6,
        "each that removed any"
    );
}
