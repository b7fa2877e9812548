//! The harness's own servers do what the other suites take for granted.

use std::time::Duration;

use harness::services::{NewUser, Samba, Services, quoted_utf16};
use ldap3::{Ldap, Mod, Scope};

fn orebro() -> &'static Samba {
    &Services::get().orebro
}

/// Both domains, so that neither is seeded differently by accident.
fn domains() -> [&'static Samba; 2] {
    let services = Services::get();
    [&services.orebro, &services.mjolby]
}

async fn as_service(samba: &Samba) -> Ldap {
    let mut ldap = samba.connect().await;
    let bound = ldap.simple_bind(&samba.service_upn, &samba.service_password).await;
    bound.expect("the controller answers").success().expect("the service account can bind");
    ldap
}

async fn reset(ldap: &mut Ldap, dn: &str, password: &str) -> (u32, String) {
    let change = Mod::Replace(b"unicodePwd".to_vec(), [quoted_utf16(password)].into());
    let result = ldap.modify(dn, vec![change]).await.expect("the controller answers");
    (result.rc, result.text)
}

#[tokio::test]
async fn each_state_has_its_own_answer_to_a_right_password() {
    let cases = [
        ("normal", NewUser::staff(), Ok(())),
        ("elsewhere", NewUser::elsewhere(), Ok(())),
        ("functional", NewUser::staff().functional(), Ok(())),
        ("disabled", NewUser::staff().disabled(), Err("533")),
        ("must change", NewUser::staff().must_change(), Err("773")),
        ("account expired", NewUser::staff().account_expired(), Err("701")),
        ("locked", NewUser::staff().locked(), Err("775")),
        ("password expired", NewUser::staff().password_expired(), Err("532")),
        ("functional and old", NewUser::staff().functional().password_set_ago("400d"), Ok(())),
        ("deny group", NewUser::staff().member_of("Undantagna"), Ok(())),
    ];
    for samba in domains() {
        for (state, new, expected) in cases.clone() {
            let user = samba.create_user(new).await;
            let expected = expected.map_err(str::to_owned);
            for login in [&user.upn, &user.dn, &user.netbios_login] {
                assert_eq!(samba.bind(login, &user.password).await, expected, "{state}, {login}");
            }
        }
    }
}

#[tokio::test]
async fn a_wrong_password_and_a_stranger_look_alike() {
    let user = orebro().create_user(NewUser::staff()).await;
    let wrong = orebro().bind(&user.upn, "Fel-losenord-1").await;
    let stranger = orebro().bind("ingen@orebro.test", "Fel-losenord-1").await;
    assert_eq!(wrong, Err("52e".into()));
    assert_eq!(stranger, wrong);
}

#[tokio::test]
async fn what_was_asked_for_is_in_the_directory() {
    let new = NewUser::staff().named("anna").display_name("Anna Öberg").mobile("+46701740605");
    let user = orebro().create_user(new.password("Vald-av-testet-9")).await;
    let names = ["displayName", "mobile", "mail", "userPrincipalName", "title"];
    let read = orebro().attributes(&user.dn, &names).await;
    assert_eq!(read["displayName"], ["Anna Öberg"]);
    assert_eq!(read["mobile"], ["+46701740605"]);
    assert_eq!(read["mail"], [user.mail]);
    assert_eq!(read["userPrincipalName"], [user.upn.as_str()]);
    assert!(!read.contains_key("title"));
    assert!(user.sam.starts_with("anna-"));
    assert_eq!(orebro().bind(&user.upn, "Vald-av-testet-9").await, Ok(()));

    let by_guid = format!("<GUID={}>", user.guid);
    let found = orebro().attributes(&by_guid, &["sAMAccountName"]).await;
    assert_eq!(found["sAMAccountName"], [user.sam]);
}

#[tokio::test]
async fn the_domain_has_the_policy_the_suites_count_on() {
    let minute: i64 = -60 * 10_000_000;
    for samba in domains() {
        let expected = [
            ("minPwdLength", 8),
            ("pwdHistoryLength", 25),
            ("pwdProperties", 1),
            ("minPwdAge", 0),
            ("maxPwdAge", 90 * 24 * 60 * minute),
            ("lockoutThreshold", 5),
            ("lockOutObservationWindow", 30 * minute),
            ("lockoutDuration", 0),
        ];
        let names = expected.map(|(name, _)| name);
        let read = samba.attributes(&samba.base, &names).await;
        for (name, value) in expected {
            assert_eq!(read[name], [value.to_string()], "{name} in {}", samba.name);
        }
    }
}

#[tokio::test]
async fn a_lock_does_not_end_by_itself() {
    let user = orebro().create_user(NewUser::staff().locked()).await;
    orebro().backdate(&user.sam, &["lockoutTime=30d", "badPasswordTime=30d"]).await;
    assert_eq!(orebro().bind(&user.upn, &user.password).await, Err("775".into()));

    let mut service = as_service(orebro()).await;
    let unlock = Mod::Replace("lockoutTime", ["0"].into());
    service.modify(&user.dn, vec![unlock]).await.expect("an answer").success().expect("it may unlock");
    assert_eq!(orebro().bind(&user.upn, &user.password).await, Ok(()));
}

#[tokio::test]
async fn the_service_account_can_do_its_work_and_no_more() {
    for samba in domains() {
        let ours = samba.create_user(NewUser::staff()).await;
        let theirs = samba.create_user(NewUser::elsewhere()).await;
        let mut service = as_service(samba).await;

        assert_eq!(reset(&mut service, &ours.dn, "Nytt-losenord-7").await.0, 0);
        assert_eq!(samba.bind(&ours.upn, "Nytt-losenord-7").await, Ok(()));
        assert_eq!(reset(&mut service, &theirs.dn, "Nytt-losenord-7").await.0, 50);
        assert_eq!(reset(&mut service, &samba.service_dn, "Nytt-losenord-7").await.0, 50);

        for (dn, attribute, value, expected) in [
            (&ours.dn, "mobile", "+46701740606", 0),
            (&ours.dn, "pwdLastSet", "0", 0),
            (&ours.dn, "pwdLastSet", "-1", 0),
            (&ours.dn, "mail", "x@orebro.test", 50),
            (&ours.dn, "userAccountControl", "514", 50),
            (&theirs.dn, "mobile", "+46701740606", 50),
            (&theirs.dn, "lockoutTime", "0", 50),
        ] {
            let change = Mod::Replace(attribute, [value].into());
            let result = service.modify(dn, vec![change]).await.expect("an answer");
            assert_eq!(result.rc, expected, "{attribute} of {dn}: {}", result.text);
        }
    }
}

#[tokio::test]
async fn politicians_need_a_longer_password_and_the_service_account_can_see_why() {
    for samba in domains() {
        let user = samba.create_user(NewUser::staff().member_of("Politiker")).await;
        let mut service = as_service(samba).await;

        let (rc, text) = reset(&mut service, &user.dn, "Kort-losen-7").await;
        assert_eq!(rc, 19, "{text}");
        assert!(text.starts_with("0000052D"), "{text}");
        assert_eq!(reset(&mut service, &user.dn, "Mycket-langre-losen-7").await.0, 0);

        let read = samba.attributes(&user.dn, &["msDS-ResultantPSO"]).await;
        let names = ["msDS-MinimumPasswordLength", "msDS-PasswordSettingsPrecedence"];
        let (mut found, _) = service
            .search(&read["msDS-ResultantPSO"][0], Scope::Base, "(objectClass=*)", names)
            .await
            .and_then(ldap3::SearchResult::success)
            .expect("it may read the policy");
        let policy = ldap3::SearchEntry::construct(found.pop().expect("the policy")).attrs;
        assert_eq!(policy["msDS-MinimumPasswordLength"], ["14"]);
        assert_eq!(policy["msDS-PasswordSettingsPrecedence"], ["10"]);
    }
}

#[tokio::test]
async fn a_frozen_controller_answers_when_it_thaws() {
    let samba = orebro().throwaway("frozen").await;
    let user = samba.create_user(NewUser::staff()).await;
    let mut ldap = samba.connect().await;

    let frozen = samba.freeze();
    let asked = tokio::time::timeout(Duration::from_millis(300), ldap.simple_bind(&user.upn, &user.password));
    assert!(asked.await.is_err(), "a frozen controller answered");
    assert_eq!(orebro().bind(&orebro().service_upn, &orebro().service_password).await, Ok(()));

    frozen.thaw();
    assert_eq!(samba.bind(&user.upn, &user.password).await, Ok(()));
}

#[tokio::test]
async fn a_throwaway_controller_is_a_domain_of_its_own() {
    let first = orebro().throwaway("first").await;
    let second = orebro().throwaway("second").await;
    assert_ne!(first.ip, second.ip);
    assert_eq!(first.bind(&first.service_upn, &first.service_password).await, Ok(()));

    let user = first.create_user(NewUser::staff().password_expired()).await;
    assert_eq!(first.bind(&user.upn, &user.password).await, Err("532".into()));
    assert_eq!(second.bind(&user.upn, &user.password).await, Err("52e".into()));
    assert_eq!(orebro().bind(&user.upn, &user.password).await, Err("52e".into()));

    first.stop().await;
    assert!(tokio::net::TcpStream::connect((first.ip.as_str(), 636)).await.is_err());
    first.start().await;
    assert_eq!(first.bind(&user.upn, &user.password).await, Err("532".into()));

    let folder = first.folder.clone();
    drop(first);
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_frozen_controller_can_be_thrown_away() {
    let samba = Services::get().mjolby.throwaway("cold").await;
    let (ip, _frozen) = (samba.ip.clone(), samba.freeze());
    drop(samba);
    assert!(tokio::net::TcpStream::connect((ip.as_str(), 636)).await.is_err());
}

#[tokio::test]
async fn an_address_is_taken_once() {
    let services = Services::get();
    let (one, two) = (services.address(), services.address());
    assert_ne!(one.ip, two.ip);
    assert!(one.ip.starts_with(&services.block));
}

#[tokio::test]
async fn the_roles_of_a_database_see_only_what_they_were_given() {
    let postgres = &Services::get().postgres;
    let database = postgres.fresh_database().await;
    let owner = postgres.connect(&database.owner_url).await.expect("the owner can connect");
    let app = postgres.connect(&database.app_url).await.expect("the app can connect");
    let control = postgres.connect(&database.control_url).await.expect("control can connect");

    owner
        .batch_execute(
            "create table persons (id int); create table leases (id int);
             grant select on persons to portvakt_app; grant select on leases to portvakt_control;",
        )
        .await
        .expect("the owner may make tables");
    for (client, allowed, refused) in [(&app, "persons", "leases"), (&control, "leases", "persons")] {
        let read = async |table: &str| client.batch_execute(&format!("select * from {table}")).await;
        read(allowed).await.expect("what was granted");
        let error = read(refused).await.expect_err("what was not");
        assert_eq!(error.code(), Some(&tokio_postgres::error::SqlState::INSUFFICIENT_PRIVILEGE));
        let made = client.batch_execute("create table own (id int)").await;
        assert!(made.is_err(), "only the owner makes tables");
    }
    for client in [&owner, &app, &control] {
        let row = client
            .query_one(
                "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb from pg_roles where rolname = current_user",
                &[],
            )
            .await
            .expect("every role reads its own row");
        assert!(!row.get::<_, bool>(0), "no role of the product is privileged");
    }
}

#[tokio::test]
async fn databases_are_apart_and_go_when_they_are_dropped() {
    let postgres = &Services::get().postgres;
    let (one, two) = (postgres.fresh_database().await, postgres.fresh_database().await);
    let client = postgres.connect(&one.owner_url).await.expect("the owner can connect");
    client.batch_execute("create table only_here (id int)").await.expect("it may");
    let other = postgres.connect(&two.owner_url).await.expect("the owner can connect");
    assert!(other.batch_execute("select * from only_here").await.is_err());

    let url = one.owner_url.clone();
    drop(one);
    let gone = postgres.connect(&url).await.expect_err("the database is gone");
    assert_eq!(gone.code(), Some(&tokio_postgres::error::SqlState::UNDEFINED_DATABASE));
}

#[tokio::test]
async fn postgres_refuses_a_connection_without_tls() {
    let postgres = &Services::get().postgres;
    let plain = postgres.superuser_url.replace("sslmode=require", "sslmode=disable");
    let refused = tokio_postgres::connect(&plain, tokio_postgres::NoTls).await.err();
    let refused = refused.expect("a plain connection is refused");
    assert_eq!(refused.code(), Some(&tokio_postgres::error::SqlState::INVALID_AUTHORIZATION_SPECIFICATION));
}

#[test]
fn the_browser_is_there() {
    let services = Services::get();
    assert!(services.chromium.is_file());
    assert!(services.chromedriver.is_file());
}
