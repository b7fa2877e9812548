//! Which host is called: one spelling, one header, never a forwarded one; and which client calls.

use harness::{Browser, Database, State, World, journey, world::code_in};

use super::wire::{get, send};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_host_is_421_and_names_no_tenant() {
    let world = World::practice(Database::Sqlite).await;
    for host in ["unknown.example", "orebro.se", "pwreset.orebro.se.example", "localhost", "127.0.0.1", "[::1]:80"] {
        for path in ["/", "/code", "/demo/outbox.json", "/assets/x.css", "/healthz", "/?lang=en"] {
            let answer = get(world.public, host, path).await;
            assert_eq!(answer.status, 421, "{host}{path}");
            let all = format!("{}{}", answer.head, answer.body).to_lowercase();
            for name in ["orebro", "örebro", "mjolby", "mjölby", "helpdesk", "servicedesk", "set-cookie"] {
                assert!(!all.contains(name), "{name} at {host}{path}: {all}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_host_has_one_spelling() {
    let world = World::practice(Database::Sqlite).await;
    for host in ["pwreset.orebro.se", "PWRESET.Orebro.SE", "pwreset.orebro.se.", "pwreset.orebro.se:8443"] {
        let answer = get(world.public, host, "/").await;
        assert_eq!(answer.status, 200, "{host}");
        assert!(answer.body.contains("Örebro kommun"), "{host}");
        // Links come from the tenant's base address, whatever was typed.
        assert!(answer.body.contains("href=\"https://pwreg.orebro.se/\""), "{host}: {}", answer.body);
        assert!(!answer.body.contains("8443") && !answer.body.contains("PWRESET"), "{host}");
    }
    // The request's own target may be absolute, and must then say the same.
    let same = send(world.public, "GET http://PWRESET.orebro.se:80/", &["Host: pwreset.orebro.se"]).await;
    assert_eq!(same.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ambiguous_host_is_400() {
    let world = World::practice(Database::Sqlite).await;
    let (a, b) = ("Host: pwreset.orebro.se", "Host: pwreset.mjolby.se");
    let cases: [(&str, &[&str]); 9] = [
        ("GET /", &[a, a]),
        ("GET /", &[a, b]),
        ("GET /", &[b, a]),
        ("GET http://pwreset.mjolby.se/", &[a]),
        ("GET http://unknown.example/", &[a]),
        ("GET /", &["Host: user@pwreset.orebro.se"]),
        ("GET /", &["Host: pwreset.orebro.se/x"]),
        ("GET /", &["Host:"]),
        ("GET /", &[]),
    ];
    for (line, headers) in cases {
        let answer = send(world.public, line, headers).await;
        assert_eq!(answer.status, 400, "{line} {headers:?}");
        for name in ["Örebro", "Mjölby", "orebro", "mjolby"] {
            assert!(!answer.body.contains(name), "{line} {headers:?}: {}", answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forwarded_hosts_are_never_read() {
    let world = World::practice(Database::Sqlite).await;
    let forged = [
        "X-Forwarded-Host: pwreset.mjolby.se",
        "Forwarded: host=pwreset.mjolby.se;proto=http",
        "X-Original-Host: pwreset.mjolby.se",
        "X-Host: pwreset.mjolby.se",
        "X-Forwarded-Server: pwreset.mjolby.se",
    ];
    for header in forged {
        let unknown = send(world.public, "GET /", &["Host: unknown.example", header]).await;
        assert_eq!(unknown.status, 421, "{header}");
        let orebro = send(world.public, "GET /", &["Host: pwreset.orebro.se", header]).await;
        assert_eq!(orebro.status, 200, "{header}");
        assert!(orebro.body.contains("Örebro") && !orebro.body.contains("mjolby"), "{header}: {}", orebro.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_name_the_tenants_address_whatever_was_called() {
    let world = World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    let host = "PWRESET.OREBRO.se.:8443";
    let start = browser.get(host, "/").await;
    let page = browser.submit(&start, &[("username", &person.username)]).await;
    assert_eq!(page.path, "/code", "{}", page.text());
    let sms = world.arrived().await;
    assert!(sms[0].text.ends_with(&format!("@pwreset.orebro.se #{}", code_in(&sms[0].text))), "{}", sms[0].text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_is_the_rightmost_hop_that_is_no_proxy() {
    let world = World::practice(Database::Sqlite).await;
    let host = world.tenant("orebro").reset.clone();
    // What a client writes itself stands to the left of what our proxy adds: it changes nothing. 127.0.0.0/8 is ours.
    for n in 0..60 {
        let chain = match n % 3 {
            0 => format!("203.0.{n}.7, 198.51.100.{n}"),
            1 => format!("127.0.0.1, 203.0.{n}.7,198.51.100.{n}:4711, 127.0.0.9"),
            _ => format!("nonsense, 10.{n}.0.1, 198.51.100.{n}"),
        };
        let mut browser = Browser::on_network(world.public, &chain);
        let start = browser.get(&host, "/").await;
        let page = browser.submit(&start, &[("username", "finnsinte77")]).await;
        assert_eq!(page.status, 200, "{n}: {}", page.text());
    }
    for chain in ["198.51.100.250", "192.0.2.1, 198.51.100.3", "192.0.2.2, 198.51.100.3, 127.1.2.3"] {
        let mut browser = Browser::on_network(world.public, chain);
        let start = browser.get(&host, "/").await;
        let page = browser.submit(&start, &[("username", "finnsinte77")]).await;
        assert_eq!(page.status, 429, "{chain}: {}", page.text());
    }
    // Who comes from there by a proxy that is not ours is that proxy; another network is not concerned.
    for chain in ["198.51.100.3, 192.0.2.9", "198.51.101.1"] {
        let mut browser = Browser::on_network(world.public, chain);
        journey::ask_for_code(&world, &mut browser, "orebro", "finnsinte77").await;
    }
}
