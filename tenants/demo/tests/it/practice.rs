//! The practice directory over the wire where time moves, where it fails on purpose, and in its other dialects.

use std::time::Duration;

use crate::client::{Clock, Controller, bind, code, data, reset_of};
use chrono::TimeDelta;
use ldap3::{
    Mod, Scope, SearchEntry,
    controls::{Control, ControlParser as _, PagedResults},
};
use portvakt_demo::practice::{
    Delegation, Dialect, DomainBuilder, Fault, GroupSpec, Operation, PasswordAge, Policy, PsoSpec, UserSpec,
    generated_login, generated_password, user_flags,
};
use std::collections::HashSet;

const PASSWORD: &str = "Start-Losen2026";
const NEW: &str = "Andra-Losen2027";

fn policy() -> Policy {
    Policy {
        minimum_length: 8,
        minimum_age: TimeDelta::zero(),
        maximum_age: Some(TimeDelta::days(90)),
        lockout_threshold: 3,
        lockout_window: TimeDelta::minutes(30),
        lockout_duration: Some(TimeDelta::minutes(15)),
        ..Policy::default()
    }
}

fn town() -> DomainBuilder {
    DomainBuilder::new("prov.test", "PROV")
        .policy(policy())
        .unit("Personal")
        .user(UserSpec::new("svc", "Svc!Losenord2026").flags(user_flags::PASSWORD_NEVER_EXPIRES))
        .user(UserSpec::new("anna01", PASSWORD).unit("Personal").person("Anna", "Åström").mail("anna@prov.test"))
        .delegate(Delegation::to("svc").below("Personal"))
}

const ANNA: &str = "CN=Anna Åström,OU=Personal,DC=prov,DC=test";

#[tokio::test]
async fn the_observation_window_and_the_lockout_end_when_the_clock_says_so() {
    let clock = Clock::default();
    let dc = Controller::start(town(), &clock).await;
    let anna = dc.account("anna01");
    for expected in 1..=2 {
        assert_eq!(bind(&dc, ANNA, "fel").await, "52e");
        assert_eq!(anna.bad_password_count(), expected);
    }
    clock.forward(TimeDelta::minutes(30));
    assert_eq!(bind(&dc, ANNA, "fel").await, "52e");
    assert_eq!(anna.bad_password_count(), 1);
    for _ in 0..2 {
        bind(&dc, ANNA, "fel").await;
    }
    assert_eq!(bind(&dc, ANNA, PASSWORD).await, "775");
    clock.forward(TimeDelta::minutes(14));
    assert_eq!(bind(&dc, ANNA, "fel").await, "775");
    assert_eq!(anna.bad_password_count(), 3);
    clock.forward(TimeDelta::minutes(1));
    assert!(!anna.is_locked());
    assert!(anna.number("lockoutTime").is_some_and(|since| since != 0));
    assert_eq!(bind(&dc, ANNA, PASSWORD).await, "");
    assert_eq!((anna.bad_password_count(), anna.number("lockoutTime")), (0, Some(0)));
}

#[tokio::test]
async fn a_lockout_without_end_never_ends() {
    let clock = Clock::default();
    let builder = town().policy(Policy { lockout_duration: None, ..policy() });
    let dc = Controller::start(builder, &clock).await;
    for _ in 0..3 {
        bind(&dc, ANNA, "fel").await;
    }
    clock.forward(TimeDelta::days(5000));
    assert!(dc.account("anna01").is_locked());
    assert_eq!(bind(&dc, ANNA, PASSWORD).await, "775");
}

#[tokio::test]
async fn passwords_expire_when_their_policy_says_so() {
    let clock = Clock::default();
    let month = Policy { maximum_age: Some(TimeDelta::days(30)), ..policy() };
    let builder = town()
        .user(UserSpec::new("bo", PASSWORD).unit("Personal"))
        .user(UserSpec::new("unit", PASSWORD).unit("Personal").flags(user_flags::PASSWORD_NEVER_EXPIRES))
        .user(UserSpec::new("new", PASSWORD).unit("Personal").password_age(PasswordAge::MustChange))
        .pso(PsoSpec::new("Politiker", 10, month).applies_to("bo"));
    let dc = Controller::start(builder, &clock).await;
    let in_unit = |cn: &str| format!("CN={cn},OU=Personal,DC=prov,DC=test");
    clock.forward(TimeDelta::days(30));
    assert_eq!(bind(&dc, &in_unit("bo"), PASSWORD).await, "532");
    assert_eq!(bind(&dc, ANNA, PASSWORD).await, "");
    clock.forward(TimeDelta::days(60));
    assert_eq!(bind(&dc, ANNA, PASSWORD).await, "532");
    assert_eq!(bind(&dc, &in_unit("unit"), PASSWORD).await, "");
    assert_eq!(bind(&dc, &in_unit("new"), PASSWORD).await, "773");
    let flags = |login| dc.account(login).number("msDS-User-Account-Control-Computed");
    assert_eq!(flags("anna01"), Some(user_flags::PASSWORD_EXPIRED));
    assert_eq!(flags("unit"), Some(0));
}

#[tokio::test]
async fn without_unexpire_password_a_reset_password_is_expired() {
    let grants = Delegation::to("svc").below("Personal").unexpire_password(false);
    let builder = DomainBuilder::new("prov.test", "PROV")
        .unit("Personal")
        .user(UserSpec::new("svc", "Svc!Losenord2026"))
        .user(UserSpec::new("anna01", PASSWORD).unit("Personal").common_name("Anna Åström"))
        .delegate(grants);
    let dc = Controller::start(builder, &Clock::default()).await;
    let mut service = dc.service().await;
    assert_eq!(code(service.modify(ANNA, reset_of(NEW)).await), 0);
    assert_eq!(bind(&dc, ANNA, NEW).await, "773");
    assert_eq!(dc.account("anna01").number("pwdLastSet"), Some(0));
}

#[tokio::test]
async fn an_old_password_is_spared_on_windows_and_can_be_made_to_count() {
    for (spared, expected) in [(true, 0), (false, 1)] {
        let dialect = Dialect { old_passwords_uncounted: spared, ..Dialect::windows() };
        let dc = Controller::start(town().dialect(dialect), &Clock::default()).await;
        dc.account("anna01").set_password(NEW);
        assert_eq!(bind(&dc, ANNA, PASSWORD).await, "52e");
        assert_eq!(dc.account("anna01").bad_password_count(), expected);
    }
}

#[tokio::test]
async fn fine_grained_policies_are_hidden_from_whom_they_were_not_granted() {
    for granted in [true, false] {
        let builder = town()
            .user(UserSpec::new("other", "Svc!Losenord2026"))
            .delegate(Delegation::to("other").below("Personal").read_password_settings(granted))
            .pso(PsoSpec::new("Lang", 10, policy()).applies_to("anna01"));
        let dc = Controller::start(builder, &Clock::default()).await;
        let mut other = dc.connect().await;
        assert_eq!(code(other.simple_bind("other@prov.test", "Svc!Losenord2026").await), 0);
        let pso = dc.account("anna01").text("msDS-ResultantPSO").expect("a policy");
        let found = other.search(&pso, Scope::Base, "(objectClass=*)", vec!["*"]).await.expect("an answer");
        assert_eq!(found.1.rc, if granted { 0 } else { 32 });
    }
}

#[tokio::test]
async fn like_samba_it_has_neither_hints_nor_adminsdholder() {
    let builder = town()
        .dialect(Dialect::samba())
        .user(UserSpec::new("chef", PASSWORD).unit("Personal").member_of("Domain Admins"));
    let dc = Controller::start(builder, &Clock::default()).await;
    let mut service = dc.service().await;
    let chef = "CN=chef,OU=Personal,DC=prov,DC=test";
    assert_eq!(code(service.modify(chef, reset_of(NEW)).await), 0);
    assert_eq!(dc.account("chef").number("adminCount"), None);
    let root = service.search("", Scope::Base, "(objectClass=*)", vec!["supportedControl"]).await.expect("a root").0;
    let root = SearchEntry::construct(root.into_iter().next().expect("an entry"));
    assert!(!root.attrs["supportedControl"].contains(&"1.2.840.113556.1.4.2239".to_owned()));
    assert_eq!(bind(&dc, ANNA, "").await, "52e");
}

#[tokio::test]
async fn leaving_a_protected_group_keeps_the_protection() {
    let builder = town()
        .administrator("Passw0rd!Admin")
        .user(UserSpec::new("chef", PASSWORD).unit("Personal").member_of("Backup Operators"));
    let dc = Controller::start(builder, &Clock::default()).await;
    let mut admin = dc.connect().await;
    assert_eq!(code(admin.simple_bind("administrator@prov.test", "Passw0rd!Admin").await), 0);
    let chef = dc.account("chef").dn();
    let leave = vec![Mod::Delete("member".to_owned(), HashSet::from([chef.clone()]))];
    assert_eq!(code(admin.modify("CN=Backup Operators,CN=Builtin,DC=prov,DC=test", leave).await), 0);
    assert_eq!(dc.account("chef").number("adminCount"), Some(1));
    assert_eq!(code(dc.service().await.modify(&chef, reset_of(NEW)).await), 50);
}

#[tokio::test]
async fn without_tls_no_password_is_written() {
    let dc = Controller::start_plain(town(), &Clock::default()).await;
    let mut service = dc.service().await;
    let answer = service.modify(ANNA, reset_of(NEW)).await.expect("an answer");
    assert_eq!(answer.rc, 53);
    assert!(answer.text.starts_with("0000001F"), "{}", answer.text);
    assert!(dc.account("anna01").password_is(PASSWORD));
}

#[tokio::test]
async fn a_modify_can_be_lost_before_or_after_it_was_applied() {
    for (fault, applied) in [
        (Fault::Ignored, false),
        (Fault::AppliedUnanswered, true),
        (Fault::Closed, false),
        (Fault::AppliedClosed, true),
    ] {
        let dc = Controller::start(town(), &Clock::default()).await;
        let mut service = dc.service().await;
        dc.server.fail_once(Operation::Modify, fault);
        let answer = service.with_timeout(Duration::from_millis(200)).modify(ANNA, reset_of(NEW)).await;
        assert!(answer.is_err(), "{fault:?}");
        assert_eq!(dc.account("anna01").password_is(NEW), applied, "{fault:?}");
        assert_eq!(dc.server.operations().modifies, 1);
        assert_eq!(code(dc.service().await.modify(ANNA, reset_of("Tredje-Losen2028")).await), 0, "{fault:?}");
    }
}

#[tokio::test]
async fn every_kind_of_operation_can_stall_be_slow_or_busy() {
    let dc = Controller::start(town(), &Clock::default()).await;
    let mut service = dc.service().await;
    dc.server.stall(Operation::Root);
    let short = Duration::from_millis(150);
    assert!(service.with_timeout(short).search("", Scope::Base, "(objectClass=*)", vec!["*"]).await.is_err());
    dc.server.heal();
    dc.server.fail(Operation::Search, Fault::Busy);
    let busy = service.search(ANNA, Scope::Base, "(objectClass=*)", vec!["*"]).await.expect("an answer");
    assert_eq!(busy.1.rc, 51);
    dc.server.heal();
    // A slow search does not hold up others on the same connection.
    dc.server.fail_once(Operation::Search, Fault::Delayed(Duration::from_secs(30)));
    let mut slow = service.clone();
    let waiting = tokio::spawn(async move { slow.search(ANNA, Scope::Base, "(objectClass=*)", vec!["*"]).await });
    while dc.server.operations().searches < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let quick = service.with_timeout(Duration::from_secs(5)).search("", Scope::Base, "(objectClass=*)", vec!["*"]);
    assert_eq!(quick.await.expect("an answer").1.rc, 0);
    waiting.abort();
    dc.server.stall(Operation::Bind);
    let mut fresh = dc.connect().await;
    assert!(fresh.with_timeout(short).simple_bind(ANNA, PASSWORD).await.is_err());
}

#[tokio::test]
async fn a_slow_search_ends_at_its_time_limit() {
    let dc = Controller::start(town(), &Clock::default()).await;
    let mut service = dc.service().await;
    dc.server.fail_once(Operation::Search, Fault::Delayed(Duration::from_secs(60)));
    let options = ldap3::SearchOptions::new().timelimit(1);
    let found = service.with_search_options(options).search(ANNA, Scope::Base, "(objectClass=*)", vec!["cn"]).await;
    assert_eq!(found.expect("an answer").1.rc, 3);
}

#[tokio::test]
async fn connections_can_be_cut_refused_and_taken_again() {
    let dc = Controller::start(town(), &Clock::default()).await;
    let mut service = dc.service().await;
    dc.server.drop_connections().await;
    assert!(service.search("", Scope::Base, "(objectClass=*)", vec!["*"]).await.is_err());
    dc.service().await;
    dc.server.refuse_connections().await;
    assert!(tokio::net::TcpStream::connect(dc.server.addr()).await.is_err());
    dc.server.accept_connections().await;
    dc.service().await;
    let address = dc.server.addr();
    dc.server.fail(Operation::Connect, Fault::Ignored);
    assert!(tokio::time::timeout(Duration::from_millis(200), dc.try_connect()).await.is_err());
    dc.server.shutdown().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn two_controllers_serve_one_domain() {
    let clock = Clock::default();
    let one = Controller::start(town(), &clock).await;
    let other = Controller::serve(one.server.domain().clone()).await;
    assert_eq!(code(one.service().await.modify(ANNA, reset_of(NEW)).await), 0);
    assert_eq!(bind(&other, ANNA, NEW).await, "");
    assert_eq!((one.server.operations().modifies, other.server.operations().modifies), (1, 0));
}

#[tokio::test]
async fn rubbish_closes_its_own_connection_only() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let dc = Controller::start_plain(town(), &Clock::default()).await;
    let mut service = dc.service().await;
    for rubbish in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &[0x30, 3, 2, 1, 1]] {
        let mut raw = tokio::net::TcpStream::connect(dc.server.addr()).await.expect("a connection");
        raw.write_all(rubbish).await.expect("sent");
        let mut answer = Vec::new();
        raw.read_to_end(&mut answer).await.expect("closed");
        assert!(String::from_utf8_lossy(&answer).contains("1.3.6.1.4.1.1466.20036"));
    }
    assert_eq!(service.search("", Scope::Base, "(objectClass=*)", vec!["*"]).await.expect("an answer").1.rc, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_connections_work_at_once_on_generated_accounts() {
    let builder =
        DomainBuilder::new("prov.test", "PROV").policy(policy()).unit("Personal").generated("Personal", 7, 300);
    let dc = std::sync::Arc::new(Controller::start(builder, &Clock::default()).await);
    let tasks: Vec<_> = (1..=40)
        .map(|n| {
            let dc = dc.clone();
            tokio::spawn(async move {
                let name = format!("{}@prov.test", generated_login(n));
                bind(&dc, &name, &generated_password(7, n)).await
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.expect("joined"), "");
    }
    assert_eq!(dc.server.operations().binds, 40);
    assert_eq!(data("no text"), "");
}

#[tokio::test]
async fn thousands_come_in_pages_with_the_end_of_their_passwords() {
    let builder =
        DomainBuilder::new("prov.test", "PROV").policy(policy()).unit("Personal").generated("Personal", 7, 5_000);
    let builder = builder.user(UserSpec::new("svc", "Svc!Losenord2026")).group(GroupSpec::new("alla"));
    let dc = Controller::start(builder.joined(&generated_login(7), "alla"), &Clock::default()).await;
    let mut service = dc.service().await;
    let attributes = vec!["sAMAccountName", "sn", "company", "manager", "msDS-UserPasswordExpiryTimeComputed"];
    let in_chain = "memberOf:1.2.840.113556.1.4.1941:=CN=alla,CN=Users,DC=prov,DC=test";
    let filters = [
        ("(&(objectCategory=person)(objectClass=user))".to_owned(), vec![1_000; 5]),
        (format!("(&(objectClass=user)({in_chain}))"), vec![1]),
    ];
    for (filter, expected) in filters {
        let (mut names, mut pages, mut cookie) = (HashSet::new(), Vec::new(), Vec::new());
        loop {
            let control = PagedResults { size: 5_000, cookie };
            let found = service.with_controls(control).search(
                "OU=Personal,DC=prov,DC=test",
                Scope::Subtree,
                &filter,
                attributes.clone(),
            );
            let (entries, result) = found.await.and_then(ldap3::SearchResult::success).expect("a page");
            pages.push(entries.len());
            for entry in entries {
                let mut entry = SearchEntry::construct(entry).attrs;
                let whole = ["sn", "company", "msDS-UserPasswordExpiryTimeComputed"];
                assert!(whole.iter().all(|name| entry.contains_key(*name)), "{entry:?}");
                names.extend(entry.remove("sAMAccountName").expect("a name"));
            }
            let [Control(_, control)] = result.ctrls.as_slice() else { panic!("one control") };
            cookie = PagedResults::parse(control.val.as_deref().expect("a cookie")).cookie;
            if cookie.is_empty() {
                break;
            }
        }
        assert_eq!((names.len(), &pages), (expected.iter().sum(), &expected), "{filter}");
    }
}
