//! `/reports/{provider}/{secret}`: SMS providers tell what became of an SMS. Answers are for programs and say nothing.

use std::{collections::BTreeMap, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::HeaderMap},
    web,
};
use futures_util::StreamExt as _;
use portvakt_domain::report::{Posted, ReportRefusal};
use portvakt_flows::take_report;

use crate::{auth::RegisterVisit, worker::chain};

/// The largest report that is read, in bytes.
const MOST_BYTES: usize = 64 * 1024;
/// How long a report may take to come in.
const DEADLINE: Duration = Duration::from_secs(10);

/// Takes a report. Whoever made it hears 200, also where we know nothing of the SMS: asking again would change nothing.
pub async fn post(
    RegisterVisit(visit): RegisterVisit,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Payload,
) -> HttpResponse {
    // 1. The address: another tenant's, another provider's and one that was guessed look alike.
    let tenant = &visit.tenant;
    let Some(provider) = tenant.reports.admitted(&path.0, &path.1) else { return answer(StatusCode::NOT_FOUND) };

    // 2. The report as it was posted.
    let body = match tokio::time::timeout(DEADLINE, read(body)).await {
        Ok(Ok(body)) => body,
        Ok(Err(status)) => return answer(status),
        Err(_) => return answer(StatusCode::REQUEST_TIMEOUT),
    };
    let called = request.uri().path_and_query().map_or("/", |called| called.as_str());
    let url = format!("{}{called}", visit.base());
    let posted = Posted { url, headers: headers(request.headers()), body: &body, now: visit.platform().now() };

    // 3. What it says.
    match take_report::run(visit.platform(), tenant, provider, &posted).await {
        Ok(Ok(_)) => answer(StatusCode::OK),
        Ok(Err(refusal)) => {
            let (status, why) = match refusal {
                ReportRefusal::Forged => (StatusCode::UNAUTHORIZED, "not proved"),
                ReportRefusal::Unreadable => (StatusCode::BAD_REQUEST, "not readable"),
            };
            tracing::warn!(tenant.id = %tenant.id, provider = provider.as_str(), why, "delivery report refused");
            answer(status)
        }
        Err(error) => {
            tracing::error!(tenant.id = %tenant.id, error = %chain(&error), "a delivery report was not noted");
            // Providers come back after this one.
            answer(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

fn answer(status: StatusCode) -> HttpResponse {
    HttpResponse::build(status).finish()
}

async fn read(mut body: web::Payload) -> Result<Vec<u8>, StatusCode> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The headers that came once and are text: of two signatures none counts.
fn headers(all: &HeaderMap) -> BTreeMap<String, String> {
    let once = all.keys().filter(|name| all.get_all(*name).count() == 1);
    once.filter_map(|name| Some((name.as_str().to_owned(), all.get(name)?.to_str().ok()?.to_owned()))).collect()
}
