//! Lighthouse: 100 for accessibility and for best practices, for the first pages of both houses and those without a journey.

use std::collections::BTreeSet;

use harness::chromium::Script;
use serde::Deserialize;

use crate::{served, stage::Stage, tools};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Verdict {
    address: String,
    accessibility: Option<f64>,
    best_practices: Option<f64>,
    audits: usize,
    faults: Vec<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_need_no_journey_have_full_marks() {
    let stage = Stage::with("lighthouse", Script::On).await;
    let mut paths = BTreeSet::new();
    // Both houses serve some of them alike: their first pages are judged, and the others once.
    let pages = served::pages(&stage, "orebro").await.into_iter();
    let addresses: Vec<String> =
        pages.filter(|page| page.path == "/" || paths.insert(page.path.clone())).map(|page| page.url).collect();
    let verdicts: Vec<Verdict> = serde_json::from_str(&tools::lighthouse(&addresses)).expect("verdicts");
    assert_eq!(
        verdicts.iter().map(|verdict| &verdict.address).collect::<Vec<_>>(),
        addresses.iter().collect::<Vec<_>>()
    );
    for verdict in verdicts {
        assert!(verdict.audits >= 20, "{verdict:#?}");
        assert_eq!((verdict.accessibility, verdict.best_practices), (Some(1.0), Some(1.0)), "{verdict:#?}");
        assert!(verdict.faults.is_empty(), "{verdict:#?}");
    }
}
