//! Looking at pages writes nothing, wherever a flow stands; every page is there in both languages.

use std::collections::BTreeSet;

use harness::{Browser, Database, State, World, journey};
use portvakt_storage::DatabaseSettings;

const RESET: [&str; 7] = ["/", "/code", "/choose", "/password", "/done", "/cancelled", "/nothing"];
const REGISTER: [&str; 7] = ["/", "/confirm", "/number", "/code", "/done", "/cancelled", "/nothing"];

/// The database's bytes: the file and the log beside it, which every write makes longer.
pub fn snapshot(world: &World) -> Vec<Vec<u8>> {
    let DatabaseSettings::Sqlite { path } = &world.database else { panic!("SQLite") };
    let log = path.with_file_name("portvakt.db-wal");
    [path, &log].map(|file| std::fs::read(file).expect("the database's file")).to_vec()
}

/// Looks at every page from wherever flows stand.
struct Looker<'a> {
    world: &'a World,
    /// Status and path of what was shown.
    seen: BTreeSet<(u16, String)>,
    states: usize,
}

impl Looker<'_> {
    async fn looks(&mut self, state: &str, host: &str, browser: &Browser) {
        let before = snapshot(self.world);
        let paths = if host.starts_with("pwreset") { RESET } else { REGISTER };
        for path in paths {
            for query in ["", "?lang=en"] {
                let page = browser.clone().get(host, &format!("{path}{query}")).await;
                assert!(page.status.as_u16() < 500, "{state} {host}{path}: {}", page.text());
                let language = if query.is_empty() { "<html lang=\"sv\">" } else { "<html lang=\"en\">" };
                assert!(page.html.contains(language), "{state} {host}{path}{query}");
                self.seen.insert((page.status.as_u16(), page.path.clone()));
            }
        }
        let head = browser.clone().once(reqwest::Method::HEAD, host, "/code", None).await;
        assert!(head.html.is_empty());
        assert_eq!(snapshot(self.world), before, "{state} at {host}: looking wrote something");
        assert_eq!(self.world.run_jobs().await, 0, "{state} at {host}: looking asked for something");
        self.states += 1;
    }

    async fn resets(&mut self, slug: &str) {
        let (world, host) = (self.world, self.world.tenant(slug).reset.clone());
        self.looks("nobody", &host, &world.browser()).await;
        let mut forged = world.browser();
        forged.set_cookie(&host, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        self.looks("forged", &host, &forged).await;

        let person = world.person(slug, State::Normal).await;
        let mut browser = world.browser();
        let page = journey::ask_for_code(world, &mut browser, slug, &person.username).await;
        let code = world.code_at(person.number.as_ref().expect("a number")).await;
        self.looks("awaiting_code", &host, &browser).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        browser.submit_to(&page, "/code", &[("code", wrong)]).await;
        world.run_jobs().await;
        self.looks("awaiting_code, once wrong", &host, &browser).await;
        let mut page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        world.run_jobs().await;
        self.looks("verified", &host, &browser).await;
        if page.path == "/choose" {
            page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
            world.run_jobs().await;
            self.looks("chosen", &host, &browser).await;
        }
        let new = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
        let done = browser.submit_to(&page, "/password", &new).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        world.arrived().await;
        self.looks("password_set", &host, &browser).await;

        if slug == "mjolby" {
            let person = world.person(slug, State::Locked).await;
            let page = journey::prove(world, &mut browser, slug, &person).await;
            browser.submit_to(&page, "/choose", &[("choice", "keep")]).await;
            world.arrived().await;
            self.looks("unlocked", &host, &browser).await;
        }
        let mut stranger = world.browser();
        journey::ask_for_code(world, &mut stranger, slug, "finnsinte77").await;
        for n in 0..5 {
            stranger.post(&host, "/code", &[("code", &format!("00000{n}"))]).await;
        }
        world.arrived().await;
        self.looks("without a code", &host, &stranger).await;
    }

    async fn registrations(&mut self, slug: &str) {
        let (world, host) = (self.world, self.world.tenant(slug).register.clone());
        self.looks("nobody", &host, &world.browser()).await;
        let person = world.person(slug, State::Normal).await;
        let (old, new) = (person.number.clone().expect("a number"), world.fresh_number());
        let mut browser = world.browser();
        let start = browser.get(&host, "/").await;
        let fields = [("username", person.username.as_str()), ("password", person.password.as_str())];
        let mut page = browser.submit(&start, &fields).await;
        world.run_jobs().await;
        if page.path == "/confirm" {
            self.looks("signed_in", &host, &browser).await;
            page = browser.submit_to(&page, "/confirm", &[("password", &person.password)]).await;
            world.run_jobs().await;
        }
        assert_eq!(page.path, "/number", "{}", page.text());
        self.looks("entering_number", &host, &browser).await;
        let page = browser.submit_to(&page, "/number", &[("number", &new)]).await;
        let code = world.code_at(&old).await;
        self.looks("awaiting_old_code", &host, &browser).await;
        let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        let code = world.code_at(&new).await;
        self.looks("awaiting_new_code", &host, &browser).await;
        let done = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        world.arrived().await;
        self.looks("number_saved", &host, &browser).await;

        let mut browser = world.browser();
        let page = journey::sign_in(world, &mut browser, slug, &person.username, &person.password).await;
        let done = browser.submit_to(&page, "/keep", &[]).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        world.arrived().await;
        self.looks("number_kept", &host, &browser).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_writes_nothing_in_any_state() {
    let world = World::practice(Database::Sqlite).await;
    let mut looker = Looker { world: &world, seen: BTreeSet::new(), states: 0 };
    for slug in ["orebro", "mjolby"] {
        looker.resets(slug).await;
        looker.registrations(slug).await;
    }
    assert!(looker.states >= 27, "{} states", looker.states);
    for path in ["/", "/code", "/choose", "/password", "/done", "/cancelled", "/confirm", "/number"] {
        assert!(looker.seen.contains(&(200, path.to_owned())), "{path} was never shown: {:?}", looker.seen);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_speaks_the_language_asked_for() {
    let world = World::practice(Database::Sqlite).await;
    for (host, paths) in [("pwreset.mjolby.se", RESET), ("pwreg.mjolby.se", REGISTER)] {
        for path in paths {
            let swedish = world.browser().get(host, path).await;
            let english = world.browser().in_english().get(host, path).await;
            let chosen = world.browser().get(host, &format!("{path}?lang=en")).await;
            assert_eq!(swedish.status, english.status);
            assert_ne!(swedish.h1(), english.h1(), "{host}{path}");
            assert_eq!(chosen.h1(), english.h1(), "{host}{path}");
            assert!(english.html.contains("<html lang=\"en\">"), "{host}{path}");
            // What was chosen by name is carried on.
            for form in chosen.forms().iter().filter(|form| form.method == "post") {
                assert!(form.action.ends_with("?lang=en"), "{host}{path}: {}", form.action);
            }
        }
    }
}
