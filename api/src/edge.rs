//! What surrounds every request: its host is resolved, its answer gets the security headers, and it is measured.

pub mod health;
pub mod request_id;

use std::time::Instant;

use actix_web::{
    Error, HttpMessage as _,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use tracing::{Instrument as _, Span, field::Empty};

use self::request_id::RequestId;
use crate::{auth::host, portal::views::bare::BareMessage, problem, shared::Shared};

/// Resolves the host: exactly one, and one that is served. Nothing else of the request is looked at before.
///
/// # Errors
/// None of its own; those of the routes.
pub async fn resolve_host(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    let Some(shared) = request.app_data::<web::Data<Shared>>().cloned() else {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    };
    let refusal = match host::called_in(request.headers(), request.uri()) {
        Err(_) => BareMessage::BadRequest,
        Ok(host) => match shared.registry.host(&host) {
            Some(served) => {
                Span::current().record("tenant.id", tracing::field::display(served.tenant.id));
                request.extensions_mut().insert(served);
                return next.call(request).await.map(ServiceResponse::map_into_left_body);
            }
            None if shared.front_hosts.contains(&host) => {
                request.extensions_mut().insert(FrontHost);
                return next.call(request).await.map(ServiceResponse::map_into_left_body);
            }
            None if shared.registry.is_suspended(&host) => BareMessage::Suspended,
            None => BareMessage::Misdirected,
        },
    };
    let answer = problem::bare(&shared.texts, refusal);
    Ok(request.into_response(answer).map_into_right_body())
}

/// Marks a request at a host that belongs to no tenant; only the demo has one.
#[derive(Debug, Clone, Copy)]
pub struct FrontHost;

/// Sets the headers that every answer has, also errors and assets, names the request in the log, and measures it.
///
/// # Errors
/// None of its own; those of the routes.
pub async fn finish(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let begun = Instant::now();
    let shared = request.app_data::<web::Data<Shared>>().cloned();
    let span = shared.as_ref().map_or_else(Span::none, |shared| named(&request, shared));
    let mut response = next.call(request).instrument(span.clone()).await?;
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        // An image has a stricter policy of its own.
        if !headers.contains_key(name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Some(shared) = shared {
        span.in_scope(|| measure(&response, &shared, begun.elapsed().as_secs_f64()));
    }
    Ok(response)
}

/// What all lines of a request's have in common. The flow's id is filled in by who finds or begins it. An error's span,
/// so that warnings have it too where the log is set to nothing finer.
fn named(request: &ServiceRequest, shared: &Shared) -> Span {
    let id = RequestId::new(shared.platform.random.as_ref());
    let span = tracing::error_span!("request", request.id = id.as_str(), tenant.id = Empty, flow.id = Empty);
    request.extensions_mut().insert(id);
    span
}

fn measure(response: &ServiceResponse<impl MessageBody>, shared: &Shared, seconds: f64) {
    // The pattern, never the path: a path may hold what somebody typed.
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let method = match response.request().method().as_str() {
        known @ ("GET" | "POST" | "HEAD") => known,
        _ => "other",
    };
    let status = response.status().as_u16();
    shared.metrics.request(&route, method, status, seconds);
    tracing::info!(
        http.route = route,
        http.method = method,
        http.status = status,
        duration_ms = seconds * 1000.0,
        "request"
    );
}

/// The security headers of every answer. Nothing on our pages comes from elsewhere; scripts are files of ours, and may
/// connect to the host they came from and nowhere else: a page says so that its person is still there.
const SECURITY_HEADERS: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // Not "no-referrer": browsers would then post our own forms with the origin "null", and no origin could be checked.
    ("referrer-policy", "same-origin"),
    ("strict-transport-security", "max-age=63072000"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];
