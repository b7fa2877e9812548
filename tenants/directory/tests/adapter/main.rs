//! The adapter against a controller that keeps silent, hangs up, or lies: what each caller is told, and that no write
//! is ever sent twice.

#![expect(clippy::expect_used, reason = "what helps a test may fail as it may")]

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use ldap3_proto::{LdapResultCode, control::LdapControl};
use portvakt_directory::{ActiveDirectory, OperationObserver};
use portvakt_domain::{
    account::Account,
    directory::{Authentication, Directory, DirectoryError, Refusal, Rejection},
    login::DirectoryName,
    password::Password,
    tenant::{DirectoryKind, DirectorySettings, HistoryRule},
    time::Clock,
};
use tokio::runtime::Handle;

mod controller;
use controller::{BASE, Controller, Doing, HINTS, SERVICE, certificate};

struct Hand(Mutex<DateTime<Utc>>);

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("the clock")
    }
}

#[derive(Default)]
struct Seen(Mutex<Vec<(&'static str, &'static str)>>);

impl OperationObserver for Seen {
    fn observed(&self, operation: &'static str, outcome: &'static str, seconds: f64) {
        assert!((0.0..60.0).contains(&seconds), "{seconds}");
        self.0.lock().expect("what was seen").push((operation, outcome));
    }
}

struct Bench {
    directory: ActiveDirectory,
    clock: Arc<Hand>,
    seen: Arc<Seen>,
}

impl Bench {
    fn new(controller: &Controller) -> Self {
        Self::with(controller, |_| {})
    }

    /// For tests that wait for the deadline: the others must not fail on a machine that is busy.
    fn hasty(controller: &Controller) -> Self {
        Self::with(controller, |settings| settings.deadline_seconds = 2)
    }

    fn with(controller: &Controller, change: impl FnOnce(&mut DirectorySettings)) -> Self {
        Self::on(Handle::current(), controller, change)
    }

    fn on(runtime: Handle, controller: &Controller, change: impl FnOnce(&mut DirectorySettings)) -> Self {
        let mut settings = DirectorySettings {
            kind: DirectoryKind::ActiveDirectory,
            url: format!("ldaps://{}", controller.address).parse().expect("an address"),
            ca_file: None,
            ca_pem: controller.ca_pem.clone(),
            base: BASE.to_owned(),
            netbios: "OREBRO".to_owned(),
            service_account: SERVICE.to_owned(),
            service_password_file: None,
            service_password_env: None,
            units: vec![format!("OU=Skola,{BASE}")],
            denied_groups: Vec::new(),
            history: HistoryRule::PolicyHints,
            deadline_seconds: 20,
        };
        change(&mut settings);
        let clock = Arc::new(Hand(Mutex::new(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"))));
        let seen = Arc::new(Seen::default());
        let directory =
            ActiveDirectory::new(&settings, "Svc!Losen".to_owned().into(), clock.clone(), runtime, seen.clone());
        Self { directory: directory.expect("settings that hold"), clock, seen }
    }

    async fn find(&self, text: &str) -> Result<Option<Account>, DirectoryError> {
        self.directory.find(DirectoryName { text, account_name_only: false }).await
    }

    async fn anna(&self) -> Account {
        self.find("anna").await.expect("an answer").expect("Anna")
    }

    fn advance(&self, seconds: i64) {
        *self.clock.0.lock().expect("the clock") += TimeDelta::seconds(seconds);
    }
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned()).expect("a password")
}

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
async fn a_name_means_somebody_only_if_it_means_one() {
    let anna = ["anna", "anna@orebro.test", "anna.astrom@orebro.test"];
    let eva = ["eva", "eva@orebro.test", "anna.astrom@orebro.test"];
    let cross = ["anna@orebro.test", "x@orebro.test", "y@orebro.test"];
    let crowd: Vec<[&'static str; 3]> = vec![["z", "z@orebro.test", "gemensam@orebro.test"]; 11];
    let mail_too = ["berit", "berit@orebro.test", "anna@orebro.test"];
    let cases: [(&str, &[[&'static str; 3]], Option<usize>); 12] = [
        ("anna", &[anna], Some(1)),
        ("ANNA@Orebro.Test", &[anna], Some(1)),
        ("anna.astrom@orebro.test", &[anna], Some(1)),
        ("anna.astrom@orebro.test", &[anna, eva], None),
        ("anna@orebro.test", &[anna, cross], Some(2)),
        ("anna@orebro.test", &[anna, anna, cross], Some(3)),
        ("anna@orebro.test", &[anna, anna], None),
        ("anna@orebro.test", &[anna, anna, mail_too], None),
        ("anna", &[anna, anna], None),
        ("ånna", &[anna], None),
        ("anna", &[], None),
        ("gemensam@orebro.test", &crowd, None),
    ];
    for (text, people, expected) in cases {
        let controller = Controller::start().await;
        controller.script().people = people.to_vec();
        let found = Bench::new(&controller).find(text).await.expect("an answer");
        let key = found.map(|account| account.key.0.to_bytes_le());
        assert_eq!(key, expected.map(controller::guid), "{text} among {people:?}");
    }
    let controller = Controller::start().await;
    let directory = Bench::new(&controller).directory;
    let named = |text| DirectoryName { text, account_name_only: true };
    assert!(directory.find(named("anna@orebro.test")).await.expect("an answer").is_none());
    assert!(directory.find(named("anna")).await.expect("an answer").is_some());
}

#[tokio::test]
async fn more_people_than_can_be_told_apart_are_nobody() {
    // The first ten hold one match; who comes after them is not looked at, and may be the second. Windows says so
    // itself, Samba sends everybody.
    for keeps_limits in [true, false] {
        let controller = Controller::start().await;
        let mut people = vec![["z", "z@orebro.test", "z@orebro.test"]; 11];
        people[0] = ["anna", "anna@orebro.test", "anna@orebro.test"];
        controller.asked(|script| (script.people, script.keeps_limits) = (people, keeps_limits));
        let bench = Bench::new(&controller);
        assert!(bench.find("anna").await.expect("an answer").is_none());
        controller.script().people.pop();
        assert!(bench.find("anna").await.expect("an answer").is_some(), "ten is not too many");
        assert_eq!(controller.script().connections, 1, "the connection is still good");
    }
}

#[tokio::test]
async fn nobody_costs_what_somebody_costs() {
    let controller = Controller::start().await;
    controller.script().reference = true;
    let bench = Bench::new(&controller);
    bench.directory.probe().await.expect("a connection");
    let searches = || std::mem::take(&mut controller.script().searches);
    searches();
    bench.anna().await;
    let somebody = searches();
    assert!(bench.find("ingen").await.expect("an answer").is_none());
    let nobody = searches();
    let shape = |all: &[ldap3_proto::proto::LdapSearchRequest]| {
        all.iter().map(|search| (search.scope.clone(), search.sizelimit, search.attrs.clone())).collect::<Vec<_>>()
    };
    assert_eq!(shape(&somebody), shape(&nobody));
    assert_eq!(somebody.len(), 2);

    let anna = bench.anna().await;
    bench.directory.domain_policy().await.expect("a policy");
    searches();
    assert_eq!(bench.directory.effective_policy(&anna).await.expect("a policy").lockout_threshold, 5);
    bench.directory.domain_policy().await.expect("a policy");
    let [of_anna, of_nobody] = &searches()[..] else { panic!("one search each") };
    assert_eq!(shape(std::slice::from_ref(of_anna)), shape(std::slice::from_ref(of_nobody)));

    bench.directory.authenticate(&anna, &password("fel")).await.expect("an answer");
    bench.directory.authenticate_nobody(&password("fel")).await.expect("an answer");
    let binds = controller.script().binds.clone();
    assert_eq!(binds.len(), 2);
    assert!(binds[1].0.ends_with(BASE) && binds[1].0 != binds[0].0);
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
async fn a_denied_group_is_never_skipped() {
    let controller = Controller::start().await;
    let bench = Bench::with(&controller, |settings| settings.denied_groups = vec![format!("CN=Nej,{BASE}")]);
    assert!(bench.anna().await.denied);
    for kind in [Some("2"), None] {
        controller.script().group_type = kind;
        assert!(bench.anna().await.denied, "remembered for a minute");
        bench.advance(60);
        let found = bench.find("anna").await;
        assert!(matches!(found, Err(DirectoryError::Misconfigured(_))), "{found:?}");
        controller.script().group_type = Some("-2147483646");
        assert!(bench.anna().await.denied);
    }
    let gone = Bench::with(&controller, |settings| settings.denied_groups = vec![format!("CN=Borta,{BASE}")]);
    for found in [gone.find("anna").await, gone.find("ingen").await] {
        assert!(matches!(found, Err(DirectoryError::Misconfigured(_))), "{found:?}");
    }
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
}
