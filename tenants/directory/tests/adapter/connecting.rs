//! Connections: which are trusted, how they are shared, and how long anybody waits for one.

use super::*;

#[tokio::test]
async fn a_read_on_a_dead_kept_connection_is_done_once_more() {
    let controller = Controller::start().await;
    let bench = Bench::new(&controller);
    let anna = bench.anna().await;
    controller.script().reading = Doing::HangUp;
    controller.script().hang_ups = 1;
    assert!(bench.directory.read(anna.key).await.expect("an answer").is_some_and(|again| again == anna));
    assert_eq!(controller.script().connections, 2);

    controller.script().hang_ups = 2;
    let failed = bench.directory.read(anna.key).await;
    assert!(matches!(failed, Err(DirectoryError::Unavailable(_))), "{failed:?}");
    assert_eq!(controller.asked(|script| (script.hang_ups, script.connections)), (0, 3), "once more, not for ever");
    assert!(bench.directory.read(anna.key).await.expect("an answer").is_some());
}

#[tokio::test]
async fn the_deadline_holds_for_the_whole_of_an_operation() {
    let slow = Doing::After(Duration::from_millis(1_200));
    type Change = fn(&mut controller::Script, Doing);
    let places: [(&str, Change, Doing); 4] = [
        ("handshake", |script, doing| script.handshake = doing, Doing::Silence),
        ("bind", |script, doing| script.service_bind = doing, Doing::Silence),
        ("search", |script, doing| script.reading = doing, Doing::Silence),
        (
            "each within, together late",
            |script, doing| (script.service_bind, script.reading) = (doing.clone(), doing),
            slow,
        ),
    ];
    let attempts = places.map(|(place, change, doing)| async move {
        let controller = Controller::start().await;
        change(&mut controller.script(), doing);
        let bench = Bench::hasty(&controller);
        let began = Instant::now();
        let found = bench.find("anna").await;
        assert!(matches!(found, Err(DirectoryError::Unavailable(_))), "{place}: {found:?}");
        let took = began.elapsed();
        assert!((1_900..6_000).contains(&took.as_millis()), "{place}: {took:?}");
    });
    futures_util::future::join_all(attempts).await;

    let controller = Controller::start().await;
    let bench = Bench::hasty(&controller);
    let anna = bench.anna().await;
    controller.script().bind = Doing::Silence;
    let refused = bench.directory.authenticate(&anna, &password("x")).await;
    assert!(matches!(refused, Err(DirectoryError::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_certificate_that_is_not_the_tenants_is_a_plain_mistake() {
    let cases = [
        (certificate(&["127.0.0.1"], 2020..2120), true, "not signed by"),
        (certificate(&["dc.example"], 2020..2120), false, "does not name the host"),
        (certificate(&["127.0.0.1"], 2020..2021), false, "has expired"),
    ];
    for (shown, foreign, expected) in cases {
        let controller = Controller::with(shown).await;
        let other = certificate(&["127.0.0.1"], 2020..2120).0;
        let bench = Bench::with(&controller, |settings| {
            if foreign {
                settings.ca_pem = other;
            }
        });
        let error = bench.directory.probe().await.expect_err("no trust");
        let plain = matches!(&error, DirectoryError::Misconfigured(what) if what.contains(expected));
        assert!(plain, "{error}");
        let anna = Bench::new(&Controller::start().await).anna().await;
        let error = bench.directory.authenticate(&anna, &password("hemligt")).await.expect_err("no trust");
        assert!(matches!(error, DirectoryError::Misconfigured(_)), "{error}");
        let presented = controller.asked(|script| script.binds.len() + script.service_binds);
        assert_eq!(presented, 0, "no password was sent");
    }
}

#[tokio::test]
async fn a_refused_service_account_is_left_alone_for_a_minute() {
    let controller = Controller::start().await;
    let refused = Doing::Refuse(LdapResultCode::InvalidCredentials, "80090308: LdapErr: error, data 52e, v1db1");
    controller.script().service_bind = refused;
    let bench = Bench::new(&controller);
    for _ in 0..3 {
        let error = bench.directory.probe().await.expect_err("refused");
        assert!(matches!(&error, DirectoryError::Misconfigured(what) if what.contains("data 52e")), "{error}");
    }
    assert_eq!(controller.script().service_binds, 1);
    controller.script().service_bind = Doing::Answer;
    bench.advance(60);
    bench.directory.probe().await.expect("let in");
}

#[tokio::test]
async fn many_callers_make_one_connection() {
    let controller = Controller::start().await;
    let bench = Arc::new(Bench::new(&controller));
    let callers = (0..100).map(|_| {
        let bench = bench.clone();
        tokio::spawn(async move { bench.anna().await })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.expect("an account");
    }
    assert_eq!(controller.script().connections, 1);
}

#[test]
fn a_connection_outlives_the_worker_that_needed_it_first() {
    let own = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let controller = own.block_on(Controller::start());
    let bench = Bench::on(own.handle().clone(), &controller, |_| {});
    for _ in 0..2 {
        let worker = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        worker.block_on(bench.anna());
    }
    assert_eq!(controller.script().connections, 1);
}

#[tokio::test]
async fn presented_passwords_travel_on_their_own_connections() {
    let controller = Controller::start().await;
    let bench = Bench::new(&controller);
    let anna = bench.anna().await;
    let accepted = bench.directory.authenticate(&anna, &password("rätt")).await.expect("an answer");
    assert_eq!(accepted, Authentication::Accepted);
    controller.script().bind =
        Doing::Refuse(LdapResultCode::InvalidCredentials, "80090308: LdapErr: error, data 775, v1");
    let refused = bench.directory.authenticate(&anna, &password("fel")).await.expect("an answer");
    assert_eq!(refused, Authentication::Refused(Refusal::Locked));
    assert_eq!(controller.script().connections, 3);
    assert_eq!(bench.directory.read(anna.key).await.expect("an answer"), Some(anna));
    assert_eq!(controller.script().service_binds, 1, "the kept one was not touched");
    let seen = bench.seen.0.lock().expect("what was seen").clone();
    assert_eq!(seen[1..3], [("authenticate", "ok"), ("authenticate", "refused")]);
}

#[tokio::test]
async fn settings_that_cannot_hold_are_told_at_once() {
    let controller = Controller::start().await;
    let make = |change: fn(&mut DirectorySettings)| {
        let bench = std::panic::catch_unwind(|| Bench::with(&controller, change).directory);
        bench.is_ok()
    };
    assert!(make(|_| {}));
    assert!(!make(|settings| settings.ca_pem.clear()));
    assert!(!make(|settings| settings.units = vec!["Skola".to_owned()]));
    assert!(!make(|settings| settings.denied_groups = vec!["Nej".to_owned()]));
    assert!(!make(|settings| settings.functional_groups = vec!["Delade".to_owned()]));
}
