//! The one mapping from errors and endings to answers.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, ContentType},
    },
};
use askama::Template;
use portvakt_domain::directory::DirectoryError;
use portvakt_flows::FlowError;
use portvakt_storage::StorageError;
use portvakt_texts::Texts;

use crate::{
    auth::Visit,
    portal::views::{
        bare::{BareMessage, BareView},
        message::{Message, MessageView},
    },
    worker::chain,
};

/// When programs may ask a suspended tenant's hosts again: nobody knows how long a suspension lasts, and it takes hours
/// rather than minutes.
const SUSPENDED_RETRY_SECONDS: &str = "3600";

/// What a step comes to: the page it leads to, or the page that is shown instead.
pub type Answer = Result<HttpResponse, HttpResponse>;

/// The page of an answer, either way.
pub fn settled(answer: Answer) -> HttpResponse {
    answer.unwrap_or_else(|instead| instead)
}

/// Faults become a page, and are logged, at the one place where they are met.
pub trait OrFault<T> {
    /// The value, or the fault's page.
    ///
    /// # Errors
    /// The page.
    fn or_fault(self, visit: &Visit) -> Result<T, HttpResponse>;
}

impl<T> OrFault<T> for Result<T, FlowError> {
    fn or_fault(self, visit: &Visit) -> Result<T, HttpResponse> {
        self.map_err(|error| fault(visit, &error))
    }
}

/// A page that says one thing.
pub fn page(visit: &Visit, message: Message) -> HttpResponse {
    let status = status(&message);
    // The language switch fetches this path; a write under way is looked at again where it was begun, and that somebody
    // stopped is a page of its own.
    let stays = matches!(message, Message::InProgress | Message::Cancelled);
    let path = if stays { visit.path() } else { "/" };
    let view = MessageView { page: visit.page(path), message, register_url: &visit.tenant.links.register };
    html(visit, status, view.render())
}

/// A rendered page, or a fault page when it could not be rendered.
pub fn html(visit: &Visit, status: StatusCode, rendered: Result<String, askama::Error>) -> HttpResponse {
    match rendered {
        Ok(html) => HttpResponse::build(status).content_type(ContentType::html()).body(html),
        Err(error) => {
            let reference = visit.reference();
            tracing::error!(%error, "a page can't be rendered");
            bare(visit.texts(), BareMessage::Internal { reference })
        }
    }
}

/// The page for a fault, and the one place where it is logged.
fn fault(visit: &Visit, error: &FlowError) -> HttpResponse {
    let reference = visit.reference();
    tracing::error!(error = %chain(error), "request failed");
    let passing = match error {
        FlowError::Directory(DirectoryError::Unavailable(_) | DirectoryError::Misconfigured(_)) => true,
        FlowError::Storage(StorageError::Unavailable(_)) => true,
        FlowError::Directory(_) | FlowError::Storage(_) | FlowError::Sealed { .. } | FlowError::Corrupt(_) => false,
    };
    page(visit, if passing { Message::Unavailable } else { Message::Internal { reference } })
}

fn status(message: &Message) -> StatusCode {
    match message {
        Message::Cancelled | Message::OutcomeUnknown => StatusCode::OK,
        Message::FlowOver => StatusCode::GONE,
        Message::Exhausted { .. } | Message::TooMany { .. } | Message::Held { .. } => StatusCode::TOO_MANY_REQUESTS,
        Message::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Message::NotAllowed | Message::BadOrigin | Message::Locked | Message::NoNumber => StatusCode::FORBIDDEN,
        Message::BadRequest => StatusCode::BAD_REQUEST,
        Message::NotFound => StatusCode::NOT_FOUND,
        Message::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Message::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Message::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        Message::InProgress => StatusCode::CONFLICT,
    }
}

/// A page for requests that belong to no tenant.
pub fn bare(texts: &Texts, message: BareMessage) -> HttpResponse {
    let status = match message {
        BareMessage::Misdirected => StatusCode::MISDIRECTED_REQUEST,
        BareMessage::Suspended => StatusCode::SERVICE_UNAVAILABLE,
        BareMessage::BadRequest => StatusCode::BAD_REQUEST,
        BareMessage::NotFound => StatusCode::NOT_FOUND,
        BareMessage::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let suspended = message == BareMessage::Suspended;
    let body = BareView { texts, message }.render().unwrap_or_default();
    let mut answer = HttpResponse::build(status);
    if suspended {
        answer.insert_header((header::RETRY_AFTER, SUSPENDED_RETRY_SECONDS));
    }
    answer.content_type(ContentType::html()).body(body)
}

/// The answer of an extractor whose host guard was passed by; reached only if routes are wired wrongly.
pub fn misdirected() -> actix_web::Error {
    actix_web::error::InternalError::new("misdirected", StatusCode::MISDIRECTED_REQUEST).into()
}
