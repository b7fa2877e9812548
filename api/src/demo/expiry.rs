//! Reminders in the demo: previewed, and sent at once, without waiting for the morning.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ContentType},
    web,
};
use chrono::NaiveDate;
use portvakt_flows::{Tenant, preview_reminders, remind};
use portvakt_storage::{
    StorageError,
    reminders::{self, StoredRun},
};

use crate::{
    command::ended,
    portal::{self, views},
    rest::reminders::{Preview, Run},
    shared::Shared,
    worker::chain,
};

/// How long a run is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(50);

#[derive(serde::Deserialize)]
pub(super) struct Asked {
    date: Option<NaiveDate>,
}

/// `GET /demo/expiry/{slug}.json`: what reminders would do today, or on `?date=`.
pub(super) async fn preview(
    request: HttpRequest,
    shared: web::Data<Shared>,
    slug: web::Path<String>,
    asked: web::Query<Asked>,
) -> HttpResponse {
    let Some(tenant) = tenant(&shared, &slug) else { return portal::not_found(request, shared.clone()).await };
    match preview_reminders::run(&shared.platform, &tenant, asked.date).await {
        Ok(preview) => HttpResponse::Ok().json(Preview::from(preview)),
        Err(error) => failed(&error),
    }
}

/// `POST /demo/expiry/{slug}.json`: sends what is due, and tells how the run ended.
pub(super) async fn run_json(request: HttpRequest, shared: web::Data<Shared>, slug: web::Path<String>) -> HttpResponse {
    let Some(tenant) = tenant(&shared, &slug) else { return portal::not_found(request, shared.clone()).await };
    match run(&shared, &tenant).await {
        Ok(Some(run)) => HttpResponse::Ok().json(Run::from(&run)),
        Ok(None) => {
            HttpResponse::GatewayTimeout().content_type(ContentType::plaintext()).body("the run has not ended yet")
        }
        Err(error) => failed(&error),
    }
}

/// `POST /demo/expiry/{slug}`: the same from the start page, which leads to the mailboxes.
pub(super) async fn run_page(request: HttpRequest, shared: web::Data<Shared>, slug: web::Path<String>) -> HttpResponse {
    let Some(tenant) = tenant(&shared, &slug) else { return portal::not_found(request, shared.clone()).await };
    match run(&shared, &tenant).await {
        Ok(_) => {
            let chosen = super::Frame::of(&request).chosen;
            let to = format!("/demo/outbox{}", views::query(chosen));
            HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
        }
        Err(error) => failed(&error),
    }
}

async fn run(shared: &Shared, tenant: &Tenant) -> Result<Option<StoredRun>, StorageError> {
    let platform = &shared.platform;
    let asked = remind::ask(platform, tenant, "the start page").await?;
    let waited = tokio::time::timeout(PATIENCE, async {
        let run = ended(&asked, platform, LOOK).await?;
        while !reminders::unsettled(&platform.store, tenant.id).await?.is_empty() {
            tokio::time::sleep(LOOK).await;
        }
        Ok(run)
    });
    waited.await.map_or(Ok(None), |run| run.map(Some))
}

fn tenant(shared: &Shared, slug: &str) -> Option<Arc<Tenant>> {
    shared.registry.tenants().into_iter().find(|tenant| tenant.settings.slug.as_str() == slug)
}

fn failed(error: &dyn std::error::Error) -> HttpResponse {
    tracing::error!(error = %chain(error), "the demo's reminders");
    HttpResponse::InternalServerError().finish()
}
