//! A demo that is running: it is asked over HTTP, since its directories and mailboxes live in its process.

use chrono::NaiveDate;
use serde_json::Value;

use crate::command::CommandError;

/// Where a demo usually listens.
pub(super) const USUAL: &str = "http://localhost:8080";

pub(super) async fn preview(demo: &str, slug: &str, date: Option<NaiveDate>) -> Result<Value, CommandError> {
    let query = date.map(|date| format!("?date={date}")).unwrap_or_default();
    ask(demo, reqwest::Client::new().get(address(demo, slug) + &query), slug).await
}

pub(super) async fn run(demo: &str, slug: &str) -> Result<Value, CommandError> {
    ask(demo, reqwest::Client::new().post(address(demo, slug)), slug).await
}

/// The address of a tenant's reminders in the demo.
fn address(demo: &str, slug: &str) -> String {
    format!("{}/demo/expiry/{slug}.json", demo.trim_end_matches('/'))
}

async fn ask(demo: &str, request: reqwest::RequestBuilder, slug: &str) -> Result<Value, CommandError> {
    let unreached = |_| {
        CommandError::Told(format!(
            "no demo answers at {demo}. Name a served installation's settings with --config FILE, or a demo with --demo URL"
        ))
    };
    let answer = request.send().await.map_err(unreached)?;
    if answer.status() == reqwest::StatusCode::NOT_FOUND {
        return Err(CommandError::Told(format!("the demo at {demo} has no tenant {slug:?}")));
    }
    answer.error_for_status().map_err(CommandError::failed)?.json().await.map_err(CommandError::failed)
}
