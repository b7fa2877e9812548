//! What every provider's reports must keep, whatever their format.

use harness::{
    State,
    gateway::{Dialect, Fate, GatewayDouble, Mode, ReportRequest, Reporting},
    reports::REPORT_SECRET,
};
use portvakt_domain::{message::MessageState, report::Report, time::Clock as _};

use crate::stage::{DELIVERED, NOT_DELIVERED, ON_ITS_WAY, Stage};

pub async fn a_report_is_told_in_plain_words_and_never_taken_back(dialect: impl Dialect) {
    let stage = Stage::with(dialect).await;
    let mut waiting = stage.waiting().await;
    assert_eq!(waiting.look().await, ON_ITS_WAY, "before any report");
    for (fate, told) in [
        (Fate::Odd, ON_ITS_WAY),
        (Fate::Sent, ON_ITS_WAY),
        (Fate::Expired, NOT_DELIVERED),
        (Fate::Failed, NOT_DELIVERED),
        (Fate::Sent, NOT_DELIVERED),
        // A phone that has it has it.
        (Fate::Delivered, DELIVERED),
    ] {
        stage.post(&stage.report(waiting.sms, fate), 200).await;
        assert_eq!(waiting.look().await, told, "{fate:?}");
        assert_eq!(waiting.look().await, told, "{fate:?}, after reloading");
    }
    // The last word stands, whatever comes late; and what comes twice counts once.
    let mut waiting = stage.waiting().await;
    let before = (stage.counted("delivered").await, stage.counted("sent").await, stage.counted("failed").await);
    for fate in [Fate::Delivered, Fate::Delivered, Fate::Sent, Fate::Failed, Fate::Expired, Fate::Odd, Fate::Delivered]
    {
        stage.post(&stage.report(waiting.sms, fate), 200).await;
        assert_eq!(waiting.look().await, DELIVERED, "{fate:?}");
    }
    let after = (stage.counted("delivered").await, stage.counted("sent").await, stage.counted("failed").await);
    assert_eq!(after, (before.0 + 1, before.1, before.2));

    // The flow is where it was: the code is still asked for, and right.
    let code = harness::world::code_in(&stage.gateway.received()[waiting.sms - 1].message);
    let done = waiting.browser.submit_to(&waiting.page, "/code", &[("code", &code)]).await;
    assert_eq!(done.path, "/done", "{}", done.text());
}

pub async fn what_the_provider_did_not_post_is_not_taken(dialect: impl Dialect, proof: Option<&'static str>) {
    let stage = Stage::with(dialect).await;
    let mut waiting = stage.waiting().await;
    let right = stage.report(waiting.sms, Fate::Delivered);
    let elsewhere = |from: &str, to: &str| {
        assert!(right.url.contains(from), "{from} in {}", right.url);
        ReportRequest { url: right.url.replacen(from, to, 1), ..right.clone() }
    };

    // 1. The address.
    let path = stage.world.report_address("orebro").rsplit('/').next().expect("a path").to_owned();
    assert!(path.len() >= 43 && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "256 bits");
    let provider = stage.gateway.account()["provider"].as_str().expect("a provider").to_owned();
    let another = if provider == "sinch" { "twilio" } else { "sinch" };
    let other_tenant = stage.world.tenant("mjolby").register.clone();
    let flipped = format!("{}{}", if path.starts_with('A') { 'B' } else { 'A' }, &path[1..]);
    for request in [
        elsewhere(&path, &flipped),
        elsewhere(&path, &path[1..]),
        elsewhere(&format!("/{provider}/"), &format!("/{another}/")),
        elsewhere(&stage.world.tenant("orebro").register, &other_tenant),
    ] {
        stage.post(&request, 404).await;
    }
    let (status, _) = stage.world.post_report(&elsewhere("pwreg.", "pwreset.")).await;
    assert_eq!(status, 404);

    // 2. The form.
    let large = ReportRequest { body: [right.body.clone(), vec![b' '; 64 * 1024]].concat(), ..right.clone() };
    stage.post(&large, 413).await;
    stage.post(&right.clone().changed("content-type", |_| "text/plain".to_owned()), 400).await;
    let body = |body: &[u8]| ReportRequest { body: body.to_vec(), ..right.clone() };
    let covered = proof.is_some_and(|proof| proof != "authorization");
    for nonsense in [b"".as_slice(), b"{}", b"a=b", b"[1", b"\xff\xfe"] {
        stage.post(&body(nonsense), if covered { 401 } else { 400 }).await;
    }

    // 3. What proves it.
    if let Some(proof) = proof {
        stage.post(&right.clone().without(proof), 401).await;
        let forged = |value: &str| {
            let at = value.len() - 6;
            let other = if value.as_bytes()[at] == b'a' { "b" } else { "a" };
            format!("{}{other}{}", &value[..at], &value[at + 1..])
        };
        stage.post(&right.clone().changed(proof, forged), 401).await;
        stage.post(&right.clone().changed(proof, |_| String::new()), 401).await;
    }
    if covered {
        let changed = String::from_utf8(right.body.clone()).expect("text").replace("elivered", "eliverex");
        stage.post(&body(changed.replace("DELIVERED", "DELIVEREX").as_bytes()), 401).await;
    }
    match provider.as_str() {
        "sinch" => sinch_signs_once(&stage, waiting.sms, &right).await,
        "twilio" => stage.post(&elsewhere("?ref=", "?ref=0"), 401).await,
        _ => {}
    }

    assert_eq!(waiting.look().await, ON_ITS_WAY);
    assert_eq!(stage.stored(waiting.sms).await.report, None);
    stage.post(&right, 200).await;
    assert_eq!(waiting.look().await, DELIVERED);
}

/// A signature has an age and one algorithm, and both are part of what is looked at.
async fn sinch_signs_once(stage: &Stage, sms: usize, right: &ReportRequest) {
    let now = stage.world.clock.now().timestamp();
    for (at, expected) in [(now - 301, 401), (now + 301, 401), (i64::MIN, 401)] {
        let report = stage.gateway.report(sms, Fate::Delivered, None, REPORT_SECRET, at);
        stage.post(&report, expected).await;
    }
    let named = |name: &str, value: &str| right.clone().changed(name, |_| value.to_owned());
    stage.post(&named("x-sinch-webhook-signature-timestamp", &(now - 1).to_string()), 401).await;
    stage.post(&named("x-sinch-webhook-signature-nonce", "another"), 401).await;
    stage.post(&named("x-sinch-webhook-signature-algorithm", "none"), 401).await;
    stage.post(&right.clone().without("x-sinch-webhook-signature-algorithm"), 401).await;
    stage.post(&stage.gateway.report(sms, Fate::Odd, None, "another secret", now), 401).await;
}

pub async fn a_report_tells_of_its_own_sms_alone(dialect: impl Dialect + Copy) {
    let stage = Stage::with(dialect).await;
    let (mut first, mut second) = (stage.waiting().await, stage.waiting().await);
    let secret = if stage.gateway.account()["provider"] == "twilio" { stage.gateway.password() } else { REPORT_SECRET };
    let at = stage.world.clock.now().timestamp();
    let received = stage.gateway.received();
    let address = |sms: usize| match received[sms - 1].callback.as_deref() {
        Some(told) if told.starts_with("https://") => told.to_owned(),
        _ => stage.world.report_address("orebro"),
    };

    // 1. Nobody's id and reference; then ours with another SMS's id, and the other way round.
    let strange = "00000000-0000-7000-8000-000000000000";
    let nobody = harness::gateway::Received { reference: Some(strange.to_owned()), ..received[0].clone() };
    let strange = format!("{}?ref={strange}", address(1).split('?').next().expect("an address"));
    let lie = |sms, id: String, address: &str| {
        stage.gateway.report_on(Reporting { sms, id, fate: Fate::Delivered, address, secret, at })
    };
    stage.post(&lie(&nobody, "nobody-0001".to_owned(), &strange), 200).await;
    stage.post(&lie(&received[0], stage.gateway.id(second.sms), &address(first.sms)), 200).await;
    stage.post(&lie(&received[1], stage.gateway.id(first.sms), &address(second.sms)), 200).await;
    assert_eq!((first.look().await.as_str(), second.look().await.as_str()), (ON_ITS_WAY, ON_ITS_WAY));

    // 2. Another tenant's SMS, as another account at the same provider.
    let other = GatewayDouble::start(dialect);
    stage.world.connect_gateway("mjolby", &other, other.reporting_account()).await;
    let person = stage.world.person("mjolby", State::Normal).await;
    harness::journey::ask_for_code(&stage.world, &mut stage.world.browser(), "mjolby", &person.username).await;
    stage.world.run_jobs().await;
    let theirs = other.received()[0].clone();
    let ours = stage.world.report_address("orebro");
    let with_reference = match theirs.callback.as_deref().and_then(|told| told.split_once("?ref=")) {
        Some((_, reference)) => format!("{}?ref={reference}", address(1).split('?').next().expect("an address")),
        None => ours,
    };
    let before = stage.counted("delivered").await;
    stage.post(&lie(&theirs, other.id(1), &with_reference), 200).await;
    assert_eq!(stage.counted("delivered").await, before, "not here and not there");
    stage.post(&stage.world.report_of("mjolby", &other, 1, Fate::Delivered), 200).await;
    assert_eq!(stage.counted("delivered").await, before + 1, "there it is right");

    // 3. The right one.
    stage.post(&stage.report(second.sms, Fate::Delivered), 200).await;
    assert_eq!((first.look().await.as_str(), second.look().await.as_str()), (ON_ITS_WAY, DELIVERED));
}

pub async fn an_unknown_outcome_is_settled_by_a_report(dialect: impl Dialect) {
    let stage = Stage::with(dialect).await;
    stage.gateway.next(1, Mode::CloseAfterRead);
    let mut waiting = stage.waiting().await;
    assert_eq!(stage.stored(waiting.sms).await.state, MessageState::Unknown);
    assert_eq!(waiting.look().await, ON_ITS_WAY);
    stage.post(&stage.report(waiting.sms, Fate::Sent), 200).await;
    let stored = stage.stored(waiting.sms).await;
    assert_eq!((stored.state, stored.report), (MessageState::Sent, Some(Report::Sent)));
    stage.post(&stage.report(waiting.sms, Fate::Delivered), 200).await;
    let stored = stage.stored(waiting.sms).await;
    assert_eq!((stored.state, stored.report), (MessageState::Sent, Some(Report::Delivered)));
    assert_eq!(waiting.look().await, DELIVERED);
    stage.world.run_jobs().await;
    assert_eq!(stage.gateway.received().len(), waiting.sms, "nothing is sent again");
}
