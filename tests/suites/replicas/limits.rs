//! What holds over both replicas: one code is used once, limits are counted together.

use futures_util::future::join_all;
use harness::{Browser, process::PATIENCE, site::Site, world::code_in};

use super::pair::{Pair, reset_host};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_clients_with_one_right_code_one_gets_through() {
    let pair = Pair::start().await;
    for (slug, next) in [("mjolby", "/choose"), ("orebro", "/choose")] {
        let person = &Site::people(slug)[0];
        let host = reset_host(slug);
        let mut browser = Browser::new(pair.first.public);
        pair.ask(&mut browser, slug, &person.username).await;
        let code = code_in(&pair.sms_to(person.number.as_ref().expect("a number"), 0).await.message);
        let token = browser.cookie(host).expect("a token").to_owned();

        let clients = (0..50).map(|n| {
            let server = if n % 2 == 0 { pair.first.public } else { pair.second.public };
            let (mut client, token, code) = (Browser::new(server), token.clone(), code.clone());
            async move {
                client.set_cookie(host, &token);
                let page = client.post_once(host, "/code", &[("code", &code)]).await;
                let location = page.headers.get("location").map(|to| to.to_str().expect("text").to_owned());
                (page.status.as_u16(), location, page.headers.contains_key("set-cookie"), client)
            }
        });
        let mut answers = join_all(clients).await;
        let won: Vec<usize> = (0..50).filter(|n| answers[*n].2).collect();
        let [won] = won[..] else { panic!("{} clients got a new cookie", won.len()) };
        assert_eq!((answers[won].0, answers[won].1.as_deref()), (303, Some(next)));
        for (n, (status, location, ..)) in answers.iter().enumerate().filter(|(n, _)| *n != won) {
            assert_eq!((*status, location.as_deref()), (410, None), "client {n}");
        }
        // The winner goes on; the token that all others hold is dead.
        let page = answers[won].3.get(host, next).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let page = answers[(won + 1) % 50].3.get(host, next).await;
        assert_eq!(page.status, 410, "{}", page.text());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_sms_to_an_account_from_one_network_whichever_replica_is_asked() {
    let pair = Pair::start().await;
    let person = &Site::people("orebro")[1];
    let host = reset_host("orebro");
    let names = [&person.username, &person.upn, &person.mail, &person.netbios_login];
    let asked = (0..10).map(|n| {
        let server = if n % 2 == 0 { pair.first.public } else { pair.second.public };
        // One network, ten addresses.
        let mut browser = Browser::on_network(server, &format!("203.0.113.{}", n + 1));
        let name = names[n % names.len()].clone();
        async move {
            let start = browser.get(host, "/").await;
            let page = browser.submit(&start, &[("username", &name)]).await;
            assert_eq!((page.status.as_u16(), page.path.as_str()), (200, "/code"), "{}", page.text());
        }
    });
    join_all(asked).await;
    pair.idle(PATIENCE).await;
    assert_eq!(pair.site.gateway.received().len(), 3, "of ten requests");
    let mut states = pair.code_states().await;
    states.sort();
    assert_eq!(states, [vec!["sent"; 3], vec!["suppressed"; 7]].concat());

    // Another network uses up nothing of this one's, and has its own.
    let mut browser = Browser::on_network(pair.second.public, "192.0.2.1");
    pair.ask(&mut browser, "orebro", &person.username).await;
    pair.sms_to(person.number.as_ref().expect("a number"), 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_starts_from_one_network_whichever_replica_is_asked() {
    let pair = Pair::start().await;
    let host = reset_host("mjolby");
    // A window of the clock may end in the middle of a round; then another network is looked at.
    for round in 0..3 {
        let window = ten_minutes();
        let asked = (0..70).map(|n| {
            let server = if n % 2 == 0 { pair.first.public } else { pair.second.public };
            let mut browser = Browser::on_network(server, &format!("203.0.{round}.{}", n + 1));
            async move {
                let start = browser.get(host, "/").await;
                browser.submit(&start, &[("username", "finnsinte77")]).await.status.as_u16()
            }
        });
        let answers = join_all(asked).await;
        if ten_minutes() == window {
            let count = |status| answers.iter().filter(|answer| **answer == status).count();
            assert_eq!((count(200), count(429)), (60, 10), "{answers:?}");
            return;
        }
    }
    panic!("three rounds in a row took longer than ten minutes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_breaker_holds_whichever_replica_is_asked() {
    let pair = Pair::start().await;
    let person = &Site::people("orebro")[2];
    let database = pair.site.installation.superuser().await;
    let unused = "insert into code_counts select id, extract(epoch from now())::bigint, 201, 0 from tenants
                  where slug = 'orebro'";
    database.execute(unused, &[]).await.expect("codes that nobody used");
    for server in [pair.first.public, pair.second.public] {
        let mut browser = Browser::on_network(server, "203.0.113.1");
        pair.ask(&mut browser, "orebro", &person.username).await;
        pair.idle(PATIENCE).await;
    }
    assert_eq!(pair.code_states().await, ["sent", "suppressed"], "one a day");
    let mut elsewhere = Browser::on_network(pair.second.public, "192.0.2.1");
    pair.ask(&mut elsewhere, "orebro", &person.username).await;
    pair.idle(PATIENCE).await;
    assert_eq!(pair.code_states().await, ["sent", "suppressed", "sent"]);
    let opened = "select count(*) from audit_events where kind = 'breaker.opened'";
    assert_eq!(database.query_one(opened, &[]).await.expect("a count").get::<_, i64>(0), 1, "told of once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_codes_of_the_deployment_count_whichever_replica_and_tenant() {
    let pair = Pair::start().await;
    let database = pair.site.installation.superuser().await;
    // This hour and the next: the test may run over the end of one.
    let many = "insert into deployment_counters select 'wrong_codes_per_deployment', hour * 3600, 494 from
                (select extract(epoch from now())::bigint / 3600 + n as hour from generate_series(0, 1) n) hours";
    database.execute(many, &[]).await.expect("many wrong codes");
    let guess = async |server, slug: &str, address: &str| {
        let mut browser = Browser::on_network(server, address);
        pair.ask(&mut browser, slug, "finnsinte77").await;
        for _ in 0..3 {
            let page = browser.post_once(reset_host(slug), "/code", &[("code", "271828")]).await;
            assert_eq!(page.status, 422, "{}", page.text());
        }
    };
    guess(pair.first.public, "orebro", "203.0.113.1").await;
    guess(pair.second.public, "mjolby", "192.0.2.1").await;
    let sum = "select sum(count - 494)::bigint from deployment_counters";
    assert_eq!(database.query_one(sum, &[]).await.expect("a sum").get::<_, i64>(0), 6);
    for (server, slug, address) in
        [(pair.second.public, "orebro", "203.0.113.1"), (pair.first.public, "mjolby", "192.0.2.1")]
    {
        let mut browser = Browser::on_network(server, address);
        let start = browser.get(reset_host(slug), "/").await;
        let page = browser.submit(&start, &[("username", "finnsinte78")]).await;
        assert_eq!(page.status, 429, "{slug}: {}", page.text());
    }
}

fn ten_minutes() -> u64 {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    since_1970.as_secs() / 600
}
