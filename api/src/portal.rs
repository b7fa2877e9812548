//! The pages people see, one file a step.

pub mod credentials;
pub mod register;
pub mod reset;
pub mod views;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};

use crate::{
    auth::Visit,
    portal::views::{bare::BareMessage, message::Message},
    problem::{self, Answer, OrFault as _},
    shared::Shared,
};

/// `GET /cancelled`: nothing was changed.
pub async fn cancelled(visit: Visit) -> HttpResponse {
    problem::page(&visit, Message::Cancelled)
}

/// `POST /cancel`: the person stops.
pub async fn cancel(visit: Visit, body: web::Payload) -> HttpResponse {
    problem::settled(stop(&visit, body).await)
}

async fn stop(visit: &Visit, body: web::Payload) -> Answer {
    visit.fields(body).await?;
    if let Some(token) = visit.token() {
        let visitor = visit.visitor();
        let stopped = portvakt_flows::cancel::run(visit.platform(), &visit.tenant, &visitor, visit.kind, &token).await;
        stopped.or_fault(visit)?;
    }
    Ok(visit.go_without("/cancelled"))
}

/// `GET /assets/{name}`: the style sheet or the script, under a name that changes with its content.
pub async fn asset(request: HttpRequest, shared: web::Data<Shared>, name: web::Path<String>) -> HttpResponse {
    if let Some(file) = views::asset(&name) {
        return HttpResponse::Ok()
            .content_type(file.content_type)
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(file.bytes);
    }
    not_found(request, shared).await
}

/// Any other path.
pub async fn not_found(request: HttpRequest, shared: web::Data<Shared>) -> HttpResponse {
    match Visit::of(&request) {
        Some(visit) => problem::page(&visit, Message::NotFound),
        None => problem::bare(&shared.texts, BareMessage::NotFound),
    }
}

/// A known path with another method.
pub async fn method_not_allowed(request: HttpRequest, shared: web::Data<Shared>) -> HttpResponse {
    match Visit::of(&request) {
        Some(visit) => problem::page(&visit, Message::MethodNotAllowed),
        None => {
            let mut response = problem::bare(&shared.texts, BareMessage::BadRequest);
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            response
        }
    }
}
