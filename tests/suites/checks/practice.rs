//! On a practice domain: a domain without fault passes, and each fault is told by its own check and no other.

use std::{net::SocketAddr, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use harness::{ManualClock, settings::preset};
use portvakt_demo::practice::{
    Delegation, Dialect, DomainBuilder, GroupSpec, Policy, PracticeDirectory, PsoSpec, UserSpec, system_clock,
    user_flags,
};
use portvakt_domain::{
    check::CheckKind as Kind,
    tenant::{DirectorySettings, HistoryRule},
    time::Clock as _,
};

use super::{Looked, MOBILE};

pub(super) const PASSWORD: &str = "Svc!Losenord2026";
const BASE: &str = "DC=prov,DC=test";

pub(super) fn policy() -> Policy {
    Policy { minimum_age: TimeDelta::zero(), lockout_threshold: 5, ..Policy::default() }
}

pub(super) fn delegation() -> Delegation {
    Delegation::to("svc").below("Personal").write(&["lockoutTime", "pwdLastSet"])
}

/// A domain with people in two places of the served unit, one elsewhere, and a canary.
pub(super) fn domain(service: UserSpec, delegation: Delegation) -> DomainBuilder {
    let user = |login: &str| UserSpec::new(login, "Start-Losen2026");
    DomainBuilder::new("prov.test", "PROV")
        .policy(policy())
        .administrator("Passw0rd!Admin")
        .unit("Personal")
        .unit("Personal/Skola")
        .unit("Annat")
        .unit("Tomt")
        .group(GroupSpec::new("undantagna"))
        .user(service)
        .user(user("anna").unit("Personal"))
        .user(user("bo").unit("Personal/Skola"))
        .user(user("chef").unit("Personal").member_of("Domain Admins"))
        .user(user("kanarie1").unit("Personal").mobile("+46701740605"))
        .user(user("utanfor").unit("Annat"))
        .delegate(delegation)
}

pub(super) fn service() -> UserSpec {
    UserSpec::new("svc", PASSWORD).flags(user_flags::PASSWORD_NEVER_EXPIRES)
}

pub(super) async fn serve(builder: DomainBuilder) -> (PracticeDirectory, DirectorySettings) {
    let local: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let domain = builder.build(system_clock()).expect("a domain");
    let server = PracticeDirectory::start(domain, local).await.expect("a server");
    let mut settings = preset("orebro").directory;
    settings.controllers = vec![server.url().parse().expect("an address")];
    settings.ca_pem = server.ca_pem().to_owned();
    settings.base = BASE.to_owned();
    settings.netbios = "PROV".to_owned();
    settings.service_account = "svc@prov.test".to_owned();
    settings.units = vec![format!("OU=Personal,{BASE}")];
    settings.denied_groups = vec![format!("CN=undantagna,CN=Users,{BASE}")];
    (server, settings)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_domain_without_fault_passes() {
    let (_server, settings) = serve(domain(service(), delegation())).await;
    let looked = Looked::at(&settings, PASSWORD, None).await;
    assert_eq!(looked.complaints(), [], "{:#?}", looked.0);
    for kind in [Kind::Certificate, Kind::PolicyHints, Kind::Reset, Kind::NoMore, Kind::Outside, Kind::FineGrained] {
        assert_eq!(looked.worst(kind), 'p', "{kind:?}");
    }
    let delegation = delegation().write(&["lockoutTime", "pwdLastSet", "mobile"]);
    let (_server, settings) = serve(domain(service(), delegation)).await;
    let looked = Looked::at(&settings, PASSWORD, MOBILE).await;
    assert_eq!(looked.worst(Kind::Number), 'p');
    // Every account may write its own number here, as in every new domain.
    assert_eq!(looked.complaints(), [(Kind::SelfNumber, 'w')]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attribute_that_the_forest_lacks_is_told() {
    let (_server, settings) = serve(domain(service(), delegation())).await;
    for (attribute, expected) in [("company", 'p'), ("manager", 'p'), ("extensionAttribute1", 'f'), ("group", '-')] {
        let looked = Looked::where_units_are_told_by(&settings, PASSWORD, attribute).await;
        assert_eq!(looked.worst(Kind::UnitAttribute), expected, "{attribute}: {:#?}", looked.0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_of_the_domain_is_told_by_its_own_check() {
    let changed = |change: fn(Delegation) -> Delegation| domain(service(), change(delegation()));
    let expiring = |days| {
        let policy = Policy { maximum_age: Some(TimeDelta::days(days)), ..policy() };
        domain(UserSpec::new("svc", PASSWORD), delegation()).policy(policy)
    };
    let pso =
        |policy: Policy| domain(service(), delegation()).pso(PsoSpec::new("langre", 1, policy).applies_to("anna"));
    let cases: [(DomainBuilder, &[(Kind, char)]); 16] = [
        (changed(|grant| grant.reset_password(false)), &[(Kind::Reset, 'f')]),
        (changed(|grant| grant.write(&["pwdLastSet"])), &[(Kind::Unlock, 'f')]),
        (changed(|grant| grant.write(&["lockoutTime"])), &[(Kind::PasswordLastSet, 'f')]),
        (changed(|grant| grant.write(&["lockoutTime", "pwdLastSet", "info"])), &[(Kind::NoMore, 'w')]),
        (changed(|grant| grant.below("Annat")), &[(Kind::Outside, 'w')]),
        (changed(|grant| grant.unexpire_password(false)), &[(Kind::Unexpire, 'f')]),
        (changed(|grant| grant.read_password_settings(false)), &[(Kind::FineGrained, 'f')]),
        (pso(policy()), &[]),
        (pso(Policy { minimum_age: TimeDelta::hours(1), ..policy() }), &[(Kind::MinimumAge, 'w')]),
        (pso(Policy { lockout_threshold: 1, ..policy() }), &[(Kind::Lockout, 'w')]),
        (
            domain(service(), delegation()).policy(Policy { minimum_age: TimeDelta::days(1), ..policy() }),
            &[(Kind::MinimumAge, 'w')],
        ),
        (domain(service(), delegation()).policy(Policy { lockout_threshold: 2, ..policy() }), &[(Kind::Lockout, 'w')]),
        (domain(service(), delegation()).dialect(Dialect::samba()), &[(Kind::PolicyHints, 'f')]),
        (domain(service().member_of("Print Operators"), delegation()), &[(Kind::ServiceAccount, 'w')]),
        (expiring(20), &[(Kind::ServicePassword, 'w')]),
        (expiring(90), &[]),
    ];
    for (at, (builder, expected)) in cases.into_iter().enumerate() {
        let (server, settings) = serve(builder).await;
        let looked = Looked::at(&settings, PASSWORD, None).await;
        assert_eq!(looked.complaints(), expected, "case {at}: {:#?}", looked.0);
        server.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_as_service_account_is_told() {
    let (_server, settings) = serve(domain(service().member_of("Domain Admins"), delegation())).await;
    let looked = Looked::at(&settings, PASSWORD, None).await;
    for kind in [Kind::ServiceAccount, Kind::NoMore, Kind::Outside] {
        assert_eq!(looked.worst(kind), 'w', "{kind:?}: {:#?}", looked.0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_of_the_settings_is_told_by_its_own_check() {
    let (_server, settings) = serve(domain(service(), delegation())).await;
    let (other, _) = serve(domain(service(), delegation())).await;
    let not_there = "ldaps://127.0.0.1:1".parse().expect("an address");
    let stranger = other.url().parse().expect("an address");
    type Change<'a> = Box<dyn Fn(&mut DirectorySettings) + 'a>;
    let cases: [(Change<'_>, Kind, char); 10] = [
        (Box::new(|s| s.controllers.insert(0, Clone::clone(&not_there))), Kind::Reachable, 'f'),
        (Box::new(|s| s.controllers.push(Clone::clone(&stranger))), Kind::Certificate, 'f'),
        (Box::new(|s| s.service_account = "nobody@prov.test".to_owned()), Kind::Bind, 'f'),
        (Box::new(|s| s.base = "DC=annan,DC=test".to_owned()), Kind::Base, 'f'),
        (Box::new(|s| s.units.push(format!("OU=Borta,{BASE}"))), Kind::Unit, 'f'),
        (Box::new(|s| s.units.push(format!("OU=Tomt,{BASE}"))), Kind::Unit, 'w'),
        (Box::new(|s| s.units.push(format!("OU=Annat,{BASE}"))), Kind::Reset, 'f'),
        (Box::new(|s| s.allowed_groups.push(format!("CN=borta,CN=Users,{BASE}"))), Kind::Group, 'f'),
        (Box::new(|s| s.denied_groups.push(format!("CN=anna,OU=Personal,{BASE}"))), Kind::Group, 'f'),
        (Box::new(|s| s.functional_groups.push(format!("CN=borta,CN=Users,{BASE}"))), Kind::Group, 'f'),
    ];
    for (at, (change, kind, expected)) in cases.into_iter().enumerate() {
        let mut settings = settings.clone();
        change(&mut settings);
        let looked = Looked::at(&settings, PASSWORD, None).await;
        assert_eq!(looked.worst(kind), expected, "case {at}: {:#?}", looked.0);
    }
    // Where numbers are in the directory, the write is needed.
    assert_eq!(Looked::at(&settings, PASSWORD, MOBILE).await.worst(Kind::Number), 'f');
    // Without a promise of history neither the control nor the minimum age matters.
    let without = DirectorySettings { history: HistoryRule::None, ..settings };
    assert_eq!(Looked::at(&without, PASSWORD, None).await.worst(Kind::PolicyHints), 's');
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_presented_once() {
    let (server, mut settings) = serve(domain(service(), delegation())).await;
    settings.controllers.push(settings.controllers[0].clone());
    let looked = Looked::at(&settings, "Fel-Losen-99", None).await;
    assert_eq!(looked.worst(Kind::Bind), 'f');
    assert_eq!(server.operations().binds, 1, "the second controller might have locked the account");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_and_ends_are_judged_by_our_own_clock() {
    let (_server, settings) = serve(domain(service(), delegation())).await;
    let then = async |ahead: TimeDelta| {
        let clock = ManualClock::at_present();
        clock.advance(ahead);
        Looked::then(&settings, PASSWORD, None, Arc::new(clock)).await
    };
    for (seconds, expected) in [(0, 'p'), (-150, 'w'), (150, 'w'), (900, 'f')] {
        let looked = then(TimeDelta::seconds(seconds)).await;
        assert_eq!(looked.worst(Kind::Clock), expected, "{seconds}: {:#?}", looked.0);
    }
    // The practice certificates last until the year 4096.
    let last_days: DateTime<Utc> = "4095-12-20T00:00:00Z".parse().expect("a date");
    let looked = then(last_days - ManualClock::at_present().now()).await;
    assert_eq!(looked.worst(Kind::Certificate), 'w', "{:#?}", looked.0);
}
