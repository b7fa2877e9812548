//! The pages people see, one file a step.

pub mod credentials;
pub mod guides;
pub mod progress;
pub mod register;
pub mod reset;
pub mod statements;
pub mod views;

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    body::MessageBody,
    http::{
        StatusCode,
        header::{self, ContentType},
    },
    web,
};

use crate::{
    auth::Visit,
    portal::views::{bare::BareMessage, message::Message},
    problem::{self, Answer, OrFault as _},
    registry::Served,
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

/// `POST /stay`: the person is still there. The page's script asks, and goes by the seconds that the answer names.
pub async fn stay(visit: Visit, body: web::Payload) -> HttpResponse {
    problem::settled(extend(&visit, body).await)
}

async fn extend(visit: &Visit, body: web::Payload) -> Answer {
    visit.fields(body).await?;
    let token = visit.begun()?;
    let left = portvakt_flows::stay::run(visit.platform(), &visit.tenant, visit.kind, &token).await.or_fault(visit)?;
    let left = left.ok_or_else(|| problem::page(visit, Message::FlowOver))?;
    let seconds = serde_json::json!({ "idle": left.idle.num_seconds(), "whole": left.whole.num_seconds() });
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(seconds.to_string()))
}

/// `GET /assets/{name}`: the style sheets, the scripts, the icon or the tenant's logo, under names that change with their
/// content.
pub async fn asset(request: HttpRequest, shared: web::Data<Shared>, name: web::Path<String>) -> HttpResponse {
    if let Some(file) = views::asset(&name) {
        return kept(file.content_type, file.bytes);
    }
    // A tenant's own files are at that tenant's hosts alone.
    let own = request.extensions().get::<Served>().and_then(|served| served.look.brand.file(&name).cloned());
    if let Some(file) = own {
        return kept(file.content_type, file.bytes);
    }
    not_found(request, shared).await
}

/// A file that browsers may keep: its name changes with its content.
fn kept(content_type: &'static str, bytes: impl MessageBody + 'static) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.content_type(content_type).insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    if content_type.starts_with("image/") {
        answer.insert_header((header::CONTENT_SECURITY_POLICY, IMAGE_POLICY));
    }
    answer.body(bytes)
}

/// `GET /favicon.ico`: where the icon is. Browsers ask for it where an answer names none, such as a file that is opened alone.
pub async fn icon(served: web::ReqData<Served>) -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, served.look.brand.icon_href())).finish()
}

/// An image that is opened by itself is a document: it runs nothing, fetches nothing and belongs to no origin. Its own
/// styles are the one thing that it may have.
const IMAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

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
