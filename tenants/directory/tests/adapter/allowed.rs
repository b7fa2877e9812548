//! Connections go to addresses that the operator allows, asked for each connection, and nowhere else.

use std::{
    io,
    net::IpAddr,
    sync::atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use portvakt_directory::connect;
use portvakt_domain::connect::{ConnectKind, ConnectRules, Egress, Refusal, RefusalObserver, Resolver};

use super::*;

/// Answers with one list of addresses after the other, and with the last one from then on.
pub(super) struct Answers {
    lists: Vec<Vec<&'static str>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Resolver for Answers {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let at = self.asked.fetch_add(1, Ordering::SeqCst).min(self.lists.len() - 1);
        Ok(self.lists[at].iter().map(|text| text.parse().expect("an address")).collect())
    }
}

#[derive(Default)]
struct Refusals(Mutex<Vec<String>>);

impl RefusalObserver for Refusals {
    fn refused(&self, _: &str, kind: ConnectKind, _: &Refusal, mend: &str) {
        self.0.lock().expect("refusals").push(format!("{}: {mend}", kind.as_str()));
    }
}

fn way(networks: &[&str], answers: &[&[&'static str]]) -> (Egress, Arc<Refusals>) {
    let networks = networks.iter().map(|text| text.parse().expect("a network")).collect();
    let lists = answers.iter().map(|list| list.to_vec()).collect();
    let refusals = Arc::new(Refusals::default());
    let resolver = Arc::new(Answers { lists, asked: AtomicUsize::new(0) });
    let rules = ConnectRules { networks, hosts: Vec::new() };
    (Egress::new("orebro", rules, resolver, refusals.clone()), refusals)
}

/// To this computer, where the controllers of these tests are.
pub(super) fn here() -> Egress {
    way(&["127.0.0.0/8"], &[&["127.0.0.1"]]).0
}

/// A controller that is known by a name.
async fn named() -> (Controller, LdapUrl) {
    let controller = Controller::with(certificate(&["dc1.orebro.test"], 2020..2120)).await;
    let port = controller.address.port();
    (controller, format!("ldaps://dc1.orebro.test:{port}").parse().expect("an address"))
}

#[tokio::test]
async fn a_loopback_address_is_refused_unless_it_is_listed() {
    let controller = Controller::start().await;
    let (egress, refusals) = way(&[], &[]);
    let bench = Bench::through(egress, Handle::current(), &controller, |_| {});
    let Err(DirectoryError::Misconfigured(why)) = bench.find("anna").await else { panic!("it was let through") };
    let mend = format!("ask the operator to allow {} for orebro", controller.address);
    assert!(why.contains("a loopback address") && why.ends_with(&mend), "{why}");
    assert_eq!(controller.asked(|script| script.connections), 0);
    assert!(refusals.0.lock().expect("refusals").contains(&format!("ldap: {mend}")));

    let own = controller.address.to_string();
    let (egress, _) = way(&[&own], &[]);
    let bench = Bench::through(egress, Handle::current(), &controller, |_| {});
    assert!(bench.find("anna").await.expect("an answer").is_some());
}

#[tokio::test]
async fn openldap_asks_as_well() {
    let controller = Controller::start().await;
    let mut settings = None;
    let (egress, _) = way(&["127.0.0.0/8"], &[]);
    Bench::through(egress, Handle::current(), &controller, |written| settings = Some(written.clone()));
    let settings = DirectorySettings { kind: DirectoryKind::OpenLdap, ..settings.expect("settings") };
    let (egress, refusals) = way(&[], &[]);
    let clock = Arc::new(Hand(Mutex::new(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"))));
    let secret = "Svc!Losen".to_owned().into();
    let directory = connect(&settings, secret, egress, clock, Handle::current(), Arc::new(Seen::default()));
    let probed = directory.expect("settings that hold").probe().await;
    assert!(matches!(probed, Err(DirectoryError::Misconfigured(_))), "{probed:?}");
    assert_eq!(controller.asked(|script| script.connections), 0);
    assert!(!refusals.0.lock().expect("refusals").is_empty());
}

#[tokio::test]
async fn a_name_that_leads_inside_later_is_refused_then() {
    let (controller, url) = named().await;
    // What stands for a public address is one that is listed; 127.0.0.2 is not.
    let (egress, refusals) = way(&["127.0.0.1"], &[&["127.0.0.1"], &["127.0.0.2"]]);
    let bench = Bench::through(egress, Handle::current(), &controller, |settings| settings.controllers = vec![url]);
    let anna = bench.anna().await;
    assert!(refusals.0.lock().expect("refusals").is_empty());
    // A sign-in is a connection of its own: the name is looked at anew, and leads elsewhere.
    let before = controller.asked(|script| script.connections);
    let signed_in = bench.directory.authenticate(&anna, &password("Sommar+2026")).await;
    assert!(matches!(signed_in, Err(DirectoryError::Misconfigured(_))), "{signed_in:?}");
    assert_eq!(controller.asked(|script| script.connections), before);
    assert_eq!(refusals.0.lock().expect("refusals").len(), 1);
}

#[tokio::test]
async fn of_several_addresses_only_the_allowed_one_is_connected_to() {
    let (controller, url) = named().await;
    // The first one would answer as well: the controller listens on the port there too.
    let port = url.port();
    let inside = tokio::net::TcpListener::bind(("127.0.0.2", port)).await.expect("a free address");
    let (egress, _) = way(&["127.0.0.1"], &[&["127.0.0.2", "127.0.0.1"]]);
    let bench = Bench::through(egress, Handle::current(), &controller, |settings| settings.controllers = vec![url]);
    bench.anna().await;
    let knocked = tokio::time::timeout(Duration::ZERO, inside.accept()).await;
    assert!(knocked.is_err(), "somebody connected to an address that is not allowed");
}
