//! SMS go to addresses that the operator allows, asked for each of them, and nowhere else.

use std::time::Duration;

use portvakt_domain::{connect::Egress, delivery::SmsSender};

use crate::*;

/// A sender to the double under another host.
fn through(egress: &Egress, gateway: &GatewayDouble, host: &str) -> Arc<dyn SmsSender> {
    let mut account = gateway.account();
    account["url"] = gateway.url().replace("127.0.0.1", host).into();
    let settings = settings(account);
    let secrets = secrets(&settings, gateway.password());
    sms_sender(&settings, &secrets, Arc::new(Attempts::default()), egress).expect("a sender")
}

fn port(gateway: &GatewayDouble) -> u16 {
    let rest = gateway.url().replace("https://127.0.0.1:", "");
    rest.split('/').next().expect("a port").parse().expect("a port")
}

#[tokio::test]
async fn a_loopback_address_is_refused_for_good_unless_it_is_listed() {
    let gateway = GatewayDouble::start(FortySixElks);
    let mend = format!("ask the operator to allow 127.0.0.1:{} for orebro", port(&gateway));
    // As an address, in ways that a browser reads as the same address, and as a name.
    for host in ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"] {
        let (egress, refusals) = ways::way(&[], &[&["127.0.0.1"]]);
        let sent = send(&through(&egress, &gateway, host)).await;
        let Sent::NotSent { reason } = sent else { panic!("{host}: {sent:?}") };
        assert!(reason.contains("a loopback address") && reason.ends_with(&mend), "{host}: {reason}");
        assert_eq!(refusals.all(), [format!("sms: {mend}")], "{host}");
    }
    assert_eq!((gateway.received().len(), gateway.refused().len()), (0, 0));
    let (egress, _) = ways::way(&[&format!("127.0.0.1:{}", port(&gateway))], &[]);
    assert_eq!(kind(&send(&through(&egress, &gateway, "127.0.0.1")).await).0, "accepted");
}

#[tokio::test]
async fn a_name_that_leads_inside_later_is_refused_then() {
    let gateway = GatewayDouble::start(FortySixElks);
    // What stands for a public address is one that is listed; 127.0.0.2 is not.
    let (egress, refusals) = ways::way(&["127.0.0.1"], &[&["127.0.0.1"], &["127.0.0.2"], &["127.0.0.1"]]);
    let sender = through(&egress, &gateway, "localhost");
    let mut kinds = Vec::new();
    for _ in 0..3 {
        kinds.push(kind(&send(&sender).await).0);
    }
    assert_eq!(kinds, ["accepted", "not sent", "accepted"]);
    assert_eq!((refusals.all().len(), gateway.received().len()), (1, 2));
}

#[tokio::test]
async fn of_several_addresses_only_the_allowed_one_is_connected_to() {
    let gateway = GatewayDouble::start(FortySixElks);
    let inside = tokio::net::TcpListener::bind(("127.0.0.2", port(&gateway))).await.expect("a free address");
    let (egress, _) = ways::way(&["127.0.0.1"], &[&["127.0.0.2", "127.0.0.1"]]);
    assert_eq!(kind(&send(&through(&egress, &gateway, "localhost")).await).0, "accepted");
    let knocked = tokio::time::timeout(Duration::ZERO, inside.accept()).await;
    assert!(knocked.is_err(), "somebody connected to an address that is not allowed");
}

#[tokio::test]
async fn the_name_is_still_verified() {
    // The certificate names localhost and 127.0.0.1; a resolver can lead another name there, and gets no further.
    let gateway = GatewayDouble::start(FortySixElks);
    let (egress, _) = ways::way(&["127.0.0.1"], &[&["127.0.0.1"]]);
    let sent = send(&through(&egress, &gateway, "gateway.test")).await;
    assert_eq!(kind(&sent), ("not sent", "the SMS gateway: its certificate is not trusted"));
    assert_eq!((gateway.received().len(), gateway.refused().len()), (0, 0));
}
