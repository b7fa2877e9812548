//! Reads: who is meant by a name, at the same cost whoever it is.

use super::*;

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

/// Taken for personal, a shared account would get numbers of which nobody knows whose they are.
#[tokio::test]
async fn a_functional_group_is_never_skipped() {
    let controller = Controller::start().await;
    let bench = Bench::with(&controller, |settings| settings.functional_groups = vec![format!("CN=Nej,{BASE}")]);
    assert!(bench.anna().await.functional);
    bench.directory.probe().await.expect("settings that hold");
    controller.script().group_type = Some("2");
    assert!(bench.anna().await.functional, "remembered for a minute");
    bench.advance(60);
    for told in [bench.find("anna").await.map(|_| ()), bench.directory.probe().await] {
        let Err(DirectoryError::Misconfigured(what)) = told else { panic!("{told:?}") };
        assert!(what.starts_with("directory.functional_groups[0]: it is a distribution list"), "{what}");
    }
}
