//! The first page: how many a second, and what one costs.

use std::time::{Duration, Instant};

use harness::process::Serving;

use crate::{
    auc::{count, percentile},
    parts::Size,
    reset::{Browser, milliseconds},
    stage::{OREBRO, Stage},
    table::{Goal, Table},
    usage,
};

/// Kept connections, as the proxy in front has them.
const CONNECTIONS: usize = 32;

/// On both databases.
pub async fn run(stage: &mut Stage, size: &Size, table: &mut Table) {
    first_page(&stage.served, size, "PostgreSQL", table).await;
    let sqlite = stage.on_sqlite().await;
    let served = sqlite.serve().await;
    first_page(&served, size, "SQLite", table).await;
    table.figure("SQLite: memory after it", usage::memory(served.process.id()).1, "MB", Goal::AtMost(60.0));
}

/// Asks for the first page as fast as it is answered.
pub async fn first_page(served: &Serving, size: &Size, what: &str, table: &mut Table) {
    let pid = served.process.id();
    let (own, theirs, begun) = (usage::cpu_seconds(std::process::id()), usage::cpu_seconds(pid), Instant::now());
    let until = begun + Duration::from_secs(size.seconds);
    let browsers = (0..CONNECTIONS).map(|_| tokio::spawn(ask_until(Browser::at(served.public, OREBRO), until)));
    let mut took = Vec::new();
    for browser in browsers.collect::<Vec<_>>() {
        took.extend(browser.await.expect("no browser fails"));
    }
    let (seconds, pages) = (begun.elapsed().as_secs_f64(), count(took.len()));
    let cpu = (usage::cpu_seconds(pid) - theirs) / pages;
    let ours = (usage::cpu_seconds(std::process::id()) - own) / pages;
    let processors = count(std::thread::available_parallelism().map_or(1, usize::from));
    table.figure(format!("{what}: first pages a second"), pages / seconds, "/s", Goal::AtLeast(5_000.0));
    table.tell(format!("{what}: the same with the processors to itself"), processors / cpu, "/s");
    table.tell(format!("{what}: processor time of a first page"), cpu * 1e6, "µs");
    table.tell(format!("{what}: processor time of asking for it"), ours * 1e6, "µs");
    table.tell(format!("{what}: p50"), percentile(&took, 0.5), "ms");
    table.tell(format!("{what}: p99"), percentile(&took, 0.99), "ms");
}

async fn ask_until(mut browser: Browser, until: Instant) -> Vec<f64> {
    let mut took = Vec::new();
    while Instant::now() < until {
        let begun = Instant::now();
        let page = browser.get("/").await.expect("a page");
        assert_eq!(page.status, 200);
        took.push(milliseconds(begun));
    }
    took
}
