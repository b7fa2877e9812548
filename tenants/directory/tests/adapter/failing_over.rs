//! Several controllers: who answers when one does not, and what is never said twice.

use super::*;

/// Hangs up in the middle of every question about an entry, and on every new connection.
fn break_off(controller: &Controller) {
    controller.asked(|script| {
        (script.handshake, script.reading, script.hang_ups) = (Doing::HangUp, Doing::HangUp, usize::MAX);
    });
}

fn mend(controller: &Controller) {
    controller.asked(|script| (script.handshake, script.reading, script.hang_ups) = (Doing::Answer, Doing::Answer, 0));
}

#[tokio::test]
async fn a_question_is_answered_by_the_next_controller() {
    let refuse = Doing::Refuse(LdapResultCode::Busy, "");
    type Change = fn(&mut controller::Script, Doing);
    let faults: [(&str, Change, Doing); 6] = [
        ("hangs up at the door", |script, doing| script.handshake = doing, Doing::HangUp),
        ("silent at the door", |script, doing| script.handshake = doing, Doing::Silence),
        ("silent at sign-in", |script, doing| script.service_bind = doing, Doing::Silence),
        ("too busy to sign in", |script, doing| script.service_bind = doing, refuse),
        ("silent at the question", |script, doing| script.reading = doing, Doing::Silence),
        (
            "hangs up at the question",
            |script, doing| (script.reading, script.hang_ups) = (doing, usize::MAX),
            Doing::HangUp,
        ),
    ];
    let attempts = faults.map(|(fault, change, doing)| async move {
        let (bench, first, second) = Bench::of_two(|settings| settings.deadline_seconds = 4).await;
        change(&mut first.script(), doing);
        let found = bench.find("anna").await;
        assert!(matches!(found, Ok(Some(_))), "{fault}: {found:?}");
        assert!(first.script().connections > 0, "{fault}: the first one is asked first");
        assert_eq!(second.script().connections, 1, "{fault}");
    });
    futures_util::future::join_all(attempts).await;
}

#[tokio::test]
async fn no_question_fails_when_a_controller_goes_away_under_load() {
    let (bench, first, second) = Bench::of_two(|_| {}).await;
    let anna = bench.anna().await;
    let bench = Arc::new(bench);
    let readers = (0..200).map(|number| {
        let (bench, first, key) = (bench.clone(), first.clone(), anna.key);
        tokio::spawn(async move {
            if number == 50 {
                break_off(&first);
            }
            bench.directory.read(key).await
        })
    });
    for reader in readers.collect::<Vec<_>>() {
        let read = reader.await.expect("a reader");
        assert!(matches!(read, Ok(Some(_))), "{read:?}");
    }
    assert!(!second.script().searches.is_empty(), "somebody had to ask elsewhere");
}

#[tokio::test]
async fn a_controller_that_fails_is_left_alone_until_it_is_found_to_be_back() {
    let (bench, first, second) = Bench::of_two(|_| {}).await;
    let anna = bench.anna().await;
    break_off(&first);
    for _ in 0..3 {
        bench.directory.read(anna.key).await.expect("from the second");
    }
    let before = first.script().connections;
    for _ in 0..5 {
        bench.directory.read(anna.key).await.expect("from the second");
    }
    assert_eq!(first.script().connections, before, "nobody tries it meanwhile");

    bench.advance(5);
    eventually("a trial", async || first.script().connections > before).await;
    let elsewhere = second.script().searches.len();
    bench.directory.read(anna.key).await.expect("from the second");
    assert!(second.script().searches.len() > elsewhere, "one trial that fails changes nothing");

    mend(&first);
    bench.advance(60);
    eventually("the first one answers again", async || {
        let before = first.script().searches.iter().filter(|search| search.base.starts_with("<GUID=")).count();
        bench.directory.read(anna.key).await.expect("from either");
        let after = first.script().searches.iter().filter(|search| search.base.starts_with("<GUID=")).count();
        after > before
    })
    .await;
}

#[tokio::test]
async fn with_none_in_use_one_at_a_time_tries() {
    let controller = Controller::start().await;
    let bench = Bench::hasty(&controller);
    let anna = bench.anna().await;
    break_off(&controller);
    for _ in 0..3 {
        bench.directory.read(anna.key).await.expect_err("it hangs up");
    }
    let before = controller.script().connections;
    controller.script().handshake = Doing::Silence;
    // Each presented password would have a connection of its own.
    let right = password("rätt");
    let trials = futures_util::future::join_all((0..5).map(|_| bench.directory.authenticate(&anna, &right))).await;
    assert!(trials.iter().all(Result::is_err));
    assert_eq!(controller.script().connections, before + 1, "the others are told at once");

    mend(&controller);
    bench.directory.read(anna.key).await.expect("back, and noticed by the first who asks");
}

#[tokio::test]
async fn a_write_goes_where_it_can_be_sent_and_nowhere_else() {
    let new = password("Ny!Losen2026");
    let refused = Doing::Refuse(LdapResultCode::InvalidCredentials, "80090308: LdapErr: error, data 52e, v1db1");

    let (bench, first, second) = Bench::of_two(|_| {}).await;
    break_off(&first);
    let anna = bench.anna().await;
    bench.directory.set_password(&anna, &new).await.expect("at the second");
    assert_eq!((first.script().modifies.len(), second.script().modifies.len()), (0, 1));

    for doing in [Doing::HangUp, Doing::Silence] {
        let (bench, first, second) = Bench::of_two(|settings| settings.deadline_seconds = 4).await;
        let anna = bench.anna().await;
        first.script().modify = doing;
        second.script().bind = refused.clone();
        let set = bench.directory.set_password(&anna, &new).await;
        assert!(matches!(set, Err(DirectoryError::OutcomeUnknown(_))), "{set:?}");
        assert_eq!((first.script().modifies.len(), second.script().modifies.len()), (1, 0), "sent once");
        assert_eq!((first.script().binds.len(), second.script().binds.len()), (0, 1), "the other one is asked");

        second.script().bind = Doing::Answer;
        bench.directory.set_password(&anna, &new).await.expect("proven by the other one");
        let unlocked = bench.directory.unlock(&anna).await;
        assert!(matches!(unlocked, Err(DirectoryError::OutcomeUnknown(_))), "nothing proves an unlock: {unlocked:?}");
        assert_eq!((first.script().modifies.len(), second.script().modifies.len()), (3, 0));
    }
}

#[tokio::test]
async fn a_controller_without_the_demanded_control_is_passed_over_by_writes_only() {
    let (bench, first, second) = Bench::of_two(|_| {}).await;
    first.script().controls.clear();
    let anna = bench.anna().await;
    bench.directory.set_password(&anna, &password("Ny!Losen2026")).await.expect("at the second");
    assert_eq!((first.script().modifies.len(), second.script().modifies.len()), (0, 1));
    bench.directory.unlock(&anna).await.expect("at the first");
    assert_eq!((first.script().modifies.len(), second.script().modifies.len()), (1, 1));
    second.script().controls.clear();
    let bench = Bench::with(&second, |_| {});
    let set = bench.directory.set_password(&anna, &password("Ny!Losen2026")).await;
    assert!(matches!(set, Err(DirectoryError::Misconfigured(_))), "{set:?}");
}

#[tokio::test]
async fn a_password_is_presented_once() {
    let (bench, first, second) = Bench::of_two(|settings| settings.deadline_seconds = 4).await;
    let anna = bench.anna().await;
    for doing in [Doing::Silence, Doing::HangUp] {
        first.script().bind = doing;
        let answer = bench.directory.authenticate(&anna, &password("hemligt")).await;
        assert!(matches!(answer, Err(DirectoryError::Unavailable(_))), "{answer:?}");
    }
    assert_eq!((first.script().binds.len(), second.script().binds.len()), (2, 0));
    break_off(&first);
    let answer = bench.directory.authenticate(&anna, &password("hemligt")).await;
    assert_eq!(answer.expect("from the second"), Authentication::Accepted);
    assert_eq!((first.script().binds.len(), second.script().binds.len()), (2, 1));
}

#[tokio::test]
async fn a_refused_service_account_is_not_tried_at_the_next_controller() {
    let (bench, first, second) = Bench::of_two(|_| {}).await;
    let refused = Doing::Refuse(LdapResultCode::InvalidCredentials, "80090308: LdapErr: error, data 52e, v1db1");
    first.script().service_bind = refused.clone();
    second.script().service_bind = refused;
    for _ in 0..5 {
        let error = bench.directory.probe().await.expect_err("refused");
        assert!(matches!(error, DirectoryError::Misconfigured(_)), "{error}");
    }
    assert_eq!((first.script().service_binds, second.script().service_binds), (1, 0));
}

#[tokio::test]
async fn there_are_never_more_connections_than_the_tenant_allows() {
    let (bench, first, second) = Bench::of_two(|settings| settings.connections_per_controller = 4).await;
    let anna = bench.anna().await;
    first.script().bind = Doing::After(Duration::from_millis(20));
    first.script().reading = Doing::After(Duration::from_millis(5));
    let bench = Arc::new(bench);
    let callers = (0..60).map(|number| {
        let (bench, anna) = (bench.clone(), anna.clone());
        tokio::spawn(async move {
            match number % 3 {
                0 => bench.directory.read(anna.key).await.map(|_| ()),
                _ => bench.directory.authenticate(&anna, &password("hemligt")).await.map(|_| ()),
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.expect("a caller").expect("an answer");
    }
    assert_eq!(first.script().most_open, 3, "one kept, and two of the two that are left");
    assert_eq!(second.script().most_open, 0);
}

#[tokio::test]
async fn a_kept_connection_is_kept_alive_without_being_used() {
    let controller = Controller::start().await;
    let bench = Bench::new(&controller);
    bench.anna().await;
    let questions = || controller.script().searches.iter().filter(|search| search.base.is_empty()).count();
    let before = questions();
    bench.advance(31);
    eventually("a question", async || questions() > before).await;
    assert_eq!(controller.script().connections, 1);

    // One that does not answer is forgotten, and the next caller does not wait for it.
    controller.script().mute_below = usize::MAX;
    bench.advance(31);
    eventually("it is closed", async || controller.script().open == 0).await;
}

#[tokio::test]
async fn a_server_that_never_answers_starttls_keeps_no_socket() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let controller = Controller::start().await;
    let bench = Bench::with(&controller, |settings| {
        settings.controllers = vec![format!("ldap://{address}").parse().expect("an address")];
        settings.starttls = true;
        settings.deadline_seconds = 1;
    });
    let asked = tokio::spawn(async move { bench.find("anna").await });
    let (mut socket, _) = listener.accept().await.expect("a connection");
    let mut said = Vec::new();
    let all = tokio::io::AsyncReadExt::read_to_end(&mut socket, &mut said);
    tokio::time::timeout(Duration::from_secs(20), all).await.expect("it is closed").expect("all that was said");
    let starttls = b"1.3.6.1.4.1.1466.20037";
    assert!(said.windows(starttls.len()).any(|part| part == starttls), "StartTLS comes first");
    assert!(said.len() < 64, "and nothing else: {said:02x?}");
    let found = asked.await.expect("the caller");
    assert!(matches!(found, Err(DirectoryError::Unavailable(_))), "{found:?}");
}
