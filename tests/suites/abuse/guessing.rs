//! Guessing a little at many names: while there is much of it, a network that nobody got through from has three wrong codes
//! a day, and no more codes after them.

use chrono::TimeDelta;
use harness::{Browser, Database, Page, State, World, journey};
use portvakt_domain::time::Clock as _;
use portvakt_storage::trips;
use portvakt_texts::moment;

use crate::{metric, network, start};

const PROVEN: &str = "198.51.100.4";

/// Starts with a name that nobody has and tries so many codes; the status of each request.
async fn guesses(world: &World, slug: &str, address: &str, name: &str, tries: usize) -> Vec<u16> {
    let mut browser = Browser::on_network(world.public, address);
    let mut seen = vec![start(world, &mut browser, slug, name).await.status.as_u16()];
    for _ in 0..tries {
        let host = &world.tenant(slug).reset;
        seen.push(browser.post_once(host, "/code", &[("code", "271828")]).await.status.as_u16());
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_hundred_wrong_codes_a_new_network_has_three() {
    let world = &World::practice(Database::Sqlite).await;
    world.clock.to_midday();
    let served = world.person("orebro", State::Normal).await;
    let mut own = Browser::on_network(world.public, PROVEN);
    journey::reset(world, &mut own, "orebro", &served, "Vinterbad88Sten").await;
    world.run_jobs().await;

    for n in 0..33 {
        assert_eq!(guesses(world, "orebro", &network(n / 8), &format!("finnsinte{n}"), 3).await, [303, 422, 422, 422]);
    }
    // 99, and one more: from then on a few.
    let new = network(50);
    assert_eq!(guesses(world, "orebro", &new, "finnsinte90", 1).await, [303, 422]);
    assert_eq!(guesses(world, "orebro", &new, "finnsinte91", 3).await, [303, 422, 422, 429]);
    assert_eq!(guesses(world, "orebro", &new, "finnsinte92", 0).await, [429], "and no more codes");
    let person = world.person("orebro", State::Normal).await;
    assert_eq!(guesses(world, "orebro", &new, &person.username, 0).await, [429], "whoever is meant");
    assert_eq!(guesses(world, "orebro", &network(0), "finnsinte93", 0).await, [429], "those who guessed before");

    // Nobody else is concerned: where somebody got through from, another tenant, and who comes from elsewhere.
    for n in 0..2 {
        let seen = guesses(world, "orebro", PROVEN, &format!("finnsinte{n}"), 3).await;
        assert_eq!(seen, [303, 422, 422, 422], "a network that is known");
    }
    assert_eq!(guesses(world, "mjolby", &new, "finnsinte77", 3).await, [303, 422, 422, 422]);
    let page = journey::prove(world, &mut world.browser(), "orebro", &person).await;
    assert!(["/password", "/choose"].contains(&page.path.as_str()), "{}", page.text());

    let hits = world.told("orebro", "limit.hit", "limit").await;
    let count = |name: &str| hits.iter().filter(|hit| *hit == name).count();
    assert_eq!((count("wrong_codes_per_tenant"), count("wrong_codes_per_new_network")), (1, 2), "{hits:?}");
    // How often, beside the once that the trail has it: what holds nobody by itself, and what does.
    let tripped = trips::last_day(&world.shared.platform.store, world.tenant("orebro").id, world.clock.now()).await;
    let figures = [("wrong_codes_per_new_network".to_owned(), 4), ("wrong_codes_per_tenant".to_owned(), 8)];
    assert_eq!(tripped.expect("trips"), figures);
    for (limit, times) in figures {
        let name = format!("portvakt_limit_hits_total{{limit=\"{limit}\",tenant=\"{}\"}}", world.tenant("orebro").id);
        assert_eq!(metric(world, &name).await, times.unsigned_abs(), "{limit}");
    }
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(guesses(world, "orebro", &new, "finnsinte94", 3).await, [303, 422, 422, 422], "a day later");
}

/// Makes codes of a tenant look guessed in this hour, a hundred times.
fn much_guessing(world: &World, slug: &str) {
    let now = world.clock.now().timestamp();
    let (id, window) = (world.tenant(slug).id.to_string().replace('-', ""), now - now.rem_euclid(3_600));
    let subject = "0".repeat(64);
    let ends = (window + 3_600) * 1_000_000;
    world.sqlite(&format!(
        "insert or replace into limit_counters (tenant_id, name, subject, window_start, count, expires_at)
         values (x'{id}', 'wrong_codes_per_tenant', x'{subject}', {window}, 100, {ends})"
    ));
}

/// The page of a network that is held, wherever it asks: in a language, with a name.
async fn held_pages(world: &World, address: &str, name: &str, english: bool) -> Vec<Page> {
    let (reset, register) = (&world.tenant("orebro").reset, &world.tenant("orebro").register);
    let browser = || {
        let browser = Browser::on_network(world.public, address);
        if english { browser.in_english() } else { browser }
    };
    // A flow from before, elsewhere: another code and a wrong one from the network that is held.
    let mut begun = Browser::on_network(world.public, "198.51.100.200");
    start(world, &mut begun, "orebro", name).await;
    world.clock.advance(TimeDelta::minutes(3));
    let mut held = browser();
    held.set_cookie(reset, begun.cookie(reset).expect("a flow"));
    let mut pages = vec![
        held.post_once(reset, "/code", &[("code", "271828")]).await,
        held.post_once(reset, "/code/again", &[]).await,
    ];
    for (host, path) in [(reset, "/"), (register, "/stop")] {
        let mut browser = browser();
        let token = browser.get(host, path).await.hidden("start");
        pages.push(browser.post_once(host, path, &[("start", &token), ("username", name)]).await);
    }
    pages
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_is_held_reads_for_how_long_and_what_to_do() {
    let world = &World::practice(Database::Sqlite).await;
    world.clock.to_midday();
    let person = world.person("orebro", State::Normal).await;
    let address = &network(50);
    assert_eq!(guesses(world, "orebro", address, "finnsinte1", 3).await, [303, 422, 422, 422]);
    let day = world.clock.now().timestamp().div_euclid(86_400);
    let until = moment(chrono::DateTime::from_timestamp((day + 1) * 86_400, 0).expect("a time"));
    let desk = world.served("orebro").settings.help_desk.clone();
    let (help, mail) = (desk.name, desk.mail.expect("an address").to_string());
    for (english, words) in [
        (false, ["från ditt nätverk", "längst till", "mobilen utan wifi", "Har du bråttom kontaktar du"]),
        (true, ["from your network", "at the latest", "phone without Wi-Fi", "If it is urgent, contact"]),
    ] {
        let mut seen: Vec<Vec<Page>> = Vec::new();
        for name in [person.username.as_str(), "finnsinte78"] {
            much_guessing(world, "orebro");
            seen.push(held_pages(world, address, name, english).await);
        }
        for (known, nobody) in seen[0].iter().zip(&seen[1]) {
            assert_eq!((known.status, nobody.status), (429.try_into().expect(""), 429.try_into().expect("")));
            assert_eq!(known.html, nobody.html, "the same for everybody");
            let text = format!("{} {}", known.h1(), known.text());
            for word in words.iter().copied().chain([until.as_str(), help.as_str(), mail.as_str()]) {
                assert!(text.contains(word), "{word}: {text}");
            }
            assert!(!text.contains("10 min") && !text.contains("60 min"), "{text}");
        }
    }
    assert_eq!(world.clock.now().timestamp().div_euclid(86_400), day, "it is the same day still");
    let counted = world.sqlite("select sum(count) from limit_counters where name = 'failures_per_network'");
    assert_eq!(counted, [["3"]], "what was not looked at is no wrong code");

    // Who also began too much reads the longer time; when the guessing is over, the shorter one.
    for _ in 0..60 {
        world.sqlite("delete from limit_counters where name = 'wrong_codes_per_tenant'");
        start(world, &mut Browser::on_network(world.public, address), "orebro", "finnsinte2").await;
    }
    let full = start(world, &mut Browser::on_network(world.public, address), "orebro", "finnsinte2").await;
    assert!(full.status == 429 && full.text().contains("10 minuter"), "{}", full.text());
    much_guessing(world, "orebro");
    let held = start(world, &mut Browser::on_network(world.public, address), "orebro", "finnsinte2").await;
    assert!(held.status == 429 && held.text().contains(&until), "{}", held.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_codes_of_all_tenants_count_together() {
    let world = &World::practice(Database::Sqlite).await;
    world.clock.to_midday();
    let now = world.clock.now().timestamp();
    let window = now - now.rem_euclid(3_600);
    world.sqlite(&format!("insert into deployment_counters values ('wrong_codes_per_deployment', {window}, 496)"));
    assert_eq!(guesses(world, "orebro", &network(0), "finnsinte1", 3).await, [303, 422, 422, 422]);
    assert_eq!(guesses(world, "mjolby", &network(1), "finnsinte1", 3).await, [303, 422, 422, 422]);
    let counted = world.sqlite("select count from deployment_counters");
    assert_eq!(counted, [["502"]], "both tenants'");
    for (slug, n) in [("orebro", 0), ("mjolby", 1)] {
        assert_eq!(guesses(world, slug, &network(n), "finnsinte2", 0).await, [429], "{slug}");
    }
    assert_eq!(guesses(world, "orebro", &network(2), "finnsinte2", 3).await, [303, 422, 422, 422], "three of its own");
    assert_eq!(guesses(world, "orebro", &network(2), "finnsinte3", 0).await, [429]);
    let mut hits = world.told("mjolby", "limit.hit", "limit").await;
    hits.sort();
    assert_eq!(hits, ["wrong_codes_per_deployment", "wrong_codes_per_new_network"]);
    // The hour is over, and with it the alarm.
    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(guesses(world, "mjolby", &network(1), "finnsinte2", 1).await, [303, 422]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_towns_own_networks_are_not_held_and_their_neighbours_are() {
    let world = &World::practice_with(Database::Sqlite, |settings| {
        settings.limits.trusted_networks = vec!["203.0.113.0/24".parse().expect("a network")];
    })
    .await;
    world.clock.to_midday();
    much_guessing(world, "orebro");
    for address in ["203.0.113.1", "203.0.113.250"] {
        assert_eq!(guesses(world, "orebro", address, "finnsinte1", 3).await, [303, 422, 422, 422], "{address}");
        assert_eq!(guesses(world, "orebro", address, "finnsinte2", 3).await, [303, 422, 422, 422], "{address}");
    }
    // However many wrong codes came from a town that shares one address.
    world.sqlite("update limit_counters set count = 1000 where name = 'wrong_codes_per_new_network'");
    assert_eq!(guesses(world, "orebro", "203.0.113.1", "finnsinte2", 1).await, [303, 422], "a thousand");
    assert_eq!(guesses(world, "orebro", "203.0.112.1", "finnsinte3", 3).await, [303, 422, 422, 422]);
    assert_eq!(guesses(world, "orebro", "203.0.112.1", "finnsinte4", 0).await, [429], "beside it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_is_guessed_at_all_day_is_told_of() {
    let world = &World::practice(Database::Sqlite).await;
    world.clock.to_midday();
    let person = world.person("orebro", State::Normal).await;
    let folded = ["finnsinte1", "FinnsInte1", "OREBRO\\finnsinte1"];
    for n in 0..10 {
        guesses(world, "orebro", &network(n), folded[n % 3], 3).await;
        guesses(world, "orebro", &network(100 + n), &person.username, if n == 0 { 2 } else { 3 }).await;
    }
    let hits = async || world.told("orebro", "limit.hit", "limit").await;
    assert_eq!(hits().await, Vec::<String>::new(), "thirty and twenty-nine");
    guesses(world, "orebro", &network(50), "finnsinte1", 1).await;
    assert_eq!(hits().await, ["wrong_codes_per_name"]);
    // Nobody is locked by it, and where nobody exists it is the same.
    world.arrived().await;
    let page = journey::prove(world, &mut world.browser(), "orebro", &person).await;
    assert!(["/password", "/choose"].contains(&page.path.as_str()), "{}", page.text());
    assert_eq!(guesses(world, "orebro", &network(51), "finnsinte1", 2).await, [303, 422, 422]);
    let (store, id, now) = (&world.shared.platform.store, world.tenant("orebro").id, world.clock.now());
    let tripped = trips::last_day(store, id, now).await.expect("trips");
    assert_eq!(tripped, [("wrong_codes_per_name".to_owned(), 3)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_code_is_no_wrong_one() {
    let world = &World::practice(Database::Sqlite).await;
    world.clock.to_midday();
    let person = world.person("orebro", State::Normal).await;
    let page = journey::prove(world, &mut Browser::on_network(world.public, PROVEN), "orebro", &person).await;
    assert!(["/password", "/choose"].contains(&page.path.as_str()), "{}", page.text());
    let counted =
        "select name, sum(count) from limit_counters where name like '%per_network' or name like '%codes_per%'
                   group by name order by name";
    let expected = [("failures_per_network", "0"), ("starts_per_network", "1"), ("wrong_codes_per_new_network", "0")];
    assert_eq!(world.sqlite(counted), expected.map(|(name, count)| vec![name.to_owned(), count.to_owned()]));
}
