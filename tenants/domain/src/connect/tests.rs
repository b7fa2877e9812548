//! Addresses in a table, and resolvers that change their minds.

use std::sync::Mutex;

use super::*;

fn rules(networks: &[&str], hosts: &[&str]) -> ConnectRules {
    ConnectRules {
        networks: networks.iter().map(|text| text.parse().expect("a network")).collect(),
        hosts: hosts.iter().map(|text| text.parse().expect("a host")).collect(),
    }
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

#[test]
fn only_public_addresses_are_allowed_of_themselves() {
    let public = |address: &str| ConnectRules::default().allowed("x", ip(address), 443).is_ok();
    let refused = [
        "0.0.0.0",
        "0.1.2.3",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.0",
        "127.0.0.1",
        "127.255.255.255",
        "168.63.129.16",
        "169.254.0.0",
        "169.254.169.254",
        "169.254.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.192",
        "192.0.0.255",
        "192.0.2.0",
        "192.0.2.255",
        "192.88.99.1",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.0",
        "198.51.100.255",
        "203.0.113.0",
        "203.0.113.255",
        "224.0.0.0",
        "239.255.255.255",
        "240.0.0.0",
        "255.255.255.255",
        "::",
        "::1",
        "::2",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "::ffff:169.254.169.254",
        "64:ff9b::127.0.0.1",
        "::ffff:100.64.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b::1:1.1.1.1",
        "64:ff9b:1::1",
        "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
        "100::1",
        "2001::",
        "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8::",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:10::1",
        "2001:20::1",
        "2002:7f00:1::",
        "2002:a01:203::1",
        "2002:a9fe:a9fe::",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "1fff:ffff::1",
        "fc00::",
        "fd00:ec2::254",
        "fdff:ffff::1",
        "fe80::",
        "fe80::1",
        "febf:ffff::1",
        "fec0::",
        "feff:ffff::1",
        "ff02::1",
        "ffff::1",
    ];
    let let_through: Vec<_> = refused.into_iter().filter(|text| public(text)).collect();
    assert!(let_through.is_empty(), "{let_through:?} are let through");
    let allowed = [
        "1.0.0.0",
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "168.63.129.15",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.1.255",
        "192.0.3.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
        "2000::",
        "2001:200::",
        "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db9::",
        "2001:67c:4f8::1",
        "2002:101:101::1",
        "2606:4700::1111",
        "2a00:1450::1",
        "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "3fff:1000::",
    ];
    let kept_out: Vec<_> = allowed.into_iter().filter(|text| !public(text)).collect();
    assert!(kept_out.is_empty(), "{kept_out:?} are kept out");
}

#[test]
fn what_the_operator_lists_is_allowed_at_its_port_and_nothing_beside_it() {
    let rules = rules(&["10.1.2.3:636", "192.168.4.0/24", "[fd00:1::/32]:636", "fd00:2::7"], &[]);
    for (address, port) in
        [("10.1.2.3", 636), ("::ffff:10.1.2.3", 636), ("192.168.4.9", 25), ("fd00:1::9", 636), ("fd00:2::7", 1)]
    {
        assert_eq!(rules.allowed("x", ip(address), port), Ok(()), "{address} {port}");
    }
    for (address, port) in [
        ("10.1.2.3", 389),
        ("10.1.2.4", 636),
        ("192.168.5.1", 25),
        ("fd00:1::9", 389),
        ("fd00:2::8", 1),
        // NAT64 is another way there, which nobody listed.
        ("64:ff9b::10.1.2.3", 636),
    ] {
        assert!(rules.allowed("x", ip(address), port).is_err(), "{address} {port}");
    }
}

#[test]
fn named_hosts_narrow_the_public_ones_and_open_nothing() {
    let rules = rules(&["10.1.2.3:636"], &["Smtp.Orebro.SE:587", "*.46elks.com"]);
    let public = ip("1.1.1.1");
    for (host, port) in [("smtp.orebro.se", 587), ("SMTP.orebro.se.", 587), ("api.46elks.com", 443)] {
        assert_eq!(rules.allowed(host, public, port), Ok(()), "{host}");
    }
    for (host, port) in [
        ("smtp.orebro.se", 25),
        ("orebro.se", 587),
        ("46elks.com", 443),
        ("api46elks.com", 443),
        ("1.1.1.1", 587),
        ("smtp.orebro.se.evil.se", 587),
    ] {
        let refusal = rules.allowed(host, public, port).expect_err(host);
        assert_eq!(refusal.why, Why::NotNamed, "{host}");
        assert_eq!(refusal.mend("orebro"), format!("ask the operator to allow {host}:{port} for orebro"));
    }
    assert!(rules.allowed("smtp.orebro.se", ip("127.0.0.1"), 587).is_err(), "a name opens no internal address");
    assert_eq!(rules.allowed("dc1.orebro.se", ip("10.1.2.3"), 636), Ok(()), "a listed network needs no name");
}

#[test]
fn entries_are_read_or_refused_with_a_word() {
    // Of a network of mapped addresses each is asked for as IPv4.
    for (written, within, beside) in [
        ("::ffff:10.1.0.0/112", "10.1.255.255", "10.2.0.0"),
        ("::ffff:10.1.2.3", "10.1.2.3", "10.1.2.4"),
        ("10.1.2.3/24", "10.1.2.255", "10.1.3.0"),
        ("10.1.2.128/25", "10.1.2.128", "10.1.2.127"),
        ("10.1.2.2/31", "10.1.2.3", "10.1.2.4"),
        ("fd00:1::/33", "fd00:1:7fff::1", "fd00:1:8000::"),
    ] {
        let network: AllowedNetwork = written.parse().expect(written);
        assert!(network.holds(ip(within), 1) && !network.holds(ip(beside), 1), "{written}");
    }
    for wrong in [
        "",
        "::ffff:0:0/96",
        "::ffff:10.0.0.0/103",
        "0.0.0.0/0",
        "::/0",
        "10.0.0.0/7",
        "fc00::/6",
        "10.1.2.3:0",
        "10.1.2.3:x",
        "10.1.2.3:",
        "[fd00::1",
        "[fd00::1]x",
        "dc1.orebro.se",
        "10.1.2",
        "2130706433",
        "0x7f.1",
        "010.1.2.3",
        "10.1.2.3:+636",
        "fe80::1%eth0",
        "10.1.2.3:636:1",
    ] {
        assert!(wrong.parse::<AllowedNetwork>().is_err(), "{wrong}");
    }
    for wrong in ["", "*", "*.", ".se", "a..b", "https://x.se", "x.se/", "x.se:0", "x.se:y", "*x.se", "a.*.se"] {
        assert!(wrong.parse::<AllowedHost>().is_err(), "{wrong}");
    }
}

/// Answers each question with the next of its answers.
struct Rebinding(Mutex<Vec<Vec<&'static str>>>);

#[async_trait]
impl Resolver for Rebinding {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.0.lock().expect("answers").remove(0).into_iter().map(ip).collect())
    }
}

#[derive(Default)]
struct Refusals(Mutex<Vec<String>>);

impl RefusalObserver for Refusals {
    fn refused(&self, tenant: &str, kind: ConnectKind, refusal: &Refusal, mend: &str) {
        self.0.lock().expect("refusals").push(format!("{tenant} {} {refusal}; {mend}", kind.as_str()));
    }
}

/// Asks as often as there are answers.
fn asked(
    rules: ConnectRules,
    host: &str,
    answers: &[&[&'static str]],
) -> (Vec<Result<Vec<String>, String>>, Vec<String>) {
    let refusals = Arc::new(Refusals::default());
    let resolver = Arc::new(Rebinding(Mutex::new(answers.iter().map(|answer| answer.to_vec()).collect())));
    let egress = Egress::new("orebro", rules, resolver, refusals.clone());
    let one = |_| {
        // Nothing here waits for anything.
        let mut asking = Box::pin(egress.addresses(ConnectKind::Smtp, host, 587));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let std::task::Poll::Ready(found) = asking.as_mut().poll(&mut context) else { panic!("it waits") };
        found.map(|all| all.iter().map(ToString::to_string).collect()).map_err(|error| error.to_string())
    };
    let results = (0..answers.len().max(1)).map(one).collect();
    let told = refusals.0.lock().expect("refusals").clone();
    (results, told)
}

#[test]
fn every_answer_is_looked_at_not_only_the_first() {
    let (results, told) = asked(ConnectRules::default(), "smtp.orebro.se", &[&["1.1.1.1"], &["127.0.0.1"]]);
    let mend = "ask the operator to allow 127.0.0.1:587 for orebro";
    assert_eq!(results[0], Ok(vec!["1.1.1.1:587".to_owned()]));
    assert_eq!(results[1], Err(format!("127.0.0.1:587 is a loopback address and not allowed: {mend}")));
    assert_eq!(told, [format!("orebro smtp 127.0.0.1:587 is a loopback address and not allowed; {mend}")]);
}

#[test]
fn of_several_addresses_only_those_allowed_are_left() {
    let (results, told) =
        asked(ConnectRules::default(), "x.se", &[&["10.0.0.1", "1.1.1.1", "fe80::1", "::ffff:9.9.9.9"]]);
    assert_eq!(results[0], Ok(vec!["1.1.1.1:587".to_owned(), "9.9.9.9:587".to_owned()]));
    assert!(told.is_empty(), "{told:?}");
    let (results, told) = asked(ConnectRules::default(), "x.se", &[&["10.0.0.1", "fe80::1"]]);
    assert!(results[0].is_err());
    assert_eq!(told.len(), 1, "{told:?}");
    let (results, told) = asked(ConnectRules::default(), "x.se", &[&[]]);
    assert_eq!(results[0], Err("its name can't be resolved".to_owned()));
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn addresses_written_as_such_are_not_resolved() {
    // The resolver would have no answer.
    for (host, fits) in [("127.0.0.1", false), ("[::1]", false), ("::ffff:127.0.0.1", false), ("1.1.1.1", true)] {
        let (results, _) = asked(ConnectRules::default(), host, &[]);
        assert_eq!(results[0].is_ok(), fits, "{host}");
    }
}
