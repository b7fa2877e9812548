//! Writes: never sent twice, never said to have failed when nobody knows.

use super::*;

#[tokio::test]
async fn a_write_that_is_not_answered_is_unknown_and_never_sent_again() {
    let refused = Doing::Refuse(LdapResultCode::InvalidCredentials, "80090308: LdapErr: error, data 52e, v1db1");
    for doing in [Doing::HangUp, Doing::Silence] {
        let controller = Controller::start().await;
        let bench = Bench::hasty(&controller);
        let anna = bench.anna().await;
        controller.asked(|script| (script.modify, script.bind) = (doing, refused.clone()));
        let set = bench.directory.set_password(&anna, &password("Ny!Losen2026")).await;
        assert!(matches!(set, Err(DirectoryError::OutcomeUnknown(_))), "{set:?}");
        assert_eq!(controller.script().modifies.len(), 1);
        assert_eq!(controller.script().binds, [(anna.dn.clone(), "Ny!Losen2026".to_owned())], "asked once");

        let unlocked = bench.directory.unlock(&anna).await;
        assert!(matches!(unlocked, Err(DirectoryError::OutcomeUnknown(_))), "{unlocked:?}");
        assert_eq!(controller.script().modifies.len(), 2);

        controller.script().modify = Doing::Answer;
        bench.directory.unlock(&anna).await.expect("a fresh connection");
        assert_eq!(controller.asked(|script| (script.modifies.len(), script.service_binds)), (3, 3));
        let seen = bench.seen.0.lock().expect("what was seen").clone();
        let unknown = "outcome_unknown";
        assert_eq!(seen, [("find", "ok"), ("set_password", unknown), ("unlock", unknown), ("unlock", "ok")]);
    }
}

#[tokio::test]
async fn an_unanswered_password_that_opens_the_account_was_set() {
    let must_change = Doing::Refuse(LdapResultCode::InvalidCredentials, "80090308: LdapErr: error, data 773, v1db1");
    for proof in [Doing::Answer, must_change] {
        let controller = Controller::start().await;
        let bench = Bench::new(&controller);
        let anna = bench.anna().await;
        controller.asked(|script| (script.modify, script.bind) = (Doing::HangUp, proof));
        bench.directory.set_password(&anna, &password("Ny!Losen2026")).await.expect("proven");
        assert_eq!(controller.script().modifies.len(), 1);
    }
}

#[tokio::test]
async fn a_write_is_not_lost_on_a_connection_that_was_closed_before() {
    let controller = Controller::start().await;
    let bench = Bench::hasty(&controller);
    let anna = bench.anna().await;
    controller.asked(|script| (script.reading, script.hang_ups) = (Doing::HangUp, 2));
    bench.directory.read(anna.key).await.expect_err("hung up twice");
    bench.directory.set_password(&anna, &password("Ny!Losen2026")).await.expect("set");
    assert_eq!(controller.script().modifies.len(), 1);

    controller.script().service_bind = Doing::Silence;
    controller.script().hang_ups = 2;
    bench.directory.read(anna.key).await.expect_err("nobody answers");
    let set = bench.directory.set_password(&anna, &password("Ny!Losen2026")).await;
    assert!(matches!(set, Err(DirectoryError::Unavailable(_))), "nothing was sent: {set:?}");
    assert_eq!(controller.script().modifies.len(), 1);
}

#[tokio::test]
async fn a_connection_that_rested_is_asked_before_it_is_trusted_with_a_write() {
    let controller = Controller::start().await;
    let bench = Bench::new(&controller);
    let anna = bench.anna().await;
    // The first connection swallows everything from now on, as a firewall does that has forgotten it.
    let refused = Doing::Refuse(LdapResultCode::InvalidCredentials, "80090308: LdapErr: error, data 52e, v1db1");
    controller.asked(|script| (script.mute_below, script.bind) = (2, refused));
    bench.advance(31);
    bench.directory.set_password(&anna, &password("Ny!Losen2026")).await.expect("on a fresh connection");
    assert_eq!(controller.asked(|script| (script.modifies.len(), script.connections)), (1, 2));
}

#[tokio::test]
async fn a_reset_asks_for_history_or_is_not_sent() {
    let controller = Controller::start().await;
    controller.script().controls.clear();
    let bench = Bench::new(&controller);
    let anna = bench.anna().await;
    let set = bench.directory.set_password(&anna, &password("new")).await;
    assert!(matches!(set, Err(DirectoryError::Misconfigured(_))), "{set:?}");
    assert!(
        matches!(bench.directory.probe().await, Err(DirectoryError::Misconfigured(_))),
        "the self-check says so too"
    );
    assert!(controller.script().modifies.is_empty());

    controller.script().controls = vec![HINTS];
    Bench::new(&controller).directory.set_password(&anna, &password("new")).await.expect("set");
    let (modify, controls) = controller.script().modifies.pop().expect("one write");
    let wanted = LdapControl::Unknown { oid: HINTS.to_owned(), criticality: true, value: Some(vec![0x30, 3, 2, 1, 1]) };
    assert_eq!(controls, [wanted]);
    let changes: Vec<_> = modify
        .changes
        .iter()
        .map(|change| (change.modification.atype.as_str(), change.modification.vals[0].as_slice()))
        .collect();
    let quoted: &[u8] = &[0x22, 0, 0x6e, 0, 0x65, 0, 0x77, 0, 0x22, 0];
    assert_eq!(changes, [("unicodePwd", quoted), ("lockoutTime", b"0")]);
    assert!(modify.changes.iter().all(|change| change.operation == ldap3_proto::proto::LdapModifyType::Replace));

    let without = Bench::with(&controller, |settings| settings.history = HistoryRule::None);
    without.directory.set_password(&anna, &password("new")).await.expect("set");
    assert!(controller.script().modifies.pop().expect("one write").1.is_empty());
}

#[tokio::test]
async fn refusals_of_a_write_are_answers() {
    let controller = Controller::start().await;
    let bench = Bench::new(&controller);
    let anna = bench.anna().await;
    controller.script().modify = Doing::Refuse(LdapResultCode::UnwillingToPerform, "0000052D: SvcErr: CN=anna, data 0");
    let set = bench.directory.set_password(&anna, &password("kort")).await;
    assert!(matches!(set, Err(DirectoryError::Rejected(Rejection::Policy))), "{set:?}");
    controller.script().modify = Doing::Refuse(LdapResultCode::Busy, "");
    let set = bench.directory.set_password(&anna, &password("kort")).await;
    assert!(matches!(set, Err(DirectoryError::Unavailable(_))), "{set:?}");
    assert!(controller.script().binds.is_empty(), "nothing to find out");
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_stop_a_write() {
    let controller = Controller::start().await;
    let bench = Bench::new(&controller);
    let anna = bench.anna().await;
    controller.script().modify = Doing::After(Duration::from_millis(200));
    let new = password("Ny!Losen2026");
    let cut = tokio::time::timeout(Duration::from_millis(50), bench.directory.set_password(&anna, &new)).await;
    assert!(cut.is_err());
    let ended = async {
        while bench.seen.0.lock().expect("what was seen").last() != Some(&("set_password", "ok")) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), ended).await.expect("it was done all the same");
}

#[tokio::test]
async fn a_change_exchanges_the_old_password_for_the_new_one() {
    let controller = Controller::start().await;
    let bench = Bench::new(&controller);
    let anna = bench.anna().await;
    let (old, new) = (password("old"), password("new"));
    let change = bench.directory.change_password(&anna, &old, &new).await;
    assert_eq!(change.expect("an answer"), PasswordChange::Changed);
    let (modify, controls) = controller.script().modifies.pop().expect("one write");
    assert!(controls.is_empty(), "a change looks at earlier passwords unasked");
    let quoted = |text: &str| text.bytes().flat_map(|byte| [byte, 0]).collect::<Vec<_>>();
    let changes: Vec<_> = modify.changes.iter().map(|c| (&c.operation, c.modification.vals.concat())).collect();
    use ldap3_proto::proto::LdapModifyType::{Add, Delete};
    assert_eq!(changes, [(&Delete, quoted("\"old\"")), (&Add, quoted("\"new\""))]);
    assert!(modify.changes.iter().all(|change| change.modification.atype == "unicodePwd"));
}

#[tokio::test]
async fn a_refused_change_says_which_password_was_refused() {
    use LdapResultCode::{ConstraintViolation, UnwillingToPerform};
    let controller = Controller::start().await;
    let bench = Bench::new(&controller);
    let anna = bench.anna().await;
    let (old, new) = (password("old"), password("new"));
    let answers = [
        (ConstraintViolation, "00000056: AtrErr: DSID-03191083, #1: CN=anna", Ok(PasswordChange::WrongPassword)),
        (UnwillingToPerform, "00000056: SvcErr: DSID-031A1254", Ok(PasswordChange::WrongPassword)),
        (ConstraintViolation, "00000775: Password change not permitted", Ok(PasswordChange::Locked)),
        (ConstraintViolation, "0000052D: AtrErr: DSID-03191083", Err("rejected")),
        (LdapResultCode::InsufficentAccessRights, "00000005: SecErr", Err("no_right")),
        (LdapResultCode::Busy, "", Err("unavailable")),
    ];
    for (code, text, expected) in answers {
        controller.script().modify = Doing::Refuse(code, text);
        let answer = bench.directory.change_password(&anna, &old, &new).await;
        let label = answer.map_err(|error| match error {
            DirectoryError::Rejected(Rejection::Policy) => "rejected",
            DirectoryError::NoRight(_) => "no_right",
            DirectoryError::Unavailable(_) => "unavailable",
            _ => "something else",
        });
        assert_eq!(label, expected, "{text}");
    }
    for (proof, told) in [(Doing::Answer, "changed"), (Doing::HangUp, "unknown")] {
        controller.asked(|script| (script.modify, script.bind) = (Doing::HangUp, proof));
        let answer = bench.directory.change_password(&anna, &old, &new).await;
        let told_now = match answer {
            Ok(PasswordChange::Changed) => "changed",
            Err(DirectoryError::OutcomeUnknown(_)) => "unknown",
            _ => "something else",
        };
        assert_eq!(told_now, told);
    }
    assert_eq!(controller.script().modifies.len(), 8, "each was sent once");
}
