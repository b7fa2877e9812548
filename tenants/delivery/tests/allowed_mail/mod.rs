//! Mail goes to addresses that the operator allows, asked for each connection, and nowhere else.

use crate::*;

fn to(server: &MailServer, host: &str, security: &str) -> MailSettings {
    MailSettings { host: host.parse().expect("a host"), ..right(server, security) }
}

fn through(egress: &portvakt_domain::connect::Egress, settings: &MailSettings) -> Arc<dyn MailSender> {
    mail_sender(settings, password(), egress).expect("a sender")
}

#[tokio::test]
async fn a_loopback_address_is_refused_for_good_unless_it_is_listed() {
    for (protection, security) in [(Protection::Tls, "tls"), (Protection::Starttls, "starttls")] {
        let server = MailServer::start(protection);
        // Written as an address, as a name, and as a number that the system reads as an address.
        for (host, answers) in
            [("127.0.0.1", vec![]), ("localhost", vec!["127.0.0.1"]), ("2130706433", vec!["127.0.0.1"])]
        {
            let (egress, refusals) = ways::way(&[], &[&answers]);
            let sent = through(&egress, &to(&server, host, security)).send(&mail("asa@orebro.se")).await;
            let mend = format!("ask the operator to allow 127.0.0.1:{} for orebro", server.port);
            // Tried again, as often as other things that pass: an operator may mend it.
            let Sent::NotSent { reason } = sent else { panic!("{host}: {sent:?}") };
            assert!(reason.contains("a loopback address") && reason.ends_with(&mend), "{reason}");
            assert_eq!(refusals.all(), [format!("smtp: {mend}")]);
        }
        assert_eq!(server.connections(), 0);
        let (egress, _) = ways::way(&[&format!("127.0.0.1:{}", server.port)], &[]);
        let sent = through(&egress, &to(&server, "127.0.0.1", security)).send(&mail("asa@orebro.se")).await;
        assert_eq!(kind(&sent).0, "accepted");
    }
}

#[tokio::test]
async fn a_name_that_leads_inside_later_is_refused_then() {
    let server = MailServer::start(Protection::Tls);
    // What stands for a public address is one that is listed; 127.0.0.2 is not.
    let (egress, refusals) = ways::way(&["127.0.0.1"], &[&["127.0.0.1"], &["127.0.0.2"]]);
    let settings = to(&server, "localhost", "tls");
    assert_eq!(kind(&through(&egress, &settings).send(&mail("asa@orebro.se")).await).0, "accepted");
    assert_eq!(refusals.all().len(), 0);
    // A new sender has no connection that was kept.
    assert_eq!(kind(&through(&egress, &settings).send(&mail("asa@orebro.se")).await).0, "not sent");
    assert_eq!((refusals.all().len(), server.connections()), (1, 1));
}

#[tokio::test]
async fn of_several_addresses_only_the_allowed_one_is_connected_to() {
    for (protection, security) in [(Protection::Tls, "tls"), (Protection::Starttls, "starttls")] {
        let server = MailServer::start(protection);
        let inside = TcpListener::bind(("127.0.0.2", server.port)).await.expect("a free address");
        let (egress, _) = ways::way(&["127.0.0.1"], &[&["127.0.0.2", "127.0.0.1"]]);
        let sent = through(&egress, &to(&server, "localhost", security)).send(&mail("asa@orebro.se")).await;
        assert_eq!(kind(&sent).0, "accepted");
        let knocked = tokio::time::timeout(Duration::ZERO, inside.accept()).await;
        assert!(knocked.is_err(), "somebody connected to an address that is not allowed");
    }
}
