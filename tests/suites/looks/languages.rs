//! The languages that a tenant offers: on pages, in the switch, in messages.

use harness::{Database, State, World, journey};
use portvakt_domain::language::Language;

fn language(page: &harness::Page) -> &str {
    page.html.split("<html lang=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a language")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_with_one_language_has_no_switch_and_speaks_no_other() {
    let world = World::practice(Database::Sqlite).await;
    world
        .reconfigure("orebro", |settings| {
            settings.languages = vec![Language::En];
            settings.default_language = Language::En;
        })
        .await;
    let (orebro, mjolby) = (world.tenant("orebro"), world.tenant("mjolby"));
    for host in [&orebro.reset, &orebro.register] {
        for path in ["/", "/?lang=sv", "/?lang=en", "/nowhere?lang=sv"] {
            let page = world.browser().get(host, path).await;
            assert_eq!(language(&page), "en", "{host}{path}");
            assert!(!page.html.contains("name=\"lang\"") && !page.html.contains("lang=sv"), "{}", page.html);
        }
    }
    // The other tenant has both, and the switch.
    for (path, expected) in [("/", "sv"), ("/?lang=en", "en")] {
        let page = world.browser().get(&mjolby.reset, path).await;
        assert_eq!(language(&page), expected);
        assert_eq!(page.html.matches("name=\"lang\"").count(), 1, "{}", page.html);
    }
    // What is sent is in English too, whoever asked.
    let person = world.person("orebro", State::Normal).await;
    let done = journey::reset(&world, &mut world.browser(), "orebro", &person, "Vinterbad88Sten").await;
    assert!(done.h1().starts_with("Done"), "{}", done.text());
    let arrived = world.arrived().await;
    assert!(arrived.iter().all(|message| message.text.contains("Was it not you?")), "{arrived:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browsers_language_a_choice_and_the_tenants_own_decide_in_that_order() {
    let world = World::practice(Database::Sqlite).await;
    world.reconfigure("orebro", |settings| settings.default_language = Language::En).await;
    let host = &world.tenant("orebro").reset;
    // By a browser that wants Swedish, by one that wants English.
    assert_eq!(language(&world.browser().get(host, "/").await), "sv");
    assert_eq!(language(&world.browser().in_english().get(host, "/").await), "en");
    assert_eq!(language(&world.browser().get(host, "/?lang=en").await), "en");
    assert_eq!(language(&world.browser().in_english().get(host, "/?lang=sv").await), "sv");
    // By one that wants neither.
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    for (slug, expected) in [("orebro", "lang=\"en\""), ("mjolby", "lang=\"sv\"")] {
        let host = &world.tenant(slug).reset;
        let request = client.get(format!("http://{}/", world.public)).header("host", host);
        let answer = request.header("accept-language", "fi, de;q=0.5").send().await.expect("an answer");
        assert!(answer.text().await.expect("a page").contains(expected), "{slug}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_speaks_the_language_that_its_reader_chose_as_long_as_it_is_offered() {
    let world = World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Normal).await;
    let host = world.tenant("orebro").reset.clone();
    let mut browser = world.browser();
    let start = browser.get(&host, "/?lang=en").await;
    browser.submit(&start, &[("username", &person.username)]).await;
    let arrived = world.arrived().await;
    assert!(arrived[0].text.contains("is your security code"), "{arrived:?}");

    // Asked for in English; before it is sent, the tenant offers Swedish alone.
    let person = world.person("orebro", State::Normal).await;
    let start = browser.get(&host, "/?lang=en").await;
    browser.submit(&start, &[("username", &person.username)]).await;
    world.reconfigure("orebro", |settings| settings.languages = vec![Language::Sv]).await;
    let arrived = world.arrived().await;
    assert!(arrived[0].text.contains("är din säkerhetskod"), "{arrived:?}");
}
