//! Health and metrics, on the internal address.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use portvakt_flows::Tenant;
use portvakt_storage::operator;

use crate::{metrics::Now, shared::Shared};

/// `GET /healthz`: the process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// `GET /readyz`: the database answers. A tenant's directory that does not is that tenant's trouble: taking the replica
/// away from all others would not help.
pub async fn ready(shared: web::Data<Shared>) -> HttpResponse {
    match shared.platform.store.ping().await {
        Ok(()) => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ready\n"),
        Err(error) => {
            tracing::error!(error = %crate::worker::chain(&error), "not ready");
            HttpResponse::ServiceUnavailable().content_type("text/plain; charset=utf-8").body("database\n")
        }
    }
}

/// `GET /metrics`: Prometheus's text format.
pub async fn metrics(shared: web::Data<Shared>) -> HttpResponse {
    let store = &shared.platform.store;
    // A database that does not answer must not take the other metrics with it.
    let jobs = match operator::jobs_overview(store, shared.platform.now()).await {
        Ok(jobs) => Some(jobs),
        Err(error) => {
            tracing::error!(error = %crate::worker::chain(&error), "jobs can't be counted");
            None
        }
    };
    let seen = |tenant: &Arc<Tenant>| Some((tenant.id, tenant.directory.certificate_end()?));
    let certificates = shared.registry.tenants().iter().filter_map(seen).collect();
    let (unusable, at) = (shared.registry.unusable(), shared.platform.now());
    let now = Now { statements: store.statements(), jobs, certificates, unusable, at };
    match shared.metrics.render(&now) {
        Ok(text) => HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text),
        Err(error) => {
            tracing::error!(%error, "metrics can't be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}
