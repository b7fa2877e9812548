//! Every page in every state, in both languages.

use portvakt_domain::language::Language;

use crate::{
    judge::{self, New, judge, nothing_is_wrong},
    pictures,
    shown::{self, Server},
};

/// A suite that lost its pages would find nothing wrong with any of them.
const AT_LEAST: usize = 150;

async fn judge_all(language: Language, new: New) {
    let pages = shown::pages(language);
    assert!(pages.len() >= AT_LEAST, "{} pages", pages.len());
    let server = Server::start(&pages).await;
    let browser = judge::start().await;
    let mut found = Vec::new();
    for (name, _) in &pages {
        browser.open(&server.url(name)).await;
        pictures::take(&browser, name).await;
        found.push((name.clone(), judge(&browser, new).await));
    }
    nothing_is_wrong(pages.len(), &found);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_state_of_every_page_is_accessible_in_swedish() {
    judge_all(Language::Sv, New::Page).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_state_of_every_page_is_accessible_in_english() {
    judge_all(Language::En, New::Words).await;
}
