//! Every route of both houses, as `routes.rs` has them, in a running demo: by its journey, or opened where it needs none.

use std::collections::BTreeSet;

use harness::chromium::Script;
use portvakt_domain::tenant::HostPurpose;

use crate::{
    judge::{New, judge, nothing_is_wrong, prepare},
    pictures, routes,
    stage::{Account, Stage},
};

const NEXT: &str = "button.next";
const LANGUAGE: &str = ".language button";
/// Nobody's number, of the range that is kept free for fiction.
const NUMBER: (&str, &str) = ("070-174 06 97", "+46701740697");
const NEW: &str = "Tallkotte52Vind";

/// A person with a browser who is judged page by page.
struct Tour {
    stage: Stage,
    house: HostPurpose,
    visited: BTreeSet<String>,
    /// Where the pages' links lead within the house.
    links: BTreeSet<String>,
    found: Vec<(String, Vec<String>)>,
}

impl Tour {
    async fn begin(house: HostPurpose) -> Self {
        let stage = Stage::with("accessible", Script::On).await;
        prepare(&stage.phone).await;
        Self { stage, house, visited: BTreeSet::new(), links: BTreeSet::new(), found: Vec::new() }
    }

    fn url(&self, slug: &str, path: &str) -> String {
        let host = if self.house == HostPurpose::Reset { "pwreset" } else { "pwreg" };
        self.stage.url(&format!("{host}.{slug}.localhost"), path)
    }

    async fn open(&mut self, slug: &str, path: &str) {
        self.stage.phone.open(&self.url(slug, path)).await;
        self.is_at(path).await;
    }

    async fn next(&mut self, path: &str) {
        self.follow(NEXT, path).await;
    }

    async fn follow(&mut self, css: &str, path: &str) {
        self.stage.phone.tap_through(css).await;
        self.is_at(path).await;
    }

    /// Judges the page in both languages; the second time it comes to a page it only looks where it is.
    async fn is_at(&mut self, path: &str) {
        assert_eq!(self.stage.phone.path().await, path, "{}", self.stage.phone.text("main").await);
        if !self.visited.insert(path.to_owned()) {
            return;
        }
        for new in [New::Page, New::Words] {
            let phone = &self.stage.phone;
            let language = phone.ask("return document.documentElement.lang").await;
            let name = format!("{}/{}{path}", language.as_str().unwrap_or_default(), self.house.as_str());
            pictures::take(phone, &format!("live-{}", name.trim_end_matches('/'))).await;
            self.found.push((name, judge(phone, new).await));
            let links = phone
                .ask("return [...document.links].filter((a) => a.host === location.host).map((a) => a.pathname)")
                .await;
            self.links.extend(serde_json::from_value::<Vec<String>>(links).expect("paths"));
            phone.tap_through(LANGUAGE).await;
            assert_eq!(phone.path().await, path, "another language, the same page");
        }
    }

    async fn fill(&self, css: &str, text: &str) {
        self.stage.phone.fill(css, text).await;
    }

    async fn code(&mut self, number: &str) {
        let code = self.stage.code_at(number).await;
        self.fill("#code", &code).await;
    }

    /// The routes that no journey came to: those that need none are opened, and the pages that links lead to. Returns those
    /// that are left.
    async fn visit_the_rest(&mut self, slug: &str) -> Vec<String> {
        for route in routes::pages(self.house) {
            let known = |paths: &BTreeSet<String>| -> Vec<String> {
                paths.iter().filter(|path| routes::matches(&route, path)).cloned().collect()
            };
            let rest = if route.contains('{') { known(&self.links) } else { vec![route.clone()] };
            for path in rest.into_iter().filter(|path| !self.visited.contains(path)).collect::<Vec<_>>() {
                self.stage.phone.open(&self.url(slug, &path)).await;
                let status = "return performance.getEntriesByType('navigation')[0].responseStatus";
                if self.stage.phone.path().await == path && self.stage.phone.ask(status).await == 200 {
                    self.is_at(&path).await;
                }
            }
        }
        let pages = routes::pages(self.house).into_iter();
        pages.filter(|route| !self.visited.iter().any(|path| routes::matches(route, path))).collect()
    }

    async fn end(mut self, slug: &str) {
        let missing = self.visit_the_rest(slug).await;
        nothing_is_wrong(self.visited.len(), &self.found);
        assert!(missing.is_empty(), "no journey comes to these pages of {}: {missing:?}", self.house.as_str());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_pwreset_is_visited_and_accessible() {
    let mut tour = Tour::begin(HostPurpose::Reset).await;

    // 1. Mjölby: a choice, and a new password.
    let person = tour.stage.account("mjolby", "normal").await;
    tour.open("mjolby", "/").await;
    tour.fill("#username", &person.username).await;
    tour.next("/code").await;
    tour.code(person.number.as_deref().expect("a number")).await;
    tour.next("/choose").await;
    tour.stage.phone.tap(".choice label[for='choice-new']").await;
    tour.next("/password").await;
    for field in ["#password", "#password_again"] {
        tour.fill(field, NEW).await;
    }
    tour.next("/done").await;

    // 2. Örebro: a change of a password that is known.
    let person = tour.stage.account("orebro", "must_change").await;
    tour.open("orebro", "/change").await;
    sign_in(&tour, &person).await;
    tour.next("/code").await;
    tour.code(person.number.as_deref().expect("a number")).await;
    tour.next("/change/password").await;
    tour.follow("form[action^='/cancel'] button", "/cancelled").await;

    tour.end("orebro").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_pwreg_is_visited_and_accessible() {
    let mut tour = Tour::begin(HostPurpose::Register).await;

    // 1. Örebro: the password twice, and from the numbers to all that can be done with them.
    let person = tour.stage.account("orebro", "functional").await;
    tour.open("orebro", "/").await;
    sign_in(&tour, &person).await;
    tour.next("/confirm").await;
    tour.fill("#password", &person.password).await;
    tour.next("/number").await;
    for task in ["/add", "/remove"] {
        tour.follow(&format!("main a[href^='{task}']"), task).await;
        tour.stage.phone.open(&tour.url("orebro", "/number")).await;
    }
    tour.follow("main a[href^='/lost']", "/lost").await;
    tour.stage.phone.tap(".choice label[for='which-2']").await;
    tour.fill("#number", NUMBER.0).await;
    tour.next("/code").await;
    tour.code(NUMBER.1).await;
    tour.next("/done").await;

    // 2. Whoever has the first phone stops what waits, without a sign-in.
    tour.open("orebro", "/stop").await;
    tour.fill("#username", &person.username).await;
    tour.next("/code").await;
    tour.code(person.number.as_deref().expect("a number")).await;
    tour.next("/done").await;

    tour.end("orebro").await;
}

async fn sign_in(tour: &Tour, person: &Account) {
    tour.fill("#username", &person.username).await;
    tour.fill("#password", &person.password).await;
}
