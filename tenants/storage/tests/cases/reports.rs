//! Delivery reports.

use chrono::TimeDelta;
use portvakt_domain::{
    audit::AuditKind,
    flow::{FlowKind, FlowState as S},
    id::{MessageId, TenantId},
    message::{MessageKind, MessageState},
    report::{DeliveryReport, Report},
    tenant::SmsProvider::{self, FortySixElks, GatewayApi, Twilio},
};
use portvakt_storage::{
    flows, messages,
    messages::{BeginCode, CodeTurn, Taker},
    reports::{self, NewReport, Reported, Taken},
};

use crate::fixture::{Fixture, account, event, flow, hash, message};

/// A worker takes its turn at an SMS, which has somebody to go to.
async fn turn(f: &Fixture, tenant: TenantId, id: MessageId) -> CodeTurn {
    let begin = BeginCode {
        message: id,
        now: f.now,
        account: Some(account()),
        code_hash: hash(),
        decoy_hash: hash(),
        send: true,
        number: None,
        network: hash(),
        trusted_network: false,
        held_back: None,
        proved: false,
        event: event(AuditKind::CodeSent, f.now),
    };
    messages::begin_code(&f.store, tenant, begin).await.expect("a turn").turn
}

/// An SMS whose call is under way.
async fn begun(f: &Fixture, tenant: TenantId) -> MessageId {
    let new = flow(FlowKind::Register, S::AwaitingNewCode, f.now);
    let first = message(new.id, MessageKind::NewNumberCode, f.now);
    let id = first.id;
    let told = event(AuditKind::FlowBegun, f.now);
    flows::begin(&f.store, tenant, new, vec![], Some(first), told).await.expect("begun");
    assert_eq!(turn(f, tenant, id).await, CodeTurn::Send);
    id
}

async fn settle(f: &Fixture, tenant: TenantId, id: MessageId, state: MessageState, by: Option<(SmsProvider, &str)>) {
    let taker = Taker { provider: by.map(|by| by.0), provider_id: by.map(|by| by.1.to_owned()) };
    let told = event(AuditKind::MessageSettled, f.now);
    assert!(messages::settle(&f.store, tenant, id, state, taker, f.now, told).await.expect("settled"));
}

/// An SMS that this provider took under this id.
async fn taken_by(f: &Fixture, tenant: TenantId, provider: SmsProvider, id: &str) -> MessageId {
    let message = begun(f, tenant).await;
    settle(f, tenant, message, MessageState::Sent, Some((provider, id))).await;
    message
}

async fn report(
    f: &Fixture,
    tenant: TenantId,
    provider: SmsProvider,
    (id, reference): (Option<&str>, Option<MessageId>),
    report: Report,
) -> Taken {
    let said = DeliveryReport { provider_id: id.map(str::to_owned), reference, report };
    let new = NewReport { provider, said, now: f.now, settled: event(AuditKind::MessageSettled, f.now) };
    reports::take(&f.store, tenant, new).await.expect("taken")
}

async fn stands(f: &Fixture, tenant: TenantId, id: MessageId) -> (MessageState, Option<Report>) {
    let found = messages::find(&f.store, tenant, id).await.expect("found").expect("a message");
    (found.state, found.report)
}

pub(crate) async fn a_report_never_goes_back_and_counts_once(f: Fixture) {
    use Report::{Delivered, Expired, Failed, Sent, Unknown};
    for (reports, news) in [
        (vec![Unknown, Sent, Delivered], 3),
        (vec![Delivered, Sent, Failed, Expired, Unknown, Delivered], 1),
        (vec![Failed, Expired, Sent, Unknown, Failed], 1),
        (vec![Expired, Failed, Delivered, Failed], 2),
        (vec![Sent, Sent, Unknown, Sent], 1),
    ] {
        let id = taken_by(&f, f.a, Twilio, &uuid::Uuid::new_v4().to_string()).await;
        let mut known = None;
        let mut counted = 0;
        for said in &reports {
            let taken = report(&f, f.a, Twilio, (None, Some(id)), *said).await;
            let is_news = known.is_none_or(|known| said.takes_the_place_of().contains(&known));
            assert_eq!(taken, if is_news { Taken::News } else { Taken::NoNews }, "{reports:?}: {said:?}");
            if is_news {
                (known, counted) = (Some(*said), counted + 1);
            }
            assert_eq!(stands(&f, f.a, id).await, (MessageState::Sent, known), "{reports:?}");
        }
        assert_eq!(counted, news, "{reports:?}");
    }
    assert_eq!(f.number("select count(*) from messages where (report is null) <> (reported_at is null)").await, 0);
}

pub(crate) async fn many_at_once_are_one_news(f: Fixture) {
    let id = taken_by(&f, f.a, Twilio, "SM1").await;
    let all = (0..10).map(|_| report(&f, f.a, Twilio, (Some("SM1"), Some(id)), Report::Delivered));
    let taken = futures_util::future::join_all(all).await;
    assert_eq!(taken.iter().filter(|taken| **taken == Taken::News).count(), 1, "{taken:?}");
}

pub(crate) async fn an_sms_is_found_by_its_own_provider_alone(f: Fixture) {
    let (mine, other) = (taken_by(&f, f.a, Twilio, "SM1").await, taken_by(&f, f.a, Twilio, "SM2").await);
    let theirs = taken_by(&f, f.b, Twilio, "SM3").await;
    let nobody = MessageId(uuid::Uuid::new_v4());
    for (provider, id, reference) in [
        (Twilio, Some("SM9"), None),
        (Twilio, Some("SM3"), None),
        (Twilio, None, Some(theirs)),
        (Twilio, None, Some(nobody)),
        (Twilio, Some("SM1"), Some(nobody)),
        (Twilio, Some("SM2"), Some(mine)),
        (FortySixElks, Some("SM1"), None),
        (FortySixElks, None, Some(mine)),
        (FortySixElks, Some("SM1"), Some(mine)),
        (Twilio, None, None),
    ] {
        let taken = report(&f, f.a, provider, (id, reference), Report::Delivered).await;
        assert_eq!(taken, Taken::NoMessage, "{provider:?} {id:?} {reference:?}");
    }
    for (tenant, id) in [(f.a, mine), (f.a, other), (f.b, theirs)] {
        assert_eq!(stands(&f, tenant, id).await, (MessageState::Sent, None));
    }
    assert_eq!(report(&f, f.a, Twilio, (Some("SM1"), None), Report::Delivered).await, Taken::News);
    assert_eq!(report(&f, f.a, Twilio, (None, Some(other)), Report::Failed).await, Taken::News);
    assert_eq!(stands(&f, f.a, mine).await.1, Some(Report::Delivered));
    assert_eq!(stands(&f, f.a, other).await.1, Some(Report::Failed));
}

pub(crate) async fn what_was_unknown_is_settled_by_a_report(f: Fixture) {
    // 1. Not answered, then reported.
    let id = begun(&f, f.a).await;
    settle(&f, f.a, id, MessageState::Unknown, None).await;
    assert_eq!(report(&f, f.a, Twilio, (Some("SM1"), Some(id)), Report::Sent).await, Taken::News);
    assert_eq!(stands(&f, f.a, id).await, (MessageState::Sent, Some(Report::Sent)));
    let told = "select count(*) from audit_events where details like '%\"message\":\"%'";
    assert_eq!(f.number(told).await, 1, "the trail has it");
    // It is known by the provider's id from then on.
    assert_eq!(report(&f, f.a, Twilio, (Some("SM1"), None), Report::Delivered).await, Taken::News);
    assert_eq!(f.number(told).await, 1, "once");

    // 2. Reported before the call was given up, by the worker or by the next one.
    let id = begun(&f, f.a).await;
    assert_eq!(report(&f, f.a, Twilio, (None, Some(id)), Report::Delivered).await, Taken::News);
    assert_eq!(stands(&f, f.a, id).await.0, MessageState::Sending, "the call is under way");
    settle(&f, f.a, id, MessageState::Unknown, None).await;
    assert_eq!(stands(&f, f.a, id).await, (MessageState::Sent, Some(Report::Delivered)));
    let id = begun(&f, f.a).await;
    assert_eq!(report(&f, f.a, Twilio, (None, Some(id)), Report::Delivered).await, Taken::News);
    assert_eq!(f.number(told).await, 1, "not settled yet");
    assert_eq!(turn(&f, f.a, id).await, CodeTurn::AlreadyBegun);
    assert_eq!(stands(&f, f.a, id).await, (MessageState::Sent, Some(Report::Delivered)));
    assert_eq!(f.number(told).await, 2, "the trail has this one too");
    let by_report = format!("{told} and details like '%\"by\":\"report\"%' and details like '%\"outcome\":\"sent\"%'");
    assert_eq!(f.number(&by_report).await, 1, "and says by what it is known");
    assert_eq!(turn(&f, f.a, id).await, CodeTurn::AlreadyBegun);
    assert_eq!(f.number(told).await, 2, "once");

    // 3. What surely was not sent, nobody reports of.
    let refused = begun(&f, f.a).await;
    settle(&f, f.a, refused, MessageState::Failed, None).await;
    assert_eq!(report(&f, f.a, Twilio, (None, Some(refused)), Report::Delivered).await, Taken::NoMessage);
    let waiting = begun(&f, f.a).await;
    assert!(messages::back_to_queue(&f.store, f.a, waiting).await.expect("an answer"));
    assert_eq!(report(&f, f.a, Twilio, (None, Some(waiting)), Report::Delivered).await, Taken::NoMessage);
}

pub(crate) async fn who_refused_an_sms_does_not_speak_for_who_took_it(f: Fixture) {
    let id = begun(&f, f.a).await;
    assert_eq!(report(&f, f.a, Twilio, (Some("SM1"), Some(id)), Report::Failed).await, Taken::News);
    settle(&f, f.a, id, MessageState::Sent, Some((GatewayApi, "01J"))).await;
    assert_eq!(stands(&f, f.a, id).await, (MessageState::Sent, None));
    assert_eq!(report(&f, f.a, Twilio, (Some("SM1"), Some(id)), Report::Failed).await, Taken::NoMessage);
    assert_eq!(report(&f, f.a, GatewayApi, (Some("01J"), Some(id)), Report::Delivered).await, Taken::News);
}

pub(crate) async fn a_report_changes_no_flow(f: Fixture) {
    let id = taken_by(&f, f.a, Twilio, "SM1").await;
    let asked = messages::find(&f.store, f.a, id).await.expect("found").expect("a message").asked;
    let flow = async || format!("{:?}", flows::find_by_id(&f.store, f.a, asked.flow).await.expect("found"));
    let before = flow().await;
    for said in Report::ALL {
        report(&f, f.a, Twilio, (Some("SM1"), None), said).await;
    }
    assert_eq!(flow().await, before);
}

pub(crate) async fn what_was_reported_is_counted_by_provider(f: Fixture) {
    for (n, said) in [Some(Report::Delivered), Some(Report::Delivered), Some(Report::Failed), None].iter().enumerate() {
        let own = format!("SM{n}");
        taken_by(&f, f.a, Twilio, &own).await;
        if let Some(said) = said {
            report(&f, f.a, Twilio, (Some(&own), None), *said).await;
        }
    }
    taken_by(&f, f.a, GatewayApi, "01J").await;
    taken_by(&f, f.b, Twilio, "SM0").await;
    let refused = begun(&f, f.a).await;
    settle(&f, f.a, refused, MessageState::Failed, None).await;
    let row = |provider: &str, report, count| Reported { provider: Some(provider.to_owned()), report, count };
    let mut counted = reports::since(&f.store, f.a, f.now).await.expect("counted");
    counted.sort_by_key(|row| (row.provider.clone(), row.report.map(Report::as_str)));
    let expected = [
        row("gatewayapi", None, 1),
        row("twilio", None, 1),
        row("twilio", Some(Report::Delivered), 2),
        row("twilio", Some(Report::Failed), 1),
    ];
    assert_eq!(counted, expected);
    let later = f.now + TimeDelta::microseconds(1);
    assert_eq!(reports::since(&f.store, f.a, later).await.expect("counted"), []);
}
